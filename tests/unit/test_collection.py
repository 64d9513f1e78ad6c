"""The collection as a whole: its metadata agree with the files, and exactly what users need ships."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
import tarfile
from collections.abc import Iterator
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


def plugin_files() -> list[Path]:
    return sorted((ROOT / "plugins").rglob("*.py"))


def relative(path: Path) -> str:
    return str(path.relative_to(ROOT))


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


@pytest.mark.parametrize("name", modules())
def test_a_module_has_an_action_plugin_that_runs_it_in_process(name: str) -> None:
    assert (ROOT / "plugins" / "action" / f"{name}.py").is_file()


def test_an_action_plugin_belongs_to_a_module() -> None:
    assert {path.stem for path in (ROOT / "plugins" / "action").glob("*.py")} <= set(modules())


@pytest.mark.parametrize("name", modules())
def test_a_module_documents_itself_in_full(name: str) -> None:
    tree = ast.parse((ROOT / "plugins" / "modules" / f"{name}.py").read_text())
    strings = {
        target.id: ast.literal_eval(node.value)
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name) and target.id in {"DOCUMENTATION", "EXAMPLES", "RETURN"}
    }
    assert set(strings) == {"DOCUMENTATION", "EXAMPLES", "RETURN"}
    documentation = yaml.safe_load(strings["DOCUMENTATION"])
    assert documentation["module"] == name
    for example in yaml.safe_load(strings["EXAMPLES"]):
        assert example["name"], "an example has a name"
    assert f"oceanops.app_platform.{name}:" in strings["EXAMPLES"]


@pytest.mark.parametrize("path", sorted((ROOT / "plugins" / "doc_fragments").glob("*.py")), ids=lambda path: path.stem)
def test_a_doc_fragment_holds_plain_strings(path: Path) -> None:
    """ansible-test reads them without running the file, and breaks at anything else."""
    (fragment,) = [node for node in ast.parse(path.read_text()).body if isinstance(node, ast.ClassDef)]
    assigned = [node for node in fragment.body if isinstance(node, ast.Assign)]
    assert assigned
    assert [ast.unparse(node) for node in assigned if not isinstance(node.value, ast.Constant)] == []


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


def imported(tree: ast.AST) -> Iterator[str]:
    """The top-level packages that a file imports by absolute name when it runs (not for the type checker alone)."""
    if isinstance(tree, ast.If) and isinstance(tree.test, ast.Name) and tree.test.id == "TYPE_CHECKING":
        return
    if isinstance(tree, ast.Import):
        yield from (alias.name.split(".", maxsplit=1)[0] for alias in tree.names)
    elif isinstance(tree, ast.ImportFrom) and tree.level == 0:
        yield (tree.module or "").split(".", maxsplit=1)[0]
    for child in ast.iter_child_nodes(tree):
        yield from imported(child)


@pytest.mark.parametrize("path", plugin_files(), ids=relative)
def test_plugins_need_nothing_but_ansible_core_and_requests(path: Path) -> None:
    foreign = set(imported(ast.parse(path.read_text()))) - set(sys.stdlib_module_names)
    assert foreign <= {"ansible", "requests", "urllib3", "ansible_collections", "yaml"}


@pytest.mark.parametrize("path", plugin_files(), ids=relative)
def test_a_plugin_file_carries_its_licence(path: Path) -> None:
    text = path.read_text()
    if text.strip():
        head = text[:600]
        assert "GNU General Public License v3.0+" in head
        assert "SPDX-License-Identifier: GPL-3.0-or-later" in head


@pytest.mark.parametrize("path", sorted((ROOT / "plugins" / "module_utils").rglob("*.py")), ids=relative)
def test_a_util_is_private_and_short(path: Path) -> None:
    assert any(part.startswith("_") for part in path.relative_to(ROOT / "plugins" / "module_utils").parts)
    assert len(path.read_text().splitlines()) < 400


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
