# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Many playbooks, each a process of its own without a common lock, that add one job each to one app at one moment."""

from __future__ import annotations

import fcntl
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.both_paths.running import process_environment
from tests.platform import Platform

IMAGE = {"registry_type": "DOCR", "repository": "shop", "tag": "1.0"}
APP: dict[str, Any] = {
    "name": "shop",
    "region": "ams",
    "domains": [{"domain": "shop.example.com", "type": "PRIMARY"}],
    "services": [
        {
            "name": "web",
            "image": IMAGE,
            "http_port": 8080,
            "health_check": {"http_path": "/up"},
            "envs": [{"key": "KEPT", "value": "a-secret-of-others", "type": "SECRET"}],
        }
    ],
    "jobs": [{"name": "migrate", "kind": "PRE_DEPLOY", "image": IMAGE, "run_command": "migrate"}],
    "databases": [{"name": "db", "engine": "PG"}],
    "alerts": [{"rule": "DEPLOYMENT_FAILED"}],
    "envs": [{"key": "REGION", "value": "eu"}],
}
#: Seconds that each answer takes, so that everybody has read before the first has written.
SLOWNESS = 0.2
PATIENCE = 300.0


@dataclass(frozen=True)
class Race:
    """What became of one race. ``wrong``: everything that should not be so."""

    writers: int
    puts: int
    wrong: tuple[str, ...]

    @property
    def repeated(self) -> int:
        """Writes that were needed again because another one had overwritten them, or was faster."""
        return self.puts - self.writers


def race(folder: Path, platform: Platform, writers: int) -> Race:
    """Let that many playbooks start together, and compare what is there at the end."""
    platform.reset()
    platform.seed([APP])
    # A clock that jumps would make slow writers of all of them.
    platform.clock("real")
    before = platform.apps()["shop"]["spec"]
    platform.forget_requests()
    for method in ("GET", "PUT"):
        platform.fault("delay", method=method, seconds=SLOWNESS, count=None)
    with _closed(folder / "gate"):
        processes = [_start(folder, platform, number) for number in range(writers)]
        _all_there(folder, processes)
    said = [process.communicate(timeout=PATIENCE)[0] for process in processes]
    platform.clear_faults()
    wrong = [
        f"writer {number} ended with {process.returncode}: {said[number][-600:]}"
        for number, process in enumerate(processes)
        if process.returncode
    ]
    after = platform.apps()["shop"]["spec"]
    there = {job["name"] for job in after.get("jobs", ())}
    wrong += [f"job-{number} is lost" for number in range(writers) if f"job-{number}" not in there]
    rest = {**after, "jobs": [job for job in after.get("jobs", ()) if not job["name"].startswith("job-")]}
    wrong += [f"{key} is another" for key in sorted({*before, *rest}) if before.get(key) != rest.get(key)]
    return Race(writers, len(platform.writes()), tuple(wrong))


def _start(folder: Path, platform: Platform, number: int) -> subprocess.Popen[str]:
    """A playbook that waits at the gate and then adds its job; every other one runs as an ordinary module."""
    own = folder / f"writer-{number}"
    own.mkdir(parents=True, exist_ok=True)
    at_gate = f"touch {own}/there; flock --shared {folder}/gate true"
    task = {
        "oceanops.app_platform.app_job": {
            "app": f"shop{{{{ lookup('ansible.builtin.pipe', '{at_gate}') }}}}",
            "name": f"job-{number}",
            "kind": "POST_DEPLOY",
            "image": IMAGE,
            "run_command": f"echo {number}",
            "envs": [{"key": "NUMBER", "value": str(number)}],
            "wait": False,
            "token": platform.token,
            "api_url": platform.url,
        },
        "vars": {"app_platform_in_process": number % 2 == 0},
    }
    (own / "there").unlink(missing_ok=True)
    (own / "play.yml").write_text(json.dumps([{"hosts": "localhost", "gather_facts": False, "tasks": [task]}]))
    return subprocess.Popen(
        [sys.executable, "-m", "ansible.cli.playbook", "play.yml"],
        cwd=own,
        # The locks are in the folder for temporary files: with one each, they are as writers on different machines.
        env=process_environment(own, own / "results.json", own / "log", {"TMPDIR": str(own)}),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


@contextmanager
def _closed(gate: Path) -> Iterator[None]:
    """Nobody passes until the end of the block."""
    number = os.open(gate, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(number, fcntl.LOCK_EX)
        yield
    finally:
        os.close(number)


def _all_there(folder: Path, processes: list[subprocess.Popen[str]]) -> None:
    """Until every writer is at the gate, or has ended before it."""
    until = time.monotonic() + PATIENCE
    for number, process in enumerate(processes):
        while not (folder / f"writer-{number}" / "there").exists() and process.poll() is None:
            if time.monotonic() > until:
                raise AssertionError(f"writer {number} did not come to the gate")
            time.sleep(0.05)
