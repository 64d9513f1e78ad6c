# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.

"""Time as a value that is handed in, so that tests neither sleep nor depend on the date."""

from __future__ import annotations

import re
import time
from datetime import datetime, timezone
from typing import Any, Protocol

_TIME = re.compile(r"(\d{4}-\d\d-\d\d)[Tt](\d\d:\d\d:\d\d)(?:\.(\d+))?([Zz]|[+-]\d\d:\d\d)")


class Clock(Protocol):
    """What the collection asks of time."""

    def monotonic(self) -> float:
        """Seconds since some fixed moment; never goes back. For durations."""

    def now(self) -> datetime:
        """The date and time, aware, in UTC."""

    def sleep(self, seconds: float) -> None:
        """Return after that many seconds (at once if it is not positive)."""


class SystemClock:
    """The real clock."""

    def monotonic(self) -> float:
        return time.monotonic()

    def now(self) -> datetime:
        return datetime.now(timezone.utc)

    def sleep(self, seconds: float) -> None:
        if seconds > 0:
            time.sleep(seconds)


def moment(value: Any) -> datetime | None:
    """The aware time of an API time stamp; None for the unset one (absent, or in the year 1) and for no time at all.

    The first and the last years that dates have are none: an hour before or after them cannot be computed with.
    """
    found = _TIME.fullmatch(value) if isinstance(value, str) else None
    if found is None or value.startswith("0001"):
        return None
    date, hour, fraction, zone = found.groups()
    text = f"{date}T{hour}.{(fraction or '0')[:6]:0<6}{'+00:00' if zone in 'Zz' else zone}"
    try:
        time_stamp = datetime.fromisoformat(text)
    except ValueError:
        return None
    return time_stamp if 1970 <= time_stamp.year <= 9000 else None
