"""Which deployment is meant: made by a write, to be joined, to be done again, to be returned to."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.oceanops.app_platform.plugins.module_utils._api.errors import DeploymentError
from ansible_collections.oceanops.app_platform.plugins.module_utils._deployments.deployment import (
    RESTORE_AFTER,
    cause_of,
    created_by,
    duration_of,
    is_terminal,
    newer_deployments,
    origin_of,
    phase_of,
    plan_restoration,
    take_snapshot,
    unfinished_deployments,
    was_superseded,
)
from ansible_collections.oceanops.app_platform.plugins.module_utils._deployments.follow import check_not_pinned, follow
from ansible_collections.oceanops.app_platform.plugins.module_utils._deployments.identify import (
    find_created,
    spec_status,
)
from ansible_collections.oceanops.app_platform.plugins.module_utils._deployments.polling import Polling
from ansible_collections.oceanops.app_platform.plugins.module_utils._system.clock import parse_time
from ansible_collections.oceanops.app_platform.tests.unit.deployments.fake import (
    APP,
    BEFORE,
    MADE,
    OLD,
    OLD_SPEC,
    OTHER,
    OTHER_SPEC,
    SPEC,
    THIRD,
    Dep,
    FakeApi,
    FakeClock,
    Fault,
    server_error,
    stamp,
    watch,
)


def same(left: Any, right: Any) -> bool:
    return bool(left == right)


def platform(*deployments: Dep, at: float = 100.0) -> FakeApi:
    clock = FakeClock()
    clock.passed = at
    return FakeApi(clock, deployments)


def stands(api: FakeApi) -> tuple[str, str | None, list[str]]:
    found = spec_status(watch(api), api.app(api.clock.passed))
    return found.state, found.deployment["id"] if found.deployment else None, api.calls


# --- how the app's own spec stands


def test_a_spec_that_runs_costs_no_call() -> None:
    assert stands(platform(BEFORE, Dep(((0, "ACTIVE"),)))) == ("active", MADE, [])


def test_an_active_deployment_without_its_spec_runs_it_if_it_is_the_last_one() -> None:
    assert stands(platform(Dep(((0, "ACTIVE"),), spec=None))) == ("active", MADE, [])
    later = Dep(((9, "ERROR"),), id=OTHER, made=9)
    assert stands(platform(Dep(((0, "ACTIVE"),), spec=None), later)) == ("failed", OTHER, ["list_deployments"])


@pytest.mark.parametrize("phase", ["PENDING_BUILD", "BUILDING", "DEPLOYING", "HATCHING"])
def test_a_spec_that_is_being_deployed_is_joined(phase: str) -> None:
    assert stands(platform(BEFORE, Dep(((0, phase),)))) == ("running", MADE, [])


def test_of_two_that_bring_the_spec_the_newest_is_joined() -> None:
    api = platform(Dep(((0, "BUILDING"),)), Dep(((9, "PENDING_BUILD"),), id=OTHER, made=9))
    assert stands(api)[:2] == ("running", OTHER)


@pytest.mark.parametrize("phase", ["ERROR", "CANCELED"])
def test_a_spec_whose_deployment_failed_needs_another(phase: str) -> None:
    assert stands(platform(BEFORE, Dep(((0, phase),)))) == ("failed", MADE, ["list_deployments"])


def test_an_automatic_rollback_does_not_hide_the_failure() -> None:
    back = Dep(((9, "ACTIVE"),), id=OTHER, made=9, spec=OLD_SPEC, cause=f'automated rollback after failed of "{MADE}"')
    assert stands(platform(BEFORE, Dep(((0, "ERROR"),)), back))[:2] == ("failed", MADE)


def test_a_failure_before_the_last_success_is_history() -> None:
    api = platform(Dep(((0, "ERROR"),)), Dep(((9, "ACTIVE"),), id=OTHER, made=9))
    assert stands(api)[:2] == ("active", OTHER)


def test_a_spec_that_was_overtaken_by_another_one() -> None:
    api = platform(Dep(((0, "SUPERSEDED"),)), Dep(((9, "BUILDING"),), id=OTHER, made=9, spec=OTHER_SPEC))
    assert stands(api)[:2] == ("other", OTHER)


def test_a_spec_that_only_others_are_deployed_of() -> None:
    assert stands(platform(BEFORE)) == ("other", OLD, ["list_deployments"])


def test_a_running_deployment_that_only_the_list_shows_is_joined() -> None:
    assert stands(platform(BEFORE, Dep(((0, "BUILDING"),), shown=500)))[:2] == ("running", MADE)


def test_a_deployment_that_only_the_list_shows_as_active() -> None:
    assert stands(platform(BEFORE, Dep(((0, "ACTIVE"),), shown=500)))[:2] == ("active", MADE)


def test_an_app_without_deployments() -> None:
    assert stands(platform()) == ("none", None, ["list_deployments"])


# --- the deployment that a write made


def made(api: FakeApi, before: float, at: float, **options: Any) -> str | None:
    api.clock.passed = at
    snapshot = take_snapshot(api.app(before))
    answer = api.app(at)
    answer.pop("pending_deployment", None)
    watching = watch(api, **options)
    found = find_created(watching, Polling(watching), answer, snapshot)
    return found["id"] if found else None


def test_an_old_failure_of_the_list_is_not_taken_for_the_new_deployment() -> None:
    failed = Dep(((-50, "ERROR"),), id=OTHER, made=-50)
    assert made(platform(BEFORE, failed), -1, 0) is None


def test_an_old_failure_of_the_very_second_is_not_taken_either() -> None:
    failed = Dep(((0, "ERROR"),), id=OTHER)
    assert made(platform(BEFORE, failed), 0.5, 0.6) is None


def test_a_new_deployment_of_the_same_second_as_the_active_one_is_taken() -> None:
    api = platform(Dep(((0, "ACTIVE"),), id=OLD), Dep(((0.6, "BUILDING"),), made=0.6))
    assert made(api, 0.5, 0.7) == MADE


def test_of_several_new_ones_the_newest_with_our_spec_is_taken() -> None:
    ours = Dep(((1, "SUPERSEDED"),), made=1)
    others = Dep(((2, "SUPERSEDED"),), id=OTHER, made=2, spec=OTHER_SPEC)
    assert made(platform(BEFORE, ours, others), 0, 3) == MADE
    same_again = Dep(((3, "ERROR"),), id=THIRD, made=3)
    assert made(platform(BEFORE, ours, others, same_again), 0, 3) == THIRD


def test_a_pending_deployment_that_was_known_before_is_not_ours() -> None:
    api = platform(BEFORE, Dep(((-5, "PENDING_BUILD"),), id=OTHER, made=-5))
    api.clock.passed = 0
    watching = watch(api)
    assert find_created(watching, Polling(watching), api.app(0), take_snapshot(api.app(-1))) is None
    assert api.clock.passed == 15


def test_while_the_app_cannot_be_read_the_list_alone_does_not_end_the_search() -> None:
    api = platform(BEFORE, Dep(((0, "BUILDING"),), shown=500, known=30))
    api.faults = (Fault(server_error, until=60, calls=("get_app",)),)
    assert made(api, -1, 0) == MADE


def test_a_short_wait_looks_for_less_long() -> None:
    api = platform(BEFORE)
    assert made(api, -1, 0, wait_timeout=2) is None
    assert api.clock.passed == 2


@pytest.mark.parametrize(
    ("origin", "found"),
    [("UPDATE_SPEC", None), ("RESTART", MADE), ("CREATE_DEPLOYMENT", None), (None, MADE)],
)
def test_the_cause_must_not_contradict(origin: Any, found: str | None) -> None:
    api = platform(BEFORE, Dep(((1, "BUILDING"),), made=1, cause="restarting app"))
    api.clock.passed = 1
    watching = watch(api)
    one = find_created(watching, Polling(watching), {"id": APP, "spec": SPEC}, take_snapshot(api.app(0)), origin)
    assert (one["id"] if one else None) == found


# --- causes, times, order


@pytest.mark.parametrize(
    ("cause", "origin"),
    [
        ("app spec updated", "UPDATE_SPEC"),
        ("manual", "CREATE_DEPLOYMENT"),
        ("commit 9a4df0b pushed to github/digitalocean/sample-golang", "PUSH"),
        ("domain shop.example ready", "INTERNAL"),
        ("restarting app", "RESTART"),
        ('automated rollback after failed deployment of "1"', "AUTO_ROLLBACK"),
        ("something new", None),
        ("", None),
    ],
)
def test_the_origin_by_text(cause: str, origin: str | None) -> None:
    assert origin_of({"cause": cause}) == origin


@pytest.mark.parametrize(
    ("details", "origin"),
    [
        ({"type": "MANUAL", "digitalocean_user_action": {"name": "UPDATE_SPEC"}}, "UPDATE_SPEC"),
        ({"type": "MANUAL", "digitalocean_user_action": {"name": "RESTART"}}, "RESTART"),
        ({"type": "DEPLOY_ON_PUSH"}, "PUSH"),
        ({"type": "AUTOSCALED"}, "AUTOSCALED"),
        ({"type": "MANUAL"}, "CREATE_DEPLOYMENT"),
        ({"type": "UNKNOWN", "digitalocean_user_action": None}, "CREATE_DEPLOYMENT"),
        ("strange", "CREATE_DEPLOYMENT"),
    ],
)
def test_the_origin_by_details(details: Any, origin: str) -> None:
    assert origin_of({"cause": "manual", "cause_details": details}) == origin


def test_a_cause_in_words() -> None:
    assert cause_of({"cause": " a\nb "}) == "a b"
    action = {"type": "MANUAL", "digitalocean_user_action": {"name": "ROLLBACK_APP"}}
    assert cause_of({"cause_details": action}) == "manual rollback app"
    assert cause_of({}) == ""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-01-02T03:04:05Z", "2026-01-02T03:04:05+00:00"),
        ("2026-01-02T03:04:05.123456789Z", "2026-01-02T03:04:05.123456+00:00"),
        ("2026-01-02T03:04:05.5+02:00", "2026-01-02T03:04:05.500000+02:00"),
    ],
)
def test_times(text: str, expected: str) -> None:
    found = parse_time(text)
    assert found is not None
    assert found.isoformat() == expected


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00Z", "", None, 5, "2026-13-01T00:00:00Z", "yesterday"])
def test_no_times(text: Any) -> None:
    assert parse_time(text) is None


def test_phases() -> None:
    assert phase_of({}) == "UNKNOWN"
    assert not is_terminal({})
    assert not is_terminal({"phase": "HATCHING"})
    assert all(is_terminal({"phase": phase}) for phase in ("ACTIVE", "ERROR", "CANCELED", "SUPERSEDED"))


def test_the_duration_of_a_deployment() -> None:
    told = {"phase": "ACTIVE", "created_at": stamp(0), "phase_last_updated_at": stamp(90), "updated_at": stamp(500)}
    assert duration_of(told) == 90.0
    assert duration_of({**told, "phase_last_updated_at": "0001-01-01T00:00:00Z"}) == 500.0
    assert duration_of({**told, "phase": "BUILDING"}) is None
    assert duration_of({"phase": "ACTIVE"}) is None
    assert duration_of({**told, "created_at": stamp(600)}) is None


def test_the_unfinished_of_an_app_are_those_that_are_not_over() -> None:
    app = {"pending_deployment": {"id": "1", "phase": "ERROR"}, "in_progress_deployment": {"id": "2"}}
    assert [one["id"] for one in unfinished_deployments(app)] == ["2"]
    assert unfinished_deployments({"pending_deployment": {}, "in_progress_deployment": None}) == []


def test_newer_ones() -> None:
    mine = {"id": "m", "created_at": stamp(10), "phase": "SUPERSEDED"}
    older = {"id": "o", "created_at": stamp(5), "phase": "ACTIVE"}
    later = {"id": "l", "created_at": stamp(20), "phase": "ERROR"}
    last = {"id": "z", "created_at": stamp(30), "phase": "BUILDING"}
    twin = {"id": "t", "created_at": stamp(10), "phase": "BUILDING"}
    ended_twin = {"id": "e", "created_at": stamp(10), "phase": "ACTIVE"}
    found = newer_deployments(mine, [older, later, mine, None, last, twin, ended_twin, last])
    assert [one["id"] for one in found] == ["z", "l", "t"]
    assert [one["id"] for one in newer_deployments({"id": "m"}, [older, last])] == ["z"]


@pytest.mark.parametrize(("created", "superseded"), [(7, True), (13, True), (15, True), (16, False)])
def test_the_platform_may_end_a_deployment_some_seconds_before_it_shows_the_newer_one(
    created: float, superseded: bool
) -> None:
    ended = {"id": "m", "phase": "CANCELED", "created_at": stamp(0), "phase_last_updated_at": stamp(10)}
    assert was_superseded(ended, {"id": "n", "created_at": stamp(created)}) is superseded


# --- pins, restoring


def test_a_pinned_app_is_refused() -> None:
    pin = {"id": OLD, "cause": "rollback"}
    with pytest.raises(DeploymentError, match=r"App shop is pinned to the rollback 0{8}.*commit.*revert") as caught:
        check_not_pinned({"id": APP, "spec": SPEC, "pinned_deployment": pin})
    assert caught.value.code == "app_pinned"
    assert caught.value.details == {"app_id": APP, "deployment": None}
    check_not_pinned({"id": APP, "spec": SPEC})


def test_the_rollback_itself_and_a_revert_may_be_followed_on_a_pinned_app() -> None:
    rollback = Dep(((0, "DEPLOYING"), (5, "ACTIVE")), cause="rollback")
    api = platform(BEFORE, rollback, at=0)
    api.pin = (0, rollback)
    assert follow(watch(api), api.app(0), {"id": MADE, "phase": "DEPLOYING"}).result["phase"] == "ACTIVE"
    api = platform(BEFORE, rollback, at=0)
    api.pin = (0, BEFORE)
    with pytest.raises(DeploymentError, match="cannot go on"):
        follow(watch(api), api.app(0), {"id": MADE, "phase": "DEPLOYING"})
    assert follow(watch(api), api.app(0), {"id": MADE}, pin_expected=True).result["phase"] == "ACTIVE"


def app_after(**more: Any) -> dict[str, Any]:
    return {"id": APP, "spec": SPEC, "active_deployment": {"id": OLD, "spec": OLD_SPEC}, **more}


def test_the_last_active_spec_is_put_back() -> None:
    found = plan_restoration(app_after(), SPEC, same)
    assert found.spec == OLD_SPEC
    assert OLD in found.why


@pytest.mark.parametrize(
    ("app", "why"),
    [
        (app_after(spec=OTHER_SPEC), "another writer"),
        (app_after(spec=None), "another writer"),
        (app_after(active_deployment=None), "no deployment of this app has been active"),
        (app_after(active_deployment={"id": OLD}), "without its spec"),
        (app_after(active_deployment={"id": OLD, "spec": SPEC}), "already"),
        (app_after(pinned_deployment={"id": OLD}), "pinned"),
    ],
)
def test_nothing_is_put_back(app: dict[str, Any], why: str) -> None:
    found = plan_restoration(app, SPEC, same)
    assert found.spec is None
    assert why in found.why


def test_a_spec_is_put_back_only_after_a_failure_that_is_certain() -> None:
    assert "deployment_failed" in RESTORE_AFTER
    assert RESTORE_AFTER.isdisjoint({"wait_timeout", "wait_interrupted", "post_deploy_job_failed", "app_pinned"})


def test_a_stale_answer_does_not_lead_back_to_a_deployment_that_was_overtaken() -> None:
    """All are made in one second; when the second is over, the app still shows the first one as running."""
    over = ((101, "BUILDING"), (103, "SUPERSEDED"))
    last = Dep(((102, "BUILDING"), (110, "ACTIVE")), id=THIRD, made=102)
    api = platform(BEFORE, Dep(over, made=101), Dep(over, id=OTHER, made=101), last, at=104.0)
    running = (Dep(((101, "BUILDING"),), id=which, made=101).at(104) for which in (OTHER, MADE))
    answers = [{"id": APP, "spec": SPEC, "in_progress_deployment": one} for one in running]
    api.get_app = lambda _app_id: answers.pop(0) if len(answers) > 1 else answers[0]  # type: ignore[method-assign]
    followed = follow(watch(api), {"id": APP, "spec": SPEC}, {"id": MADE})
    assert (followed.deployment["id"], followed.deployment["phase"]) == (THIRD, "ACTIVE")
    assert followed.result["superseded"] == [MADE, OTHER]


@pytest.mark.parametrize(
    ("deployment", "who"),
    [
        ({}, None),
        ({"cause_details": {"digitalocean_user_action": {"user": {"email": "a@b.de", "uuid": "u"}}}}, "a@b.de"),
        ({"cause_details": {"digitalocean_user_action": {"user": {"full_name": "A. Person"}}}}, "A. Person"),
        ({"cause_details": {"digitalocean_user_action": {"user": {"uuid": "u-1"}}}}, "u-1"),
        ({"cause_details": {"digitalocean_user_action": {"user": {}}}}, None),
        ({"cause_details": {"digitalocean_user_action": "x"}}, None),
        ({"cause_details": "x"}, None),
    ],
)
def test_who_created_a_deployment(deployment: dict[str, Any], who: str | None) -> None:
    assert created_by(deployment) == who
