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

from ansible_collections.oceanops.app_platform.plugins.module_utils._ansible.arguments import (
    API,
    SELECTOR,
    ArgumentSpec,
    merge,
)
from ansible_collections.oceanops.app_platform.plugins.module_utils._ansible.module import run_module
from ansible_collections.oceanops.app_platform.plugins.module_utils._ansible.operation import Operation
from ansible_collections.oceanops.app_platform.plugins.module_utils._jobs.invocations import PHASES
from ansible_collections.oceanops.app_platform.plugins.module_utils._resources.job_invocation import read_runs

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
OPERATION = Operation(merge(SELECTOR, OPTIONS, API), read_runs, display_only=True)


def main() -> None:
    run_module(OPERATION)


if __name__ == "__main__":
    main()
