"""The retry and time-out policy as rows: what goes wrong, and what comes of it for calls that read or write.

docs/faults.md has a line for each row; a test compares the two.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from email.utils import format_datetime
from typing import Any

from ansible_collections.oceanops.app_platform.tests.unit.client.raw_server import (
    Act,
    cut,
    drip,
    hang,
    message,
    raw,
    reply,
    reset,
)
from ansible_collections.oceanops.app_platform.tests.unit.fake_clock import START, FakeClock

GOOD = {"app": {"id": "a1"}}
AGAIN = "again"  # sent again
STOP = "stop"  # an error at once; a write had no effect
UNKNOWN = "unknown"  # an error at once; a write may have had its effect


@dataclass(frozen=True)
class Row:
    """One fault after the request was sent."""

    id: str
    act: Callable[[FakeClock], Act]
    code: str
    reads: str
    writes: str
    status: int | None = None
    pause: tuple[float, float] | None = None  # seconds, from and to
    settings: dict[str, Any] = field(default_factory=dict)


def _error(status: int, headers: dict[str, str] | None = None) -> Callable[[FakeClock], Act]:
    body = {"id": "some_id", "message": "Some text.", "request_id": "r-1"}
    return lambda clock: reply(status, body, headers)


def _html(status: int) -> Callable[[FakeClock], Act]:
    page = "<html><head><title>t</title><style>p{}</style></head><body><h1>Bad &amp; sad</h1></body></html>"
    return lambda clock: reply(status, page, {"Content-Type": "text/html"})


def _always(act: Act) -> Callable[[FakeClock], Act]:
    return lambda clock: act


def _in(seconds: float) -> str:
    return str(int((START + timedelta(seconds=seconds)).timestamp()))


_HOUR_USED_UP = {"ratelimit-limit": "5000", "ratelimit-remaining": "0"}
_JSON = json.dumps(GOOD).encode()
_GZIP = gzip.compress(_JSON)
_CHUNKED = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
_SILENT = {"timeout": 0.3}

ROWS = [
    # 429: refused before any effect
    Row("429-retry-after", _error(429, {"Retry-After": "7"}), "rate_limited", AGAIN, AGAIN, 429, (7, 8)),
    Row(
        "429-retry-after-date",
        _error(429, {"Retry-After": format_datetime(START + timedelta(seconds=9), usegmt=True)}),
        "rate_limited",
        AGAIN,
        AGAIN,
        429,
        (8, 10),
    ),
    Row(
        "429-burst",
        _error(429, {**_HOUR_USED_UP, "Retry-After": "29", "ratelimit-reset": _in(3000)}),
        "rate_limited",
        AGAIN,
        AGAIN,
        429,
        (29, 30),
    ),
    Row("429-bare", _error(429), "rate_limited", AGAIN, AGAIN, 429, (0.25, 0.5)),
    Row(
        "429-hour-soon-over",
        _error(429, {**_HOUR_USED_UP, "ratelimit-reset": _in(40)}),
        "rate_limited",
        AGAIN,
        AGAIN,
        429,
        (40, 41),
    ),
    Row(
        "429-hour-used-up",
        _error(429, {**_HOUR_USED_UP, "ratelimit-reset": _in(1800)}),
        "rate_limited",
        STOP,
        STOP,
        429,
    ),
    Row("429-retry-after-too-long", _error(429, {"Retry-After": "61"}), "rate_limited", STOP, STOP, 429),
    # the request itself
    *[
        Row(str(status), _error(status), code, STOP, STOP, status)
        for status, code in (
            (400, "invalid_request"),
            (401, "unauthorized"),
            (403, "forbidden"),
            (404, "not_found"),
            (409, "conflict"),
            (422, "invalid_request"),
            (418, "api_error"),
        )
    ],
    Row("408", _error(408), "api_error", AGAIN, STOP, 408),
    Row("403-html", _html(403), "forbidden", STOP, STOP, 403),
    # the server's trouble
    *[
        Row(str(status), _error(status), "server_error", AGAIN, UNKNOWN, status, (0.25, 0.5))
        for status in (500, 502, 503, 504, 520, 521, 522, 523, 524)
    ],
    Row("5xx-html", _html(502), "server_error", AGAIN, UNKNOWN, 502),
    Row("503-retry-after", _error(503, {"Retry-After": "12"}), "server_error", AGAIN, UNKNOWN, 503, (12, 13)),
    Row("503-retry-after-too-long", _error(503, {"Retry-After": "600"}), "server_error", STOP, UNKNOWN, 503),
    Row("501", _error(501), "server_error", STOP, UNKNOWN, 501),
    # no complete answer
    Row("silence", _always(hang), "read_timeout", AGAIN, UNKNOWN, settings=_SILENT),
    Row(
        "silence-in-the-body",
        _always(drip(message(200, b"{", length=9), lambda: None)),
        "read_timeout",
        AGAIN,
        UNKNOWN,
        settings=_SILENT,
    ),
    Row(
        "drip-in-the-head",
        lambda clock: drip(b"x" * 26, lambda: clock.advance(5), b"HTTP/1.1 200 OK\r\nX: "),
        "deadline_exceeded",
        AGAIN,
        UNKNOWN,
    ),
    Row(
        "drip-in-the-body",
        lambda clock: drip(b" " * 26, lambda: clock.advance(5), message(200, b"{", length=999)),
        "deadline_exceeded",
        AGAIN,
        UNKNOWN,
    ),
    Row("cut-before-the-answer", _always(cut), "connection_cut", AGAIN, UNKNOWN),
    Row("reset", _always(reset), "connection_cut", AGAIN, UNKNOWN),
    Row("not-http", _always(raw(b"220 mail ESMTP\r\n")), "connection_cut", AGAIN, UNKNOWN),
    Row("cut-in-the-head", _always(raw(b"HTTP/1.1 200 OK\r\nContent-Le")), "connection_cut", AGAIN, UNKNOWN),
    Row("cut-in-the-body", _always(raw(message(200, _JSON[:9], length=len(_JSON)))), "truncated", AGAIN, UNKNOWN),
    Row("cut-in-a-chunk", _always(raw(_CHUNKED + b"20\r\n" + _JSON[:9])), "truncated", AGAIN, UNKNOWN),
    Row("bad-chunk", _always(raw(_CHUNKED + b"zz\r\n" + _JSON)), "truncated", AGAIN, UNKNOWN),
    Row(
        "broken-gzip",
        _always(reply(200, b"\x1f\x8b\x08" + _JSON, {"Content-Encoding": "gzip"})),
        "undecodable",
        AGAIN,
        UNKNOWN,
    ),
    Row("cut-gzip", _always(reply(200, _GZIP[:-12], {"Content-Encoding": "gzip"})), "truncated", AGAIN, UNKNOWN),
    Row("cut-json", _always(reply(200, _JSON[:9])), "broken_json", AGAIN, UNKNOWN, 200),
    Row("not-utf-8", _always(reply(200, b'{"a": "\xff"}')), "broken_json", AGAIN, UNKNOWN, 200),
    # something else than the API
    Row("html", _html(200), "not_json", STOP, UNKNOWN, 200),
    Row("list", _always(reply(200, [])), "wrong_envelope", STOP, UNKNOWN, 200),
    Row("too-large", _always(reply(200, {"x": "x" * 5000})), "too_large", STOP, UNKNOWN),
    Row("other-status", _always(reply(304, "")), "unexpected_status", STOP, UNKNOWN, 304),
    Row(
        "redirect-to-another-host",
        _always(reply(302, "", {"Location": "https://elsewhere.example/?x=secret"})),
        "redirected",
        STOP,
        STOP,
        302,
    ),
    Row(
        "redirect-to-another-scheme",
        _always(reply(301, "", {"Location": "https://127.0.0.1/v2/apps"})),
        "redirected",
        STOP,
        STOP,
        301,
    ),
    Row("redirect-loop", _always(reply(307, "", {"Location": "/v2/apps/a1"})), "redirected", STOP, STOP, 307),
    Row("redirect-to-nowhere", _always(reply(302, "")), "redirected", STOP, STOP, 302),
    Row("redirect-to-nonsense", _always(reply(302, "", {"Location": "http://[::1"})), "redirected", STOP, STOP, 302),
]
