"""app_restart: chosen components, followed; jobs are not waited for."""

from __future__ import annotations

from typing import Any

from tests.platform import Platform
from tests.unit.operations.conftest import SHOP, Runner, writes


def test_components_are_restarted_and_waited_for(platform: Platform, shop: dict[str, Any], run: Runner) -> None:
    done = run("app_restart", components=["web", "web"])
    assert (done["changed"], done["deployment"]["phase"], done["components"]) == (True, "ACTIVE", ["web"])
    (write,) = platform.writes()
    assert write["body"] == {"components": ["web"]}
    everything = run("app_restart")
    assert everything["components"] == ["mailer", "web"]
    assert platform.writes()[-1]["body"] == {}


def test_check_mode_foretells_it(platform: Platform, shop: dict[str, Any], run: Runner) -> None:
    result = run("app_restart", components=["mailer"], check=True)
    assert (result["changed"], result["components"], result["deployment"]) == (True, ["mailer"], None)
    assert platform.writes() == []


def test_a_post_deploy_job_is_not_waited_for(platform: Platform, shop: dict[str, Any], run: Runner) -> None:
    job = {**SHOP["jobs"][0], "name": "warm", "kind": "POST_DEPLOY"}
    platform.call("PUT", f"/v2/apps/{shop['id']}", {"spec": {**SHOP, "jobs": [job]}})
    platform.advance(600)
    result = run("app_restart")
    (warm,) = result["deployment"]["jobs"]
    assert (warm["status"], result["deployment"]["phase"]) == ("SKIPPED", "ACTIVE")
    # Without the grace that a fresh POST_DEPLOY job would get.
    assert run.clock.passed < 60


def test_a_post_deploy_job_that_runs_all_the_same_is_not_the_tasks_business(
    platform: Platform, shop: dict[str, Any], run: Runner
) -> None:
    job = {**SHOP["jobs"][0], "name": "warm", "kind": "POST_DEPLOY"}
    platform.call("PUT", f"/v2/apps/{shop['id']}", {"spec": {**SHOP, "jobs": [job]}})
    platform.advance(600)
    platform.assume(jobs_in_restart="run")
    platform.outcome("warm")
    result = run("app_restart")
    assert result.get("failed") is None, result["msg"]
    assert any("job warm (POST_DEPLOY)" in text for text in run.warnings)


def test_a_restart_that_fails_says_which_component(platform: Platform, shop: dict[str, Any], run: Runner) -> None:
    platform.outcome("web", exit_code=1, logs=["port is taken"])
    result = run("app_restart")
    assert (result["failure"]["code"], result["changed"]) == ("deployment_failed", True)
    assert "service web" in result["msg"]
    assert "port is taken" in result["msg"]


def test_what_cannot_be_restarted_is_named(platform: Platform, shop: dict[str, Any], run: Runner) -> None:
    result = run("app_restart", components=["migrate", "wbe", "web"])
    assert result["msg"].splitlines() == [
        "components: migrate is one of the jobs; only services and workers can be restarted",
        "components: this app has no component 'wbe'; it has mailer, web",
    ]
    empty = run("app_restart", components=[])
    assert "components: empty" in empty["msg"]
    assert platform.writes() == []


def test_an_app_of_jobs_has_nothing_to_restart(platform: Platform, run: Runner) -> None:
    platform.seed([{**SHOP, "name": "jobs", "services": [], "workers": []}])
    result = run("app_restart", app="jobs")
    assert "no services and no workers" in result["msg"]
    assert platform.writes() == []


def test_a_pinned_app_is_not_restarted(platform: Platform, shop: dict[str, Any], run: Runner) -> None:
    run("app_deployment")
    run("app_rollback")
    platform.forget_requests()
    for check in (True, False):
        assert run("app_restart", check=check)["failure"]["code"] == "app_pinned"
    assert platform.writes() == []


def test_it_may_wait_for_others_first(platform: Platform, shop: dict[str, Any], run: Runner) -> None:
    running = run("app_deployment", wait=False)["deployment"]["id"]
    assert run("app_restart", wait_for_idle=True)["deployment"]["phase"] == "ACTIVE"
    found = platform.call("GET", f"/v2/apps/{shop['id']}/deployments/{running}").json()["deployment"]
    assert found["progress"]["steps"][-1]["status"] == "SUCCESS"
    assert writes(platform) == ["apps_create_deployment", "apps_restart"]


def test_without_waiting(platform: Platform, shop: dict[str, Any], run: Runner) -> None:
    result = run("app_restart", wait=False)
    assert (result["changed"], result["deployment"]["phase"]) == (True, "PENDING_BUILD")
    assert run.clock.passed == 0
