# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.

"""requests, put to use: shared sessions, and one exchange that either gives an answer or a named fault.

Nothing is retried and nothing is interpreted here. Import works without requests; use does not (see ``require``).
"""

from __future__ import annotations

import http.client
import os
import re
import socket
import ssl
import sys
import threading
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from .._system.clock import Clock
from .bodies import CHUNK, LARGEST_REFUSAL, BodyError, collect, is_packed
from .deadlines import Flight, PatientResponse, current_flight
from .errors import DependencyError
from .proxies import Proxy, problem_of, proxy_named
from .reachability import WORDS, allowed, place_of

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
            _watch(self.poolmanager)

        def proxy_manager_for(self, *args: Any, **kwargs: Any) -> Any:
            return _watch(super().proxy_manager_for(*args, **kwargs))


class _Watched:
    """Mixed into urllib3's connections, with or without TLS, direct or through a proxy of any kind."""

    response_class = PatientResponse

    def endheaders(self: Any, *args: Any, **kwargs: Any) -> None:
        # Connecting comes first, so that whatever fails until here was never sent.
        if self.sock is None:
            self.connect()
        flight = current_flight()
        if flight is not None:
            if not flight.proxy:
                _look_at_peer(self.sock, flight)
            flight.sent = True
        super().endheaders(*args, **kwargs)  # type: ignore[misc]


def _watch(manager: Any) -> Any:
    """Let a pool manager make watched connections."""
    pools = manager.pool_classes_by_scheme
    if not issubclass(pools["https"].ConnectionCls, _Watched):
        manager.pool_classes_by_scheme = {
            scheme: type(
                pool.__name__, (pool,), {"ConnectionCls": type("Connection", (_Watched, pool.ConnectionCls), {})}
            )
            for scheme, pool in pools.items()
        }
    return manager


def _look_at_peer(sock: Any, flight: Flight) -> None:
    """Note where the other end really is, whatever its name says; raise FaultError when it must not be there."""
    try:
        flight.peer = place_of(str(sock.getpeername()[0]))
    except OSError:
        return  # gone already; sending tells
    if flight.guarded and not allowed(flight.peer, flight.nearest):
        raise FaultError("bad_url", f"the address leads to {WORDS[flight.peer or 0]}, where the API is not", False)


def require() -> None:
    """Raise DependencyError unless requests can be used."""
    if not HAS_REQUESTS:
        raise DependencyError(f"requests is required; install it for this Python: {sys.executable}")


class FaultError(Exception):
    """No complete answer: a reason of TransportError.REASONS, words for it, and whether the request had been sent.

    ``proxy``: the environment variable of the proxy that was used, or ought to have been.
    """

    def __init__(self, reason: str, words: str, sent: bool, proxy: str = "") -> None:
        super().__init__(words)
        self.reason = reason
        self.words = words
        self.sent = sent
        self.proxy = proxy


@dataclass(frozen=True)
class Exchange:
    """One request. ``url`` may hold a query, which is never shown anywhere; ``verify`` as in requests; times in
    seconds; ``limit``: most bytes of the unpacked body, of which ``keep_tail`` keeps the last where there are more.
    ``guarded``: the other end must not be nearer to this machine than ``nearest``, a place of reachability.py.
    """

    method: str
    url: str = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    body: bytes | None = field(repr=False)
    verify: bool | str
    connect_timeout: float
    timeout: float
    deadline: float
    limit: int
    keep_tail: bool = False
    guarded: bool = False
    nearest: int | None = None


@dataclass(frozen=True)
class Answer:
    """A complete answer. ``headers`` ignores case. ``cut``: a part of the body is missing, or all of it.

    ``place``: where the other end was, as far as that is known (behind a proxy, it is not).
    """

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)
    cut: bool = False
    place: int | None = None


@dataclass
class _Shared:
    session: Any
    last_used: float


_SHARED: dict[tuple[int, bool | str], _Shared] = {}
_LOCK = threading.Lock()

#: After this many idle seconds a write gets a connection of its own: something between may have dropped the old one in
#: silence, and a write on a dead connection is one whose outcome is unknown.
IDLE_BEFORE_WRITE = 15.0


def _session(verify: bool | str, clock: Clock, write: bool) -> Any:
    # Sockets must not be shared with a parent process: the process id is part of the key. Certificates are checked when
    # a connection is made, thus connections made without the check must not be found by those who want it.
    key = (os.getpid(), verify)
    with _LOCK:
        shared = _SHARED.get(key)
        if shared is None:
            session = requests.Session()
            session.mount("https://", _Adapter(max_retries=0))
            session.mount("http://", _Adapter(max_retries=0))
            shared = _SHARED[key] = _Shared(session, clock.monotonic())
        idle = clock.monotonic() - shared.last_used
        shared.last_used = clock.monotonic()
    if write and not 0 <= idle <= IDLE_BEFORE_WRITE:
        shared.session.close()
    return shared.session


def forget_sessions() -> None:
    """Close and forget this process' sessions."""
    with _LOCK:
        for key in [key for key in _SHARED if key[0] == os.getpid()]:
            _SHARED.pop(key).session.close()


def _no_auth(request: Any) -> Any:
    """Keeps requests from putting a .netrc entry in the place of the bearer token."""
    return request


def exchange(request: Exchange, clock: Clock) -> Answer:
    """Send the request once and read the whole answer. Raises FaultError."""
    require()
    outer = sys.exc_info()[1]  # an exception that the caller is handling is not part of this story
    flight = Flight(
        clock,
        ends=clock.monotonic() + request.deadline,
        silence=request.timeout,
        guarded=request.guarded,
        nearest=request.nearest,
    )
    response: Any = None
    with flight:
        try:
            response = _send(request, clock, flight)
            body, cut = _read(response, request.limit, request.keep_tail)
            return Answer(int(response.status_code), response.headers, body, cut, flight.peer)
        except FaultError:
            raise
        except BodyError as error:
            reason, words = error.reason, error.words
            sent = True
        except Exception as error:  # noqa: BLE001
            # Bytes of any kind can come back; whatever a library below makes of them has a name here.
            reason, words = _explain(list(_family(error, outer)), flight, request, response is not None)
            sent = flight.sent
        finally:
            if response is not None:
                response.close()
    raise FaultError(reason, words, sent, flight.proxy.variable if flight.proxy else "")


def _send(request: Exchange, clock: Clock, flight: Flight) -> Any:
    session = _session(request.verify, clock, request.method != "GET")
    prepared = session.prepare_request(
        requests.Request(request.method, request.url, headers=dict(request.headers), data=request.body, auth=_no_auth)
    )
    settings = session.merge_environment_settings(prepared.url, {}, True, request.verify, None)
    # Plain http is for this machine alone, and what is for this machine alone does not pass through a proxy.
    proxies = settings["proxies"] if prepared.url.lower().startswith("https:") else {}
    address = requests.utils.select_proxy(prepared.url, proxies)
    if address:
        flight.proxy = proxy_named(address)
        problem = problem_of(address)
        if problem:
            raise FaultError("proxy_refused", f"{flight.proxy.words} is {problem}", False, flight.proxy.variable)
    # The adapter itself: Session.send would store cookies, and read and resolve redirects.
    send = partial(
        session.get_adapter(prepared.url).send,
        prepared,
        stream=True,
        timeout=(request.connect_timeout, request.timeout),
        verify=settings["verify"],
        cert=settings["cert"],
        proxies=proxies,
    )
    if settings["verify"] is not False:
        return send()
    with warnings.catch_warnings():
        # The user asked for it; a warning a request would hide everything else.
        warnings.simplefilter("ignore", urllib3.exceptions.InsecureRequestWarning)
        return send()


def _read(response: Any, limit: int, keep_tail: bool) -> tuple[bytes, bool]:
    encoding = response.headers.get("Content-Encoding", "")
    if response.status_code == 206 and is_packed(encoding):
        return b"", True  # a piece of something compressed, which cannot be unpacked
    pieces = response.raw.stream(CHUNK, decode_content=False)
    if response.status_code >= 400:
        return collect(pieces, encoding, LARGEST_REFUSAL, keep="head")
    body, cut = collect(pieces, encoding, limit, keep="tail" if keep_tail else "")
    length = response.headers.get("Content-Length", "")
    if re.fullmatch(r"[0-9]{1,18}", length) and not is_packed(encoding) and not cut and len(body) < int(length):
        # Old urllib3 does not look.
        raise FaultError("truncated", f"the answer ended after {len(body)} of {length} bytes", True)
    return body, cut


def _family(error: BaseException, outer: BaseException | None) -> Iterator[BaseException]:
    """The error and those that it was made from, nearest first, without what was there before it."""
    queue: list[Any] = [error]
    seen: set[int] = {id(outer)}
    while queue:
        one = queue.pop(0)
        if not isinstance(one, BaseException) or id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        queue += [getattr(one, "reason", None), getattr(one, "original_error", None), *one.args]
        queue += [one.__cause__, one.__context__]


def _first(family: list[BaseException], *kinds: type[BaseException]) -> Any:
    return next((one for one in family if isinstance(one, kinds)), None)


def _explain(family: list[BaseException], flight: Flight, request: Exchange, answering: bool) -> tuple[str, str]:
    """Reason and words. Texts of the libraries are not used: they quote the URL with its query."""
    if flight.expired:
        return "deadline_exceeded", f"the answer was not complete within {request.deadline:g} s"
    if not flight.sent:
        reason, words = _explain_unsent(family, request)
        return _explain_proxy(family, flight.proxy, reason, words) if flight.proxy else (reason, words)
    if _first(family, requests.exceptions.ReadTimeout, urllib3.exceptions.ReadTimeoutError, TimeoutError):
        return "read_timeout", f"nothing came for {request.timeout:g} s"
    if answering and _first(family, urllib3.exceptions.ProtocolError, http.client.IncompleteRead):
        return "truncated", "the answer ended early"
    return "connection_cut", "the connection was cut" + _because(_trouble(family))


def _explain_proxy(family: list[BaseException], proxy: Proxy, reason: str, words: str) -> tuple[str, str]:
    """The same with a proxy on the way: it is to blame, or at least to be named."""
    if _first(family, requests.exceptions.InvalidSchema) and proxy.shown.startswith("socks"):
        return "proxy_refused", f"{proxy.words} needs the Python package PySocks, which is not installed"
    refusal = re.search(r"Tunnel connection failed: (\d{3})", " ".join(map(str, family)))
    if refusal:
        # What it refuses once it refuses always; a 5xx may pass.
        wants = ", wants a user name and a password" if refusal[1] == "407" else ""
        verb = "did not connect" if refusal[1].startswith("5") else "refused to connect"
        return (
            "proxy_failed" if refusal[1].startswith("5") else "proxy_refused",
            f"{proxy.words} {verb} (status {refusal[1]}{wants})",
        )
    if _first(family, requests.exceptions.InvalidProxyURL, urllib3.exceptions.ProxySchemeUnknown):
        return "proxy_refused", f"{proxy.words} has an address that cannot be used"
    if reason == "connect_timeout" or _first(family, requests.exceptions.ProxyError, urllib3.exceptions.ProxyError):
        return "proxy_failed", f"{proxy.words} did not connect" + _because(_trouble(family))
    return reason, f"{words}, through {proxy.words}"


def _explain_unsent(family: list[BaseException], request: Exchange) -> tuple[str, str]:  # noqa: PLR0911
    trouble = _trouble(family)
    if isinstance(trouble, ssl.SSLCertVerificationError):
        return "certificate_refused", f"the server's certificate is not trusted ({trouble.verify_message})"
    if any(type(one).__name__ == "CertificateError" for one in family):
        # urllib3 1.26 compares the names itself.
        return "certificate_refused", "the server's certificate is not trusted (hostname mismatch)"
    if isinstance(trouble, ssl.SSLError):
        if trouble.reason in ("NO_CERTIFICATE_OR_CRL_FOUND", "PEM_LIB", "PEM"):
            return "ca_bundle_unusable", "the file of trusted certificates (`ca_path`, REQUESTS_CA_BUNDLE) is not one"
        return "tls_failed", "the TLS hand-shake failed" + _because(trouble)
    if isinstance(trouble, socket.gaierror):
        return "name_not_resolved", "the host name could not be resolved"
    if isinstance(trouble, ConnectionRefusedError):
        return "connection_refused", "the connection was refused"
    if _first(family, requests.exceptions.Timeout, TimeoutError):
        return "connect_timeout", f"no connection within {request.connect_timeout:g} s"
    if isinstance(family[0], ValueError):
        return "bad_url", "the address cannot be used"
    if "CA certificate bundle" in str(family[0]):
        return "ca_bundle_unusable", "the file of trusted certificates (`ca_path`, REQUESTS_CA_BUNDLE) does not exist"
    return "connection_failed", "no connection could be made" + _because(trouble)


def _trouble(family: list[BaseException]) -> OSError | None:
    """The error of the operating system or of the TLS library; requests' own errors are OSErrors without its words."""
    return next((one for one in family if isinstance(one, OSError) and one.strerror), None)


def _because(trouble: OSError | None) -> str:
    """The operating system's or the TLS library's own short words for the error, if it has any."""
    if isinstance(trouble, ssl.SSLError) and trouble.reason:
        return f" ({trouble.reason.lower().replace('_', ' ')})"
    return f" ({trouble.strerror})" if trouble is not None and trouble.strerror else ""
