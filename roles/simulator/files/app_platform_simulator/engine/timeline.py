# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is due when.

Nothing runs in the background: whoever looks at the platform first lets it catch up with its clock.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from itertools import count
from typing import Any

Handler = Callable[..., None]


class Timeline:
    """Appointments in order of time, then in the order in which they were made."""

    def __init__(self) -> None:
        self._heap: list[tuple[float, int, str, tuple[str, ...]]] = []
        self._serial = count()
        self._handlers: dict[str, Handler] = {}
        self.now = 0.0

    def on(self, kind: str, handler: Handler) -> None:
        """Who deals with appointments of this kind: called with their arguments, while `now` is their time."""
        self._handlers[kind] = handler

    def at(self, due: float, kind: str, *arguments: str) -> None:
        """Make an appointment."""
        heapq.heappush(self._heap, (due, next(self._serial), kind, arguments))

    def after(self, seconds: float, kind: str, *arguments: str) -> None:
        """Make an appointment so many seconds from the present moment of the platform."""
        self.at(self.now + max(0.0, seconds), kind, *arguments)

    def catch_up(self, now: float) -> None:
        """Let everything happen that is due, each at its own time."""
        while self._heap and self._heap[0][0] <= now:
            due, _serial, kind, arguments = heapq.heappop(self._heap)
            self.now = max(self.now, due)
            self._handlers[kind](*arguments)
        self.now = max(self.now, now)

    def next_due(self, kinds: frozenset[str] = frozenset(), about: str = "") -> float | None:
        """When something will happen next: anything, or something of these kinds about one app."""
        if not kinds:
            return self._heap[0][0] if self._heap else None
        return min(
            (due for due, _serial, kind, given in self._heap if kind in kinds and given[0] == about), default=None
        )

    def clear(self) -> None:
        """Forget all appointments."""
        self._heap.clear()

    def dump(self) -> list[list[Any]]:
        """All appointments, in order, as JSON values."""
        return [[due, kind, *arguments] for due, _serial, kind, arguments in sorted(self._heap)]

    def load(self, entries: list[list[Any]]) -> None:
        """The reverse of dump."""
        self.clear()
        for due, kind, *arguments in entries:
            self.at(float(due), str(kind), *map(str, arguments))
