# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How many writes it takes when secrets change, stay, and lose their fingerprint."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.platform import Platform

Run = Callable[..., dict[str, Any]]
MARKER = "ANSIBLE_SECRETS_FINGERPRINT"
NUMBER = 10
RERUNS = 100
IMAGE = {"registry_type": "DOCR", "repository": "shop", "tag": "1.0"}


@dataclass(frozen=True)
class Step:
    """What was done, and how many runs and PUTs came of it."""

    what: str
    runs: int
    puts: int
    reported: int


def secret(number: int, edition: int = 1) -> str:
    """All of one length, so that only the fingerprint tells them apart."""
    return f"secret-{number:02}-edition-{edition:02}"


def service(*editions: int) -> dict[str, Any]:
    """Options of app_service for a service with a secret of each edition."""
    envs = [
        {"key": f"SECRET_{number}", "value": secret(number, edition), "type": "SECRET"}
        for number, edition in enumerate(editions)
    ]
    return {"app": "shop", "name": "web", "image": IMAGE, "envs": envs, "wait": False}


def steps(run: Run, platform: Platform, reruns: int = RERUNS) -> list[Step]:
    """Do all of it, one after the other, on one app; nothing changes in *reruns* runs after each change."""
    platform.seed([{"name": "shop", "workers": [{"name": "queue", "image": IMAGE}]}])
    first = [1] * NUMBER
    rotated = [1, 1, 1, 2, *first[4:]]
    found = [
        _step(run, platform, f"a service with {NUMBER} secrets is made", service(*first)),
        _step(run, platform, "the same again", service(*first), reruns),
        _step(run, platform, f"one of the {NUMBER} secrets is another one, of the same length", service(*rotated)),
        _step(run, platform, "the same again", service(*rotated), reruns),
    ]
    app = platform.apps()["shop"]
    for env in [env for one in app["spec"]["services"] for env in one["envs"] if env["key"] == MARKER]:
        app["spec"]["services"][0]["envs"].remove(env)
    platform.call("PUT", f"/v2/apps/{app['id']}", {"spec": app["spec"]}).raise_for_status()
    return [
        *found,
        _step(run, platform, "somebody removed the fingerprint by hand", service(*rotated)),
        _step(run, platform, "the same again", service(*rotated), reruns),
    ]


def _step(run: Run, platform: Platform, what: str, options: dict[str, Any], runs: int = 1) -> Step:
    platform.forget_requests()
    results = [run("app_service", **options) for _number in range(runs)]
    failed = [one["msg"] for one in results if one.get("failed")]
    if failed:
        raise AssertionError(f"{what}: {failed[0]}")
    return Step(what, runs, len(platform.writes()), len([one for one in results if one["changed"]]))
