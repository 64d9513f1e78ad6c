#!/usr/bin/python
# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: app_job_invocation_info
short_description: Read the runs of scheduled jobs of a DigitalOcean App Platform app
version_added: 1.0.0
author: oceanops.app_platform contributors (@oceanops)
description:
  - Reads when scheduled jobs ran and how that ended, the newest run first.
  - Says how long ago the last success is, and fails on request if it is too long ago, which makes a check for monitoring.
  - Jobs of other kinds run in deployments; M(oceanops.app_platform.app_deployment_info) tells of them.
extends_documentation_fragment:
  - oceanops.app_platform.app_selector
  - oceanops.app_platform.api
  - oceanops.app_platform.attributes
  - oceanops.app_platform.attributes.info
options:
  jobs:
    description:
      - The names of the jobs; all scheduled jobs of the app if it is not given.
    type: list
    elements: str
  deployment_id:
    description:
      - Only runs with the image and the variables of this deployment.
    type: str
  phases:
    description:
      - Only runs in these phases, such as V(FAILED). RV(last_success_age) is not concerned by it.
    type: list
    elements: str
  limit:
    description:
      - How many runs are returned at most, for each job.
    type: int
    default: 20
  max_age:
    description:
      - Fail if the last success of one of the jobs is longer ago than this, such as V(26h), or if it never succeeded.
    type: str
"""

EXAMPLES = r"""
- name: How the nightly report went lately
  oceanops.app_platform.app_job_invocation_info:
    app: shop
    jobs: [nightly-report]
    limit: 5
  register: runs

- name: Say it
  ansible.builtin.debug:
    msg: "{{ runs.invocations | map(attribute='phase') | join(', ') }}"

- name: Be told when it did not succeed for more than a day
  oceanops.app_platform.app_job_invocation_info:
    app: shop
    jobs: [nightly-report]
    max_age: 26h
  register: check
  failed_when: false
"""

RETURN = r"""
invocations:
  description: The runs, the newest first.
  returned: always
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
last_success_age:
  description: For each job, the seconds since its last success; V(null) if there is none.
  returned: always
  type: dict
  sample: {nightly-report: 18040.0}
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
from ..module_utils._errors import AppPlatformError, UsageError
from ..module_utils._invocations import stale, success_age, summary
from ..module_utils._operation import Context, Operation, run_module
from ..module_utils._selector import require_app
from ..module_utils._showing import learn
from ..module_utils._spec._nodes import parse_duration

OPTIONS = ArgumentSpec(
    {
        "jobs": {"type": "list", "elements": "str"},
        "deployment_id": {"type": "str"},
        "phases": {"type": "list", "elements": "str"},
        "limit": {"type": "int", "default": 20},
        "max_age": {"type": "str"},
    }
)


def run(params: dict[str, Any], context: Context) -> dict[str, Any]:
    """The runs, and the age of each job's last success."""
    limit = _limit(params)
    app = require_app(context, params)
    spec = spec_of(app) or {}
    learn(context.register, spec)
    jobs = _jobs(params, spec)
    found = {job: _runs(context, id_of(app), job, params["deployment_id"]) for job in jobs}
    ages = {job: success_age(runs, context.clock.now()) for job, runs in found.items()}
    wanted = [one for runs in found.values() for one in _wanted(runs, params)]
    result = {
        "changed": False,
        "invocations": [summary(one) for one in sorted(wanted, key=_made, reverse=True)],
        "last_success_age": ages,
    }
    problems = stale(ages, limit) if limit is not None else []
    if problems:
        raise AppPlatformError(f"max_age: {'; '.join(problems)}.", code="job_stale", details=result)
    return result


def _limit(params: dict[str, Any]) -> float | None:
    problems = []
    seconds = parse_duration(params["max_age"])
    if params["max_age"] is not None and not seconds:
        problems.append(f"max_age: {params['max_age']!r} is not a length of time; give one such as 26h or 90m")
    if params["limit"] < 1:
        problems.append(f"limit: {params['limit']} is not possible; give 1 or more")
    if problems:
        raise UsageError(problems)
    return seconds


def _jobs(params: dict[str, Any], spec: dict[str, Any]) -> list[str]:
    there = {str(one.get("name")): str(one.get("kind")) for one in spec.get("jobs") or ()}
    if params["jobs"] is None:
        return [name for name, kind in there.items() if kind == "SCHEDULED"]
    problems = []
    for name in params["jobs"]:
        if name not in there:
            problems.append(f"jobs: this app has no job {name!r}; it has {', '.join(sorted(there)) or 'none'}")
        elif there[name] != "SCHEDULED":
            problems.append(
                f"jobs: {name} is {there[name]} and runs in deployments; only SCHEDULED jobs have such runs"
            )
    if problems:
        raise UsageError(problems)
    return list(dict.fromkeys(params["jobs"]))


def _runs(context: Context, app_id: str, job: str, deployment_id: str | None) -> list[JobInvocation]:
    return sorted(context.api.list_job_invocations(app_id, [job], deployment_id), key=_made, reverse=True)


def _wanted(runs: list[JobInvocation], params: dict[str, Any]) -> list[JobInvocation]:
    phases = params["phases"]
    return [one for one in runs if phases is None or one.get("phase") in phases][: params["limit"]]


def _made(invocation: JobInvocation) -> str:
    return str(invocation.get("created_at") or "")


OPERATION = Operation(merge(SELECTOR, OPTIONS, API), run)


def main() -> None:
    run_module(OPERATION)


if __name__ == "__main__":
    main()
