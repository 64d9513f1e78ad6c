# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.

"""Invocations (runs) of scheduled jobs (API reference 5.6): their result, and the age of the last success. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from .._deployments.deployment import user_name
from .._masking.log_secrets import mask_log_text
from .._system.clock import parse_time, seconds_between
from .._types.api_objects import JobInvocation

SUCCEEDED = "SUCCEEDED"
PHASES = ("PENDING", "RUNNING", "SUCCEEDED", "FAILED", "CANCELED", "SKIPPED")
TERMINAL_PHASES = frozenset(PHASES[2:])


def invocation_summary(invocation: JobInvocation, keys: Collection[str]) -> dict[str, Any]:
    """The invocation as results show it: the API's fields, ``trigger`` as one word, and ``duration`` in seconds.

    ``{id, job_name, deployment_id, phase, created_at, started_at, completed_at, trigger, user, duration, reason}``.
    ``user``: who started a manual run. ``duration`` is None while it runs, ``reason`` where the platform gives none.
    ``keys``: of secret envs, whose values the reason must not show.
    """
    fields = ("id", "job_name", "deployment_id", "phase", "created_at", "started_at", "completed_at")
    return {
        **{name: invocation.get(name) for name in fields},
        "trigger": trigger_of(invocation),
        "user": _user(invocation),
        "duration": invocation_duration(invocation),
        "reason": _reason(invocation, keys),
    }


def has_ended(invocation: JobInvocation) -> bool:
    """Whether the run has ended: by its phase, or by its end time where the phase is unknown."""
    return str(invocation.get("phase")) in TERMINAL_PHASES or parse_time(invocation.get("completed_at")) is not None


def invocation_duration(invocation: JobInvocation) -> float | None:
    """Seconds from its start to its end; None while it runs."""
    return seconds_between(parse_time(invocation.get("started_at")), parse_time(invocation.get("completed_at")))


def trigger_of(invocation: JobInvocation) -> str:
    """SCHEDULED, MANUAL, UNKNOWN, or any other word of the platform."""
    trigger = invocation.get("trigger")
    kind = str(trigger.get("type") or "UNKNOWN") if isinstance(trigger, Mapping) else "UNKNOWN"
    # Both spellings are in use (API reference 5.6).
    return "SCHEDULED" if kind == "SCHEDULE" else kind


def newest_first(
    invocations: Iterable[JobInvocation], enough: Callable[[Sequence[JobInvocation]], bool]
) -> list[JobInvocation]:
    """The runs of one job, newest first, read until *enough* returns true for those read.

    The API guarantees no order (API reference 5.7): reading stops early only if the runs so far came newest first.
    """
    found: list[JobInvocation] = []
    descending, ordered = False, True
    for one in invocations:
        if found:
            ordered = ordered and _created(found[-1]) >= _created(one)
            descending = ordered and _created(found[0]) > _created(one)
        if descending and enough(found):
            break
        found.append(one)
    return sorted(found, key=_created, reverse=True)


def newest_invocation(invocations: Iterable[JobInvocation]) -> JobInvocation | None:
    """The run that was created last; None: there is none."""
    return next(iter(newest_first(invocations, bool)), None)


def last_success(invocations: Iterable[JobInvocation]) -> datetime | None:
    """When the last successful run ended; None: there is none among them."""
    ends = [_end(one) for one in invocations if one.get("phase") == SUCCEEDED]
    return max(filter(None, ends), default=None)


def age_seconds(when: datetime | None, now: datetime) -> float | None:
    """Seconds from *when* to *now*, at least 0: the clocks of two machines differ a little."""
    return None if when is None else max(0.0, (now - when).total_seconds())


def staleness(job: str, invocations: Sequence[JobInvocation], limit: float, now: datetime) -> str | None:
    """Why a job is stale: its last success is more than ``limit`` seconds ago, or there is none. Else None.

    ``invocations``: newest first.
    """
    success = age_seconds(last_success(invocations), now)
    if success is not None and success <= limit:
        return None
    if not invocations:
        return f"{job} has not run yet, as far as the platform remembers"
    last = invocations[0]
    status = f"its last run ({last.get('id')}) is {last.get('phase') or 'of an unknown phase'}"
    since = age_seconds(parse_time(last.get("created_at")), now)
    if since is not None:
        status += f", begun {format_duration(since)} ago"
    if success is None:
        return f"{job} has never succeeded, as far as the platform remembers; {status}"
    return f"{job} succeeded last {format_duration(success)} ago, which is more than {format_duration(limit)}; {status}"


def format_duration(seconds: float) -> str:
    """A duration for messages: ``45 s``, ``7 min``, ``3 h 5 min``, ``4 days 2 h``."""
    if seconds < 120:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    hours, minutes = divmod(minutes, 60)
    if hours >= 48:
        return f"{hours // 24} days {hours % 24} h"
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"


def _created(invocation: JobInvocation) -> float:
    created = parse_time(invocation.get("created_at"))
    return created.timestamp() if created else float("-inf")


def _end(invocation: JobInvocation) -> datetime | None:
    return parse_time(invocation.get("completed_at")) or parse_time(invocation.get("created_at"))


def _user(invocation: JobInvocation) -> str | None:
    """The user who started a manual run."""
    trigger = invocation.get("trigger")
    manual = trigger.get("manual") if isinstance(trigger, Mapping) else None
    return user_name(manual.get("user")) if isinstance(manual, Mapping) else None


def _reason(invocation: JobInvocation, keys: Collection[str]) -> dict[str, Any] | None:
    """``{code, message}`` of the first failed step, where the platform sends steps (API reference 5.6)."""
    progress = invocation.get("progress")
    steps = progress.get("steps") if isinstance(progress, Mapping) else None
    for step in steps if isinstance(steps, list) else ():
        reason = step.get("reason") if isinstance(step, Mapping) else None
        if isinstance(reason, Mapping) and step.get("status") == "ERROR":
            message = reason.get("message")
            return {
                "code": reason.get("code"),
                "message": mask_log_text(message, keys) if isinstance(message, str) else message,
            }
    return None
