# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The two rate limits: per hour and per minute, each over a sliding window (API reference 1.4).

They count real time: it is the client's speed that they limit.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable

from ..errors import too_many_requests
from ..state import Settings


class Limits:
    """Counts the requests of all tokens together."""

    def __init__(self, settings: Settings, now: Callable[[], float] = time.time) -> None:
        self._settings = settings
        self._now = now
        self._times: deque[float] = deque()

    def count(self) -> None:
        """One more request; refused when limits are enforced and one is used up."""
        now = self._now()
        self._forget(now)
        settings = self._settings
        if settings.rate_limits:
            if len(self._times) >= settings.per_hour:
                raise too_many_requests(self.headers())
            recent = [moment for moment in self._times if moment > now - 60]
            if len(recent) >= settings.per_minute:
                wait = max(1, int(recent[0] + 60 - now) + 1)
                raise too_many_requests({**self.headers(), "ratelimit-remaining": "0", "retry-after": str(wait)})
        self._times.append(now)

    def _forget(self, now: float) -> None:
        while self._times and self._times[0] <= now - 3600:
            self._times.popleft()

    def headers(self) -> dict[str, str]:
        """What every answer says about the hourly limit. Unless enforced, there is always something left."""
        settings, now = self._settings, self._now()
        self._forget(now)
        left = settings.per_hour - len(self._times)
        if not settings.rate_limits:
            left = max(left, settings.per_hour // 2)
        oldest = self._times[0] if self._times else now
        return {
            "ratelimit-limit": str(settings.per_hour),
            "ratelimit-remaining": str(max(0, left)),
            "ratelimit-reset": str(int(oldest + 3600)),
        }

    def clear(self) -> None:
        """Start counting anew."""
        self._times.clear()
