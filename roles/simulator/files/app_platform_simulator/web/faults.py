# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults on demand: what the network, the API or another person does at the wrong moment."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from fnmatch import fnmatchcase
from typing import Any

from flask import Request, Response

from ..spec.hidden import hidden_spec
from ..wire import Json

# Kind -> what it does. Those in _ANSWERS take the place of the answer; the others change it or what is behind it.
KINDS = {
    "error": "an error answer: status, id, message, headers; html: true for a page in the place of JSON",
    "rate_limit": "429 of the limit per minute; retry_after in seconds, null for none",
    "hourly_limit": "429 of the limit per hour, without retry-after; reset_in in seconds",
    "timeout_524": "524 with Cloudflare's HTML page",
    "hang": "no answer for so many seconds, or until faults are cleared",
    "cut": "the connection ends without an answer",
    "truncated": "the connection ends in the middle of the body",
    "html": "a page of HTML with status 200",
    "list": "a JSON list in the place of an object",
    "delay": "the answer comes so many seconds later",
    "no_pending": "pending_deployment is missing in apps",
    "no_progress": "progress is missing in deployments",
    "supersede": "another deployment overtakes the one that was made; with edit, one of another spec",
    "other_writer": "somebody else changes the spec before or after the request: edit is merged into it",
    "delete_app": "somebody else deletes the app before or after the request",
}
_AFTER_BY_DEFAULT = {"truncated", "html", "list", "no_pending", "no_progress", "supersede", "other_writer"}
PAGE = "<html><head><title>{0}</title></head><body><h1>{0}</h1><p>cloudflare</p></body></html>"


@dataclass
class Fault:
    """One fault. It strikes requests that match, `count` times (None: always), after `skip` of them went well.

    `when` is before (the request has no effect) or after (it took effect, and then the fault strikes).
    """

    fault: str
    method: str = "*"
    path: str = "*"
    operation: str = "*"
    count: int | None = 1
    skip: int = 0
    when: str = ""
    status: int = 500
    id: str = ""
    message: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    html: bool = False
    retry_after: float | None = 1
    reset_in: float = 1800
    seconds: float = 60
    edit: Json = field(default_factory=dict)

    def matches(self, method: str, path: str, operation: str) -> bool:
        """Whether it means this request."""
        return self.method in {"*", method} and fnmatchcase(path, self.path) and fnmatchcase(operation, self.operation)


def parse(given: Any) -> Fault:
    """A fault as JSON; ValueError says what is wrong with it."""
    if not isinstance(given, Mapping):
        raise ValueError(f"fault: expected an object, got a value of type {type(given).__name__}")
    if given.get("fault") not in KINDS:
        raise ValueError(f"fault: {given.get('fault')!r} is not one of {', '.join(KINDS)}")
    known = Fault.__dataclass_fields__
    unknown = sorted(set(given) - set(known))
    if unknown:
        raise ValueError(f"fault: unknown field {unknown[0]!r}; known: {', '.join(sorted(known))}")
    made = Fault(**given)
    _check(made)
    made.method = made.method.upper()
    made.when = made.when or ("after" if made.fault in _AFTER_BY_DEFAULT else "before")
    if made.when not in {"before", "after"}:
        raise ValueError(f"fault.when: {made.when!r} is not one of before, after")
    return made


def _check(fault: Any) -> None:
    """ValueError for a value of the wrong type or range."""
    for name in ("method", "path", "operation", "when", "id", "message"):
        if not isinstance(getattr(fault, name), str):
            raise ValueError(f"fault.{name}: expected a string, got {getattr(fault, name)!r}")
    for name in ("count", "skip", "seconds", "retry_after", "reset_in"):
        value = getattr(fault, name)
        may_be_null = name in {"count", "retry_after"}
        if not (value is None and may_be_null) and (
            isinstance(value, bool) or not isinstance(value, int | float) or value < 0
        ):
            raise ValueError(f"fault.{name}: expected a number of at least 0, got {value!r}")
    if isinstance(fault.status, bool) or not isinstance(fault.status, int) or not 200 <= fault.status <= 599:
        raise ValueError(f"fault.status: expected a number from 200 to 599, got {fault.status!r}")
    if not isinstance(fault.headers, dict) or not all(isinstance(item, str) for item in fault.headers.values()):
        raise ValueError("fault.headers: expected an object of strings")
    if not isinstance(fault.edit, dict):
        raise ValueError("fault.edit: expected an object")
    if not isinstance(fault.html, bool):
        raise ValueError("fault.html: expected true or false")


class Faults:
    """All faults that are waiting for their request."""

    def __init__(self) -> None:
        self.all: list[Fault] = []
        self._released = threading.Event()

    def add(self, given: Any) -> list[Fault]:
        """One fault or a list of them; nothing is added when one is wrong."""
        made = [parse(item) for item in (given if isinstance(given, list) else [given])]
        self._released.clear()
        self.all.extend(made)
        return made

    def clear(self) -> None:
        """Forget all, and let go of the requests that hang."""
        self.all.clear()
        self._released.set()

    def strike(self, method: str, path: str, operation: str) -> list[Fault]:
        """The faults that this request meets; used up once."""
        struck: list[Fault] = []
        for fault in list(self.all):
            if not fault.matches(method, path, operation):
                continue
            if fault.skip > 0:
                fault.skip -= 1
                continue
            struck.append(fault)
            if fault.count is not None:
                fault.count -= 1
                if fault.count <= 0:
                    self.all.remove(fault)
        return struck

    def dump(self) -> list[Json]:
        """As JSON."""
        return [{**asdict(fault), "edit": hidden_spec(fault.edit)} for fault in self.all]

    def wait(self, seconds: float) -> None:
        """Wait, or until all faults are cleared."""
        self._released.wait(seconds)

    def answer(self, fault: Fault, request: Request, made: Response | None) -> Response | None:
        """The answer that takes the place of the right one, None when the fault leaves that alone."""
        makers: dict[str, Callable[[Fault], Response]] = {
            "error": _error,
            "rate_limit": _rate_limit,
            "hourly_limit": _hourly_limit,
            "timeout_524": lambda _fault: _html(524, "524: A timeout occurred"),
            "html": lambda _fault: _html(200, "Welcome"),
            "list": lambda _fault: Response("[]", 200, mimetype="application/json"),
        }
        if fault.fault in makers:
            return makers[fault.fault](fault)
        connection = request.environ.get("werkzeug.socket")
        if fault.fault == "cut":
            return Response(_cut(connection))
        if fault.fault == "hang":
            return Response(self._hang(fault.seconds, connection))
        if fault.fault == "truncated" and made is not None:
            content = made.get_data()
            return Response(
                _half(content, connection), made.status_code, {**made.headers, "Content-Length": str(len(content))}
            )
        return None

    def _hang(self, seconds: float, connection: socket.socket | None) -> Iterator[bytes]:
        self._released.wait(seconds)
        _close(connection)
        yield b""


def _error(fault: Fault) -> Response:
    if fault.html:
        return _html(fault.status, fault.message or f"{fault.status} Error", fault.headers)
    ids = {400: "bad_request", 401: "unauthorized", 403: "forbidden", 404: "not_found", 409: "conflict",
           422: "unprocessable_entity", 429: "too_many_requests"}  # fmt: skip
    texts = {404: "The resource you requested could not be found."}
    content = {
        "id": fault.id or ids.get(fault.status, "server_error"),
        "message": fault.message or texts.get(fault.status, "Unexpected server-side error"),
    }
    return Response(json.dumps(content), fault.status, fault.headers, mimetype="application/json")


def _rate_limit(fault: Fault) -> Response:
    headers = {"ratelimit-remaining": "0"}
    if fault.retry_after is not None:
        headers["retry-after"] = f"{fault.retry_after:g}"
    else:
        headers = {}
    return _limited({**headers, **fault.headers})


def _hourly_limit(fault: Fault) -> Response:
    reset = str(int(time.time() + fault.reset_in))
    return _limited({"ratelimit-remaining": "0", "ratelimit-reset": reset, **fault.headers})


def _limited(headers: dict[str, str]) -> Response:
    content = json.dumps({"id": "too_many_requests", "message": "API rate limit exceeded."})
    return Response(content, 429, headers, mimetype="application/json")


def _html(status: int, title: str, headers: Mapping[str, str] | None = None) -> Response:
    return Response(PAGE.format(title), status, dict(headers or {}), mimetype="text/html")


def _close(connection: socket.socket | None) -> None:
    """End the connection. The error tells the server that there is nobody to answer to."""
    if connection is not None:
        connection.shutdown(socket.SHUT_RDWR)
    raise ConnectionResetError("cut on demand")


def _cut(connection: socket.socket | None) -> Iterator[bytes]:
    _close(connection)
    yield b""


def _half(content: bytes, connection: socket.socket | None) -> Iterator[bytes]:
    yield content[: len(content) // 2]
    _close(connection)
