# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.

"""Progress lines of a wait: one for each change of state, and a heartbeat."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .._types.api_objects import Deployment
from .deployment import id_of, phase_of
from .steps import running_components, step_counts

#: Seconds without a change after which the state is reported again.
HEARTBEAT_SECONDS = 60.0


class Progress:
    """Reports the state of the deployment that is waited for. ``write``: gets each line."""

    def __init__(self, write: Callable[[str], None]) -> None:
        self._write = write
        self._state: Any = None
        self._last_line = 0.0

    def show(self, deployment: Deployment, elapsed: float) -> None:
        """Write a line if the phase, the finished or the running steps have changed, or as a heartbeat."""
        steps, running = step_counts(deployment), running_components(deployment)
        done = steps["success"] + steps["error"]
        state = (id_of(deployment), phase_of(deployment), done, steps["total"], tuple(running))
        if state == self._state and elapsed - self._last_line < HEARTBEAT_SECONDS:
            return
        self._state = state
        parts = [phase_of(deployment)]
        if steps["total"]:
            parts.append(f"step {done}/{steps['total']}")
        if running:
            parts.append(f"running: {', '.join(running)}")
        self.say(f"deployment {id_of(deployment)[:8]}: {', '.join(parts)}", elapsed)

    def say(self, text: str, elapsed: float) -> None:
        """Write a line with the elapsed time."""
        self._last_line = elapsed
        self._write(f"{text} [{format_elapsed(elapsed)}]")


def format_elapsed(seconds: float) -> str:
    """Such as 0:07, 12:30 or 1:02:03."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
