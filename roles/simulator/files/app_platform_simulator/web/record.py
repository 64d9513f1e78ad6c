# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What was asked of the API: the record that tests and rehearsals read."""

from __future__ import annotations

from collections import deque
from typing import Any

from ..wire import Json

_KEPT = 50_000
# Calls that read, although their method is not GET: dry runs and queries with a body.
READING_OPERATIONS = frozenset({
    "apps_validate_appSpec",
    "apps_validate_rollback",
    "apps_list_metrics_bandwidth_daily",
    "apps_detect",
})  # fmt: skip


class Record:
    """The calls in the order in which they were answered, the oldest ones forgotten after a while."""

    def __init__(self) -> None:
        self.calls: deque[Json] = deque(maxlen=_KEPT)
        self.number = 0

    def add(self, **call: Any) -> None:
        """One more call; `writes` says whether it could change anything."""
        self.number += 1
        reads = call["method"] in {"GET", "HEAD", "OPTIONS"} or call["operation"] in READING_OPERATIONS
        self.calls.append({"number": self.number, **call, "writes": not reads})

    def select(self, *, since: int = 0, method: str = "", path: str = "", writes: bool | None = None) -> list[Json]:
        """The calls after a number, of a method, whose path has a text in it, that write or do not."""
        return [
            call
            for call in self.calls
            if call["number"] > since
            and (not method or call["method"] == method.upper())
            and path in call["path"]
            and (writes is None or call["writes"] == writes)
        ]

    def clear(self) -> None:
        """Forget all; numbers go on."""
        self.calls.clear()
