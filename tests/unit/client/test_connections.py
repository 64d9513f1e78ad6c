"""Faults before a request is sent, TLS, and proxies."""

from __future__ import annotations

import errno
import socket
from pathlib import Path
from typing import Any

import pytest
import requests

from ansible_collections.oceanops.app_platform.plugins.module_utils._api import transport
from ansible_collections.oceanops.app_platform.plugins.module_utils._api.client import Client
from ansible_collections.oceanops.app_platform.plugins.module_utils._api.errors import TransportError
from ansible_collections.oceanops.app_platform.tests.unit.client.conftest import (
    CALLS,
    TOKEN,
    Certificates,
    ClientFor,
    Serve,
    every_call,
)
from ansible_collections.oceanops.app_platform.tests.unit.client.fault_rows import GOOD
from ansible_collections.oceanops.app_platform.tests.unit.client.raw_server import (
    ConnectProxy,
    RawServer,
    SocksProxy,
    cut,
    reply,
)
from ansible_collections.oceanops.app_platform.tests.unit.fake_clock import FakeClock


def fails(client: Client, call: str, reason: str, attempts: int) -> TransportError:
    """The call fails for that reason after so many attempts, without any effect on the app."""
    with pytest.raises(TransportError) as caught:
        CALLS[call](client)
    error = caught.value
    assert (error.reason, error.code) == (reason, reason)
    assert not error.sent
    assert not error.maybe_applied
    assert client.calls == attempts
    assert TOKEN not in f"{error} {error!r} {vars(error)} {client!r}"
    return error


# --- before anything was sent: any call is sent again, three times at most ---


@every_call
def test_connection_refused(call: str, dead_port: int, client_for: ClientFor, clock: FakeClock) -> None:
    error = fails(client_for(f"http://127.0.0.1:{dead_port}"), call, "connection_refused", 4)
    assert "check `api_url`" in error.message
    assert len(clock.slept) == 3
    assert sum(clock.slept) <= 3.5


@every_call
def test_connection_refused_recovers(call: str, client_for: ClientFor, clock: FakeClock) -> None:
    server = RawServer([reply(200, GOOD)])
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port = sock.getsockname()[1]
    clock.on_sleep = lambda: server.start(port)
    client = client_for(f"http://127.0.0.1:{port}")
    try:
        assert CALLS[call](client) == GOOD
    finally:
        server.stop()
    assert client.calls == 2
    assert len(server.requests) == 1


@every_call
def test_name_not_resolved(call: str, client_for: ClientFor, clock: FakeClock, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*args: Any, **kwargs: Any) -> Any:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    fails(client_for("https://api.example"), call, "name_not_resolved", 4)
    assert len(clock.slept) == 3


@every_call
def test_connect_timeout(call: str, client_for: ClientFor, clock: FakeClock) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        address = listener.getsockname()
        # Linux queues one connection more than told, and then ignores new ones.
        waiting = [socket.socket() for _number in range(2)]
        for sock in waiting:
            sock.setblocking(False)
            sock.connect_ex(address)
        error = fails(client_for(f"http://127.0.0.1:{address[1]}", connect_timeout=0.05), call, "connect_timeout", 4)
        for sock in waiting:
            sock.close()
    assert "no connection within 0.05 s" in error.message
    assert len(clock.slept) == 3


@every_call
def test_tls_failed(call: str, serve: Serve, client_for: ClientFor, clock: FakeClock) -> None:
    """The server ends the connection during the hand-shake."""
    server = serve(reply(200, GOOD), greeting=b"")
    with pytest.raises(TransportError) as caught:
        CALLS[call](client_for(f"https://127.0.0.1:{server.port}"))
    assert caught.value.reason in ("tls_failed", "connection_failed")
    assert not caught.value.sent
    assert not caught.value.maybe_applied
    assert server.connections == 4
    assert len(clock.slept) == 3


@every_call
def test_tls_to_a_plain_server(call: str, serve: Serve, client_for: ClientFor) -> None:
    server = serve(reply(200, GOOD), greeting=b"HTTP/1.1 400 Bad Request\r\n\r\n")
    fails(client_for(f"https://127.0.0.1:{server.port}"), call, "tls_failed", 4)
    assert server.connections == 4


@every_call
def test_tls_silence(call: str, client_for: ClientFor) -> None:
    """A server that takes the connection and then says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"https://127.0.0.1:{silent.getsockname()[1]}"
        fails(client_for(url, connect_timeout=0.05), call, "connect_timeout", 4)


@every_call
def test_certificate_refused(
    call: str, serve: Serve, client_for: ClientFor, clock: FakeClock, certificates: Certificates
) -> None:
    server = serve(reply(200, GOOD), context=certificates.context)
    error = fails(client_for(server), call, "certificate_refused", 1)
    assert "unable to get local issuer certificate" in error.message
    assert "`ca_path`" in error.message
    assert clock.slept == []
    assert server.requests == []


@every_call
def test_certificate_of_another_host(
    call: str, serve: Serve, client_for: ClientFor, certificates: Certificates
) -> None:
    server = serve(reply(200, GOOD), context=certificates.context)
    url = f"https://localhost:{server.port}"
    error = fails(client_for(url, ca_path=str(certificates.authority)), call, "certificate_refused", 1)
    assert "ostname mismatch" in error.message
    assert server.requests == []


@every_call
def test_ca_file_is_none(
    call: str, serve: Serve, client_for: ClientFor, certificates: Certificates, tmp_path: Path
) -> None:
    server = serve(reply(200, GOOD), context=certificates.context)
    (tmp_path / "ca.pem").write_text("not a certificate")
    fails(client_for(server, ca_path=str(tmp_path / "ca.pem")), call, "ca_bundle_unusable", 1)


def test_ca_bundle_of_the_environment_is_missing(
    serve: Serve, client_for: ClientFor, certificates: Certificates, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nowhere/ca.pem")
    error = fails(client_for(serve(context=certificates.context)), "GET", "ca_bundle_unusable", 1)
    assert "REQUESTS_CA_BUNDLE" in error.message


@every_call
def test_network_unreachable(call: str, client_for: ClientFor, monkeypatch: pytest.MonkeyPatch) -> None:
    def unreachable(*args: Any, **kwargs: Any) -> None:
        raise OSError(errno.ENETUNREACH, "Network is unreachable")

    monkeypatch.setattr(socket.socket, "connect", unreachable)
    error = fails(client_for("http://127.0.0.1:1"), call, "connection_failed", 4)
    assert "(Network is unreachable)" in error.message


@every_call
def test_host_that_is_none(call: str, client_for: ClientFor) -> None:
    fails(client_for(f"https://{'x' * 64}.example"), call, "bad_url", 1)


# --- TLS ---


@every_call
def test_own_authority(call: str, serve: Serve, client_for: ClientFor, certificates: Certificates) -> None:
    server = serve(reply(200, GOOD), context=certificates.context)
    assert CALLS[call](client_for(server, ca_path=str(certificates.authority))) == GOOD


def test_authority_of_the_environment(
    serve: Serve, client_for: ClientFor, certificates: Certificates, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificates.authority))
    assert client_for(serve(reply(200, GOOD), context=certificates.context)).get("/v2/apps/a1") == GOOD


@pytest.mark.filterwarnings("error")
def test_no_check_when_switched_off(
    serve: Serve, client_for: ClientFor, certificates: Certificates, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also with a bundle in the environment, and without a warning for every request."""
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nowhere/ca.pem")
    server = serve(reply(200, GOOD), context=certificates.context)
    assert client_for(server, validate_certs=False).get("/v2/apps/a1") == GOOD


def test_unchecked_connections_are_not_shared(serve: Serve, client_for: ClientFor, certificates: Certificates) -> None:
    """One client's validate_certs: false does not open the door for another one."""
    server = serve(reply(200, GOOD), context=certificates.context)
    client_for(server, validate_certs=False).get("/v2/apps/a1")
    fails(client_for(server), "GET", "certificate_refused", 1)


@every_call
def test_tls_connection_cut(
    call: str, serve: Serve, client_for: ClientFor, certificates: Certificates, clock: FakeClock
) -> None:
    """After the hand-shake a request may have arrived: only the call that reads is sent again."""
    server = serve(cut, reply(200, GOOD), context=certificates.context)
    client = client_for(server, ca_path=str(certificates.authority))
    if call == "GET":
        assert CALLS[call](client) == GOOD
        assert client.calls == 2
        return
    with pytest.raises(TransportError) as caught:
        CALLS[call](client)
    assert caught.value.reason == "connection_cut"
    assert caught.value.maybe_applied
    assert len(server.requests) == client.calls == 1


# --- proxies ---


def test_proxy_of_the_environment(
    serve: Serve, client_for: ClientFor, certificates: Certificates, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = serve(reply(200, GOOD), context=certificates.context)
    with ConnectProxy() as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        assert client_for(server, ca_path=str(certificates.authority)).get("/v2/apps/a1") == GOOD
        transport.close_sessions()
    assert proxy.targets == [f"127.0.0.1:{server.port}"]
    assert TOKEN.encode() not in proxy.seen


@pytest.mark.parametrize("scheme", ["socks5", "socks5h"])
def test_socks_proxy_of_the_environment(
    scheme: str,
    serve: Serve,
    client_for: ClientFor,
    certificates: Certificates,
    clock: FakeClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pytest.importorskip("socks")
    server = serve(reply(200, GOOD), cut, context=certificates.context)
    with SocksProxy() as proxy:
        monkeypatch.setenv("ALL_PROXY", proxy.url.replace("http", scheme))
        client = client_for(server, ca_path=str(certificates.authority))
        assert client.get("/v2/apps/a1") == GOOD
        with pytest.raises(TransportError) as caught:
            client.put("/v2/apps/a1", {})
        assert caught.value.maybe_applied  # what is sent and what is not is known there, too
        transport.close_sessions()
    assert proxy.targets == [f"127.0.0.1:{server.port}"]
    assert TOKEN.encode() not in proxy.seen


def test_no_proxy_of_the_environment(
    serve: Serve, client_for: ClientFor, certificates: Certificates, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = serve(reply(200, GOOD), context=certificates.context)
    with ConnectProxy() as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        assert client_for(server, ca_path=str(certificates.authority)).get("/v2/apps/a1") == GOOD
    assert proxy.targets == []


@every_call
@pytest.mark.parametrize("status", [403, 407])
def test_proxy_refuses(call: str, status: int, client_for: ClientFor, monkeypatch: pytest.MonkeyPatch) -> None:
    """It will refuse the next time, too."""
    with ConnectProxy(refusal=f"HTTP/1.1 {status} No\r\nContent-Length: 0\r\n\r\n".encode()) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url.replace("http://", "http://user:passw0rd@"))
        error = fails(client_for("https://api.example"), call, "proxy_refused", 1)
    assert f"the proxy of HTTPS_PROXY ({proxy.url}) refused to connect (status {status}" in error.message
    assert ("wants a user name and a password" in error.message) is (status == 407)
    assert "check HTTPS_PROXY" in error.message
    assert "api_url" not in error.message
    assert "passw0rd" not in str(vars(error))
    assert len(proxy.targets) == 1


@every_call
def test_proxy_fails(call: str, client_for: ClientFor, monkeypatch: pytest.MonkeyPatch) -> None:
    with ConnectProxy(refusal=b"HTTP/1.1 502 No\r\nContent-Length: 0\r\n\r\n") as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url.replace("http://", "http://user:passw0rd@"))
        error = fails(client_for("https://api.example"), call, "proxy_failed", 4)
    assert f"the proxy of HTTPS_PROXY ({proxy.url}) did not connect (status 502)" in error.message
    assert "passw0rd" not in str(vars(error))
    assert len(proxy.targets) == 4


@every_call
def test_proxy_not_there(call: str, dead_port: int, client_for: ClientFor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{dead_port}")
    error = fails(client_for("https://api.example"), call, "proxy_failed", 4)
    assert (
        f"the proxy of HTTPS_PROXY (http://127.0.0.1:{dead_port}) did not connect (Connection refused)" in error.message
    )


@every_call
@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("socks5h://user:passw0rd@127.0.0.1:1", "needs the Python package PySocks, which is not installed"),
        ("http://user:passw0rd@proxy.example:80x", "is not an address such as http://proxy.example:3128"),
        ("user:passw0rd@proxy.example:3128", "has an address that cannot be used"),
        ("http://user:passw0rd@", "is not an address"),
        ("http://user:pass/w0rd@proxy.example", "is not an address"),
        ("http://user:passw0rd@[::1", "is not an address"),
        ("ftp://user:passw0rd@proxy.example:21", "is of a kind that is not known; there are http"),
    ],
)
@pytest.mark.parametrize("variable", ["HTTPS_PROXY", "all_proxy"])
def test_proxy_that_is_none(
    call: str, address: str, words: str, variable: str, client_for: ClientFor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is blamed, by the name of its variable, at once, and without its password."""

    def absent(*args: Any, **kwargs: Any) -> None:
        raise requests.exceptions.InvalidSchema("Missing dependencies for SOCKS support.")

    monkeypatch.setattr(requests.adapters, "SOCKSProxyManager", absent)
    monkeypatch.setenv(variable, address)
    error = fails(client_for("https://api.example"), call, "proxy_refused", 1)
    assert f"the proxy of {variable}" in error.message
    assert words in error.message
    assert f"check {variable}" in error.message
    assert "api_url" not in error.message
    assert "w0rd" not in f"{error!r} {vars(error)}"


def test_proxy_of_an_unknown_name(client_for: ClientFor, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*args: Any, **kwargs: Any) -> Any:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    monkeypatch.setenv("https_proxy", "http://user:passw0rd@proxy.example:3128")
    error = fails(client_for("https://api.example"), "GET", "proxy_failed", 4)
    assert "the proxy of https_proxy (http://proxy.example:3128) did not connect" in error.message
    assert "passw0rd" not in str(vars(error))


def test_plain_http_to_this_machine_passes_no_proxy(
    serve: Serve, client_for: ClientFor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The token would pass it unencrypted."""
    with ConnectProxy() as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        monkeypatch.setenv("ALL_PROXY", proxy.url)
        assert client_for(serve(reply(200, GOOD))).get("/v2/apps/a1") == GOOD
    assert proxy.targets == []
