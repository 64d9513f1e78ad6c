"""Jobs at their triggers, and what their outcomes do to a deployment (API reference 5.2, 5.3)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.simulator.world import World, job, service, shop, statuses, steps

GIT = {"git": {"repo_clone_url": "https://example.com/x.git", "branch": "main"}}


def wait(deployment: Any, name: str) -> Any:
    return steps(deployment)[f"deploy/components/{name}/wait"]


def redeploy(world: World, app: Any) -> Any:
    made = world.put(app)["pending_deployment"]
    return world.follow(app, made)[0]


def test_order(world: World):
    _app, found = world.deployed(
        shop(jobs=[job("z-last"), job("b-first", "PRE_DEPLOY"), job("a-second", "PRE_DEPLOY")])
    )

    names = ("b-first", "a-second", "web", "z-last")
    started = [steps(found)[f"deploy/components/{name}/deploy"]["started_at"] for name in names]
    ended = [wait(found, name)["ended_at"] for name in names]

    assert started == sorted(started)
    assert all(end <= start for end, start in zip(ended, started[1:], strict=False))
    assert steps(found)["deploy/finalize"]["started_at"] >= ended[-1]


def test_all_jobs_are_built(world: World):
    _app, found = world.deployed(shop(jobs=[{"name": "once", **GIT, "kind": "FAILED_DEPLOY"}]))

    assert statuses(found)["build/components/once"] == "SUCCESS"


def test_a_scheduled_job_has_no_steps(world: World):
    _app, found = world.deployed()

    assert not [path for path in statuses(found) if "nightly" in path]


def test_jobs_run_in_every_deployment(world: World):
    app, first = world.deployed()

    second = redeploy(world, app)

    assert wait(second, "migrate")["status"] == "SUCCESS"
    assert wait(second, "migrate")["started_at"] > wait(first, "migrate")["ended_at"]


def test_pre_deploy_failure_stops_the_release(world: World):
    app, first = world.deployed()
    world.outcome("migrate", exit_code=3, logs=["no such table"])

    found = redeploy(world, app)

    assert found["phase"] == "ERROR"
    assert wait(found, "migrate")["reason"] == {
        "code": "DeployContainerExitNonZero",
        "message": "Your deploy failed because your container exited with a non-zero exit code.",
    }
    leaves = statuses(found)
    assert leaves["deploy/components/migrate/deploy"] == "SUCCESS"
    assert leaves["deploy/components/web/deploy"] == "PENDING"
    assert leaves["deploy/components/warm/wait"] == "PENDING"
    assert leaves["deploy/finalize"] == "PENDING"
    build, deploy = found["progress"]["steps"]
    assert (build["status"], deploy["status"]) == ("SUCCESS", "ERROR")
    assert world.app(app)["active_deployment"]["id"] == first["id"]
    assert world.app(app)["spec"] == found["spec"]


def test_the_sample_of_the_reference(world: World):
    world.outcome("migrate")

    _app, found = world.deployed(shop(jobs=[job("migrate", "PRE_DEPLOY"), job("warm")]))

    progress = found["progress"]
    counters = {name: progress[name] for name in ("pending_steps", "success_steps", "error_steps", "total_steps")}
    assert counters == {"pending_steps": 5, "success_steps": 6, "error_steps": 1, "total_steps": 12}
    build, deploy = progress["steps"]
    components = deploy["steps"][1]
    migrate = next(step for step in components["steps"] if step["name"] == "migrate")
    assert [build["status"], deploy["status"], components["status"], migrate["status"]] == ["SUCCESS", *["ERROR"] * 3]
    assert [(step["name"], step["status"]) for step in migrate["steps"]] == [("deploy", "SUCCESS"), ("wait", "ERROR")]
    assert [step["name"] for step in progress["summary_steps"]] == ["build", "deploy"]


def test_failed_deploy_jobs_run_after_a_failure(world: World):
    app, _first = world.deployed()
    world.outcome("migrate")

    found = redeploy(world, app)

    assert wait(found, "tidy")["status"] == "SUCCESS"
    assert wait(found, "tidy")["started_at"] >= wait(found, "migrate")["ended_at"]


def test_failed_deploy_jobs_may_fail_themselves(world: World):
    app, _first = world.deployed()
    world.outcome("migrate")
    world.outcome("tidy")

    found = redeploy(world, app)

    assert found["phase"] == "ERROR"
    assert found["progress"]["error_steps"] == 2


def test_failed_deploy_jobs_run_when_a_component_does_not_come_up(world: World):
    app, _first = world.deployed()
    world.outcome("web", "hang")

    found = redeploy(world, app)

    assert found["phase"] == "ERROR"
    assert wait(found, "web")["reason"]["code"] == "DeployContainerHealthChecksFailed"
    assert wait(found, "tidy")["status"] == "SUCCESS"
    assert wait(found, "warm")["status"] == "PENDING"


def test_failed_deploy_jobs_do_not_run_after_a_failed_build(world: World):
    app, _first = world.deployed(shop(workers=[{"name": "w1", **GIT}]))
    world.outcome("w1", step="build")

    found = redeploy(world, app)

    assert found["phase"] == "ERROR"
    leaves = steps(found)
    assert leaves["build/components/w1"]["reason"]["code"] == "BuildJobExitNonZero"
    assert leaves["deploy/components/tidy/wait"]["status"] == "PENDING"
    assert leaves["deploy/components/migrate/wait"]["status"] == "PENDING"
    assert [step["status"] for step in found["progress"]["steps"]] == ["ERROR", "PENDING"]


def test_post_deploy_failure_undoes_nothing(world: World):
    app, _first = world.deployed()
    world.outcome("warm")

    found = redeploy(world, app)

    assert found["phase"] == "ACTIVE"
    assert wait(found, "warm")["status"] == "ERROR"
    assert found["progress"]["error_steps"] == 1
    assert world.app(app)["active_deployment"]["id"] == found["id"]
    assert wait(found, "tidy")["status"] == "PENDING"


def test_a_second_post_deploy_job_runs_after_a_failed_one(world: World):
    app, _first = world.deployed(shop(jobs=[job("one"), job("two")]))
    world.outcome("one")

    found = redeploy(world, app)

    assert wait(found, "two")["status"] == "SUCCESS"


def test_a_second_pre_deploy_job_does_not(world: World):
    app, _first = world.deployed(shop(jobs=[job("one", "PRE_DEPLOY"), job("two", "PRE_DEPLOY")]))
    world.outcome("one")

    found = redeploy(world, app)

    assert wait(found, "two")["status"] == "PENDING"


def test_the_first_deployment_can_fail_too(world: World):
    world.outcome("migrate")

    app, found = world.deployed()

    assert found["phase"] == "ERROR"
    assert "active_deployment" not in app
    assert "live_url" not in app


@pytest.mark.parametrize(
    ("more", "code", "text"),
    [
        ({"reason_code": "ContainerOutOfMemory"}, "ContainerOutOfMemory", "ran out of memory"),
        ({"reason_code": "NewCode"}, "NewCode", "NewCode"),
        ({"message": "own words"}, "DeployContainerExitNonZero", "own words"),
    ],
)
def test_scripted_reasons(world: World, more: dict, code: str, text: str):
    world.outcome("migrate", **more)

    _app, found = world.deployed()

    reason = wait(found, "migrate")["reason"]
    assert reason["code"] == code
    assert text in reason["message"]


@pytest.mark.parametrize(("timeout", "seconds"), [(None, 1800), ("10m", 600), ("90s", 90)])
def test_a_hanging_job_is_stopped(world: World, timeout: str | None, seconds: int):
    world.outcome("migrate", "hang")
    migrate = job("migrate", "PRE_DEPLOY", **({"timeout": timeout} if timeout else {}))
    app = world.create(shop(jobs=[migrate]))
    deployment = app["pending_deployment"]

    world.advance(seconds)
    assert wait(world.deployment(app, deployment), "migrate")["status"] == "RUNNING"
    world.advance(30)

    found = world.deployment(app, deployment)
    assert found["phase"] == "ERROR"
    assert wait(found, "migrate")["status"] == "ERROR"


def test_a_job_that_takes_longer_than_its_timeout(world: World):
    world.outcome("migrate", "succeed", seconds=61)

    _app, found = world.deployed(shop(jobs=[job("migrate", "PRE_DEPLOY", timeout="1m")]))

    assert found["phase"] == "ERROR"


def test_a_hanging_build(world: World):
    world.outcome("w1", "hang", step="build")
    app = world.create({"name": "shop", "workers": [{"name": "w1", **GIT}]})

    found, _phases = world.follow(app, app["pending_deployment"])

    assert steps(found)["build/components/w1"]["reason"]["code"] == "BuildJobTimeout"
    assert found["updated_at"] >= "2026-08-01T11:00:00Z"


def test_outcomes_by_app_and_count(world: World):
    world.outcome("migrate", app="other")
    world.outcome("mig*", app="shop", count=1)

    app, first = world.deployed()
    second = redeploy(world, app)
    _app, other = world.deployed(shop(name="other"))

    assert [first["phase"], second["phase"], other["phase"]] == ["ERROR", "ACTIVE", "ERROR"]


def test_a_later_outcome_wins(world: World):
    world.outcome("migrate", "fail")
    world.outcome("migrate", "succeed", count=1)

    app, first = world.deployed()

    assert first["phase"] == "ACTIVE"
    assert redeploy(world, app)["phase"] == "ERROR"


def test_a_slow_job(world: World):
    world.outcome("migrate", "succeed", seconds=600)
    app = world.create()

    world.advance(500)

    assert wait(world.deployment(app, app["pending_deployment"]), "migrate")["status"] == "RUNNING"
    assert world.follow(app, app["pending_deployment"])[0]["phase"] == "ACTIVE"


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"outcome": "explode"}, "'explode' is not one of succeed, fail, hang"),
        ({"component": "x", "when": "now"}, "unknown field 'when'"),
        ({"component": 5}, "expected a string"),
        ({"count": 0}, "at least 1"),
        ({"seconds": -1}, "at least 0"),
        ({"logs": [1]}, "list of lines"),
        ([{"component": "ok"}, "nonsense"], "expected an object"),
    ],
)
def test_outcomes_that_are_refused(world: World, given: Any, reason: str):
    assert reason in world.control("POST", "outcomes", given, status=400)["error"]
    assert world.control("GET", "outcomes") == {"outcomes": []}


def test_several_services_come_up_at_the_same_time(world: World):
    _app, found = world.deployed({"name": "shop", "workers": [service("w1"), service("w2")]})

    first, second = (steps(found)[f"deploy/components/{name}/deploy"] for name in ("w1", "w2"))
    assert first["started_at"] == second["started_at"]


# Automatic clock: who looks, moves on.


@pytest.mark.parametrize("outcome", [{}, {"outcome": "hang"}, {"outcome": "succeed", "seconds": 1200}])
def test_a_handful_of_looks(outcome: dict):
    world = World("auto")
    if outcome:
        world.outcome("migrate", **outcome)
    app = world.create()
    phases = [world.deployment(app, app["pending_deployment"])["phase"] for _turn in range(8)]

    end = "ERROR" if outcome.get("outcome") == "hang" else "ACTIVE"
    assert 3 <= phases.index(end) <= 7
    assert phases[-1] == end
