"""The playbook `drift`: it tells what differs, fails then, and writes nothing."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.estate.running import playbook
from tests.estate.specs import estate
from tests.platform import Platform

pytestmark = pytest.mark.both_paths

SPECS = estate(60)[30:36]
SECRET = "a-secret-that-nobody-may-see"


@pytest.fixture
def platform(simulator: Platform) -> Platform:
    simulator.reset()
    simulator.assume(unknown_field="keep")
    simulator.seed(SPECS)
    return simulator


@pytest.fixture(scope="module")
def inventory(simulator: Platform, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The apps as the playbook `export` writes them."""
    simulator.reset()
    simulator.assume(unknown_field="keep")
    simulator.seed(SPECS)
    folder = tmp_path_factory.mktemp("exported")
    done = playbook(folder, simulator, "export", "-e", "export_directory=inventory")
    assert done.code == 0, done.output
    return folder / "inventory"


@pytest.fixture
def folder(inventory: Path, platform: Platform, tmp_path: Path) -> Path:
    """A folder with an inventory of the test's own."""
    shutil.copytree(inventory, tmp_path / "inventory")
    platform.forget_requests()
    return tmp_path


def asked(platform: Platform) -> set[str]:
    return {f"{one['method']} {one['operation']}" for one in platform.requests()}


@pytest.mark.slow
def test_no_drift(folder: Path, platform: Platform) -> None:
    done = playbook(folder, platform, "drift", "-i", "inventory", "-e", "drift_report=report.json")
    assert done.code == 0, done.output
    report = json.loads((folder / "report.json").read_text())
    assert (report["checked"], report["same"]) == (6, 6)
    assert report["unmanaged"] == []
    assert asked(platform) == {"GET apps_list", "GET apps_get"}


@pytest.mark.parametrize("name", ["report.json", pytest.param("report.md", marks=pytest.mark.slow)])
def test_drift_is_told_and_fails(name: str, folder: Path, platform: Platform) -> None:
    apps = platform.apps()
    changed = apps["app-031"]["spec"]
    changed["envs"] = [{"key": "BY_HAND", "value": "1"}, {"key": "SECRET_9", "type": "SECRET", "value": SECRET}]
    changed["alerts"] = [{"rule": "DOMAIN_LIVE"}]
    changed["region"] = apps["app-031"]["spec"]["region"]
    vars_ = folder / "inventory" / "host_vars" / "app-031" / "app.yml"
    text = vars_.read_text() + "\napp_alerts: [{rule: DEPLOYMENT_CANCELED}]\n"
    vars_.write_text("\n".join(line for line in text.splitlines()))
    platform.call("DELETE", f"/v2/apps/{apps['app-032']['id']}")
    platform.seed([{**SPECS[0], "name": "stranger", "domains": []}])
    assert platform.call("PUT", f"/v2/apps/{apps['app-031']['id']}", {"spec": changed}).status_code == 200
    platform.forget_requests()
    done = playbook(folder, platform, "drift", "-i", "inventory", "-e", f"drift_report={name}")
    assert done.code == 2, done.output
    assert '"app-031: drifted"' in done.output
    assert '"app-032: missing' in done.output
    assert '"stranger: live, but not in the inventory"' in done.output
    assert "1 drifted, 1 missing, 0 could not be checked, of 6 apps." in done.output
    report = (folder / name).read_text()
    assert "DEPLOYMENT_CANCELED" in report
    assert "stranger" in report
    assert SECRET not in done.output + report
    if name.endswith(".json"):
        read = json.loads(report)
        assert {one["app"]: one["state"] for one in read["apps"] if one["state"] != "same"} == {
            "app-031": "drifted",
            "app-032": "missing",
        }
    assert platform.writes() == []
    assert asked(platform) <= {"GET apps_list", "GET apps_get", "POST apps_validate_appSpec"}


@pytest.mark.slow
def test_drift_that_shall_not_fail_of_one_app(folder: Path, platform: Platform) -> None:
    path = folder / "inventory" / "host_vars" / "app-031" / "app.yml"
    path.write_text(path.read_text() + "app_maintenance: {enabled: true, offline_page_url: https://example.com}\n")
    more = ["--limit", "app-031", "-e", "drift_fail=false", "-e", "drift_unmanaged=false"]
    done = playbook(folder, platform, "drift", "-i", "inventory", *more)
    assert done.code == 0, done.output
    assert '"app-031: drifted"' in done.output
    assert platform.writes() == []


@pytest.mark.slow
def test_an_app_that_cannot_be_checked_does_not_hide_the_others(folder: Path, platform: Platform) -> None:
    path = folder / "inventory" / "host_vars" / "app-031" / "app.yml"
    path.write_text(path.read_text() + "app_services: [{name: web, http_port: eighty}]\n")
    done = playbook(folder, platform, "drift", "-i", "inventory")
    assert done.code == 2
    assert '"app-031: failed: ' in done.output
    assert "0 drifted, 0 missing, 1 could not be checked, of 6 apps." in done.output
