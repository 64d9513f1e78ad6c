"""Faults before a request is sent, TLS, proxies, and what is shared between clients."""

from __future__ import annotations

import errno
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.oceanops.app_platform.plugins.module_utils import _session
from ansible_collections.oceanops.app_platform.plugins.module_utils._client import Client, ClientSettings
from ansible_collections.oceanops.app_platform.plugins.module_utils._errors import (
    DependencyError,
    ServerError,
    TransportError,
)
from ansible_collections.oceanops.app_platform.tests.unit.client.conftest import TOKEN, Certificates, FakeClock
from ansible_collections.oceanops.app_platform.tests.unit.client.fault_rows import GOOD
from ansible_collections.oceanops.app_platform.tests.unit.client.raw_server import (
    ConnectProxy,
    RawServer,
    cut,
    hang,
    reply,
)

Serve = Callable[..., RawServer]
ClientFor = Callable[..., Client]
CALLS: dict[str, Callable[[Client], Any]] = {
    "GET": lambda client: client.get("/v2/apps/a1"),
    "POST": lambda client: client.post("/v2/apps", {"spec": {}}),
    "PUT": lambda client: client.put("/v2/apps/a1", {"spec": {}}),
    "DELETE": lambda client: client.delete("/v2/apps/a1"),
}
every_call = pytest.mark.parametrize("call", CALLS)


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


@pytest.fixture
def dead_port() -> Iterator[int]:
    """A port where nothing listens, kept from being given to anybody."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        yield sock.getsockname()[1]


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
        _session.forget_sessions()
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
@pytest.mark.parametrize("status", [403, 407, 502])
def test_proxy_refuses(call: str, status: int, client_for: ClientFor, monkeypatch: pytest.MonkeyPatch) -> None:
    with ConnectProxy(refusal=f"HTTP/1.1 {status} No\r\nContent-Length: 0\r\n\r\n".encode()) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url.replace("http://", "http://user:passw0rd@"))
        error = fails(client_for("https://api.example"), call, "proxy_failed", 4)
    assert f"(HTTPS_PROXY) did not connect (status {status})" in error.message
    assert "passw0rd" not in str(vars(error))
    assert len(proxy.targets) == 4


@every_call
def test_proxy_not_there(call: str, dead_port: int, client_for: ClientFor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{dead_port}")
    fails(client_for("https://api.example"), call, "proxy_failed", 4)


def test_plain_http_to_this_machine_passes_no_proxy(
    serve: Serve, client_for: ClientFor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The token would pass it unencrypted."""
    with ConnectProxy() as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        monkeypatch.setenv("ALL_PROXY", proxy.url)
        assert client_for(serve(reply(200, GOOD))).get("/v2/apps/a1") == GOOD
    assert proxy.targets == []


# --- what is shared ---


def test_one_connection_for_many_clients(serve: Serve, client_for: ClientFor) -> None:
    server = serve(reply(200, GOOD))
    for _number in range(5):
        client_for(server).get("/v2/apps/a1")
    client_for(server, token="dop_v1_another_token").put("/v2/apps/a1", {})
    assert server.connections == 1
    assert server.requests[-1].headers["authorization"] == "Bearer dop_v1_another_token"


def test_a_write_does_not_use_an_idle_connection(serve: Serve, client_for: ClientFor, clock: FakeClock) -> None:
    server = serve(reply(200, GOOD))
    client = client_for(server)
    client.get("/v2/apps/a1")
    clock.advance(14)
    client.put("/v2/apps/a1", {})
    assert server.connections == 1
    clock.advance(16)
    client.get("/v2/apps/a1")
    assert server.connections == 1
    clock.advance(16)
    client.put("/v2/apps/a1", {})
    assert server.connections == 2


def test_connections_are_not_shared_with_a_fork(serve: Serve, client_for: ClientFor) -> None:
    server = serve(reply(200, GOOD))
    client = client_for(server)
    client.get("/v2/apps/a1")
    child = os.fork()
    if not child:
        code = 1
        try:
            code = 0 if client.get("/v2/apps/a1") == GOOD else 1
        finally:
            os._exit(code)
    assert os.waitpid(child, 0)[1] == 0
    assert server.connections == 2
    client.get("/v2/apps/a1")
    assert server.connections == 2


def test_cookies_are_not_kept(serve: Serve, client_for: ClientFor) -> None:
    server = serve(reply(200, GOOD, {"Set-Cookie": "session=1; Path=/"}))
    client = client_for(server)
    client.get("/v2/apps/a1")
    client.get("/v2/apps/a1")
    assert "cookie" not in server.requests[1].headers


def test_netrc_does_not_replace_the_token(
    serve: Serve, client_for: ClientFor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login user password passw0rd\n")
    (tmp_path / "netrc").chmod(0o600)
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    server = serve(reply(200, GOOD))
    client_for(server).get("/v2/apps/a1")
    assert server.requests[0].headers["authorization"] == f"Bearer {TOKEN}"


# --- redirects, the budget ---


def test_redirect_on_the_same_server(serve: Serve, client_for: ClientFor) -> None:
    server = serve(*[reply(302, "", {"Location": f"/v2/turn/{turn}"}) for turn in range(5)], reply(200, GOOD))
    client = client_for(server)
    assert client.get("/v2/apps/a1") == GOOD
    assert [request.target for request in server.requests][-1] == "/v2/turn/4"
    assert client.calls == 6


def test_redirect_loop_is_bounded(serve: Serve, client_for: ClientFor) -> None:
    server = serve(reply(302, "", {"Location": "/v2/apps/a1"}))
    with pytest.raises(TransportError, match="more than 5 redirects") as caught:
        client_for(server).get("/v2/apps/a1")
    assert caught.value.reason == "redirected"
    assert len(server.requests) == 6


@every_call
def test_the_token_does_not_follow_a_redirect(call: str, serve: Serve, client_for: ClientFor) -> None:
    other = serve(reply(200, GOOD))
    server = serve(reply(307, "", {"Location": f"{other.url}/v2/apps/a1"}))
    with pytest.raises(TransportError) as caught:
        CALLS[call](client_for(server))
    assert caught.value.reason == "redirected"
    assert f"http://127.0.0.1:{other.port}" in caught.value.message
    assert other.connections == 0


def test_budget(serve: Serve, client_for: ClientFor, clock: FakeClock) -> None:
    """Slow failures end the retries earlier than their number."""

    def slow(*args: Any) -> bool:
        clock.advance(100)
        return reply(503, {})(*args)

    server = serve(slow)
    with pytest.raises(ServerError, match="Gave up after 3 attempts"):
        client_for(server, retries=50).get("/v2/apps/a1")
    assert len(server.requests) == 3


def test_budget_is_not_used_up_by_rate_limits(serve: Serve, client_for: ClientFor, clock: FakeClock) -> None:
    server = serve(*[reply(429, {}, {"Retry-After": "59"}) for _number in range(9)], reply(503, {}), reply(200, GOOD))
    assert client_for(server, retries=20).get("/v2/apps/a1") == GOOD
    assert len(server.requests) == 11
    assert clock.passed > 500


def test_backoff_is_capped(serve: Serve, client_for: ClientFor, clock: FakeClock) -> None:
    with pytest.raises(ServerError):
        client_for(serve(reply(503, {})), retries=12).get("/v2/apps/a1")
    assert len(clock.slept) == 12
    assert 10 <= max(clock.slept) <= 20


def test_no_retries(serve: Serve, client_for: ClientFor, clock: FakeClock) -> None:
    server = serve(reply(503, {}))
    with pytest.raises(ServerError):
        client_for(server, retries=0).get("/v2/apps/a1")
    assert len(server.requests) == 1
    assert clock.slept == []


def test_silence_until_the_deadline(serve: Serve, client_for: ClientFor) -> None:
    """A deadline that is shorter than the time-out."""
    real = Client(ClientSettings(token=TOKEN, api_url=serve(hang).url, timeout=5, deadline=0.1, retries=0))
    with pytest.raises(TransportError, match=r"not complete within 0\.1 s") as caught:
        real.get("/v2/apps/a1")
    assert caught.value.reason == "deadline_exceeded"


def test_an_earlier_error_does_not_colour_the_next(serve: Serve, client_for: ClientFor, dead_port: int) -> None:
    """A call inside an exception handler is judged by its own fault."""
    other = client_for(f"http://127.0.0.1:{dead_port}", retries=0)
    server = serve(cut)

    def both() -> None:
        try:
            other.get("/v2/apps/a1")
        except TransportError:
            client_for(server).put("/v2/apps/a1", {})

    with pytest.raises(TransportError) as caught:
        both()
    assert caught.value.reason == "connection_cut"
    assert caught.value.maybe_applied


# --- requests itself ---


def test_without_requests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_session, "HAS_REQUESTS", False)
    with pytest.raises(DependencyError) as caught:
        Client(ClientSettings(token=TOKEN))
    assert caught.value.message == f"requests is required; install it for this Python: {sys.executable}"
    assert caught.value.failure()["code"] == "dependency_missing"


def test_every_file_can_be_imported_without_requests() -> None:
    root = Path(__file__).parents[3]
    files = sorted(path.stem for path in (root / "plugins" / "module_utils").glob("_*.py"))
    program = (
        "import sys, importlib\n"
        "sys.modules['requests'] = sys.modules['urllib3'] = None\n"
        f"for name in {files!r}:\n"
        "    importlib.import_module('ansible_collections.oceanops.app_platform.plugins.module_utils.' + name)\n"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=False)
    assert done.stderr == ""
    assert done.returncode == 0
    assert "_client" in files
