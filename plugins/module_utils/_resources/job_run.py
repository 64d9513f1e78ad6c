# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.

"""The module app_job_run: one run of a job now."""

from __future__ import annotations

from typing import Any

from .._ansible.context import Context
from .._ansible.find_app import require_app
from .._deployments.deployment import id_of, require_spec
from .._deployments.follow import check_not_pinned
from .._edit.converge import app_summary
from .._edit.plan import Plan
from .._jobs.job_run import JobRun, JobRunRequest
from .._jobs.temporary_job import OVERRIDES as CHANGES
from .._jobs.temporary_job import new_temporary_job
from .._system.locks import lock_domain


def run_job(params: dict[str, Any], context: Context) -> dict[str, Any]:
    """Run the job once by a temporary job, and remove that again."""
    app = require_app(context, params)
    spec = require_spec(app)
    context.register_secrets(spec)
    request = JobRunRequest(
        params["job"],
        new_temporary_job(params["job"], spec, lock_domain()),
        {name: params[name] for name in CHANGES if params[name] is not None},
        tuple({name: value for name, value in env.items() if value is not None} for env in params["envs"] or ()),
        params["newest_image"],
    )
    target = Plan(context, request.edit(app)).target(spec)
    context.register_secrets(target)
    check_not_pinned(app)
    job_run = JobRun(context, app, request, wait_for_restore=params["wait_for_restore"])
    if context.check_mode:
        context.api.propose(target, id_of(app))
        nothing = {"run": None, "deployment": None, "restored": True, "restore_deployment": None}
        return {"changed": True, "app": app_summary(app, spec), **nothing}
    return {"changed": True, **job_run.run()}
