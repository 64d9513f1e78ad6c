# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Schedules: five-field cron expressions in a time zone (API reference 5.4)."""

from __future__ import annotations

import re
from datetime import datetime, timezone
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

_FIELD = re.compile(r"(\*|[0-9A-Za-z]+(-[0-9A-Za-z]+)?)(/[0-9]+)?(,(\*|[0-9A-Za-z]+(-[0-9A-Za-z]+)?)(/[0-9]+)?)*")
_NAMES = re.compile(r"(?i)jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|sun|mon|tue|wed|thu|fri|sat")
# How many runs are looked at to find the shortest distance between two of them.
_SAMPLE = 50


def zone(name: str) -> ZoneInfo:
    """The time zone, UTC for an empty name; ValueError when there is none of this name."""
    try:
        return ZoneInfo(name or "UTC")
    except (KeyError, ValueError, OSError) as error:
        raise ValueError(f"unknown time zone {name!r}: use a name of the tz database, such as Europe/Berlin") from error


def _croniter() -> Any:
    """The library's class, which is untyped. Loaded late: it is slow to load, and most requests do not need it."""
    from croniter import croniter  # noqa: PLC0415

    return croniter


@lru_cache(maxsize=512)
def check(expression: str) -> None:
    """ValueError when this is no five-field cron expression."""
    parts = expression.split()
    if len(parts) != 5:
        raise ValueError(f"invalid cron expression {expression!r}: five fields are needed, got {len(parts)}")
    for part in parts:
        if not _FIELD.fullmatch(part) or re.search(r"[A-Za-z]", _NAMES.sub("", part)):
            raise ValueError(f"invalid cron expression {expression!r}: cannot read {part!r}")
    if not _croniter().is_valid(expression):
        raise ValueError(f"invalid cron expression {expression!r}")


def next_run(expression: str, time_zone: str, after: float) -> float | None:
    """Epoch seconds of the first run after a moment; None when the schedule never comes (30 February)."""
    from croniter.croniter import CroniterBadDateError  # noqa: PLC0415

    start = datetime.fromtimestamp(after, zone(time_zone))
    try:
        moment: datetime = _croniter()(expression, start).get_next(datetime)
    except CroniterBadDateError:
        return None
    return moment.timestamp()


@lru_cache(maxsize=512)
def shortest_gap(expression: str) -> float:
    """The shortest time between two runs, in seconds, among the next ones; endless when there is one run at most."""
    moment = datetime(2027, 1, 1, tzinfo=timezone.utc).timestamp() - 1
    gap = float("inf")
    previous: float | None = None
    for _turn in range(_SAMPLE):
        coming = next_run(expression, "UTC", moment)
        if coming is None:
            break
        if previous is not None:
            gap = min(gap, coming - previous)
        previous = moment = coming
    return gap
