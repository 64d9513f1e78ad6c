# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.

"""Runs of scheduled jobs: the modules app_job_invocation and app_job_invocation_info (API reference 5.6)."""

from __future__ import annotations

from typing import Any

from .._ansible.context import Context
from .._ansible.find_app import require_app
from .._api.errors import AppPlatformError, ConflictError, InvalidRequestError, NotFoundError, UsageError
from .._deployments.deployment import id_of, name_of, require_spec, spec_of
from .._deployments.polling import Polling
from .._deployments.watch import Watch
from .._jobs.invocations import (
    age_seconds,
    has_ended,
    invocation_summary,
    last_success,
    newest_first,
    staleness,
    trigger_of,
)
from .._spec.duration import parse_duration
from .._spec.job_kind import SCHEDULED, job_kinds, jobs_of_kind
from .._spec.secret_fields import secret_keys
from .._system.clock import parse_time
from .._types.api_objects import App, JobInvocation, Spec

#: After this many ended runs in a row, newest first, all older ones are assumed to have ended as well.
ENOUGH_ENDED = 20


def cancel_runs(params: dict[str, Any], context: Context) -> dict[str, Any]:
    """Cancel the runs of a job that have not ended, and wait for their end."""
    app = require_app(context, params)
    context.register_secrets(require_spec(app))
    watch = context.watch()
    running = [one for one in _selected(params, context, app) if not has_ended(one)]
    if not context.check_mode:
        canceled = [done for one in running if (done := _cancel_one(watch, app, one)) is not None]
        ends = [_wait_for_end(watch, app, one) for one in canceled]
        running = [one for one in ends if one.get("phase") != "SUCCEEDED"]
    return {
        "changed": bool(running),
        "invocations": [invocation_summary(one, secret_keys(require_spec(app))) for one in running],
    }


def _selected(params: dict[str, Any], context: Context, app: App) -> list[JobInvocation]:
    job, invocation_id = params["job"], params["invocation_id"]
    if invocation_id:
        return [require_invocation(context, app, invocation_id, job)]
    kinds = job_kinds(require_spec(app))
    if job not in kinds:
        raise UsageError(f"job: this app has no job {job!r}; it has {', '.join(sorted(kinds)) or 'none'}")
    return newest_first(
        context.api.list_job_invocations(id_of(app), [job]),
        lambda found: len(found) >= ENOUGH_ENDED and all(map(has_ended, found[-ENOUGH_ENDED:])),
    )


def require_invocation(context: Context, app: App, invocation_id: str, job: str | None) -> JobInvocation:
    """The run with this id, of the job or (None) of any job of the app. Raises UsageError when there is none."""
    try:
        return context.api.get_job_invocation(id_of(app), invocation_id, job)
    except (NotFoundError, InvalidRequestError) as error:
        owner = f"the job {job}" if job else f"the app {name_of(app)}"
        raise UsageError(f"invocation_id: {owner} has no run {invocation_id!r}") from error


def _cancel_one(watch: Watch, app: App, one: JobInvocation) -> JobInvocation | None:
    """The run that is being canceled; None if it ended by itself at that moment."""
    invocation_id, job = str(one.get("id")), str(one.get("job_name") or "") or None
    try:
        canceled = _request_cancel(watch, app, invocation_id, job)
    except (InvalidRequestError, ConflictError):
        if not has_ended(watch.api.get_job_invocation(id_of(app), invocation_id, job)):
            raise
        return None
    return None if has_ended(canceled) and canceled.get("phase") != "CANCELED" else canceled


def _request_cancel(watch: Watch, app: App, invocation_id: str, job: str | None) -> JobInvocation:
    """The response to the cancellation. If it is lost, the run is read, and canceled again if needed (idempotent)."""
    try:
        return watch.api.cancel_job_invocation(id_of(app), invocation_id, job)
    except AppPlatformError as error:
        if not error.maybe_applied:
            raise
    invocation = watch.api.get_job_invocation(id_of(app), invocation_id, job)
    return invocation if has_ended(invocation) else watch.api.cancel_job_invocation(id_of(app), invocation_id, job)


def _wait_for_end(watch: Watch, app: App, one: JobInvocation) -> JobInvocation:
    """The run once it has ended. Raises AppPlatformError (wait_timeout)."""
    polling = Polling(watch)
    invocation_id, job = str(one.get("id")), str(one.get("job_name") or "") or None
    while watch.options.wait and not has_ended(one):
        if not polling.pause():
            invocation = invocation_summary(one, secret_keys(require_spec(app)))
            raise AppPlatformError(
                f"The run {invocation_id} of {job} was canceled, and is still {one.get('phase')} after "
                f"{polling.elapsed:.0f} s. It ends by itself; a larger wait_timeout waits longer.",
                code="wait_timeout",
                details={"app_id": id_of(app), "changed": True, "invocations": [invocation]},
            )
        one = polling.read(lambda: watch.api.get_job_invocation(id_of(app), invocation_id, job)) or one
    return one


FILTERS = ("jobs", "deployment_id", "phases", "triggers", "since", "max_age")


def read_runs(params: dict[str, Any], context: Context) -> dict[str, Any]:
    """The runs that the options select, and the age of each job's last success."""
    _check_filters(params)
    app = require_app(context, params)
    spec = spec_of(app) or {}
    context.register_secrets(spec)
    now = context.clock.now()
    if params["invocation_id"]:
        found = [_get_run(context, id_of(app), params["invocation_id"])]
        return _result(found, _successes({str(one.get("job_name")): [one] for one in found}, now), spec)
    runs = {job: _runs(params, context, id_of(app), job) for job in _jobs(params, spec)}
    selected = [one for of_job in runs.values() for one in _selected_runs(of_job, params, now)]
    result = _result(selected, _successes(runs, now), spec)
    limit = parse_duration(params["max_age"])
    stale = [staleness(job, of_job, limit, now) for job, of_job in runs.items()] if limit is not None else []
    problems = [one for one in stale if one]
    if problems:
        raise AppPlatformError(f"max_age: {'. '.join(problems)}.", code="job_stale", details=result)
    return result


def _check_filters(params: dict[str, Any]) -> None:
    problems = [
        f"{name}: {params[name]!r} is not a length of time; give one such as 26h or 90m"
        for name in ("since", "max_age")
        if params[name] is not None and not parse_duration(params[name])
    ]
    if params["limit"] < 1:
        problems.append(f"limit: {params['limit']} is not possible; give 1 or more")
    if params["invocation_id"]:
        problems += [f"{name}: goes not with invocation_id, which names one run" for name in FILTERS if params[name]]
    if problems:
        raise UsageError(problems)


def _jobs(params: dict[str, Any], spec: Spec) -> list[str]:
    if params["jobs"] is None:
        return jobs_of_kind(spec, SCHEDULED)
    kinds = job_kinds(spec)
    scheduled = ", ".join(jobs_of_kind(spec, SCHEDULED)) or "none"
    problems = []
    for name in params["jobs"]:
        if name not in kinds:
            problems.append(f"jobs: this app has no job {name!r}; its scheduled jobs: {scheduled}")
        elif kinds[name] != SCHEDULED:
            problems.append(
                f"jobs: {name} is {kinds[name]} and runs in deployments, which app_deployment_info shows; scheduled "
                f"jobs: {scheduled}"
            )
    if problems:
        raise UsageError(problems)
    return list(dict.fromkeys(params["jobs"]))


def _get_run(context: Context, app_id: str, invocation_id: str) -> JobInvocation:
    try:
        return context.api.get_job_invocation(app_id, invocation_id)
    except (NotFoundError, InvalidRequestError) as error:
        raise UsageError(f"invocation_id: this app has no run {invocation_id!r} of a job") from error


def _runs(params: dict[str, Any], context: Context, app_id: str, job: str) -> list[JobInvocation]:
    """The runs of a job, newest first, as many as the result needs."""
    now = context.clock.now()

    def enough(found: Any) -> bool:
        if last_success(found) is None:
            return False
        since = parse_duration(params["since"])
        last = age_seconds(parse_time(found[-1].get("created_at")), now)
        too_old = since is not None and last is not None and last > since
        return too_old or len(_selected_runs(found, params, now)) >= params["limit"]

    return newest_first(context.api.list_job_invocations(app_id, [job], params["deployment_id"]), enough)


def _selected_runs(runs: Any, params: dict[str, Any], now: Any) -> list[JobInvocation]:
    phases, triggers, since = params["phases"], params["triggers"], parse_duration(params["since"])

    def fits(one: JobInvocation) -> bool:
        age = age_seconds(parse_time(one.get("created_at")), now)
        return (
            (phases is None or one.get("phase") in phases)
            and (triggers is None or trigger_of(one) in triggers)
            and (since is None or (age is not None and age <= since))
        )

    return [one for one in runs if fits(one)][: params["limit"]]


def _successes(runs: dict[str, list[JobInvocation]], now: Any) -> dict[str, Any]:
    found = {job: last_success(of_job) for job, of_job in runs.items()}
    return {
        job: None if at is None else {"at": at.isoformat(), "age": age_seconds(at, now)} for job, at in found.items()
    }


def _result(found: list[JobInvocation], successes: dict[str, Any], spec: Spec) -> dict[str, Any]:
    ordered = sorted(found, key=lambda one: str(one.get("created_at") or ""), reverse=True)
    keys = secret_keys(spec)
    return {
        "changed": False,
        "invocations": [invocation_summary(one, keys) for one in ordered],
        "last_success": successes,
    }
