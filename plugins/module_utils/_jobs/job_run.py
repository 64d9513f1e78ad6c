# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.

"""Run a job once, now: add a temporary copy of it to the app, wait for its deployment, and always remove it again."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from typing import Any

from .._ansible.context import Context
from .._api.errors import (
    AppPlatformError,
    ConcurrentEditError,
    DeploymentError,
    NotFoundError,
    RateLimitedError,
    ServerError,
    TransportError,
)
from .._deployments.deployment import ACTIVE, id_of, name_of, spec_of
from .._deployments.follow import check_not_pinned, follow_write, wait_until_idle
from .._deployments.log_tail import log_tail
from .._edit.converge import app_summary
from .._edit.plan import Plan
from .._edit.write import write
from .._edit.written import Written
from .._spec.canonical import same_spec
from .._spec.secret_fields import secret_keys
from .._system.signals import Interrupted, InterruptGuard
from .._types.api_objects import App
from .queue import job_run_lock, wait_for_other_runs
from .temporary_job import AddTemporaryJob, RemoveTemporaryJobs, TemporaryJob, deployed_digest, has_temporary_job

#: Seconds between attempts to remove the temporary job; in each attempt the client retries by itself.
RESTORE_PAUSES = (2.0, 5.0, 10.0, 20.0, 30.0, 30.0, 30.0)
#: Seconds before each further check whether a write of unknown outcome took effect.
UNKNOWN_WRITE_PAUSES = (5.0, 15.0)

_TRANSIENT = (TransportError, ServerError, RateLimitedError, ConcurrentEditError)


@dataclass(frozen=True)
class JobRunRequest:
    """What to run: the fields of AddTemporaryJob. ``newest_image``: the tag's newest image, not the deployed one."""

    job: str
    temporary: TemporaryJob
    overrides: Mapping[str, Any] = field(default_factory=dict)
    envs: tuple[Mapping[str, Any], ...] = ()
    newest_image: bool = False

    def edit(self, app: App, abandoned: frozenset[str] = frozenset()) -> AddTemporaryJob:
        """The edit that adds the temporary job to the app as it is now. ``abandoned``: see AddTemporaryJob."""
        digest = None if self.newest_image else deployed_digest(app, self.job)
        return AddTemporaryJob(self.job, self.temporary, self.overrides, self.envs, digest, abandoned)


class JobRun:
    """One run of a job in an app. ``wait_for_restore``: also wait for the deployment that removes the temporary job."""

    def __init__(self, context: Context, app: App, request: JobRunRequest, *, wait_for_restore: bool = True) -> None:
        self._context = context
        self._app = app
        self._request = request
        self._wait_for_restore = wait_for_restore
        self._temporary = request.temporary
        token = self._temporary.token
        self._watch = context.watch(lambda mine, other: same_spec(mine, other) or has_temporary_job(other, token))
        self._abandoned: frozenset[str] = frozenset()
        self._written: Written | None = None
        self._restored: Written | None = None
        self._result: dict[str, Any] = {"run": None, "deployment": None, "restored": True, "restore_deployment": None}

    def run(self) -> dict[str, Any]:
        """``{run, deployment, restored, restore_deployment, app}``.

        Raises AppPlatformError when the job failed or did not run, when the temporary job could not be removed
        (job_run_not_restored), and when the process was asked to end (interrupted). Its details have the same keys.
        """
        with InterruptGuard() as interruption, ExitStack() as stack:
            try:
                with interruption.interruptible():
                    stack.enter_context(job_run_lock(self._context, self._watch, self._app))
                    self._prepare()
                return self._run(interruption)
            except Interrupted as error:
                raise self._interrupted(str(error)) from None

    def _prepare(self) -> None:
        """Wait for other runs and, if asked for, for other deployments. Raises the errors of these waits."""
        # The app may have changed while this run waited for the lock.
        app = self._context.api.get_app(id_of(self._app))
        app, self._abandoned = wait_for_other_runs(self._watch, app, self._temporary.domain)
        check_not_pinned(app)
        self._app = wait_until_idle(self._watch, app) if self._watch.options.wait_for_idle else app

    def _run(self, interruption: InterruptGuard) -> dict[str, Any]:
        failure: AppPlatformError | None = None
        other: BaseException | None = None
        try:
            with interruption.interruptible():
                self._add_and_follow()
        except AppPlatformError as error:
            failure = error
        except BaseException as error:  # noqa: BLE001  # raised again once the app is restored
            other = error
        unknown = isinstance(failure, (TransportError, ServerError)) and failure.maybe_applied
        problem = self._restore(outcome_unknown=unknown)
        if problem is not None and not self._never_added(failure):
            raise self._not_restored(problem, failure, other)
        if other is not None:
            raise other
        if failure is not None and not self._succeeded():
            raise self._failed(failure)
        if failure is not None:
            self._context.warn(f"The job {self._request.job} ran well, but: {failure.message}")
        with interruption.interruptible():
            self._follow_restore()
        return {**self._result, "app": app_summary(self._app, spec_of(self._app) or {})}

    def _add_and_follow(self) -> None:
        """Add the temporary job, wait for the deployment, and check how the job ended."""
        self._report(f"the job {self._request.job} runs as {self._temporary.name}")
        try:
            self._written = write(Plan(self._context, self._request.edit(self._app, self._abandoned)), self._app)
            followed = (
                follow_write(self._watch, self._written.response, self._written.snapshot) if self._written else None
            )
        except DeploymentError as error:
            self._record(error.details.get("deployment"))
            raise
        if followed is None:
            raise AppPlatformError("the platform made no deployment for it, so it did not run.", code="no_deployment")
        self._record(followed.result)
        if not self._succeeded():
            raise AppPlatformError(
                f"deployment {followed.result['id']} is {followed.result['phase']}, and the copy's status in it is "
                f"{self._result['run']['status']}. A restart that takes the place of the deployment runs no jobs, for "
                "example. Run the task again.",
                code="job_did_not_run",
            )

    def _record(self, deployment: dict[str, Any] | None) -> None:
        """Keep the deployment's result and the job's log for the task's result; logs vanish soon after a deployment."""
        if deployment is None:
            return
        name = self._temporary.name
        own: dict[str, Any] = next((job for job in deployment["jobs"] if job["name"] == name), {})
        failed = next((one for one in deployment["failures"] if one["component"] == name), None)
        tail = {"lines": [], "note": "no logs were asked for"}
        if self._watch.options.log_lines:
            known = [one for one in deployment["logs"] if one["component"] == name]
            keys = secret_keys(spec_of(self._app) or {})
            where = (id_of(self._app), deployment["id"], name, "DEPLOY")
            tail = known[0] if known else log_tail(self._watch, *where, keys=keys)
        self._result["deployment"] = deployment
        self._result["run"] = {
            "job": self._request.job,
            "name": name,
            **{key: own.get(key) for key in ("status", "duration", "reason")},
            "exit_code": failed["exit_code"] if failed else None,
            "log": tail["lines"],
            "log_note": tail["note"],
        }

    def _succeeded(self) -> bool:
        """Whether the job succeeded, however the deployment ended."""
        run, deployment = self._result["run"], self._result["deployment"]
        if run is None:
            return False
        # UNKNOWN: no steps. A deployment becomes ACTIVE only if its PRE_DEPLOY jobs succeeded (API reference 5.2).
        return bool(run["status"] == "SUCCESS" or (run["status"] == "UNKNOWN" and deployment["phase"] == ACTIVE))

    def _restore(self, *, outcome_unknown: bool) -> AppPlatformError | None:
        """Remove the temporary job. Returns why that failed, else None.

        ``outcome_unknown``: the write that adds it may take effect only after the first attempt to remove it.
        """
        problem = self._remove()
        for pause in UNKNOWN_WRITE_PAUSES if outcome_unknown and problem is None and self._restored is None else ():
            self._context.clock.sleep(pause)
            problem = self._remove()
            if problem is not None or self._restored is not None:
                break
        return problem

    def _remove(self) -> AppPlatformError | None:
        self._report(f"taking {self._temporary.name} out of the app again")
        edit = RemoveTemporaryJobs(frozenset({self._temporary.token}) | self._abandoned)
        problem: AppPlatformError | None = None
        for pause in (*RESTORE_PAUSES, 0.0):
            try:
                self._restored = write(Plan(self._context, edit), self._app)
            except NotFoundError:
                # The app was deleted, and the temporary job with it.
                return None
            except _TRANSIENT as error:
                problem = error
                self._report(f"that was not possible yet: {error.message}")
            except AppPlatformError as error:
                return error
            else:
                return None
            self._context.clock.sleep(pause)
        return problem

    def _follow_restore(self) -> None:
        """Wait for the deployment of the app without the temporary job."""
        restored = self._restored
        if restored is None:
            return
        options = replace(self._watch.options, wait=self._wait_for_restore, fail_on_post_deploy=False)
        token = self._temporary.token
        watch = replace(
            self._watch, options=options, same_spec=lambda _mine, other: not has_temporary_job(other, token)
        )
        try:
            followed = follow_write(watch, restored.response, restored.snapshot)
        except DeploymentError as error:
            self._result["restore_deployment"] = error.details.get("deployment")
            error.message = (
                f"The job {self._request.job} ran well as {self._temporary.name}, and the copy is out of the spec "
                f"again; but the deployment of the app without it: {error.message}"
            )
            raise self._with_details(error) from None
        self._result["restore_deployment"] = followed.result if followed else None
        self._app = self._context.api.get_app(id_of(self._app)) if watch.options.wait else restored.response

    # --- failures ---

    def _never_added(self, failure: AppPlatformError | None) -> bool:
        """Whether it is certain that the temporary job was never added to the spec."""
        certain = failure is not None and not isinstance(failure, (DeploymentError, ConcurrentEditError))
        wrote = failure is not None and (failure.maybe_applied or failure.details.get("changed"))
        return certain and self._written is None and not wrote

    def _failed(self, failure: AppPlatformError) -> AppPlatformError:
        """*failure* with the run in its message and details, if the temporary job was added."""
        if self._written is not None or isinstance(failure, DeploymentError):
            sentence = " The copy is out of the app again." if self._restored is not None else ""
            failure.message = f"The run of the job {self._request.job}, as {self._temporary.name}: {failure.message}"
            first, newline, rest = failure.message.partition("\n")
            failure.message = f"{first}{sentence}{newline}{rest}"
        if self._restored is not None:
            watch = replace(self._watch, options=replace(self._watch.options, wait=False))
            followed = follow_write(watch, self._restored.response, self._restored.snapshot)
            self._result["restore_deployment"] = followed.result if followed else None
        return self._with_details(failure)

    def _not_restored(
        self, problem: AppPlatformError, failure: AppPlatformError | None, other: BaseException | None
    ) -> AppPlatformError:
        """The error (job_run_not_restored) for a temporary job that stays in the app."""
        self._result["restored"] = False
        name = self._temporary.name
        before = f"{failure.message}\n" if failure else f"Interrupted by {other}.\n" if other else ""
        return self._with_details(
            AppPlatformError(
                f"{before}The copy {name} of the job {self._request.job} could not be taken out of the app "
                f"{name_of(self._app)}: {problem.message}\nIt would run again in every deployment. Run the task again, "
                f"which takes it out, or remove it with the module app_job, name: {name} and state: absent.",
                code="job_run_not_restored",
            )
        )

    def _interrupted(self, signal_name: str) -> AppPlatformError:
        """The error (interrupted) for a run that a signal ended after the app was restored."""
        if self._written is None and self._restored is None:
            what = "before anything was changed"
        else:
            what = f"The copy {self._temporary.name} is out of the app again, which ends it if it still ran"
        text = f"The run of the job {self._request.job} was interrupted ({signal_name}). {what[:1].upper()}{what[1:]}."
        return self._with_details(AppPlatformError(text, code="interrupted"))

    def _with_details(self, error: AppPlatformError) -> AppPlatformError:
        changed = self._written is not None or self._restored is not None or error.maybe_applied
        error.details.setdefault("app_id", id_of(self._app))
        error.details.update(self._result, changed=bool(changed or error.details.get("changed")))
        error.args = (error.message,)
        return error

    def _report(self, text: str) -> None:
        self._watch.progress(f"{name_of(self._app)}: {text}")
