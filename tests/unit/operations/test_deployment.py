"""app_deployment: made, followed, canceled, foretold."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.oceanops.app_platform.plugins.module_utils._api.apps import AppsApi
from tests.platform import Platform
from tests.unit.operations.conftest import SHOP, Runner, writes


def test_a_deployment_is_made_and_followed(platform: Platform, shop: dict[str, Any], run: Runner) -> None:
    result = run("app_deployment", force_build=True)
    assert (result["changed"], result["deployment"]["phase"]) == (True, "ACTIVE"), result.get("msg")
    assert [(job["name"], job["status"]) for job in result["deployment"]["jobs"]] == [
        ("migrate", "SUCCESS"),
        ("nightly-report", "SCHEDULED"),
    ]
    (write,) = platform.writes()
    assert write["body"] == {"force_build": True}
    assert result["app"]["last_deployment_created_at"] > shop["last_deployment_created_at"]


def test_check_mode_foretells_it_and_writes_nothing(platform: Platform, shop: dict[str, Any], run: Runner) -> None:
    for options in ({}, {"force_build": True}, {"update_sources": True}):
        result = run("app_deployment", check=True, **options)
        assert (result["changed"], result["deployment"]) == (True, None), options
    assert platform.writes() == []
    assert [one["path"].rsplit("/", 1)[1] for one in platform.requests(method="POST")] == ["propose"]


def test_a_failed_deployment_fails_the_task_and_says_why(platform: Platform, shop: dict[str, Any], run: Runner) -> None:
    platform.outcome("migrate", "fail", exit_code=3, logs=["relation orders does not exist"])
    result = run("app_deployment")
    assert result["failed"] is True
    assert result["changed"] is True
    assert result["failure"]["code"] == "deployment_failed"
    assert "job migrate (PRE_DEPLOY)" in result["msg"]
    assert "relation orders does not exist" in result["msg"]


def test_an_existing_deployment_is_waited_for_and_judged(platform: Platform, shop: dict[str, Any], run: Runner) -> None:
    begun = run("app_deployment", wait=False)
    assert begun["deployment"]["phase"] == "PENDING_BUILD"
    found = run("app_deployment", deployment_id=begun["deployment"]["id"])
    assert (found["changed"], found["deployment"]["phase"]) == (False, "ACTIVE")
    platform.outcome("migrate")
    failed = run("app_deployment")["deployment"]["id"]
    platform.clear_outcomes()
    for check in (True, False):
        again = run("app_deployment", deployment_id=failed, check=check)
        assert again["failure"]["code"] == "deployment_failed"
        assert again["changed"] is False
    assert writes(platform) == ["apps_create_deployment"] * 2


def test_in_check_mode_nothing_is_waited_for(platform: Platform, shop: dict[str, Any], run: Runner) -> None:
    begun = run("app_deployment", wait=False)["deployment"]["id"]
    platform.forget_requests()
    result = run("app_deployment", deployment_id=begun, check=True)
    assert (result["changed"], result["deployment"]["id"]) == (False, begun)
    assert run.clock.passed == 0
    assert run("app_deployment", state="idle", check=True)["changed"] is False
    assert run.clock.passed == 0


def test_only_if_failed_is_idempotent(platform: Platform, shop: dict[str, Any], run: Runner) -> None:
    well = run("app_deployment", only_if_failed=True)
    assert (well["changed"], well["deployment"]["phase"]) == (False, "ACTIVE")
    assert platform.writes() == []
    platform.outcome("migrate", count=1)
    edited = {**SHOP, "jobs": [{**SHOP["jobs"][0], "run_command": "bin/migrate --all"}, SHOP["jobs"][1]]}
    platform.call("PUT", f"/v2/apps/{shop['id']}", {"spec": edited})
    assert run("app_deployment", state="idle")["changed"] is False
    assert run("app_deployment", only_if_failed=True, check=True)["changed"] is True
    again = run("app_deployment", only_if_failed=True)
    assert (again["changed"], again["deployment"]["phase"]) == (True, "ACTIVE"), again.get("msg")
    assert run("app_deployment", only_if_failed=True)["changed"] is False


def test_only_if_failed_joins_what_runs(platform: Platform, shop: dict[str, Any], run: Runner) -> None:
    begun = run("app_deployment", wait=False)["deployment"]["id"]
    result = run("app_deployment", only_if_failed=True)
    assert (result["changed"], result["deployment"]["id"], result["deployment"]["phase"]) == (False, begun, "ACTIVE")
    assert writes(platform) == ["apps_create_deployment"]


def test_update_sources_writes_the_spec_as_it_is(platform: Platform, shop: dict[str, Any], run: Runner) -> None:
    before = platform.apps()["shop"]["spec"]
    result = run("app_deployment", update_sources=True)
    assert (result["changed"], result["deployment"]["phase"]) == (True, "ACTIVE"), result.get("msg")
    (write,) = platform.writes()
    assert write["body"]["update_all_source_versions"] is True
    assert write["body"]["spec"] == before == platform.apps()["shop"]["spec"]


def test_update_sources_tells_a_failed_deployment(platform: Platform, shop: dict[str, Any], run: Runner) -> None:
    platform.outcome("migrate")
    result = run("app_deployment", update_sources=True)
    assert (result["failure"]["code"], result["changed"]) == ("deployment_failed", True)


def test_update_sources_loses_nothing_of_another_writer(platform: Platform, shop: dict[str, Any], run: Runner) -> None:
    platform.fault(
        "other_writer", method="PUT", when="before", edit={"workers": [{"name": "mailer", "instance_count": 2}]}
    )
    result = run("app_deployment", update_sources=True)
    assert result["changed"] is True
    assert platform.apps()["shop"]["spec"]["workers"][0]["instance_count"] == 2


def test_a_write_without_a_deployment_gets_one(
    platform: Platform, shop: dict[str, Any], run: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    platform.assume(noop_put="skip")
    update = AppsApi.update_app
    monkeypatch.setattr(AppsApi, "update_app", lambda api, app_id, spec, _sources: update(api, app_id, spec))
    result = run("app_deployment", update_sources=True)
    assert (result["changed"], result["deployment"]["phase"]) == (True, "ACTIVE"), result.get("msg")
    assert writes(platform) == ["apps_update", "apps_create_deployment"]
    platform.forget_requests()
    assert run("app_deployment", update_sources=True, wait=False)["deployment"] is None
    assert writes(platform) == ["apps_update"]


def test_wait_for_idle_lets_another_deployment_end(platform: Platform, shop: dict[str, Any], run: Runner) -> None:
    first = run("app_deployment", wait=False)["deployment"]["id"]
    result = run("app_deployment", wait_for_idle=True)
    assert result["deployment"]["phase"] == "ACTIVE"
    done = platform.call("GET", f"/v2/apps/{shop['id']}/deployments/{first}").json()["deployment"]
    assert done["phase"] == "SUPERSEDED"
    assert done["progress"]["steps"][-1]["status"] == "SUCCESS"


def test_idle_waits_for_everybody(platform: Platform, shop: dict[str, Any], run: Runner) -> None:
    begun = run("app_deployment", wait=False)["deployment"]["id"]
    result = run("app_deployment", state="idle")
    assert (result["changed"], result["deployment"]["id"], result["deployment"]["phase"]) == (False, begun, "ACTIVE")
    platform.outcome("migrate", "hang")
    assert run("app_deployment", wait=False)["changed"] is True
    result = run("app_deployment", state="idle", wait_timeout=30)
    assert result["failure"]["code"] == "wait_timeout"
    assert "Nothing was changed" in result["msg"]


def test_cancel_stops_what_runs_and_nothing_else(platform: Platform, shop: dict[str, Any], run: Runner) -> None:
    assert run("app_deployment", state="canceled")["changed"] is False
    assert platform.writes() == []
    begun = run("app_deployment", wait=False)["deployment"]["id"]
    platform.forget_requests()
    foretold = run("app_deployment", state="canceled", check=True)
    assert (foretold["changed"], foretold["deployment"]["id"]) == (True, begun)
    assert platform.writes() == []
    done = run("app_deployment", state="canceled")
    assert (done["changed"], done["deployment"]["id"], done["deployment"]["phase"]) == (True, begun, "CANCELED")
    for options in ({}, {"deployment_id": begun}):
        again = run("app_deployment", state="canceled", **options)
        assert again["changed"] is False
    assert writes(platform) == ["apps_cancel_deployment"]


@pytest.mark.parametrize("answer", ["reject", "ignore"])
def test_a_deployment_that_ends_while_it_is_canceled_is_no_change(
    platform: Platform, shop: dict[str, Any], run: Runner, monkeypatch: pytest.MonkeyPatch, answer: str
) -> None:
    platform.assume(cancel_finished=answer)
    begun = run("app_deployment", wait=False)["deployment"]["id"]
    cancel = AppsApi.cancel_deployment

    def too_late(api: AppsApi, app_id: str, deployment_id: str) -> dict[str, Any]:
        platform.advance(3600)
        return cancel(api, app_id, deployment_id)

    monkeypatch.setattr(AppsApi, "cancel_deployment", too_late)
    result = run("app_deployment", state="canceled")
    assert (result["changed"], result["deployment"]["id"], result["deployment"]["phase"]) == (False, begun, "ACTIVE")


def test_a_deployment_that_does_not_stop_is_told(
    platform: Platform, shop: dict[str, Any], run: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    platform.outcome("migrate", "hang")
    begun = run("app_deployment", wait=False)["deployment"]["id"]
    monkeypatch.setattr(AppsApi, "cancel_deployment", AppsApi.get_deployment)
    result = run("app_deployment", state="canceled", wait_timeout=40)
    assert (result["failure"]["code"], result["changed"]) == ("wait_timeout", True)
    assert "is not over 40 s after it was canceled" in result["msg"]
    assert result["deployment"]["id"] == begun


def test_a_refused_cancel_is_an_error(platform: Platform, shop: dict[str, Any], run: Runner) -> None:
    run("app_deployment", wait=False)
    platform.fault("error", status=400, id="bad_request", message="not now", operation="apps_cancel_deployment")
    result = run("app_deployment", state="canceled")
    assert (result["failure"]["status"], result["changed"]) == (400, False)
    assert "not now" in result["msg"]


def test_a_pinned_app_is_told_at_once(platform: Platform, shop: dict[str, Any], run: Runner) -> None:
    run("app_deployment")
    assert run("app_rollback")["changed"] is True
    platform.forget_requests()
    for check in (True, False):
        result = run("app_deployment", check=check)
        assert result["failure"]["code"] == "app_pinned"
        assert "app_rollback" in result["msg"]
    assert platform.writes() == []


def test_a_write_of_unknown_fate_is_told_as_such(platform: Platform, shop: dict[str, Any], run: Runner) -> None:
    platform.fault("cut", when="after", operation="apps_create_deployment")
    result = run("app_deployment")
    assert result["failed"] is True
    assert "Traceback" not in result["msg"]
    assert writes(platform) == ["apps_create_deployment"]


def test_what_does_not_fit_together_is_refused_before_any_call(platform: Platform, run: Runner) -> None:
    refused: list[tuple[dict[str, Any], str]] = [
        ({"state": "canceled", "force_build": True}, "force_build: belongs to state created"),
        ({"deployment_id": "x", "update_sources": True}, "update_sources: with deployment_id no deployment is made"),
        ({"force_build": True, "update_sources": True}, "one of them at a time"),
        ({"state": "idle", "deployment_id": "x"}, "state idle waits for all deployments"),
    ]
    for options, text in refused:
        result = run("app_deployment", **options)
        assert text in result["msg"], options
        assert result["failure"]["code"] == "usage"
    assert platform.requests() == []


def test_an_unknown_deployment_is_named(platform: Platform, shop: dict[str, Any], run: Runner) -> None:
    for wrong in ("no-id", "11111111-1111-4111-8111-111111111111"):
        for state in ("created", "canceled"):
            result = run("app_deployment", deployment_id=wrong, state=state)
            assert f"has no deployment '{wrong}'" in result["msg"]
