# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An App Platform with one app and one job, on a free port of this machine."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import requests

from tools.house import BIN, ROOT, surroundings

TOKEN = "dop_v1_" + "b" * 64

# The job as a task declares it; the app holds the same.
JOB: dict[str, Any] = {
    "name": "migrate",
    "kind": "PRE_DEPLOY",
    "image": {"registry_type": "GHCR", "registry": "example", "repository": "shop", "tag": "2.4.1"},
    "run_command": "bin/migrate",
    "instance_size_slug": "apps-s-1vcpu-0.5gb",
    "envs": [{"key": "LOG_LEVEL", "value": "info"}, {"key": "BATCH", "value": "500"}],
}


@dataclass(frozen=True)
class Platform:
    """Where it is and what is on it."""

    url: str
    token: str
    app_id: str
    job: dict[str, Any]

    def requests(self) -> int:
        """How many API calls it has answered since the app was there."""
        answer = requests.get(f"{self.url}/_simulator/requests", timeout=10)
        answer.raise_for_status()
        return len(answer.json()["requests"])


@contextmanager
def running() -> Iterator[Platform]:
    """Start it, make the app, and stop it whatever happens."""
    process = subprocess.Popen(
        [BIN / "python", "-m", "app_platform_simulator", "--port", "0"],
        env=surroundings({"PYTHONPATH": str(ROOT / "roles" / "simulator" / "files")}),
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        line = process.stdout.readline() if process.stdout else ""
        url = json.loads(line)["url"]
        yield Platform(url, TOKEN, _app(url), JOB)
    finally:
        process.terminate()
        process.wait(timeout=30)


def _app(url: str) -> str:
    """Make the app; its id."""
    spec = {"name": "bench", "region": "ams", "jobs": [JOB]}
    answer = requests.post(
        f"{url}/v2/apps", json={"spec": spec}, headers={"Authorization": f"Bearer {TOKEN}"}, timeout=10
    )
    answer.raise_for_status()
    app_id: str = answer.json()["app"]["id"]
    requests.delete(f"{url}/_simulator/requests", timeout=10).raise_for_status()
    return app_id
