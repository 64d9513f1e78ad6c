"""The role `simulator` as users play it: what it tells, what it keeps, what a start that fails leaves."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.both_paths.running import process_environment
from tests.rehearsal.test_nothing_left import CANARY, simulators

ROLE = "oceanops.app_platform.simulator"


def play(folder: Path, temporary: str, tasks: list[dict[str, Any]], **env: str) -> subprocess.CompletedProcess[str]:
    book = folder / "play.yml"
    book.write_text(json.dumps([{"hosts": "localhost", "connection": "local", "gather_facts": False, "tasks": tasks}]))
    environment = process_environment(folder, folder / "results.json", folder / "log", {"TMPDIR": temporary, **env})
    environment["PATH"] = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    command = [sys.executable, "-m", "ansible.cli.playbook", "-vvv", str(book)]
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL
    )


def role(directory: Path, **variables: Any) -> dict[str, Any]:
    return {"include_role": {"name": ROLE}, "vars": {"simulator_directory": str(directory), **variables}}


@pytest.mark.slow
def test_started_and_stopped(tmp_path: Path) -> None:
    ours = tmp_path / "packages"
    ours.mkdir()
    marker = tmp_path / "path"
    program = "if 'app_platform_simulator' in ' '.join(sys.orig_argv):"
    (ours / "sitecustomize.py").write_text(f"import pathlib, sys\n{program} pathlib.Path({str(marker)!r}).touch()\n")
    directory = tmp_path / "its"
    out = tmp_path / "facts.json"
    given = {"tokens": [CANARY], "seed": [{"name": "shop", "workers": [{"name": "w1", "image": {
        "registry_type": "GHCR", "registry": "a", "repository": "b"}}]}]}  # fmt: skip
    content = "{{ {'url': simulator_url, 'key': simulator_key, 'page': simulator_page} | to_json }}"
    copy = {"copy": {"content": content, "dest": str(out), "mode": "0600"}, "no_log": True}
    with tempfile.TemporaryDirectory() as temporary:
        tasks = [role(directory, simulator_input=given), role(directory), copy]
        first = play(tmp_path, temporary, tasks, PYTHONPATH=str(ours))
        try:
            facts = json.loads(out.read_text())
            (line,) = simulators(str(directory))
            modes = {path.name: path.stat().st_mode & 0o777 for path in directory.iterdir()}
            key = {"X-Simulator-Key": facts["key"]}
            health = requests.get(f"{facts['url']}/_simulator/health", headers=key, timeout=10).json()
            refused = requests.get(f"{facts['url']}/_simulator/health", timeout=10).status_code
            token = {"Authorization": f"Bearer {CANARY}"}
            apps = requests.get(f"{facts['url']}/v2/apps", headers=token, timeout=10).json()["apps"]
            page = requests.get(facts["page"], timeout=10)
        finally:
            last = play(tmp_path, temporary, [role(directory, simulator_state="stopped")])

    assert first.returncode == last.returncode == 0, first.stdout + last.stdout
    assert modes == {"address.json": 0o600, "pid": 0o600, "log": 0o600}
    assert directory.stat().st_mode & 0o777 == 0o700
    assert (health["apps"], refused, len(apps), page.status_code) == (1, 401, 1, 200)
    assert facts["key"] not in first.stdout + first.stderr + line
    assert CANARY not in first.stdout + first.stderr
    assert CANARY not in line + (directory / "log").read_text()
    assert marker.exists(), "PYTHONPATH was replaced"
    assert simulators(str(directory)) == []
    assert [path.name for path in directory.iterdir()] == ["log"]


@pytest.mark.slow
def test_a_start_that_fails_leaves_no_process(tmp_path: Path) -> None:
    """Too slow, with a time that is text (as -e gives it), and with an argument that it does not have."""
    directory = tmp_path / "its"
    directory.mkdir()
    target = tmp_path / "target"
    target.write_text("as it was")
    (directory / "log").symlink_to(target)
    with tempfile.TemporaryDirectory() as temporary:
        slow = play(tmp_path, temporary, [role(directory, simulator_start_timeout=0)])
        after_slow = simulators(str(directory))
        none = play(tmp_path, temporary, [role(directory, simulator_start_timeout="-3")])
        after_none = simulators(str(directory))
        wrong = play(tmp_path, temporary, [role(directory, simulator_arguments=["--lunch"])])

    assert slow.returncode == none.returncode == wrong.returncode == 2
    assert "did not start within 0 s" in slow.stdout
    assert "--lunch" in wrong.stdout
    assert after_slow == after_none == simulators(str(directory)) == []
    assert [path.name for path in directory.iterdir()] == ["log"]
    assert target.read_text() == "as it was"
