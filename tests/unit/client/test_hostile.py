"""A server that means harm, or one that is out of its mind: nothing is mixed up, nothing grows without bound."""

from __future__ import annotations

import datetime
import gzip
import io
import json
import socket
import tracemalloc
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.oceanops.app_platform.plugins.module_utils._api import connections, strict_json
from ansible_collections.oceanops.app_platform.plugins.module_utils._api.address_scope import (
    LINK_LOCAL,
    LOOPBACK,
    PRIVATE,
    PUBLIC,
    host_scope,
    is_allowed,
)
from ansible_collections.oceanops.app_platform.plugins.module_utils._api.client import MAX_RESPONSE_BYTES, Client
from ansible_collections.oceanops.app_platform.plugins.module_utils._api.errors import (
    ApiError,
    RateLimitedError,
    TransportError,
)
from ansible_collections.oceanops.app_platform.plugins.module_utils._api.responses import (
    MAX_RETRY_AFTER_SECONDS,
    error_from_response,
    retry_after_seconds,
)
from ansible_collections.oceanops.app_platform.plugins.module_utils._api.transport import Response
from ansible_collections.oceanops.app_platform.plugins.module_utils._deployments.deployment import was_superseded
from ansible_collections.oceanops.app_platform.plugins.module_utils._system.clock import parse_time
from ansible_collections.oceanops.app_platform.tests.unit.client.conftest import Certificates, ClientFor, Serve
from ansible_collections.oceanops.app_platform.tests.unit.client.raw_server import (
    Act,
    ConnectProxy,
    Request,
    message,
    raw,
    reply,
)
from ansible_collections.oceanops.app_platform.tests.unit.fake_clock import FakeClock

CALLS: dict[str, Callable[[Client, str], Any]] = {
    "GET": lambda client, path: client.get(path),
    "POST": lambda client, path: client.post(path, {"spec": {}}),
    "PUT": lambda client, path: client.put(path, {"spec": {}}),
    "DELETE": lambda client, path: client.delete(path),
}
every_call = pytest.mark.parametrize("call", CALLS)


def named(before: bytes = b"", after: bytes = b"") -> Act:
    """Answers with the path that was asked for, and keeps the connection; with more bytes before or after it."""

    def act(sock: socket.socket, request: Request) -> bool:
        sock.sendall(before + message(200, json.dumps({"path": request.target})) + after)
        return True

    return act


# --- one request, one answer ---


@every_call
@pytest.mark.parametrize("status", [100, 102, 103, 199])
@pytest.mark.parametrize("tls", [False, True], ids=["plain", "tls"])
def test_interim_answers_are_passed_over(
    call: str, status: int, tls: bool, serve: Serve, client_for: ClientFor, certificates: Certificates
) -> None:
    interim = f"HTTP/1.1 {status} Wait\r\nLink: </style.css>\r\n\r\n".encode()
    server = serve(named(interim * 2), context=certificates.context if tls else None)
    client = client_for(server, ca_path=str(certificates.authority))
    for number in range(3):
        assert CALLS[call](client, f"/v2/{number}") == {"path": f"/v2/{number}"}
    assert server.connections == 1
    assert client.calls == 3


def test_interim_answers_without_end(serve: Serve, client_for: ClientFor) -> None:
    server = serve(named(b"HTTP/1.1 103 Early Hints\r\n\r\n" * 100))
    with pytest.raises(TransportError) as caught:
        client_for(server).put("/v2/1", {})
    assert caught.value.reason == "connection_cut"
    assert caught.value.maybe_applied


def test_another_protocol_is_not_spoken(serve: Serve, client_for: ClientFor) -> None:
    server = serve(named(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\n"))
    with pytest.raises(TransportError):
        client_for(server, retries=0).get("/v2/1")


@every_call
@pytest.mark.parametrize("tls", [False, True], ids=["plain", "tls"])
@pytest.mark.parametrize(
    "surplus",
    [b"x", b"\r\n", message(200, '{"path": "another answer"}'), b" " * 40_000],
    ids=["byte", "line", "answer", "much"],
)
def test_more_than_the_answer(
    call: str, tls: bool, surplus: bytes, serve: Serve, client_for: ClientFor, certificates: Certificates
) -> None:
    """The connection is not used again: what is left on it would be taken for the next answer."""
    server = serve(named(after=surplus), context=certificates.context if tls else None)
    client = client_for(server, ca_path=str(certificates.authority))
    for number in range(3):
        assert CALLS[call](client, f"/v2/{number}") == {"path": f"/v2/{number}"}
    assert server.connections == 3


@pytest.mark.parametrize("tls", [False, True], ids=["plain", "tls"])
def test_more_than_the_chunks(tls: bool, serve: Serve, client_for: ClientFor, certificates: Certificates) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"

    def act(sock: socket.socket, request: Request) -> bool:
        body = json.dumps({"path": request.target}).encode()
        sock.sendall(head + b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body) + message(200, '{"path": "another"}'))
        return True

    server = serve(act, context=certificates.context if tls else None)
    client = client_for(server, ca_path=str(certificates.authority))
    for number in range(3):
        assert client.get(f"/v2/{number}") == {"path": f"/v2/{number}"}
    assert server.connections == 3


def test_more_than_the_answer_in_its_tls_record(
    serve: Serve, client_for: ClientFor, certificates: Certificates
) -> None:
    """The answer fills the read buffer exactly: what follows is decrypted, and nobody has read it."""

    def act(sock: socket.socket, request: Request) -> bool:
        body = json.dumps({"path": request.target})
        size = io.DEFAULT_BUFFER_SIZE
        head = len(message(200, body.ljust(size))) - size
        sock.sendall(message(200, body.ljust(size - head)) + message(200, '{"path": "another"}'))
        return True

    server = serve(act, context=certificates.context)
    client = client_for(server, ca_path=str(certificates.authority))
    for number in range(3):
        assert client.get(f"/v2/{number}") == {"path": f"/v2/{number}"}
    assert server.connections == 3


def test_an_answer_that_nobody_asked_for(serve: Serve, client_for: ClientFor) -> None:
    """It arrives when the connection is idle."""
    told: list[socket.socket] = []

    def act(sock: socket.socket, request: Request) -> bool:
        told.append(sock)
        return named()(sock, request)

    server = serve(act)
    client = client_for(server)
    client.get("/v2/0")
    told[0].sendall(message(200, '{"path": "another"}'))
    assert client.put("/v2/1", {}) == {"path": "/v2/1"}
    assert server.connections == 2


# --- what is no JSON of the API ---

BROKEN = [
    *[
        f'{{"a": {word}}}'.encode()
        for word in ("NaN", "Infinity", "-Infinity", "1e999", "-1e999", "9" * 5000, "9" * 21)
    ],
    b'{"a": 1, "a": 2}',
    b'{"a": [{"b": {"c": 1, "c": 1}}]}',
    b'{"a": "\\ud800"}',
    b'{"\\uDFFF": 1}',
    b'{"a": "\xff"}',
    '{"a": "x"}'.encode("utf-16-le"),
    b'{"a": 1}x',
    b'{"a": 1}{"b": 1}',
    b'{"a": 1',
    b"{'a': 1}",
    b'{"a": 1,}',
    b'{"a": "\x01"}',
]


@pytest.mark.parametrize("body", BROKEN, ids=lambda body: str(body[:30]))
def test_broken_json(body: bytes, serve: Serve, client_for: ClientFor) -> None:
    server = serve(reply(200, body))
    with pytest.raises(TransportError) as caught:
        client_for(server, retries=1).get("/v2/apps/a1")
    assert caught.value.reason == "broken_json"
    with pytest.raises(TransportError) as caught:
        client_for(server).put("/v2/apps/a1", {})
    assert caught.value.maybe_applied


@pytest.mark.parametrize("text", ["\\ud83d\\ude00", "\\u00e9", "\\\\ud800"])
def test_text_that_is_unicode(text: str, serve: Serve, client_for: ClientFor) -> None:
    body = f'{{"a": "{text}"}}'
    assert client_for(serve(reply(200, body))).get("/v2/x") == json.loads(body)


@pytest.mark.parametrize(
    "body",
    [
        b'{"apps": [' + b"{}," * 2_000_000 + b"{}]}",
        b'{"apps": [' + b"[" * 101 + b"]" * 101 + b"]}",
        b'{"a":' * 101 + b"1" + b"}" * 101,
        b'{"a":' * 200_000 + b"1" + b"}" * 200_000,
    ],
    ids=["many", "lists", "objects", "deep"],
)
def test_small_bodies_that_are_large_values(body: bytes, serve: Serve, client_for: ClientFor) -> None:
    server = serve(reply(200, body))
    client = client_for(server)
    tracemalloc.start()
    try:
        with pytest.raises(TransportError) as caught:
            client.get("/v2/apps")
        assert tracemalloc.get_traced_memory()[1] < 6 * len(body) + 20_000_000
    finally:
        tracemalloc.stop()
    assert caught.value.reason == "too_large"
    assert client.calls == 1


def test_as_deep_as_is_allowed(serve: Serve, client_for: ClientFor) -> None:
    body = b'{"a":' * 100 + b"1" + b"}" * 100
    assert client_for(serve(reply(200, body))).get("/v2/apps")


@given(value=st.recursive(st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.text(), lambda one: (
    st.lists(one, max_size=4) | st.dictionaries(st.text(), one, max_size=4)
)))  # fmt: skip
def test_what_json_can_say_is_read(value: Any) -> None:
    try:
        body = json.dumps(value).encode()
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return
    assert strict_json.parse_json(body) == value


@given(body=st.binary(max_size=60) | st.text('{}[]",:0123456789.eE+-NaIinfty\\udD8', max_size=60).map(str.encode))
def test_any_bytes_are_a_value_or_an_error(body: bytes) -> None:
    try:
        value = strict_json.parse_json(body)
    except ValueError:
        return
    json.dumps(value, ensure_ascii=False, allow_nan=False).encode()


# --- bombs ---


def bomb(size: int) -> bytes:
    return gzip.compress(b'{"a": "' + b" " * size + b'"}')


@pytest.mark.parametrize("status", [200, 400])
def test_a_gzip_bomb(status: int, serve: Serve, client_for: ClientFor) -> None:
    packed = bomb(50_000_000)
    client = client_for(serve(reply(status, packed, {"Content-Encoding": "gzip"})))
    tracemalloc.start()
    try:
        with pytest.raises((TransportError, ApiError)) as caught:
            client.get("/v2/apps")
        assert tracemalloc.get_traced_memory()[1] < 3 * MAX_RESPONSE_BYTES
    finally:
        tracemalloc.stop()
    assert caught.value.code == ("too_large" if status == 200 else "invalid_request")


@pytest.mark.parametrize("encoding", ["gzip, gzip", "gzip,gzip,gzip", "br", "zstd", "x\u00e9"])
def test_compressions_that_nobody_asked_for(encoding: str, serve: Serve, client_for: ClientFor) -> None:
    server = serve(reply(200, gzip.compress(bomb(1000)), {"Content-Encoding": encoding}))
    with pytest.raises(TransportError) as caught:
        client_for(server, retries=0).get("/v2/apps")
    assert caught.value.reason == "undecodable"
    assert server.requests[0].headers["accept-encoding"] == "gzip"


def test_a_log_that_is_a_bomb(serve: Serve, client_for: ClientFor) -> None:
    packed = gzip.compress(b"y\n" * 30_000_000)
    server = serve(reply(200, packed, {"Content-Encoding": "gzip"}))
    client = client_for(server)
    tracemalloc.start()
    try:
        assert client.fetch_text(server.url + "/log", 1000) in ("y\n" * 499, "y\n" * 500)
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()


def test_several_gzip_files_in_one(serve: Serve, client_for: ClientFor) -> None:
    packed = gzip.compress(b"one\n") + gzip.compress(b"two\n")
    server = serve(reply(200, packed, {"Content-Encoding": "gzip"}))
    assert client_for(server).fetch_text(server.url + "/log", 1000) == "one\ntwo\n"


# --- lengths that lie ---


@every_call
@pytest.mark.parametrize("length", ["9" * 5000, "-1", "1e3", "\u00b2", "0x10", "2, 3", ""])
def test_lengths_that_are_none(call: str, length: str, serve: Serve, client_for: ClientFor) -> None:
    """Whatever comes of it, it is an answer or an error with a name."""
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n"
    server = serve(raw(head.encode("latin-1") + b'{"a": 1}'))
    found: Any = None
    try:
        found = CALLS[call](client_for(server, retries=0), "/v2/x")
    except TransportError as error:
        found = error.reason
    assert found == {"a": 1} or found in TransportError.REASONS


# --- numbers and dates ---

ODD_DATES = [
    "Fri, 31 Dec 9999 23:59:59 GMT",
    "Fri, 31 Dec 9999 23:59:59 -2359",
    "Mon, 01 Jan 0001 00:00:00 GMT",
    "Mon, 01 Jan 0001 00:00:00 +2359",
    "Mon, 01 Jan 2026 00:00:00 +9999",
    "Mon, 01 Jan 2026 00:00:00 +" + "9" * 30,
    "Mon, 01 Jan 99999 00:00:00 GMT",
    "Mon, 99 Jan 2026 99:99:99 GMT",
]
ODD_NUMBERS = [
    "-5",
    "nan",
    "inf",
    "-inf",
    "1e999",
    "9" * 9,
    "9" * 11,
    "9" * 15,
    "9" * 5000,
    "0",
    "",
    " ",
    "\u00b2",
    "1.5",
]


@pytest.mark.parametrize("date", ["Mon, 23 Nov 2026 12:00:00 GMT", *ODD_DATES])
@pytest.mark.parametrize("value", [*ODD_DATES, *ODD_NUMBERS])
@pytest.mark.parametrize("status", [429, 503])
def test_waits_that_are_none(status: int, value: str, date: str) -> None:
    clock = FakeClock()
    for name in ("Retry-After", "ratelimit-reset"):
        answer = Response(status, {name: value, "Date": date, "ratelimit-remaining": "0"}, b"{}")
        wait = retry_after_seconds(answer, clock)
        assert wait is None or 0 <= wait <= MAX_RETRY_AFTER_SECONDS
        error = error_from_response(answer, "GET", "/v2/x", clock, read_only=True)
        assert error.retry_after == wait


def test_a_long_wait_is_told_in_plain_seconds(serve: Serve, client_for: ClientFor) -> None:
    server = serve(reply(429, {}, {"Retry-After": "Fri, 31 Dec 9999 23:59:59 GMT"}))
    with pytest.raises(
        RateLimitedError, match=rf"That is in {MAX_RETRY_AFTER_SECONDS:.0f} s; rate_limit_wait allows to wait 60 s\."
    ):
        client_for(server).get("/v2/apps/a1")


@pytest.mark.parametrize("value", [*ODD_DATES, *ODD_NUMBERS[:-4]])
def test_a_call_that_is_told_to_wait_so(value: str, serve: Serve, client_for: ClientFor, clock: FakeClock) -> None:
    client = client_for(serve(reply(429, {}, {"Retry-After": value})), retries=1)
    with pytest.raises(RateLimitedError):
        client.get("/v2/x")
    assert clock.passed <= 61


@pytest.mark.parametrize(
    "stamp",
    [
        "0001-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59Z", "9999-12-31T23:59:59-12:00",
        "1969-12-31T23:59:59Z", "2026-11-23T12:00:00+99:99", "2026-02-30T12:00:00Z", "0000-00-00T00:00:00Z", "", None,
        7, 1e999, "now", "20\u00b226-11-23T12:00:00Z",
    ],
)  # fmt: skip
def test_times_that_are_none(stamp: Any) -> None:
    assert parse_time(stamp) is None
    good = {"id": "d", "created_at": "2026-11-23T12:00:00Z", "phase_last_updated_at": stamp, "updated_at": stamp}
    assert was_superseded(good, {"id": "e", "created_at": stamp}) is False


def test_times_with_an_offset() -> None:
    assert parse_time("2026-11-23T12:00:00+14:00") == datetime.datetime(2026, 11, 22, 22, tzinfo=datetime.timezone.utc)


# --- where a log may be ---


@pytest.mark.parametrize(
    ("host", "place"),
    [
        ("127.0.0.1", LOOPBACK), ("127.1", LOOPBACK), ("2130706433", LOOPBACK),
        ("0x7f000001", LOOPBACK), ("0177.0.0.1", LOOPBACK),
        ("0.0.0.0", LOOPBACK), ("0", LOOPBACK),
        ("::1", LOOPBACK), ("[::1]", LOOPBACK), ("::", LOOPBACK), ("localhost", LOOPBACK),
        ("LOCALHOST.", LOOPBACK), ("a.localhost", LOOPBACK),
        ("::ffff:127.0.0.1", LOOPBACK), ("64:ff9b::7f00:1", LOOPBACK),
        ("10.1.2.3", PRIVATE), ("192.168.0.1", PRIVATE), ("172.16.0.1", PRIVATE), ("100.100.100.200", PRIVATE),
        ("fd00:ec2::254", PRIVATE), ("::ffff:10.0.0.1", PRIVATE), ("64:ff9b::a00:1", PRIVATE),
        ("169.254.169.254", LINK_LOCAL), ("fe80::1", LINK_LOCAL),
        ("fe80::1%eth0", LINK_LOCAL), ("::ffff:169.254.169.254", LINK_LOCAL),
        ("224.0.0.1", LINK_LOCAL), ("8.8.8.8", PUBLIC), ("2606:4700::1111", PUBLIC), ("api.example", None), ("", None),
    ],
)  # fmt: skip
def test_places(host: str, place: int | None) -> None:
    assert host_scope(host) == place


@pytest.mark.parametrize("api", [None, PUBLIC, PRIVATE, LOOPBACK])
@pytest.mark.parametrize("log", [None, PUBLIC, PRIVATE, LOOPBACK, LINK_LOCAL])
def test_no_log_is_nearer_than_the_api(log: int | None, api: int | None) -> None:
    assert is_allowed(log, api) is (log != LINK_LOCAL and (log or 0) <= (api or 0))


NEAR = [
    "https://127.0.0.1/log", "http://127.0.0.1/log", "https://localhost/log", "http://localhost:6379/", "https://[::1]/",
    "https://2130706433/", "https://0/", "https://169.254.169.254/latest/meta-data/", "https://10.0.0.1/",
    "https://[::ffff:127.0.0.1]/",
]  # fmt: skip


@pytest.mark.parametrize("address", NEAR)
def test_a_log_on_this_machine_when_the_api_is_not(address: str, client_for: ClientFor) -> None:
    client = client_for("https://api.example")
    with pytest.raises(TransportError) as caught:
        client.fetch_text(address + "?s3cr3t", 100)
    assert caught.value.reason == "bad_url"
    assert "where the API is not" in caught.value.message
    assert "s3cr3t" not in caught.value.message
    assert client.calls == 0


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> None:
    """Any name under .example leads to this machine; tests say in addition what address that seems to be."""
    real = socket.getaddrinfo

    def resolve(host: Any, *args: Any, **kwargs: Any) -> Any:
        return real("127.0.0.1" if str(host).endswith(".example") else host, *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", resolve)


@pytest.mark.parametrize("address", NEAR)
def test_a_redirect_to_this_machine_when_the_api_is_not(
    address: str, names: None, serve: Serve, client_for: ClientFor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first address is out there, as far as the client can see; it redirects to somewhere near."""
    server = serve(reply(302, "", {"Location": address + "?s3cr3t"}))
    monkeypatch.setattr(connections, "host_scope", lambda host: PUBLIC)
    client = client_for("https://api.example", validate_certs=False)
    # http stands for https here, so that the test needs no certificate for the name
    monkeypatch.setattr("ansible_collections.oceanops.app_platform.plugins.module_utils._api.client.is_loopback",
                        lambda host: host == "logs.example" or host.startswith("127."))  # fmt: skip
    with pytest.raises(TransportError) as caught:
        client.fetch_text(f"http://logs.example:{server.port}/log", 100)
    assert caught.value.reason == "bad_url"
    assert "s3cr3t" not in caught.value.message
    assert client.calls == 1
    assert len(server.requests) == 1


def test_a_name_that_leads_to_this_machine(
    names: None, serve: Serve, client_for: ClientFor, certificates: Certificates
) -> None:
    """Only the connection can tell; nothing is sent on it."""
    server = serve(reply(200, "log"), context=certificates.context)
    client = client_for("https://1.1.1.1", validate_certs=False)
    with pytest.raises(TransportError, match="the address leads to this machine, where the API is not") as caught:
        client.fetch_text(f"https://logs.example:{server.port}/log?s3cr3t", 100)
    assert not caught.value.sent
    assert "api_url" not in caught.value.message
    assert server.requests == []


def test_a_connection_that_is_there_already(
    names: None, serve: Serve, client_for: ClientFor, certificates: Certificates
) -> None:
    """Another client, whose API is on this machine, has made it."""
    server = serve(reply(200, {"a": 1}), context=certificates.context)
    url = f"https://api.example:{server.port}"
    near = client_for(url, validate_certs=False)
    near.get("/v2/apps")
    with pytest.raises(TransportError, match="leads to this machine"):
        client_for("https://1.1.1.1", validate_certs=False).fetch_text(url + "/log", 100)
    assert len(server.requests) == 1
    # The one whose API it is may: it has seen where that is.
    assert near.fetch_text(url + "/log", 100)


def test_the_peer_is_not_known_behind_a_proxy(
    names: None, serve: Serve, client_for: ClientFor, certificates: Certificates, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The connection leads to the proxy, which may be on this machine."""
    server = serve(reply(200, "log\n"), context=certificates.context)
    with ConnectProxy() as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        client = client_for("https://1.1.1.1", validate_certs=False)
        assert client.fetch_text(f"https://logs.example:{server.port}/log", 100) == "log\n"


def test_near_the_api_all_is_well(serve: Serve, client_for: ClientFor) -> None:
    """The simulator's logs are where the simulator is."""
    server = serve(reply(302, "", {"Location": "/other"}), reply(200, "log\n"))
    assert client_for(server).fetch_text(server.url + "/log", 100) == "log\n"
    assert "authorization" not in server.requests[1].headers
