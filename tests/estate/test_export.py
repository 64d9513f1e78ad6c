"""An estate of 60 mixed apps, exported by a real ansible-playbook: applying what comes of it changes nothing."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.estate.running import playbook
from tests.estate.specs import ODD_NAMES, estate
from tests.platform import Platform

pytestmark = [pytest.mark.both_paths, pytest.mark.slow]

APPS = 60


def secrets_of(value: Any) -> set[str]:
    """The secrets that the generator made, wherever they stand."""
    return set(re.findall(r"secret-[a-z0-9]{24}", json.dumps(value)))


@pytest.fixture(scope="module")
def specs() -> list[dict[str, Any]]:
    return estate(APPS)


@pytest.fixture(scope="module")
def platform(specs: list[dict[str, Any]], simulator: Platform) -> Platform:
    simulator.reset()
    simulator.assume(unknown_field="keep")
    simulator.seed(specs)
    return simulator


@pytest.fixture(scope="module")
def folder(platform: Platform, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the whole estate was exported to, as `inventory`."""
    folder = tmp_path_factory.mktemp("estate")
    platform.forget_requests()
    done = playbook(folder, platform, "export", "-e", "export_directory=inventory")
    assert done.code == 0, done.output
    assert f"{APPS} apps, " in done.output
    assert [(one["method"], one["operation"]) for one in platform.requests()] == [("GET", "apps_list")]
    return folder


def test_the_estate_is_mixed(specs: list[dict[str, Any]]) -> None:
    """A generator that made the same simple app each time would prove nothing."""
    text = json.dumps(specs)
    sections = Counter(key for spec in specs for key in spec)
    for section in ("services", "workers", "jobs", "static_sites", "functions", "databases", "domains", "ingress"):
        assert sections[section] >= 10, section
    for part in ("envs", "alerts", "egress", "maintenance", "hibernation"):
        assert sections[part] >= 5, part
    for word in ("PRE_DEPLOY", "POST_DEPLOY", "FAILED_DEPLOY", "SCHEDULED", "papertrail", "logtail", "open_search"):
        assert text.count(f'"{word}"') >= 5, word
    assert len(secrets_of(specs)) > APPS
    assert {spec["name"] for spec in specs} >= set(ODD_NAMES)
    assert estate(5) == specs[:5]


@pytest.mark.parametrize("mode", [["--check", "--diff"], []], ids=["check", "for_real"])
def test_applying_it_changes_nothing(mode: list[str], folder: Path, platform: Platform) -> None:
    before = {name: app["spec"] for name, app in platform.apps().items()}
    platform.forget_requests()
    done = playbook(folder, platform, "site", "-i", "inventory", "--forks", "4", *mode)
    assert done.code == 0, done.output[-4000:]
    assert len(done.recap) == APPS
    assert {host: counts for host, counts in done.recap.items() if counts != (0, 0)} == {}
    assert platform.writes() == []
    # One GET for each app, and one list for all: also where four processes start at once.
    assert Counter(one["operation"] for one in platform.requests()) == {"apps_get": APPS, "apps_list": 1}
    assert {name: app["spec"] for name, app in platform.apps().items()} == before


def test_no_secret_is_in_a_file(folder: Path, specs: list[dict[str, Any]]) -> None:
    files = {path: path.read_text() for path in (folder / "inventory").rglob("*.yml")}
    assert len(files) > APPS
    found = {path for path, text in files.items() if secrets_of(text) or "EV[" in text}
    assert found == set()


def test_every_secret_has_an_empty_place(folder: Path, platform: Platform) -> None:
    """Except where app_secrets has no place for it: those are named in the file's comment."""
    for name, app in platform.apps().items():
        host = app["id"] if name in ("all", "localhost", "ungrouped", "apps") else name
        keys = {
            (component.get("name", "_app") if component is not app["spec"] else "_app", env["key"])
            for section in ("services", "workers", "jobs", "static_sites", "functions")
            for component in [app["spec"], *app["spec"].get(section, ())]
            for env in component.get("envs", ())
            if env.get("type") == "SECRET"
        }
        path = folder / "inventory" / "host_vars" / host / "vault.yml"
        if not keys and not path.exists():
            continue
        told = yaml.safe_load(path.read_text())["app_secrets"]
        assert {value for values in told.values() for value in values.values()} <= {None}
        written = {(part, key) for part, values in told.items() for key in values if "." not in key}
        assert written == keys, name
        assert path.stat().st_mode & 0o077 == 0


def test_a_folder_with_other_files_is_refused_and_a_filled_vault_stays(platform: Platform, tmp_path: Path) -> None:
    arguments = ["-e", "export_directory=one", "-e", "export_apps=app-040"]
    assert playbook(tmp_path, platform, "export", *arguments).code == 0
    folder = tmp_path / "one"
    app, vault = (folder / "host_vars" / "app-040" / name for name in ("app.yml", "vault.yml"))
    exported = app.read_text()
    assert "changed=0" in playbook(tmp_path, platform, "export", *arguments).output
    app.write_text("app_name: app-040\n")
    vault.write_text("$ANSIBLE_VAULT;1.1;AES256\n")
    refused = playbook(tmp_path, platform, "export", *arguments)
    assert refused.code == 2
    assert "is not empty" in refused.output
    assert app.read_text() == "app_name: app-040\n"
    forced = [*arguments, "-e", "export_overwrite=true"]
    assert "1 file" in playbook(tmp_path, platform, "export", *forced, "--check").output
    assert app.read_text() == "app_name: app-040\n"
    assert playbook(tmp_path, platform, "export", *forced).code == 0
    assert app.read_text() == exported
    assert vault.read_text() == "$ANSIBLE_VAULT;1.1;AES256\n"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([], "-e export_directory=FOLDER"),
        (["-e", "export_directory=x", "-e", "export_apps=app-04O"], "Did you mean"),
    ],
    ids=["no_folder", "unknown_app"],
)
def test_what_is_refused(arguments: list[str], told: str, platform: Platform, tmp_path: Path) -> None:
    done = playbook(tmp_path, platform, "export", *arguments)
    assert done.code == 2
    assert told in done.output
    assert not (tmp_path / "x").exists()
