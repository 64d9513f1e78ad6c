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
  - Says how long ago the last success is, and fails on request if it is too long ago, which makes a check for
    monitoring.
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
  invocation_id:
    description:
      - The id of the one run that is wanted. It goes with no other filter.
    type: str
  deployment_id:
    description:
      - Only runs with the image and the variables of this deployment. RV(last_success) and O(max_age) go by these alone
        then.
    type: str
  phases:
    description:
      - Only runs in these phases. RV(last_success) and O(max_age) are not concerned by it.
    type: list
    elements: str
    choices: [PENDING, RUNNING, SUCCEEDED, FAILED, CANCELED, SKIPPED]
  triggers:
    description:
      - Only runs that were started by schedule, or by a person in the control panel. RV(last_success) and O(max_age)
        are not concerned by it.
    type: list
    elements: str
    choices: [SCHEDULED, MANUAL]
  since:
    description:
      - Only runs that were made within this time, such as V(24h). RV(last_success) and O(max_age) are not concerned by
        it.
    type: str
  limit:
    description:
      - How many runs are returned at most, for each job.
    type: int
    default: 20
  max_age:
    description:
      - Fail if the last success of one of the jobs is longer ago than this, such as V(26h), or if the platform
        remembers none. The failed result has all that a good one has.
      - Leave room for the run itself. For a job that runs each night, V(26h) is two hours more than its interval.
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

- name: What failed within the last day
  oceanops.app_platform.app_job_invocation_info:
    app: shop
    phases: [FAILED]
    since: 24h

- name: Be told when the report did not succeed for more than a day
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
  returned: success, and when O(max_age) is exceeded
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
    user:
      description: Who started a C(MANUAL) one.
      returned: always
      type: str
      sample: null
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
      description: Why it failed, as code and message, where the platform tells.
      returned: always
      type: dict
      sample: null
last_success:
  description: For each job, when its last successful run ended, and how many seconds ago that is. V(null) if there is none.
  returned: success, and when O(max_age) is exceeded
  type: dict
  sample: {nightly-report: {at: "2026-03-02T05:00:40+00:00", age: 18040.0}}
failure:
  description:
    - What went wrong, for programs, with the keys of RV(oceanops.app_platform.app#module:failure). Its code is
      V(usage), V(app_not_found) or V(job_stale), for example.
  returned: failure
  type: dict
  sample: {code: job_stale}
"""

from typing import Any

from ansible_collections.oceanops.app_platform.plugins.module_utils._ansible.arguments import (
    API,
    SELECTOR,
    ArgumentSpec,
    merge,
)
from ansible_collections.oceanops.app_platform.plugins.module_utils._ansible.context import Context
from ansible_collections.oceanops.app_platform.plugins.module_utils._ansible.find_app import require_app
from ansible_collections.oceanops.app_platform.plugins.module_utils._ansible.module import run_module
from ansible_collections.oceanops.app_platform.plugins.module_utils._ansible.operation import Operation
from ansible_collections.oceanops.app_platform.plugins.module_utils._api.errors import (
    AppPlatformError,
    InvalidRequestError,
    NotFoundError,
    UsageError,
)
from ansible_collections.oceanops.app_platform.plugins.module_utils._deployments.deployment import id_of, spec_of
from ansible_collections.oceanops.app_platform.plugins.module_utils._jobs.invocations import (
    PHASES,
    age_seconds,
    invocation_summary,
    last_success,
    newest_first,
    staleness,
    trigger_of,
)
from ansible_collections.oceanops.app_platform.plugins.module_utils._spec.job_kind import (
    SCHEDULED,
    job_kinds,
    jobs_of_kind,
)
from ansible_collections.oceanops.app_platform.plugins.module_utils._spec.nodes import parse_duration
from ansible_collections.oceanops.app_platform.plugins.module_utils._spec.secret_places import secret_keys
from ansible_collections.oceanops.app_platform.plugins.module_utils._system.clock import parse_time
from ansible_collections.oceanops.app_platform.plugins.module_utils._types.api_objects import JobInvocation, Spec

OPTIONS = ArgumentSpec(
    {
        "jobs": {"type": "list", "elements": "str"},
        "invocation_id": {"type": "str"},
        "deployment_id": {"type": "str"},
        "phases": {"type": "list", "elements": "str", "choices": list(PHASES)},
        "triggers": {"type": "list", "elements": "str", "choices": ["SCHEDULED", "MANUAL"]},
        "since": {"type": "str"},
        "limit": {"type": "int", "default": 20},
        "max_age": {"type": "str"},
    }
)
FILTERS = ("jobs", "deployment_id", "phases", "triggers", "since", "max_age")


def run(params: dict[str, Any], context: Context) -> dict[str, Any]:
    """The runs, and the age of each job's last success."""
    _check(params)
    app = require_app(context, params)
    spec = spec_of(app) or {}
    context.register_secrets(spec)
    now = context.clock.now()
    if params["invocation_id"]:
        found = [_one(context, id_of(app), params["invocation_id"])]
        return _result(found, _successes({str(one.get("job_name")): [one] for one in found}, now), spec)
    runs = {job: _runs(params, context, id_of(app), job) for job in _jobs(params, spec)}
    wanted = [one for of_job in runs.values() for one in _wanted(of_job, params, now)]
    result = _result(wanted, _successes(runs, now), spec)
    limit = parse_duration(params["max_age"])
    told = [staleness(job, of_job, limit, now) for job, of_job in runs.items()] if limit is not None else []
    problems = [one for one in told if one]
    if problems:
        raise AppPlatformError(f"max_age: {'. '.join(problems)}.", code="job_stale", details=result)
    return result


def _check(params: dict[str, Any]) -> None:
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
    there = ", ".join(jobs_of_kind(spec, SCHEDULED)) or "none"
    problems = []
    for name in params["jobs"]:
        if name not in kinds:
            problems.append(f"jobs: this app has no job {name!r}; its scheduled jobs: {there}")
        elif kinds[name] != SCHEDULED:
            problems.append(
                f"jobs: {name} is {kinds[name]} and runs in deployments, which app_deployment_info shows; scheduled "
                f"jobs: {there}"
            )
    if problems:
        raise UsageError(problems)
    return list(dict.fromkeys(params["jobs"]))


def _one(context: Context, app_id: str, invocation_id: str) -> JobInvocation:
    try:
        return context.api.get_job_invocation(app_id, invocation_id)
    except (NotFoundError, InvalidRequestError) as error:
        raise UsageError(f"invocation_id: this app has no run {invocation_id!r} of a job") from error


def _runs(params: dict[str, Any], context: Context, app_id: str, job: str) -> list[JobInvocation]:
    """As many runs of a job as it takes for the answer."""
    now = context.clock.now()

    def enough(found: Any) -> bool:
        if last_success(found) is None:
            return False
        since = parse_duration(params["since"])
        last = age_seconds(parse_time(found[-1].get("created_at")), now)
        too_old = since is not None and last is not None and last > since
        return too_old or len(_wanted(found, params, now)) >= params["limit"]

    return newest_first(context.api.list_job_invocations(app_id, [job], params["deployment_id"]), enough)


def _wanted(runs: Any, params: dict[str, Any], now: Any) -> list[JobInvocation]:
    phases, triggers, since = params["phases"], params["triggers"], parse_duration(params["since"])

    def fits(one: JobInvocation) -> bool:
        made = age_seconds(parse_time(one.get("created_at")), now)
        return (
            (phases is None or one.get("phase") in phases)
            and (triggers is None or trigger_of(one) in triggers)
            and (since is None or (made is not None and made <= since))
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


OPERATION = Operation(merge(SELECTOR, OPTIONS, API), run, only_shows=True)


def main() -> None:
    run_module(OPERATION)


if __name__ == "__main__":
    main()
