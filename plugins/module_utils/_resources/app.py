# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.
"""The module ``app``: an app from its spec, from its creation to its removal."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import nullcontext
from typing import Any

from .._ansible.arguments import API, WAIT, ArgumentSpec
from .._ansible.context import Context
from .._ansible.find_app import find_app
from .._ansible.operation import Operation, Result
from .._api.errors import AppPlatformError, ConflictError, NotFoundError, UsageError
from .._deployments.deployment import app_name, id_of, require_spec, take_snapshot
from .._edit.app_input import full_spec, with_secrets
from .._edit.converge import Converged, after_write, app_summary, converge, reporting_change
from .._edit.declaration import Declaration
from .._edit.domain_conflicts import check_domains
from .._edit.plan import Plan
from .._edit.written import Written
from .._secrets.apply import SecretRules
from .._spec.canonical import same_spec
from .._spec.merge import MERGE, PURGE
from .._types.api_objects import App
from .component import SECRETS, STATE

ARGUMENTS = (
    ArgumentSpec(
        {
            "name": {"type": "str"},
            "app_id": {"type": "str"},
            "spec": {"type": "dict"},
            "purge": {"type": "bool", "default": False},
            "confirm_destroy": {"type": "list", "elements": "str", "default": []},
            "rename": {"type": "bool", "default": False},
            "secrets": {"type": "dict", "no_log": False},
            "project": {"type": "str"},
            "update_sources": {"type": "bool", "default": False},
        },
        required_if=(("state", "present", ("spec",)), ("state", "absent", ("name", "app_id"), True)),
    )
    + STATE
    + SECRETS
    + WAIT
    + API
)


def app_operation() -> Operation:
    """The operation of the module ``app``."""
    return Operation(ARGUMENTS, _run)


def _run(params: dict[str, Any], context: Context) -> Result:
    if params["state"] == "absent":
        return _remove(params, context)
    declared = full_spec(params["spec"], params.get("name"))
    app = find_app(context, name=declared["name"], app_id=params.get("app_id"))
    if app is None and params.get("app_id"):
        raise UsageError(
            f"app_id: there is no app with the id {params['app_id']!r} that this token can see; leave app_id out to "
            "find the app by its name, or to create it"
        )
    if app is not None:
        _check_rename(params, app, declared["name"])
    desired = with_secrets(declared, params.get("secrets") or {}, require_spec(app) if app else None)
    declaration = Declaration(
        desired,
        PURGE if params["purge"] else MERGE,
        SecretRules.from_params(params),
        confirm_destroy=frozenset(params["confirm_destroy"]),
        # The app's current name only identifies it: a concurrent rename by another writer is kept.
        keeps_name=app is not None and app_name(app) == declared["name"],
    )
    plan = Plan(context, declaration)
    if app is None:
        return _create(params, plan).result()
    result = converge(plan, params, app)
    _assign_project(params, context, result)
    return result.result()


def _assign_project(params: Mapping[str, Any], context: Context, result: Converged) -> None:
    """Move the app to the declared project (Projects API), which creates no deployment."""
    declared, current = params.get("project"), result.app.get("project_id")
    if not declared or declared == current:
        return
    if not current:
        context.warn(
            "project: this token may not see the app's project (it lacks the scope project:read), so the app was not "
            "moved"
        )
        return
    if not context.check_mode:
        with reporting_change(result.app, result.after) if result.changed else nullcontext():
            context.api.assign_to_project(declared, id_of(result.app))
        result.app = {**result.app, "project_id": declared}
    result.changed = True


def _check_rename(params: Mapping[str, Any], app: App, name: str) -> None:
    if app_name(app) != name and not params["rename"]:
        raise UsageError(
            f"name: the app {id_of(app)} is called {app_name(app)!r} and not {name!r}; "
            "set rename: true to give it the new name, or correct the name or app_id"
        )


def _create(params: Mapping[str, Any], plan: Plan) -> Converged:
    context = plan.context
    spec = plan.target(None)
    context.register_secrets(spec)
    check_domains(context, {}, spec, None)
    if context.check_mode:
        context.api.propose(spec)
        return Converged({}, {}, spec, changed=True)
    watch = context.watch(same_spec)
    with context.lock(str(spec["name"])):
        app, created = _post(params, plan, spec)
    context.names.remember({str(spec["name"]): id_of(app)})
    if not created:
        return converge(plan, params, app)
    written = Written({}, require_spec(app), app, take_snapshot(None))
    return after_write(context, watch, written, new=True)


def _post(params: Mapping[str, Any], plan: Plan, spec: Mapping[str, Any]) -> tuple[App, bool]:
    """The app, and whether this task created it. POST is sent once; after an unknown outcome the name is looked up."""
    context = plan.context
    try:
        return context.api.create_app(spec, params.get("project")), True
    except AppPlatformError as error:
        if not error.maybe_applied and not isinstance(error, ConflictError):
            raise
        failure = error
    context.names.forget(str(spec["name"]))
    app = find_app(context, name=str(spec["name"]))
    if app is None:
        raise failure
    if isinstance(failure, ConflictError):
        # Another writer created it after `find_app`.
        return app, False
    is_ours = same_spec(require_spec(app), plan.apply(require_spec(app), replay=True).spec)
    context.warn(
        f"The answer to the creation of {spec['name']} was lost ({failure.message}); "
        f"the app {id_of(app)} was found by its name and is adopted."
    )
    return app, is_ours


def _remove(params: Mapping[str, Any], context: Context) -> Result:
    app = find_app(context, name=params.get("name"), app_id=params.get("app_id"))
    if app is None:
        return {"changed": False, "app": None, "deployment": None}
    name = params.get("name")
    if name and app_name(app) != name:
        raise UsageError(
            f"name: the app {id_of(app)} is called {app_name(app)!r} and not {name!r}; nothing is removed, "
            "as name and app_id have to mean the same app"
        )
    spec = require_spec(app)
    context.register_secrets(spec)
    if not context.check_mode:
        _delete(context, id_of(app))
    result = Converged(app, spec, {}, changed=True).result()
    return {**result, "app": app_summary(app, spec)}


def _delete(context: Context, app_id: str) -> None:
    try:
        context.api.delete_app(app_id)
    except NotFoundError:
        # Another writer has deleted it.
        return
    except AppPlatformError as error:
        if not error.maybe_applied:
            raise
        failure = error
    else:
        return
    try:
        context.api.get_app(app_id)
    except NotFoundError:
        return
    raise failure
