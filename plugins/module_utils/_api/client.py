# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.

"""The HTTP client of the API: authentication, time-outs, retries, rate limits, redirects, pagination.

docs/faults.md documents the retry policy. In short: read-only calls are retried after transient errors, with back-off;
other calls are retried only if the request certainly had no effect.
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
from .address_scope import SCOPE_NAMES, host_scope, is_allowed
from .errors import ApiError, AppPlatformError, RateLimitedError, TransportError, UsageError, is_timeout
from .faults import FaultError
from .pagination import Paginator
from .responses import error_from_response, parse_response
from .retry import RetryState
from .settings import ClientSettings, base_url, is_loopback
from .transport import Request, Response, require_requests, send

USER_AGENT = f"oceanops.app_platform/{VERSION} (ansible)"
#: A hundred apps with their deployments are a few megabytes. Lists with larger pages are read in smaller ones.
MAX_RESPONSE_BYTES = 16 * 1024 * 1024
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_MAX_REDIRECTS = 5
_Query = Mapping[str, Any]
_T = TypeVar("_T")


class Client:
    """A client of the API with one token.

    ``calls``: the number of requests sent, retries and redirects included. All clients of a process share connections.
    """

    def __init__(
        self, settings: ClientSettings, clock: Clock | None = None, register: SecretRegister | None = None
    ) -> None:
        """``register``: the secrets that error messages must not contain.

        Raises UsageError for invalid settings, DependencyError without requests. Sends no request.
        """
        self._base = base_url(settings)
        require_requests()
        self._settings = settings
        self._token = settings.token.strip()
        self._register = register or SecretRegister()
        self._register.add(self._token)
        self._clock: Clock = clock or SystemClock()
        #: The scope of the API (address_scope.py): by the host of api_url, after a call by the peer's address.
        self._api_scope = host_scope(urlsplit(self._base).hostname or "")
        self.calls = 0

    def __repr__(self) -> str:
        return f"Client({self._base!r}, calls={self.calls})"

    def get(self, path: str, query: _Query | None = None) -> dict[str, Any]:
        """GET; the JSON object of the response."""
        return self._call("GET", path, query, read_only=True)

    def post(
        self, path: str, body: Any = None, query: _Query | None = None, *, read_only: bool = False
    ) -> dict[str, Any]:
        """POST, retried only if it certainly had no effect. ``read_only``: it has none, so it is retried like a GET."""
        return self._call("POST", path, query, body, read_only=read_only)

    def put(self, path: str, body: Any) -> dict[str, Any]:
        """PUT, retried only if it certainly had no effect: every PUT deploys (API reference 6.4)."""
        return self._call("PUT", path, None, body)

    def delete(self, path: str) -> dict[str, Any]:
        """DELETE, retried only if it certainly had no effect."""
        return self._call("DELETE", path)

    def paginate(
        self, path: str, key: str, query: _Query | None = None, per_page: int = 200
    ) -> Iterator[dict[str, Any]]:
        """The objects under ``key`` of all pages, without duplicates; pages are fetched lazily.

        Where the server refuses or cannot deliver pages of this size, smaller ones are requested.
        """
        return Paginator(self._page, path, key, query or {}, per_page).items()

    def fetch_text(self, url: str, limit: int) -> str:
        """The last ``limit`` bytes of the text at a pre-signed URL, from the beginning of a line if there is one.

        The token is not sent. ``url`` must be https, or http on this machine. Neither it nor the target of a redirect
        may be closer to this machine than the API is (address_scope.py); with the simulator, all are on this machine.
        """
        path = self._register.mask_untrusted_line(_without_query(self._register.mask_text(url)), 300)

        def attempt() -> str:
            response = self._fetch(url, path, limit, ranged=True)
            compressed = response.status == 206 and response.headers.get("Content-Encoding", "identity") != "identity"
            if compressed or response.status == 416:
                # A part of a compressed file cannot be decompressed, and some servers refuse a range that is longer
                # than the file.
                response = self._fetch(url, path, limit, ranged=False)
            if response.status >= 400:
                raise error_from_response(
                    response, "GET", path, self._clock, read_only=True, hints=False, register=self._register
                )
            if response.status not in (200, 206):
                parse_response(response, "GET", path, read_only=True, register=self._register)
            text = response.body
            complete = response.status == 200 or response.headers.get("Content-Range", "").startswith("bytes 0-")
            if response.truncated or not complete:
                text = text[text.find(b"\n") + 1 :]
            return text.decode("utf-8", "replace")

        return self._with_retries("GET", path, True, attempt, False)

    # --- one call, with retries ---

    def _call(
        self,
        method: str,
        path: str,
        query: _Query | None = None,
        body: Any = None,
        *,
        read_only: bool = False,
        no_retry_on_timeout: bool = False,
    ) -> dict[str, Any]:
        url = self._base + path + _query_string(query)
        data = _encode(body)
        return self._with_retries(
            method,
            path,
            read_only,
            lambda: self._send_following_redirects(method, path, url, data, read_only),
            no_retry_on_timeout,
        )

    def _page(self, path: str, query: _Query, no_retry_on_timeout: bool) -> dict[str, Any]:
        return self._call("GET", path, query, read_only=True, no_retry_on_timeout=no_retry_on_timeout)

    def _with_retries(
        self, method: str, path: str, read_only: bool, attempt: Callable[[], _T], no_retry_on_timeout: bool
    ) -> _T:
        retries = RetryState(self._settings, self._clock, method=method, path=path, read_only=read_only)
        while True:
            failed: AppPlatformError
            try:
                return attempt()
            except (ApiError, TransportError) as error:
                failed = error
            delay = None if no_retry_on_timeout and is_timeout(failed) else retries.next_delay(failed)
            if delay is None:
                raise self._final_error(failed, retries.attempts) from None
            self._clock.sleep(delay)

    def _final_error(self, error: AppPlatformError, count: int) -> AppPlatformError:
        """The error for the caller: with the number of attempts and the outcome of a write, and without the token."""
        max_wait = self._settings.rate_limit_wait
        sentences = []
        if isinstance(error, RateLimitedError) and error.retry_after and error.retry_after > max_wait:
            sentences.append(f"That is in {ceil(error.retry_after)} s; rate_limit_wait allows to wait {max_wait:g} s.")
        if count > 1:
            sentences.append(f"Gave up after {count} attempts.")
        if error.maybe_applied:
            sentences.append("It is unknown whether the change took effect.")
        if sentences:
            error.message = " ".join((as_sentence(error.message), *sentences))
        # Bearer tokens are long; a shorter one could be a part of any word.
        if len(self._token) >= 8:
            for name, value in vars(error).items():
                if isinstance(value, str):
                    setattr(error, name, value.replace(self._token, "********"))
        error.args = (error.message,)
        return error

    def _send_following_redirects(
        self, method: str, path: str, url: str, data: bytes | None, read_only: bool
    ) -> dict[str, Any]:
        headers = {
            "Authorization": f"Bearer {self._token}",
            "Accept": "application/json",
            "Accept-Encoding": "gzip",
            "User-Agent": USER_AGENT,
        }
        if method != "GET":
            headers["Content-Type"] = "application/json"
        redirects = 0
        while True:
            sent = Request(method, url, headers, data, **self._limits(), max_bytes=MAX_RESPONSE_BYTES)
            response = self._send(sent, path, read_only)
            self._api_scope = self._api_scope if response.peer_scope is None else response.peer_scope
            if response.status >= 400:
                raise error_from_response(
                    response, method, path, self._clock, read_only=read_only, register=self._register
                )
            if response.status not in _REDIRECTS:
                return parse_response(response, method, path, read_only=read_only, register=self._register)
            redirects += 1
            url = self._redirect_target(response, method, path, url, redirects)

    def _redirect_target(self, response: Response, method: str, path: str, url: str, redirects: int) -> str:
        """The URL of a redirect, which is followed for GET, to the same origin, since the token is sent there."""
        if redirects > _MAX_REDIRECTS:
            raise _redirected(method, path, response, f"one of more than {_MAX_REDIRECTS} redirects")
        try:
            target = urljoin(url, response.headers.get("Location", ""))
            origin = _origin(target)
        except ValueError:
            raise _redirected(method, path, response, "a redirect to something that is not a URL") from None
        if not response.headers.get("Location"):
            raise _redirected(method, path, response, "a redirect to nowhere")
        if origin != _origin(url):
            # Masked before urljoin, which changes the spelling of a secret in it.
            server = self._register.mask_untrusted_line(
                _server(url, self._register.mask_text(response.headers["Location"])), 200
            )
            description = f"a redirect to another server ({server}), which does not get the token"
            raise _redirected(method, path, response, description)
        if method != "GET":
            raise _redirected(method, path, response, f"a redirect, which is not followed for {method}")
        return target

    def _fetch(self, url: str, path: str, limit: int, *, ranged: bool) -> Response:
        headers = {"User-Agent": USER_AGENT, "Accept-Encoding": "gzip"}
        if ranged:
            headers.update({"Range": f"bytes=-{limit}", "Accept-Encoding": "identity"})
        redirects = 0
        while True:
            _check_log_url(url, path, self._api_scope)
            limits = {**self._limits(), "max_bytes": limit, "restrict_peer": True, "api_scope": self._api_scope}
            sent = Request("GET", url, headers, None, **limits, keep_tail=True)
            response = self._send(sent, path, True)
            if response.status not in _REDIRECTS:
                return response
            redirects += 1
            if redirects > _MAX_REDIRECTS or not response.headers.get("Location"):
                raise _redirected("GET", path, response, f"the last of {redirects} redirects")
            url = _joined(url, response.headers["Location"])

    def _limits(self) -> dict[str, Any]:
        return {
            "verify": self._settings.verify,
            "connect_timeout": self._settings.connect_timeout,
            "timeout": self._settings.timeout,
            "deadline": self._settings.response_deadline,
        }

    def _send(self, request: Request, path: str, read_only: bool) -> Response:
        self.calls += 1
        try:
            return send(request, self._clock)
        except FaultError as fault:
            found = fault
        description = self._register.mask_untrusted_line(found.description)
        raise TransportError(
            f"{request.method} {path}: {description}{_advice(found, request)}.",
            reason=found.reason,
            method=request.method,
            path=path,
            sent=found.sent,
            maybe_applied=found.sent and not read_only,
        )


def _redirected(method: str, path: str, response: Response, description: str) -> TransportError:
    return TransportError(
        f"{method} {path}: the answer ({response.status}) is {description}; is `api_url` the address of the API?",
        reason="redirected",
        method=method,
        path=path,
        status=response.status,
    )


def _advice(fault: FaultError, request: Request) -> str:
    reason = fault.reason
    if fault.proxy and (reason in ("proxy_failed", "proxy_refused") or not fault.sent):
        return f"; check {fault.proxy}, or leave the proxy out with NO_PROXY"
    if reason in ("certificate_refused", "ca_bundle_unusable"):
        return "; `ca_path` names a file of trusted certificates"
    if reason in ("connection_refused", "name_not_resolved", "tls_failed", "bad_url") and not request.restrict_peer:
        return "; check `api_url`"
    if reason in ("read_timeout", "deadline_exceeded"):
        return "; `api_timeout` sets how long to wait"
    return ""


def _origin(url: str) -> tuple[str, str, int]:
    """Scheme, host and port. Raises ValueError for URLs that urllib3 parses differently, such as with backslashes."""
    if re.search(r"[\\\x00-\x1f\x7f]", url.partition("?")[0]):
        raise ValueError("no URL")
    parts = urlsplit(url)
    scheme = parts.scheme.lower()
    return scheme, parts.hostname or "", parts.port or {"http": 80, "https": 443}.get(scheme, 0)


def _joined(url: str, location: str) -> str:
    """urljoin, or an empty text."""
    try:
        return urljoin(url, location)
    except ValueError:
        return ""


def _without_query(url: str) -> str:
    """A pre-signed URL without its query, which holds the signature, and without credentials."""
    try:
        parts = urlsplit(url)
        return f"{parts.scheme}://{parts.netloc.rpartition('@')[2].partition(':')[0]}{parts.path}"
    except ValueError:
        return "the log's address"


def _server(url: str, location: str) -> str:
    """Scheme, host and port of the target of a redirect, without credentials."""
    try:
        parts = urlsplit(urljoin(url, location))
        return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"
    except ValueError:
        return "an odd address"


def _check_log_url(url: str, path: str, api_scope: int | None) -> None:
    """Raise TransportError for a URL that must not be read; host names are checked when connected (connections.py)."""
    try:
        scheme, host, _port = _origin(url)
    except ValueError:
        scheme, host = "", ""
    scope = host_scope(host)
    description = ""
    if not host or not (scheme == "https" or (scheme == "http" and is_loopback(host))):
        description = "is not an https URL"
    elif not is_allowed(scope, api_scope):
        description = f"leads to {SCOPE_NAMES[scope or 0]}, where the API is not"
    if description:
        text = f"GET {path}: the log's address {description}"
        raise TransportError(text, reason="bad_url", method="GET", path=path, sent=False)


def _query_string(query: _Query | None) -> str:
    """``?a=1&b=x&b=y``: lists repeat the key; None and empty lists are omitted, as an empty filter matches nothing."""
    pairs: list[tuple[str, str]] = []
    for key, value in (query or {}).items():
        if value is None:
            continue
        values = value if isinstance(value, (list, tuple, set, frozenset)) else [value]
        pairs += [(key, str(one).lower() if isinstance(one, bool) else str(one)) for one in values]
    return "?" + urlencode(pairs) if pairs else ""


def _encode(body: Any) -> bytes | None:
    if body is None:
        return None
    try:
        return json.dumps(body, allow_nan=False).encode("utf-8")
    except (TypeError, ValueError, RecursionError) as error:
        known = isinstance(error, TypeError)  # its message names a type; other messages may quote values
        description = str(error) if known else "a number is not finite, or the nesting is too deep"
        raise UsageError(f"the request cannot be written as JSON: {description}") from None
