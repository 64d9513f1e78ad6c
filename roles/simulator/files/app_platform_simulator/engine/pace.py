# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How long things take, in seconds of the platform's time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from ..model import Deployment, component_of
from ..spec import durations
from ..wire import Json

# The platform's own limits (API reference 5.3; a build may take an hour).
JOB_TIMEOUT = 1800.0
BUILD_TIMEOUT = 3600.0
START_TIMEOUT = 600.0


@dataclass
class Pace:
    """Each number can be set through the control plane."""

    queue: float = 2.0
    initialize: float = 1.0
    build_image: float = 1.0
    build_source: float = 20.0
    ready: float = 1.0
    start: float = 2.0
    healthy: float = 6.0
    job: float = 5.0
    finalize: float = 2.0

    def update(self, given: Any) -> None:
        """Set some; ValueError, before anything is changed, for unknown names and values below 0."""
        if not isinstance(given, Mapping):
            raise ValueError(f"pace: expected an object, got {given!r}")
        for name, value in given.items():
            if name not in self.__dataclass_fields__:
                raise ValueError(f"pace: unknown name {name!r}; known: {', '.join(self.__dataclass_fields__)}")
            if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
                raise ValueError(f"pace.{name}: expected seconds of at least 0, got {value!r}")
        for name, value in given.items():
            setattr(self, name, float(value))

    def dump(self) -> dict[str, float]:
        """As JSON."""
        return asdict(self)


def job_timeout(job: Json) -> float:
    """After how many seconds a run of this job is stopped."""
    return durations.seconds(job["timeout"]) if job.get("timeout") else JOB_TIMEOUT


def run_length(job: Json, verdict: Json, pace: Pace) -> tuple[float, bool]:
    """How long a run takes, and whether it is stopped because it takes too long."""
    limit = job_timeout(job)
    wanted = limit + 1 if verdict.get("outcome") == "hang" else float(verdict.get("seconds", pace.job))
    return (limit, True) if wanted > limit else (wanted, False)


def build_length(component: Json, verdict: Json, pace: Pace) -> float:
    """How long the build of a component takes."""
    if verdict.get("outcome") == "hang":
        return BUILD_TIMEOUT
    if "image" in component:
        return pace.build_image
    return min(float(verdict.get("seconds", pace.build_source)), BUILD_TIMEOUT)


def release_length(verdict: Json, pace: Pace) -> float:
    """How long the wait for a started component takes."""
    if verdict.get("outcome") == "hang":
        return START_TIMEOUT
    return min(float(verdict.get("seconds", pace.healthy)), START_TIMEOUT)


def expected(deployment: Deployment, peek: dict[tuple[str, str], Json], pace: Pace) -> float:
    """About how long a deployment takes. `peek` has the outcomes that are scripted for (component, step)."""
    total = 0.0
    for stage in deployment.plan:
        if stage == "build":
            names = [key.split("/")[1] for key in deployment.leaves if key.startswith("build/")]
            found = {name: component_of(deployment.spec, name) for name in names if name != "initialize"}
            total += max(
                (
                    build_length(item[1], peek.get((name, "build"), {}), pace)
                    for name, item in found.items()
                    if item is not None
                ),
                default=0.0,
            )
        elif stage == "release":
            jobs = {str(job["name"]) for job in deployment.spec.get("jobs") or []}
            waiting = {key.split("/")[1] for key in deployment.leaves if key.endswith("/wait")} - jobs
            lengths = [release_length(peek.get((name, "deploy"), {}), pace) for name in waiting]
            total += pace.start + max(lengths, default=0.0)
        elif ":" in stage:
            lengths = []
            for name in stage.split(":", 1)[1].split(","):
                found_job = component_of(deployment.spec, name)
                lengths.append(run_length(found_job[1] if found_job else {}, peek.get((name, "deploy"), {}), pace)[0])
            total += pace.start + max(lengths, default=0.0)
        else:
            total += {"queue": pace.queue, "ready": pace.ready, "finalize": pace.finalize}.get(stage, pace.initialize)
    return total
