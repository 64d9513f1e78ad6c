"""Deployments, rollbacks, restarts, logs and runs of scheduled jobs in real plays, on both paths."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from tests.both_paths.conftest import Play
from tests.both_paths.test_platform import IMAGE, SHOP
from tests.platform import Platform

REPORT = {
    "name": "nightly-report",
    "kind": "SCHEDULED",
    "schedule": {"cron": "0 5 * * *"},
    "image": IMAGE,
    "run_command": "bin/report",
}
# A job that has not run for as long as any of these tests can remember.
YEARLY = {**REPORT, "name": "yearly-report", "schedule": {"cron": "0 5 29 2 *"}}
APP = {**SHOP, "jobs": [*SHOP["jobs"], REPORT, YEARLY]}
WAITING = ("app_deployment", "app_rollback", "app_restart")


def task(name: str, module: str, /, **options: Any) -> dict[str, Any]:
    waits = {"wait_interval": 0.1} if module in WAITING else {}
    check = {"check_mode": True} if options.pop("check", False) else {}
    given = {"app": "shop", **waits, **options}
    return {"name": name, f"oceanops.app_platform.{module}": given, "ignore_errors": True, **check}


def test_the_life_of_deployments(platform: Platform, play: Play) -> None:
    platform.seed([APP])
    first = platform.apps()["shop"]["active_deployment"]["id"]
    platform.advance(3600)
    played = play(
        [
            task("foretold", "app_deployment", check=True),
            {**task("made", "app_deployment", force_build=True), "register": "made"},
            task("joined", "app_deployment", deployment_id="{{ made.deployment.id }}"),
            task("well", "app_deployment", only_if_failed=True),
            task("begun", "app_deployment", wait=False),
            task("canceled", "app_deployment", state="canceled"),
            task("canceled again", "app_deployment", state="canceled"),
            task("restarted", "app_restart", components=["web"]),
            task("no such", "app_restart", components=["wbe"]),
            task("possible", "app_rollback", deployment_id=first, check=True),
            task("back", "app_rollback", deployment_id=first),
            task("back again", "app_rollback", deployment_id=first),
            task("pinned", "app_deployment"),
            task("kept", "app_rollback", state="committed"),
            task("kept again", "app_rollback", state="committed"),
            task(
                "migration",
                "app_log_info",
                type="DEPLOY",
                components=["migrate"],
                deployment_id="{{ made.deployment.id }}",
            ),
        ]
    )
    failed = [one.name for one in played.results if one.failed]
    assert failed == ["no such", "pinned"], [one.result.get("msg") for one in played.results if one.failed]
    changed = [one.name for one in played.results if one.result.get("changed")]
    assert changed == ["foretold", "made", "begun", "canceled", "restarted", "possible", "back", "kept"]
    assert played["joined"]["deployment"]["id"] == played["made"]["deployment"]["id"]
    assert played["canceled"]["deployment"]["phase"] == "CANCELED"
    assert played["back"]["deployment"]["phase"] == "ACTIVE"
    assert played["pinned"]["failure"]["code"] == "app_pinned"
    assert "this app has no component 'wbe'" in played["no such"]["msg"]
    (log,) = played["migration"]["logs"]
    assert log["deployment_id"] == played["made"]["deployment"]["id"]
    assert log["lines"]
    assert len(platform.writes()) == 6


def test_runs_of_scheduled_jobs(platform: Platform, play: Play) -> None:
    # At noon, so that exactly one of the next 25 hours is five o'clock.
    now = datetime.fromisoformat(platform.control("GET", "clock")["now"].replace("Z", "+00:00"))
    platform.control("POST", "clock", {"to": (now + timedelta(days=1)).replace(hour=12).isoformat()})
    platform.seed([APP])
    platform.outcome("nightly-report", "succeed", logs=["sent 3 reports"], count=1)
    platform.advance(25 * 3600)
    platform.outcome("nightly-report", "hang")
    platform.happen("run_job", "shop", job="nightly-report")
    platform.advance(5)
    platform.clock("real")
    played = play(
        [
            task("runs", "app_job_invocation_info"),
            task("fresh", "app_job_invocation_info", jobs=["nightly-report"], max_age="99999h"),
            task("stale", "app_job_invocation_info", jobs=["nightly-report", "yearly-report"], max_age="26h"),
            task("log", "app_log_info", type="JOB_INVOCATION", invocation_id="{{ good.id }}"),
            task("foretold", "app_job_invocation", job="nightly-report", check=True),
            task("canceled", "app_job_invocation", job="nightly-report", wait_interval=0.1),
            task("canceled again", "app_job_invocation", job="nightly-report"),
        ],
        variables={"good": good_run(platform)},
    )
    assert [one.name for one in played.results if one.failed] == ["stale"]
    assert [one["phase"] for one in played["runs"]["invocations"]] == ["RUNNING", "SUCCEEDED"]
    assert played["stale"]["failure"]["code"] == "job_stale"
    assert "sent 3 reports" in played["log"]["logs"][0]["text"]
    assert played["foretold"]["changed"] is True
    assert played["canceled"]["invocations"][0]["phase"] == "CANCELED"
    assert played["canceled again"]["changed"] is False
    assert len(platform.writes()) == 1


def good_run(platform: Platform) -> dict[str, Any]:
    app_id = platform.apps()["shop"]["id"]
    found = platform.call("GET", f"/v2/apps/{app_id}/job-invocations").json()["job_invocations"]
    return next(one for one in found if one["phase"] == "SUCCEEDED")
