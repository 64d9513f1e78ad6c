# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.

"""One wait: its pace, its deadline, and the failures that it bears."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from .._api.errors import ApiError, RateLimitedError, ServerError, TransportError
from .wait_options import Watch

FIRST_INTERVAL = 1.0
LONGEST_INTERVAL = 10.0
GROWTH = 1.25
#: Intervals are shortened by up to this part, never made longer: what is late is late by one interval at most.
JITTER = 0.1
#: A wait ends when this many polls in a row have failed (each was already repeated by the client), for this long.
MAX_FAILURES = 5
MIN_FAILURE_SECONDS = 60.0
#: Pauses between looks for something that the API shows a little later (API reference 12.5).
GRACE_PAUSES = (1.0, 2.0, 4.0, 8.0)
GRACE = sum(GRACE_PAUSES)

_T = TypeVar("_T")


class Polling:
    """The time of one wait. Durations in seconds, by the monotonic clock."""

    def __init__(self, watch: Watch) -> None:
        self._clock = watch.clock
        self._timeout = watch.options.wait_timeout
        self._fixed = watch.options.wait_interval
        self._jitter = watch.jitter
        self._next = FIRST_INTERVAL
        self._began = self._clock.monotonic()
        self._failures = 0
        self._failing_since = 0.0
        self._asked = 0.0
        self._error: ApiError | TransportError | None = None

    @property
    def elapsed(self) -> float:
        """Seconds since the wait began."""
        return self._clock.monotonic() - self._began

    def read(self, call: Callable[[], _T]) -> _T | None:
        """What the call gives; None when it failed in a way that may pass.

        When nothing else came for FAILURES calls and FAILURE_TIME seconds, and for every other error, it is raised:
        ApiError, TransportError.
        """
        try:
            found = call()
        except (TransportError, ServerError, RateLimitedError) as error:
            self._error = error
            self._failures += 1
            if self._failures == 1:
                self._failing_since = self.elapsed
            if self._failures >= MAX_FAILURES and self.elapsed - self._failing_since >= MIN_FAILURE_SECONDS:
                raise
            self._asked = (error.retry_after or 0.0) if isinstance(error, ApiError) else 0.0
            return None
        self._failures = 0
        return found

    def pause(self) -> bool:
        """Sleep for one interval; at once False when the time is up. The last look is at the deadline itself."""
        if self._fixed is not None:
            seconds = self._fixed
        else:
            seconds = self._next * (1.0 - JITTER * self._jitter())
            self._next = min(LONGEST_INTERVAL, self._next * GROWTH)
        seconds, self._asked = max(seconds, self._asked), 0.0
        return self.sleep(seconds)

    def pause_after_failure(self) -> None:
        """Sleep for one interval; when the time is up, raise what the last failed read met."""
        if not self.pause() and self._error is not None:
            raise self._error

    def sleep(self, seconds: float) -> bool:
        """Sleep for that long, to the deadline at most; at once False when the time is up."""
        left = self._timeout - self.elapsed
        if left <= 0:
            return False
        self._clock.sleep(min(seconds, left))
        return True
