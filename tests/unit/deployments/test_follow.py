"""Pace, deadline, progress, options, idleness; and every sequence of answers that chance comes up with."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.oceanops.app_platform.plugins.module_utils._api.errors import (
    AuthenticationError,
    DeploymentError,
    UsageError,
)
from ansible_collections.oceanops.app_platform.plugins.module_utils._deployments.deployment import take_snapshot
from ansible_collections.oceanops.app_platform.plugins.module_utils._deployments.follow import (
    follow,
    follow_write,
    wait_until_idle,
)
from ansible_collections.oceanops.app_platform.plugins.module_utils._deployments.polling import (
    MAX_INTERVAL_SECONDS,
    MIN_FAILURE_SECONDS,
)
from ansible_collections.oceanops.app_platform.plugins.module_utils._deployments.progress import (
    Progress,
    format_elapsed,
)
from ansible_collections.oceanops.app_platform.plugins.module_utils._deployments.wait_options import WaitOptions
from ansible_collections.oceanops.app_platform.tests.unit.deployments.fake import (
    APP,
    BEFORE,
    MADE,
    OTHER,
    OTHER_SPEC,
    SPEC,
    THIRD,
    Dep,
    FakeApi,
    FakeClock,
    Fault,
    Heard,
    no_answer,
    not_found,
    rate_limited,
    server_error,
    stamp,
    warm,
    watch,
)

#: Seconds that reading late logs may take after the deadline.
LOGS = 9


def run(api: FakeApi, heard: Heard | None = None, jitter: float = 0.5, **options: Any) -> str:
    """Follow the deployment from its start; how it ended."""
    try:
        answer = api.app(0)
        follow_write(watch(api, heard, jitter, **options), answer, take_snapshot(api.app(-1)))
    except DeploymentError as error:
        return error.code
    return "ok"


# --- pace


@pytest.mark.parametrize("jitter", [0.0, 0.5, 1.0])
def test_twenty_minutes_cost_150_calls_at_most(jitter: float) -> None:
    api = FakeApi(FakeClock(), (BEFORE, Dep(((0, "PENDING_BUILD"), (1200, "ACTIVE")))))
    assert run(api, jitter=jitter) == "ok"
    assert 100 < len(api.calls) <= 150


@given(
    at=st.floats(0.1, 4700),
    jitter=st.floats(0, 1),
    fixed=st.none() | st.integers(1, 120),
)
@settings(max_examples=150, deadline=None)
def test_active_is_seen_one_interval_late_at_most(at: float, jitter: float, fixed: int | None) -> None:
    api = FakeApi(FakeClock(), (BEFORE, Dep(((0, "PENDING_BUILD"), (at, "ACTIVE")))))
    assert run(api, jitter=jitter, wait_interval=fixed) == "ok"
    assert 0 <= api.clock.passed - at <= (fixed or MAX_INTERVAL_SECONDS)


def test_a_quick_deployment_is_seen_quickly() -> None:
    api = FakeApi(FakeClock(), (BEFORE, Dep(((0, "PENDING_BUILD"), (4, "ACTIVE")))))
    assert run(api) == "ok"
    assert api.clock.passed < 6


def test_a_rate_limit_is_waited_for_within_the_deadline() -> None:
    api = FakeApi(FakeClock(), (BEFORE, Dep(((0, "BUILDING"),))), faults=(Fault(rate_limited(500)),))
    assert run_given(api, wait_timeout=100) == "wait_timeout"
    assert api.clock.passed == 100


def run_given(api: FakeApi, **options: Any) -> str:
    try:
        follow(watch(api, **options), {"id": APP, "spec": SPEC}, {"id": MADE})
    except DeploymentError as error:
        return error.code
    return "ok"


def test_an_outage_of_less_than_a_minute_is_borne_at_any_pace() -> None:
    deployment = Dep(((0, "PENDING_BUILD"), (200, "ACTIVE")))
    for fixed in (0.5, 1, 5, None):
        api = FakeApi(
            FakeClock(), (BEFORE, deployment), faults=(Fault(server_error, 10, 10 + MIN_FAILURE_SECONDS - 1),)
        )
        assert run(api, wait_interval=fixed) == "ok"


def test_outages_are_counted_one_by_one() -> None:
    outages = tuple(Fault(server_error, start, start + 12) for start in range(20, 400, 40))
    api = FakeApi(FakeClock(), (BEFORE, Dep(((0, "PENDING_BUILD"), (400, "ACTIVE")))), faults=outages)
    assert run(api, wait_interval=5) == "ok"


def test_what_will_not_pass_ends_the_wait_at_once() -> None:
    def refused() -> AuthenticationError:
        return AuthenticationError("GET answered 401.", status=401, request_id="r-1", method="GET", path="/v2/apps/x")

    api = FakeApi(FakeClock(), (BEFORE, Dep(((0, "PENDING_BUILD"),))), faults=(Fault(refused, 10),))
    with pytest.raises(DeploymentError) as caught:
        follow(watch(api), api.app(0), api.app(0)["pending_deployment"])
    assert caught.value.failure() == {
        "code": "wait_interrupted",
        "message": caught.value.message,
        "status": 401,
        "request_id": "r-1",
        "method": "GET",
        "path": "/v2/apps/x",
    }
    assert "GET answered 401." in caught.value.message
    assert caught.value.details["deployment"]["id"] == MADE


def test_an_interrupted_wait_is_joined_by_the_next_one() -> None:
    api = FakeApi(FakeClock(), (BEFORE, Dep(((0, "PENDING_BUILD"), (5, "BUILDING"), (300, "ACTIVE")))))
    assert run(api, wait_timeout=100) == "wait_timeout"
    app = api.app(api.clock.passed)
    assert follow(watch(api), app, app["in_progress_deployment"]).result["phase"] == "ACTIVE"
    assert api.clock.passed < 310


# --- chance

CODES = {
    "deployment_failed",
    "deployment_canceled",
    "deployment_superseded",
    "app_vanished",
    "deployment_vanished",
    "wait_timeout",
    "wait_interrupted",
}
PHASES = ["PENDING_BUILD", "BUILDING", "PENDING_DEPLOY", "DEPLOYING", "UNKNOWN", "", "HATCHING"]
ENDS = ["ACTIVE", "ERROR", "CANCELED", "SUPERSEDED"]
faults = st.builds(
    lambda error, since, length, calls: Fault(error, since, since + length, calls),
    st.sampled_from([server_error, no_answer, not_found, rate_limited(7)]),
    st.floats(0, 400),
    st.floats(0, 200),
    st.sampled_from([(), ("get_deployment",), ("get_app",), ("list_deployments",), ("logs", "fetch_text")]),
)


@st.composite
def ways(draw: st.DrawFn, identity: str, made: float) -> Dep:
    states: list[tuple[float, str]] = [(made, draw(st.sampled_from([*PHASES, *ENDS])))]
    for _step in range(draw(st.integers(0, 5))):
        states.append((states[-1][0] + draw(st.floats(0.5, 120)), draw(st.sampled_from([*PHASES, *ENDS]))))
    return Dep(
        tuple(states),
        id=identity,
        made=made,
        spec=draw(st.sampled_from([SPEC, SPEC, OTHER_SPEC, None])),
        cause=draw(st.sampled_from(["app spec updated", "manual", ""])),
        shown=made + draw(st.floats(0, 30)),
    )


class Recorder(FakeApi):
    """Remembers the last state that was shown of each deployment."""

    def __init__(self, *arguments: Any, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self.seen: dict[str, str] = {}

    def remember(self, *deployments: Any) -> None:
        for one in deployments:
            if one:
                self.seen[one["id"]] = one["phase"]

    def get_app(self, app_id: str) -> dict[str, Any]:
        app = super().get_app(app_id)
        self.remember(*(app.get(f"{part}_deployment") for part in ("pending", "in_progress", "active")))
        return app

    def get_deployment(self, app_id: str, deployment_id: str) -> dict[str, Any]:
        found = super().get_deployment(app_id, deployment_id)
        self.remember(found)
        return found

    def list_deployments(self, *arguments: Any, **more: Any) -> Any:
        found = list(super().list_deployments(*arguments, **more))
        self.remember(*found)
        return iter(found)


@given(
    first=ways(MADE, 0.0),
    others=st.tuples(st.none() | ways(OTHER, 20.0), st.none() | ways(THIRD, 60.0)),
    failing=st.lists(faults, max_size=3).map(tuple),
    told=st.booleans(),
    timeout=st.sampled_from([0, 10, 300, 1000]),
    gone=st.sampled_from([float("inf")] * 3 + [50.0]),
)
@settings(max_examples=400, deadline=None)
def test_any_way_ends_in_time_and_success_means_active(
    first: Dep, others: tuple[Dep | None, ...], failing: tuple[Fault, ...], told: bool, timeout: float, gone: float
) -> None:
    deployments = tuple(one for one in (BEFORE, first, *others) if one)
    api = Recorder(FakeClock(), deployments, faults=failing)
    api.gone = gone
    answer = {"id": APP, "spec": SPEC, **({"pending_deployment": first.at(0)} if told else {})}
    api.remember(answer.get("pending_deployment"))
    failed: DeploymentError | None = None
    try:
        followed = follow_write(watch(api, wait_timeout=timeout), answer, take_snapshot(api.app(-1)))
    except DeploymentError as error:
        failed = error
    else:
        if followed is None:
            assert not told
        else:
            assert followed.result["phase"] == "ACTIVE"
            assert api.seen[followed.result["id"]] == "ACTIVE"
    assert failed is None or (failed.message and failed.code in CODES)
    assert api.clock.passed <= timeout + LOGS + 1e-6
    assert len(api.calls) <= 3 * timeout + 20


# --- progress


def test_one_line_for_each_change_and_a_heartbeat() -> None:
    heard: list[str] = []
    progress = Progress(heard.append)
    steps = {"success_steps": 1, "total_steps": 6}
    progress.show({"id": MADE, "phase": "BUILDING"}, 0)
    progress.show({"id": MADE, "phase": "BUILDING"}, 59)
    progress.show({"id": MADE, "phase": "BUILDING"}, 60)
    progress.show({"id": MADE, "phase": "BUILDING", "progress": steps}, 61)
    progress.show({"id": MADE, "phase": "BUILDING", "progress": {**steps, "error_steps": 1}}, 62)
    progress.show({"id": OTHER, "phase": "BUILDING", "progress": {**steps, "error_steps": 1}}, 63)
    assert heard == [
        "deployment aaaaaaaa: BUILDING [0:00]",
        "deployment aaaaaaaa: BUILDING [1:00]",
        "deployment aaaaaaaa: BUILDING, step 1/6 [1:01]",
        "deployment aaaaaaaa: BUILDING, step 2/6 [1:02]",
        "deployment bbbbbbbb: BUILDING, step 2/6 [1:03]",
    ]


@pytest.mark.parametrize(("seconds", "face"), [(0, "0:00"), (7.9, "0:07"), (750, "12:30"), (3723, "1:02:03")])
def test_elapsed_time(seconds: float, face: str) -> None:
    assert format_elapsed(seconds) == face


# --- ends that depend on what was seen before


def test_a_deployment_that_was_seen_active_is_a_success_whatever_its_last_step_says() -> None:
    running, unfinished = warm("SUCCESS", "RUNNING"), warm("SUCCESS", "RUNNING", "PENDING")
    ours = Dep(((0, "DEPLOYING"), (10, "ACTIVE", running), (40, "SUPERSEDED", unfinished)))
    others = Dep(((40, "DEPLOYING"),), id=OTHER, made=40, spec=OTHER_SPEC)
    heard = Heard()
    assert run(FakeApi(FakeClock(), (BEFORE, ours, others)), heard) == "ok"
    assert "was live, and has been superseded since" in heard.warnings[0]


def test_a_superseding_deployment_is_followed_once_the_app_can_be_read() -> None:
    ours = Dep(((0, "DEPLOYING"), (10, "SUPERSEDED")))
    same_again = Dep(((10, "DEPLOYING"), (50, "ACTIVE")), id=OTHER, made=10)
    faults = (Fault(server_error, since=5, until=25, calls=("get_app",)),)
    api = FakeApi(FakeClock(), (BEFORE, ours, same_again), faults=faults)
    assert run(api) == "ok"


@pytest.mark.parametrize(("known", "end"), [(16, "ok"), (21, "deployment_vanished")])
def test_a_new_deployment_may_stay_unknown_for_15_seconds(known: float, end: str) -> None:
    api = FakeApi(FakeClock(), (BEFORE, Dep(((0, "BUILDING"), (30, "ACTIVE")), known=known)))
    assert run(api, wait_interval=5.0) == end


# --- idleness


def test_an_idle_app_costs_no_call() -> None:
    api = FakeApi(FakeClock(), (BEFORE,))
    app = api.app(0)
    assert wait_until_idle(watch(api), app) is app
    assert api.calls == []


def test_a_busy_app_is_waited_for_also_when_the_next_one_is_pending() -> None:
    first = Dep(((0, "BUILDING"), (30, "ACTIVE")))
    second = Dep(((20, "PENDING_BUILD"), (35, "BUILDING"), (80, "ERROR")), id=OTHER, made=20)
    api = FakeApi(FakeClock(), (BEFORE, first, second))
    heard = Heard()
    app = wait_until_idle(watch(api, heard), api.app(0))
    assert app["active_deployment"]["id"] == MADE
    assert 80 <= api.clock.passed <= 90
    assert set(api.calls) == {"get_app"}
    assert heard.progress[0] == "deployment aaaaaaaa: BUILDING [0:00]"


@pytest.mark.parametrize(
    ("more", "code", "text"),
    [
        ({}, "wait_timeout", "Nothing was changed"),
        ({"gone": 20.0}, "app_vanished", "does not exist any more"),
        ({"faults": (Fault(server_error),)}, "wait_interrupted", "502"),
    ],
)
def test_an_app_that_does_not_become_idle(more: dict[str, Any], code: str, text: str) -> None:
    api = FakeApi(FakeClock(), (BEFORE, Dep(((0, "BUILDING"),))), faults=more.get("faults", ()))
    api.gone = more.get("gone", float("inf"))
    with pytest.raises(DeploymentError, match=text) as caught:
        wait_until_idle(watch(api, wait_timeout=100), api.app(0))
    assert caught.value.code == code
    assert caught.value.details["deployment"]["id"] == MADE


# --- options


def test_the_options_of_a_module() -> None:
    assert WaitOptions.from_params({"wait_interval": None, "token": "x", "name": "shop"}) == WaitOptions()
    found = WaitOptions.from_params({"wait": False, "wait_timeout": 60, "log_lines": 0, "on_failure": "restore_spec"})
    assert (found.wait, found.wait_timeout, found.log_lines, found.on_failure) == (False, 60, 0, "restore_spec")


def test_every_problem_of_the_options_is_told() -> None:
    with pytest.raises(UsageError) as caught:
        WaitOptions.from_params({"wait_timeout": -1, "wait_interval": 0, "log_lines": -1, "on_failure": "cry"})
    assert [text.split(":")[0] for text in caught.value.problems] == [
        "wait_timeout",
        "wait_interval",
        "log_lines",
        "on_failure",
    ]


@pytest.mark.parametrize("value", [float("inf"), float("nan")])
def test_an_endless_wait_is_refused(value: float) -> None:
    with pytest.raises(UsageError, match="wait_timeout"):
        WaitOptions(wait_timeout=value)


def test_the_default_covers_the_longest_build() -> None:
    assert WaitOptions().wait_timeout >= 60 * 60 + 15 * 60


def test_without_wait_nothing_is_called() -> None:
    api = FakeApi(FakeClock(), (BEFORE, Dep(((0, "PENDING_BUILD"),))))
    app = api.app(0)
    snapshot = take_snapshot(api.app(-1))
    assert follow(watch(api, wait=False), app, app["pending_deployment"]).result["phase"] == "PENDING_BUILD"
    told = follow_write(watch(api, wait=False), app, snapshot)
    assert told is not None
    assert told.result["created_at"] == stamp(0)
    assert follow_write(watch(api, wait=False), app, take_snapshot(app)) is None
    assert follow_write(watch(api, wait=False), {"id": APP}, snapshot) is None
    assert api.calls == []
