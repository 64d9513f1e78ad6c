"""What a task may remove, rename, take over or create: only what it says."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.oceanops.app_platform.plugins.module_utils._api.apps import AppsApi
from tests.operations.conftest import IMAGE, SHOP, Run
from tests.platform import Platform

NEW: dict[str, Any] = {"name": "new", "workers": [{"name": "w1", "image": IMAGE, "run_command": "x"}]}
OLD: dict[str, Any] = {"name": "new", "region": "fra", "workers": [{"name": "theirs", "image": IMAGE}]}
PROJECT = "6a8b9c1d-2e3f-4a5b-8c7d-9e0f1a2b3c4d"
RICH: dict[str, Any] = {
    **SHOP,
    "domains": [{"domain": "shop.example.com", "type": "PRIMARY"}],
    "alerts": [{"rule": "DEPLOYMENT_FAILED"}],
    "envs": [{"key": "REGION", "value": "eu"}],
}


@pytest.mark.parametrize("section", ["workers", "jobs", "domains", "alerts", "envs"])
def test_an_empty_list_removes_and_a_missing_one_does_not(section: str, run: Run, platform: Platform) -> None:
    before = platform.seed([RICH])[0]["spec"]
    platform.forget_requests()
    assert not run("app", spec={"name": "shop"})["changed"]
    assert not run("app", spec={"name": "shop", section: None})["changed"]
    assert platform.writes() == []
    foretold = run("app", check=True, spec={"name": "shop", section: []})
    emptied = run("app", spec={"name": "shop", section: []})
    assert emptied["changed"], emptied
    assert foretold["diff"] == emptied["diff"]
    assert list(emptied["diff"]["before"]) == [section]
    after = platform.apps()["shop"]["spec"]
    assert after == {name: value for name, value in before.items() if name != section}
    assert not run("app", spec={"name": "shop", section: []})["changed"]


def test_an_empty_list_of_a_component(run: Run, platform: Platform, shop: dict[str, Any]) -> None:
    assert not run("app_service", app="shop", name="web")["changed"]
    assert run("app_service", app="shop", name="web", envs=[])["changed"]
    after = platform.apps()["shop"]["spec"]
    assert "envs" not in after["services"][0]
    assert after["jobs"] == shop["spec"]["jobs"]
    assert not run("app_service", app="shop", name="web", envs=[])["changed"]


def test_purge_removes_what_is_not_declared_and_nothing_does_without_it(run: Run, platform: Platform) -> None:
    platform.seed([RICH])
    spec = {"name": "shop", "services": SHOP["services"]}
    assert not run("app", spec=spec)["changed"]
    assert run("app", spec=spec, purge=True)["changed"]
    assert not {"workers", "jobs", "domains", "alerts", "envs"} & set(platform.apps()["shop"]["spec"])
    assert not run("app", spec=spec, purge=True)["changed"]


def test_confirm_destroy_is_for_the_databases_that_it_names(run: Run, platform: Platform) -> None:
    databases = [{"name": "db", "engine": "PG"}, {"name": "other", "engine": "PG"}]
    platform.seed([{**SHOP, "databases": databases}])
    platform.forget_requests()
    for check in (True, False):
        refused = run("app", check=check, spec=SHOP, purge=True, confirm_destroy=["db"])
        assert "databases[other]" in refused["msg"]
        assert "databases[db]" not in refused["msg"]
    assert platform.writes() == []
    kept = {**SHOP, "databases": databases[1:]}
    assert run("app", spec=kept, purge=True, confirm_destroy=["db"])["changed"]
    assert [one["name"] for one in platform.apps()["shop"]["spec"]["databases"]] == ["other"]


def test_two_apps_of_one_name(
    run: Run, platform: Platform, shop: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A platform that let it happen is not guessed about."""
    listed = AppsApi.list_apps
    other = "ffffffff-0000-4000-8000-000000000000"

    def twice(api: AppsApi, with_projects: bool = False) -> Any:
        for app in listed(api, with_projects):
            yield from (app, {**app, "id": other})

    monkeypatch.setattr(AppsApi, "list_apps", twice)
    for module, options in (
        ("app", {"spec": {**SHOP, "region": "fra"}}),
        ("app", {"name": "shop", "state": "absent"}),
        ("app_job", {"app": "shop", "name": "migrate", "state": "absent"}),
        ("app_restart", {"app": "shop"}),
    ):
        refused = run(module, **options)
        assert refused["failure"]["code"] == "app_ambiguous"
        assert shop["id"] in refused["msg"]
        assert other in refused["msg"]
    assert platform.writes() == []
    assert run("app_job", app_id=shop["id"], name="migrate", timeout="1h")["changed"]


def before_the_create(monkeypatch: pytest.MonkeyPatch, platform: Platform, spec: dict[str, Any]) -> None:
    """Somebody else makes an app of the same name between our look and our create."""
    create = AppsApi.create_app

    def late(api: AppsApi, *args: Any) -> Any:
        platform.seed([spec])
        return create(api, *args)

    monkeypatch.setattr(AppsApi, "create_app", late)


def test_a_name_that_was_taken_meanwhile(run: Run, platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    """409: the app that is there is taken, with all that it has."""
    before_the_create(monkeypatch, platform, OLD)
    made = run("app", spec=NEW)
    assert made["changed"], made
    assert [(one["method"], one["status"]) for one in platform.writes()] == [("POST", 409), ("PUT", 200)]
    (app,) = platform.apps().values()
    assert app["spec"]["region"] == "fra"
    assert sorted(one["name"] for one in app["spec"]["workers"]) == ["theirs", "w1"]
    monkeypatch.undo()
    assert not run("app", spec=NEW)["changed"]


def test_a_name_that_was_taken_for_the_very_same_app(
    run: Run, platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    before_the_create(monkeypatch, platform, NEW)
    made = run("app", spec=NEW)
    assert (made.get("failed"), made["changed"]) == (None, False)
    assert len(platform.apps()) == 1


@pytest.mark.parametrize("fault", ["hang", "cut", "truncated", "html", "list", "timeout_524"])
def test_a_create_whose_answer_is_lost_is_told_and_never_sent_again(fault: str, run: Run, platform: Platform) -> None:
    platform.fault(fault, method="POST", path="/v2/apps", when="after")
    made = run("app", spec=NEW, api_timeout=0.3 if fault == "hang" else 30)
    assert made["changed"], made
    assert "is adopted" in "".join(made["warned"])
    assert made["app"]["id"] == platform.apps()["new"]["id"]
    assert len(platform.requests(method="POST", path="/v2/apps")) == 1
    platform.clear_faults()
    assert not run("app", spec=NEW)["changed"]


def test_a_project_that_does_not_take_the_changed_app(run: Run, platform: Platform, shop: dict[str, Any]) -> None:
    platform.fault("error", status=403, method="POST", path="/v2/projects/*")
    unchanged = run("app", spec=SHOP, project=PROJECT)
    assert (unchanged["failed"], unchanged["changed"]) == (True, False)
    platform.fault("error", status=403, method="POST", path="/v2/projects/*")
    worker = {"name": "queue", "image": IMAGE, "run_command": "other"}
    changed = run("app", spec={**SHOP, "workers": [worker]}, project=PROJECT)
    assert (changed["failed"], changed["changed"]) == (True, True)
    assert changed["app"]["id"] == shop["id"]


def test_an_alert_whose_destinations_are_refused(run: Run, platform: Platform, shop: dict[str, Any]) -> None:
    options: dict[str, Any] = {"app": "shop", "rule": "DOMAIN_FAILED", "emails": ["a@example.com"]}
    platform.fault("error", status=403, method="POST", path="/v2/apps/*/alerts/*")
    failed = run("app_alert", **options)
    assert (failed["failed"], failed["changed"]) == (True, True)
    assert failed["app"]["id"] == shop["id"]
    assert run("app_alert", **options)["changed"]
    assert not run("app_alert", **options)["changed"]
