# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.

"""Runs of scheduled jobs (API reference 5.6): what is known of one, and how long ago the last success is. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from ._apps import JobInvocation
from ._deployments import moment

SUCCEEDED = "SUCCEEDED"
ENDED = frozenset({SUCCEEDED, "FAILED", "CANCELED", "SKIPPED"})


def summary(invocation: JobInvocation) -> dict[str, Any]:
    """The run as results have it: the API's fields, ``trigger`` as one word, and seconds.

    ``{id, job_name, deployment_id, phase, trigger, created_at, started_at, completed_at, duration, reason}``. Unknown
    fields stay out; ``duration`` is None while it runs, ``reason`` where the platform tells none.
    """
    keys = ("id", "job_name", "deployment_id", "phase", "created_at", "started_at", "completed_at")
    return {
        **{key: invocation.get(key) for key in keys},
        "trigger": _trigger(invocation),
        "duration": duration(invocation),
        "reason": _reason(invocation),
    }


def is_over(invocation: JobInvocation) -> bool:
    """Whether the run has ended; one of an unknown phase has when it has an end."""
    return invocation.get("phase") in ENDED or moment(invocation.get("completed_at")) is not None


def duration(invocation: JobInvocation) -> float | None:
    """Seconds from its start to its end."""
    began, ended = moment(invocation.get("started_at")), moment(invocation.get("completed_at"))
    return (ended - began).total_seconds() if began and ended and ended >= began else None


def success_age(invocations: Iterable[JobInvocation], now: datetime) -> float | None:
    """Seconds since the last success; None: there is none among them."""
    ends = [
        ended
        for one in invocations
        if one.get("phase") == SUCCEEDED
        and (ended := moment(one.get("completed_at")) or moment(one.get("created_at"))) is not None
    ]
    return max(0.0, (now - max(ends)).total_seconds()) if ends else None


def stale(ages: Mapping[str, float | None], limit: float) -> list[str]:
    """One sentence for each job whose last success is older than ``limit`` seconds, or that never had one."""
    told = []
    for job, age in ages.items():
        if age is None:
            told.append(f"{job} has never succeeded, as far as the platform remembers")
        elif age > limit:
            told.append(f"{job} succeeded last {spoken(age)} ago, more than {spoken(limit)}")
    return told


def spoken(seconds: float) -> str:
    """A length of time for people."""
    minutes = round(seconds / 60)
    hours, minutes = divmod(minutes, 60)
    if hours >= 48:
        return f"{hours // 24} days {hours % 24} h"
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"


def newest(invocations: Sequence[JobInvocation]) -> JobInvocation | None:
    """The one that was made last; the API promises no order."""
    return max(invocations, key=lambda one: str(one.get("created_at") or ""), default=None)


def _trigger(invocation: JobInvocation) -> str:
    trigger = invocation.get("trigger")
    kind = str(trigger.get("type") or "UNKNOWN") if isinstance(trigger, Mapping) else "UNKNOWN"
    # Both spellings are in use (API reference 5.6).
    return "SCHEDULED" if kind == "SCHEDULE" else kind


def _reason(invocation: JobInvocation) -> dict[str, Any] | None:
    """What the steps say, where the platform sends them (API reference 5.6)."""
    progress = invocation.get("progress")
    steps = progress.get("steps") if isinstance(progress, Mapping) else None
    for step in steps if isinstance(steps, list) else ():
        reason = step.get("reason") if isinstance(step, Mapping) else None
        if isinstance(reason, Mapping) and step.get("status") == "ERROR":
            return {"code": reason.get("code"), "message": reason.get("message")}
    return None
