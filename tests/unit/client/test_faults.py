"""Every row of the policy (fault_rows.py, docs/faults.md), for every kind of call."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.oceanops.app_platform.plugins.module_utils._api import client as client_module
from ansible_collections.oceanops.app_platform.plugins.module_utils._api import retry, transport
from ansible_collections.oceanops.app_platform.plugins.module_utils._api.client import Client
from ansible_collections.oceanops.app_platform.plugins.module_utils._api.errors import (
    ApiError,
    AppPlatformError,
    RateLimitedError,
    TransportError,
)
from ansible_collections.oceanops.app_platform.plugins.module_utils._api.settings import ClientSettings
from ansible_collections.oceanops.app_platform.tests.unit.client.conftest import TOKEN
from ansible_collections.oceanops.app_platform.tests.unit.client.fault_rows import AGAIN, GOOD, ROWS, STOP, UNKNOWN, Row
from ansible_collections.oceanops.app_platform.tests.unit.client.raw_server import RawServer, reply
from ansible_collections.oceanops.app_platform.tests.unit.fake_clock import FakeClock

SECRET = "s3cr3t-canary"
REAL_LARGEST = client_module.MAX_RESPONSE_BYTES
BODY = {"spec": {"name": "shop", "envs": [{"key": "A", "value": SECRET}]}}
CALLS: dict[str, Callable[[Client], Any]] = {
    "GET": lambda client: client.get("/v2/apps/a1", {"q": SECRET}),
    "POST that reads": lambda client: client.post("/v2/apps/propose", BODY, {"q": SECRET}, read_only=True),
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
    monkeypatch.setattr(client_module, "MAX_RESPONSE_BYTES", 4000)


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
    for sentence in ("Gave up after", "It is unknown whether"):
        before, found, _after = caught.value.message.partition(f" {sentence}")
        assert not found or before.endswith((".", "!", "?"))
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


PAGE = (Path(__file__).parents[3] / "docs" / "faults.md").read_text()


def table_lines() -> list[list[str]]:
    """The cells of every line of the tables that end in a column of tests."""
    found: list[list[str]] = []
    in_tests = False
    for line in PAGE.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")] if line.startswith("|") else []
        if not cells:
            in_tests = False
        elif cells[-1] == "test":
            in_tests = True
        elif in_tests and not cells[0].startswith("-"):
            found.append(cells)
    return found


def test_the_policy_page_has_every_test() -> None:
    named = [one for cells in table_lines() for one in re.findall(r"`([^`]+)`", cells[-1])]
    assert len(named) == len(set(named))
    here = Path(__file__).parent
    connections = (here / "test_connections.py").read_text() + (here / "test_limits.py").read_text()
    assert {one for one in named if one.startswith("test_")} == set(re.findall(r"^def (test_\w+)", connections, re.M))
    assert {one for one in named if not one.startswith("test_")} == {row.id for row in ROWS}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
def test_the_policy_page_says_what_is_done(row: Row) -> None:
    words = {AGAIN: r"sent again( |$)", STOP: r"error( |$|, (?!outcome))", UNKNOWN: r"error, outcome unknown$"}
    cells = next(cells for cells in table_lines() if f"`{row.id}`" in cells[-1])
    assert re.match(words[row.reads], cells[1])
    assert re.match(words[row.writes], cells[2])


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (ClientSettings(TOKEN).connect_timeout, "| {:g} s | `connect_timeout` |"),
        (ClientSettings(TOKEN).timeout, "| {:g} s | `api_timeout` |"),
        (ClientSettings(TOKEN).response_deadline, "| {:g} s | four times `api_timeout` |"),
        (ClientSettings(TOKEN).rate_limit_wait, "| {:g} s | `rate_limit_wait` |"),
        (ClientSettings(TOKEN).retries, "`api_retries` times (default {:g})"),
        (retry.BACKOFF_INITIAL_SECONDS, "| {:g}, 1, 2, 4, 8"),
        (retry.BACKOFF_MAX_SECONDS, "8 … {:g} s, each"),
        (retry.RETRY_BUDGET_SECONDS, "| {:g} s | `RETRY_BUDGET_SECONDS` |"),
        (retry.CONNECT_RETRIES, "| {:g} | `CONNECT_RETRIES` |"),
        (REAL_LARGEST / 2**20, "| {:g} MiB | `MAX_RESPONSE_BYTES` |"),
        (transport.MAX_IDLE_SECONDS_BEFORE_WRITE, "idle for {:g} s"),
    ],
)
def test_the_policy_page_has_the_figures(value: float, words: str) -> None:
    assert words.format(value) in PAGE
