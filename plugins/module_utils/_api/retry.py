# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.

"""The retry policy: whether and when a call is retried. docs/faults.md documents it."""

from __future__ import annotations

from .._system.clock import Clock
from .._system.system_random import SYSTEM_RANDOM
from .errors import ApiError, AppPlatformError, RateLimitedError, TransportError
from .settings import ClientSettings

try:
    from urllib3.exceptions import HTTPError, MaxRetryError
    from urllib3.util.retry import Retry
except ImportError:
    pass  # transport.require_requests has the message

#: Statuses after which a read-only call is retried. 520 to 524 are those of Cloudflare, the proxy of the API.
RETRY_STATUSES = frozenset({408, 500, 502, 503, 504, 520, 521, 522, 523, 524})

#: Reasons of TransportError after which a read-only call is retried.
RETRY_REASONS = frozenset(
    {"read_timeout", "deadline_exceeded", "connection_cut", "truncated", "undecodable", "broken_json"}
)

#: Reasons after which any call is retried if it was not sent, at most CONNECT_RETRIES times.
RETRY_REASONS_UNSENT = frozenset(
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

#: The first back-off, which doubles, the longest one, and the time after which a call is not retried.
BACKOFF_INITIAL_SECONDS = 0.5
BACKOFF_MAX_SECONDS = 20.0
RETRY_BUDGET_SECONDS = 300.0


class RetryState:
    """The retries of one call, counted by urllib3's Retry; the caller sleeps. ``attempts``: made so far."""

    def __init__(self, settings: ClientSettings, clock: Clock, *, method: str, path: str, read_only: bool) -> None:
        self.attempts = 1
        self._max_wait = settings.rate_limit_wait
        self._clock = clock
        self._method = method
        self._path = path
        self._read_only = read_only
        self._started = clock.monotonic()
        self._unsent = 0
        self._retry = Retry(
            total=settings.retries,
            allowed_methods=None,
            status_forcelist=RETRY_STATUSES,
            backoff_factor=BACKOFF_INITIAL_SECONDS,
        )

    def next_delay(self, error: AppPlatformError) -> float | None:
        """Seconds to wait before the next attempt; None: raise the error."""
        requested = error.retry_after if isinstance(error, ApiError) else None
        if not self._is_retryable(error) or (requested is not None and requested > self._max_wait):
            return None
        try:
            self._retry = self._retry.increment(self._method, self._path, error=HTTPError(error.code))
        except MaxRetryError:
            return None
        if requested is not None:
            # Not earlier than requested; with jitter, so that forked workers do not retry simultaneously.
            delay = requested + SYSTEM_RANDOM.uniform(0.0, min(1.0, 0.1 * requested))
        else:
            # urllib3 1.26 has no configurable maximum, and a first back-off of 0.
            backoff = min(BACKOFF_MAX_SECONDS, max(BACKOFF_INITIAL_SECONDS, self._retry.get_backoff_time()))
            delay = SYSTEM_RANDOM.uniform(0.5, 1.0) * backoff
        elapsed = self._clock.monotonic() - self._started
        if isinstance(error, RateLimitedError):
            self._started += delay  # waits for the rate limit are limited by rate_limit_wait
        elif elapsed + delay > RETRY_BUDGET_SECONDS:
            return None
        self.attempts += 1
        return delay

    def _is_retryable(self, error: AppPlatformError) -> bool:
        if isinstance(error, RateLimitedError):
            return True  # refused without any effect
        if isinstance(error, TransportError) and not error.sent:
            self._unsent += 1
            return error.reason in RETRY_REASONS_UNSENT and self._unsent <= CONNECT_RETRIES
        if not self._read_only:
            return False
        if isinstance(error, TransportError):
            return error.reason in RETRY_REASONS
        return isinstance(error, ApiError) and bool(self._retry.is_retry(self._method, error.status))
