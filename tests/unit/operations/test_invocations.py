"""Runs of scheduled jobs: listed, judged by age, canceled."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any

import pytest

from ansible_collections.oceanops.app_platform.plugins.module_utils._api.apps import AppsApi
from ansible_collections.oceanops.app_platform.plugins.module_utils._jobs import invocations as job_invocations
from ansible_collections.oceanops.app_platform.plugins.module_utils._masking.secret_register import MASK
from tests.platform import Platform
from tests.unit.operations.conftest import SHOP, Runner, writes

DAY = 24 * 3600
REPORT = "nightly-report"
NOW = datetime.datetime(2026, 3, 2, 12, tzinfo=datetime.timezone.utc)


def nights(run: Runner, number: int) -> None:
    for _night in range(number):
        run.clock.sleep(DAY)


# Reading


def test_runs_with_their_durations_the_newest_first(platform: Platform, shop: dict[str, Any], run: Runner) -> None:
    nights(run, 2)
    platform.outcome(REPORT, exit_code=2, count=1)
    nights(run, 1)
    result = run("app_job_invocation_info")
    assert [one["phase"] for one in result["invocations"]] == ["FAILED", "SUCCEEDED", "SUCCEEDED"]
    newest = result["invocations"][0]
    assert (newest["job_name"], newest["trigger"], newest["user"]) == (REPORT, "SCHEDULED", None)
    assert newest["duration"] == 5.0
    made = [one["created_at"] for one in result["invocations"]]
    assert made == sorted(made, reverse=True)
    success = result["last_success"][REPORT]
    assert DAY < success["age"] < 2 * DAY
    assert success["at"].startswith(result["invocations"][1]["completed_at"][:16])
    assert platform.writes() == []


def test_no_reason_shows_what_a_secret_variable_has() -> None:
    reason = {"code": "X", "message": "bad API_KEY=CANARY"}
    one = {"id": "i", "progress": {"steps": [{"status": "ERROR", "reason": reason}]}}
    assert job_invocations.invocation_summary(one, {"API_KEY"})["reason"] == {
        "code": "X",
        "message": f"bad API_KEY={MASK}",
    }
    odd = {"id": "i", "progress": {"steps": [{"status": "ERROR", "reason": {"code": 5, "message": None}}]}}
    assert job_invocations.invocation_summary(odd, {"API_KEY"})["reason"] == {"code": 5, "message": None}


def test_filters(platform: Platform, shop: dict[str, Any], run: Runner) -> None:
    nights(run, 1)
    platform.outcome(REPORT, count=1)
    nights(run, 1)
    platform.happen("run_job", "shop", job=REPORT)
    run.clock.sleep(60)
    made = run("app_job_invocation_info")["invocations"]
    assert [(one["phase"], one["trigger"]) for one in made] == [
        ("SUCCEEDED", "MANUAL"),
        ("FAILED", "SCHEDULED"),
        ("SUCCEEDED", "SCHEDULED"),
    ]
    assert made[0]["user"]

    def ids(**options: Any) -> list[str]:
        return [one["id"] for one in run("app_job_invocation_info", **options)["invocations"]]

    assert ids(phases=["FAILED"]) == [made[1]["id"]]
    assert ids(triggers=["MANUAL"]) == [made[0]["id"]]
    assert ids(since="2h") == [made[0]["id"]]
    assert ids(limit=2) == [made[0]["id"], made[1]["id"]]
    assert ids(jobs=[REPORT, REPORT]) == [one["id"] for one in made]
    assert ids(deployment_id=made[0]["deployment_id"]) == [one["id"] for one in made]
    assert ids(invocation_id=made[2]["id"]) == [made[2]["id"]]
    run("app_deployment")
    assert ids(deployment_id=platform.apps()["shop"]["active_deployment"]["id"]) == []


def test_max_age_is_an_assertion(platform: Platform, shop: dict[str, Any], run: Runner) -> None:
    never = run("app_job_invocation_info", max_age="26h")
    assert never["failure"]["code"] == "job_stale"
    assert never["msg"] == f"max_age: {REPORT} has not run yet, as far as the platform remembers."
    assert never["last_success"] == {REPORT: None}
    nights(run, 1)
    good = run("app_job_invocation_info", max_age="26h")
    assert good.get("failed") is None
    platform.outcome(REPORT)
    nights(run, 2)
    stale = run("app_job_invocation_info", max_age="26h", limit=1)
    assert stale["failed"] is True
    assert stale["changed"] is False
    assert f"max_age: {REPORT} succeeded last 2 days " in stale["msg"]
    assert "which is more than 26 h 0 min; its last run (" in stale["msg"]
    assert ") is FAILED, begun " in stale["msg"]
    assert [one["phase"] for one in stale["invocations"]] == ["FAILED"]
    assert stale["last_success"][REPORT]["age"] > 2 * DAY


def test_a_job_that_never_succeeded(platform: Platform, shop: dict[str, Any], run: Runner) -> None:
    platform.outcome(REPORT)
    nights(run, 1)
    result = run("app_job_invocation_info", max_age="26h", check=True)
    assert f"{REPORT} has never succeeded, as far as the platform remembers; its last run (" in result["msg"]


def test_an_app_without_scheduled_jobs_has_no_runs(platform: Platform, run: Runner) -> None:
    platform.seed([{**SHOP, "jobs": []}])
    result = run("app_job_invocation_info", max_age="1h")
    assert (result["invocations"], result["last_success"]) == ([], {})


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"jobs": ["migrate"]}, "jobs: migrate is PRE_DEPLOY and runs in deployments, which app_deployment_info shows"),
        ({"jobs": ["nightly"]}, f"jobs: this app has no job 'nightly'; its scheduled jobs: {REPORT}"),
        ({"max_age": "soon"}, "max_age: 'soon' is not a length of time; give one such as 26h"),
        ({"since": "0h"}, "since: '0h' is not a length of time"),
        ({"limit": 0}, "limit: 0 is not possible"),
        ({"invocation_id": "nothing"}, "invocation_id: this app has no run 'nothing' of a job"),
        ({"invocation_id": "x", "jobs": [REPORT], "max_age": "1h"}, "max_age: goes not with invocation_id"),
    ],
)
def test_what_makes_no_sense_is_refused(shop: dict[str, Any], run: Runner, options: dict[str, Any], text: str) -> None:
    result = run("app_job_invocation_info", **options)
    assert text in result["msg"]
    assert result["failure"]["code"] == "usage"


# Pure


def run_of(number: int, phase: str = "SUCCEEDED", **more: Any) -> dict[str, Any]:
    """A run that was made so many hours ago and took a minute."""
    made = NOW - datetime.timedelta(hours=number)
    ended = made + datetime.timedelta(minutes=1)
    times = {"created_at": made.isoformat(), "started_at": made.isoformat(), "completed_at": ended.isoformat()}
    return {"id": f"run-{number}", "job_name": REPORT, "phase": phase, **times, **more}


def test_only_as_many_runs_are_read_as_it_takes() -> None:
    read: list[int] = []

    def invocations(order: list[int]) -> Iterator[dict[str, Any]]:
        for number in order:
            read.append(number)
            yield run_of(number)

    found = job_invocations.newest_first(invocations(list(range(100))), lambda found: len(found) >= 3)
    assert [one["id"] for one in found] == ["run-0", "run-1", "run-2"]
    assert len(read) == 4
    read.clear()
    oldest_first = job_invocations.newest_invocation(invocations(list(range(9, -1, -1))))
    assert oldest_first is not None
    assert (oldest_first["id"], len(read)) == ("run-0", 10)
    read.clear()
    # An order that only seems to be one is noticed as long as it is read.
    assert job_invocations.newest_invocation(iter([])) is None


def test_runs_of_one_moment_show_no_order() -> None:
    same = [run_of(5), run_of(5, id="twin"), run_of(1)]
    assert [one["id"] for one in job_invocations.newest_first(same, bool)] == ["run-1", "run-5", "twin"]


def test_what_a_run_tells() -> None:
    steps = [{"name": "x", "status": "SUCCESS"}, {"status": "ERROR", "reason": {"code": "C", "message": "M"}}, "odd"]
    told = job_invocations.invocation_summary(
        run_of(1, "FAILED", progress={"steps": steps}, trigger={"type": "SCHEDULE"}, new=1), ()
    )
    assert (told["reason"], told["trigger"], told["duration"]) == ({"code": "C", "message": "M"}, "SCHEDULED", 60.0)
    assert "new" not in told
    bare = job_invocations.invocation_summary({"id": "x"}, ())
    assert (bare["phase"], bare["trigger"], bare["duration"], bare["reason"]) == (None, "UNKNOWN", None, None)
    manual = {"type": "MANUAL", "manual": {"user": {"uuid": "u", "full_name": "Sam"}}}
    assert job_invocations.invocation_summary({"trigger": manual}, ())["user"] == "Sam"


def test_a_run_of_an_unknown_phase_is_over_when_it_has_an_end() -> None:
    assert job_invocations.has_ended({"phase": "EVICTED", "completed_at": "2026-03-02T05:00:00Z"})
    assert not job_invocations.has_ended({"phase": "EVICTED", "completed_at": "0001-01-01T00:00:00Z"})
    assert not job_invocations.has_ended({"phase": "RUNNING"})
    assert job_invocations.has_ended({"phase": "SKIPPED"})


def test_ages_are_never_negative_and_spoken_for_people() -> None:
    assert job_invocations.age_seconds(NOW + datetime.timedelta(seconds=9), NOW) == 0.0
    assert job_invocations.age_seconds(None, NOW) is None
    spoken = [job_invocations.format_duration(seconds) for seconds in (5, 119, 120, 3600, 26 * 3600, 3 * DAY + 7200)]
    assert spoken == ["5 s", "119 s", "2 min", "1 h 0 min", "26 h 0 min", "3 days 2 h"]


# Canceling


def running(platform: Platform, run: Runner) -> str:
    """A run that hangs; its id."""
    platform.outcome(REPORT, "hang")
    platform.happen("run_job", "shop", job=REPORT)
    run.clock.sleep(10)
    platform.forget_requests()
    (one,) = run("app_job_invocation_info")["invocations"]
    assert one["phase"] == "RUNNING"
    return str(one["id"])


def test_a_run_is_canceled_once(platform: Platform, shop: dict[str, Any], run: Runner) -> None:
    wanted = running(platform, run)
    foretold = run("app_job_invocation", job=REPORT, check=True)
    assert (foretold["changed"], foretold["invocations"][0]["id"]) == (True, wanted)
    assert platform.writes() == []
    done = run("app_job_invocation", job=REPORT)
    assert (done["changed"], done["invocations"][0]["phase"]) == (True, "CANCELED")
    for options in ({"job": REPORT}, {"invocation_id": wanted}, {"job": REPORT, "invocation_id": wanted}):
        again = run("app_job_invocation", **options)
        assert (again["changed"], again["invocations"]) == (False, [])
    assert len(writes(platform)) == 1


def test_one_run_by_its_id(platform: Platform, shop: dict[str, Any], run: Runner) -> None:
    wanted = running(platform, run)
    assert run("app_job_invocation", invocation_id=wanted)["changed"] is True
    for wrong in ("x", "11111111-1111-4111-8111-111111111111"):
        assert f"has no run '{wrong}'" in run("app_job_invocation", invocation_id=wrong)["msg"]
        assert f"the job {REPORT} has no run" in run("app_job_invocation", job=REPORT, invocation_id=wrong)["msg"]


def test_without_a_run_there_is_nothing_to_cancel(platform: Platform, shop: dict[str, Any], run: Runner) -> None:
    assert run("app_job_invocation", job=REPORT)["changed"] is False
    assert "has no job 'nightly'; it has migrate, nightly-report" in run("app_job_invocation", job="nightly")["msg"]
    assert platform.writes() == []


@pytest.mark.parametrize("answer", ["reject", "ignore"])
def test_a_run_that_ends_by_itself_meanwhile_is_no_change(
    platform: Platform, shop: dict[str, Any], run: Runner, monkeypatch: pytest.MonkeyPatch, answer: str
) -> None:
    platform.assume(cancel_finished=answer)
    running(platform, run)
    cancel = AppsApi.cancel_job_invocation

    def too_late(api: AppsApi, app_id: str, invocation_id: str, job: str | None = None) -> dict[str, Any]:
        platform.advance(3600)
        return cancel(api, app_id, invocation_id, job)

    monkeypatch.setattr(AppsApi, "cancel_job_invocation", too_late)
    assert run("app_job_invocation", job=REPORT)["changed"] is False


def test_a_run_that_succeeds_in_spite_of_it_was_not_canceled(
    platform: Platform, shop: dict[str, Any], run: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    platform.happen("run_job", "shop", job=REPORT)
    run.clock.sleep(1)
    monkeypatch.setattr(AppsApi, "cancel_job_invocation", AppsApi.get_job_invocation)
    assert run("app_job_invocation", job=REPORT, check=True)["changed"] is True
    result = run("app_job_invocation", job=REPORT)
    assert (result["changed"], result["invocations"]) == (False, [])
    assert run("app_job_invocation_info")["invocations"][0]["phase"] == "SUCCEEDED"


def test_a_refused_cancel_is_an_error(platform: Platform, shop: dict[str, Any], run: Runner) -> None:
    running(platform, run)
    platform.fault("error", status=400, id="bad_request", message="not now", path="*/cancel")
    result = run("app_job_invocation", job=REPORT)
    assert (result["failure"]["status"], result["changed"]) == (400, False)


def test_a_run_that_does_not_end_is_told(
    platform: Platform, shop: dict[str, Any], run: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = running(platform, run)
    stubborn = {"id": wanted, "job_name": REPORT, "phase": "RUNNING"}
    monkeypatch.setattr(AppsApi, "cancel_job_invocation", lambda *_given: stubborn)
    result = run("app_job_invocation", job=REPORT, wait_timeout=30)
    assert result["failure"]["code"] == "wait_timeout"
    assert result["changed"] is True
    assert result["invocations"][0]["id"] == wanted
    assert run("app_job_invocation", job=REPORT, wait=False)["changed"] is True
