"""The hosted checks run what a developer runs: targets of the Makefile, on every ansible-core that is supported."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.specifiers import SpecifierSet

ROOT = Path(__file__).resolve().parents[3]
FILES = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
CI: dict[str, Any] = yaml.safe_load((ROOT / ".github" / "workflows" / "ci.yml").read_text())
CORES = [leg["core"] for leg in CI["jobs"]["matrix"]["strategy"]["matrix"]["include"]]


def steps(workflow: dict[str, Any]) -> list[dict[str, Any]]:
    return [step for job in workflow["jobs"].values() for step in job["steps"]]


@pytest.mark.parametrize("command", sorted({step["run"] for step in steps(CI) if "run" in step}))
def test_each_command_is_a_target_of_the_makefile(command: str) -> None:
    program, target = command.replace("${{ matrix.core }}", CORES[0]).split()
    assert program == "make"
    answer = subprocess.run(["make", "--dry-run", target], cwd=ROOT, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stderr


def test_the_matrix_has_every_core_that_is_admitted() -> None:
    admitted = SpecifierSet(yaml.safe_load((ROOT / "meta" / "runtime.yml").read_text())["requires_ansible"])
    versions = [tuple(map(int, core.split("."))) for core in CORES]
    assert versions == [(2, minor) for minor in range(versions[0][1], versions[-1][1] + 1)]
    assert all(f"{core}.99" in admitted for core in CORES)
    assert f"2.{versions[0][1] - 1}.99" not in admitted


def test_the_long_gates_are_all_there() -> None:
    from tools.gates import CHECK

    assert {"test", *CHECK} <= {step["run"].removeprefix("make ") for step in steps(CI) if "run" in step}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_it_may_only_read_and_names_actions_by_commit(file: Path) -> None:
    workflow = yaml.safe_load(file.read_text())
    assert workflow["permissions"] == {"contents": "read"}
    used = [step["uses"] for step in steps(workflow) if "uses" in step]
    assert used
    assert all(re.fullmatch(r"actions/[a-z-]+@[0-9a-f]{40}", one) for one in used)


def test_it_runs_for_pull_requests_and_each_week() -> None:
    assert {"pull_request", "schedule"} <= set(CI["on"])
