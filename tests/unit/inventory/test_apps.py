"""The inventory plugin: apps as hosts, read from the simulator."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.oceanops.app_platform.plugins.module_utils._resources.app_facts import (
    app_facts,
    newest_deployment,
)
from ansible_collections.oceanops.app_platform.plugins.plugin_utils._inventory_groups import group_name, groups
from tests.platform import ROOT, Platform
from tests.unit.inventory.conftest import Load, new_plugin

IMAGE = {"registry_type": "DOCR", "repository": "shop", "tag": "1.0"}
SECRET = "a-secret-nobody-sees"
SHOP: dict[str, Any] = {
    "name": "shop",
    "region": "ams",
    "services": [
        {
            "name": "web",
            "image": IMAGE,
            "routes": [{"path": "/"}],
            "envs": [
                {"key": "TOKEN", "type": "SECRET", "value": SECRET},
                {"key": "LOG", "value": "{{ 6 * 7 }}"},
                {"key": "ANSIBLE_SECRETS_FINGERPRINT", "value": "v1:abc"},
            ],
            "log_destinations": [{"name": "logs", "logtail": {"token": f"{SECRET}-2"}}],
        }
    ],
    "jobs": [
        {"name": "migrate", "kind": "PRE_DEPLOY", "image": IMAGE, "run_command": "migrate"},
        {"name": "report", "kind": "SCHEDULED", "schedule": {"cron": "0 5 * * *"}, "image": IMAGE, "run_command": "r"},
    ],
}
QUEUE: dict[str, Any] = {"name": "queue", "region": "fra", "workers": [{"name": "work", "image": IMAGE}]}


def hosts_of(inventory: Any, group: str) -> list[str]:
    return sorted(host.name for host in inventory.groups[group].get_hosts())


def test_hosts_and_groups(load: Load, platform: Platform) -> None:
    platform.seed([{"spec": SHOP, "project_id": "5f1c2f3a-9c0e-4a53-8f43-0ad5e3fd0c5d"}, QUEUE])
    platform.forget_requests()
    inventory = load()
    assert hosts_of(inventory, "app_platform") == ["queue", "shop"]
    assert hosts_of(inventory, "region_ams") == ["shop"]
    assert hosts_of(inventory, "region_fra") == ["queue"]
    assert hosts_of(inventory, "project_5f1c2f3a_9c0e_4a53_8f43_0ad5e3fd0c5d") == ["shop"]
    assert hosts_of(inventory, "phase_active") == ["queue", "shop"]
    assert hosts_of(inventory, "component_worker") == ["queue"]
    assert hosts_of(inventory, "component_service") == hosts_of(inventory, "component_job") == ["shop"]
    assert hosts_of(inventory, "job_kind_pre_deploy") == hosts_of(inventory, "job_kind_scheduled") == ["shop"]
    assert {name for name in inventory.groups if name.startswith("tier_")}
    assert [one["path"] for one in platform.requests()] == ["/v2/apps"]


def test_variables(load: Load, platform: Platform) -> None:
    (app,) = platform.seed([SHOP])
    told = load().get_host("shop").get_vars()
    assert told["ansible_connection"] == "local"
    assert told["ansible_python_interpreter"] == sys.executable
    assert told["app_platform_id"] == app["id"]
    assert told["app_platform_region"] == "ams"
    assert told["app_platform_phase"] == "ACTIVE"
    assert told["app_platform_live_url"] == app["live_url"]
    assert told["app_platform_deployment_id"] == told["app_platform_active_deployment_id"]
    assert told["app_platform_deployment_id"] == app["active_deployment"]["id"]
    assert told["app_platform_pinned"] is False
    assert told["app_platform_jobs"][1]["name"] == "report"
    assert told["app_platform_jobs"][1]["kind"] == "SCHEDULED"
    assert told["app_platform_jobs"][1]["cron"] == "0 5 * * *"
    assert {"name": "web", "kind": "service"} in told["app_platform_components"]
    spec = told["app_platform_spec"]
    envs = {env["key"]: env for env in spec["services"][0]["envs"]}
    assert set(envs) == {"TOKEN", "LOG"}
    assert "value" not in envs["TOKEN"]
    assert envs["LOG"]["value"] == "{{ 6 * 7 }}"


def test_no_secret_is_told(load: Load, platform: Platform) -> None:
    platform.seed([SHOP])
    told = str(load().get_host("shop").get_vars())
    assert SECRET not in told
    assert "EV[" not in told
    assert platform.token not in told
    assert "logtail" in told


def test_the_phase_is_that_of_the_newest_deployment(load: Load, platform: Platform) -> None:
    platform.seed([SHOP, QUEUE])
    platform.advance(60)
    platform.outcome("web", "fail", app="shop")
    platform.happen("edit", "shop", edit={"envs": [{"key": "A", "value": "b"}]})
    platform.advance(3600)
    platform.forget_requests()
    inventory = load()
    assert inventory.get_host("shop").get_vars()["app_platform_phase"] == "ERROR"
    assert hosts_of(inventory, "phase_error") == ["shop"]
    assert hosts_of(inventory, "phase_active") == ["queue"]
    assert len(platform.requests()) == 2
    platform.forget_requests()
    assert hosts_of(load(look_up_failed=False), "phase_unknown") == ["shop"]
    assert len(platform.requests()) == 1


def test_a_deployment_under_way(load: Load, platform: Platform) -> None:
    platform.clock("manual")
    platform.seed([SHOP])
    platform.happen("edit", "shop", edit={"envs": [{"key": "A", "value": "b"}]})
    told = load().get_host("shop").get_vars()
    assert told["app_platform_phase"] not in ("ACTIVE", "UNKNOWN", None)
    assert told["app_platform_deployment_id"] != told["app_platform_active_deployment_id"]


def test_an_app_without_a_deployment() -> None:
    assert newest_deployment(None, {"id": "x"}, look_up=True) is None  # type: ignore[arg-type]  # nothing is asked


@pytest.mark.parametrize("odd", [5, 1.5, True, "x", {"a": 1}, [1], [[1]], [None]])
def test_an_app_that_is_odd_inside_stops_no_others(odd: Any) -> None:
    spec = {"name": "shop", **dict.fromkeys(("services", "jobs", "static_sites", "databases", "domains"), odd)}
    told = app_facts({"id": "x", "spec": spec}, None)
    assert told["name"] == "shop"
    assert told["components"] == told["jobs"] == told["domains"] == []
    assert set(groups(told)) == set()


def test_all_pages(load: Load, platform: Platform) -> None:
    platform.seed([{**QUEUE, "name": f"app-{number}"} for number in range(230)])
    platform.forget_requests()
    assert len(hosts_of(load(), "app_platform")) == 230
    assert len(platform.requests()) == 2


def test_filters(load: Load, platform: Platform) -> None:
    project = "5f1c2f3a-9c0e-4a53-8f43-0ad5e3fd0c5d"
    platform.seed([{"spec": SHOP, "project_id": project}, QUEUE])
    assert hosts_of(load(regions=["fra"]), "app_platform") == ["queue"]
    assert hosts_of(load(project_ids=[project]), "app_platform") == ["shop"]


def test_constructed(load: Load, platform: Platform) -> None:
    platform.seed([SHOP, QUEUE])
    inventory = load(
        default_groups=False,
        local=False,
        group="all-of-them",
        strict=True,
        keyed_groups=[{"key": "app_platform_region", "prefix": "where"}],
        groups={"with_jobs": "app_platform_jobs | length > 0"},
        compose={"scheduled": "app_platform_jobs | selectattr('kind', 'eq', 'SCHEDULED') | map(attribute='name')"},
    )
    assert set(inventory.groups) == {"all", "ungrouped", "all_of_them", "where_ams", "where_fra", "with_jobs"}
    assert hosts_of(inventory, "with_jobs") == ["shop"]
    assert list(inventory.get_host("shop").get_vars()["scheduled"]) == ["report"]
    assert "ansible_connection" not in inventory.get_host("shop").get_vars()


def test_a_wrong_expression_is_told(load: Load, platform: Platform) -> None:
    from ansible.errors import AnsibleError

    platform.seed([QUEUE])
    assert load(groups={"x": "nothing_like_it > 1"}).get_host("queue") is not None
    with pytest.raises(AnsibleError):
        load(groups={"x": "nothing_like_it > 1"}, strict=True)


def test_names_with_another_meaning(load: Load, platform: Platform) -> None:
    apps = platform.seed([{**QUEUE, "name": "localhost"}, {**QUEUE, "name": "all"}])
    assert hosts_of(load(), "app_platform") == sorted(app["id"] for app in apps)


def test_ids_as_names(load: Load, platform: Platform) -> None:
    (app,) = platform.seed([QUEUE])
    assert hosts_of(load(hostname="id"), "app_platform") == [app["id"]]


def test_the_cache(load: Load, platform: Platform, tmp_path: Path) -> None:
    platform.seed([SHOP])
    where = tmp_path / "cache"
    cached = {"cache": True, "cache_plugin": "jsonfile", "cache_connection": str(where)}
    load(**cached)
    platform.seed([QUEUE])
    platform.forget_requests()
    assert hosts_of(load(**cached), "app_platform") == ["shop"]
    assert platform.requests() == []
    for file in where.iterdir():
        assert SECRET not in file.read_text()
        assert platform.token not in file.read_text()
    assert hosts_of(load(**{**cached, "token": "dop_v1_" + "d" * 64}), "app_platform") == ["queue", "shop"]


def test_the_cache_is_refreshed(platform: Platform, load: Load, tmp_path: Path) -> None:
    platform.seed([SHOP])
    options = {"cache": True, "cache_plugin": "jsonfile", "cache_connection": str(tmp_path / "cache")}
    load(**options)
    platform.seed([QUEUE])
    assert hosts_of(load(**options), "app_platform") == ["shop"]
    assert hosts_of(load(refresh=True, **options), "app_platform") == ["queue", "shop"]
    assert hosts_of(load(**options), "app_platform") == ["queue", "shop"]


def test_a_cache_that_is_too_old(platform: Platform, load: Load, tmp_path: Path) -> None:
    where = tmp_path / "cache"
    options = {"cache": True, "cache_plugin": "jsonfile", "cache_connection": str(where), "cache_timeout": 600}
    platform.seed([SHOP])
    load(**options)
    platform.seed([QUEUE])
    for file in where.iterdir():
        os.utime(file, (1, 1))
    assert hosts_of(load(**options), "app_platform") == ["queue", "shop"]


def test_the_token_of_the_environment(load: Load, platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    platform.seed([QUEUE])
    platform.tokens({platform.token: []})
    monkeypatch.setenv("DIGITALOCEAN_ACCESS_TOKEN", "")
    monkeypatch.setenv("DIGITALOCEAN_TOKEN", platform.token)
    monkeypatch.setenv("DIGITALOCEAN_API_URL", platform.url)
    assert hosts_of(load(token=None, api_url=None), "app_platform") == ["queue"]


def test_templates_in_options(load: Load, platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    platform.seed([QUEUE])
    platform.tokens({platform.token: []})
    monkeypatch.setenv("MY_OWN_TOKEN", platform.token)
    inventory = load(token="{{ lookup('env', 'MY_OWN_TOKEN') }}")
    assert hosts_of(inventory, "app_platform") == ["queue"]


def test_failures_say_why(load: Load, platform: Platform) -> None:
    from ansible.errors import AnsibleParserError

    with pytest.raises(AnsibleParserError, match="token: missing; give `token`"):
        load(token=None)
    platform.tokens({"dop_v1_" + "e" * 64: []})
    with pytest.raises(AnsibleParserError) as caught:
        load()
    assert platform.token not in str(caught.value)
    assert "token" in str(caught.value).lower()


def test_only_its_own_files() -> None:
    plugin = new_plugin()
    assert not plugin.verify_file(str(ROOT / "galaxy.yml"))
    assert not plugin.verify_file("/nowhere/app_platform.yml")


def test_names_of_groups() -> None:
    assert group_name("project", "5F1C-é.x") == "project_5f1c___x"


def test_ansible_inventory(platform: Platform, tmp_path: Path) -> None:
    """The real command, as a user gives it."""
    platform.seed([SHOP, QUEUE])
    (tmp_path / "x.app_platform.yml").write_text(
        f"plugin: oceanops.app_platform.apps\ntoken: {platform.token}\napi_url: {platform.url}\n"
    )
    command = [sys.executable, "-m", "ansible.cli.inventory", "-i", "x.app_platform.yml", "--list"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "WARNING" not in done.stderr, done.stderr
    listed = json.loads(done.stdout)
    assert sorted(listed["app_platform"]["hosts"]) == ["queue", "shop"]
    told = listed["_meta"]["hostvars"]["shop"]
    web = told["app_platform_spec"]["services"][0]
    # Core's own way to write a text that is no template.
    assert web["image"] == {name: {"__ansible_unsafe": value} for name, value in IMAGE.items()}
    assert web["envs"][1]["value"] == {"__ansible_unsafe": "{{ 6 * 7 }}"}
    assert told["app_platform_phase"] == {"__ansible_unsafe": "ACTIVE"}
    assert SECRET not in done.stdout + done.stderr
    assert platform.token not in done.stdout + done.stderr
