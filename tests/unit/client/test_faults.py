"""Every row of the policy (fault_rows.py, docs/faults.md), for every kind of call."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.oceanops.app_platform.plugins.module_utils import _client
from ansible_collections.oceanops.app_platform.plugins.module_utils._client import Client
from ansible_collections.oceanops.app_platform.plugins.module_utils._errors import (
    ApiError,
    AppPlatformError,
    RateLimitedError,
    TransportError,
)
from ansible_collections.oceanops.app_platform.tests.unit.client.conftest import TOKEN, FakeClock
from ansible_collections.oceanops.app_platform.tests.unit.client.fault_rows import AGAIN, GOOD, ROWS, STOP, UNKNOWN, Row
from ansible_collections.oceanops.app_platform.tests.unit.client.raw_server import RawServer, reply

SECRET = "s3cr3t-canary"
BODY = {"spec": {"name": "shop", "envs": [{"key": "A", "value": SECRET}]}}
CALLS: dict[str, Callable[[Client], Any]] = {
    "GET": lambda client: client.get("/v2/apps/a1", {"q": SECRET}),
    "POST that reads": lambda client: client.post("/v2/apps/propose", BODY, {"q": SECRET}, reads=True),
    "POST": lambda client: client.post("/v2/apps", BODY, {"q": SECRET}),
    "PUT": lambda client: client.put("/v2/apps/a1", BODY),
    "DELETE": lambda client: client.delete("/v2/apps/a1"),
}
READS = {"GET", "POST that reads"}


def outcome(row: Row, call: str) -> str:
    return row.reads if call in READS else row.writes


def assert_clean(error: AppPlatformError) -> None:
    """Neither token nor query nor body, in whatever way the error is looked at."""
    shown = f"{error} {error!r} {error.message} {error.args} {error.failure()} {error.details} {vars(error)}"
    assert TOKEN not in shown
    assert SECRET not in shown
    assert "secret" not in shown
    assert "?" not in error.message.replace("address of the API?", "")


def assert_named(error: AppPlatformError, row: Row, call: str) -> None:
    method = call.split(maxsplit=1)[0]
    assert isinstance(error, (ApiError, TransportError))
    assert error.code == row.code
    assert error.method == method
    assert error.path is not None
    assert f"{method} {error.path}" in error.message
    if row.status:
        assert error.status == row.status
        assert str(row.status) in error.message
    assert error.failure()["code"] == row.code


@pytest.fixture(autouse=True)
def small_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_client, "LARGEST_ANSWER", 4000)


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
def test_once(
    row: Row, call: str, clock: FakeClock, serve: Callable[..., RawServer], client_for: Callable[..., Client]
) -> None:
    """The fault occurs once, then all is well."""
    server = serve(row.act(clock), reply(200, GOOD))
    client = client_for(server, **row.settings)
    if outcome(row, call) == AGAIN:
        assert CALLS[call](client) == GOOD
        assert len(server.requests) == client.calls == 2
        assert server.requests[0] == server.requests[1]
        low, high = row.pause or (0.25, 0.5)
        assert len(clock.slept) == 1
        assert low <= clock.slept[0] <= high
        return
    if row.id == "redirect-loop" and call == "GET":
        assert CALLS[call](client) == GOOD  # one redirect on the same server is none too many
        return
    with pytest.raises((ApiError, TransportError)) as caught:
        CALLS[call](client)
    assert_named(caught.value, row, call)
    assert_clean(caught.value)
    assert caught.value.maybe_applied is (call not in READS and outcome(row, call) == UNKNOWN)
    assert ("unknown whether the change took effect" in caught.value.message) is caught.value.maybe_applied
    assert len(server.requests) == client.calls == 1
    assert clock.slept == []


@pytest.mark.parametrize("call", ["GET", "PUT"])
@pytest.mark.parametrize("row", [row for row in ROWS if AGAIN in (row.reads, row.writes)], ids=lambda row: row.id)
def test_for_good(
    row: Row, call: str, clock: FakeClock, serve: Callable[..., RawServer], client_for: Callable[..., Client]
) -> None:
    """The fault stays: a bounded number of requests, then a clear error."""
    server = serve(row.act(clock))
    client = client_for(server, retries=2, **row.settings)
    with pytest.raises((ApiError, TransportError)) as caught:
        CALLS[call](client)
    assert_named(caught.value, row, call)
    assert_clean(caught.value)
    expected = 3 if outcome(row, call) == AGAIN else 1
    assert len(server.requests) == client.calls == expected
    assert ("Gave up after 3 attempts." in caught.value.message) is (expected == 3)
    assert len(clock.slept) == expected - 1
    if row.pause is None and expected == 3:
        assert 0.5 <= clock.slept[1] <= 1.0  # the back-off doubles


@pytest.mark.parametrize("row", [row for row in ROWS if row.code == "rate_limited"], ids=lambda row: row.id)
def test_rate_limited_error_knows_the_end(
    row: Row, clock: FakeClock, serve: Callable[..., RawServer], client_for: Callable[..., Client]
) -> None:
    with pytest.raises(RateLimitedError) as caught:
        client_for(serve(row.act(clock)), retries=0).get("/v2/apps/a1")
    if row.id == "429-bare":
        assert caught.value.reset_at is None
        return
    end = caught.value.reset_at
    assert end is not None
    assert end.utcoffset() is not None
    assert end > clock.now()
    assert end.isoformat(timespec="seconds") in caught.value.message


def test_hourly_limit_message(serve: Callable[..., RawServer], client_for: Callable[..., Client]) -> None:
    row = next(row for row in ROWS if row.id == "429-hour-used-up")
    with pytest.raises(RateLimitedError) as caught:
        client_for(serve(row.act(FakeClock()))).get("/v2/apps/a1")
    assert "Requests are accepted again at 2026-11-23T12:30:00+00:00." in caught.value.message
    assert "in 1800 s; rate_limit_wait allows to wait 60 s." in caught.value.message


def test_hourly_limit_is_waited_for_when_allowed(
    clock: FakeClock, serve: Callable[..., RawServer], client_for: Callable[..., Client]
) -> None:
    row = next(row for row in ROWS if row.id == "429-hour-used-up")
    client = client_for(serve(row.act(clock), reply(200, GOOD)), rate_limit_wait=3600)
    assert client.put("/v2/apps/a1", BODY) == GOOD
    assert 1800 <= clock.slept[0] <= 1801


def test_the_policy_page_has_every_row() -> None:
    page = (Path(__file__).parents[3] / "docs" / "faults.md").read_text()
    lines = re.findall(r"^\| .*\| ([^|]*) \|$", page, re.MULTILINE)
    named = [one for line in lines for one in re.findall(r"`([^`]+)`", line)]
    here = (Path(__file__).parent / "test_connections.py").read_text()
    others = re.findall(r"^def (test_\w+)", here, re.MULTILINE)
    in_table = {name for name in named if not name.startswith("test_")}
    assert in_table == {row.id for row in ROWS}
    assert {name for name in named if name.startswith("test_")} <= set(others)
    assert len(named) == len(set(named))
    for row in ROWS:
        line = next(line for line in page.splitlines() if f"`{row.id}`" in line)
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        words = {AGAIN: "sent again", STOP: "error", UNKNOWN: "error, outcome unknown"}
        assert cells[1].startswith(words[row.reads]), row.id
        assert cells[2].startswith(words[row.writes]), row.id
