# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.

"""Parsing of responses: the JSON object, or the error (API reference 1.3 to 1.5)."""

from __future__ import annotations

import html
import json
import math
import re
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from typing import Any

from .._masking.secret_register import SecretRegister
from .._masking.untrusted_text import as_sentence
from .._system.clock import Clock
from .errors import ApiError, RateLimitedError, ServerError, TransportError, api_error_class
from .hints import hint
from .strict_json import TooLargeError, parse_json
from .transport import Response

#: Bytes of an HTML error page that are processed.
_MAX_PAGE_BYTES = 20_000
#: A limit for waits that servers request, so that dates can be computed.
MAX_RETRY_AFTER_SECONDS = 366 * 24 * 3600.0


def parse_response(
    response: Response, method: str, path: str, *, read_only: bool, register: SecretRegister | None = None
) -> dict[str, Any]:
    """The JSON object of a 2xx response; an empty body is an empty object, unless ``read_only``.

    ``register``: the secrets that error messages must not contain.
    Raises TransportError: unexpected_status, truncated, not_json, broken_json, too_large or wrong_envelope.
    """
    register = register or SecretRegister()

    def fault(reason: str, description: str) -> TransportError:
        return TransportError(
            f"{method} {path}: {description} (status {response.status})",
            reason=reason,
            method=method,
            path=path,
            status=response.status,
            request_id=request_id(response, {}, register),
            maybe_applied=not read_only,
        )

    if not 200 <= response.status < 300:
        raise fault("unexpected_status", "the answer has a status that the API does not use; check `api_url`")
    body = response.body.strip()
    if not body:
        if read_only:
            raise fault("truncated", "the answer is empty")
        return {}
    if not body.startswith((b"{", b"[")):
        kind = register.mask_untrusted_line(response.headers.get("Content-Type", ""), 60) or "no content type"
        raise fault("not_json", f"the answer is not JSON ({kind}); is `api_url` the address of the API?")
    try:
        value = parse_json(body)
    except TooLargeError as error:
        raise fault("too_large", f"the answer cannot be used: {error}") from None
    except ValueError as error:
        raise fault("broken_json", f"the answer cannot be used: {error}") from None
    if not isinstance(value, dict):
        raise fault("wrong_envelope", "the answer is a JSON list where an object was expected")
    return value


def unwrap(
    response: Mapping[str, Any], key: str, kind: type[Any], method: str, path: str, *, maybe_applied: bool = False
) -> Any:
    """``response[key]``, of the type ``kind``; an absent list is empty (API reference 1.3).

    Raises TransportError (wrong_envelope).
    """
    value = response.get(key)
    if value is None and kind is list:
        return []
    if isinstance(value, kind):
        return value
    found = "nothing" if value is None else type(value).__name__
    expected = "a list" if kind is list else "an object" if kind is dict else f"a {kind.__name__}"
    raise TransportError(
        f"{method} {path}: the answer holds {found} under {key!r}, where {expected} was expected"
        + (". It is unknown whether the change took effect." if maybe_applied else ""),
        reason="wrong_envelope",
        method=method,
        path=path,
        status=200,
        maybe_applied=maybe_applied,
    )


def unwrap_list(response: Mapping[str, Any], key: str, path: str) -> list[dict[str, Any]]:
    """``response[key]`` of a GET, as a list of objects. Raises TransportError (wrong_envelope)."""
    found: list[Any] = unwrap(response, key, list, "GET", path)
    for one in found:
        unwrap({key: one}, key, dict, "GET", path)
    return found


def request_id(response: Response, body: Mapping[str, Any], register: SecretRegister) -> str | None:
    """The request id for DigitalOcean's support: from the body, else from the header."""
    for value in (body.get("request_id"), response.headers.get("x-request-id")):
        if isinstance(value, str) and value.strip():
            return register.mask_untrusted_line(value, 128)
    return None


def error_from_response(
    response: Response,
    method: str,
    path: str,
    clock: Clock,
    *,
    read_only: bool,
    hints: bool = True,
    register: SecretRegister | None = None,
) -> ApiError:
    """The exception of a response with status 400 or more: with the API's message, masked, and a hint (hints.py)."""
    register = register or SecretRegister()
    body = _error_body(response)
    api_id = body.get("id")
    api_id = register.mask_untrusted_line(api_id, 60) if isinstance(api_id, str) and api_id else None
    text = body.get("message")
    text = (
        register.mask_untrusted_line(text)
        if isinstance(text, str) and text.strip()
        else _text_of_page(response, register)
    )
    known: dict[str, Any] = {
        "status": response.status,
        "api_id": api_id,
        "api_message": text,
        "request_id": request_id(response, body, register),
        "method": method,
        "path": path,
        "retry_after": retry_after_seconds(response, clock),
    }
    kind = api_error_class(response.status)
    sentences = [
        f"{method} {path} answered {response.status}" + (f" ({api_id})" if api_id else "") + f": {as_sentence(text)}"
    ]
    if kind is RateLimitedError and known["retry_after"] is not None:
        known["reset_at"] = clock.now() + timedelta(seconds=known["retry_after"])
        sentences.append(f"Requests are accepted again at {_iso(known['reset_at'])}.")
    if kind is ServerError:
        known["maybe_applied"] = not read_only
    if hints:
        sentences.append(hint(response.status, text))
    if known["request_id"]:
        sentences.append(f"Request id: {known['request_id']}.")
    return kind(" ".join(filter(None, sentences)), **known)


def _error_body(response: Response) -> dict[str, Any]:
    try:
        body = json.loads(response.body)
    except (ValueError, RecursionError):
        return {}
    return body if isinstance(body, dict) else {}


def _text_of_page(response: Response, register: SecretRegister) -> str:
    """The beginning of an error page as text."""
    excerpt = len(response.body) > _MAX_PAGE_BYTES
    text = response.body[:_MAX_PAGE_BYTES].decode("utf-8", "replace")
    # Masked before tags are removed, since a secret can contain what looks like a tag.
    text = register.mask_untrusted(text.rstrip("\ufffd") if excerpt else text, excerpt=excerpt)
    text = re.sub(r"(?is)<(script|style|head)\b.*?</\1\s*>", " ", text)
    text = html.unescape(re.sub(r"(?s)<[^>]*>", " ", text))
    return register.mask_untrusted_line(text, 200, excerpt=excerpt) or "no text in the answer"


def _iso(time: datetime) -> str:
    return time.astimezone(timezone.utc).isoformat(timespec="seconds")


def retry_after_seconds(response: Response, clock: Clock) -> float | None:
    """Seconds after which the server accepts the request again, at most MAX_RETRY_AFTER_SECONDS; None if unknown.

    From Retry-After (seconds or a date), else for a 429 from ratelimit-reset, the end of the hourly limit, if
    ratelimit-remaining is 0 (API reference 1.4).
    """
    now = _server_now(response, clock)
    retry_after = response.headers.get("Retry-After", "").strip()
    if re.fullmatch(r"[0-9]{1,9}", retry_after):
        return min(float(retry_after), MAX_RETRY_AFTER_SECONDS)
    if retry_after:
        date = _http_date(retry_after)
        return None if date is None else min(max(0.0, (date - now).total_seconds()), MAX_RETRY_AFTER_SECONDS)
    if response.status != 429 or response.headers.get("ratelimit-remaining", "").strip() != "0":
        return None
    reset = response.headers.get("ratelimit-reset", "").strip()
    if not re.fullmatch(r"[0-9]{1,15}", reset):
        return None
    seconds = int(reset) - now.timestamp()
    return min(float(math.ceil(seconds)), MAX_RETRY_AFTER_SECONDS) if seconds > 0 else None


def _server_now(response: Response, clock: Clock) -> datetime:
    """The time of the server's clock, since its dates refer to it."""
    return _http_date(response.headers.get("Date", "")) or clock.now()


def _http_date(text: str) -> datetime | None:
    try:
        date = parsedate_to_datetime(text)
    except (TypeError, ValueError, IndexError, OverflowError):
        return None
    return date if date.tzinfo else date.replace(tzinfo=timezone.utc)
