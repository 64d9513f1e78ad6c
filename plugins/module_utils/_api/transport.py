# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.

"""Sends one HTTP request with requests, on sessions that are shared within the process.

Nothing is retried and no response is interpreted here. The file can be imported without requests (require_requests).
"""

from __future__ import annotations

import os
import sys
import threading
import warnings
from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import Any

from .._system.clock import Clock
from .connections import RequestDeadline, RequestState, sending, track_connections
from .errors import DependencyError
from .faults import FaultError, causes, describe_sent, describe_unsent
from .proxies import describe_proxy, proxy_problem
from .response_body import CHUNK_BYTES, MAX_ERROR_BODY_BYTES, BodyError, is_compressed, read_body

try:
    import requests
    import urllib3
    from requests.adapters import HTTPAdapter
except ImportError:
    HAS_REQUESTS = False
else:
    HAS_REQUESTS = True

    class _Adapter(HTTPAdapter):
        def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
            super().init_poolmanager(*args, **kwargs)
            track_connections(self.poolmanager)

        def proxy_manager_for(self, *args: Any, **kwargs: Any) -> Any:
            return track_connections(super().proxy_manager_for(*args, **kwargs))


def require_requests() -> None:
    """Raise DependencyError unless requests is installed."""
    if not HAS_REQUESTS:
        raise DependencyError(f"requests is required; install it for this Python: {sys.executable}")


@dataclass(frozen=True)
class Request:
    """An HTTP request. All times in seconds.

    ``url``: its query is never shown. ``verify``: as in requests. ``timeout``: of each read. ``deadline``: of the whole
    response. ``max_bytes``: of the decompressed body; a longer one is an error, or with ``keep_tail`` only its end is
    kept. ``restrict_peer``: the peer must not be closer to this machine than ``api_scope`` (address_scope.py).
    """

    method: str
    url: str = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    body: bytes | None = field(repr=False)
    verify: bool | str
    connect_timeout: float
    timeout: float
    deadline: float
    max_bytes: int
    keep_tail: bool = False
    restrict_peer: bool = False
    api_scope: int | None = None


@dataclass(frozen=True)
class Response:
    """A complete HTTP response. ``headers``: keys ignore case. ``truncated``: the body is incomplete or missing.

    ``peer_scope``: the scope of the peer's address (address_scope.py); None with a proxy.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)
    truncated: bool = False
    peer_scope: int | None = None


@dataclass
class _SharedSession:
    session: Any
    last_used: float


_SESSIONS: dict[tuple[int, bool | str], _SharedSession] = {}
_LOCK = threading.Lock()

#: Seconds that a connection may have been idle when it is used for a write. A firewall or load balancer may drop idle
#: connections silently, and the outcome of a write on a dead connection is unknown.
MAX_IDLE_SECONDS_BEFORE_WRITE = 15.0


def _session(verify: bool | str, clock: Clock, write: bool) -> Any:
    # Keyed by process id, since sockets must not be shared with a parent process. Keyed by verify, since certificates
    # are verified only when a connection is made.
    key = (os.getpid(), verify)
    with _LOCK:
        shared = _SESSIONS.get(key)
        if shared is None:
            session = requests.Session()
            session.mount("https://", _Adapter(max_retries=0))
            session.mount("http://", _Adapter(max_retries=0))
            shared = _SESSIONS[key] = _SharedSession(session, clock.monotonic())
        idle = clock.monotonic() - shared.last_used
        shared.last_used = clock.monotonic()
    if write and not 0 <= idle <= MAX_IDLE_SECONDS_BEFORE_WRITE:
        shared.session.close()
    return shared.session


def close_sessions() -> None:
    """Close and forget the sessions of this process."""
    with _LOCK:
        for key in [key for key in _SESSIONS if key[0] == os.getpid()]:
            _SESSIONS.pop(key).session.close()


def _no_auth(request: Any) -> Any:
    """Prevents requests from replacing the bearer token by a .netrc entry."""
    return request


def send(request: Request, clock: Clock) -> Response:
    """Send the request once and read the whole response. Raises FaultError."""
    require_requests()
    handled = sys.exc_info()[1]
    deadline = RequestDeadline(clock, clock.monotonic() + request.deadline, request.timeout)
    state = RequestState(deadline, request.restrict_peer, request.api_scope)
    response: Any = None
    with sending(state):
        try:
            response = _send(request, clock, state)
            body, truncated = _read(response, request)
            return Response(int(response.status_code), response.headers, body, truncated, state.peer_scope)
        except FaultError:
            raise
        except BodyError as error:
            reason, description = error.reason, error.description
        except Exception as error:  # noqa: BLE001
            # The peer can send anything, and the libraries raise errors of any class for it.
            if deadline.expired:
                reason, description = "deadline_exceeded", f"the answer was not complete within {request.deadline:g} s"
            elif state.sent:
                reason, description = describe_sent(
                    causes(error, handled), request.timeout, responding=response is not None
                )
            else:
                reason, description = describe_unsent(causes(error, handled), request.connect_timeout, state.proxy)
        finally:
            if response is not None:
                response.close()
    raise FaultError(reason, description, state.sent, state.proxy.variable if state.proxy else "")


def _send(request: Request, clock: Clock, state: RequestState) -> Any:
    session = _session(request.verify, clock, request.method != "GET")
    prepared = session.prepare_request(
        requests.Request(request.method, request.url, headers=dict(request.headers), data=request.body, auth=_no_auth)
    )
    settings = session.merge_environment_settings(prepared.url, {}, True, request.verify, None)
    # http is accepted for this machine only (settings.py), and such requests do not go through a proxy.
    proxies = settings["proxies"] if prepared.url.lower().startswith("https:") else {}
    address = requests.utils.select_proxy(prepared.url, proxies)
    if address:
        state.proxy = describe_proxy(address)
        problem = proxy_problem(address)
        if problem:
            raise FaultError("proxy_refused", f"{state.proxy.description} is {problem}", False, state.proxy.variable)
    unverified = settings["verify"] is False
    with warnings.catch_warnings() if unverified else nullcontext():
        if unverified:
            # The user's choice: urllib3 would warn at every request.
            warnings.simplefilter("ignore", urllib3.exceptions.InsecureRequestWarning)
        # The adapter's send: Session.send stores cookies, and reads and resolves redirects.
        return session.get_adapter(prepared.url).send(
            prepared,
            stream=True,
            timeout=(request.connect_timeout, request.timeout),
            verify=settings["verify"],
            cert=settings["cert"],
            proxies=proxies,
        )


def _read(response: Any, request: Request) -> tuple[bytes, bool]:
    """The decompressed body, and whether a part of it is missing."""
    encoding = response.headers.get("Content-Encoding", "")
    if response.status_code == 206 and is_compressed(encoding):
        return b"", True  # a part of a compressed file cannot be decompressed
    response.raw.enforce_content_length = True  # as urllib3 2 does by default (row cut-in-the-body)
    chunks = response.raw.stream(CHUNK_BYTES, decode_content=False)
    if response.status_code >= 400:
        return read_body(chunks, encoding, MAX_ERROR_BODY_BYTES, keep="head")
    return read_body(chunks, encoding, request.max_bytes, keep="tail" if request.keep_tail else "")
