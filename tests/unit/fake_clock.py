"""A clock for tests: its time passes only when something sleeps, or when a test says so."""

from __future__ import annotations

import datetime
from collections.abc import Callable

START = datetime.datetime(2026, 11, 23, 12, 0, 0, tzinfo=datetime.timezone.utc)


class FakeClock:
    """``passed``: seconds since START; ``slept``: the seconds of each sleep, after which ``on_sleep`` is called."""

    def __init__(self) -> None:
        self.passed = 0.0
        self.slept: list[float] = []
        self.on_sleep: Callable[[], None] | None = None

    def monotonic(self) -> float:
        return 1000.0 + self.passed

    def now(self) -> datetime.datetime:
        return START + datetime.timedelta(seconds=self.passed)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.passed += max(0.0, seconds)
        if self.on_sleep:
            self.on_sleep()

    def advance(self, seconds: float) -> None:
        self.passed += seconds
