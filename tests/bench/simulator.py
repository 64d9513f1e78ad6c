# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The simulator itself: how soon it is there, what a GET costs with 1,000 apps, how fast its clock runs."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from datetime import datetime

from tests import platform
from tests.bench import _platform
from tests.bench.fleet import spec
from tools.house import heading, say

APPS = 1000
GETS = 300
STARTS = 5
#: Seconds that the migration of the rehearsed deployment takes.
MIGRATION = 20 * 60


def main() -> bool:
    """Measure and print; whether the promises are kept."""
    heading("bench: the simulator")
    bare = statistics.median(_import() for _round in range(STARTS))
    starts = statistics.median(_start() for _round in range(STARTS))
    with platform.start_platform() as server:
        began = time.monotonic()
        seeded = server.seed([spec(number) for number in range(APPS)])
        seeding = time.monotonic() - began
        gets = statistics.median(_get(server, f"/v2/apps/{app['id']}") for app in seeded[:GETS])
        health = statistics.median(_health(server) for _round in range(GETS))
        wall, virtual = _deployment(server)
    lines = [
        ("start, until the address is printed", starts, f"{starts / bare:.1f} times importing flask"),
        (f"seeding {APPS} apps", seeding, f"{seeding / APPS * 1000:.2f} ms an app"),
        (f"GET of an app, among {APPS}", gets, f"{gets / health:.1f} times a call that does nothing"),
        ("a deployment with a migration of 20 minutes", wall, f"{virtual / wall:.0f} times real time"),
    ]
    for what, seconds, compared in lines:
        say(f"{what:46}{seconds * 1000:8.1f} ms   {compared}")
    kept = [
        (virtual >= MIGRATION and wall * MIGRATION <= virtual, "20 minutes are rehearsed in less than a second"),
        (gets <= 4 * health, "a GET costs at most four times a call that does nothing"),
    ]
    return _platform.promises(kept)


def _import() -> float:
    began = time.monotonic()
    subprocess.run([sys.executable, "-c", "import flask"], check=True)
    return time.monotonic() - began


def _start() -> float:
    began = time.monotonic()
    with platform.start_platform():
        return time.monotonic() - began


def _get(server: platform.Platform, path: str) -> float:
    began = time.monotonic()
    answer = server.call("GET", path)
    took = time.monotonic() - began
    answer.raise_for_status()
    return took


def _health(server: platform.Platform) -> float:
    began = time.monotonic()
    server.control("GET", "health")
    return time.monotonic() - began


def _deployment(server: platform.Platform) -> tuple[float, float]:
    """Seconds on the wall and on the platform's clock."""

    def now() -> float:
        return datetime.fromisoformat(str(server.control("GET", "health")["now"]).replace("Z", "+00:00")).timestamp()

    server.outcome("migrate", "succeed", seconds=MIGRATION)
    began, before = time.monotonic(), now()
    app = server.call("POST", "/v2/apps", {"spec": {**spec(0), "name": "slow"}}).json()["app"]
    path = f"/v2/apps/{app['id']}/deployments/{app['pending_deployment']['id']}"
    while True:
        phase = server.call("GET", path).json()["deployment"]["phase"]
        if phase in ("ACTIVE", "ERROR"):
            break
    if phase != "ACTIVE":
        raise SystemExit(f"the deployment ended as {phase}")
    return time.monotonic() - began, now() - before
