# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.

"""The modules app_deployment and app_deployment_info: create, follow, cancel and list deployments."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

from .._ansible.context import Context
from .._ansible.find_app import require_app
from .._api.errors import DeploymentError, UsageError
from .._deployments.deployment import (
    deployment_in,
    id_of,
    is_terminal,
    phase_of,
    require_spec,
    spec_of,
    take_snapshot,
    unfinished_deployments,
)
from .._deployments.explain import deployment_summary, find_failures
from .._deployments.follow import check_not_pinned, follow_write, wait_until_idle
from .._deployments.identify import spec_status
from .._deployments.log_tail import explain_with_logs
from .._deployments.watch import Watch
from .._edit.edit import Edit, Edited
from .._edit.plan import Plan
from .._edit.write import write
from .._secrets.redact import redact
from .._spec.secret_fields import secret_keys
from .._types.api_objects import App, Deployment, Spec
from .deployment_actions import (
    action_result,
    cancel_deployment,
    follow_created,
    join_deployment,
    require_deployment,
    unfollowed_summary,
)


class _NoChange(Edit):
    """The edit that changes nothing."""

    def apply(self, current: Spec | None) -> Edited:
        return Edited(current or {})


def deploy(params: dict[str, Any], context: Context) -> dict[str, Any]:
    """Create, follow or cancel a deployment, according to `state`."""
    _check(params)
    app = require_app(context, params)
    context.register_secrets(require_spec(app))
    act = {"created": _create, "canceled": _cancel, "idle": _idle}[params["state"]]
    changed, deployment = act(params, context, app, context.watch())
    return action_result(context, app, deployment, changed=changed)


def _check(params: dict[str, Any]) -> None:
    creation_options = [name for name in ("force_build", "update_sources", "only_if_failed") if params[name]]
    problems = []
    if creation_options and params["state"] != "created":
        problems.append(
            f"{creation_options[0]}: belongs to state created, which makes a deployment, not to {params['state']}"
        )
    elif creation_options and params["deployment_id"]:
        problems.append(f"{creation_options[0]}: with deployment_id no deployment is made; leave one of the two out")
    if params["force_build"] and params["update_sources"]:
        problems.append("force_build, update_sources: the API takes one of them at a time")
    if params["deployment_id"] and params["state"] == "idle":
        problems.append("deployment_id: state idle waits for all deployments; use state created to wait for this one")
    if problems:
        raise UsageError(problems)


def _create(params: dict[str, Any], context: Context, app: App, watch: Watch) -> tuple[bool, dict[str, Any] | None]:
    if params["deployment_id"]:
        return False, join_deployment(context, watch, app, require_deployment(context, app, params["deployment_id"]))
    if params["only_if_failed"]:
        status = spec_status(watch, app)
        if status.state == "running" and status.deployment is not None:
            return False, join_deployment(context, watch, app, status.deployment)
        if status.state != "failed":
            return False, None if status.deployment is None else unfollowed_summary(app, status.deployment)
    check_not_pinned(app)
    if context.check_mode:
        if params["update_sources"]:
            context.api.propose(require_spec(app), id_of(app))
        return True, None
    if watch.options.wait_for_idle:
        app = wait_until_idle(watch, app)
    if params["update_sources"]:
        return True, _with_new_sources(context, app, watch)
    return True, follow_created(
        watch, app, context.api.create_deployment(id_of(app), force_build=params["force_build"])
    )


def _with_new_sources(context: Context, app: App, watch: Watch) -> dict[str, Any] | None:
    written = write(Plan(context, _NoChange()), app, update_sources=True, force=True)
    response, snapshot = (written.response, written.snapshot) if written else (app, take_snapshot(app))
    try:
        followed = follow_write(watch, response, snapshot)
    except DeploymentError as error:
        error.details.update(changed=True)
        raise
    if followed is not None:
        return followed.result
    if not watch.options.wait:
        return None
    # A write without a change usually creates a deployment, but not always (API reference 6.4).
    return follow_created(watch, response, context.api.create_deployment(id_of(app)))


def _cancel(params: dict[str, Any], context: Context, app: App, watch: Watch) -> tuple[bool, dict[str, Any] | None]:
    deployment_id = params["deployment_id"]
    found = [require_deployment(context, app, deployment_id)] if deployment_id else unfinished_deployments(app)
    running = [one for one in found if not is_terminal(one)]
    if not running or context.check_mode:
        return bool(running), unfollowed_summary(app, found[0]) if found else None
    outcomes = [cancel_deployment(watch, app, one) for one in running]
    return any(stopped for stopped, _end in outcomes), unfollowed_summary(app, outcomes[0][1])


def _idle(_params: dict[str, Any], context: Context, app: App, watch: Watch) -> tuple[bool, dict[str, Any] | None]:
    if not context.check_mode:
        app = wait_until_idle(watch, app)
    live = deployment_in(app, "active_deployment")
    return False, None if live is None else unfollowed_summary(app, live)


#: The API's default. Pages are large, since each deployment contains a spec.
PAGE_SIZE = 20


def read_deployments(params: dict[str, Any], context: Context) -> dict[str, Any]:
    """The deployments that the options select, with explanations of failures."""
    if params["limit"] < 1:
        raise UsageError(f"limit: {params['limit']} is not possible; give 1 or more")
    app = require_app(context, params)
    if isinstance(app.get("spec"), dict):
        context.register_secrets(app["spec"])
    found = list(islice(_read(params, context, id_of(app)), params["limit"]))
    return {
        "changed": False,
        "app_id": id_of(app),
        "deployments": [_explained(params, context, app, one) for one in found],
    }


def _read(params: dict[str, Any], context: Context, app_id: str) -> Iterator[Deployment]:
    if params["deployment_id"]:
        yield context.api.get_deployment(app_id, params["deployment_id"])
        return
    size = PAGE_SIZE if params["phases"] else min(params["limit"], PAGE_SIZE)
    for one in context.api.list_deployments(app_id, types=params["types"] or (), per_page=size):
        if not params["phases"] or phase_of(one) in params["phases"]:
            yield one


def _explained(params: dict[str, Any], context: Context, app: App, deployment: Deployment) -> dict[str, Any]:
    spec = spec_of(app)
    complete = redact(context.register, deployment, secret_keys(spec or {}))
    failures = find_failures(deployment, spec)
    explanation = explain_with_logs(context.watch(), id_of(app), deployment, failures, spec=spec)
    result = deployment_summary(deployment, spec, app_id=id_of(app), explanation=explanation)
    return {**result, "details": complete} if params["details"] else result
