# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The control plane: what tests and rehearsals need and the real platform does not have."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from flask import Blueprint, Response, request

from .. import views
from ..errors import Refusal
from ..happenings import HAPPENINGS, happen
from ..spec.hidden import told
from ..wire import Json, parse_time, read_json, timestamp
from .faults import KINDS
from .server import PREFIX, Server, answer

F = TypeVar("F", bound=Callable[..., Response])


def _given() -> Any:
    """The body of a control call."""
    raw = request.get_data()
    if not raw.strip():
        return {}
    if request.mimetype != "application/json":
        # Any web page may send the other types without asking.
        raise Refusal(415, "unsupported_media_type", "Content-Type: send application/json")
    try:
        return read_json(raw)
    except ValueError as error:
        raise ValueError(f"body: {error}") from error


def _object() -> Json:
    given = _given()
    if not isinstance(given, dict):
        raise ValueError("body: expected an object")
    return given


def plain(view: F) -> F:
    """Say what was wrong with a control call."""

    @wraps(view)
    def wrapped(*args: Any, **kwargs: Any) -> Response:
        try:
            return view(*args, **kwargs)
        except (ValueError, TypeError) as error:
            return answer({"error": str(error)}, 400)
        except Refusal as refusal:
            return answer({"error": refusal.message}, refusal.status)

    return wrapped  # type: ignore[return-value]


def blueprint(server: Server) -> Blueprint:  # noqa: C901, PLR0915 - one route after the other
    """The routes."""
    routes = Blueprint("control", __name__, url_prefix=PREFIX)
    state, account = server.state, server.account

    @routes.get("/health")
    def health() -> Response:
        return answer({"status": "ok", "pid": os.getpid(), "apps": len(state.apps), "now": timestamp(state.now)})

    @routes.post("/reset")
    @plain
    def reset() -> Response:
        """Everything as at the start, `--seed` included; with {"keep": ["assumptions", …]} some of it stays."""
        keep = _object().get("keep") or []
        reset_all(server, set(keep))
        return answer({"apps": len(state.apps)})

    @routes.post("/seed")
    @plain
    def seed() -> Response:
        given = _given()
        listed = given if isinstance(given, list) else given.get("apps") if isinstance(given, dict) else None
        if not isinstance(listed, list):
            raise ValueError("body: expected a list of apps, or an object with one in apps")
        return answer({"apps": [_brief(server, seed_one(server, item)) for item in listed]})

    @routes.get("/apps")
    def apps() -> Response:
        return answer({"apps": [views.app_view(state, app) for app in state.ordered_apps()]})

    @routes.get("/requests")
    @plain
    def requests_() -> Response:
        arguments = request.args
        writes = arguments.get("writes")
        calls = server.record.select(
            since=int(arguments.get("since", "0")),
            method=arguments.get("method", ""),
            path=arguments.get("path", ""),
            writes=None if writes is None else writes.lower() in {"1", "true"},
        )
        return answer({"requests": calls, "total": len(calls), "last": server.record.number})

    @routes.delete("/requests")
    def forget_requests() -> Response:
        server.record.clear()
        return answer({})

    @routes.get("/faults")
    def faults() -> Response:
        return answer({"faults": server.faults.dump(), "kinds": KINDS})

    @routes.post("/faults")
    @plain
    def add_faults() -> Response:
        return answer({"added": len(server.faults.add(_given()))})

    @routes.delete("/faults")
    def clear_faults() -> Response:
        server.faults.clear()
        return answer({})

    @routes.get("/outcomes")
    def outcomes() -> Response:
        return answer({"outcomes": state.outcomes.dump()})

    @routes.post("/outcomes")
    @plain
    def add_outcomes() -> Response:
        return answer({"added": len(state.outcomes.add(_given()))})

    @routes.delete("/outcomes")
    def clear_outcomes() -> Response:
        state.outcomes.clear()
        return answer({})

    @routes.get("/clock")
    def clock() -> Response:
        due = state.timeline.next_due()
        return answer(
            {
                "clock": state.clock.kind,
                "speed": state.clock.speed,
                "now": timestamp(state.now),
                "seconds": state.now,
                "next": None if due is None else timestamp(due),
            }
        )

    @routes.post("/clock")
    @plain
    def set_clock() -> Response:
        """{"advance": seconds}, {"to": time}, {"clock": kind, "speed": n}."""
        given = _object()
        unknown = set(given) - {"advance", "to", "clock", "speed"}
        if unknown:
            raise ValueError(f"unknown field {sorted(unknown)[0]!r}; known: advance, to, clock, speed")
        if "clock" in given or "speed" in given:
            state.clock.become(str(given.get("clock", state.clock.kind)), given.get("speed"))
        if "to" in given:
            state.clock.become(state.clock.kind, now=parse_time(str(given["to"])))
        if "advance" in given:
            state.clock.advance(float(given["advance"]))
        state.catch_up()
        return clock()

    @routes.get("/assumptions")
    def assumptions() -> Response:
        return answer({"assumptions": state.assume.describe()})

    @routes.post("/assumptions")
    @plain
    def assume() -> Response:
        state.assume.update(_object())
        _forget_views(server)
        return answer({"changed": state.assume.changed()})

    @routes.get("/settings")
    def settings() -> Response:
        return answer(state.settings.dump())

    @routes.post("/settings")
    @plain
    def set_settings() -> Response:
        state.settings.update(_object())
        return answer(state.settings.dump())

    @routes.post("/tokens")
    @plain
    def tokens() -> Response:
        """{token: [scope, …]}: only these are accepted; an empty list of scopes allows everything; {} accepts all."""
        given = _object()
        if not all(isinstance(scopes, list) for scopes in given.values()):
            raise ValueError("body: expected an object of token and list of scopes")
        server.tokens = given
        return answer({"tokens": len(given)})

    @routes.post("/happen")
    @plain
    def let_happen() -> Response:
        return answer(happen(account, _object()))

    @routes.get("/happen")
    def happenings() -> Response:
        return answer({"happenings": {name: (done.__doc__ or "").strip() for name, done in HAPPENINGS.items()}})

    return routes


def _forget_views(server: Server) -> None:
    """Assumptions change how deployments look."""
    for app in server.state.apps.values():
        for deployment in app.deployments:
            deployment.wire = None


def reset_all(server: Server, keep: set[str]) -> None:
    """As at the start, the start's own seed and outcomes included."""
    known = {"clock", "assumptions", "settings", "tokens", "requests", "faults"}
    if keep - known:
        raise ValueError(f"keep: {sorted(keep - known)[0]!r} is not one of {', '.join(sorted(known))}")
    server.state.clear()
    if "clock" not in keep:
        server.state.clock.become(server.start.clock, server.start.speed)
    if "assumptions" not in keep:
        server.state.assume.reset()
        server.state.assume.update(server.start.assumptions)
    if "settings" not in keep:
        server.state.settings.reset()
        server.state.settings.update(server.start.settings)
    if "tokens" not in keep:
        server.tokens = {token: [] for token in server.start.tokens}
    if "requests" not in keep:
        server.record.clear()
    if "faults" not in keep:
        server.faults.clear()
    server.limits.clear()
    server.state.outcomes.add(server.start.outcomes)
    for item in server.start.seed:
        seed_one(server, item)


def seed_one(server: Server, given: Any) -> str:
    """One app of a seed: a spec, or an object with spec, id, project_id, deployed. The app's id."""
    if not isinstance(given, dict):
        raise ValueError(f"apps: expected an object, got a value of type {type(given).__name__}")
    wrapped = given if isinstance(given.get("spec"), dict) else {"spec": given}
    unknown = set(wrapped) - {"spec", "id", "project_id", "deployed"}
    if unknown:
        raise ValueError(f"apps: unknown field {sorted(unknown)[0]!r}; known: spec, id, project_id, deployed")
    try:
        app = server.account.seed(
            wrapped["spec"],
            app_id=str(wrapped.get("id") or ""),
            project_id=str(wrapped.get("project_id") or ""),
            deployed=bool(wrapped.get("deployed", True)),
        )
    except Refusal as refusal:
        # Seeds come from files, too: the message reaches a terminal or a log.
        raise Refusal(refusal.status, refusal.id, told(refusal.message, wrapped["spec"])) from None
    return app.id


def _brief(server: Server, app_id: str) -> Json:
    return views.app_view(server.state, server.state.apps[app_id])
