# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.

"""The tree of steps of a deployment: what ran, what failed and why, how each job ended. Pure (API reference 6.3).

Steps only explain. Whether and how a deployment has ended is decided by its phase.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from .._masking.untrusted_text import collapse_whitespace
from .._spec.job_kind import SCHEDULED, job_kinds
from .._spec.schema import COMPONENTS
from .._spec.schema_types import objects
from .._system.clock import parse_time
from .._types.api_objects import Spec
from .deployment import ACTIVE, CANCELED, ERROR, SUPERSEDED, is_terminal, phase_of, spec_of

#: What a job's `status` can be; docs/waiting.md prints this table.
JOB_STATUSES: Mapping[str, str] = {
    "PENDING": "has not started yet",
    "RUNNING": "runs",
    "SUCCESS": "ran, and ended well",
    "ERROR": "failed, in its build or in its run; `reason` says why",
    "CANCELED": "had begun when the deployment was stopped",
    "SKIPPED": "did not run: something before it failed, or this kind of deployment runs no jobs (a restart)",
    "NOT_TRIGGERED": "a FAILED_DEPLOY job that was not needed; the API leaves its steps pending for ever",
    "SCHEDULED": "runs by its schedule, not in deployments",
    "UNKNOWN": "the deployment is over and the API shows no steps",
}


@dataclass(frozen=True)
class Reason:
    """The reason of a step. A step that succeeded may have one too (PreBuiltImage), which is no failure."""

    code: str
    message: str


@dataclass(frozen=True)
class Step:
    """A leaf of the tree of steps.

    ``path``: the names from the root. ``component``: None for a step of the whole app. ``reason``: its own, or that of
    the nearest step above it that failed with it.
    """

    path: tuple[str, ...]
    status: str
    component: str | None
    reason: Reason | None
    started: datetime | None
    ended: datetime | None

    @property
    def building(self) -> bool:
        """Whether the step belongs to the build."""
        return self.path[:1] == ("build",)

    @property
    def path_text(self) -> str:
        """The path as text, such as ``deploy > components > web``."""
        return " > ".join(self.path)


def leaf_steps(deployment: Mapping[str, Any]) -> list[Step]:
    """The leaves in the order of the tree; none where the response has no progress (yet).

    A failed step none of whose steps failed counts as a step too.
    """
    progress = deployment.get("progress")
    steps = progress.get("steps") if isinstance(progress, Mapping) else None
    return list(_walk(steps, (), None, None))


def _walk(steps: Any, path: tuple[str, ...], component: str | None, above: Reason | None) -> Iterator[Step]:
    for step in steps if isinstance(steps, list) else ():
        if not isinstance(step, Mapping):
            continue
        name = str(step.get("name") or "?")
        status = str(step.get("status") or "UNKNOWN")
        owner = str(step.get("component_name") or "") or component
        if owner is None and path[-1:] == ("components",):
            owner = name
        reason = _reason(step)
        if status == ERROR:
            reason = reason or above
        inner = step.get("steps")
        if isinstance(inner, list) and any(isinstance(one, Mapping) for one in inner):
            yield from _walk(inner, (*path, name), owner, reason if status == ERROR else None)
            if status == ERROR and not _any_error(inner):
                # None of its steps has the failure.
                yield Step((*path, name), status, owner, reason or _inner_reason(inner), None, None)
            continue
        times = parse_time(step.get("started_at")), parse_time(step.get("ended_at"))
        yield Step((*path, name), status, owner, reason, *times)


def _reason(step: Mapping[str, Any]) -> Reason | None:
    value = step.get("reason")
    if not isinstance(value, Mapping):
        return None
    found = Reason(
        collapse_whitespace(str(value.get("code") or "")), collapse_whitespace(str(value.get("message") or ""))
    )
    return found if found.code or found.message else None


def _any_error(steps: Any) -> bool:
    return any(one.get("status") == ERROR or _any_error(one.get("steps")) for one in objects(steps))


def _inner_reason(steps: Any) -> Reason | None:
    """The first reason below a failed step, of a step that did not succeed."""
    for one in objects(steps):
        if one.get("status") != "SUCCESS":
            found = _reason(one) or _inner_reason(one.get("steps"))
            if found:
                return found
    return None


def failed_steps(deployment: Mapping[str, Any]) -> list[Step]:
    """The steps that failed; where a failed deployment has none, those that did not succeed and have a reason."""
    steps = leaf_steps(deployment)
    failed = [step for step in steps if step.status == ERROR]
    if failed or phase_of(deployment) not in (ERROR, CANCELED, SUPERSEDED):
        return failed
    return [step for step in steps if step.status != "SUCCESS" and step.reason is not None]


def was_live(deployment: Mapping[str, Any]) -> bool:
    """Whether a deployment that is SUPERSEDED now was ACTIVE before: its last step succeeded."""
    last = [step for step in leaf_steps(deployment) if step.path == ("deploy", "finalize")]
    return bool(last) and all(step.status == "SUCCESS" for step in last)


def step_counts(deployment: Mapping[str, Any]) -> dict[str, int]:
    """``{success, running, pending, error, total}``: numbers of steps, for display only."""
    progress = deployment.get("progress")
    if not isinstance(progress, Mapping):
        progress = {}
    counted = {key: progress.get(f"{key}_steps") for key in ("success", "running", "pending", "error", "total")}
    if any(isinstance(value, int) and value for value in counted.values()):
        return {key: value if isinstance(value, int) else 0 for key, value in counted.items()}
    statuses = [step.status for step in leaf_steps(deployment)]
    found = {key: statuses.count(key.upper()) for key in ("success", "running", "pending", "error")}
    return {**found, "total": len(statuses)}


def running_components(deployment: Mapping[str, Any]) -> list[str]:
    """The running steps, such as ``migrate (wait)``; a step of the whole app by its path."""
    found = dict.fromkeys(
        f"{step.component} ({'build' if step.building else step.path[-1]})" if step.component else step.path_text
        for step in leaf_steps(deployment)
        if step.status == "RUNNING"
    )
    return list(found)


def component_kinds(spec: Spec | None) -> dict[str, str]:
    """Component name -> ``service``, ``worker`` and so on, or the kind of a job (API reference 5.2)."""
    known = spec or {}
    words = {
        str(one.get("name") or ""): word
        for section, (word, _fields) in COMPONENTS.items()
        for one in objects(known.get(section))
    }
    return {**words, **job_kinds(spec)}


def job_results(deployment: Mapping[str, Any], spec: Spec | None = None) -> list[dict[str, Any]]:
    """``[{name, kind, status, duration, reason}]`` of each job of the deployment's spec (else of the one given).

    ``status`` is one of JOB_STATUSES; ``duration`` is seconds or None; ``reason`` is ``{code, message}`` or None.
    """
    steps = leaf_steps(deployment)
    found = []
    for name, kind in job_kinds(spec_of(deployment) or spec).items():
        own = [step for step in steps if step.component == name]
        run = [step for step in own if not step.building]
        status = _job_status(deployment, kind, own, run, known=bool(steps))
        reason = next((step.reason for step in own if step.status == ERROR and step.reason), None)
        found.append(
            {
                "name": name,
                "kind": kind,
                "status": status,
                "duration": _run_seconds(run),
                "reason": {"code": reason.code, "message": reason.message} if reason else None,
            }
        )
    return found


def _job_status(deployment: Mapping[str, Any], kind: str, own: list[Step], run: list[Step], *, known: bool) -> str:
    """One of JOB_STATUSES. ``own``: the job's steps, ``run``: those after its build, ``known``: there are any steps."""
    ended = is_terminal(deployment)
    steps = {step.status for step in run}
    if any(step.status == ERROR for step in own):
        return ERROR
    if kind == SCHEDULED:
        return "SCHEDULED"
    if steps == {"SUCCESS"}:
        return "SUCCESS"
    if steps & {"RUNNING", "SUCCESS"}:
        # After ACTIVE, a POST_DEPLOY job may still run.
        return "CANCELED" if ended and phase_of(deployment) != ACTIVE else "RUNNING"
    return _status_without_run(deployment, kind, known=known) if ended else "PENDING"


def _status_without_run(deployment: Mapping[str, Any], kind: str, *, known: bool) -> str:
    """The status, after the end of the deployment, of a job that did not start."""
    if kind == "FAILED_DEPLOY" and (known or phase_of(deployment) == ACTIVE):
        return "NOT_TRIGGERED"
    return "SKIPPED" if known else "UNKNOWN"


def _run_seconds(run: list[Step]) -> float | None:
    """From the first start to the last end; None while a step runs, or where the times are missing."""
    started = [step.started for step in run if step.started]
    ended = [step.ended for step in run if step.ended]
    if not started or not ended or any(step.status == "RUNNING" for step in run):
        return None
    return max(0.0, round((max(ended) - min(started)).total_seconds(), 3))
