# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.

"""One request on its way: whether it has been sent, and how long its answer may still take.

requests and urllib3 know time-outs for silence only: a server that sends one byte every few seconds holds them for
ever, and after an error they do not tell whether the request had left. Both are found out here, below urllib3, where
http.client reads and writes. Only the standard library is needed.
"""

from __future__ import annotations

import http.client
import io
import socket
import threading
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING, Any

from ._clock import Clock

if TYPE_CHECKING:
    from typing_extensions import Buffer


@dataclass
class Flight:
    """State of one request in this thread; a context manager that makes it the current one."""

    clock: Clock
    ends: float
    silence: float
    sent: bool = False
    expired: bool = False

    def __enter__(self) -> Flight:
        _CURRENT.flight = self
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        _CURRENT.flight = None

    def patience(self) -> float:
        """Seconds that the next read may take. Raises TimeoutError after the deadline."""
        left = self.ends - self.clock.monotonic()
        if left <= 0:
            self.expired = True
            raise TimeoutError("deadline")
        return min(left, self.silence)


class _Current(threading.local):
    flight: Flight | None = None


_CURRENT = _Current()


def current_flight() -> Flight | None:
    """The flight of this thread, if there is one."""
    return _CURRENT.flight


class _PatientStream(io.RawIOBase):
    """The raw stream of a socket, each read of which is limited by the flight."""

    def __init__(self, raw: io.RawIOBase, sock: socket.socket, flight: Flight) -> None:
        self._raw = raw
        self._sock = sock
        self._flight = flight
        self.ended = False

    def readable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self._raw.fileno()

    def readinto(self, buffer: Buffer) -> int | None:
        self._sock.settimeout(self._flight.patience())
        try:
            count = self._raw.readinto(buffer)
        except TimeoutError:
            # Silence until the deadline is the deadline's doing when it is the shorter of the two.
            if self._flight.ends - self._flight.clock.monotonic() <= 0:
                self._flight.expired = True
            raise
        self.ended = count == 0
        return count

    def close(self) -> None:
        if not self.closed:
            self._raw.close()
            super().close()


class PatientResponse(http.client.HTTPResponse):
    """http.client's response, reading head and body within the current flight's limits."""

    def __init__(self, sock: socket.socket, *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        self._stream: _PatientStream | None = None
        flight = current_flight()
        if flight is not None:
            reader: Any = self.fp
            self._stream = _PatientStream(reader.detach(), sock, flight)
            self.fp = io.BufferedReader(self._stream)

    def begin(self) -> None:
        """Read the head. http.client takes the end of the connection for the end of the head; it is none."""
        super().begin()
        if self._stream is not None and self._stream.ended:
            self.close()
            raise http.client.RemoteDisconnected("the connection ended in the head of the answer")
