# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The HTTP application: who may call, what happens around each call, errors as the API words them."""

from __future__ import annotations

import sys
import threading
import time
import traceback
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from flask import Flask, Response, g, jsonify, request
from werkzeug.exceptions import HTTPException

from ..account import Account
from ..engine.schedule import ENDED
from ..errors import Refusal, bad_request, forbidden, not_found, unauthorized
from ..merging import merged
from ..model import App, Deployment
from ..report.visible import visible
from ..spec.hidden import NO_OBJECT, hidden_body
from ..state import State
from ..wire import Json, timestamp
from . import faults as fault_module
from .access import API, Access, protect, same
from .body import body
from .faults import Faults
from .limits import Limits
from .record import Record

PREFIX = "/_simulator"
# A deployment is at its end after this many looks, with an `auto` clock.
_LOOKS = 4.5
# Operation -> scope that its token needs (API reference 1.1).
_SCOPES = {
    "apps_create": "app:create",
    "apps_delete": "app:delete",
    "apps_get_exec": "app:access_console",
    "apps_get_exec_active_deployment": "app:access_console",
    "apps_validate_appSpec": "app:read",
    "apps_list_metrics_bandwidth_daily": "app:read",
}


@dataclass
class Start:
    """What the simulator was started with: what a reset comes back to."""

    assumptions: dict[str, str] = field(default_factory=dict)
    settings: Json = field(default_factory=dict)
    outcomes: list[Json] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)
    seed: list[Json] = field(default_factory=list)
    clock: str = "auto"
    speed: float = 1.0


class Server:
    """Everything behind the application. One request at a time touches the account."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self.lock = threading.RLock()
        self.access = Access()
        # Bodies as they came, for tests whose secrets are made up; else they are recorded without their secrets.
        self.record_secrets = False
        self.record = Record()
        self.faults = Faults()
        self.limits = Limits(account.state.settings)
        # Token -> its scopes; while there are none, every token may do everything.
        self.tokens: dict[str, list[str]] = {}
        # Called after each request that may have changed something.
        self.on_change: list[Callable[[], None]] = []
        self.start = Start()

    @property
    def state(self) -> State:
        """The account's state."""
        return self.account.state

    def authorize(self, operation: str, method: str) -> None:
        """Refuse a request without a (known) token, or whose token lacks the scope."""
        kind, _space, token = request.headers.get("Authorization", "").partition(" ")
        if kind.lower() != "bearer" or not token.strip():
            raise unauthorized()
        if not self.tokens:
            return
        scopes = self._scopes(token)
        if scopes is None:
            raise unauthorized()
        needed = _SCOPES.get(operation, "app:read" if method == "GET" else "app:update")
        if scopes and needed not in scopes:
            raise forbidden()
        if scopes and operation == "apps_create" and (request.get_json(silent=True) or {}).get("project_id"):
            self.require("project:assign_resource", scopes)

    def _scopes(self, token: str) -> list[str] | None:
        """The scopes of a token, None when it is not known; all are compared, each in a time that tells nothing."""
        given = token.strip()
        found = [scopes for known, scopes in self.tokens.items() if same(given, known)]
        return found[0] if found else None

    def require(self, scope: str, scopes: list[str]) -> None:
        """Refuse without a scope."""
        if scope not in scopes:
            raise forbidden()

    def sees_projects(self) -> bool:
        """Whether the token may see project ids."""
        token = request.headers.get("Authorization", "").partition(" ")[2].strip()
        scopes = self._scopes(token) or []
        return not scopes or "project:read" in scopes

    # Looking at something that is on its way moves an `auto` clock.

    def look(self, app: App, deployment: Deployment | None = None) -> None:
        """A client has asked how a deployment (or any of the app's) gets on."""
        state = self.state
        if state.clock.kind != "auto":
            return
        if deployment is None:
            deployment = next((item for item in reversed(app.deployments[-20:]) if _moves(item)), None)
        if deployment is None or not _moves(deployment):
            return
        age = state.now - deployment.created
        step = state.settings.step or max(deployment.expected / _LOOKS, age / 4, 0.1)
        state.clock.advance(step)
        state.catch_up()

    def look_at_runs(self, app: App) -> None:
        """A client has asked how runs of scheduled jobs get on: on to the next thing that happens."""
        state = self.state
        if state.clock.kind != "auto" or all(item.phase in ENDED for item in app.invocations):
            return
        due = state.timeline.next_due(frozenset({"run", "ran"}), app.id)
        if due is not None:
            state.clock.advance(max(0.0, due - state.clock.now()))
            state.catch_up()


def _moves(deployment: Deployment) -> bool:
    return not deployment.ended or (deployment.phase == "ACTIVE" and deployment.position < len(deployment.plan))


def answer(value: Any, status: int = 200) -> Response:
    """JSON."""
    made = jsonify(value)
    made.status_code = status
    return made


def make_app(server: Server) -> Flask:
    """The application, without its routes."""
    app = Flask("app_platform_simulator", static_folder=None)
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.json.compact = True  # type: ignore[attr-defined]
    app.url_map.strict_slashes = False
    app.url_map.merge_slashes = False

    @app.before_request
    def before() -> Response | None:
        g.operation = (request.endpoint or "").rpartition(".")[2]
        g.request_id = str(uuid.uuid4())
        g.faults = []
        g.refused = True
        server.access.check(request)
        g.refused = False
        # Before anything is locked: whoever sends half of it holds up nobody else.
        g.body = _whole_body()
        if not request.path.startswith(API):
            _enter(server)
            return None
        with server.lock:
            g.faults = server.faults.strike(request.method, request.path, g.operation)
        for fault in g.faults:
            if fault.fault == "delay":
                server.faults.wait(fault.seconds)
        _enter(server)
        return _before_api(server)

    @app.after_request
    def after(made: Response) -> Response:
        made = _after_api(server, made) if request.path.startswith(API) and not g.refused else protect(made)
        if request.method != "GET" and made.status_code < 500 and not g.refused:
            for tell in server.on_change:
                tell()
        return made

    @app.teardown_request
    def leave(_error: BaseException | None) -> None:
        if g.pop("locked", False):
            server.lock.release()

    app.register_error_handler(Refusal, _refused)
    app.register_error_handler(HTTPException, _http_error)
    app.log_exception = _log_exception  # type: ignore[method-assign]
    # It would tell an error that follows that one in the error's own words.
    app.logger.disabled = True
    return app


def _whole_body() -> bytes:
    g.body = b""
    try:
        return request.get_data()
    except (OSError, HTTPException):
        raise bad_request("error parsing request body") from None


def _enter(server: Server) -> None:
    server.lock.acquire()
    g.locked = True
    server.state.catch_up()


def _before_api(server: Server) -> Response | None:
    for fault in g.faults:
        if fault.when == "before":
            meddle(server, fault, _app_of_request(server))
            replaced = server.faults.answer(fault, request, None)
            if replaced is not None:
                g.struck = True
                return replaced
    if request.url_rule is None:
        return None
    server.authorize(g.operation, request.method)
    server.limits.count()
    return None


def _after_api(server: Server, made: Response) -> Response:
    status = made.status_code
    for fault in g.faults:
        if fault.when == "after" and not g.get("struck"):
            if status < 400:
                meddle(server, fault, _app_of_request(server, made))
            if fault.fault in {"no_pending", "no_progress"} and made.is_json:
                made.set_data(_without(made, fault.fault))
            replaced = server.faults.answer(fault, request, made)
            if replaced is not None:
                made = replaced
    for name, value in server.limits.headers().items():
        made.headers.setdefault(name, value)
    made.headers["x-request-id"] = g.request_id
    server.record.add(
        time=timestamp(server.state.now),
        method=request.method,
        path=request.path,
        query={name: request.args.getlist(name) for name in request.args},
        body=_body(server),
        status=made.status_code,
        operation=g.operation,
        faults=[fault.fault for fault in g.faults],
        user_agent=request.headers.get("User-Agent", ""),
        real_time=time.time(),
    )
    return made


def _body(server: Server) -> Any:
    """The body as it is recorded: without secrets, or, where that is wanted, JSON as such and anything else as text."""
    raw = g.body
    if not raw:
        return None
    parsed = request.get_json(silent=True, force=True)
    if not server.record_secrets:
        if parsed is None and raw.strip() != b"null":
            parsed = NO_OBJECT if "yaml" not in (request.content_type or "") else _yaml()
        return hidden_body(parsed)
    return raw.decode("utf-8", "replace") if parsed is None and raw.strip() != b"null" else parsed


def _yaml() -> Any:
    try:
        return body()
    except Refusal:
        return NO_OBJECT


def _log_exception(exc_info: Any) -> None:
    """Where the simulator went wrong; the error's own words may have a secret in them."""
    kind, _error, trace = exc_info
    where = "".join(traceback.format_tb(trace))
    sys.stderr.write(f"{visible(request.method)} {request.url_rule}: {kind.__name__}\n{where}")


def _app_of_request(server: Server, made: Response | None = None) -> App | None:
    """The app that a request speaks of; for a create, the one that it made."""
    arguments = request.view_args or {}
    app_id = arguments.get("app_id")
    if app_id is None and made is not None and made.is_json:
        content = made.get_json(silent=True)
        app_id = (content.get("app") or {}).get("id") if isinstance(content, dict) else None
    return server.state.apps.get(str(app_id))


def _without(made: Response, kind: str) -> bytes:
    """The answer's body without what the fault hides."""
    import json  # noqa: PLC0415 - only for this

    name = "pending_deployment" if kind == "no_pending" else "progress"

    def strip(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: strip(item) for key, item in value.items() if key != name}
        return [strip(item) for item in value] if isinstance(value, list) else value

    return json.dumps(strip(made.get_json())).encode()


def meddle(server: Server, fault: fault_module.Fault, app: App | None) -> None:
    """What somebody else does at this moment."""
    if app is None or fault.fault not in {"supersede", "other_writer", "delete_app"}:
        return
    account = server.account
    if fault.fault == "delete_app":
        account.delete(app)
        return
    edit = fault.edit
    if fault.fault == "other_writer" and not edit:
        edit = {"envs": [{"key": "OTHER_WRITER", "value": str(server.record.number)}]}
    if edit:
        account.update(app, merged(app.spec, edit))
    else:
        account.deploy(app)


def _refused(refusal: Refusal) -> Response:
    content = {"id": refusal.id, "message": refusal.message, "request_id": g.get("request_id", "")}
    if g.get("refused") and not request.path.startswith(API):
        # In the words of the control plane.
        content = {"error": refusal.message}
    made = answer(content, refusal.status)
    made.headers.update(refusal.headers)
    return made


def _http_error(error: HTTPException) -> Response:
    """Unknown paths and methods, in the API's words."""
    if error.code == 404:
        return _refused(not_found())
    if error.code == 405:
        return _refused(Refusal(405, "method_not_allowed", f"{request.method} is not supported here."))
    return _refused(Refusal(error.code or 500, "server_error", "Unexpected server-side error"))
