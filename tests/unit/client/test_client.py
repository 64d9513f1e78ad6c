"""What is sent, what is made of answers, and what messages say."""

from __future__ import annotations

import gzip
import json
import zlib
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.oceanops.app_platform.plugins.module_utils._api import errors
from ansible_collections.oceanops.app_platform.plugins.module_utils._api.client import USER_AGENT, Client
from ansible_collections.oceanops.app_platform.plugins.module_utils._api.errors import (
    ApiError,
    AppPlatformError,
    TransportError,
    UsageError,
)
from ansible_collections.oceanops.app_platform.plugins.module_utils._system.clock import SystemClock
from ansible_collections.oceanops.app_platform.plugins.module_utils._system.version import VERSION
from ansible_collections.oceanops.app_platform.tests.unit.client.conftest import TOKEN, ClientFor, Serve
from ansible_collections.oceanops.app_platform.tests.unit.client.fault_rows import GOOD
from ansible_collections.oceanops.app_platform.tests.unit.client.raw_server import raw, reply

# --- requests ---


def test_version_is_that_of_the_collection() -> None:
    galaxy = yaml.safe_load((Path(__file__).parents[3] / "galaxy.yml").read_text())
    assert galaxy["version"] == VERSION
    assert f"oceanops.app_platform/{VERSION} (ansible)" == USER_AGENT


def test_headers_of_a_get(serve: Serve, client_for: ClientFor) -> None:
    server = serve(reply(200, GOOD))
    client_for(server).get("/v2/apps/a1")
    request = server.requests[0]
    assert (request.method, request.target, request.body) == ("GET", "/v2/apps/a1", b"")
    assert request.headers["authorization"] == f"Bearer {TOKEN}"
    assert request.headers["accept"] == "application/json"
    assert request.headers["user-agent"] == USER_AGENT
    assert "content-type" not in request.headers


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_headers_and_body_of_a_write(method: str, serve: Serve, client_for: ClientFor) -> None:
    server = serve(reply(200, GOOD))
    client = client_for(server)
    body = {"spec": {"name": "söme", "n": 1}}
    if method == "DELETE":
        client.delete("/v2/apps/a1")
    else:
        (client.post if method == "POST" else client.put)("/v2/apps/a1", body)
        assert server.requests[0].json == body
    request = server.requests[0]
    assert request.method == method
    assert request.headers["content-type"] == "application/json"
    assert request.headers["authorization"] == f"Bearer {TOKEN}"


def test_post_without_body(serve: Serve, client_for: ClientFor) -> None:
    server = serve(reply(200, GOOD))
    client_for(server).post("/v2/apps/a1/rollback/commit")
    assert server.requests[0].body == b""
    assert server.requests[0].headers["content-length"] == "0"


@pytest.mark.parametrize(
    ("query", "sent"),
    [
        (None, ""),
        ({}, ""),
        ({"a": None, "b": [], "c": ()}, ""),
        ({"a": True, "b": False, "c": 0}, "?a=true&b=false&c=0"),
        ({"a": ["x", "y z"], "b": "&="}, "?a=x&a=y+z&b=%26%3D"),
    ],
)
def test_query(query: Any, sent: str, serve: Serve, client_for: ClientFor) -> None:
    server = serve(reply(200, GOOD))
    client_for(server).get("/v2/apps", query)
    assert server.requests[0].target == "/v2/apps" + sent


@pytest.mark.parametrize("end", ["", "/", "/v2", "/v2/"])
@pytest.mark.parametrize("prefix", ["", "/through/here"])
def test_address(prefix: str, end: str, serve: Serve, client_for: ClientFor) -> None:
    server = serve(reply(200, GOOD))
    client_for(server.url + prefix + end).get("/v2/apps/a1")
    assert server.requests[0].target == f"{prefix}/v2/apps/a1"


@pytest.mark.parametrize("body", [{"a": float("nan")}, {"a": {1}}, {"a": b"s3cr3t"}])
def test_body_that_is_no_json(body: Any, serve: Serve, client_for: ClientFor) -> None:
    server = serve(reply(200, GOOD))
    with pytest.raises(UsageError, match="cannot be written as JSON") as caught:
        client_for(server).put("/v2/apps/a1", body)
    assert "s3cr3t" not in str(caught.value)
    assert server.connections == 0


def test_body_without_end(client_for: ClientFor) -> None:
    body: dict[str, Any] = {}
    body["body"] = body
    with pytest.raises(UsageError, match="nesting"):
        client_for("http://127.0.0.1:1").put("/v2/apps/a1", body)


def test_token_is_stripped(serve: Serve, client_for: ClientFor) -> None:
    """A file with a token ends with a newline."""
    server = serve(reply(200, GOOD))
    client_for(server, token=f"{TOKEN}\n").get("/v2/apps/a1")
    assert server.requests[0].headers["authorization"] == f"Bearer {TOKEN}"


# --- answers ---


_JSON = json.dumps(GOOD).encode()
_CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


@pytest.mark.parametrize(
    "answer",
    [
        reply(200, _JSON),
        reply(201, _JSON),
        reply(200, b" \n" + _JSON + b"\n"),
        reply(200, _JSON, {"Content-Type": "text/plain"}),
        reply(200, gzip.compress(_JSON), {"Content-Encoding": "gzip"}),
        reply(200, zlib.compress(_JSON), {"Content-Encoding": "deflate"}),
        raw(b"HTTP/1.0 200 OK\r\n\r\n" + _JSON),
        raw(_CHUNKED + b"14\r\n" + _JSON[:20] + b"\r\n1\r\n" + _JSON[20:] + b"\r\n0\r\n\r\n"),
    ],
)
def test_good_answers(answer: Any, serve: Serve, client_for: ClientFor) -> None:
    client = client_for(serve(answer))
    assert client.get("/v2/apps/a1") == GOOD
    assert client.calls == 1


@pytest.mark.parametrize("status", [200, 204])
def test_empty_answer_of_a_write(status: int, serve: Serve, client_for: ClientFor) -> None:
    assert client_for(serve(reply(status, ""))).post("/v2/apps/a1/rollback/commit") == {}


def test_empty_answer_of_a_read(serve: Serve, client_for: ClientFor) -> None:
    server = serve(reply(200, ""), reply(200, GOOD))
    client = client_for(server)
    assert client.get("/v2/apps/a1") == GOOD
    assert client.calls == 2


# --- messages ---


def error_of(client: Client, path: str = "/v2/apps/a1") -> AppPlatformError:
    with pytest.raises(AppPlatformError) as caught:
        client.get(path)
    return caught.value


def test_message_of_an_api_error(serve: Serve, client_for: ClientFor) -> None:
    body = {"id": "bad_request", "message": 'error validating app spec field "jobs.kind": bad', "request_id": "r-1"}
    error = error_of(client_for(serve(reply(400, body, {"x-request-id": "r-2"}))))
    assert isinstance(error, ApiError)
    assert error.message == (
        'GET /v2/apps/a1 answered 400 (bad_request): error validating app spec field "jobs.kind": bad. Request id: r-1.'
    )
    assert error.api_id == "bad_request"
    assert error.api_message == body["message"]
    assert error.failure() == {
        "code": "invalid_request",
        "message": error.message,
        "status": 400,
        "request_id": "r-1",
        "method": "GET",
        "path": "/v2/apps/a1",
    }


def test_request_id_of_the_header(serve: Serve, client_for: ClientFor) -> None:
    error = error_of(client_for(serve(reply(404, {"id": "not_found", "message": "No."}, {"x-request-id": "r-2"}))))
    assert error.request_id == "r-2"
    assert error.message.endswith("Request id: r-2.")


def test_html_error_page_becomes_a_sentence(serve: Serve, client_for: ClientFor) -> None:
    page = "<html><head><title>x</title></head><script>bad()</script><h1>Sorry &lt;you&gt;</h1> are blocked</html>"
    error = error_of(client_for(serve(reply(451, page, {"Content-Type": "text/html"}))))
    assert "answered 451: Sorry <you> are blocked." in error.message


@pytest.mark.parametrize("body", ["", "[]", '"x"', '{"message": ""}', '{"message": 7, "id": {}}', "[" * 100_000])
def test_strange_error_bodies(body: str, serve: Serve, client_for: ClientFor) -> None:
    error = error_of(client_for(serve(reply(403, body))))
    assert "answered 403: " in error.message
    assert len(error.message) < 1000


def test_control_characters_do_not_reach_the_terminal(serve: Serve, client_for: ClientFor) -> None:
    body = '{"id": "x\\u001b[2J", "message": "a\\u001b[31mb\\r\\nc\\ud800", "request_id": "r\\u0007"}'
    error = error_of(client_for(serve(reply(400, body))))
    assert error.message.isprintable()
    assert "ab c\ufffd" in error.message


def test_long_messages_are_cut(serve: Serve, client_for: ClientFor) -> None:
    error = error_of(client_for(serve(reply(400, {"id": "x", "message": "y" * 100_000}))))
    assert 2000 <= len(error.message) < 2200


@pytest.mark.parametrize("status", [400, 401, 403, 500, 200])
def test_echoed_token_is_masked(status: int, serve: Serve, client_for: ClientFor) -> None:
    body: Any = {"id": "x", "message": f"you sent Bearer {TOKEN}", "request_id": f"r {TOKEN}"}
    if status == 200:
        body = f"<p>{TOKEN}</p>"
    headers = {"Content-Type": f"text/{TOKEN}", "x-request-id": TOKEN}
    error = error_of(client_for(serve(reply(status, body, headers)), retries=0))
    assert TOKEN not in f"{error} {error!r} {error.args} {error.failure()} {vars(error)}"


def test_a_short_token_does_not_mangle_messages(serve: Serve, client_for: ClientFor) -> None:
    error = error_of(client_for(serve(reply(400, {"id": "x", "message": "apps"})), token="app"))
    assert "/v2/apps/a1" in error.message


def test_every_reason_is_described(client_for: ClientFor) -> None:
    folder = Path(errors.__file__).parents[1]
    text = "".join(path.read_text() for path in folder.rglob("*.py") if path.name != "errors.py")
    for reason in TransportError.REASONS:
        assert f'"{reason}"' in text, reason


def test_classes_and_codes() -> None:
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, AppPlatformError)]
    assert len({kind.default_code for kind in kinds}) == len(kinds) == 14
    assert AppPlatformError("m").failure()["code"] == "app_platform_error"
    assert AppPlatformError("m", code="c", details={"a": 1}).details == {"a": 1}


def test_usage_error_lists_all_problems() -> None:
    error = UsageError(["one", "two"])
    assert error.message == "one\ntwo"
    assert error.problems == ["one", "two"]
    assert UsageError("one").problems == ["one"]


# --- the real clock ---


def test_system_clock() -> None:
    clock = SystemClock()
    before = clock.monotonic()
    clock.sleep(0)
    clock.sleep(-1)
    clock.sleep(0.001)
    assert clock.monotonic() >= before + 0.001
    offset = clock.now().utcoffset()
    assert offset is not None
    assert not offset
