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

import contextlib
import http.client
import io
import socket
import threading
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING, Any

from .._system.clock import Clock
from .proxies import Proxy

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
    #: The proxy on the way, if there is one.
    proxy: Proxy | None = None
    #: Where the other end is (reachability.py), and whether and how near it may be.
    peer: int | None = None
    guarded: bool = False
    nearest: int | None = None

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


#: Interim answers before one answer; a server sends one or two.
_MOST_INTERIM = 20
#: As http.client has it for the head.
_LONGEST_LINE = 65536


class _PatientStream(io.RawIOBase):
    """The raw stream of a socket, each read of which is limited by the flight."""

    def __init__(self, raw: io.RawIOBase, sock: socket.socket, flight: Flight) -> None:
        self._raw = raw
        self._sock = sock
        self._flight = flight
        self.ended = False
        self.closing = False

    def readable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self._raw.fileno()

    def readinto(self, buffer: Buffer) -> int | None:
        if self.closing:
            return None  # nothing more is wanted
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

    def left_over(self) -> bool:
        """Whether TLS has unpacked bytes that nobody has read."""
        pending = getattr(self._sock, "pending", None)
        try:
            return pending is not None and pending() > 0
        except (OSError, ValueError):
            return False

    def end(self) -> None:
        """End the connection, whoever still holds it: what comes next on it would be taken for another answer."""
        with contextlib.suppress(OSError):
            self._sock.shutdown(socket.SHUT_RDWR)


class _Lines(io.BufferedReader):
    """No line without an end: old urllib3 takes one of any length for the size of a chunk, or for a trailer."""

    def readline(self, size: int | None = -1, /) -> bytes:
        if size is not None and size >= 0:
            return super().readline(size)
        line = super().readline(_LONGEST_LINE + 1)
        if len(line) > _LONGEST_LINE:
            raise http.client.LineTooLong("line")
        return line


class PatientResponse(http.client.HTTPResponse):
    """http.client's response, reading head and body within the current flight's limits.

    And one request gets one answer: interim answers are passed over (http.client knows 100 only, and takes another one
    for the answer itself, so that the next request would get this one's), and a connection on which more came than the
    answer is not used again.
    """

    def __init__(self, sock: socket.socket, *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        self._stream: _PatientStream | None = None
        flight = current_flight()
        if flight is not None:
            reader: Any = self.fp
            self._stream = _PatientStream(reader.detach(), sock, flight)
            self.fp = _Lines(self._stream)

    def _read_status(self) -> tuple[str, int, str]:
        """The first status line that is not an interim answer's. Called by begin, and for the answer of a proxy."""
        reader: Any = super()
        for _turn in range(_MOST_INTERIM):
            version, status, reason = reader._read_status()
            if not 100 <= status < 200:
                return version, status, reason
            if status == http.client.SWITCHING_PROTOCOLS:
                break  # nobody asked for that
            http.client.parse_headers(self.fp)
        raise http.client.BadStatusLine("no answer behind the interim ones")

    def _close_conn(self) -> None:
        """The body has ended. http.client would throw away what was read beyond it, and use the connection again."""
        reader: Any = self.fp
        stream = self._stream
        if stream is not None and isinstance(reader, io.BufferedReader) and not reader.closed:
            stream.closing = True
            if reader.peek(1) or stream.left_over():
                stream.end()
        close: Any = super()
        close._close_conn()

    def begin(self) -> None:
        """Read the head. http.client takes the end of the connection for the end of the head; it is none."""
        super().begin()
        if self._stream is not None and self._stream.ended:
            self.close()
            raise http.client.RemoteDisconnected("the connection ended in the head of the answer")
