# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Logs and consoles (API reference 7). Log files are read from signed addresses, without a token."""

from __future__ import annotations

import hashlib
import hmac
from urllib.parse import urlencode

from flask import Blueprint, Response, request

from .. import logs
from ..errors import Refusal, bad_request, not_found
from ..model import App, Deployment, component_of
from ..wire import Json
from .access import same
from .api_deployments import event_of, invocation_of
from .server import PREFIX, Server, answer

# How long an address stays valid, in seconds of the platform's time.
_VALID = 86400.0


def blueprint(server: Server) -> Blueprint:  # noqa: C901, PLR0915 - one route after the other
    """The routes."""
    routes = Blueprint("logs", __name__)
    state = server.state

    def active(app: App) -> Deployment:
        if app.active is None:
            raise not_found()
        return app.active

    def found(app: App, deployment: Deployment, component: str, kind: str) -> Response:
        """Addresses of the logs of one component, or of all."""
        names = logs.sources(state, deployment, component, kind)
        addresses = [signed(f"{app.id}/{deployment.id}/{name}/{kind}") for name in names]
        result: Json = {"historic_urls": addresses}
        if _follows():
            result["live_url"] = addresses[0].replace("/logs/", "/live/")
        return answer(result)

    def kind_of() -> str:
        kind = logs.check_type(request.args.get("type"), [item for item in logs.TYPES if item != "JOB_INVOCATION"])
        return "RUN" if kind == "UNSPECIFIED" else kind

    def signed(place: str) -> str:
        """The address of a log file, good for a while."""
        arguments = {"expires": str(int(state.now + _VALID))}
        if "tail_lines" in request.args:
            arguments["tail"] = str(_tail(request.args.get("tail_lines", "")))
        arguments["signature"] = _signature(server, place, arguments)
        return f"{request.host_url.rstrip('/')}{PREFIX}/logs/{place}?{urlencode(arguments)}"

    @routes.get("/v2/apps/<app_id>/components/<component_name>/logs")
    def apps_get_logs_active_deployment(app_id: str, component_name: str) -> Response:
        app = state.app(app_id)
        return found(app, active(app), component_name, kind_of())

    @routes.get("/v2/apps/<app_id>/logs")
    def apps_get_logs_active_deployment_aggregate(app_id: str) -> Response:
        app = state.app(app_id)
        return found(app, active(app), request.args.get("component_name", ""), kind_of())

    @routes.get("/v2/apps/<app_id>/deployments/<deployment_id>/components/<component_name>/logs")
    def apps_get_logs(app_id: str, deployment_id: str, component_name: str) -> Response:
        app = state.app(app_id)
        return found(app, logs.deployment_of(app, deployment_id, state), component_name, kind_of())

    @routes.get("/v2/apps/<app_id>/deployments/<deployment_id>/logs")
    def apps_get_logs_aggregate(app_id: str, deployment_id: str) -> Response:
        app = state.app(app_id)
        deployment = logs.deployment_of(app, deployment_id, state)
        return found(app, deployment, request.args.get("component_name", ""), kind_of())

    @routes.get("/v2/apps/<app_id>/jobs/<job_name>/invocations/<invocation_id>/logs")
    def apps_get_job_invocation_logs(app_id: str, job_name: str, invocation_id: str) -> Response:
        app = state.app(app_id)
        invocation = invocation_of(server, app, invocation_id)
        if invocation.job != job_name:
            raise not_found()
        logs.check_type(request.args.get("type"), ["JOB_INVOCATION"])
        if not logs.invocation_lines(state, invocation):
            raise bad_request(f"no logs available for job invocation {invocation.id} in phase {invocation.phase}")
        address = signed(f"{app.id}/{invocation.id}/{job_name}/JOB_INVOCATION")
        result: Json = {"historic_urls": [address]}
        if _follows():
            result["live_url"] = address.replace("/logs/", "/live/")
        return answer(result)

    @routes.get("/v2/apps/<app_id>/events/<event_id>/logs")
    def apps_get_event_logs(app_id: str, event_id: str) -> Response:
        app = state.app(app_id)
        event = event_of(app, event_id)
        kind = logs.check_type(request.args.get("type"))
        if event.autoscaling is None or kind != "AUTOSCALE_EVENT":
            deployment = logs.deployment_of(app, event.deployment_id, state)
            return found(app, deployment, request.args.get("component_name", ""), kind)
        return answer({"historic_urls": [signed(f"{app.id}/{event.id}/autoscaler/AUTOSCALE_EVENT")]})

    # Consoles.

    def console(app: App, deployment: Deployment, component: str) -> Response:
        found_component = component_of(deployment.spec, component)
        if found_component is None:
            raise not_found()
        if found_component[0] == "jobs" and not _job_runs(app, deployment, component):
            raise bad_request(f"component {component!r} has no running instance")
        instance = request.args.get("instance_name", "")
        token = hashlib.sha256(f"{deployment.id}/{component}/{instance}/{state.now}".encode()).hexdigest()
        return answer({"url": f"wss://{request.host}{PREFIX}/exec?token={token}"})

    @routes.get("/v2/apps/<app_id>/components/<component_name>/exec")
    def apps_get_exec_active_deployment(app_id: str, component_name: str) -> Response:
        app = state.app(app_id)
        return console(app, active(app), component_name)

    @routes.get("/v2/apps/<app_id>/deployments/<deployment_id>/components/<component_name>/exec")
    def apps_get_exec(app_id: str, deployment_id: str, component_name: str) -> Response:
        app = state.app(app_id)
        return console(app, logs.deployment_of(app, deployment_id, state), component_name)

    # The files themselves.

    @routes.get(f"{PREFIX}/logs/<app_id>/<owner_id>/<component>/<kind>")
    @routes.get(f"{PREFIX}/live/<app_id>/<owner_id>/<component>/<kind>", endpoint="live_log")
    def log_file(app_id: str, owner_id: str, component: str, kind: str) -> Response:
        _check_signature(server, f"{app_id}/{owner_id}/{component}/{kind}")
        app = state.app(app_id)
        tail = int(request.args.get("tail", "-1"))
        content = logs.text(component, _lines(server, app, owner_id, component, kind), tail).encode()
        made = Response(content, 200, mimetype="text/plain")
        if content and _asks_for_less(request.headers.get("Range", ""), len(content)):
            made.make_conditional(request, accept_ranges=True, complete_length=len(content))
        return made

    return routes


def _asks_for_less(asked: str, length: int) -> bool:
    """Whether a range is to be cut out. "The last n bytes" of a shorter file are the whole file (RFC 9110, 14.1.2)."""
    suffix = asked.removeprefix("bytes=-")
    return not (suffix.isdecimal() and int(suffix) >= length)


def _lines(server: Server, app: App, owner_id: str, component: str, kind: str) -> list[str]:
    """The lines of a log file: of a deployment's component, of a job's run, or of an event."""
    if kind == "JOB_INVOCATION":
        return logs.invocation_lines(server.state, invocation_of(server, app, owner_id))
    if kind == "AUTOSCALE_EVENT":
        event = event_of(app, owner_id)
        scaled = (event.autoscaling or {}).get("components", {})
        return [
            f"{event.created:.6f} {name}: {change['from']} -> {change['to']} ({change['triggering_metric']})"
            for name, change in scaled.items()
        ]
    deployment = app.deployment(owner_id)
    if deployment is None:
        raise not_found()
    return logs.readable(server.state, deployment, component, kind)


def _follows() -> bool:
    return request.args.get("follow", "").lower() in {"1", "true"}


def _tail(given: str) -> int:
    try:
        return int(given or -1)
    except ValueError as error:
        raise bad_request(f"tail_lines must be a whole number, got {given!r}") from error


def _job_runs(app: App, deployment: Deployment, name: str) -> bool:
    leaf = deployment.leaves.get(f"deploy/{name}/wait")
    scheduled = any(item.job == name and item.phase == "RUNNING" for item in app.invocations)
    return scheduled or (leaf is not None and leaf.status == "RUNNING")


def _signature(server: Server, place: str, arguments: dict[str, str]) -> str:
    signed = "&".join([place, *(f"{name}={arguments[name]}" for name in ("expires", "tail") if name in arguments)])
    return hmac.new(server.state.vault.key, signed.encode(), hashlib.sha256).hexdigest()


def _check_signature(server: Server, place: str) -> None:
    arguments = {name: request.args[name] for name in ("expires", "tail") if name in request.args}
    given = request.args.get("signature", "")
    if not same(given, _signature(server, place, arguments)):
        raise Refusal(403, "forbidden", "The signature of this address is not valid.")
    if float(arguments.get("expires", "0")) < server.state.now:
        raise Refusal(403, "forbidden", "This address has expired.")
