"""The execution environment, as far as ansible-builder goes without a container engine."""

from __future__ import annotations

import re
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest
import yaml
from ansible_builder._target_scripts import introspect

from tests.platform import ROOT
from tools.house import copy_tracked, tool

VERSION = yaml.safe_load((ROOT / "galaxy.yml").read_text())["version"]


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tracked files, with the collection built as the file's own comment says."""
    folder = tmp_path_factory.mktemp("ee") / "checkout"
    copy_tracked(folder)
    built = subprocess.run(
        [tool("ansible-galaxy"), "collection", "build", "--output-path", "build"],
        cwd=folder, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert built.returncode == 0, built.stderr
    return folder


def test_ansible_builder_takes_the_file(checkout: Path, tmp_path: Path) -> None:
    made = subprocess.run(
        [sys.executable, "-m", "ansible_builder", "create", "--context", str(tmp_path / "context"),
         "--output-filename", "Containerfile"],
        cwd=checkout, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert made.returncode == 0, made.stdout + made.stderr
    galaxy = yaml.safe_load((tmp_path / "context" / "_build" / "requirements.yml").read_text())
    (collection,) = galaxy["collections"]
    assert collection == {"name": f"build/oceanops-app_platform-{VERSION}.tar.gz", "type": "file"}
    assert (checkout / collection["name"]).is_file(), "what the first command of the file makes is what the file takes"
    containerfile = (tmp_path / "context" / "Containerfile").read_text()
    assert "ansible-runner" in (tmp_path / "context" / "_build" / "requirements.txt").read_text() + containerfile


def test_its_versions_are_the_tested_ones() -> None:
    """Nothing in it floats but the base image, which is named by a tag."""
    described = yaml.safe_load((ROOT / "execution-environment.yml").read_text())
    needed = described["dependencies"]
    wanted = [needed["ansible_core"]["package_pip"], needed["ansible_runner"]["package_pip"], *needed["python"]]
    pins = (ROOT / "requirements-dev.txt").read_text()
    assert {re.split("[=<>]", one)[0] for one in wanted} == {
        "ansible-core", "ansible-runner", "croniter", "cryptography", "flask",
    }  # fmt: skip
    for one in wanted:
        assert re.search(rf"(?m)^{re.escape(one)} ", pins), f"{one} is not the version of requirements-dev.txt"
    assert re.fullmatch(r"\S+(:\d+|@sha256:[0-9a-f]{64})", described["images"]["base_image"]["name"])
    (archive,) = needed["galaxy"]["collections"]
    assert VERSION in archive["name"]


def test_the_collection_says_what_it_needs(tmp_path: Path) -> None:
    """What ansible-builder reads from an installed collection, in any execution environment."""
    target = tmp_path / "ansible_collections" / "oceanops" / "app_platform"
    copy_tracked(target)
    found = introspect.process_collection(str(target))
    python, system = found[0], found[1]
    assert {line.split(">=")[0] for line in python} == {"requests", "urllib3"}
    assert not [line for line in python if re.search(r"<|==|~=", line)], "no upper bounds"
    assert not system


def test_the_artifact_leaves_the_file_at_home(checkout: Path) -> None:
    with tarfile.open(checkout / "build" / f"oceanops-app_platform-{VERSION}.tar.gz") as archive:
        names = archive.getnames()
    assert "execution-environment.yml" not in names
    assert "meta/execution-environment.yml" in names
    assert "playbooks/awx/objects.yml" in names
