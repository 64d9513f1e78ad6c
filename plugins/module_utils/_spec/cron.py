# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.
"""Parser of cron expressions with five fields (API reference 5.4), and the shortest interval between two runs.

Macros, seconds, ``L``, ``W`` and ``#`` are refused, since the platform does not document them.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from datetime import date, timedelta

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
MACROS = {
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
    "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@hourly": "0 * * * *",
}
_PART = re.compile(r"(\*|\w+)(?:-(\w+))?(?:/([0-9]{1,6}))?")
_MINUTES_A_DAY = 1440
#: Dates and days of the week repeat after 28 years, leap days included.
_CALENDAR_DAYS = 28 * 366
_CALENDAR_START = date(2001, 1, 1)
_LONGEST_MONTH = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


@dataclass(frozen=True)
class _Field:
    name: str
    low: int
    high: int
    names: tuple[str, ...] = ()

    @property
    def with_article(self) -> str:
        return f"an {self.name}" if self.name == "hour" else f"a {self.name}"


_FIELDS = (
    _Field("minute", 0, 59),
    _Field("hour", 0, 23),
    _Field("day of month", 1, 31),
    _Field("month", 1, 12, _MONTHS),
    _Field("day of week", 0, 7, _DAYS),
)


@dataclass(frozen=True)
class Cron:
    """A parsed expression: the sorted minutes and hours, and the sets of days, months and days of the week.

    ``weekdays``: 0 is Sunday. ``any_day``, ``any_weekday``: the field is not a restriction.
    ``sunday_as_seven``: Sunday is written as 7, which some parsers refuse.
    """

    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]
    any_day: bool
    any_weekday: bool
    sunday_as_seven: bool

    def fires_on(self, day: date) -> bool:
        """Whether it fires on that date. If day and day of week are both restricted, one match is enough."""
        if day.month not in self.months:
            return False
        by_day, by_weekday = day.day in self.days, day.isoweekday() % 7 in self.weekdays
        if self.any_day or self.any_weekday:
            return by_day and by_weekday
        return by_day or by_weekday

    def never_fires(self) -> bool:
        """Whether no date can match, such as 31 February."""
        if not self.any_weekday:
            return False
        return not any(day <= _LONGEST_MONTH[month - 1] for month in self.months for day in self.days)

    def gap_under(self, limit: int) -> int | None:
        """The smallest number of minutes between two runs where it is under *limit* (up to a day), else None."""
        times = [hour * 60 + minute for hour in self.hours for minute in self.minutes]
        gaps = [later - earlier for earlier, later in itertools.pairwise(times)]
        over_midnight = times[0] + _MINUTES_A_DAY - times[-1]
        if over_midnight < limit and over_midnight < min(gaps, default=limit) and self._fires_on_consecutive_days():
            gaps.append(over_midnight)
        smallest = min(gaps, default=limit)
        return smallest if smallest < limit else None

    def _fires_on_consecutive_days(self) -> bool:
        fired_before = False
        for number in range(_CALENDAR_DAYS):
            fires = self.fires_on(_CALENDAR_START + timedelta(days=number))
            if fires and fired_before:
                return True
            fired_before = fires
        return False


def parse(expression: str) -> Cron:
    """Parse an expression. Raises ValueError with the problem and the allowed values."""
    parts = expression.split()
    if expression.strip().startswith("@"):
        equivalent = MACROS.get(expression.strip().lower(), "five fields, such as 0 3 * * *")
        raise ValueError(f"macros are not taken; write {equivalent}")
    if len(parts) != len(_FIELDS):
        five = "minute, hour, day of month, month, day of week"
        raise ValueError(f"there are {len(parts)} fields; write five: {five}, such as 0 3 * * *")
    values = [_values(part, field) for part, field in zip(parts, _FIELDS, strict=True)]
    return Cron(
        minutes=tuple(sorted(values[0])),
        hours=tuple(sorted(values[1])),
        days=frozenset(values[2]),
        months=frozenset(values[3]),
        weekdays=frozenset(one % 7 for one in values[4]),
        any_day=_is_any(parts[2]),
        any_weekday=_is_any(parts[4]),
        sunday_as_seven=7 in values[4] and not parts[4].startswith("*"),
    )


def _is_any(text: str) -> bool:
    """Whether a field contains a star; for cron, 1-31 is a restriction."""
    return "*" in text.split(",")


def _values(text: str, field: _Field) -> set[int]:
    result: set[int] = set()
    for part in text.split(","):
        match = _PART.fullmatch(part)
        if match is None or (match[1] == "*" and match[2]):
            raise ValueError(f"{part!r} is not {field.with_article}: write a number, *, a range such as 1-5, or */5")
        low, high = _bounds(match[1], match[2], field, stepped=match[3] is not None)
        step = int(match[3]) if match[3] else 1
        if step == 0:
            raise ValueError(f"{part!r} has the step 0: write 1 or more")
        result.update(range(low, high + 1, step))
    return result


def _bounds(first: str, last: str | None, field: _Field, *, stepped: bool) -> tuple[int, int]:
    if first == "*":
        return field.low, field.high - (1 if field.names is _DAYS else 0)
    low = _number(first, field)
    if last is None:
        # 5/10 means 5-59/10.
        return low, (field.high - (1 if field.names is _DAYS and low < 7 else 0)) if stepped else low
    high = _number(last, field)
    if high < low:
        top = 6 if field.names is _DAYS else field.high
        ranges = f"{first}-{top},{field.low}-{last}"
        raise ValueError(f"the range {first}-{last} of {field.name} goes backwards: write it as two, {ranges}")
    return low, high


def _number(text: str, field: _Field) -> int:
    name = text.lower()
    if name in field.names:
        return field.names.index(name) + field.low
    # int() also accepts digits of other scripts.
    number = int(text) if re.fullmatch(r"[0-9]{1,6}", text) else -1
    if not field.low <= number <= field.high:
        names = f" or {field.names[0]} to {field.names[-1]}" if field.names else ""
        raise ValueError(f"{text!r} is not {field.with_article}: it is {field.low} to {field.high}{names}")
    return number
