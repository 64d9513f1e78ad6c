# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.

"""Creating, joining and canceling deployments without a change of the spec: shared by the modules that do so."""

from __future__ import annotations

from typing import Any

from .._ansible.arguments import WAIT, ArgumentSpec
from .._ansible.context import Context
from .._api.errors import (
    AppPlatformError,
    ConflictError,
    DeploymentError,
    InvalidRequestError,
    NotFoundError,
    UsageError,
)
from .._deployments.deployment import id_of, is_terminal, name_of, phase_of, spec_of
from .._deployments.explain import deployment_summary, headline
from .._deployments.follow import follow
from .._deployments.polling import Polling
from .._deployments.watch import Watch
from .._edit.converge import app_summary
from .._types.api_objects import App, Deployment


def _part_of_wait(*names: str) -> ArgumentSpec:
    return ArgumentSpec({name: WAIT.options[name] for name in names})


FOLLOW_OPTIONS = _part_of_wait("wait_timeout", "wait_interval", "wait_for_idle", "log_lines")
"""How to follow a deployment; documentation fragment ``following``."""
WAIT_OPTION = _part_of_wait("wait")
POST_DEPLOY_OPTION = _part_of_wait("fail_on_post_deploy")


def unfollowed_summary(app: App, deployment: Deployment) -> dict[str, Any]:
    """The result's ``deployment`` for one that is not followed."""
    return deployment_summary(deployment, spec_of(app), app_id=id_of(app))


def follow_created(watch: Watch, app: App, created: Deployment, *, pin_expected: bool = False) -> dict[str, Any]:
    """Follow the deployment that the task created. A failure has ``changed: true``."""
    try:
        return follow(watch, app, created, pin_expected=pin_expected).result
    except AppPlatformError as error:
        error.details.update(changed=True)
        raise


def join_deployment(
    context: Context, watch: Watch, app: App, found: Deployment, *, pin_expected: bool = False
) -> dict[str, Any]:
    """Follow an existing deployment. Check mode does not wait, but fails if the deployment has failed."""
    if context.check_mode and not is_terminal(found):
        return unfollowed_summary(app, found)
    return follow(watch, app, found, pin_expected=pin_expected).result


def require_deployment(context: Context, app: App, deployment_id: str) -> Deployment:
    """The app's deployment with this id. Raises UsageError when there is none."""
    try:
        return context.api.get_deployment(id_of(app), deployment_id)
    except (NotFoundError, InvalidRequestError) as error:
        raise UsageError(
            f"deployment_id: the app {name_of(app)} has no deployment {deployment_id!r}; app_deployment_info lists "
            "those that it has",
            details={"app_id": id_of(app)},
        ) from error


def cancel_deployment(watch: Watch, app: App, running: Deployment) -> tuple[bool, Deployment]:
    """Cancel a deployment and wait for its end. Returns whether the cancellation ended it, and the deployment.

    Raises DeploymentError (wait_timeout) when it does not end in time, ApiError, TransportError.
    """
    app_id, deployment_id = id_of(app), id_of(running)
    try:
        found = watch.api.cancel_deployment(app_id, deployment_id)
    except (InvalidRequestError, ConflictError):
        found = watch.api.get_deployment(app_id, deployment_id)
        if not is_terminal(found):
            raise
        # It ended by itself before the cancellation.
        return False, found
    polling = Polling(watch)
    while watch.options.wait and not is_terminal(found):
        if not polling.pause():
            raise DeploymentError(
                f"{headline(name_of(app), found, f'is not over {polling.elapsed:.0f} s after it was canceled')}.",
                code="wait_timeout",
                details={"app_id": app_id, "deployment": unfollowed_summary(app, found), "changed": True},
            )
        found = polling.read(lambda: watch.api.get_deployment(app_id, deployment_id)) or found
    return phase_of(found) != "ACTIVE", found


def action_result(
    context: Context, app: App, deployment: dict[str, Any] | None, *, changed: bool, **more: Any
) -> dict[str, Any]:
    """The result that these modules share. ``app`` is read again if the task may have changed it."""
    if changed and not context.check_mode:
        app = context.api.get_app(id_of(app))
    return {"changed": changed, "app": app_summary(app, spec_of(app) or {}), "deployment": deployment, **more}
