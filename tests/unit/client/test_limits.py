"""What clients share, redirects, the limits of the retries, and life without requests."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.oceanops.app_platform.plugins.module_utils._api import transport
from ansible_collections.oceanops.app_platform.plugins.module_utils._api.client import Client
from ansible_collections.oceanops.app_platform.plugins.module_utils._api.errors import (
    DependencyError,
    ServerError,
    TransportError,
)
from ansible_collections.oceanops.app_platform.plugins.module_utils._api.settings import ClientSettings
from ansible_collections.oceanops.app_platform.tests.unit.client.conftest import (
    CALLS,
    TOKEN,
    ClientFor,
    Serve,
    every_call,
)
from ansible_collections.oceanops.app_platform.tests.unit.client.fault_rows import GOOD
from ansible_collections.oceanops.app_platform.tests.unit.client.raw_server import (
    cut,
    hang,
    reply,
)
from ansible_collections.oceanops.app_platform.tests.unit.fake_clock import FakeClock

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
    monkeypatch.setattr(transport, "HAS_REQUESTS", False)
    with pytest.raises(DependencyError) as caught:
        Client(ClientSettings(token=TOKEN))
    assert caught.value.message == f"requests is required; install it for this Python: {sys.executable}"
    assert caught.value.failure()["code"] == "dependency_missing"


def test_every_file_can_be_imported_without_requests() -> None:
    root = Path(__file__).parents[3]
    rooms = root / "plugins" / "module_utils"
    files = sorted(".".join(path.relative_to(rooms).with_suffix("").parts) for path in rooms.rglob("*.py"))
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
    assert "_api.client" in files
