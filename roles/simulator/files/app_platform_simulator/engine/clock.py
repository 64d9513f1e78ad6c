# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The platform's time.

`auto` goes on as the computer's clock does, and jumps ahead whenever a client looks at something that is on its way, so
that whoever waits is done after a few looks. `real` goes on by itself, `speed` times as fast. `manual` stands still
until it is told to move.
"""

from __future__ import annotations

import math
import time

KINDS = ("auto", "real", "manual")
# Timestamps have four digits for the year, and things happen after now, too.
_LATEST = 250_000_000_000.0


class Clock:
    """Epoch seconds. It never goes backwards."""

    def __init__(self, kind: str = "auto", speed: float = 1.0, now: float | None = None) -> None:
        if kind not in KINDS:
            raise ValueError(f"clock: {kind!r} is not one of {', '.join(KINDS)}")
        if not 0 < speed < math.inf:
            raise ValueError(f"speed: {speed} is not above 0, or has no end")
        if now is not None and not now <= _LATEST:
            raise ValueError("now: that is too late to be told")
        self.kind = kind
        self.speed = speed
        self._base = time.time() if now is None else now
        if kind == "manual" and now is None:
            self._base = float(int(self._base))
        self._started = time.monotonic()

    def now(self) -> float:
        """The time of the platform."""
        if self.kind == "manual":
            return self._base
        return min(self._base + (time.monotonic() - self._started) * self.speed, _LATEST)

    def advance(self, seconds: float) -> float:
        """Move forward; the new time. Works with every kind: a real clock is then ahead of the computer's."""
        if not seconds >= 0:
            raise ValueError(f"seconds: {seconds} would turn the clock back")
        if self._base + seconds > _LATEST:
            raise ValueError(f"seconds: after {seconds} it would be too late to be told")
        self._base += seconds
        return self.now()

    def become(self, kind: str, speed: float | None = None, now: float | None = None) -> None:
        """Change the kind; without a jump in time unless a later time is given."""
        present = self.now()
        if now is not None and now < present:
            raise ValueError(f"now: {now} would turn the clock back")
        other = Clock(kind, self.speed if speed is None else speed, present if now is None else now)
        self.kind, self.speed, self._base, self._started = other.kind, other.speed, other._base, other._started
