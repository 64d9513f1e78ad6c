"""From an edit to a result: check mode, writing, waiting, joining, restoring."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.oceanops.app_platform.plugins.module_utils._ansible.find_app import AppNotFoundError
from ansible_collections.oceanops.app_platform.plugins.module_utils._api.errors import (
    AppPlatformError,
    DeploymentError,
    ServerError,
    UsageError,
)
from ansible_collections.oceanops.app_platform.plugins.module_utils._edit.converge import app_summary, converge
from ansible_collections.oceanops.app_platform.plugins.module_utils._edit.declaration import Declaration
from ansible_collections.oceanops.app_platform.plugins.module_utils._edit.plan import Plan
from ansible_collections.oceanops.app_platform.plugins.module_utils._masking.secret_register import MASK
from ansible_collections.oceanops.app_platform.plugins.module_utils._resources.component import component_operation
from ansible_collections.oceanops.app_platform.plugins.module_utils._system import locks

from .fake_platform import FakeApps, context, lost_answer, params

REPO = {"github": {"repo": "acme/shop"}}
SHOP: dict[str, Any] = {
    "name": "shop",
    "region": "ams",
    "services": [{"name": "web", **REPO}],
    "jobs": [{"name": "warm", **REPO, "kind": "POST_DEPLOY"}],
}
MIGRATE = {"name": "migrate", **REPO, "kind": "PRE_DEPLOY"}


@pytest.fixture(autouse=True)
def no_chance(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locks, "fcntl", None)


@pytest.fixture
def api() -> FakeApps:
    found = FakeApps()
    found.add(SHOP)
    return found


def only(api: FakeApps) -> str:
    return next(iter(api.apps))


def job(api: FakeApps, check: bool = False, **given: Any) -> dict[str, Any]:
    """A run of the module app_job."""
    operation = component_operation("jobs")
    options = {name: option.get("default") for name, option in operation.arguments.options.items()}
    validated = {**options, **params(), "app": "shop", **given}
    task_context = context(api, validated, check_mode=check)
    api.calls.clear()
    result = operation.run(validated, task_context)
    result["warnings"] = task_context.warnings
    return result


def fail(error: AppPlatformError) -> Callable[[], None]:
    def action() -> None:
        raise error

    return action


def with_migrate(api: FakeApps) -> None:
    api.write(only(api), lambda spec: spec["jobs"].append(copy.deepcopy(MIGRATE)))


# --- the module of a component --------------------------------------------------------------------------------------


def test_a_job_is_added_waited_for_and_not_added_again(api: FakeApps) -> None:
    foretold = job(api, check=True, **MIGRATE)
    assert api.writes == []
    assert api.calls.count("propose") == 1
    first = job(api, **MIGRATE)
    assert foretold["changed"] is first["changed"] is True
    assert foretold["diff"] == first["diff"]
    assert foretold["job"] == first["job"] == MIGRATE
    assert foretold["app"]["spec"] == first["app"]["spec"]
    assert first["diff"]["after"] == {"jobs": [MIGRATE]}
    assert api.writes.count("update_app") == 1
    assert first["deployment"]["phase"] == "ACTIVE"
    assert first["deployment"]["id"] == api.deployments[only(api)][0]["id"]
    for check in (True, False):
        again = job(api, check=check, **MIGRATE)
        assert again["changed"] is False
        assert again["diff"] == {"before": {}, "after": {}}
        assert (api.writes, again["job"]) == ([], MIGRATE)
        assert "propose" not in api.calls


def test_a_job_is_removed(api: FakeApps) -> None:
    with_migrate(api)
    foretold = job(api, check=True, name="migrate", state="absent")
    assert api.writes == []
    removed = job(api, name="migrate", state="absent")
    assert foretold["diff"] == removed["diff"] == {"before": {"jobs": [MIGRATE]}, "after": {}}
    assert removed["changed"] is True
    assert removed["job"] is None
    assert job(api, name="migrate", state="absent")["changed"] is False
    assert api.writes == []


def test_without_the_app(api: FakeApps) -> None:
    gone = job(api, app="shap", name="migrate", state="absent")
    assert gone == {"changed": False, "app": None, "deployment": None, "job": None, "warnings": []}
    with pytest.raises(AppNotFoundError) as caught:
        job(api, app="shap", **MIGRATE)
    assert "Did you mean 'shop'?" in caught.value.message


def test_by_id(api: FakeApps) -> None:
    assert job(api, app=None, app_id=only(api), **MIGRATE)["changed"] is True


def test_bad_options_make_no_write(api: FakeApps) -> None:
    for check in (True, False):
        with pytest.raises(UsageError) as caught:
            job(api, check=check, **{**MIGRATE, "kind": "SCHEDULED"})
        assert caught.value.problems[0].startswith("schedule: a SCHEDULED job needs one")
        assert api.writes == []
        assert "propose" not in api.calls


def test_what_the_platform_refuses_in_check_mode_is_an_error_there(api: FakeApps) -> None:
    api.before["propose"] = [fail(lost_answer(400, maybe_applied=False))]
    with pytest.raises(ServerError):
        job(api, check=True, **MIGRATE)


def test_a_pinned_app(api: FakeApps) -> None:
    api.apps[only(api)]["pinned_deployment"] = {"id": "d-pinned"}
    for check in (True, False):
        with pytest.raises(DeploymentError) as caught:
            job(api, check=check, **MIGRATE)
        assert caught.value.code == "app_pinned"
        assert api.writes == []


def test_a_secret_is_in_no_result(api: FakeApps) -> None:
    env = {"key": "TOKEN", "value": "canary-in-clear", "type": "SECRET"}
    log = {"name": "logs", "logtail": {"token": "canary-in-clear-too"}}
    for check in (True, False, False):
        result = job(api, check=check, **MIGRATE, envs=[env], log_destinations=[log])
        assert "canary" not in str(result)
    assert result["changed"] is False


def test_without_waiting(api: FakeApps) -> None:
    result = job(api, **MIGRATE, wait=False)
    assert result["deployment"]["id"] == api.deployments[only(api)][0]["id"]
    assert result["deployment"]["phase"] == "PENDING_BUILD"
    assert api.clock.slept == []


def test_a_write_that_makes_no_deployment(api: FakeApps) -> None:
    api.deploy = lambda *_args, **_more: {}  # type: ignore[method-assign,assignment]
    result = job(api, **MIGRATE)
    assert (result["changed"], result["deployment"]) == (True, None)
    # The answer of the write is the app in the result: nothing is read once no deployment was found.
    assert api.calls[-1] == "reads deployments"
    assert result["job"] == MIGRATE


# --- other writers --------------------------------------------------------------------------------------------------


def test_who_did_the_same_meanwhile_leaves_nothing_to_do(api: FakeApps) -> None:
    api.after["get_app"] = [lambda: with_migrate(api)]
    result = job(api, **MIGRATE)
    assert result["changed"] is False
    assert api.writes == []
    assert result["job"] == MIGRATE
    assert result["deployment"]["phase"] == "ACTIVE"


def test_it_waits_until_the_app_is_idle(api: FakeApps) -> None:
    api.put(only(api), api.spec(only(api)))
    result = job(api, **MIGRATE, wait_for_idle=True)
    phases = [api.deployment(only(api), one)["phase"] for one in api.deployments[only(api)]]
    assert phases == ["ACTIVE", "ACTIVE", "ACTIVE"]
    assert result["changed"] is True


def test_what_it_says_of_the_change_is_what_was_there_before(api: FakeApps) -> None:
    api.before["update_app"] = [lambda: api.write(only(api), lambda spec: spec.update(disable_edge_cache=True))]
    result = job(api, **MIGRATE)
    assert result["app"]["spec"]["disable_edge_cache"] is True
    assert api.spec(only(api))["disable_edge_cache"] is True


# --- joining and redeploying ----------------------------------------------------------------------------------------


def test_a_running_deployment_is_joined(api: FakeApps) -> None:
    with_migrate(api)
    result = job(api, **MIGRATE)
    assert (result["changed"], result["deployment"]["phase"]) == (False, "ACTIVE")
    assert api.clock.passed >= api.takes


def test_a_joined_deployment_that_fails_is_an_error_and_no_change(api: FakeApps) -> None:
    api.fails = lambda spec: len(spec["jobs"]) > 1
    with_migrate(api)
    with pytest.raises(DeploymentError) as caught:
        job(api, **MIGRATE)
    assert caught.value.code == "deployment_failed"
    assert "changed" not in caught.value.details


@pytest.mark.parametrize("redeploy", [True, False])
def test_a_failed_deployment_is_made_again(api: FakeApps, redeploy: bool) -> None:
    api.fails = lambda spec: len(spec["jobs"]) > 1
    with_migrate(api)
    api.clock.sleep(60)
    foretold = job(api, check=True, **MIGRATE, redeploy_on_failed=redeploy)
    assert api.writes == []
    api.fails = lambda _spec: False
    # What ended stays as it ended.
    api.deployments[only(api)][0]["spec"]["x_failed"] = True
    api.fails = lambda spec: "x_failed" in spec
    if not redeploy:
        result = job(api, **MIGRATE, redeploy_on_failed=redeploy)
        assert foretold["changed"] is result["changed"] is False
        assert "create_deployment" not in api.writes
        return
    api.deployments[only(api)][0]["spec"].pop("x_failed")
    api.fails = lambda _spec: api.deployments[only(api)][0]["cause"] != "manual"
    result = job(api, **MIGRATE, redeploy_on_failed=redeploy)
    assert foretold["changed"] is result["changed"] is True
    assert api.writes == ["create_deployment", *(call for call in api.writes if call != "create_deployment")]
    assert result["deployment"]["phase"] == "ACTIVE"
    assert result["diff"] == {"before": {}, "after": {}}


def test_a_redeployment_that_fails_too(api: FakeApps) -> None:
    api.fails = lambda spec: len(spec["jobs"]) > 1
    with_migrate(api)
    api.clock.sleep(60)
    with pytest.raises(DeploymentError) as caught:
        job(api, **MIGRATE)
    assert caught.value.details["changed"] is True
    assert caught.value.details["app"]["id"] == only(api)


def test_a_redeployment_of_a_pinned_app_is_refused_in_both_modes(api: FakeApps) -> None:
    api.fails = lambda spec: len(spec["jobs"]) > 1
    with_migrate(api)
    api.clock.sleep(60)
    api.apps[only(api)]["pinned_deployment"] = {"id": "d-pinned"}
    for check in (True, False):
        with pytest.raises(DeploymentError) as caught:
            job(api, check=check, **MIGRATE)
        assert caught.value.code == "app_pinned"


# --- failures and restoring -----------------------------------------------------------------------------------------


def test_a_failed_deployment(api: FakeApps) -> None:
    api.fails = lambda spec: len(spec["jobs"]) > 1
    with pytest.raises(DeploymentError) as caught:
        job(api, **MIGRATE)
    error = caught.value
    assert error.code == "deployment_failed"
    assert error.details["changed"] is True
    assert error.details["app"]["name"] == "shop"
    assert "restored" not in error.details
    assert api.writes.count("update_app") == 1


def test_the_old_spec_is_put_back(api: FakeApps) -> None:
    before = api.spec(only(api))
    api.fails = lambda spec: len(spec["jobs"]) > 1
    with pytest.raises(DeploymentError) as caught:
        job(api, **MIGRATE, on_failure="restore_spec")
    assert caught.value.details["restored"] is True
    assert "is put back." in caught.value.message
    assert str(caught.value) == caught.value.message
    assert api.spec(only(api)) == before
    assert api.writes.count("update_app") == 2


def test_nothing_is_put_back_over_the_work_of_others(api: FakeApps) -> None:
    api.fails = lambda spec: len(spec["jobs"]) > 1

    def others() -> None:
        if api.clock.passed > 2 and "disable_edge_cache" not in api.spec(only(api)):
            api.apps[only(api)]["spec"]["disable_edge_cache"] = True

    api.pause = others
    with pytest.raises(DeploymentError) as caught:
        job(api, **MIGRATE, on_failure="restore_spec")
    assert caught.value.details["restored"] is False
    assert "has been changed since by another writer" in caught.value.message
    assert api.spec(only(api))["disable_edge_cache"] is True


def test_who_writes_while_the_old_spec_is_put_back_loses_nothing(api: FakeApps) -> None:
    api.fails = lambda spec: len(spec["jobs"]) > 1
    api.before["update_app"] = [
        None,
        lambda: api.write(only(api), lambda spec: spec.update(disable_edge_cache=True)),
    ]
    with pytest.raises(DeploymentError):
        job(api, **MIGRATE, on_failure="restore_spec")
    assert api.spec(only(api))["disable_edge_cache"] is True
    assert [one["name"] for one in api.spec(only(api))["jobs"]] == ["warm"]


def test_a_spec_that_cannot_be_put_back(api: FakeApps) -> None:
    api.fails = lambda spec: len(spec["jobs"]) > 1
    api.before["update_app"] = [None, fail(lost_answer(400, maybe_applied=False))]
    with pytest.raises(DeploymentError) as caught:
        job(api, **MIGRATE, on_failure="restore_spec")
    assert caught.value.details["restored"] is False
    assert "on_failure: the spec could not be put back: PUT /v2/apps/x answered 502" in caught.value.message


def test_an_error_after_the_write_says_that_there_was_one(api: FakeApps) -> None:
    seen: list[str] = []

    def at_last() -> None:
        if (
            "reads deployment" in api.calls[-2:]
            and api.deployment(only(api), api.deployments[only(api)][0])["phase"] == "ACTIVE"
        ):
            seen.append("x")
            raise lost_answer(503, maybe_applied=False)

    api.before["get_app"] = [None] * 3 + [at_last] * 20
    with pytest.raises(ServerError) as caught:
        job(api, **MIGRATE)
    assert seen
    assert caught.value.details["changed"] is True
    assert caught.value.details["app"]["id"] == only(api)


# --- whole results --------------------------------------------------------------------------------------------------


def test_summary() -> None:
    told = app_summary(
        {"id": "a", "region": {"slug": "ams"}, "live_url": "https://x"}, {"name": "shop", "region": "fra"}
    )
    assert told == {
        "name": "shop",
        "region": "ams",
        "id": "a",
        "default_ingress": None,
        "live_url": "https://x",
        "live_domain": None,
        "tier_slug": None,
        "project_id": None,
        "created_at": None,
        "updated_at": None,
        "last_deployment_created_at": None,
        "spec": {"name": "shop", "region": "fra"},
    }
    secret = {"name": "shop", "envs": [{"key": "A", "value": "plain", "type": "SECRET"}]}
    assert app_summary({}, secret)["spec"]["envs"] == [{"key": "A", "value": MASK, "type": "SECRET"}]
    assert app_summary({"region": "odd"}, {"name": "shop", "region": "fra"})["region"] == "fra"


def test_a_domain_of_another_app(api: FakeApps) -> None:
    api.add({"name": "other", "services": [{"name": "web", **REPO}], "domains": [{"domain": "Taken.example.com."}]})
    app = api.get_app(only(api))
    taken = Declaration({"domains": [{"domain": "taken.example.com"}, {"domain": "free.example.com"}]})
    for check in (True, False):
        with pytest.raises(UsageError) as caught:
            converge(Plan(context(api, check_mode=check), taken), params(), app)
        assert caught.value.problems == [
            (
                "domains[taken.example.com]: belongs to the app other (a0000003-0000-4000-8000-000000000000); "
                "remove it there first, or leave it out here"
            )
        ]
    free = Declaration({"domains": [{"domain": "free.example.com"}]})
    assert converge(Plan(context(api), free), params(), app).changed is True
    api.calls.clear()
    assert converge(Plan(context(api), free), params(), api.get_app(only(api))).changed is False
    assert "list_apps" not in api.calls


def test_a_domain_that_another_task_has_just_added_to_this_app(api: FakeApps) -> None:
    app = api.get_app(only(api))
    domains = [{"domain": "new.example.com"}]
    api.write(only(api), lambda spec: spec.update(domains=domains))
    assert converge(Plan(context(api), Declaration({"domains": domains})), params(), app).changed is False


def test_sources_are_updated_when_the_task_says_so(api: FakeApps) -> None:
    plan = Plan(context(api), Declaration({"disable_edge_cache": True}))
    converge(plan, params(update_sources=True), api.get_app(only(api)))
    assert "update_app with sources" in api.calls


def test_the_running_deployment_of_an_unchanged_app_is_told(api: FakeApps) -> None:
    result = converge(Plan(context(api), Declaration({"name": "shop"})), params(), api.get_app(only(api))).result(
        more=1
    )
    assert result["deployment"]["phase"] == "ACTIVE"
    assert result["deployment"]["id"] == api.deployments[only(api)][0]["id"]
    assert [one["name"] for one in result["deployment"]["jobs"]] == ["warm"]
    assert result["deployment"]["console_url"].startswith(f"https://cloud.digitalocean.com/apps/{only(api)}/")
    assert (result["changed"], result["more"], result["diff"]) == (False, 1, {"before": {}, "after": {}})


def test_an_active_deployment_without_its_spec_has_the_jobs_of_the_app(api: FakeApps) -> None:
    app = api.get_app(only(api))
    del app["active_deployment"]["spec"]
    found = converge(Plan(context(api), Declaration({"name": "shop"})), params(), app).result()
    assert [one["name"] for one in found["deployment"]["jobs"]] == ["warm"]


def test_an_unchanged_app_that_runs_its_spec_is_read_once(api: FakeApps) -> None:
    assert job(api, app=None, app_id=only(api), name="warm")["deployment"]["phase"] == "ACTIVE"
    assert api.calls == ["get_app"]
