# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.

"""What an answer means: the object inside it, or the error that it stands for (API reference 1.3 to 1.5)."""

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
from .strict_json import TooLargeError, load
from .transport import Answer

#: Bytes of an error page that are looked at.
_MOST_OF_A_PAGE = 20_000
#: Seconds: a server that names a later moment means that it does not know one; and dates end in the year 9999.
LONGEST_WAIT = 366 * 24 * 3600.0


def parse(
    answer: Answer, method: str, path: str, *, reads: bool, register: SecretRegister | None = None
) -> dict[str, Any]:
    """The JSON object of a 2xx answer; an empty body of a write is an empty object.

    ``register``: what must not be shown of the answer where it is not what it should be.
    Raises TransportError: unexpected_status, truncated, not_json, broken_json, too_large or wrong_envelope.
    """
    register = register or SecretRegister()

    def fault(reason: str, words: str) -> TransportError:
        return TransportError(
            f"{method} {path}: {words} (status {answer.status})",
            reason=reason,
            method=method,
            path=path,
            status=answer.status,
            request_id=request_id(answer, {}, register),
            maybe_applied=not reads,
        )

    if not 200 <= answer.status < 300:
        raise fault("unexpected_status", "the answer has a status that the API does not use; check `api_url`")
    body = answer.body.strip()
    if not body:
        if reads:
            raise fault("truncated", "the answer is empty")
        return {}
    if not body.startswith((b"{", b"[")):
        kind = register.mask_untrusted_line(answer.headers.get("Content-Type", ""), 60) or "no content type"
        raise fault("not_json", f"the answer is not JSON ({kind}); is `api_url` the address of the API?")
    try:
        value = load(body)
    except TooLargeError as error:
        raise fault("too_large", f"the answer cannot be used: {error}") from None
    except ValueError as error:
        raise fault("broken_json", f"the answer cannot be used: {error}") from None
    if not isinstance(value, dict):
        raise fault("wrong_envelope", "the answer is a JSON list where an object was expected")
    return value


def inside(
    answer: Mapping[str, Any], key: str, kind: type[Any], method: str, path: str, *, maybe_applied: bool = False
) -> Any:
    """``answer[key]``, of that kind. A list that is absent is empty (API reference 1.3). Raises wrong_envelope."""
    value = answer.get(key)
    if value is None and kind is list:
        return []
    if isinstance(value, kind):
        return value
    found = "nothing" if value is None else type(value).__name__
    wanted = "a list" if kind is list else "an object" if kind is dict else f"a {kind.__name__}"
    raise TransportError(
        f"{method} {path}: the answer holds {found} under {key!r}, where {wanted} was expected"
        + (". It is unknown whether the change took effect." if maybe_applied else ""),
        reason="wrong_envelope",
        method=method,
        path=path,
        status=200,
        maybe_applied=maybe_applied,
    )


def objects(answer: Mapping[str, Any], key: str, path: str) -> list[dict[str, Any]]:
    """The list of objects under a key of what a GET gave. Raises wrong_envelope."""
    found: list[Any] = inside(answer, key, list, "GET", path)
    for one in found:
        inside({key: one}, key, dict, "GET", path)
    return found


def request_id(answer: Answer, body: Mapping[str, Any], register: SecretRegister) -> str | None:
    """The id to give to DigitalOcean's support: from the body, else from the header."""
    for value in (body.get("request_id"), answer.headers.get("x-request-id")):
        if isinstance(value, str) and value.strip():
            return register.mask_untrusted_line(value, 128)
    return None


def refusal(
    answer: Answer,
    method: str,
    path: str,
    clock: Clock,
    *,
    reads: bool,
    hints: bool = True,
    register: SecretRegister | None = None,
) -> ApiError:
    """The error for an answer with status 400 or more, with the API's text, masked, and a hint for a known cause."""
    register = register or SecretRegister()
    body = _error_body(answer)
    api_id = body.get("id")
    api_id = register.mask_untrusted_line(api_id, 60) if isinstance(api_id, str) and api_id else None
    text = body.get("message")
    text = (
        register.mask_untrusted_line(text) if isinstance(text, str) and text.strip() else _plain_text(answer, register)
    )
    known: dict[str, Any] = {
        "status": answer.status,
        "api_id": api_id,
        "api_message": text,
        "request_id": request_id(answer, body, register),
        "method": method,
        "path": path,
        "retry_after": asked_wait(answer, clock),
    }
    kind = api_error_class(answer.status)
    sentences = [
        f"{method} {path} answered {answer.status}" + (f" ({api_id})" if api_id else "") + f": {as_sentence(text)}"
    ]
    if kind is RateLimitedError and known["retry_after"] is not None:
        known["reset_at"] = clock.now() + timedelta(seconds=known["retry_after"])
        sentences.append(f"Requests are accepted again at {_iso(known['reset_at'])}.")
    if kind is ServerError:
        known["maybe_applied"] = not reads
    if hints:
        sentences.append(hint(answer.status, text))
    if known["request_id"]:
        sentences.append(f"Request id: {known['request_id']}.")
    return kind(" ".join(filter(None, sentences)), **known)


def _error_body(answer: Answer) -> dict[str, Any]:
    try:
        body = json.loads(answer.body)
    except (ValueError, RecursionError):
        return {}
    return body if isinstance(body, dict) else {}


def _plain_text(answer: Answer, register: SecretRegister) -> str:
    """An excerpt of an error page for people."""
    cut = len(answer.body) > _MOST_OF_A_PAGE
    text = answer.body[:_MOST_OF_A_PAGE].decode("utf-8", "replace")
    # Before anything is taken away: what looks like a tag may be a part of a secret.
    text = register.mask_untrusted(text.rstrip("\ufffd") if cut else text, cut=cut)
    text = re.sub(r"(?is)<(script|style|head)\b.*?</\1\s*>", " ", text)
    text = html.unescape(re.sub(r"(?s)<[^>]*>", " ", text))
    return register.mask_untrusted_line(text, 200, cut=cut) or "no text in the answer"


def _iso(moment: datetime) -> str:
    return moment.astimezone(timezone.utc).isoformat(timespec="seconds")


def asked_wait(answer: Answer, clock: Clock) -> float | None:
    """Seconds (LONGEST_WAIT at most) after which the server wants to be asked again, or None when it does not say.

    Retry-After (seconds or a date) counts first; a 429 without it means the hourly limit, the end of which is in
    ratelimit-reset when ratelimit-remaining is 0 (API reference 1.4).
    """
    now = _server_now(answer, clock)
    given = answer.headers.get("Retry-After", "").strip()
    if re.fullmatch(r"[0-9]{1,9}", given):
        return min(float(given), LONGEST_WAIT)
    if given:
        moment = _http_date(given)
        return None if moment is None else min(max(0.0, (moment - now).total_seconds()), LONGEST_WAIT)
    if answer.status != 429 or answer.headers.get("ratelimit-remaining", "").strip() != "0":
        return None
    reset = answer.headers.get("ratelimit-reset", "").strip()
    if not re.fullmatch(r"[0-9]{1,15}", reset):
        return None
    left = int(reset) - now.timestamp()
    return min(float(math.ceil(left)), LONGEST_WAIT) if left > 0 else None


def _server_now(answer: Answer, clock: Clock) -> datetime:
    """The time by the server's clock, which its dates refer to; ours may be wrong."""
    return _http_date(answer.headers.get("Date", "")) or clock.now()


def _http_date(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except (TypeError, ValueError, IndexError, OverflowError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)
