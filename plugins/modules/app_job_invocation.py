#!/usr/bin/python
# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: app_job_invocation
short_description: Cancel a run of a scheduled job of a DigitalOcean App Platform app
version_added: 1.0.0
author: oceanops.app_platform contributors (@oceanops)
description:
  - Cancels a run of a scheduled job that is pending or running. One that has ended is no change.
  - The platform has no call to start a run; M(oceanops.app_platform.app_job_run) runs a job in another way.
extends_documentation_fragment:
  - oceanops.app_platform.app_selector
  - oceanops.app_platform.api
  - oceanops.app_platform.attributes
  - oceanops.app_platform.attributes.changes
options:
  job:
    description:
      - The name of the job.
    type: str
    required: true
  invocation_id:
    description:
      - The id of the run; every run of the job that has not ended if it is not given.
    type: str
  state:
    description:
      - V(canceled) is what the run is to be.
    type: str
    choices: [canceled]
    default: canceled
"""

EXAMPLES = r"""
- name: Stop the report before the database is moved
  oceanops.app_platform.app_job_invocation:
    app: shop
    job: nightly-report
    state: canceled
"""

RETURN = r"""
invocations:
  description: The runs that were canceled; in check mode those that would be.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: Its id.
      returned: always
      type: str
      sample: ba32b134-569c-4c0d-ba02-8ffdb0492ece
    job_name:
      description: The job.
      returned: always
      type: str
      sample: nightly-report
    deployment_id:
      description: The deployment whose image and variables it had.
      returned: always
      type: str
      sample: 9a1b3c5d-0f3a-4c27-9b7e-1f0c6ad7e6a2
    phase:
      description: C(PENDING), C(RUNNING), C(SUCCEEDED), C(FAILED), C(CANCELED) or C(SKIPPED).
      returned: always
      type: str
      sample: SUCCEEDED
    trigger:
      description: C(SCHEDULED), or C(MANUAL) for one that a person started in the control panel.
      returned: always
      type: str
      sample: SCHEDULED
    created_at:
      description: When it was made.
      returned: always
      type: str
      sample: "2026-03-02T05:00:00Z"
    started_at:
      description: When it started.
      returned: always
      type: str
      sample: "2026-03-02T05:00:04Z"
    completed_at:
      description: When it ended.
      returned: always
      type: str
      sample: "2026-03-02T05:00:40Z"
    duration:
      description: Seconds that it took; V(null) while it runs.
      returned: always
      type: float
      sample: 36.0
    reason:
      description: Why it failed, where the platform tells.
      returned: always
      type: dict
      sample: null
failure:
  description: What went wrong, for programs.
  returned: failure
  type: dict
  contains:
    code:
      description: A word for the kind of failure, such as V(usage), V(app_not_found) or V(deployment_failed).
      returned: always
      type: str
      sample: deployment_failed
    message:
      description: The same as the task's message.
      returned: always
      type: str
      sample: "Deployment 9a1b3c5d of app shop failed: job migrate (PRE_DEPLOY) exited with status 1."
    status:
      description: The HTTP status of the call that failed.
      returned: always
      type: int
      sample: null
    request_id:
      description: The platform's id of that call, which its support asks for.
      returned: always
      type: str
      sample: null
    method:
      description: Its method.
      returned: always
      type: str
      sample: null
    path:
      description: Its path.
      returned: always
      type: str
      sample: null
"""

from typing import Any

from ..module_utils._apps import JobInvocation
from ..module_utils._arguments import API, SELECTOR, ArgumentSpec, merge
from ..module_utils._deployments import id_of, spec_of
from ..module_utils._edits import find_component
from ..module_utils._errors import InvalidRequestError, NotFoundError, UsageError
from ..module_utils._invocations import is_over, summary
from ..module_utils._operation import Context, Operation, run_module
from ..module_utils._selector import require_app
from ..module_utils._showing import learn

OPTIONS = ArgumentSpec(
    {
        "job": {"type": "str", "required": True},
        "invocation_id": {"type": "str"},
        "state": {"type": "str", "choices": ["canceled"], "default": "canceled"},
    }
)


def run(params: dict[str, Any], context: Context) -> dict[str, Any]:
    """Cancel what has not ended."""
    app = require_app(context, params)
    learn(context.register, spec_of(app) or {})
    running = [one for one in _named(params, context, app) if not is_over(one)]
    if not context.check_mode:
        running = [done for one in running if (done := _cancel(context, id_of(app), params["job"], one)) is not None]
    return {"changed": bool(running), "invocations": [summary(one) for one in running]}


def _named(params: dict[str, Any], context: Context, app: dict[str, Any]) -> list[JobInvocation]:
    if params["invocation_id"]:
        try:
            return [context.api.get_job_invocation(id_of(app), params["invocation_id"], params["job"])]
        except NotFoundError:
            pass
        raise UsageError(f"invocation_id: the job {params['job']} has no run {params['invocation_id']}")
    if find_component(spec_of(app) or {}, "jobs", params["job"]) is None:
        names = ", ".join(str(one.get("name")) for one in (spec_of(app) or {}).get("jobs") or ()) or "none"
        raise UsageError(f"job: this app has no job {params['job']!r}; it has {names}")
    return list(context.api.list_job_invocations(id_of(app), [params["job"]]))


def _cancel(context: Context, app_id: str, job: str, one: JobInvocation) -> JobInvocation | None:
    """The run as it is canceled; None if it ended by itself at that moment."""
    invocation_id = str(one.get("id"))
    try:
        return context.api.cancel_job_invocation(app_id, invocation_id, job)
    except InvalidRequestError as error:
        refused = error
    if is_over(context.api.get_job_invocation(app_id, invocation_id, job)):
        return None
    raise refused


OPERATION = Operation(merge(SELECTOR, OPTIONS, API), run)


def main() -> None:
    run_module(OPERATION)


if __name__ == "__main__":
    main()
