# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.

"""Run a job once, now: put a copy of it into the app, wait for its deployment, and take it out whatever happens."""

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
from .._deployments.follow import check_pin, follow_write, wait_until_idle
from .._deployments.log_tail import log_tail
from .._edit.converge import app_summary
from .._edit.plan import Plan
from .._edit.write import Written, write
from .._spec.canonical import same_spec
from .._spec.secret_places import secret_keys
from .._system.signals import Interrupted, InterruptGuard
from .._types.api_objects import App
from .queue import turn, wait_for_others
from .temporary_job import Adding, Copy, Removing, deployed_digest, has_copy

#: Seconds between attempts to take the copy out; each of them has the client's own repetitions.
PUT_BACK_PAUSES = (2.0, 5.0, 10.0, 20.0, 30.0, 30.0, 30.0)
#: Seconds after which it is looked once more whether a write of unknown fate took effect after all.
LATE_PAUSES = (5.0, 15.0)

_MAY_PASS = (TransportError, ServerError, RateLimitedError, ConcurrentEditError)


@dataclass(frozen=True)
class Request:
    """What is to be run: as Adding has it. ``newest``: the newest image of the tag instead of the deployed one."""

    job: str
    copy: Copy
    changes: Mapping[str, Any] = field(default_factory=dict)
    envs: tuple[Mapping[str, Any], ...] = ()
    newest: bool = False

    def edit(self, app: App, dead: frozenset[str] = frozenset()) -> Adding:
        """The edit that puts the copy into the app as it is now."""
        digest = None if self.newest else deployed_digest(app, self.job)
        return Adding(self.job, self.copy, self.changes, self.envs, digest, dead)


class JobRun:
    """One run of a job in an app. ``wait_for_restore``: whether to wait for the deployment without the copy, too."""

    def __init__(self, context: Context, app: App, request: Request, *, wait_for_restore: bool = True) -> None:
        self._context = context
        self._app = app
        self._request = request
        self._wait_for_restore = wait_for_restore
        token = request.copy.token
        self._watch = context.watch(lambda mine, other: same_spec(mine, other) or has_copy(other, token))
        self._dead: frozenset[str] = frozenset()
        self._written: Written | None = None
        self._back: Written | None = None
        self._told: dict[str, Any] = {"run": None, "deployment": None, "restored": True, "restore_deployment": None}

    def run(self) -> dict[str, Any]:
        """``{run, deployment, restored, restore_deployment, app}``.

        Raises AppPlatformError when the job failed or did not run, when its copy could not be taken out
        (job_run_not_restored), and when the process was asked to end (interrupted). Its details have the same keys.
        """
        with InterruptGuard() as interruption, ExitStack() as stack:
            try:
                with interruption.interruptible():
                    stack.enter_context(turn(self._context, self._watch, self._app))
                    self._get_ready()
                return self._run(interruption)
            except Interrupted as error:
                raise self._interrupted(str(error)) from None

    def _get_ready(self) -> None:
        # It may have become the turn of this run only now.
        app = self._context.api.get_app(id_of(self._app))
        app, self._dead = wait_for_others(self._watch, app, self._request.copy.domain)
        check_pin(app)
        self._app = wait_until_idle(self._watch, app) if self._watch.options.wait_for_idle else app

    def _run(self, interruption: InterruptGuard) -> dict[str, Any]:
        failure: AppPlatformError | None = None
        other: BaseException | None = None
        try:
            with interruption.interruptible():
                self._do()
        except AppPlatformError as error:
            failure = error
        except BaseException as error:  # noqa: BLE001  # raised again once the app is as it was
            other = error
        late = isinstance(failure, (TransportError, ServerError)) and failure.maybe_applied
        problem = self._put_back(late=late)
        if problem is not None and not self._never_in(failure):
            raise self._left_behind(problem, failure, other)
        if other is not None:
            raise other
        if failure is not None and not self._succeeded():
            raise self._failed(failure)
        if failure is not None:
            self._context.warn(f"The job {self._request.job} ran well, but: {failure.message}")
        with interruption.interruptible():
            self._follow_back()
        return {**self._told, "app": app_summary(self._app, spec_of(self._app) or {})}

    def _do(self) -> None:
        """Put the copy in, wait for the deployment, and see how the job ended."""
        self._say(f"the job {self._request.job} runs as {self._request.copy.name}")
        try:
            self._written = write(Plan(self._context, self._request.edit(self._app, self._dead)), self._app)
            followed = follow_write(self._watch, self._written.answer, self._written.noted) if self._written else None
        except DeploymentError as error:
            self._tell(error.details.get("deployment"))
            raise
        if followed is None:
            raise AppPlatformError("the platform made no deployment for it, so it did not run.", code="no_deployment")
        self._tell(followed.result)
        if not self._succeeded():
            raise AppPlatformError(
                f"deployment {followed.result['id']} is {followed.result['phase']}, and the copy's status in it is "
                f"{self._told['run']['status']}. A restart that takes the place of the deployment runs no jobs, for "
                "example. Run the task again.",
                code="job_did_not_run",
            )

    def _tell(self, deployment: dict[str, Any] | None) -> None:
        """What is known of the run by its deployment and its log, which vanishes soon after."""
        if deployment is None:
            return
        name = self._request.copy.name
        mine: dict[str, Any] = next((job for job in deployment["jobs"] if job["name"] == name), {})
        failed = next((one for one in deployment["failures"] if one["component"] == name), None)
        tail = {"lines": [], "note": "no logs were asked for"}
        if self._watch.options.log_lines:
            known = [one for one in deployment["logs"] if one["component"] == name]
            keys = secret_keys(spec_of(self._app) or {})
            where = (id_of(self._app), deployment["id"], name, "DEPLOY")
            tail = known[0] if known else log_tail(self._watch, *where, keys=keys)
        self._told["deployment"] = deployment
        self._told["run"] = {
            "job": self._request.job,
            "name": name,
            **{key: mine.get(key) for key in ("status", "duration", "reason")},
            "exit_code": failed["exit_code"] if failed else None,
            "log": tail["lines"],
            "log_note": tail["note"],
        }

    def _succeeded(self) -> bool:
        """Whether the job ran and ended well, whatever became of the deployment."""
        run, deployment = self._told["run"], self._told["deployment"]
        if run is None:
            return False
        # Without any steps: a deployment is ACTIVE only if its PRE_DEPLOY jobs ended well (API reference 5.2).
        return bool(run["status"] == "SUCCESS" or (run["status"] == "UNKNOWN" and deployment["phase"] == ACTIVE))

    def _put_back(self, *, late: bool) -> AppPlatformError | None:
        """Take the copy out. Gives why that was not possible. ``late``: it may come in only after this look."""
        problem = self._take_out()
        for pause in LATE_PAUSES if late and problem is None and self._back is None else ():
            self._context.clock.sleep(pause)
            problem = self._take_out()
            if problem is not None or self._back is not None:
                break
        return problem

    def _take_out(self) -> AppPlatformError | None:
        self._say(f"taking {self._request.copy.name} out of the app again")
        edit = Removing(frozenset({self._request.copy.token}) | self._dead)
        problem: AppPlatformError | None = None
        for pause in (*PUT_BACK_PAUSES, 0.0):
            try:
                self._back = write(Plan(self._context, edit), self._app)
            except NotFoundError:
                # The app is gone, and the copy with it.
                return None
            except _MAY_PASS as error:
                problem = error
                self._say(f"that was not possible yet: {error.message}")
            except AppPlatformError as error:
                return error
            else:
                return None
            self._context.clock.sleep(pause)
        return problem

    def _follow_back(self) -> None:
        """Wait for the deployment of the app without the copy."""
        back = self._back
        if back is None:
            return
        options = replace(self._watch.options, wait=self._wait_for_restore, fail_on_post_deploy=False)
        token = self._request.copy.token
        watch = replace(self._watch, options=options, same_spec=lambda _mine, other: not has_copy(other, token))
        try:
            followed = follow_write(watch, back.answer, back.noted)
        except DeploymentError as error:
            self._told["restore_deployment"] = error.details.get("deployment")
            error.message = (
                f"The job {self._request.job} ran well as {self._request.copy.name}, and the copy is out of the spec "
                f"again; but the deployment of the app without it: {error.message}"
            )
            raise self._with_details(error) from None
        self._told["restore_deployment"] = followed.result if followed else None
        self._app = self._context.api.get_app(id_of(self._app)) if watch.options.wait else back.answer

    # --- what went wrong ---

    def _never_in(self, failure: AppPlatformError | None) -> bool:
        """Whether it is certain that the copy never came into the spec."""
        certain = failure is not None and not isinstance(failure, (DeploymentError, ConcurrentEditError))
        wrote = failure is not None and (failure.maybe_applied or failure.details.get("changed"))
        return certain and self._written is None and not wrote

    def _failed(self, failure: AppPlatformError) -> AppPlatformError:
        if self._written is not None or isinstance(failure, DeploymentError):
            back = " The copy is out of the app again." if self._back is not None else ""
            failure.message = f"The run of the job {self._request.job}, as {self._request.copy.name}: {failure.message}"
            first, newline, rest = failure.message.partition("\n")
            failure.message = f"{first}{back}{newline}{rest}"
        if self._back is not None:
            watch = replace(self._watch, options=replace(self._watch.options, wait=False))
            made = follow_write(watch, self._back.answer, self._back.noted)
            self._told["restore_deployment"] = made.result if made else None
        return self._with_details(failure)

    def _left_behind(
        self, problem: AppPlatformError, failure: AppPlatformError | None, other: BaseException | None
    ) -> AppPlatformError:
        self._told["restored"] = False
        name = self._request.copy.name
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
        if self._written is None and self._back is None:
            what = "before anything was changed"
        else:
            what = f"The copy {self._request.copy.name} is out of the app again, which ends it if it still ran"
        text = f"The run of the job {self._request.job} was interrupted ({signal_name}). {what[:1].upper()}{what[1:]}."
        return self._with_details(AppPlatformError(text, code="interrupted"))

    def _with_details(self, error: AppPlatformError) -> AppPlatformError:
        changed = self._written is not None or self._back is not None or error.maybe_applied
        error.details.setdefault("app_id", id_of(self._app))
        error.details.update(self._told, changed=bool(changed or error.details.get("changed")))
        error.args = (error.message,)
        return error

    def _say(self, text: str) -> None:
        self._watch.progress(f"{name_of(self._app)}: {text}")
