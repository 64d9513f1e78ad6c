# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.

"""Polling: the intervals of one wait, its deadline, and how many failures it tolerates."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from .._api.errors import ApiError, RateLimitedError, ServerError, TransportError
from .watch import Watch

INITIAL_INTERVAL_SECONDS = 1.0
MAX_INTERVAL_SECONDS = 10.0
INTERVAL_GROWTH = 1.25
#: Intervals are shortened by up to this fraction, never lengthened, so that a wait ends one interval late at most.
JITTER = 0.1
#: A wait fails after this many failed polls in a row (the client has retried each of them), if they took this long.
MAX_FAILED_POLLS = 5
MIN_FAILURE_SECONDS = 60.0
#: Seconds between attempts to find what the API may show some seconds after a write (API reference 12.5).
GRACE_PAUSES = (1.0, 2.0, 4.0, 8.0)
GRACE_SECONDS = sum(GRACE_PAUSES)
#: The same for what it shows within moments: a listed deployment or alert.
SHORT_GRACE_PAUSES = (0.5, 1.0, 2.0, 4.0)

_T = TypeVar("_T")


class Polling:
    """The timing of one wait. Times in seconds, of the monotonic clock."""

    def __init__(self, watch: Watch) -> None:
        self._clock = watch.clock
        self._timeout = watch.options.wait_timeout
        self._fixed_interval = watch.options.wait_interval
        self._jitter = watch.jitter
        self._interval = INITIAL_INTERVAL_SECONDS
        self._start = self._clock.monotonic()
        self._failures = 0
        self._failing_since = 0.0
        self._retry_after = 0.0
        self._error: ApiError | TransportError | None = None

    @property
    def elapsed(self) -> float:
        """Seconds since the wait began."""
        return self._clock.monotonic() - self._start

    def read(self, call: Callable[[], _T]) -> _T | None:
        """The result of the call; None after a transient failure.

        Raises ApiError, TransportError: a transient failure after MAX_FAILED_POLLS of them within at least
        MIN_FAILURE_SECONDS, any other one at once.
        """
        try:
            found = call()
        except (TransportError, ServerError, RateLimitedError) as error:
            self._error = error
            self._failures += 1
            if self._failures == 1:
                self._failing_since = self.elapsed
            if self._failures >= MAX_FAILED_POLLS and self.elapsed - self._failing_since >= MIN_FAILURE_SECONDS:
                raise
            self._retry_after = (error.retry_after or 0.0) if isinstance(error, ApiError) else 0.0
            return None
        self._failures = 0
        return found

    def pause(self) -> bool:
        """Sleep for one interval; False, without sleeping, after the deadline. The last poll is at the deadline."""
        if self._fixed_interval is not None:
            seconds = self._fixed_interval
        else:
            seconds = self._interval * (1.0 - JITTER * self._jitter())
            self._interval = min(MAX_INTERVAL_SECONDS, self._interval * INTERVAL_GROWTH)
        seconds, self._retry_after = max(seconds, self._retry_after), 0.0
        return self.sleep(seconds)

    def pause_after_failure(self) -> None:
        """Sleep for one interval; after the deadline, raise the error of the last failed `read`."""
        if not self.pause() and self._error is not None:
            raise self._error

    def sleep(self, seconds: float) -> bool:
        """Sleep for *seconds*, but not beyond the deadline; False, without sleeping, after the deadline."""
        remaining = self._timeout - self.elapsed
        if remaining <= 0:
            return False
        self._clock.sleep(min(seconds, remaining))
        return True
