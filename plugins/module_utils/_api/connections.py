# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.

"""HTTP connections with a deadline for the whole response, and a record of whether the request was sent.

The time-outs of requests and urllib3 apply to single socket operations: a server that sends one byte every few seconds
blocks a call for ever (tests/unit/client, rows drip-in-the-head and drip-in-the-body). Their exceptions do not show
whether a request was sent: a TLS connection that is cut looks the same during and after the handshake
(test_tls_connection_cut). Both are handled here, in subclasses of the connection and response classes that urllib3
uses: http.client.HTTPConnection.endheaders and response_class, HTTPResponse.fp and begin.
"""

from __future__ import annotations

import contextlib
import http.client
import io
import socket
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .._system.clock import Clock
from .address_scope import SCOPE_NAMES, host_scope, is_allowed
from .faults import FaultError
from .proxies import Proxy

if TYPE_CHECKING:
    from typing_extensions import Buffer

#: Interim (1xx) responses before a response; servers send one or two.
_MAX_INTERIM_RESPONSES = 20
#: Bytes of a line: the limit of http.client for header lines.
_MAX_LINE_BYTES = 65536


@dataclass
class RequestDeadline:
    """The time limits of one request. ``deadline``: by the monotonic clock; ``read_timeout``: seconds of silence."""

    clock: Clock
    deadline: float
    read_timeout: float
    expired: bool = False

    def remaining(self) -> float:
        """Seconds that the next read may take. Raises TimeoutError after the deadline, and sets ``expired``."""
        seconds = self.deadline - self.clock.monotonic()
        if seconds <= 0:
            self.expired = True
            raise TimeoutError("deadline")
        return min(seconds, self.read_timeout)


@dataclass
class RequestState:
    """What is known of a request while it is sent (see sending).

    ``restrict_peer``, ``api_scope``: the peer must be allowed by address_scope.is_allowed. ``peer_scope``: the scope of
    the peer's address, once connected without a proxy.
    """

    deadline: RequestDeadline
    restrict_peer: bool = False
    api_scope: int | None = None
    proxy: Proxy | None = None
    sent: bool = False
    peer_scope: int | None = None

    def check_peer(self, sock: Any) -> None:
        """Record the scope of the peer's address, whatever its name is. Raises FaultError where it is not allowed."""
        try:
            self.peer_scope = host_scope(str(sock.getpeername()[0]))
        except OSError:
            return  # disconnected; sending fails
        if self.restrict_peer and not is_allowed(self.peer_scope, self.api_scope):
            description = f"the address leads to {SCOPE_NAMES[self.peer_scope or 0]}, where the API is not"
            raise FaultError("bad_url", description, sent=False)


class _Current(threading.local):
    request: RequestState | None = None


_CURRENT = _Current()


@contextlib.contextmanager
def sending(request: RequestState) -> Iterator[None]:
    """Make the request the one that this thread's connections are used for: urllib3 passes them nothing else."""
    _CURRENT.request = request
    try:
        yield
    finally:
        _CURRENT.request = None


class _DeadlineStream(io.RawIOBase):
    """The raw stream of a socket; each read is limited by a deadline."""

    def __init__(self, raw: io.RawIOBase, sock: socket.socket, deadline: RequestDeadline) -> None:
        self._raw = raw
        self._sock = sock
        self._deadline = deadline
        self.at_end = False
        self.complete = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Buffer) -> int | None:
        if self.complete:
            return None
        self._sock.settimeout(self._deadline.remaining())
        try:
            count = self._raw.readinto(buffer)
        except TimeoutError:
            self._deadline.remaining()  # raises, if the deadline was shorter than the time-out
            raise
        self.at_end = count == 0
        return count

    def close(self) -> None:
        if not self.closed:
            self._raw.close()
            super().close()

    def has_decrypted_data(self) -> bool:
        """Whether the TLS layer holds data that was not read."""
        return isinstance(self._sock, ssl.SSLSocket) and self._sock.pending() > 0

    def disconnect(self) -> None:
        """Shut the connection down, so that urllib3 does not reuse it."""
        with contextlib.suppress(OSError):
            self._sock.shutdown(socket.SHUT_RDWR)


class ResponseReader(io.BufferedReader):
    """The buffered stream of a response: limits lines, and disconnects where the server sent more than the response."""

    def readline(self, size: int | None = -1, /) -> bytes:
        """urllib3 1.26 reads chunk sizes and trailers of any length (test_lines_of_the_oldest_urllib3)."""
        line = super().readline(_MAX_LINE_BYTES + 1 if size is None or size < 0 else size)
        if len(line) > _MAX_LINE_BYTES:
            raise http.client.LineTooLong("line")
        return line

    def close(self) -> None:
        """Surplus data would be taken for the next response, or a part of it (test_more_than_the_answer)."""
        stream = self.raw
        if not self.closed and isinstance(stream, _DeadlineStream):
            stream.complete = True  # peek returns what is buffered, and does not read
            if self.peek(1) or stream.has_decrypted_data():
                stream.disconnect()
        super().close()


class DeadlineResponse(http.client.HTTPResponse):
    """http.client's response, read within the deadline of the current request."""

    def __init__(self, sock: socket.socket, *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        self._stream: _DeadlineStream | None = None
        request = _CURRENT.request
        if request is not None:
            self._stream = _DeadlineStream(self.fp.detach(), sock, request.deadline)
            self.fp = ResponseReader(self._stream)

    def begin(self) -> None:
        """Read the head of the response.

        http.client skips interim responses with status 100 only, takes others for the response
        (test_interim_answers_are_passed_over), and the end of the connection for the end of the head (row
        cut-in-the-head).
        """
        for _count in range(_MAX_INTERIM_RESPONSES):
            super().begin()
            if self._stream is not None and self._stream.at_end:
                raise http.client.RemoteDisconnected("the connection ended in the head of the response")
            if not 100 <= self.status < 200:
                return
            if self.status == http.client.SWITCHING_PROTOCOLS:
                break  # never requested
            self.headers = None  # type: ignore[assignment]  # so that begin reads the next head
        raise http.client.BadStatusLine("no response after the interim responses")


class _TrackedConnection:
    """Mixin for urllib3's connections: with or without TLS, direct or through any kind of proxy."""

    response_class = DeadlineResponse

    def endheaders(self: Any, *args: Any, **kwargs: Any) -> None:
        """Send the head. Connects first: before this point nothing was sent, whatever fails."""
        if self.sock is None:
            self.connect()
        request = _CURRENT.request
        if request is not None:
            if not request.proxy:
                request.check_peer(self.sock)
            request.sent = True
        super().endheaders(*args, **kwargs)  # type: ignore[misc]


def track_connections(manager: Any) -> Any:
    """Make a urllib3 PoolManager create tracked connections; returns the manager."""
    pools = manager.pool_classes_by_scheme
    if not issubclass(pools["https"].ConnectionCls, _TrackedConnection):
        manager.pool_classes_by_scheme = {
            scheme: type(
                pool.__name__,
                (pool,),
                {"ConnectionCls": type("Connection", (_TrackedConnection, pool.ConnectionCls), {})},
            )
            for scheme, pool in pools.items()
        }
    return manager
