# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.

"""The module app_rollback (API reference 6.5): the target of a rollback, its validation, commit and revert."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from typing import Any

from .._ansible.context import Context
from .._ansible.find_app import require_app
from .._api.errors import AppPlatformError, InvalidRequestError, NotFoundError, UsageError
from .._deployments.deployment import (
    ACTIVE,
    SUPERSEDED,
    Origin,
    deployment_in,
    id_of,
    is_terminal,
    name_of,
    origin_of,
    phase_of,
    pinned_deployment,
    require_spec,
    spec_of,
    unfinished_deployments,
)
from .._deployments.explain import deployment_summary
from .._deployments.follow import wait_until_idle
from .._deployments.steps import was_live
from .._deployments.watch import Watch
from .._edit.converge import diff_of
from .._jobs.temporary_job import temporary_jobs
from .._spec.canonical import same_spec
from .._types.api_objects import App, Deployment
from .deployment_actions import action_result, follow_created, join_deployment, require_deployment

#: Deployments that are searched. The platform allows the last ten successful ones; failed ones may be between them.
MAX_SEARCHED = 60

#: The platform's word for a refusal -> what to do.
_ADVICE = {
    "incompatible_phase": "it has not ended yet; app_deployment can wait for it",
    "incompatible_result": "it was not successful; app_deployment_info shows which ones were",
    "exceeded_revision_limit": "it is not among the ten last successful ones; deploy its spec with the module app",
    "app_pinned": "run app_rollback with state: committed (keep that rollback) or state: reverted (undo it) first",
    "database_config_conflict": "a rollback leaves databases alone; change them back first, or deploy the spec that is "
    "wanted with the module app",
    "region_conflict": "the app was in another region then; deploy its spec with the module app",
}


def rolled_back_to(deployment: Mapping[str, Any]) -> str | None:
    """The id of the deployment that a rollback has restored; None for any other deployment."""
    origin = deployment.get("cloned_from")
    return origin if isinstance(origin, str) and origin else None


def deployment_of_origin(app: App, origin: Origin) -> Deployment | None:
    """The pending or in-progress deployment of this origin."""
    return next((one for one in unfinished_deployments(app) if origin_of(one) == origin), None)


def current_target(app: App, pin: Deployment | None, deployment_id: str | None) -> Deployment | None:
    """The deployment that already is the result of the rollback; None: a rollback is needed.

    ``pin``: the app's pinned deployment. ``deployment_id``: the one to go back to. Without it, an app whose last
    deployment is a rollback counts as rolled back: to go back further, a task must name the deployment.
    """
    deployment = pin or deployment_of_origin(app, "ROLLBACK_APP") or deployment_in(app, "active_deployment")
    if deployment is None:
        return None
    if deployment_id is None:
        return deployment if pin is not None or origin_of(deployment) == "ROLLBACK_APP" else None
    return deployment if deployment_id in (id_of(deployment), rolled_back_to(deployment)) else None


def previous_target(context: Context, app: App) -> str:
    """The id of the last successful deployment before the live one. Raises AppPlatformError when there is none.

    Leaves out deployments that only ran a job once, and those of the same version as the live one.
    """
    live = deployment_in(app, "active_deployment")
    seen_live = live is None
    after_run = False
    for one in islice(context.api.list_deployments(id_of(app)), MAX_SEARCHED):
        if not seen_live:
            seen_live = id_of(one) == id_of(live)
        elif temporary_jobs(require_spec(one, "deployment")):
            after_run = True
        elif phase_of(one) == ACTIVE or (phase_of(one) == SUPERSEDED and was_live(one)):
            if not _same_version(one, live, after_run=after_run):
                return id_of(one)
            after_run = False
    raise AppPlatformError(
        f"deployment_id: the app {name_of(app)} has no earlier successful deployment to go back to.",
        code="no_rollback_target",
        details={"app_id": id_of(app)},
    )


def _same_version(deployment: Deployment, live: Deployment | None, *, after_run: bool) -> bool:
    """Whether it certainly has the live version: the same spec, and the same commit or digest of every component.

    A restart is a clone of the deployment that it restarts (API reference 3.2).
    ``after_run``: only the run of a job is between the two. After it the old spec was written again, and such a write
    fetches no new sources (API reference 6.4).
    """
    spec, live_spec = spec_of(deployment), spec_of(live)
    if spec is None or live_spec is None or not same_spec(spec, live_spec):
        return False
    if rolled_back_to(live or {}) == id_of(deployment):
        return True
    sources = deployment_summary(deployment)["sources"]
    known = bool(sources) and all(one["commit"] or one["digest"] for one in sources)
    return after_run or (known and sources == deployment_summary(live or {})["sources"])


def validate_rollback(context: Context, app: App, target: str, *, skip_pin: bool) -> list[dict[str, Any]]:
    """Ask the platform whether the rollback is possible. Returns its warnings, and adds them to the task's.

    Raises AppPlatformError (code ``rollback_`` and the platform's word) when it is not possible.
    """
    try:
        response = context.api.validate_rollback(id_of(app), target, skip_pin)
    except (NotFoundError, InvalidRequestError) as error:
        reason = error.api_message or error.message
        problem = f"deployment_id: the app {name_of(app)} can't go back to {target!r}: {reason}"
        raise UsageError(problem, details={"app_id": id_of(app)}) from error
    if response.get("valid") is not True:
        raise _refused(app, target, response.get("error"))
    listed = response.get("warnings")
    warnings = [dict(one) for one in listed if isinstance(one, Mapping)] if isinstance(listed, list) else []
    for one in warnings:
        names = one.get("components")
        where = f" ({', '.join(map(str, names))})" if isinstance(names, list) and names else ""
        context.warn(f"Rollback to {target}: {one.get('message') or one.get('code')}{where}")
    return warnings


def _refused(app: App, target: str, error: Any) -> AppPlatformError:
    known = error if isinstance(error, Mapping) else {}
    code = str(known.get("code") or "")
    reasons = "; ".join(filter(None, (str(known.get("message") or ""), _ADVICE.get(code, ""))))
    return AppPlatformError(
        f"The app {name_of(app)} can't be rolled back to the deployment {target}: "
        f"{reasons or 'the platform gives no reason'}.",
        code=f"rollback_{code}" if code else "rollback_refused",
        details={"app_id": id_of(app), "rollback": {"deployment_id": target, "warnings": []}},
    )


_Rollback = dict[str, Any]


def roll_back(params: dict[str, Any], context: Context) -> dict[str, Any]:
    """Roll back, commit or revert."""
    given = [name for name in ("deployment_id", "skip_pin") if params[name]]
    if given and params["state"] != "rolled_back":
        raise UsageError([f"{name}: belongs to state rolled_back, not to {params['state']}" for name in given])
    app = require_app(context, params)
    context.register_secrets(spec_of(app) or {})
    act = {"rolled_back": _roll_back, "committed": _commit, "reverted": _revert}[params["state"]]
    return act(params, context, app, context.watch())


def _roll_back(params: dict[str, Any], context: Context, app: App, watch: Watch) -> dict[str, Any]:
    pin, deployment_id = pinned_deployment(app), params["deployment_id"]
    reached = current_target(app, pin, deployment_id)
    if reached is not None:
        rollback_now: _Rollback = {"deployment_id": rolled_back_to(reached), "warnings": []}
        found = join_deployment(context, watch, app, reached, pin_expected=True)
        committing = params["skip_pin"] and pin is not None
        if committing and not context.check_mode:
            context.api.commit_rollback(id_of(app))
        return action_result(context, app, found, changed=committing, rollback=rollback_now)
    target = deployment_id or previous_target(context, app)
    rollback: _Rollback = {
        "deployment_id": target,
        "warnings": validate_rollback(context, app, target, skip_pin=params["skip_pin"]),
    }
    diff = diff_of(spec_of(app) or {}, spec_of(require_deployment(context, app, target)) or {}) if context.diff else {}
    deployment: dict[str, Any] | None = None
    if not context.check_mode:
        if watch.options.wait_for_idle:
            app = wait_until_idle(watch, app)
        created = context.api.rollback(id_of(app), target, params["skip_pin"])
        deployment = follow_created(watch, app, created, pin_expected=True)
    return action_result(context, app, deployment, changed=True, rollback=rollback, diff=diff)


def _commit(_params: dict[str, Any], context: Context, app: App, watch: Watch) -> dict[str, Any]:
    pin = pinned_deployment(app)
    if pin is None:
        return action_result(context, app, None, changed=False, rollback=None)
    # A rollback that fails is not committed.
    deployment = join_deployment(context, watch, app, pin, pin_expected=True)
    if not context.check_mode:
        context.api.commit_rollback(id_of(app))
    rollback: _Rollback = {"deployment_id": rolled_back_to(pin), "warnings": []}
    return action_result(context, app, deployment, changed=True, rollback=rollback)


def _revert(_params: dict[str, Any], context: Context, app: App, watch: Watch) -> dict[str, Any]:
    pin = pinned_deployment(app)
    if pin is None:
        # A revert that an interrupted task started is followed to its end.
        reverting = deployment_of_origin(app, "REVERT_APP_ROLLBACK")
        joined = None if reverting is None else join_deployment(context, watch, app, reverting)
        return action_result(context, app, joined, changed=False, rollback=None)
    rollback: _Rollback = {"deployment_id": rolled_back_to(pin), "warnings": []}
    deployment: dict[str, Any] | None = None
    if not context.check_mode:
        if watch.options.wait_for_idle and not is_terminal(pin):
            app = wait_until_idle(watch, app)
        deployment = follow_created(watch, app, context.api.revert_rollback(id_of(app)), pin_expected=True)
    return action_result(context, app, deployment, changed=True, rollback=rollback)
