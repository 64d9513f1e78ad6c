# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Deployments, rollbacks, events, and jobs' runs (API reference 2.1)."""

from __future__ import annotations

from typing import TypeVar

from flask import Blueprint, Response, request

from .. import rollbacks, views
from ..engine import schedule
from ..errors import bad_request, not_found
from ..logs import deployment_of
from ..model import App, Event, Invocation
from ..wire import Json
from .body import body, flag
from .paging import paged
from .server import Server, answer

T = TypeVar("T")


def blueprint(server: Server) -> Blueprint:  # noqa: C901, PLR0915 - one route after the other
    """The routes."""
    routes = Blueprint("deployments", __name__)
    state, account = server.state, server.account

    @routes.get("/v2/apps/<app_id>/deployments")
    def apps_list_deployments(app_id: str) -> Response:
        app = state.app(app_id)
        server.look(app)
        types = request.args.getlist("deployment_types")
        found = [item for item in _ordered(app.deployments) if not types or item.cause_type in types]
        return answer(paged(state, "deployments", found, lambda item: views.deployment_view(state, item)))

    def _ordered(found: list[T]) -> list[T]:
        return list(reversed(found)) if state.assume["list_order"] == "newest" else list(found)

    @routes.post("/v2/apps/<app_id>/deployments")
    def apps_create_deployment(app_id: str) -> Response:
        app, given = state.app(app_id), body()
        flag(given, "force_build")
        made = account.deploy(app)
        return answer({"deployment": views.deployment_view(state, made)})

    @routes.get("/v2/apps/<app_id>/deployments/<deployment_id>")
    def apps_get_deployment(app_id: str, deployment_id: str) -> Response:
        app = state.app(app_id)
        deployment = deployment_of(app, deployment_id, state)
        server.look(app, deployment)
        return answer({"deployment": views.deployment_view(state, deployment)})

    @routes.post("/v2/apps/<app_id>/deployments/<deployment_id>/cancel")
    def apps_cancel_deployment(app_id: str, deployment_id: str) -> Response:
        app = state.app(app_id)
        deployment = deployment_of(app, deployment_id, state)
        body()
        account.cancel(deployment)
        return answer({"deployment": views.deployment_view(state, deployment)})

    # Rollbacks.

    @routes.post("/v2/apps/<app_id>/rollback")
    def apps_create_rollback(app_id: str) -> Response:
        app, given = state.app(app_id), body()
        deployment = rollbacks.target(account, app, given.get("deployment_id"))
        made = rollbacks.roll_back(account, app, deployment, skip_pin=flag(given, "skip_pin"))
        return answer({"deployment": views.deployment_view(state, made)})

    @routes.post("/v2/apps/<app_id>/rollback/validate")
    def apps_validate_rollback(app_id: str) -> Response:
        app, given = state.app(app_id), body()
        deployment = rollbacks.target(account, app, given.get("deployment_id"))
        flag(given, "skip_pin")
        return answer(rollbacks.validate(app, deployment))

    @routes.post("/v2/apps/<app_id>/rollback/commit")
    def apps_commit_rollback(app_id: str) -> Response:
        rollbacks.commit(state.app(app_id))
        return Response("", 200)

    @routes.post("/v2/apps/<app_id>/rollback/revert")
    def apps_revert_rollback(app_id: str) -> Response:
        made = rollbacks.revert(account, state.app(app_id))
        return answer({"deployment": views.deployment_view(state, made)})

    # Events.

    @routes.get("/v2/apps/<app_id>/events")
    def apps_list_events(app_id: str) -> Response:
        app = state.app(app_id)
        kinds, types = request.args.getlist("event_types"), request.args.getlist("deployment_types")
        found = [item for item in _ordered(app.events) if not kinds or item.type in kinds]
        if types:
            found = [item for item in found if _cause_type(app, item) in types]
        return answer(paged(state, "events", found, lambda item: views.event_view(state, app, item)))

    @routes.get("/v2/apps/<app_id>/events/<event_id>")
    def apps_get_event(app_id: str, event_id: str) -> Response:
        app = state.app(app_id)
        return answer({"event": views.event_view(state, app, event_of(app, event_id))})

    @routes.post("/v2/apps/<app_id>/events/<event_id>/cancel")
    def apps_cancel_event(app_id: str, event_id: str) -> Response:
        app = state.app(app_id)
        event = event_of(app, event_id)
        scaling = event.autoscaling
        if scaling is None:
            raise bad_request("only autoscaling events can be canceled")
        deployment = app.deployment(event.deployment_id)
        if deployment is not None:
            account.cancel(deployment)
        scaling["phase"] = "CANCELED"
        return answer({"event": views.event_view(state, app, event)})

    # Runs of jobs.

    @routes.get("/v2/apps/<app_id>/job-invocations")
    def apps_list_job_invocations(app_id: str) -> Response:
        app = state.app(app_id)
        server.look_at_runs(app)
        found: list[Invocation] = _ordered(app.invocations)
        if "job_names" in request.args:
            wanted = set(request.args.getlist("job_names"))
            found = [item for item in found if item.job in wanted]
        deployment_id = request.args.get("deployment_id")
        if deployment_id:
            found = [item for item in found if item.deployment_id == deployment_id]
        return answer(paged(state, "job_invocations", found, views.invocation_view))

    @routes.get("/v2/apps/<app_id>/job-invocations/<invocation_id>")
    def apps_get_job_invocation(app_id: str, invocation_id: str) -> Response:
        app = state.app(app_id)
        invocation = invocation_of(server, app, invocation_id)
        server.look_at_runs(app)
        return answer(_wrapped(invocation))

    @routes.post("/v2/apps/<app_id>/job-invocations/<invocation_id>/cancel")
    def apps_cancel_job_invocation(app_id: str, invocation_id: str) -> Response:
        invocation = invocation_of(server, state.app(app_id), invocation_id)
        body()
        account.scheduler.cancel(invocation)
        return answer(_wrapped(invocation))

    def _wrapped(invocation: Invocation) -> Json:
        view = views.invocation_view(invocation)
        return {"job_invocation": view} if state.assume["invocation_envelope"] == "wrapped" else view

    return routes


def invocation_of(server: Server, app: App, invocation_id: str) -> Invocation:
    """One run of a job; with a `job_name` in the query, of this job."""
    server.state.check_id(invocation_id)
    found = schedule.find(app, invocation_id)
    wanted = request.args.get("job_name")
    if found is None or (wanted and found.job != wanted):
        raise not_found()
    return found


def event_of(app: App, event_id: str) -> Event:
    """One event."""
    for event in app.events:
        if event.id == event_id:
            return event
    raise not_found()


def _cause_type(app: App, event: Event) -> str:
    deployment = app.deployment(event.deployment_id)
    return deployment.cause_type if deployment else ""
