# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.

"""Follow a deployment to its end (API reference 6). docs/waiting.md lists all cases in one table.

Only the phase decides, never the number of steps. The deployment followed is the one that the write created, or one
with the same spec that superseded it. An interrupted wait leaves nothing behind: the platform continues, and the same
task can join the deployment later.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .._api.errors import ApiError, DeploymentError, NotFoundError, TransportError
from .._spec.secret_fields import secret_keys
from .._types.api_objects import App, Deployment, Spec
from . import wait_errors as errors
from .deployment import (
    ACTIVE,
    CANCELED,
    ERROR,
    OPEN_PHASES,
    SUPERSEDED,
    TERMINAL_PHASES,
    Origin,
    Snapshot,
    id_of,
    name_of,
    phase_of,
    pinned_deployment,
    spec_of,
    unfinished_deployments,
    was_superseded,
)
from .explain import (
    Explanation,
    awaited_post_deploy_jobs,
    deployment_summary,
    explain,
    find_failures,
    mask_reason,
    post_deploy_failures,
)
from .identify import find_created, find_superseding
from .log_tail import explain_with_logs
from .polling import GRACE_SECONDS, Polling
from .progress import Progress
from .steps import was_live
from .watch import Watch

#: Seconds in a pending phase after which the app is read once, since a pin would block the deployment for ever.
STUCK_SECONDS = 60.0


@dataclass(frozen=True)
class Followed:
    """The deployment at the successful end of a wait, and the result's ``deployment`` for it."""

    deployment: Deployment
    result: dict[str, Any]


def check_not_pinned(app: App) -> None:
    """Raise DeploymentError (code ``app_pinned``) if the app is pinned to a rollback, so that nothing is deployed."""
    pin = pinned_deployment(app)
    if pin is not None:
        raise errors.pinned(app, pin)


def follow_write(
    watch: Watch, response: App, snapshot: Snapshot, *, origin: Origin | None = "UPDATE_SPEC"
) -> Followed | None:
    """Find the deployment that a write of the spec created, and follow it; None: the write created none.

    ``response``: the app that POST or PUT returned. ``snapshot``: of the app before the write. ``origin``: None for
    a new app. Without ``wait`` only the response counts, and the API is not called. Raises as `follow` does.
    """
    polling = Polling(watch)
    if not watch.options.wait:
        pending = response.get("pending_deployment")
        if not isinstance(pending, dict) or id_of(pending) in snapshot.ids | {""}:
            return None
        return Followed(pending, deployment_summary(pending, spec_of(response), app_id=id_of(response)))
    try:
        created = find_created(watch, polling, response, snapshot, origin)
    except NotFoundError:
        raise errors.app_vanished(response, None) from None
    except (ApiError, TransportError) as error:
        raise errors.interrupted(response, None, error) from error
    return None if created is None else _Wait(watch, response, polling, pin_expected=False).run(created)


def follow(watch: Watch, app: App, deployment: Deployment, *, pin_expected: bool = False) -> Followed:
    """Follow a deployment to its end: ACTIVE, or SUPERSEDED when its last step shows that it was live before.

    ``app``: as read last. ``deployment``: as the API returned it, or ``{"id": ...}``. ``pin_expected``: it is part of a
    rollback or a revert, so a pin is no error. Without ``wait`` it is returned as it is.

    Raises DeploymentError with the result's ``deployment`` in its details; its code is deployment_failed,
    deployment_canceled, deployment_superseded, post_deploy_job_failed, app_pinned, app_vanished, deployment_vanished,
    wait_timeout or wait_interrupted.
    """
    if not watch.options.wait:
        return Followed(deployment, deployment_summary(deployment, spec_of(app), app_id=id_of(app)))
    return _Wait(watch, app, Polling(watch), pin_expected=pin_expected).run(deployment)


def wait_until_idle(watch: Watch, app: App) -> App:
    """The app once none of its deployments is pending or in progress; ``app`` itself if there is none now.

    Raises DeploymentError: wait_timeout, app_vanished or wait_interrupted.
    """
    polling = Polling(watch)
    progress = Progress(watch.progress)
    app_id = id_of(app)
    while True:
        busy = unfinished_deployments(app)
        if not busy:
            return app
        progress.show(busy[0], polling.elapsed)
        if not polling.pause():
            raise errors.not_idle(app, busy[0], polling.elapsed)
        try:
            app = polling.read(lambda: watch.api.get_app(app_id)) or app
        except NotFoundError:
            raise errors.app_vanished(app, busy[0]) from None
        except (ApiError, TransportError) as error:
            raise errors.interrupted(app, busy[0], error) from error


class _Wait:
    """One wait for a deployment, and for those with the same spec that supersede it."""

    def __init__(self, watch: Watch, app: App, polling: Polling, *, pin_expected: bool) -> None:
        self._watch = watch
        self._app = app
        self._polling = polling
        self._pin_expected = pin_expected
        self._progress = Progress(watch.progress)
        self._spec: Spec | None = spec_of(app)
        self._superseded: list[str] = []
        self._unknown: set[str] = set()
        self._current: Deployment = {}
        self._switch_to({})

    def run(self, deployment: Deployment) -> Followed:
        """Poll until the end; see `follow` for the result and the errors."""
        self._switch_to(deployment)
        self._spec = spec_of(deployment) or self._spec
        self._check_pin(self._app)
        try:
            if "phase" not in deployment:
                self._read()
            while True:
                followed = self._evaluate()
                if followed is not None:
                    return followed
                if not self._polling.pause():
                    raise errors.timed_out(self._app, self._current, self._polling.elapsed, self._summary())
                self._read()
        except (ApiError, TransportError) as error:
            raise errors.interrupted(self._app, self._current, error, self._summary()) from error

    def _switch_to(self, deployment: Deployment) -> None:
        """Follow this deployment from now on."""
        self._current = deployment
        self._since = self._polling.elapsed
        self._confirmed = False
        self._pin_checked = False
        self._active_since: float | None = None

    def _evaluate(self) -> Followed | None:
        """Evaluate the phase: returns the result of a success, raises the error of a failure; None: keep waiting."""
        current = self._current
        phase = phase_of(current)
        self._progress.show(current, self._polling.elapsed)
        if phase == ACTIVE:
            return None if self._awaits_post_deploy() else self._succeed()
        if phase == ERROR:
            raise self._failed()
        if phase == SUPERSEDED and (self._active_since is not None or was_live(current)):
            self._watch.warn(
                f"Deployment {id_of(current)} of app {name_of(self._app)} was live, and has been superseded since."
            )
            return self._succeed()
        if phase in (SUPERSEDED, CANCELED):
            self._switch_to(self._superseding())
            # If that one was superseded too, pause first, so that many quick deployments don't cause many quick calls.
            return None if phase_of(self._current) in (SUPERSEDED, CANCELED) else self._evaluate()
        if phase not in OPEN_PHASES | TERMINAL_PHASES and phase not in self._unknown:
            self._unknown.add(phase)
            self._watch.warn(f"Deployment {id_of(current)} is in the unknown phase {phase}; it is waited for.")
        self._check_if_stuck()
        return None

    def _read(self) -> None:
        """Read the deployment again; after a transient failure it stays as it was."""
        api, app_id, deployment_id = self._watch.api, id_of(self._app), id_of(self._current)
        try:
            found = self._polling.read(lambda: api.get_deployment(app_id, deployment_id))
        except NotFoundError:
            # The app may have been deleted, or a new deployment may not be visible yet (API reference 12.5).
            may_appear = not self._confirmed and self._polling.elapsed - self._since <= GRACE_SECONDS
            if self._read_app() is None or may_appear:
                return
            raise errors.deployment_vanished(self._app, self._current, self._summary()) from None
        if found is not None:
            self._current, self._confirmed = found, True

    def _read_app(self) -> App | None:
        """The app as it is now; None after a transient failure."""
        app_id = id_of(self._app)
        try:
            return self._polling.read(lambda: self._watch.api.get_app(app_id))
        except NotFoundError:
            raise errors.app_vanished(self._app, self._current, self._summary()) from None

    def _check_if_stuck(self) -> None:
        """After STUCK_SECONDS in a pending phase, check once whether a pin blocks the deployment."""
        waited = self._polling.elapsed - self._since
        if self._pin_checked or waited < STUCK_SECONDS or phase_of(self._current) in ("BUILDING", "DEPLOYING"):
            return
        app = self._read_app()
        if app is not None:
            self._pin_checked = True
            self._check_pin(app)

    def _check_pin(self, app: App) -> None:
        """Raise DeploymentError (app_pinned) if the app is pinned to another deployment than this one."""
        pin = pinned_deployment(app)
        if pin is not None and not self._pin_expected and id_of(pin) != id_of(self._current):
            raise errors.pinned(app, pin, self._current, self._summary())

    def _superseding(self) -> Deployment:
        """The deployment to follow instead: the newest one with the same spec. DeploymentError if none has it."""
        current = self._current
        known_ids = {id_of(current), *self._superseded}
        superseded = phase_of(current) == SUPERSEDED
        try:
            app, newer = find_superseding(
                self._watch, self._polling, current, id_of(self._app), known_ids, retry=superseded
            )
        except NotFoundError:
            raise errors.app_vanished(self._app, current, self._summary()) from None
        if not superseded:
            # Only those that can have canceled it; without any, a person did.
            newer = [one for one in newer if was_superseded(current, one)]
        self._check_pin(app)
        for one in newer:
            spec = spec_of(one)
            if self._spec is not None and spec is not None and self._watch.same_spec(self._spec, spec):
                self._superseded.append(id_of(current))
                line = f"deployment {id_of(current)[:8]}: superseded by {id_of(one)} with the same spec"
                self._progress.say(line, self._polling.elapsed)
                return one
        explanation = self._explain(logs=False)
        result = self._summary(explanation)
        if not superseded and not newer:
            raise errors.canceled(self._app, current, explanation, result)
        raise errors.superseded(self._app, current, newer[0] if newer else None, result)

    def _awaits_post_deploy(self) -> bool:
        """Whether to keep waiting although it is ACTIVE: for POST_DEPLOY jobs, if their failure is to fail the task."""
        if self._active_since is None:
            self._active_since = self._polling.elapsed
        if not self._watch.options.fail_on_post_deploy:
            return False
        awaited = awaited_post_deploy_jobs(self._current, self._spec)
        recent = self._polling.elapsed - self._active_since < GRACE_SECONDS
        return "RUNNING" in awaited.values() or (bool(awaited) and recent)

    def _succeed(self) -> Followed:
        """The result for a deployment that is (or was) live. Raises DeploymentError for a failed POST_DEPLOY job."""
        failed = post_deploy_failures(self._current, self._spec)
        explanation = explain_with_logs(self._watch, id_of(self._app), self._current, failed, spec=self._spec)
        result = self._summary(explanation)
        if failed:
            fatal = self._watch.options.fail_on_post_deploy
            error = errors.post_deploy_failed(self._app, self._current, explanation, result, fatal=fatal)
            if fatal:
                raise error
            self._watch.warn(error.message)
        return Followed(self._current, result)

    def _failed(self) -> DeploymentError:
        explanation = self._explain(logs=True)
        return errors.failed(self._app, self._current, explanation, self._summary(explanation))

    def _explain(self, *, logs: bool) -> Explanation:
        found = find_failures(self._current, self._spec)
        if logs:
            return explain_with_logs(self._watch, id_of(self._app), self._current, found, spec=self._spec)
        return explain(found, self._watch.mask, secret_keys(spec_of(self._current) or self._spec or {}))

    def _summary(self, explanation: Explanation | None = None) -> dict[str, Any]:
        """The result's ``deployment``, masked."""
        result = deployment_summary(
            self._current, self._spec, app_id=id_of(self._app), explanation=explanation, superseded=self._superseded
        )
        keys = secret_keys(self._spec or {})
        for reason in filter(None, (job["reason"] for job in result["jobs"])):
            reason["code"] = self._watch.mask(reason["code"])
            reason["message"] = mask_reason(self._watch.mask, reason["message"], keys)
        return result
