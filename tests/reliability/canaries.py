# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Forms of a secret x places where text of others comes in: what of the secret comes out."""

from __future__ import annotations

import base64
import contextlib
import html
import http.server
import json
import re
import shlex
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any
from urllib.parse import quote, quote_plus

from ansible_collections.oceanops.app_platform.plugins.module_utils._ansible.context import Context
from ansible_collections.oceanops.app_platform.plugins.module_utils._ansible.operation import Operation, perform
from ansible_collections.oceanops.app_platform.plugins.module_utils._api.client import Client
from ansible_collections.oceanops.app_platform.plugins.module_utils._api.errors import AppPlatformError, UsageError
from ansible_collections.oceanops.app_platform.plugins.module_utils._api.responses import (
    error_from_response,
    parse_response,
)
from ansible_collections.oceanops.app_platform.plugins.module_utils._api.settings import ClientSettings
from ansible_collections.oceanops.app_platform.plugins.module_utils._api.transport import Response
from ansible_collections.oceanops.app_platform.plugins.module_utils._deployments.explain import explain, find_failures
from ansible_collections.oceanops.app_platform.plugins.module_utils._deployments.log_tail import log_tail
from ansible_collections.oceanops.app_platform.plugins.module_utils._deployments.watch import Watch
from ansible_collections.oceanops.app_platform.plugins.module_utils._masking.secret_register import MASK, SecretRegister
from ansible_collections.oceanops.app_platform.plugins.module_utils._spec.lint.rules import finding

#: Consecutive characters of a secret that are one; of an encoded one, whose ends depend on what stands beside it.
RUN, ENCODED_RUN = 8, 12

#: What everything happens to: white space of all kinds, marks of HTML, JSON and shells, letters of other scripts.
CANARY = "Zq7$x  kV\"9'<b>w&amp;Pd\u00e4\u20ac\\n%41 tR5\u00a0mJ2{yB}8hN;3cL=" + "".join(
    f"{number:03}Qz" for number in range(20)
)
LONG = "".join(f"{number:x}Zk" for number in range(470))
LINES = "\n".join(
    ["-----BEGIN X-----", "bG9uZy1saW5lLW9uZQ9q8w", "dHdvLXR3by10d28tdHdvMw", "short-1x", "-----END X-----"]
)
CREDENTIALS = "postgres://shop:p%40ss-w0rd-77xy@db.example.com:25060/shop"


@dataclass(frozen=True)
class Form:
    """One way to write a secret. ``encoded``: no character of the secret stands in it as it is."""

    name: str
    secret: str
    texts: tuple[str, ...]
    encoded: bool = False

    def leaks(self, said: str) -> set[str]:
        """What of the secret, or of its encoded text, is in what is said."""
        if self.encoded:
            return _runs(said, ENCODED_RUN) & {run for text in self.texts for run in _runs(text, ENCODED_RUN)}
        # The markers of a block are no secret.
        return leaks(
            self.secret, said, "-----BEGIN X-----\n", "-----BEGIN X----- ", "\n-----END X-----", " -----END X-----"
        )


def leaks(secret: str, said: str, *around: str) -> set[str]:
    """Runs of the secret in what is said, but for those that stand in the text around it or in a mask."""
    own = _runs(said, RUN)
    for text in (*around, MASK):
        own -= _runs(text, RUN)
    return own & _runs(secret, RUN)


def _runs(text: str, length: int) -> set[str]:
    return {text[at : at + length] for at in range(len(text) - length + 1)}


def _wide(secret: str) -> str:
    data = secret.encode("utf-16-be").hex()
    return "".join(f"\\u{data[at : at + 4]}" for at in range(0, len(data), 4))


def forms() -> Iterator[Form]:
    """Every form."""
    data = CANARY.encode()
    yield Form("plain", CANARY, (CANARY, f"a{CANARY}b", f"{CANARY} {CANARY}"))
    yield Form("of 1,400 characters", LONG, (LONG, f"token={LONG};"))
    yield Form("in an address", CREDENTIALS, (CREDENTIALS, "password p%40ss-w0rd-77xy", "password p@ss-w0rd-77xy"))
    yield Form("percent-encoded", CANARY, (quote(CANARY), quote(CANARY, safe=""), quote_plus(CANARY)))
    for before in range(3):
        written = base64.b64encode(b"x" * before + data + b"y").decode()
        yield Form(f"base64, alignment {before}", CANARY, (written,), encoded=True)
    yield Form("base64 of base64", CANARY, (base64.b64encode(base64.b64encode(data)).decode(),), encoded=True)
    yield Form("hexadecimal", CANARY, (data.hex(), data.hex(":")), encoded=True)
    yield Form("hexadecimal, upper case", CANARY, (data.hex().upper(), data.hex("-").upper()), encoded=True)
    yield Form("\\uXXXX", CANARY, (_wide(CANARY),), encoded=True)
    twice = json.dumps(json.dumps(CANARY))
    yield Form("escaped for JSON", CANARY, (json.dumps(CANARY), json.dumps(CANARY, ensure_ascii=False), twice))
    yield Form("escaped for HTML", CANARY, (html.escape(CANARY), html.escape(CANARY).replace("&#x27;", "&#39;")))
    yield Form("quoted for a shell", CANARY, (shlex.quote(CANARY), re.sub(r"([^\w])", r"\\\1", CANARY)))
    yield Form("as Python writes it", CANARY, (repr(CANARY), repr({"a": CANARY})))
    yield Form("with white space squeezed", CANARY, (" ".join(CANARY.split()),))
    cut = [f"{'=' * (limit - 30)}{LONG}" for limit in (60, 128, 200, 300, 1000, 2000, 20_000, 64 * 1024)]
    yield Form("over the border of a cut", LONG, (*cut, *(f"{LONG}{'=' * (64 * 1024 - at)}" for at in (9, 700, 1390))))
    yield Form("cut by others", LONG, (f"{LONG[:60]}...", f"{LONG[:900]}\u2026 (shortened)"))
    colored = "".join(f"{one}\x1b[1m" if number % 5 == 4 else one for number, one in enumerate(LONG))
    hidden = "\u200b".join(LONG[at : at + 6] for at in range(0, len(LONG), 6))
    yield Form("with escape codes inside", LONG, (colored, f"\x1b[{LONG}", f"\x1b]{LONG}\x07", hidden))
    yield Form("of several lines", LINES, (LINES, LINES.replace("\n", "\r\n"), LINES.replace("\n", "\n      ")))


class _Clock:
    def monotonic(self) -> float:
        return 0.0

    def now(self) -> datetime:
        return datetime(2026, 11, 23, tzinfo=timezone.utc)

    def sleep(self, seconds: float) -> None:
        """At once."""


CLOCK = _Clock()


class _Files:
    """An API of which only a log is asked."""

    def __init__(self, text: str) -> None:
        self._text = text
        self.client = self

    def get_logs(self, *_args: object, **_known: object) -> dict[str, Any]:
        return {"historic_urls": ["https://logs"]}

    def fetch_text(self, _url: str, limit: int) -> str:
        return self._text[-limit:]


def _answer(body: str, status: int = 400, **headers: str) -> Response:
    return Response(
        status, {key.replace("_", "-"): value for key, value in headers.items()}, body.encode("utf-8", "replace")
    )


def refused(known: SecretRegister, body: str, **headers: str) -> str:
    """All that the error for such an answer says."""
    error = error_from_response(_answer(body, **headers), "GET", "/x", CLOCK, read_only=True, register=known)
    return "\n".join([error.message, error.api_message, str(error.api_id), str(error.request_id)])


def _no_json(known: SecretRegister, text: str) -> str:
    try:
        parse_response(
            _answer("x", 200, Content_Type=text, x_request_id=text), "GET", "/x", read_only=True, register=known
        )
    except AppPlatformError as error:
        return f"{error.message} {error.request_id}"
    return ""


def _watch(known: SecretRegister, text: str = "") -> Watch:
    files: Any = _Files(text)
    return Watch(
        api=files,
        clock=CLOCK,
        same_spec=lambda _a, _b: True,
        mask=known.mask_untrusted_line,
        mask_log=known.mask_log_excerpt,
    )


def log_lines(known: SecretRegister, text: str) -> list[str]:
    """The lines of a log."""
    lines: list[str] = log_tail(_watch(known, text), "app", "deployment", None, "DEPLOY", keys=())["lines"]
    return lines


def _reason(known: SecretRegister, text: str) -> str:
    step = {"name": "s", "status": "ERROR", "component_name": "web", "reason": {"code": text, "message": text}}
    deployment = {"id": "d", "phase": "ERROR", "progress": {"steps": [step]}}
    explained = explain(find_failures(deployment), known.mask_untrusted_line, ())
    return json.dumps([one.as_dict() for one in explained.failures], ensure_ascii=False) + explained.text()


def _performed(known: SecretRegister, error: Exception, text: str) -> str:
    told: list[str] = []

    def run(_params: dict[str, Any], context: Context) -> dict[str, Any]:
        context.warn(f"an unknown word: {text}")
        assert context.progress is not None
        context.progress(f"running: {text}")
        raise error

    context = Context({}, register=known, progress=told.append)
    result = perform(Operation({}, run), {}, context)
    return "\n".join([result["msg"], str(result["failure"]["message"]), *told, *context.warnings])


#: Where text of others comes in -> what is shown of it.
PLACES: dict[str, Callable[[SecretRegister, str], str]] = {
    "API error, JSON": lambda known, text: refused(
        known, json.dumps({"id": text, "message": text, "request_id": text})
    ),
    "API error, plain": refused,
    "API error, HTML": lambda known, text: refused(
        known, f"<html><body><p>{html.escape(text)}</p>{html.escape(text)}</body></html>"
    ),
    "API error, raw HTML": lambda known, text: refused(known, f"<html><script>{text}</script>{text}"),
    "header of an error": lambda known, text: refused(known, "{}", x_request_id=text),
    "header of what is no JSON": _no_json,
    "log": lambda known, text: "\n".join(log_lines(known, text)),
    "log, among other lines": lambda known, text: "\n".join(
        log_lines(known, f"web 2026-05-04T10:11:12Z {text}\nweb 2026-05-04T10:11:13Z next\n")
    ),
    "reason of a deployment": _reason,
    "usage error, warning, progress": lambda known, text: _performed(known, UsageError(f"file: {text!r} {text}"), text),
    "unexpected error": lambda known, text: _performed(known, ValueError(text), ""),
    "finding of a lint": lambda known, text: known.mask_untrusted(finding("unknown_field", "x", text).message),
}


class _Handler(http.server.BaseHTTPRequestHandler):
    text = ""

    def do_GET(self) -> None:
        text = self.text.encode("utf-8")
        # What a header can carry.
        line = (
            " ".join(self.text.split()).replace("\u2026", "...").encode("latin-1", "replace").decode("latin-1")[:8000]
        )
        line = "".join(one for one in line if one.isprintable())
        kind = self.path.rsplit("/", 1)[-1]
        self.send_response({"redirect": 302, "refused": 403}.get(kind, 200))
        if kind == "redirect":
            self.send_header("Location", f"https://{line}.invalid/{line}")
        self.send_header("x-request-id", line)
        self.send_header("Content-Type", f"text/{line}")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_args: object) -> None:
        """Say nothing."""


def over_http(known: SecretRegister, texts: tuple[str, ...]) -> str:
    """What a real client says of a server that puts the texts wherever it can."""
    said: list[str] = []
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        url = f"http://127.0.0.1:{server.server_port}"
        client = Client(ClientSettings(token="t" * 20, api_url=url, retries=0), CLOCK, known)
        for text in texts:
            _Handler.text = text
            for path in ("/v2/refused", "/v2/redirect", "/v2/apps"):
                try:
                    client.get(path)
                except AppPlatformError as error:
                    said += [error.message, str(error.request_id)]
            with contextlib.suppress(AppPlatformError):
                said.append(known.mask_log_excerpt(client.fetch_text(f"{url}/log", 64 * 1024)))
    finally:
        server.shutdown()
        server.server_close()
    return "\n".join(said)


def cells() -> Iterator[tuple[str, str, bool]]:
    """(form, place, whether nothing of the secret comes out), for every form and every place."""
    for form in forms():
        known = SecretRegister()
        known.add(form.secret)
        for place, show in PLACES.items():
            said = "\n".join(show(known, text) for text in form.texts)
            yield form.name, place, bool(said) and not form.leaks(said)
        yield form.name, "over HTTP", not form.leaks(over_http(known, form.texts))
