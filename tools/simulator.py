# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The simulator as a child process, on a free port of this machine: started, asked, and stopped whatever happens."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import requests

from tools.house import BIN, ROOT, surroundings

TOKEN = "dop_v1_" + "d" * 64


@dataclass(frozen=True)
class Simulator:
    """A running simulator."""

    url: str

    def api(self, path: str, **query: Any) -> dict[str, Any]:
        """GET from the API itself."""
        answer = requests.get(
            f"{self.url}/v2/{path}", params=query, headers={"Authorization": f"Bearer {TOKEN}"}, timeout=30
        )
        answer.raise_for_status()
        body: dict[str, Any] = answer.json()
        return body

    def control(self, method: str, path: str, body: Any = None) -> dict[str, Any]:
        """A call of the control plane."""
        answer = requests.request(method, f"{self.url}/_simulator/{path}", json=body, timeout=30)
        answer.raise_for_status()
        found: dict[str, Any] = answer.json() if answer.content else {}
        return found

    def calls(self) -> int:
        """How many API calls it has answered since they were counted anew."""
        return len(self.control("GET", "requests")["requests"])

    def writes(self) -> list[str]:
        """Method and path of those that could change something."""
        calls = self.control("GET", "requests?writes=true")["requests"]
        return [f"{call['method']} {call['path']}" for call in calls]

    def forget_calls(self) -> None:
        """Count anew."""
        self.control("DELETE", "requests")


@contextmanager
def running() -> Iterator[Simulator]:
    """Start it and stop it."""
    process = subprocess.Popen(
        [BIN / "python", "-m", "app_platform_simulator", "--port", "0"],
        env=surroundings({"PYTHONPATH": str(ROOT / "roles" / "simulator" / "files")}),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        line = process.stdout.readline() if process.stdout else ""
        if not line:
            raise SystemExit(f"The simulator did not start: exit status {process.wait(timeout=30)}")
        yield Simulator(json.loads(line)["url"])
    finally:
        process.terminate()
        process.wait(timeout=30)
