# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.

"""The HTTP client of the collection: authentication, time-outs, retries, rate limits, pages. Raises, never exits.

docs/faults.md has the whole policy in one table; in short: calls that only read are sent again after anything that may
pass, with back-off; calls that write are sent again only when the first one certainly had no effect.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from math import ceil
from typing import Any, TypeVar
from urllib.parse import urlencode, urljoin, urlsplit

from .._masking.secret_register import SecretRegister
from .._masking.untrusted_text import as_sentence
from .._system.clock import Clock, SystemClock
from .._system.version import VERSION
from .errors import ApiError, AppPlatformError, RateLimitedError, TransportError, UsageError
from .pagination import Pages
from .reachability import WORDS, allowed, place_of
from .responses import parse, refusal
from .retry import Attempts
from .settings import ClientSettings, base_url, is_loopback
from .transport import Answer, Exchange, FaultError, exchange, require

__all__ = ["Client", "ClientSettings"]

USER_AGENT = f"oceanops.app_platform/{VERSION} (ansible)"
#: Bytes. A hundred apps with their deployments are a few megabytes; of a list, smaller pages are asked for.
LARGEST_ANSWER = 16 * 1024 * 1024
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_MOST_REDIRECTS = 5
_Query = Mapping[str, Any]
_T = TypeVar("_T")


class Client:
    """One account's API, as one user of it sees it.

    ``calls`` counts the requests sent so far, repetitions and redirects included. Connections are shared by all clients
    of a process.
    """

    def __init__(
        self, settings: ClientSettings, clock: Clock | None = None, register: SecretRegister | None = None
    ) -> None:
        """``register``: knows what errors must not show of answers.

        Raises UsageError when the settings make no sense, DependencyError without requests; sends nothing.
        """
        self._base = base_url(settings)
        require()
        self._settings = settings
        self._token = settings.token.strip()
        self._register = register or SecretRegister()
        self._register.add(self._token)
        self._clock: Clock = clock or SystemClock()
        #: Where the API is (reachability.py), by its address; after a call by where the connection really went.
        self._place = place_of(urlsplit(self._base).hostname or "")
        self.calls = 0

    def __repr__(self) -> str:
        return f"Client({self._base!r}, calls={self.calls})"

    def get(self, path: str, query: _Query | None = None) -> dict[str, Any]:
        """GET; the answer's object."""
        return self._call("GET", path, query, reads=True)

    def post(self, path: str, body: Any = None, query: _Query | None = None, *, reads: bool = False) -> dict[str, Any]:
        """POST, sent once unless it certainly had no effect. ``reads``: it changes nothing, repeat it like a GET."""
        return self._call("POST", path, query, body, reads=reads)

    def put(self, path: str, body: Any) -> dict[str, Any]:
        """PUT, sent once unless it certainly had no effect: every PUT deploys (API reference 6.4)."""
        return self._call("PUT", path, None, body)

    def delete(self, path: str) -> dict[str, Any]:
        """DELETE, sent once unless it certainly had no effect."""
        return self._call("DELETE", path)

    def pages(self, path: str, key: str, query: _Query | None = None, per_page: int = 200) -> Iterator[dict[str, Any]]:
        """The objects under ``key`` of every page, each once, a page being fetched when it is needed.

        A server that refuses or cannot deliver so large a page is asked for smaller ones.
        """
        return Pages(self._page, path, key, query or {}, per_page).walk()

    def fetch_text(self, url: str, limit: int) -> str:
        """The last ``limit`` bytes (whole lines, if there are any) of a text behind a pre-signed URL.

        Neither the token nor any other header of the API is sent. ``url`` must be https. Neither it nor what it
        redirects to may be nearer to this machine than the API is: only when that is on this machine itself (the
        simulator) a log may be, too, and may be read with http.
        """
        path = self._register.mask_untrusted_line(_without_secrets(self._register.mask_text(url)), 300)

        def once() -> str:
            answer = self._fetch(url, path, limit, ranged=True)
            packed = answer.status == 206 and answer.headers.get("Content-Encoding", "identity") != "identity"
            if packed or answer.status == 416:
                # A piece of a compressed file cannot be unpacked, thus has no body here; and some stores refuse a range
                # that is longer than the file.
                answer = self._fetch(url, path, limit, ranged=False)
            if answer.status >= 400:
                raise refusal(answer, "GET", path, self._clock, reads=True, hints=False, register=self._register)
            if answer.status not in (200, 206):
                parse(answer, "GET", path, reads=True, register=self._register)
            text = answer.body
            whole = answer.status == 200 or answer.headers.get("Content-Range", "").startswith("bytes 0-")
            if answer.cut or not whole:
                text = text[text.find(b"\n") + 1 :]
            return text.decode("utf-8", "replace")

        return self._repeat("GET", path, True, once, False)

    # --- one call, until it succeeds or fails for good ---

    def _call(
        self,
        method: str,
        path: str,
        query: _Query | None = None,
        body: Any = None,
        *,
        reads: bool = False,
        hasty: bool = False,
    ) -> dict[str, Any]:
        url = self._base + path + _query_string(query)
        data = _encode(body)
        return self._repeat(method, path, reads, lambda: self._once(method, path, url, data, reads), hasty)

    def _page(self, path: str, query: _Query, hasty: bool) -> dict[str, Any]:
        return self._call("GET", path, query, reads=True, hasty=hasty)

    def _repeat(self, method: str, path: str, reads: bool, once: Callable[[], _T], hasty: bool) -> _T:
        attempts = Attempts(self._settings, self._clock, method=method, path=path, reads=reads)
        while True:
            failed: AppPlatformError
            try:
                return once()
            except (ApiError, TransportError) as error:
                failed = error
            pause = None if hasty and _overloaded(failed) else attempts.pause(failed)
            if pause is None:
                raise self._final(failed, attempts.count) from None
            self._clock.sleep(pause)

    def _final(self, error: AppPlatformError, count: int) -> AppPlatformError:
        """The error as the caller gets it."""
        allowed = self._settings.rate_limit_wait
        more = []
        if isinstance(error, RateLimitedError) and error.retry_after and error.retry_after > allowed:
            more.append(f"That is in {ceil(error.retry_after)} s; rate_limit_wait allows to wait {allowed:g} s.")
        if count > 1:
            more.append(f"Gave up after {count} attempts.")
        if error.maybe_applied:
            more.append("It is unknown whether the change took effect.")
        if more:
            error.message = " ".join((as_sentence(error.message), *more))
        # Bearer tokens are long: a shorter one is not looked for, since it might be a piece of any word.
        if len(self._token) >= 8:
            for name, value in vars(error).items():
                if isinstance(value, str):
                    setattr(error, name, value.replace(self._token, "********"))
        error.args = (error.message,)
        return error

    def _once(self, method: str, path: str, url: str, data: bytes | None, reads: bool) -> dict[str, Any]:
        headers = {
            "Authorization": f"Bearer {self._token}",
            "Accept": "application/json",
            "Accept-Encoding": "gzip",
            "User-Agent": USER_AGENT,
        }
        if method != "GET":
            headers["Content-Type"] = "application/json"
        turns = 0
        while True:
            sent = Exchange(method, url, headers, data, **self._limits(), limit=LARGEST_ANSWER)
            answer = self._send(sent, path, reads)
            self._place = self._place if answer.place is None else answer.place
            if answer.status >= 400:
                raise refusal(answer, method, path, self._clock, reads=reads, register=self._register)
            if answer.status not in _REDIRECTS:
                return parse(answer, method, path, reads=reads, register=self._register)
            turns += 1
            url = self._followed(answer, method, path, url, turns)

    def _followed(self, answer: Answer, method: str, path: str, url: str, turns: int) -> str:
        """Where a redirect leads: for a GET, and to the same scheme, host and port only, where the token may go."""
        if turns > _MOST_REDIRECTS:
            raise _redirected(method, path, answer, f"one of more than {_MOST_REDIRECTS} redirects")
        try:
            target = urljoin(url, answer.headers.get("Location", ""))
            origin = _origin(target)
        except ValueError:
            raise _redirected(method, path, answer, "a redirect to something that is not a URL") from None
        if not answer.headers.get("Location"):
            raise _redirected(method, path, answer, "a redirect to nowhere")
        if origin != _origin(url):
            # Masked as it came: joining and lower case change what a secret in it looks like.
            place = self._register.mask_untrusted_line(
                _server(url, self._register.mask_text(answer.headers["Location"])), 200
            )
            words = f"a redirect to another server ({place}), which does not get the token"
            raise _redirected(method, path, answer, words)
        if method != "GET":
            raise _redirected(method, path, answer, f"a redirect, which is not followed for {method}")
        return target

    def _fetch(self, url: str, path: str, limit: int, *, ranged: bool) -> Answer:
        headers = {"User-Agent": USER_AGENT, "Accept-Encoding": "gzip"}
        if ranged:
            headers.update({"Range": f"bytes=-{limit}", "Accept-Encoding": "identity"})
        turns = 0
        while True:
            _refuse_unsafe(url, path, self._place)
            limits = {**self._limits(), "limit": limit, "guarded": True, "nearest": self._place}
            sent = Exchange("GET", url, headers, None, **limits, keep_tail=True)
            answer = self._send(sent, path, True)
            if answer.status not in _REDIRECTS:
                return answer
            turns += 1
            if turns > _MOST_REDIRECTS or not answer.headers.get("Location"):
                raise _redirected("GET", path, answer, f"the last of {turns} redirects")
            url = _joined(url, answer.headers["Location"])

    def _limits(self) -> dict[str, Any]:
        return {
            "verify": self._settings.verify,
            "connect_timeout": self._settings.connect_timeout,
            "timeout": self._settings.timeout,
            "deadline": self._settings.answer_deadline,
        }

    def _send(self, request: Exchange, path: str, reads: bool) -> Answer:
        self.calls += 1
        try:
            return exchange(request, self._clock)
        except FaultError as fault:
            found = fault
        raise TransportError(
            f"{request.method} {path}: {self._register.mask_untrusted_line(found.words)}{_advice(found, request)}.",
            reason=found.reason,
            method=request.method,
            path=path,
            sent=found.sent,
            maybe_applied=found.sent and not reads,
        )


def _overloaded(error: AppPlatformError) -> bool:
    """The server, or the proxy before it, took too long."""
    if isinstance(error, ApiError):
        return error.status in (504, 524)
    return isinstance(error, TransportError) and error.reason in ("read_timeout", "deadline_exceeded")


def _redirected(method: str, path: str, answer: Answer, words: str) -> TransportError:
    return TransportError(
        f"{method} {path}: the answer ({answer.status}) is {words}; is `api_url` the address of the API?",
        reason="redirected",
        method=method,
        path=path,
        status=answer.status,
    )


def _advice(fault: FaultError, request: Exchange) -> str:
    reason = fault.reason
    if fault.proxy and (reason in ("proxy_failed", "proxy_refused") or not fault.sent):
        return f"; check {fault.proxy}, or leave the proxy out with NO_PROXY"
    if reason in ("certificate_refused", "ca_bundle_unusable"):
        return "; `ca_path` names a file of trusted certificates"
    if reason in ("connection_refused", "name_not_resolved", "tls_failed", "bad_url") and not request.guarded:
        return "; check `api_url`"
    if reason in ("read_timeout", "deadline_exceeded"):
        return "; `api_timeout` sets how long to wait"
    return ""


def _origin(url: str) -> tuple[str, str, int]:
    """Scheme, host and port. ValueError for what urllib3, which connects, reads in another way: for it a backslash ends
    the host.
    """
    if re.search(r"[\\\x00-\x1f\x7f]", url.partition("?")[0]):
        raise ValueError("no URL")
    parts = urlsplit(url)
    scheme = parts.scheme.lower()
    return scheme, parts.hostname or "", parts.port or {"http": 80, "https": 443}.get(scheme, 0)


def _joined(url: str, location: str) -> str:
    try:
        return urljoin(url, location)
    except ValueError:
        return ""


def _without_secrets(url: str) -> str:
    """A pre-signed URL as it may be shown: the query holds the signature."""
    try:
        parts = urlsplit(url)
        return f"{parts.scheme}://{parts.netloc.rpartition('@')[2].partition(':')[0]}{parts.path}"
    except ValueError:
        return "the log's address"


def _server(url: str, location: str) -> str:
    """Scheme, host and port of where a redirect leads, as it may be shown."""
    try:
        parts = urlsplit(urljoin(url, location))
        return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"
    except ValueError:
        return "an odd address"


def _refuse_unsafe(url: str, path: str, api: int | None) -> None:
    """Raise for what can be told from the address alone; where its name leads to, the connection tells."""
    try:
        scheme, host, _port = _origin(url)
    except ValueError:
        scheme, host = "", ""
    place = place_of(host)
    words = ""
    if not host or not (scheme == "https" or (scheme == "http" and is_loopback(host))):
        words = "is not an https URL"
    elif not allowed(place, api):
        words = f"leads to {WORDS[place or 0]}, where the API is not"
    if words:
        text = f"GET {path}: the log's address {words}"
        raise TransportError(text, reason="bad_url", method="GET", path=path, sent=False)


def _query_string(query: _Query | None) -> str:
    """``?a=1&b=x&b=y``: lists repeat the key, and what is None or empty is left out (an empty filter hides all)."""
    pairs: list[tuple[str, str]] = []
    for key, value in (query or {}).items():
        if value is None:
            continue
        many = value if isinstance(value, (list, tuple, set, frozenset)) else [value]
        pairs += [(key, str(one).lower() if isinstance(one, bool) else str(one)) for one in many]
    return "?" + urlencode(pairs) if pairs else ""


def _encode(body: Any) -> bytes | None:
    if body is None:
        return None
    try:
        return json.dumps(body, allow_nan=False).encode("utf-8")
    except (TypeError, ValueError, RecursionError) as error:
        known = isinstance(error, TypeError)  # its text names a type; those of the others may quote values
        words = str(error) if known else "a number is not finite, or the nesting is too deep"
        raise UsageError(f"the request cannot be written as JSON: {words}") from None
