# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.

"""Whether and when a call is sent again. docs/faults.md shows the whole policy, row by row."""

from __future__ import annotations

from .._system.clock import Clock
from .._system.system_random import SYSTEM_RANDOM
from .errors import ApiError, AppPlatformError, RateLimitedError, TransportError
from .settings import ClientSettings

try:
    from urllib3.exceptions import HTTPError, MaxRetryError
    from urllib3.util.retry import Retry
except ImportError:
    pass  # transport.require() has the message

#: Statuses after which a reading call is sent again. 520-524 are Cloudflare's, which stands before the API.
RETRY_STATUSES = frozenset({408, 500, 502, 503, 504, 520, 521, 522, 523, 524})

#: Faults after which a reading call is sent again.
RETRY_REASONS = frozenset(
    {"read_timeout", "deadline_exceeded", "connection_cut", "truncated", "undecodable", "broken_json"}
)

#: Faults before anything was sent that may pass; any call is sent again, CONNECT_RETRIES times at most.
RETRY_UNSENT = frozenset(
    {
        "connection_refused",
        "connection_failed",
        "connect_timeout",
        "name_not_resolved",
        "proxy_failed",
        "tls_failed",
    }
)
CONNECT_RETRIES = 3

#: Seconds: the first back-off (it doubles), the longest one, and the time after which no back-off is begun.
BACKOFF_FIRST = 0.5
BACKOFF_MAX = 20.0
BUDGET = 300.0


class Attempts:
    """The attempts of one call. urllib3's Retry counts and backs off; the sleeping is the caller's, by its clock."""

    def __init__(self, settings: ClientSettings, clock: Clock, *, method: str, path: str, reads: bool) -> None:
        self.count = 1
        self._longest = settings.rate_limit_wait
        self._clock = clock
        self._method = method
        self._path = path
        self._reads = reads
        self._began = clock.monotonic()
        self._unsent = 0
        self._retry = Retry(
            total=settings.retries,
            allowed_methods=None,
            status_forcelist=RETRY_STATUSES,
            backoff_factor=BACKOFF_FIRST,
        )

    def pause(self, error: AppPlatformError) -> float | None:
        """Seconds to wait before the call is sent again, or None: the error stands."""
        asked = error.retry_after if isinstance(error, ApiError) else None
        if not self._may_repeat(error) or (asked is not None and asked > self._longest):
            return None
        try:
            self._retry = self._retry.increment(self._method, self._path, error=HTTPError(error.code))
        except MaxRetryError:
            return None
        if asked is not None:
            # Never earlier than asked for; a little later, so that forks do not come back all at once.
            pause = asked + SYSTEM_RANDOM.uniform(0.0, min(1.0, 0.1 * asked))
        else:
            # urllib3 1.26 takes no maximum of ours, and makes the first pause 0.
            backoff = min(BACKOFF_MAX, max(BACKOFF_FIRST, self._retry.get_backoff_time()))
            pause = SYSTEM_RANDOM.uniform(0.5, 1.0) * backoff
        elapsed = self._clock.monotonic() - self._began
        if isinstance(error, RateLimitedError):
            self._began += pause  # waits for the rate limit have a limit of their own
        elif elapsed + pause > BUDGET:
            return None
        self.count += 1
        return pause

    def _may_repeat(self, error: AppPlatformError) -> bool:
        if isinstance(error, RateLimitedError):
            return True  # refused before any effect
        if isinstance(error, TransportError) and not error.sent:
            self._unsent += 1
            return error.reason in RETRY_UNSENT and self._unsent <= CONNECT_RETRIES
        if not self._reads:
            return False
        if isinstance(error, TransportError):
            return error.reason in RETRY_REASONS
        return isinstance(error, ApiError) and bool(self._retry.is_retry(self._method, error.status))
