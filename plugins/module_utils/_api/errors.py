# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.

"""The exceptions of the collection.

Messages never contain the token, a query string or a request body. _ansible/operation.py turns an AppPlatformError into
a failed result; nothing else ends the process.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any


class AppPlatformError(Exception):
    """Base class of all exceptions of the collection.

    ``message``: one or more sentences. ``code``: a stable snake_case identifier. ``details``: keys that are merged into
    the failed result. ``maybe_applied``: a write was sent, and it is unknown whether it took effect.
    """

    default_code = "app_platform_error"

    def __init__(self, message: str, *, code: str | None = None, details: Mapping[str, Any] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or self.default_code
        self.details: dict[str, Any] = dict(details or {})
        self.status: int | None = None
        self.request_id: str | None = None
        self.method: str | None = None
        self.path: str | None = None
        self.maybe_applied = False

    def __str__(self) -> str:
        return self.message

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.message!r})"

    def failure(self) -> dict[str, Any]:
        """The value of ``failure`` in a failed result; unknown values are None."""
        return {
            "code": self.code,
            "message": self.message,
            "status": self.status,
            "request_id": self.request_id,
            "method": self.method,
            "path": self.path,
        }


class UsageError(AppPlatformError):
    """Invalid options, or an invalid spec, refused before any call. ``problems``: one message each."""

    default_code = "usage"

    def __init__(self, problems: str | Sequence[str], *, details: Mapping[str, Any] | None = None) -> None:
        self.problems: list[str] = [problems] if isinstance(problems, str) else list(problems)
        super().__init__("\n".join(self.problems), details=details)


class DependencyError(AppPlatformError):
    """A Python package that the collection needs is not installed for this interpreter."""

    default_code = "dependency_missing"


class ApiError(AppPlatformError):
    """An error response of the API, with status 400 or more (API reference 1.5).

    ``api_id``: the id in the body, such as "not_found"; ``api_message``: the message in it. ``retry_after``: seconds.
    """

    default_code = "api_error"

    def __init__(
        self,
        message: str,
        *,
        status: int,
        api_id: str | None = None,
        api_message: str = "",
        request_id: str | None = None,
        method: str | None = None,
        path: str | None = None,
        retry_after: float | None = None,
        maybe_applied: bool = False,
        details: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(message, details=details)
        self.status: int = status
        self.api_id = api_id
        self.api_message = api_message
        self.request_id = request_id
        self.method = method
        self.path = path
        self.retry_after = retry_after
        self.maybe_applied = maybe_applied


class InvalidRequestError(ApiError):
    """400 or 422: the request was refused; also for an invalid spec."""

    default_code = "invalid_request"


class AuthenticationError(ApiError):
    """401: no token, or one that is not valid."""

    default_code = "unauthorized"


class ForbiddenError(ApiError):
    """403: the token is valid, but a scope or a permission is missing."""

    default_code = "forbidden"


class NotFoundError(ApiError):
    """404."""

    default_code = "not_found"


class ConflictError(ApiError):
    """409: the name is taken, or the app's state forbids the call."""

    default_code = "conflict"


class RateLimitedError(ApiError):
    """429, if the wait would exceed rate_limit_wait. The request had no effect.

    ``reset_at``: the time (aware, UTC) from which requests are accepted again, if known.
    """

    default_code = "rate_limited"

    def __init__(self, message: str, *, reset_at: datetime | None = None, **known: Any) -> None:
        super().__init__(message, **known)
        self.reset_at = reset_at


class ServerError(ApiError):
    """5xx. After a write, ``maybe_applied`` is true: it may have taken effect despite the 5xx (API reference 12.3)."""

    default_code = "server_error"


class TransportError(AppPlatformError):
    """There is no usable response.

    ``reason`` (also ``code``): one of REASONS. ``sent``: the request, or a part of it, may have reached the server.
    ``maybe_applied``: it was a write and was sent.
    """

    default_code = "transport_error"

    #: Description by reason; docs/faults.md documents the handling of each.
    REASONS: Mapping[str, str] = {
        "bad_url": "the address cannot be used",
        "name_not_resolved": "the host name could not be resolved",
        "connection_refused": "nothing listens at the address",
        "connection_failed": "no connection could be made",
        "connect_timeout": "no connection within the connect time-out",
        "proxy_failed": "the proxy could not be reached, or failed",
        "proxy_refused": "the proxy refused, or its address cannot be used",
        "certificate_refused": "the server's certificate is not trusted",
        "ca_bundle_unusable": "the file of trusted certificates cannot be used",
        "tls_failed": "the TLS hand-shake failed",
        "read_timeout": "silence for longer than the time-out",
        "deadline_exceeded": "the answer was not complete within the deadline",
        "connection_cut": "the connection ended before a complete answer",
        "truncated": "the body ended early",
        "undecodable": "the body's compression or encoding is broken",
        "too_large": "the body is larger than an API answer can be",
        "redirected": "the server points to another place",
        "unexpected_status": "a status that the API does not use",
        "not_json": "the body is something else than JSON, such as HTML",
        "broken_json": "the body looks like JSON and cannot be read",
        "wrong_envelope": "the body is JSON of an unexpected shape",
    }

    def __init__(
        self,
        message: str,
        *,
        reason: str,
        method: str | None = None,
        path: str | None = None,
        status: int | None = None,
        request_id: str | None = None,
        sent: bool = True,
        maybe_applied: bool = False,
        details: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(message, code=reason, details=details)
        self.reason = reason
        self.method = method
        self.path = path
        self.status = status
        self.request_id = request_id
        self.sent = sent
        self.maybe_applied = maybe_applied


class DeploymentError(AppPlatformError):
    """A deployment failed, or waiting for it did. ``details`` has ``deployment``, as in results."""

    default_code = "deployment_failed"


class ConcurrentEditError(AppPlatformError):
    """Other writers kept changing the app, so that the edit was given up without overwriting their changes."""

    default_code = "concurrent_edit"


_ERROR_CLASSES: Mapping[int, type[ApiError]] = {
    400: InvalidRequestError,
    401: AuthenticationError,
    403: ForbiddenError,
    404: NotFoundError,
    409: ConflictError,
    422: InvalidRequestError,
    429: RateLimitedError,
}


def is_timeout(error: AppPlatformError) -> bool:
    """Whether the server, or a gateway before it, took too long to respond."""
    if isinstance(error, ApiError):
        return error.status in (504, 524)
    return isinstance(error, TransportError) and error.reason in ("read_timeout", "deadline_exceeded")


def api_error_class(status: int) -> type[ApiError]:
    """The ApiError class of an HTTP status of 400 or more."""
    if status >= 500:
        return ServerError
    return _ERROR_CLASSES.get(status, ApiError)
