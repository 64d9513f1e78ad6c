# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.

"""Deferred handling of termination signals, so that a process cleans up before it ends.

Ansible's workers and modules end immediately on Ctrl-C and SIGTERM. Within an InterruptGuard these signals raise an
exception instead, and only in the blocks that allow it.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

#: Signals that ask a process to end.
TERMINATION_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
#: The signal by which Ansible ends a task that exceeds its `timeout`.
TIMEOUT_SIGNAL = signal.SIGALRM


class Interrupted(BaseException):
    """The process was asked to end. A BaseException, so that no handler of Exception treats it as a transient error."""

    def __init__(self, number: int) -> None:
        super().__init__(signal.Signals(number).name)


class InterruptGuard:
    """A context manager that records termination signals and raises Interrupted inside interruptible() blocks.

    ``received``: the name of the first termination signal, such as "SIGTERM", or None. Ignored signals stay ignored.
    In a thread other than the main one, which receives no signals, it does nothing.
    """

    def __init__(self) -> None:
        self.received: str | None = None
        self._handlers: dict[signal.Signals, Any] = {}
        self._interruptible = False
        self._raised = False
        self._timed_out = False

    def __enter__(self) -> InterruptGuard:
        if threading.current_thread() is not threading.main_thread():
            return self
        for number in (*TERMINATION_SIGNALS, TIMEOUT_SIGNAL):
            handler = signal.getsignal(number)
            # None: the handler was not installed from Python and could not be restored.
            if handler in (signal.SIG_IGN, None) or (number == TIMEOUT_SIGNAL and not callable(handler)):
                continue
            self._handlers[number] = handler
            signal.signal(number, self._on_timeout if number == TIMEOUT_SIGNAL else self._on_termination)
        return self

    def __exit__(self, *_error: object) -> None:
        for number, handler in self._handlers.items():
            signal.signal(number, handler)
        if self._timed_out:
            signal.raise_signal(TIMEOUT_SIGNAL)

    @contextmanager
    def interruptible(self) -> Iterator[None]:
        """A block in which a termination signal, also one received before, raises Interrupted; it is raised once."""
        self._interruptible = True
        try:
            self._raise_if_pending()
            yield
        finally:
            self._interruptible = False

    def _raise_if_pending(self) -> None:
        if self.received is not None and self._interruptible and not self._raised:
            self._raised = True
            raise Interrupted(signal.Signals[self.received])

    def _on_termination(self, number: int, _frame: FrameType | None) -> None:
        self.received = self.received or signal.Signals(number).name
        self._raise_if_pending()

    def _on_timeout(self, number: int, frame: FrameType | None) -> None:
        """Ansible's handler raises an exception, so outside interruptible blocks it is called on exit instead."""
        if self._interruptible:
            self._handlers[TIMEOUT_SIGNAL](number, frame)
        else:
            self._timed_out = True
