# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.

"""Being asked to end while something must still be put right.

Ansible's workers end at once on Ctrl-C and SIGTERM, and so do modules. Within an Interruption these are an exception
instead, and only where one is allowed, so that what was begun is put right before the process ends.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

#: Those that ask a process to end.
ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
#: How Ansible ends a task that is over its `timeout`.
ALARM = signal.SIGALRM


class Interrupted(BaseException):
    """The process was asked to end. Not an Exception, so that nothing takes it for a failure that may pass."""

    def __init__(self, number: int) -> None:
        super().__init__(signal.Signals(number).name)


class Interruption:
    """A context manager. Within it, a signal that asks to end is noted (``came``), and raised where that is allowed.

    Signals that are ignored stay so. In another thread than the main one, where none arrive, it does nothing.
    """

    def __init__(self) -> None:
        self.came: str | None = None
        self._before: dict[signal.Signals, Any] = {}
        self._allowed = False
        self._raised = False
        self._alarmed = False

    def __enter__(self) -> Interruption:
        if threading.current_thread() is not threading.main_thread():
            return self
        for number in (*ENDING, ALARM):
            handler = signal.getsignal(number)
            # None: a handler that is not Python's, which could not be put back.
            if handler in (signal.SIG_IGN, None) or (number == ALARM and not callable(handler)):
                continue
            self._before[number] = handler
            signal.signal(number, self._alarm if number == ALARM else self._end)
        return self

    def __exit__(self, *_error: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)
        if self._alarmed:
            signal.raise_signal(ALARM)

    @contextmanager
    def allowed(self) -> Iterator[None]:
        """Within it, what asks to end raises Interrupted; at once if something did before. It is raised only once."""
        self._allowed = True
        try:
            self._raise()
            yield
        finally:
            self._allowed = False

    def _raise(self) -> None:
        if self.came is not None and self._allowed and not self._raised:
            self._raised = True
            raise Interrupted(signal.Signals[self.came])

    def _end(self, number: int, _frame: FrameType | None) -> None:
        self.came = self.came or signal.Signals(number).name
        self._raise()

    def _alarm(self, number: int, frame: FrameType | None) -> None:
        """Ansible's own handler raises; it must not do so while something is being put right."""
        if self._allowed:
            self._before[ALARM](number, frame)
        else:
            self._alarmed = True
