# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.
"""From an edit to a result: plan, check mode, write and wait, for all modules that change a spec."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from .._ansible.context import Context
from .._api.errors import AppPlatformError, DeploymentError
from .._deployments.deployment import (
    RESTORE_AFTER,
    SameSpec,
    deployment_in,
    id_of,
    plan_restoration,
    region_of,
    require_spec,
    spec_of,
)
from .._deployments.explain import deployment_summary
from .._deployments.follow import check_not_pinned, follow, follow_write, wait_until_idle
from .._deployments.identify import spec_status
from .._deployments.watch import Watch
from .._masking.secret_register import DIFF_CHANGED, DIFF_REMOVED, DIFF_UNCHANGED, MASK
from .._spec.canonical import same_spec
from .._spec.diff import difference
from .._spec.schema import SPEC
from .._spec.secret_fields import mask_secrets
from .._types.api_objects import App, Spec
from .declaration import Revert
from .domain_conflicts import check_domains
from .plan import Plan
from .write import write
from .written import Written

#: Fields of an app that results have besides its spec (API reference 3.1).
APP_FIELDS = (
    "id",
    "default_ingress",
    "live_url",
    "live_domain",
    "tier_slug",
    "project_id",
    "created_at",
    "updated_at",
    "last_deployment_created_at",
)


@dataclass
class Converged:
    """The outcome of a task for one app.

    ``app``: as it was read last; ``before``, ``after``: its spec before the task, and now or (check mode) as it would
    be; ``deployment``: the result's ``deployment``, where the task has one to report.
    """

    app: App
    before: Spec
    after: Spec
    changed: bool
    deployment: dict[str, Any] | None = None

    def result(self, **more: Any) -> dict[str, Any]:
        """The keys of the result that all modules share, and the module's own keys."""
        return {
            "changed": self.changed,
            "app": app_summary(self.app, self.after),
            "deployment": self.deployment,
            "diff": diff_of(self.before, self.after),
            **more,
        }


def converge(plan: Plan, params: Mapping[str, Any], app: App) -> Converged:
    """Apply a plan's edit to an existing app, and wait for the resulting deployment.

    ``params``: the task's options; ``app``: as it was just read. Raises UsageError, DeploymentError,
    ConcurrentEditError and what the API raises; after a write the error's details have ``changed: true``.
    """
    context = plan.context
    watch = context.watch(same_spec_for(plan))
    current = require_spec(app)
    context.register_secrets(current)
    target = plan.target(current)
    if target != current:
        context.register_secrets(target)
    changed = not same_spec(current, target)
    if changed:
        check_domains(context, current, target, id_of(app))
    if context.check_mode:
        if changed:
            check_not_pinned(app)
            context.api.propose(target, id_of(app))
            return Converged(app, current, target, changed=True)
        return Converged(app, current, current, changed=_would_redeploy(watch, app))
    if not changed:
        return _join(watch, app, current)
    if watch.options.wait_for_idle:
        app = wait_until_idle(watch, app)
    written = write(plan, app, update_sources=bool(params.get("update_sources")))
    if written is None:
        # Another writer has made the same change concurrently.
        app = context.api.get_app(id_of(app))
        return _join(watch, app, require_spec(app))
    return after_write(context, watch, written)


def after_write(context: Context, watch: Watch, written: Written, *, new: bool = False) -> Converged:
    """Wait for the deployment that a write created. ``new``: the write created the app.

    Raises as `converge` does. With ``on_failure: restore_spec`` a failed deployment's spec is first replaced by the
    active one.
    """
    result = Converged(written.response, written.before, written.after, changed=True)
    with reporting_change(written.response, written.after):
        try:
            followed = follow_write(watch, written.response, written.snapshot, origin=None if new else "UPDATE_SPEC")
        except DeploymentError as error:
            if watch.options.on_failure == "restore_spec" and error.code in RESTORE_AFTER:
                error.details["restored"], why = _restore(context, written)
                error.message = f"{error.message}\non_failure: {why}."
                error.args = (error.message,)
            raise
        result.deployment = followed.result if followed else None
        if watch.options.wait:
            # The deployment sets the app's URLs; without one the response is the newest state.
            result.app = context.api.get_app(id_of(written.response)) if followed else written.response
    return result


@contextmanager
def reporting_change(app: Mapping[str, Any], spec: Spec) -> Iterator[None]:
    """Mark errors that are raised after a write: their details get ``changed: true`` and the app, without its spec."""
    try:
        yield
    except AppPlatformError as error:
        error.details.update(changed=True, app=_identified(app, spec))
        raise


def same_spec_for(plan: Plan) -> SameSpec:
    """The comparison of this task's spec with another one: equal, or not changed by the plan's edit."""

    def same(own: Spec, other: Spec) -> bool:
        return same_spec(own, other) or same_spec(other, plan.apply(other, replay=True).spec)

    return same


def app_summary(app: Mapping[str, Any], spec: Spec) -> dict[str, Any]:
    """The ``app`` of a result."""
    return {
        "name": spec.get("name"),
        "region": region_of(app) or spec.get("region"),
        **{name: app.get(name) for name in APP_FIELDS},
        "spec": mask_secrets(SPEC, spec, MASK),
    }


def _identified(app: Mapping[str, Any], spec: Spec) -> dict[str, Any]:
    """The ``app`` of a failed result: what identifies it. A long spec would hide the message."""
    return {name: value for name, value in app_summary(app, spec).items() if name != "spec"}


def diff_of(before: Spec, after: Spec) -> dict[str, Any]:
    """The ``diff`` of a result: only what differs, without secrets."""
    if before is after:
        return {"before": {}, "after": {}}
    old, new = difference(SPEC, before, after, unchanged=DIFF_UNCHANGED, changed=DIFF_CHANGED, removed=DIFF_REMOVED)
    return {"before": old, "after": new}


def _join(watch: Watch, app: App, spec: Spec) -> Converged:
    """The outcome without a write: follow a running deployment of the spec, or redeploy a failed one."""
    result = Converged(app, spec, spec, changed=False)
    status = spec_status(watch, app)
    if status.state == "running" and status.deployment is not None:
        result.deployment = follow(watch, app, status.deployment).result
    elif status.state == "failed" and watch.options.redeploy_on_failed:
        check_not_pinned(app)
        created = watch.api.create_deployment(id_of(app))
        result.changed = True
        with reporting_change(app, spec):
            result.deployment = follow(watch, app, created).result
            if watch.options.wait:
                result.app = watch.api.get_app(id_of(app))
    elif status.deployment is not None:
        result.deployment = deployment_summary(status.deployment, spec_of(status.deployment) or spec, app_id=id_of(app))
    if result.deployment is not None and not result.changed and watch.options.wait and status.state != "active":
        result.app = watch.api.get_app(id_of(app))
    return result


def _would_redeploy(watch: Watch, app: App) -> bool:
    """Whether a run without check mode would redeploy. Raises DeploymentError for a pinned app, as that run would."""
    if not watch.options.redeploy_on_failed or spec_status(watch, app).state != "failed":
        return False
    check_not_pinned(app)
    return True


def _restore(context: Context, written: Written) -> tuple[bool, str]:
    """Put the spec of the last active deployment back: whether that was done, and a sentence for the message."""
    app_id = id_of(written.response)
    failure: AppPlatformError
    try:
        app = context.api.get_app(app_id)
        restoration = plan_restoration(app, written.after, same_spec)
        if restoration.spec is not None:
            live = context.api.get_deployment(app_id, id_of(deployment_in(app, "active_deployment")))
            if not same_spec(require_spec(live, "deployment"), restoration.spec):
                return False, "the spec could not be put back: the platform tells two different ones of the deployment"
            write(Plan(context, Revert(written.after, restoration.spec)), app)
    except AppPlatformError as error:
        failure = error
    else:
        return restoration.spec is not None, restoration.why
    return False, f"the spec could not be put back: {failure.message}"
