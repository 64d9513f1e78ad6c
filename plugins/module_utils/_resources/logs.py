# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.

"""The module app_log_info: logs and their lines (API reference 7). Missing logs are never an error."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from .._ansible.context import Context
from .._ansible.find_app import require_app
from .._api.errors import UsageError
from .._deployments.deployment import deployment_in, id_of, name_of, phase_of, require_spec, spec_of
from .._deployments.log_tail import read_tail
from .._edit.declaration import component_names
from .._jobs.invocations import newest_invocation
from .._spec.job_kind import SCHEDULED, job_kinds, jobs_of_kind
from .._spec.secret_fields import secret_keys
from .._types.api_objects import App, Deployment, JobInvocation
from .deployment_actions import require_deployment
from .job_invocation import require_invocation

LOG_TYPES = ("BUILD", "DEPLOY", "RUN", "RUN_RESTARTED", "JOB_INVOCATION")
#: Logs of a deployment while it is built and deployed; the other types are logs of what runs.
DEPLOYMENT_LOG_TYPES = frozenset({"BUILD", "DEPLOY"})
#: The largest number of lines that can be asked for; at most 64 KiB of a file are read in any case.
MAX_LINES = 10_000


@dataclass(frozen=True)
class LogSource:
    """One log. ``component``: None for all of them. ``phase``: of its deployment or run, where known."""

    type: str
    component: str | None = None
    deployment_id: str | None = None
    invocation_id: str | None = None
    phase: str | None = None
    #: Why there is no log; None: it can be read.
    missing: str | None = None


def deployment_sources(
    context: Context, app: App, log_type: str, components: Sequence[str], deployment_id: str | None
) -> list[LogSource]:
    """The logs of one deployment: the one named, else the newest one, or for RUN and RUN_RESTARTED the active one.

    Raises UsageError when there is no such deployment or component.
    """
    if deployment_id:
        deployment: Deployment | None = require_deployment(context, app, deployment_id)
    elif log_type in DEPLOYMENT_LOG_TYPES:
        deployment = next(context.api.list_deployments(id_of(app), per_page=1), None)
    else:
        deployment = deployment_in(app, "active_deployment")
    _check(components, component_names(spec_of(deployment) or spec_of(app) or {}), name_of(app))
    names: Sequence[str | None] = components or [None]
    if deployment is None:
        missing = "the app has no deployment yet" if log_type in DEPLOYMENT_LOG_TYPES else "nothing of the app runs yet"
        return [LogSource(log_type, one, missing=missing) for one in names]
    return [LogSource(log_type, one, deployment_id=id_of(deployment), phase=phase_of(deployment)) for one in names]


def invocation_sources(context: Context, app: App, jobs: Sequence[str], invocation_id: str | None) -> list[LogSource]:
    """The log of the named run of a job, else of the newest run of each of the jobs (default: all scheduled ones).

    Raises UsageError when there is no such run or job.
    """
    kinds = job_kinds(spec_of(app))
    if invocation_id:
        return [_of_run(require_invocation(context, app, invocation_id, jobs[0] if jobs else None))]
    # Runs of a job that is no longer in the spec are found only by their id.
    _check(jobs, set(kinds), name_of(app), what="job")
    found = []
    for job in jobs or jobs_of_kind(spec_of(app), SCHEDULED):
        run = newest_invocation(context.api.list_job_invocations(id_of(app), [job]))
        if run is not None:
            found.append(replace(_of_run(run), component=job))
        elif kinds.get(job) == SCHEDULED:
            found.append(LogSource("JOB_INVOCATION", job, missing="the job has not run yet"))
        else:
            missing = f"the job is {kinds.get(job)} and runs in deployments, whose type of logs is DEPLOY"
            found.append(LogSource("JOB_INVOCATION", job, missing=missing))
    return found


def read_log(context: Context, app: App, source: LogSource, lines: int) -> dict[str, Any]:
    """``{component, type, deployment_id, invocation_id, phase, text, lines, note}``, masked."""
    found: list[str] = []
    note = source.missing
    if note is None:
        watch = context.watch()
        watch = replace(watch, options=replace(watch.options, log_lines=lines))
        # Without the spec it is not known which envs are secret.
        keys = secret_keys(require_spec(app))
        found, note = read_tail(watch, lambda: _ask(context, id_of(app), source, lines), keys)
    return {
        "component": source.component,
        "type": source.type,
        "deployment_id": source.deployment_id,
        "invocation_id": source.invocation_id,
        "phase": source.phase,
        "text": "\n".join(found),
        "lines": found,
        "note": note,
    }


def _ask(context: Context, app_id: str, source: LogSource, lines: int) -> Mapping[str, Any]:
    if source.invocation_id is not None:
        return context.api.get_job_invocation_logs(app_id, str(source.component), source.invocation_id, lines)
    return context.api.get_logs(
        app_id,
        deployment_id=source.deployment_id,
        component=source.component,
        type=source.type,
        tail_lines=lines,
    )


def _check(names: Sequence[str], known_names: set[str], app: str, what: str = "component") -> None:
    missing = [name for name in names if name not in known_names]
    if missing:
        known = ", ".join(sorted(known_names)) or "none"
        raise UsageError([f"components: {app} has no {what} {name!r}; it has {known}" for name in missing])


def _of_run(run: JobInvocation) -> LogSource:
    return LogSource(
        "JOB_INVOCATION",
        str(run.get("job_name") or ""),
        deployment_id=run.get("deployment_id"),
        invocation_id=str(run.get("id")),
        phase=str(run.get("phase") or "UNKNOWN"),
    )


def read_logs(params: dict[str, Any], context: Context) -> dict[str, Any]:
    """The logs that the options select."""
    _check_options(params)
    app = require_app(context, params)
    context.register_secrets(spec_of(app) or {})
    components = list(dict.fromkeys(params["components"] or ()))
    if params["type"] == "JOB_INVOCATION":
        sources = invocation_sources(context, app, components, params["invocation_id"])
    else:
        sources = deployment_sources(context, app, params["type"], components, params["deployment_id"])
    return {"changed": False, "logs": [read_log(context, app, one, params["tail_lines"]) for one in sources]}


def _check_options(params: dict[str, Any]) -> None:
    problems = []
    of_runs = params["type"] == "JOB_INVOCATION"
    if not 1 <= params["tail_lines"] <= MAX_LINES:
        problems.append(f"tail_lines: {params['tail_lines']} is not possible; give 1 to {MAX_LINES}")
    if params["invocation_id"] and not of_runs:
        problems.append(f"invocation_id: belongs to the type JOB_INVOCATION, not to {params['type']}")
    if params["deployment_id"] and of_runs:
        problems.append("deployment_id: goes not with the type JOB_INVOCATION; name a run by its invocation_id")
    if params["invocation_id"] and len(params["components"] or ()) > 1:
        problems.append("components: invocation_id is a run of one job; name that one, or none")
    if problems:
        raise UsageError(problems)
