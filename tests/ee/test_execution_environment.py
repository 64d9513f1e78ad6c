"""The execution environment, as far as ansible-builder goes without a container engine."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import yaml
from ansible_builder._target_scripts import introspect

from tests.platform import ROOT
from tools.house import copy_tracked, tool

VERSION = yaml.safe_load((ROOT / "galaxy.yml").read_text())["version"]


def test_ansible_builder_takes_the_file(tmp_path: Path) -> None:
    copy_tracked(tmp_path / "checkout")
    shutil.copy(ROOT / "execution-environment.yml", tmp_path / "checkout")
    checkout = tmp_path / "checkout"
    built = subprocess.run(
        [tool("ansible-galaxy"), "collection", "build", "--output-path", "build"],
        cwd=checkout, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert built.returncode == 0, built.stderr
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


def test_the_collection_says_what_it_needs(tmp_path: Path) -> None:
    """What ansible-builder reads from an installed collection, in any execution environment."""
    target = tmp_path / "ansible_collections" / "oceanops" / "app_platform"
    copy_tracked(target)
    found = introspect.process_collection(str(target))
    python, system = found[0], found[1]
    assert [line for line in python if line.startswith("requests")]
    assert not [line for line in python if re.search(r"<|==|~=", line)], "no upper bounds"
    assert not system


def test_the_artifact_leaves_the_file_at_home(tmp_path: Path) -> None:
    copy_tracked(tmp_path / "checkout")
    shutil.copy(ROOT / "execution-environment.yml", tmp_path / "checkout")
    subprocess.run(
        [tool("ansible-galaxy"), "collection", "build", "--output-path", str(tmp_path)],
        cwd=tmp_path / "checkout", check=True, capture_output=True,
    )  # fmt: skip
    with tarfile.open(tmp_path / f"oceanops-app_platform-{VERSION}.tar.gz") as archive:
        names = archive.getnames()
    assert "execution-environment.yml" not in names
    assert "meta/execution-environment.yml" in names
    assert "playbooks/awx/objects.yml" in names
