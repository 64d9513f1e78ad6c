"""The collection as a whole: its metadata agree with the files, and exactly what users need ships."""

from __future__ import annotations

import importlib
import os
import re
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible.module_utils.compat.version import StrictVersion

from ansible_collections.oceanops.app_platform.plugins.module_utils._system import version as version_module
from tools.house import copy_tracked

ROOT = Path(__file__).resolve().parents[2]
GALAXY: dict[str, Any] = yaml.safe_load((ROOT / "galaxy.yml").read_text())
RUNTIME: dict[str, Any] = yaml.safe_load((ROOT / "meta" / "runtime.yml").read_text())

PLUGINS = "ansible_collections.oceanops.app_platform.plugins"

SHIPPED = {
    "CHANGELOG.md",
    "CODE_OF_CONDUCT.md",
    "SECURITY.md",
    "CONTRIBUTING.md",
    "FILES.json",
    "LICENSE",
    "LICENSES",
    "MANIFEST.json",
    "README.md",
    "REUSE.toml",
    "bindep.txt",
    "changelogs",
    "docs",
    "inventory",
    "meta",
    "playbooks",
    "plugins",
    "requirements.txt",
    "roles",
}
# What Galaxy accepts as the subject of a collection; it wants at least one of them among the tags.
SUBJECTS = {
    "application", "cloud", "database", "eda", "infrastructure", "linux", "monitoring", "networking", "security",
    "storage", "tools", "windows",
}  # fmt: skip


def modules() -> list[str]:
    return sorted(path.stem for path in (ROOT / "plugins" / "modules").glob("*.py"))


# Versions


def test_the_code_carries_the_version_of_galaxy_yml() -> None:
    assert GALAXY["version"] == version_module.VERSION


def test_the_newest_release_in_the_changelog_is_the_version_of_galaxy_yml() -> None:
    releases = yaml.safe_load((ROOT / "changelogs" / "changelog.yaml").read_text())["releases"]
    assert max(releases, key=StrictVersion) == GALAXY["version"]
    heading = "v" + GALAXY["version"].replace(".", r"\.")
    assert f"## {heading}" in (ROOT / "CHANGELOG.md").read_text()


# meta/runtime.yml


def test_the_action_group_names_exactly_the_modules() -> None:
    assert RUNTIME["action_groups"]["all"] == modules()


def test_the_lowest_ansible_core_is_what_is_promised() -> None:
    assert RUNTIME["requires_ansible"] == ">=2.16.0"


# Modules


def test_every_module_has_an_action_plugin_that_runs_it_in_process() -> None:
    folder = ROOT / "plugins" / "action"
    assert sorted(path.stem for path in folder.glob("*.py")) == modules()
    # antsibull-docs takes a link for a redirect of the module.
    assert [path for path in folder.glob("*.py") if path.is_symlink()] == []
    for name in modules():
        action, module = (importlib.import_module(f"{PLUGINS}.{kind}.{name}") for kind in ("action", "modules"))
        assert action.ActionModule.operation is module.OPERATION


def test_the_readme_names_every_module_and_every_role() -> None:
    readme = (ROOT / "README.md").read_text()
    roles = sorted(path.parent.parent.name for path in (ROOT / "roles").glob("*/meta/argument_specs.yml"))
    missing = [name for name in [*modules(), *roles] if f"`{name}`" not in readme]
    assert missing == []


# Roles


@pytest.mark.parametrize("role", sorted(path.name for path in (ROOT / "roles").glob("*") if path.is_dir()))
def test_a_role_describes_its_variables_and_itself(role: str) -> None:
    specs = yaml.safe_load((ROOT / "roles" / role / "meta" / "argument_specs.yml").read_text())
    assert specs["argument_specs"]["main"]["short_description"]
    assert (ROOT / "roles" / role / "README.md").is_file()


# Code


def test_a_util_is_private_and_short() -> None:
    folder = ROOT / "plugins" / "module_utils"
    paths = [path.relative_to(folder) for path in folder.rglob("*.py")]
    assert [path for path in paths if not any(part.startswith("_") for part in path.parts)] == []
    assert [path for path in paths if len((folder / path).read_text().splitlines()) >= 400] == []


# Development


def test_sanity_has_nothing_to_ignore() -> None:
    assert list((ROOT / "tests").glob("sanity/ignore*")) == []


# galaxy.yml and the artifact


def test_galaxy_accepts_the_metadata() -> None:
    assert (GALAXY["namespace"], GALAXY["name"]) == ("oceanops", "app_platform")
    assert GALAXY["license"] == ["GPL-3.0-or-later"]
    assert len(GALAXY["tags"]) <= 20
    assert all(re.fullmatch("[a-z][a-z0-9_]*", tag) for tag in GALAXY["tags"])
    assert set(GALAXY["tags"]) & SUBJECTS
    assert "GNU GENERAL PUBLIC LICENSE" in (ROOT / "LICENSE").read_text()
    for key in ("repository", "issues", "homepage", "documentation"):
        assert GALAXY[key].startswith("https://")


@pytest.fixture(scope="module")
def artifact(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The collection's archive, built from the tracked files as a release is."""
    folder = tmp_path_factory.mktemp("build")
    copy_tracked(folder / "checkout")
    galaxy(folder, "build", str(folder / "checkout"), "--output-path", str(folder))
    return folder / f"oceanops-app_platform-{GALAXY['version']}.tar.gz"


def galaxy(folder: Path, *arguments: str) -> None:
    command = [sys.executable, "-m", "ansible.cli.galaxy", "collection", *arguments]
    # Not the checkout: galaxy would find the collection there, and install nothing.
    env = {**os.environ, "ANSIBLE_COLLECTIONS_PATH": str(folder)}
    done = subprocess.run(command, capture_output=True, text=True, cwd=folder, env=env, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_exactly_what_users_need_ships(artifact: Path) -> None:
    with tarfile.open(artifact) as archive:
        names = archive.getnames()
    assert {name.split("/", maxsplit=1)[0] for name in names} <= SHIPPED
    for module in modules():
        assert f"plugins/modules/{module}.py" in names
    for needed in ("README.md", "LICENSE", "CHANGELOG.md", "meta/runtime.yml", "requirements.txt"):
        assert needed in names
    stray = [name for name in names if re.search(r"(^|/)\.|__pycache__|\.pyc$|molecule", name)]
    assert stray == []


def test_the_artifact_installs_and_its_modules_are_found(artifact: Path, tmp_path: Path) -> None:
    galaxy(tmp_path, "install", str(artifact), "--collections-path", str(tmp_path), "--offline")
    home = tmp_path / "ansible_collections" / "oceanops" / "app_platform"
    found = sorted(path.stem for path in (home / "plugins" / "modules").glob("*.py"))
    assert found
    assert found == modules()
    assert (home / "roles" / "simulator" / "files" / "app_platform_simulator" / "__main__.py").is_file()
