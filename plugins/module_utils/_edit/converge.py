# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no stable interface.
"""From an edit to a result: plan, check mode, write, wait, once for all modules that change a spec."""

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
    require_spec,
    spec_of,
)
from .._deployments.explain import deployment_summary
from .._deployments.follow import check_not_pinned, follow, follow_write, wait_until_idle
from .._deployments.identify import spec_status
from .._deployments.watch import Watch
from .._masking.secret_register import DIFF_CHANGED, DIFF_REMOVED, DIFF_UNCHANGED, MASK
from .._secrets.redact import register_secrets
from .._spec.canonical import same_spec
from .._spec.diff import difference
from .._spec.schema import SPEC
from .._spec.secret_places import shown
from .._types.api_objects import App, Spec
from .declaration import Return
from .domain_conflicts import check_domains
from .plan import Plan
from .write import write
from .written import Written

#: What a result tells of an app besides its spec (API reference 3.1).
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
    """What became of an app. ``app``: as it was read last; ``after``: its spec now, or (check mode) as it would be."""

    app: App
    before: Spec
    after: Spec
    changed: bool
    deployment: dict[str, Any] | None = None

    def result(self, **more: Any) -> dict[str, Any]:
        """The result that all modules share, and what one adds."""
        return {
            "changed": self.changed,
            "app": app_summary(self.app, self.after),
            "deployment": self.deployment,
            "diff": diff_of(self.before, self.after),
            **more,
        }


def converge(plan: Plan, params: Mapping[str, Any], app: App) -> Converged:
    """Bring a plan's edit into an app that exists, and wait for what comes of it.

    Raises UsageError, DeploymentError, ConcurrentEditError and what the API raises. Where something was written before,
    ``details`` has changed: true.
    """
    context = plan.context
    watch = context.watch(carried_by(plan))
    current = require_spec(app)
    register_secrets(context.register, current)
    target = plan.target(current)
    if target != current:
        register_secrets(context.register, target)
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
        # Another writer was faster with the very same change.
        app = context.api.get_app(id_of(app))
        return _join(watch, app, require_spec(app))
    return after_write(context, watch, written)


def after_write(context: Context, watch: Watch, written: Written, *, new: bool = False) -> Converged:
    """Wait for the deployment that a write made; put the old spec back when that is wished and it failed."""
    result = Converged(written.answer, written.before, written.after, changed=True)
    with telling(written.answer, written.after):
        try:
            made = follow_write(watch, written.answer, written.snapshot, origin=None if new else "UPDATE_SPEC")
        except DeploymentError as error:
            if watch.options.on_failure == "restore_spec" and error.code in RESTORE_AFTER:
                error.details["restored"], why = _restore(context, written)
                error.message = f"{error.message}\non_failure: {why}."
                error.args = (error.message,)
            raise
        result.deployment = made.result if made else None
        if watch.options.wait:
            # Addresses appear with the deployment; without one there is nothing newer than the answer.
            result.app = context.api.get_app(id_of(written.answer)) if made else written.answer
    return result


@contextmanager
def telling(app: Mapping[str, Any], spec: Spec) -> Iterator[None]:
    """What fails in here fails after a write: the result says so, and of which app."""
    try:
        yield
    except AppPlatformError as error:
        error.details.update(changed=True, app=_named(app, spec))
        raise


def carried_by(plan: Plan) -> SameSpec:
    """Whether a spec is as good as another one for this task: equal, or with all that the task declares in it."""

    def same(mine: Spec, other: Spec) -> bool:
        return same_spec(mine, other) or same_spec(other, plan.apply(other, settled=True).spec)

    return same


def app_summary(app: Mapping[str, Any], spec: Spec) -> dict[str, Any]:
    """The ``app`` of a result."""
    region = app.get("region")
    slug = region.get("slug") if isinstance(region, Mapping) else None
    return {
        "name": spec.get("name"),
        "region": slug or spec.get("region"),
        **{name: app.get(name) for name in APP_FIELDS},
        "spec": shown(SPEC, spec, MASK),
    }


def _named(app: Mapping[str, Any], spec: Spec) -> dict[str, Any]:
    """The ``app`` of a failed result: what finds it again; its spec would only hide the reason."""
    return {name: value for name, value in app_summary(app, spec).items() if name != "spec"}


def diff_of(before: Spec, after: Spec) -> dict[str, Any]:
    """The ``diff`` of a result: only what differs, without secrets."""
    if before is after:
        return {"before": {}, "after": {}}
    old, new = difference(SPEC, before, after, unchanged=DIFF_UNCHANGED, changed=DIFF_CHANGED, removed=DIFF_REMOVED)
    return {"before": old, "after": new}


def _join(watch: Watch, app: App, spec: Spec) -> Converged:
    """Nothing is to be written: join what runs, or deploy again what failed."""
    result = Converged(app, spec, spec, changed=False)
    at = spec_status(watch, app)
    if at.state == "running" and at.deployment is not None:
        result.deployment = follow(watch, app, at.deployment).result
    elif at.state == "failed" and watch.options.redeploy_on_failed:
        check_not_pinned(app)
        made = watch.api.create_deployment(id_of(app))
        result.changed = True
        with telling(app, spec):
            result.deployment = follow(watch, app, made).result
            if watch.options.wait:
                result.app = watch.api.get_app(id_of(app))
    elif at.deployment is not None:
        result.deployment = deployment_summary(at.deployment, spec_of(at.deployment) or spec, app_id=id_of(app))
    if result.deployment is not None and not result.changed and watch.options.wait and at.state != "active":
        result.app = watch.api.get_app(id_of(app))
    return result


def _would_redeploy(watch: Watch, app: App) -> bool:
    """Whether the real run deploys again what failed. Raises DeploymentError where the app is pinned, as it does."""
    if not watch.options.redeploy_on_failed or spec_status(watch, app).state != "failed":
        return False
    check_not_pinned(app)
    return True


def _restore(context: Context, written: Written) -> tuple[bool, str]:
    """Put the spec of the last active deployment back. Gives whether that was done, and a sentence."""
    app_id = id_of(written.answer)
    failure: AppPlatformError
    try:
        app = context.api.get_app(app_id)
        back = plan_restoration(app, written.after, same_spec)
        if back.spec is not None:
            live = context.api.get_deployment(app_id, id_of(deployment_in(app, "active_deployment")))
            if not same_spec(require_spec(live, "deployment"), back.spec):
                return False, "the spec could not be put back: the platform tells two different ones of the deployment"
            write(Plan(context, Return(written.after, back.spec)), app)
    except AppPlatformError as error:
        failure = error
    else:
        return back.spec is not None, back.why
    return False, f"the spec could not be put back: {failure.message}"
