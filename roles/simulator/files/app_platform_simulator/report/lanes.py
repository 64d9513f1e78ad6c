# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the bars of a deployment's time line go: a lane for each job, one for all builds, one for all starts. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .model import Release, Stage, Step

# The narrowest bar that can be seen, in percent.
_NARROWEST = 0.7
_MOST_TICKS = 6
_NICE = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 28800, 86400)


@dataclass(frozen=True, slots=True)
class Lane:
    """One row. `x` and `width` are percent of the whole; without a width there is no bar."""

    title: str
    kind: str
    status: str
    outcome: str
    x: float
    width: float
    seconds: float | None
    step: Step | None = None
    lanes: tuple[Lane, ...] = ()

    @property
    def opens(self) -> bool:
        """Whether there is more to read than the row."""
        return bool(self.lanes or (self.step and (self.step.log or self.step.message)))


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark on the axis."""

    x: float
    seconds: float


@dataclass(frozen=True, slots=True)
class Chart:
    """The lanes of a release and its axis."""

    lanes: tuple[Lane, ...]
    ticks: tuple[Tick, ...]


def chart(release: Release) -> Chart:
    """The rows of a release. One that was there from the start took no time and has no bars."""
    length = release.until - release.created
    scale = _Scale(release.created, length)
    lanes: list[Lane] = []
    for stage in release.stages:
        if stage.name == "build":
            lanes.append(_group("Build", stage, scale))
        elif stage.name == "release":
            lanes.append(_group("Deploy", stage, scale))
        elif release.runs_jobs:
            lanes.extend(_lane(step, scale) for step in stage.steps)
    return Chart(tuple(lanes), _ticks(length))


@dataclass(frozen=True, slots=True)
class _Scale:
    start: float
    length: float

    def stretch(self, started: float | None, ended: float | None) -> tuple[float, float]:
        """(x, width) in percent; a step without an end goes on until now."""
        if started is None or self.length <= 0:
            return 0.0, 0.0
        x = (started - self.start) / self.length * 100
        stop = 100.0 if ended is None else (ended - self.start) / self.length * 100
        width = max(stop - x, _NARROWEST)
        return round(min(x, 100 - width), 3), round(width, 3)


def outcome(step: Step) -> str:
    """How a step ended, in words."""
    if step.status == "ERROR":
        if step.exit_code is not None:
            return f"failed, exit code {step.exit_code}"
        return "stopped" if step.kind else "failed"
    if step.code == "PreBuiltImage":
        return "image was ready"
    if step.code == "PreviousBuildReused":
        return "reused"
    words = {"SUCCESS": "succeeded", "RUNNING": "running", "PENDING": "waiting", "SKIPPED": "did not run"}
    return words.get(step.status, step.status.lower())


def _lane(step: Step, scale: _Scale) -> Lane:
    x, width = scale.stretch(step.started, step.ended)
    return Lane(step.name, step.kind, step.status, outcome(step), x, width, step.seconds, step)


def _group(title: str, stage: Stage, scale: _Scale) -> Lane:
    """All steps of a stage in one row, with a row for each within."""
    steps = stage.steps
    status = _status_of(steps)
    starts = [step.started for step in steps if step.started is not None]
    ends = [step.ended for step in steps if step.ended is not None]
    open_end = status == "RUNNING"
    x, width = scale.stretch(min(starts, default=None), None if open_end else max(ends, default=None))
    if not starts:
        x, width = 0.0, 0.0
    seconds = max(ends) - min(starts) if starts and ends and not open_end else None
    names = steps[0].name if len(steps) == 1 else f"{len(steps)} components"
    return Lane(title, names, status, _outcomes(steps, status), x, width, seconds,
                lanes=tuple(_lane(step, scale) for step in steps))  # fmt: skip


def _status_of(steps: Sequence[Step]) -> str:
    states = {step.status for step in steps}
    for status in ("ERROR", "RUNNING", "PENDING"):
        if status in states and not (status == "PENDING" and "SUCCESS" in states):
            return status
    return "RUNNING" if "PENDING" in states else "SUCCESS" if "SUCCESS" in states else "SKIPPED"


def _outcomes(steps: Sequence[Step], status: str) -> str:
    if len(steps) == 1:
        return outcome(steps[0])
    if status == "ERROR":
        failed = [step.name for step in steps if step.status == "ERROR"]
        return f"{', '.join(failed)} failed" if len(failed) < 3 else f"{len(failed)} of {len(steps)} failed"
    words = {outcome(step) for step in steps}
    if len(words) == 1:
        return words.pop().replace("image was", "images were")
    return {"SUCCESS": "succeeded", "RUNNING": "running", "PENDING": "waiting"}.get(status, "did not run")


def _ticks(length: float) -> tuple[Tick, ...]:
    """Round numbers of seconds along the axis."""
    if length <= 0:
        return ()
    apart = next((nice for nice in _NICE if length / nice <= _MOST_TICKS), _NICE[-1] * 7)
    marks = range(int(length // apart) + 1)
    return tuple(Tick(round(mark * apart / length * 100, 3), mark * apart) for mark in marks)
