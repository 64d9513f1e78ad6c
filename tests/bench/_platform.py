# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An App Platform with one app and one job, on a free port of this machine."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from tests import platform
from tools.house import say

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

    server: platform.Platform
    token: str
    app_id: str
    job: dict[str, Any]

    @property
    def url(self) -> str:
        """The API's address."""
        return self.server.url

    def requests(self) -> int:
        """How many API calls it has answered since the app was there."""
        return len(self.server.requests())


@contextmanager
def running() -> Iterator[Platform]:
    """Start it, make the app, and stop it whatever happens."""
    with platform.start_platform() as server:
        (app,) = server.seed({"name": "bench", "region": "ams", "jobs": [JOB]})
        server.forget_requests()
        yield Platform(server, platform.TOKEN, app["id"], JOB)


def promises(kept: Sequence[tuple[bool, str]]) -> bool:
    """Tell of each promise whether it holds; whether all do."""
    for holds, text in kept:
        say(f"{'holds' if holds else 'DOES NOT HOLD':14} {text}")
    return all(holds for holds, _text in kept)
