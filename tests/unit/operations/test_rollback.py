"""app_rollback: validated first, pinned, committed, reverted; a second run does nothing."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.oceanops.app_platform.plugins.module_utils._api.apps import AppsApi
from tests.platform import Platform
from tests.unit.operations.conftest import SHOP, Runner, writes

NOBODY = "11111111-1111-4111-8111-111111111111"


def release(platform: Platform, app: dict[str, Any], tag: str, **more: Any) -> str:
    """Deploy another tag of the service; the id of its deployment."""
    web = SHOP["services"][0]
    spec = {**SHOP, **more, "services": [{**web, "image": {**web["image"], "tag": tag}}]}
    made = platform.call("PUT", f"/v2/apps/{app['id']}", {"spec": spec}).json()["app"]["pending_deployment"]["id"]
    platform.advance(600)
    return str(made)


def tag_that_runs(platform: Platform) -> str:
    return str(platform.apps()["shop"]["active_deployment"]["spec"]["services"][0]["image"]["tag"])


def pinned(platform: Platform) -> bool:
    return "pinned_deployment" in platform.apps()["shop"]


@pytest.fixture
def released(platform: Platform, shop: dict[str, Any]) -> list[str]:
    """Ids of three more deployments, of the tags 3, 4 and 5."""
    found = [release(platform, shop, tag) for tag in "345"]
    platform.forget_requests()
    return found


def test_it_goes_back_one_version_and_not_further(platform: Platform, released: list[str], run: Runner) -> None:
    done = run("app_rollback")
    assert (done["changed"], done["deployment"]["phase"]) == (True, "ACTIVE"), done.get("msg")
    assert done["rollback"]["deployment_id"] == released[1]
    assert (tag_that_runs(platform), pinned(platform)) == ("4", True)
    for check in (True, False):
        again = run("app_rollback", check=check)
        assert (again["changed"], again["rollback"]["deployment_id"]) == (False, released[1])
    assert run("app_rollback", state="committed")["changed"] is True
    assert run("app_rollback")["changed"] is False
    assert (tag_that_runs(platform), pinned(platform)) == ("4", False)
    assert writes(platform) == ["apps_create_rollback", "apps_commit_rollback"]


def test_check_mode_validates_and_nothing_else(platform: Platform, released: list[str], run: Runner) -> None:
    foretold = run("app_rollback", check=True, diff=True)
    assert (foretold["changed"], foretold["deployment"]) == (True, None)
    assert foretold["rollback"]["deployment_id"] == released[1]
    before, after = (foretold["diff"][side]["services"][0]["image"] for side in ("before", "after"))
    assert (before, after) == ({"tag": "5"}, {"tag": "4"})
    assert platform.writes() == []
    assert [one["operation"] for one in platform.requests(method="POST")] == ["apps_validate_rollback"]


def test_it_goes_back_to_the_deployment_that_is_named(platform: Platform, released: list[str], run: Runner) -> None:
    done = run("app_rollback", deployment_id=released[0])
    assert (done["changed"], tag_that_runs(platform)) == (True, "3")
    assert run("app_rollback", deployment_id=released[0])["changed"] is False
    other = run("app_rollback", deployment_id=released[1])
    assert other["failure"]["code"] == "rollback_app_pinned"
    assert "state: committed" in other["msg"]
    assert "state: reverted" in other["msg"]


def test_to_be_where_the_app_is_already_is_no_change(platform: Platform, released: list[str], run: Runner) -> None:
    result = run("app_rollback", deployment_id=released[2])
    assert (result["changed"], result["deployment"]["id"]) == (False, released[2])
    assert platform.writes() == []


def test_skip_pin_leaves_the_app_free(platform: Platform, released: list[str], run: Runner) -> None:
    assert run("app_rollback", skip_pin=True)["changed"] is True
    assert (tag_that_runs(platform), pinned(platform)) == ("4", False)
    for options in ({}, {"deployment_id": released[1]}):
        assert run("app_rollback", skip_pin=True, **options)["changed"] is False
    assert writes(platform) == ["apps_create_rollback"]


def test_skip_pin_commits_what_is_pinned(platform: Platform, released: list[str], run: Runner) -> None:
    run("app_rollback")
    assert run("app_rollback", skip_pin=True, check=True)["changed"] is True
    assert pinned(platform)
    assert run("app_rollback", skip_pin=True)["changed"] is True
    assert not pinned(platform)
    assert run("app_rollback", skip_pin=True)["changed"] is False


def test_revert_brings_the_spec_before_it_back(platform: Platform, released: list[str], run: Runner) -> None:
    run("app_rollback")
    foretold = run("app_rollback", state="reverted", check=True)
    assert (foretold["changed"], foretold["rollback"]["deployment_id"]) == (True, released[1])
    done = run("app_rollback", state="reverted")
    assert (done["changed"], done["deployment"]["phase"]) == (True, "ACTIVE"), done.get("msg")
    assert (tag_that_runs(platform), pinned(platform)) == ("5", False)
    for state in ("reverted", "committed"):
        for check in (True, False):
            assert run("app_rollback", state=state, check=check)["changed"] is False
    assert writes(platform) == ["apps_create_rollback", "apps_revert_rollback"]


def test_an_interrupted_task_is_joined(platform: Platform, released: list[str], run: Runner) -> None:
    begun = run("app_rollback", wait=False)
    assert (begun["changed"], begun["deployment"]["phase"]) == (True, "PENDING_BUILD")
    again = run("app_rollback")
    assert (again["changed"], again["deployment"]["phase"]) == (False, "ACTIVE")
    assert again["deployment"]["id"] == begun["deployment"]["id"]
    begun = run("app_rollback", state="reverted", wait=False)
    again = run("app_rollback", state="reverted")
    assert (again["changed"], again["deployment"]["id"]) == (False, begun["deployment"]["id"])
    assert again["deployment"]["phase"] == "ACTIVE"


def test_an_interrupted_one_without_a_pin_is_joined(platform: Platform, released: list[str], run: Runner) -> None:
    begun = run("app_rollback", wait=False, skip_pin=True)
    again = run("app_rollback", skip_pin=True)
    assert (again["changed"], again["deployment"]["id"]) == (False, begun["deployment"]["id"])
    assert again["deployment"]["phase"] == "ACTIVE"
    assert writes(platform) == ["apps_create_rollback"]


def test_a_rollback_that_failed_is_told_and_not_committed(platform: Platform, released: list[str], run: Runner) -> None:
    platform.outcome("web")
    failed = run("app_rollback")
    assert (failed["failure"]["code"], failed["changed"]) == ("deployment_failed", True)
    for options in ({"state": "committed"}, {}, {"skip_pin": True}):
        again = run("app_rollback", **options)
        assert again["failure"]["code"] == "deployment_failed", options
    platform.clear_outcomes()
    assert run("app_rollback", state="reverted")["changed"] is True
    assert writes(platform) == ["apps_create_rollback", "apps_revert_rollback"]


def test_a_rollback_is_committed_only_when_it_is_done(platform: Platform, released: list[str], run: Runner) -> None:
    run("app_rollback", wait=False)
    done = run("app_rollback", state="committed")
    assert (done["changed"], done["deployment"]["phase"]) == (True, "ACTIVE")


def test_what_the_platform_refuses_is_told_with_a_way_out(
    platform: Platform, shop: dict[str, Any], run: Runner
) -> None:
    first = platform.apps()["shop"]["active_deployment"]["id"]
    platform.outcome("migrate")
    failed = release(platform, shop, "bad")
    platform.clear_outcomes()
    for number in range(11):
        release(platform, shop, f"v{number}")
    platform.forget_requests()
    cases = {
        first: ("rollback_exceeded_revision_limit", "module app"),
        failed: ("rollback_incompatible_result", "app_dep"),
    }
    for target, (code, way) in cases.items():
        for check in (True, False):
            result = run("app_rollback", deployment_id=target, check=check)
            assert (result["failure"]["code"], result["changed"]) == (code, False)
            assert way in result["msg"]
    release(platform, shop, "other", databases=[{"name": "db", "engine": "PG"}])
    conflict = run("app_rollback")
    assert conflict["failure"]["code"] == "rollback_database_config_conflict"
    assert "leaves databases alone" in conflict["msg"]
    for wrong in (NOBODY, "shop"):
        unknown = run("app_rollback", deployment_id=wrong)
        assert f"can't go back to '{wrong}'" in unknown["msg"]
    assert writes(platform) == ["apps_update"]


def test_warnings_of_the_platform_are_told(platform: Platform, released: list[str], run: Runner) -> None:
    warning = {"code": "static_site_requires_rebuild", "message": "sites are built again", "components": ["docs"]}

    def validate(api: AppsApi, app_id: str, deployment_id: str, skip_pin: bool = False) -> dict[str, Any]:
        return {"valid": True, "warnings": [warning]}

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(AppsApi, "validate_rollback", validate)
        result = run("app_rollback", check=True)
    assert result["rollback"]["warnings"] == [warning]
    assert run.warnings == [f"Rollback to {released[1]}: sites are built again (docs)"]


def test_an_app_with_one_deployment_has_nothing_to_go_back_to(
    platform: Platform, shop: dict[str, Any], run: Runner
) -> None:
    result = run("app_rollback")
    assert result["failure"]["code"] == "no_rollback_target"
    assert platform.writes() == []


def test_a_run_of_a_job_is_no_version_to_go_back_to(platform: Platform, released: list[str], run: Runner) -> None:
    assert run("app_job_run", job="migrate")["changed"] is True
    # What is live is the deployment after the job's run, of the very same version as the last release.
    assert run("app_rollback", check=True)["rollback"]["deployment_id"] == released[1]


def test_a_restart_is_no_version_of_its_own(platform: Platform, released: list[str], run: Runner) -> None:
    run("app_restart")
    assert run("app_rollback", check=True)["rollback"]["deployment_id"] == released[1]
    assert run("app_rollback", deployment_id=released[2])["changed"] is False


def test_newer_images_of_the_same_spec_are_another_version(
    platform: Platform, released: list[str], run: Runner
) -> None:
    platform.happen("push", "shop")
    run("app_deployment")
    assert run("app_rollback", check=True)["rollback"]["deployment_id"] == released[2]


def test_options_of_another_state_are_refused(platform: Platform, run: Runner) -> None:
    result = run("app_rollback", state="committed", deployment_id=NOBODY, skip_pin=True)
    assert result["msg"].splitlines() == [
        "deployment_id: belongs to state rolled_back, not to committed",
        "skip_pin: belongs to state rolled_back, not to committed",
    ]
    assert platform.requests() == []


def test_wait_for_idle_goes_back_after_what_runs(platform: Platform, released: list[str], run: Runner) -> None:
    running = run("app_deployment", wait=False)["deployment"]["id"]
    done = run("app_rollback", deployment_id=released[0], wait_for_idle=True)
    assert (done["changed"], tag_that_runs(platform)) == (True, "3")
    found = platform.call("GET", f"/v2/apps/{platform.apps()['shop']['id']}/deployments/{running}").json()
    assert found["deployment"]["progress"]["steps"][-1]["status"] == "SUCCESS"
