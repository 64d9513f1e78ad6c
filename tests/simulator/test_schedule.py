"""Scheduled jobs: cron, time zones, the life of a run (API reference 5.4 to 5.8)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.simulator.world import NOWHERE, World, job, scheduled, service, shop


def runs(world: World, app: Any, **query: Any) -> list[Any]:
    return world.get(f"/v2/apps/{app['id']}/job-invocations", **query)["job_invocations"]


def times(world: World, app: Any) -> list[str]:
    return sorted(run["created_at"] for run in runs(world, app, per_page=200))


def of(*jobs: Any) -> dict[str, Any]:
    return {"name": "shop", "jobs": list(jobs)}


def test_a_run(world: World):
    app = world.seed(of(scheduled()))
    world.until("2026-08-02T01:00:01Z")

    (pending,) = runs(world, app)
    world.advance(2)
    (running,) = runs(world, app)
    world.advance(10)
    (ended,) = runs(world, app)

    assert pending == {
        "id": pending["id"],
        "job_name": "nightly",
        "deployment_id": app["active_deployment"]["id"],
        "phase": "PENDING",
        "trigger": {
            "type": "SCHEDULED",
            "scheduled": {"schedule": {"cron": "0 3 * * *", "time_zone": "Europe/Berlin"}},
        },
        "created_at": "2026-08-02T01:00:00Z",
    }
    assert running == {**pending, "phase": "RUNNING", "started_at": "2026-08-02T01:00:02Z"}
    assert ended == {**running, "phase": "SUCCEEDED", "completed_at": "2026-08-02T01:00:07Z"}


@pytest.mark.parametrize(
    ("cron", "zone", "expected"),
    [
        ("0 3 * * *", "", ["2026-08-02T03:00:00Z", "2026-08-03T03:00:00Z"]),
        ("0 3 * * *", "UTC", ["2026-08-02T03:00:00Z", "2026-08-03T03:00:00Z"]),
        ("0 3 * * *", "Europe/Berlin", ["2026-08-02T01:00:00Z", "2026-08-03T01:00:00Z"]),
        ("30 8 * * *", "Asia/Kolkata", ["2026-08-02T03:00:00Z", "2026-08-03T03:00:00Z"]),
        ("0 12 * * *", "America/New_York", ["2026-08-01T16:00:00Z", "2026-08-02T16:00:00Z"]),
        ("0 0 * * sun", "UTC", ["2026-08-02T00:00:00Z"]),
        ("0 0,12 2 * *", "UTC", ["2026-08-02T00:00:00Z", "2026-08-02T12:00:00Z"]),
        ("0 0 30 2 *", "UTC", []),
    ],
)
def test_time_zones(world: World, cron: str, zone: str, expected: list[str]):
    app = world.seed(of(scheduled(cron=cron, zone=zone)))

    world.until("2026-08-03T10:00:00Z")

    assert times(world, app) == expected


def test_every_quarter_of_an_hour(world: World):
    app = world.seed(of(scheduled(cron="*/15 * * * *")))

    world.advance(86400)

    assert len(runs(world, app, per_page=200)) == 96


@pytest.mark.parametrize(
    ("night", "cron", "expected"),
    [
        # Clocks go forward: 02:30 does not exist on 28 March 2027; clocks go back: it comes twice on 25 October 2026.
        ("2027-03-27T12:00:00Z", "0 4 * * *", ["2027-03-28T02:00:00Z"]),
        ("2026-10-24T12:00:00Z", "0 4 * * *", ["2026-10-25T03:00:00Z"]),
        ("2026-10-23T12:00:00Z", "0 4 * * *", ["2026-10-24T02:00:00Z"]),
    ],
)
def test_summer_time(world: World, night: str, cron: str, expected: list[str]):
    world.until(night)
    app = world.seed(of(scheduled(cron=cron)))

    world.advance(86400)

    assert times(world, app) == expected


def test_an_hour_that_comes_twice_and_one_that_does_not_come(world: World):
    world.until("2026-10-24T12:00:00Z")
    app = world.seed(of(scheduled(cron="30 2 * * *")))
    world.until("2026-10-26T12:00:00Z")
    autumn = times(world, app)
    world.until("2027-03-27T12:00:00Z")
    before = len(times(world, app))
    world.until("2027-03-29T12:00:00Z")

    spring = times(world, app)[before:]

    assert autumn[-1] == "2026-10-26T01:30:00Z"
    assert autumn[0] in {"2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z"}
    assert spring[-1] == "2027-03-29T00:30:00Z"
    assert len(spring) in {1, 2}


def test_not_in_a_deployment(world: World):
    app = world.create(of(scheduled()))

    world.follow(app, app["pending_deployment"])

    assert runs(world, app) == []


def test_only_the_active_spec_counts(world: World):
    app = world.seed(of(scheduled(cron="0 12 * * *", zone="")))
    world.outcome("w1", step="build")
    world.put(app, {"name": "shop", "workers": [service("w1")], "jobs": [scheduled(cron="0 11 * * *", zone="")]})

    world.until("2026-08-01T13:00:00Z")

    assert times(world, app) == ["2026-08-01T12:00:00Z"]


def test_a_new_schedule_replaces_the_old_one(world: World):
    app = world.seed(of(scheduled(cron="0 12 * * *", zone="")))
    world.put(app, of(scheduled(cron="0 11 * * *", zone="")))

    world.until("2026-08-01T13:00:00Z")

    assert times(world, app) == ["2026-08-01T11:00:00Z"]


def test_a_job_that_is_gone_does_not_run(world: World):
    app = world.seed(of(scheduled(cron="0 12 * * *", zone="")))
    world.put(app, of(job("once")))

    world.until("2026-08-03T13:00:00Z")

    assert runs(world, app) == []


def test_a_deleted_app_runs_nothing(world: World):
    app = world.seed(of(scheduled(cron="0 12 * * *", zone="")))
    world.call("DELETE", f"/v2/apps/{app['id']}")

    world.until("2026-08-03T13:00:00Z")

    assert world.get("/v2/apps")["apps"] == []


# How runs end.


def test_failure(world: World):
    app = world.seed(of(scheduled()))
    world.outcome("nightly", exit_code=2, logs=["boom"], count=1)

    world.until("2026-08-03T10:00:00Z")

    assert [run["phase"] for run in runs(world, app)] == ["SUCCEEDED", "FAILED"]
    assert world.app(app)["active_deployment"]["phase"] == "ACTIVE"


@pytest.mark.parametrize(("timeout", "end"), [(None, "2026-08-02T01:30:02Z"), ("1h30m", "2026-08-02T02:30:02Z")])
def test_timeout(world: World, timeout: str | None, end: str):
    app = world.seed(of(scheduled(**({"timeout": timeout} if timeout else {}))))
    world.outcome("nightly", "hang")

    world.until("2026-08-02T03:00:00Z")

    (run,) = runs(world, app)
    assert (run["phase"], run["completed_at"]) == ("FAILED", end)


def test_overlap(world: World):
    app = world.seed(of(scheduled(cron="*/15 * * * *")))
    world.outcome("nightly", "hang", count=1)

    world.until("2026-08-01T11:01:00Z")

    found = [(run["created_at"][11:16], run["phase"]) for run in reversed(runs(world, app))]
    assert found == [("10:15", "FAILED"), ("10:30", "SKIPPED"), ("10:45", "SKIPPED"), ("11:00", "SUCCEEDED")]
    skipped = runs(world, app)[1]
    assert "started_at" not in skipped
    assert skipped["completed_at"] == skipped["created_at"]


def test_other_jobs_do_not_overlap(world: World):
    app = world.seed(of(scheduled("one", "0 11 * * *", ""), scheduled("two", "0 11 * * *", "")))
    world.outcome("one", "hang")

    world.until("2026-08-01T11:10:00Z")

    assert {run["job_name"]: run["phase"] for run in runs(world, app)} == {"one": "RUNNING", "two": "SUCCEEDED"}


def test_cancel(world: World):
    app = world.seed(of(scheduled()))
    world.outcome("nightly", "hang")
    world.until("2026-08-02T01:05:00Z")
    (run,) = runs(world, app)
    path = f"/v2/apps/{app['id']}/job-invocations/{run['id']}"

    canceled = world.call("POST", f"{path}/cancel")["job_invocation"]

    assert canceled == {**run, "phase": "CANCELED", "completed_at": "2026-08-02T01:05:00Z"}
    world.advance(7200)
    assert world.get(path)["job_invocation"] == canceled
    assert "in phase CANCELED" in world.refused("POST", f"{path}/cancel")


def test_cancel_before_it_starts(world: World):
    app = world.seed(of(scheduled()))
    world.until("2026-08-02T01:00:01Z")
    (run,) = runs(world, app)

    world.call("POST", f"/v2/apps/{app['id']}/job-invocations/{run['id']}/cancel")
    world.advance(60)

    assert [item["phase"] for item in runs(world, app)] == ["CANCELED"]


def test_by_hand(world: World):
    app = world.seed(shop())

    made = world.control("POST", "happen", {"what": "run_job", "app": "shop", "job": "nightly"})
    world.advance(60)

    (run,) = runs(world, app)
    assert run["id"] == made["job_invocation_id"]
    assert run["phase"] == "SUCCEEDED"
    assert run["trigger"]["type"] == "MANUAL"
    assert run["trigger"]["manual"]["user"]["email"] == "someone@example.com"


def test_by_hand_needs_a_scheduled_job(world: World):
    world.seed(shop())

    answer = world.control("POST", "happen", {"what": "run_job", "app": "shop", "job": "migrate"}, status=400)

    assert "no scheduled job" in answer["error"]


# Finding runs.


@pytest.fixture
def busy(world: World) -> tuple[World, Any]:
    app = world.seed(of(scheduled("one", "0 11 * * *", ""), scheduled("two", "0 12 * * *", "")))
    world.until("2026-08-04T10:00:00Z")
    return world, app


def test_newest_first_and_in_pages(busy: tuple[World, Any]):
    world, app = busy

    answer = world.get(f"/v2/apps/{app['id']}/job-invocations", per_page=4)

    created = [run["created_at"] for run in answer["job_invocations"]]
    assert created == sorted(created, reverse=True)
    assert (len(created), answer["meta"]) == (4, {"total": 6})
    assert answer["links"]["pages"]["last"].endswith(f"/v2/apps/{app['id']}/job-invocations?page=2&per_page=4")


def test_by_job_name(busy: tuple[World, Any]):
    world, app = busy

    assert {run["job_name"] for run in runs(world, app, job_names="one")} == {"one"}
    assert len(runs(world, app, job_names=["one", "two"])) == 6
    assert runs(world, app, job_names="") == []
    assert runs(world, app, job_names="three") == []


def test_filters_stay_in_the_links(busy: tuple[World, Any]):
    world, app = busy

    answer = world.get(f"/v2/apps/{app['id']}/job-invocations", per_page=1, job_names=["one", "two"])

    assert answer["links"]["pages"]["next"].endswith("?page=2&per_page=1&job_names=one&job_names=two")


def test_by_deployment(busy: tuple[World, Any]):
    world, app = busy

    assert len(runs(world, app, deployment_id=app["active_deployment"]["id"])) == 6
    assert runs(world, app, deployment_id=NOWHERE) == []


def test_one_run(busy: tuple[World, Any]):
    world, app = busy
    run = runs(world, app)[0]
    path = f"/v2/apps/{app['id']}/job-invocations"

    assert world.get(f"{path}/{run['id']}") == {"job_invocation": run}
    assert world.get(f"{path}/{run['id']}", job_name="two") == {"job_invocation": run}
    world.call("GET", f"{path}/{run['id']}", status=404, job_name="one")
    world.call("GET", f"{path}/{NOWHERE}", status=404)
    world.call("GET", f"{path}/last", status=400)


def test_deploy_jobs_are_no_runs(world: World):
    app, _first = world.deployed()

    assert runs(world, app) == []


def test_an_automatic_clock_follows_runs():
    world = World("auto")
    app = world.seed(shop())
    world.control("POST", "happen", {"what": "run_job", "app": "shop", "job": "nightly"})

    phases = [runs(world, app)[0]["phase"] for _turn in range(3)]

    assert phases == ["RUNNING", "SUCCEEDED", "SUCCEEDED"]
