# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.

"""The clock as a dependency that is passed in, so that tests neither sleep nor depend on the date."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Iterator
from datetime import datetime, timezone
from typing import Any, Protocol

_RFC3339 = re.compile(r"(\d{4}-\d\d-\d\d)[Tt](\d\d:\d\d:\d\d)(?:\.(\d+))?([Zz]|[+-]\d\d:\d\d)")


class Clock(Protocol):
    """What the collection needs of a clock."""

    def monotonic(self) -> float:
        """Seconds since an arbitrary point in time; never decreases. For durations."""

    def now(self) -> datetime:
        """The date and time, aware, in UTC."""

    def sleep(self, seconds: float) -> None:
        """Block for this many seconds; a value of 0 or less returns immediately."""


class SystemClock:
    """The real clock."""

    def monotonic(self) -> float:
        return time.monotonic()

    def now(self) -> datetime:
        return datetime.now(timezone.utc)

    def sleep(self, seconds: float) -> None:
        if seconds > 0:
            time.sleep(seconds)


def parse_time(value: Any) -> datetime | None:
    """Parse an RFC 3339 time stamp of the API (API reference 1.3) into an aware datetime.

    None for the unset time (absent, or in the year 1), for anything that is not a time stamp, and for years outside
    1970 to 9000: close to the limits of datetime, adding a duration or a time zone overflows.
    """
    match = _RFC3339.fullmatch(value) if isinstance(value, str) else None
    if match is None or value.startswith("0001"):
        return None
    date, time_of_day, fraction, zone = match.groups()
    text = f"{date}T{time_of_day}.{(fraction or '0')[:6]:0<6}{'+00:00' if zone in 'Zz' else zone}"
    try:
        parsed = datetime.fromisoformat(text)
    except ValueError:
        return None
    return parsed if 1970 <= parsed.year <= 9000 else None


def seconds_between(start: datetime | None, end: datetime | None) -> float | None:
    """From *start* to *end*; None where one of them is missing, or the end is before the start."""
    return None if start is None or end is None or end < start else (end - start).total_seconds()


def attempts(clock: Clock, pauses: Iterable[float]) -> Iterator[None]:
    """One iteration at once, and one after each pause, in seconds."""
    yield
    for pause in pauses:
        clock.sleep(pause)
        yield
