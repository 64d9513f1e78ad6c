# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.

"""Rollbacks (API reference 6.5): where an app stands, where one would go, and why the platform refuses one."""

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
from .deployment_actions import answer, follow_own, join, named

#: The platform goes back ten successful deployments; failed ones stand between.
LOOK_BACK = 60

_WAYS_OUT = {
    "incompatible_phase": "it has not ended yet; app_deployment can wait for it",
    "incompatible_result": "it was not successful; app_deployment_info shows which ones were",
    "exceeded_revision_limit": "it is not among the ten last successful ones; deploy its spec with the module app",
    "app_pinned": "run app_rollback with state: committed (keep that rollback) or state: reverted (undo it) first",
    "database_config_conflict": "a rollback leaves databases alone; change them back first, or deploy the spec that is "
    "wanted with the module app",
    "region_conflict": "the app was in another region then; deploy its spec with the module app",
}


def origin_id(deployment: Mapping[str, Any]) -> str | None:
    """The id of the deployment that a rollback went back to."""
    origin = deployment.get("cloned_from")
    return origin if isinstance(origin, str) and origin else None


def on_the_way(app: App, origin: Origin) -> Deployment | None:
    """The deployment of this origin that is pending or in progress."""
    return next((one for one in unfinished_deployments(app) if origin_of(one) == origin), None)


def standing_at(app: App, pin: Deployment | None, wished: str | None) -> Deployment | None:
    """The deployment by which the app is where a rollback would bring it; None: it is elsewhere.

    ``wished``: the id to go back to. Without one, an app whose last deployment is a rollback has gone back: to go
    further, a task has to say where to.
    """
    at = pin or on_the_way(app, "ROLLBACK_APP") or deployment_in(app, "active_deployment")
    if at is None:
        return None
    if wished is None:
        return at if pin is not None or origin_of(at) == "ROLLBACK_APP" else None
    return at if wished in (id_of(at), origin_id(at)) else None


def previous(context: Context, app: App) -> str:
    """The id of the successful deployment before the one that is live. Raises AppPlatformError when there is none.

    One that was made only to run a job once is no version to go back to, nor is one of just what is live.
    """
    live = deployment_in(app, "active_deployment")
    seen_live = live is None
    after_run = False
    for one in islice(context.api.list_deployments(id_of(app)), LOOK_BACK):
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
    """Whether it certainly runs what is live: the same spec, and the same commit or digest of every component.

    A restart is a clone of what it restarts (API reference 3.2).
    ``after_run``: there was only the run of a job in between, after which the spec was written as it had been, and such
    a write fetches nothing new (API reference 6.4).
    """
    mine, others = spec_of(deployment), spec_of(live)
    if mine is None or others is None or not same_spec(mine, others):
        return False
    if origin_id(live or {}) == id_of(deployment):
        return True
    sources = deployment_summary(deployment)["sources"]
    known = bool(sources) and all(one["commit"] or one["digest"] for one in sources)
    return after_run or (known and sources == deployment_summary(live or {})["sources"])


def validate(context: Context, app: App, target: str, *, skip_pin: bool) -> list[dict[str, Any]]:
    """Ask the platform whether the rollback is possible; its warnings, which are told as well.

    Raises AppPlatformError (code ``rollback_`` and the platform's word) when it is not.
    """
    try:
        answer = context.api.validate_rollback(id_of(app), target, skip_pin)
    except (NotFoundError, InvalidRequestError) as error:
        said = error.api_message or error.message
        problem = f"deployment_id: the app {name_of(app)} can't go back to {target!r}: {said}"
        raise UsageError(problem, details={"app_id": id_of(app)}) from error
    if answer.get("valid") is not True:
        raise _refused(app, target, answer.get("error"))
    told = answer.get("warnings")
    warnings = [dict(one) for one in told if isinstance(one, Mapping)] if isinstance(told, list) else []
    for one in warnings:
        names = one.get("components")
        where = f" ({', '.join(map(str, names))})" if isinstance(names, list) and names else ""
        context.warn(f"Rollback to {target}: {one.get('message') or one.get('code')}{where}")
    return warnings


def _refused(app: App, target: str, error: Any) -> AppPlatformError:
    known = error if isinstance(error, Mapping) else {}
    code = str(known.get("code") or "")
    reasons = "; ".join(filter(None, (str(known.get("message") or ""), _WAYS_OUT.get(code, ""))))
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
    act = {"rolled_back": _go_back, "committed": _commit, "reverted": _revert}[params["state"]]
    return act(params, context, app, context.watch())


def _go_back(params: dict[str, Any], context: Context, app: App, watch: Watch) -> dict[str, Any]:
    pin, wished = pinned_deployment(app), params["deployment_id"]
    at = standing_at(app, pin, wished)
    if at is not None:
        there: _Rollback = {"deployment_id": origin_id(at), "warnings": []}
        found = join(context, watch, app, at, pin_expected=True)
        committing = params["skip_pin"] and pin is not None
        if committing and not context.check_mode:
            context.api.commit_rollback(id_of(app))
        return answer(context, app, found, changed=committing, rollback=there)
    target = wished or previous(context, app)
    rollback: _Rollback = {
        "deployment_id": target,
        "warnings": validate(context, app, target, skip_pin=params["skip_pin"]),
    }
    diff = diff_of(spec_of(app) or {}, spec_of(named(context, app, target)) or {}) if context.diff else {}
    deployment: dict[str, Any] | None = None
    if not context.check_mode:
        if watch.options.wait_for_idle:
            app = wait_until_idle(watch, app)
        made = context.api.rollback(id_of(app), target, params["skip_pin"])
        deployment = follow_own(watch, app, made, pin_expected=True)
    return answer(context, app, deployment, changed=True, rollback=rollback, diff=diff)


def _commit(_params: dict[str, Any], context: Context, app: App, watch: Watch) -> dict[str, Any]:
    pin = pinned_deployment(app)
    if pin is None:
        return answer(context, app, None, changed=False, rollback=None)
    # A rollback that fails is not to be kept.
    deployment = join(context, watch, app, pin, pin_expected=True)
    if not context.check_mode:
        context.api.commit_rollback(id_of(app))
    rollback: _Rollback = {"deployment_id": origin_id(pin), "warnings": []}
    return answer(context, app, deployment, changed=True, rollback=rollback)


def _revert(_params: dict[str, Any], context: Context, app: App, watch: Watch) -> dict[str, Any]:
    pin = pinned_deployment(app)
    if pin is None:
        # One that an interrupted task began is followed to its end.
        reverting = on_the_way(app, "REVERT_APP_ROLLBACK")
        joined = None if reverting is None else join(context, watch, app, reverting)
        return answer(context, app, joined, changed=False, rollback=None)
    rollback: _Rollback = {"deployment_id": origin_id(pin), "warnings": []}
    deployment: dict[str, Any] | None = None
    if not context.check_mode:
        if watch.options.wait_for_idle and not is_terminal(pin):
            app = wait_until_idle(watch, app)
        deployment = follow_own(watch, app, context.api.revert_rollback(id_of(app)), pin_expected=True)
    return answer(context, app, deployment, changed=True, rollback=rollback)
