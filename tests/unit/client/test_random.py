"""Whatever comes back: an object, or an error of ours. Nothing else, and never the token."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ansible_collections.oceanops.app_platform.plugins.module_utils._api.apps import AppsApi
from ansible_collections.oceanops.app_platform.plugins.module_utils._api.client import Client
from ansible_collections.oceanops.app_platform.plugins.module_utils._api.errors import (
    ApiError,
    AppPlatformError,
    TransportError,
)
from ansible_collections.oceanops.app_platform.plugins.module_utils._api.responses import (
    MAX_RETRY_AFTER_SECONDS,
    error_from_response,
    parse_response,
    retry_after_seconds,
)
from ansible_collections.oceanops.app_platform.plugins.module_utils._api.settings import ClientSettings
from ansible_collections.oceanops.app_platform.plugins.module_utils._api.transport import Response, close_sessions
from ansible_collections.oceanops.app_platform.tests.unit.client.conftest import TOKEN
from ansible_collections.oceanops.app_platform.tests.unit.client.raw_server import RawServer, message, raw
from ansible_collections.oceanops.app_platform.tests.unit.fake_clock import FakeClock

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=15,
)
KEYS = st.sampled_from(["app", "apps", "deployment", "links", "meta", "id", "message", "request_id", "pages", "next"])
ENVELOPE = st.recursive(JSON, lambda inner: st.dictionaries(KEYS, inner, max_size=5), max_leaves=8)
BODY = st.binary(max_size=200) | ENVELOPE.map(lambda value: json.dumps(value).encode())
HEADER_NAMES = st.sampled_from(
    [
        "Content-Type",
        "Content-Length",
        "Content-Encoding",
        "Transfer-Encoding",
        "Location",
        "Retry-After",
        "ratelimit-remaining",
        "ratelimit-reset",
        "Date",
        "x-request-id",
        "Connection",
    ]
)
HEADER_VALUES = st.sampled_from(
    ["0", "1", "999999999999999999999", "-1", "gzip", "deflate", "br", "chunked", "x", "", "http://[", "/v2/apps/a1"]
) | st.text(st.characters(codec="latin-1", exclude_characters="\r\n"), max_size=30)
HEADERS = st.dictionaries(HEADER_NAMES, HEADER_VALUES, max_size=4)
USUAL = st.sampled_from([200, 201, 204, 206, 301, 302, 304, 400, 403, 404, 409, 429, 500, 503, 524])
STATUS = USUAL | st.integers(200, 999)
REASONABLE = settings(
    max_examples=250, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


@pytest.fixture(scope="module")
def server() -> Iterator[RawServer]:
    one = RawServer([raw(b"")]).start()
    yield one
    one.stop()
    close_sessions()


def error_in(call: Callable[[], bool]) -> AppPlatformError | None:
    """The error of ours that a call raises; without one, the call is to give true."""
    try:
        assert call()
    except AppPlatformError as error:
        return error
    return None


def ends_well(server: RawServer, data: bytes, call: str) -> None:
    """The call gives what its method promises, or an AppPlatformError without the token."""
    server.acts[:] = [raw(data)]
    server.requests.clear()
    client = Client(ClientSettings(token=TOKEN, api_url=server.url, timeout=2, retries=1), FakeClock())
    api = AppsApi(client)
    calls: dict[str, Any] = {
        "get": lambda: isinstance(client.get("/v2/apps/a1"), dict),
        "get_app": lambda: isinstance(api.get_app("a1"), dict),
        "list_apps": lambda: all(isinstance(app, dict) for app in api.list_apps()),
        "update_app": lambda: isinstance(api.update_app("a1", {}), dict),
        "logs": lambda: set(api.get_logs("a1", type="RUN")) == {"live_url", "historic_urls"},
        "fetch_text": lambda: isinstance(client.fetch_text(f"{server.url}/x?{TOKEN}", 50), str),
    }
    error = error_in(calls[call])
    if error is not None:
        shown = f"{error} {error!r} {error.args} {error.failure()} {error.details}"
        assert TOKEN not in shown
        assert error.message.isprintable()
        assert error.method in ("GET", "PUT")
        if isinstance(error, TransportError):
            assert error.reason in TransportError.REASONS
            assert error.maybe_applied is (error.sent and error.method == "PUT" and error.reason != "redirected")
        assert json.dumps(error.failure())
    written = [request for request in server.requests if request.method == "PUT"]
    assert len(written) <= (2 if b" 429 " in data[:20] else 1)


CALLS = st.sampled_from(["get", "get_app", "list_apps", "update_app", "logs", "fetch_text"])


@REASONABLE
@given(data=st.binary(max_size=300), call=CALLS)
def test_any_bytes(server: RawServer, data: bytes, call: str) -> None:
    ends_well(server, data, call)


@REASONABLE
@given(status=STATUS, headers=HEADERS, body=BODY, call=CALLS)
def test_any_answer(server: RawServer, status: int, headers: dict[str, str], body: bytes, call: str) -> None:
    head = message(status, b"", {"Content-Length": str(len(body))})[:-2]
    extra = "".join(f"{name}: {value}\r\n" for name, value in headers.items()).encode("latin-1")
    ends_well(server, head + extra + b"\r\n" + body, call)


@REASONABLE
@given(status=STATUS, headers=HEADERS, body=BODY, read_only=st.booleans())
def test_meaning_of_any_answer(status: int, headers: dict[str, str], body: bytes, read_only: bool) -> None:
    answer = Response(status, headers, body)
    clock = FakeClock()
    wait = retry_after_seconds(answer, clock)
    assert wait is None or wait >= 0
    if status >= 400:
        error = error_from_response(answer, "GET", "/x", clock, read_only=read_only)
        assert isinstance(error, ApiError)
        assert error.status == status
        assert error.message.startswith(f"GET /x answered {status}")
        assert error.message.isprintable()
        return
    error_ = error_in(lambda: isinstance(parse_response(answer, "GET", "/x", read_only=read_only), dict))
    if error_ is not None:
        assert error_.status == status
        assert error_.maybe_applied is not read_only


@given(seconds=st.integers(-(10**9), 10**9))
def test_reset_is_never_in_the_past(seconds: int) -> None:
    clock = FakeClock()
    headers = {"ratelimit-remaining": "0", "ratelimit-reset": str(int(clock.now().timestamp()) + seconds)}
    assert retry_after_seconds(Response(429, headers, b""), clock) == (
        min(seconds, MAX_RETRY_AFTER_SECONDS) if seconds > 0 else None
    )
