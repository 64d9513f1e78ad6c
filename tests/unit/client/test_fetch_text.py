"""Log files behind pre-signed URLs."""

from __future__ import annotations

import gzip
import re
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from ansible_collections.oceanops.app_platform.plugins.module_utils._api.errors import (
    ApiError,
    ForbiddenError,
    NotFoundError,
    TransportError,
)
from ansible_collections.oceanops.app_platform.tests.unit.client.conftest import TOKEN, ClientFor, Serve
from ansible_collections.oceanops.app_platform.tests.unit.client.raw_server import (
    Act,
    RawServer,
    Request,
    cut,
    hang,
    message,
    raw,
    reply,
)
from ansible_collections.oceanops.app_platform.tests.unit.fake_clock import FakeClock

SIGNATURE = "X-Signature=s3cr3t-canary"
LOG = "".join(f"web 2026-11-23T12:00:{number:02d}Z line {number}\n" for number in range(60)).encode()


def url(server: RawServer) -> str:
    return f"{server.url}/logs/build.log?{SIGNATURE}"


def store(data: bytes) -> Act:
    """A server of files that knows ranges."""

    def act(sock: socket.socket, request: Request) -> bool:
        wanted = re.fullmatch(r"bytes=-(\d+)", request.headers.get("range", ""))
        if not wanted:
            return reply(200, data)(sock, request)
        if not data:
            # An empty file has no last bytes.
            return reply(416, "<Error/>")(sock, request)
        start = max(0, len(data) - int(wanted.group(1)))
        headers = {"Content-Range": f"bytes {start}-{len(data) - 1}/{len(data)}"}
        return reply(206, data[start:], headers)(sock, request)

    return act


@pytest.mark.parametrize("server_of", [store, lambda data: reply(200, data)], ids=["ranges", "whole"])
@pytest.mark.parametrize("limit", [10, 45, 200, len(LOG), 10_000])
def test_the_end_in_whole_lines(
    server_of: Callable[[bytes], Act], limit: int, serve: Serve, client_for: ClientFor
) -> None:
    server = serve(server_of(LOG))
    text = client_for(server).fetch_text(url(server), limit)
    assert len(text) <= limit
    assert LOG.decode().endswith(text)
    if limit >= len(LOG):
        assert text == LOG.decode()
    elif limit >= 45:
        assert text.startswith("web 2026")
        assert len(text) > limit - 40


@pytest.mark.parametrize("server_of", [store, lambda data: reply(200, data)], ids=["ranges", "whole"])
def test_one_line_longer_than_the_limit(server_of: Callable[[bytes], Act], serve: Serve, client_for: ClientFor) -> None:
    server = serve(server_of(b"x" * 500))
    assert client_for(server).fetch_text(url(server), 100) == "x" * 100


def test_a_large_log_is_not_kept_in_memory(serve: Serve, client_for: ClientFor) -> None:
    server = serve(reply(200, b"y\n" * 1_000_000))
    assert client_for(server).fetch_text(url(server), 1000) in ("y\n" * 499, "y\n" * 500)


def test_no_token_is_sent(serve: Serve, client_for: ClientFor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login user password passw0rd\n")
    (tmp_path / "netrc").chmod(0o600)
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    other = serve(store(LOG))
    server = serve(reply(302, "", {"Location": url(other)}))
    assert client_for(server).fetch_text(url(server), 10_000) == LOG.decode()
    for request in server.requests + other.requests:
        assert "authorization" not in request.headers
        assert TOKEN not in str(request)
    assert SIGNATURE in other.requests[0].target


def test_empty_file(serve: Serve, client_for: ClientFor) -> None:
    server = serve(reply(416, "<Error/>"), reply(200, ""))
    assert client_for(server).fetch_text(url(server), 100) == ""


def test_a_store_that_refuses_a_range_longer_than_the_file(serve: Serve, client_for: ClientFor) -> None:
    server = serve(reply(416, "<Error/>"), reply(200, LOG))
    assert client_for(server).fetch_text(url(server), 10_000) == LOG.decode()
    assert [request.headers.get("range") for request in server.requests] == ["bytes=-10000", None]


def test_bytes_that_are_not_text(serve: Serve, client_for: ClientFor) -> None:
    server = serve(store(b"caf\xe9\n"))
    assert client_for(server).fetch_text(url(server), 100) == "caf\ufffd\n"


def test_compressed_file(serve: Serve, client_for: ClientFor) -> None:
    """A piece of it cannot be unpacked: the whole file is read."""
    packed = gzip.compress(LOG)
    encoding = {"Content-Encoding": "gzip"}
    range_of_it = {**encoding, "Content-Range": f"bytes 0-{len(packed) - 1}/{len(packed)}"}
    server = serve(reply(206, packed, range_of_it), reply(200, packed, encoding))
    assert client_for(server).fetch_text(url(server), 10_000) == LOG.decode()
    assert [request.headers.get("range") for request in server.requests] == ["bytes=-10000", None]


def test_piece_of_a_compressed_file(serve: Serve, client_for: ClientFor, clock: FakeClock) -> None:
    packed = gzip.compress(LOG)
    encoding = {"Content-Encoding": "gzip"}
    server = serve(reply(206, packed[-50:], encoding), reply(200, packed, encoding))
    assert client_for(server).fetch_text(url(server), 10_000) == LOG.decode()
    assert clock.slept == []


@pytest.mark.parametrize("status", [403, 404, 400, 410])
def test_refusals(status: int, serve: Serve, client_for: ClientFor) -> None:
    server = serve(reply(status, "<Error><Code>AccessDenied</Code></Error>"))
    with pytest.raises(ApiError) as caught:
        client_for(server).fetch_text(url(server), 100)
    assert isinstance(caught.value, {403: ForbiddenError, 404: NotFoundError}.get(status, ApiError))
    assert caught.value.path == "http://127.0.0.1/logs/build.log"
    assert "s3cr3t" not in f"{caught.value} {vars(caught.value)}"
    assert "scopes" not in caught.value.message
    assert "AccessDenied" in caught.value.message


@pytest.mark.parametrize(
    "fault", [reply(503, "x"), cut, hang, raw(message(200, "x", length=9))], ids=["503", "cut", "hang", "truncated"]
)
def test_faults_that_pass(fault: Act, serve: Serve, client_for: ClientFor, clock: FakeClock) -> None:
    server = serve(fault, store(LOG))
    assert client_for(server, timeout=0.2).fetch_text(url(server), 10_000) == LOG.decode()
    assert len(clock.slept) == 1


@pytest.mark.parametrize(
    "address",
    [
        "http://example.com/x?s3cr3t",
        "file:///etc/passwd",
        "wss://example.com/?token=s3cr3t",
        "",
        "http://[",
        "nonsense",
        "https:///x",
        "http://127.0.0.1.example.com/",
    ],
)
def test_addresses_that_are_refused(address: str, client_for: ClientFor) -> None:
    client = client_for("http://127.0.0.1:1")
    with pytest.raises(TransportError) as caught:
        client.fetch_text(address, 100)
    assert caught.value.reason == "bad_url"
    assert "s3cr3t" not in str(caught.value)
    assert client.calls == 0


@pytest.mark.parametrize("target", ["http://example.com/x?s3cr3t", "file:///etc/passwd", "http://["])
def test_redirects_that_are_refused(target: str, serve: Serve, client_for: ClientFor) -> None:
    server = serve(reply(302, "", {"Location": target}))
    client = client_for(server)
    with pytest.raises(TransportError) as caught:
        client.fetch_text(url(server), 100)
    assert caught.value.reason == "bad_url"
    assert "s3cr3t" not in str(caught.value)
    assert client.calls == 1


def test_redirect_loop(serve: Serve, client_for: ClientFor) -> None:
    server = serve(reply(302, "", {"Location": "/again?s3cr3t"}))
    with pytest.raises(TransportError) as caught:
        client_for(server).fetch_text(url(server), 100)
    assert caught.value.reason == "redirected"
    assert len(server.requests) == 6
    assert "s3cr3t" not in str(caught.value)
