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
  - Cancels runs of a scheduled job that are pending or running, and waits for their end. One that has ended is no
    change.
  - The platform has no call to start a run; M(oceanops.app_platform.app_job_run) runs a job in another way.
extends_documentation_fragment:
  - oceanops.app_platform.app_selector
  - oceanops.app_platform.api
  - oceanops.app_platform.attributes
  - oceanops.app_platform.attributes.changes
options:
  job:
    description:
      - The name of the job. Without O(invocation_id), every run of it that has not ended is meant. One of both is
        needed.
    type: str
  invocation_id:
    description:
      - The id of the one run that is meant.
    type: str
  state:
    description:
      - What the run is to be. The platform can do nothing else with one.
    type: str
    choices: [canceled]
    default: canceled
  wait:
    description:
      - Whether to wait until the run has ended. A job has some time to end by itself before it is killed.
    type: bool
    default: true
  wait_timeout:
    description:
      - Seconds to wait at most. The default is more than the longest grace period that a job can have.
    type: float
    default: 660.0
  wait_interval:
    description:
      - Seconds between two looks at the run, V(0.1) or more.
      - If it is not given, the interval grows from 1 to 10 seconds.
    type: float
attributes:
  idempotent:
    support: full
    details:
      - A second run finds none that is pending or running.
  diff_mode:
    support: none
    details:
      - The spec stays as it is.
seealso:
  - module: oceanops.app_platform.app_job_invocation_info
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
  description:
    - The runs that were canceled, in check mode those that would be, with the keys of
      RV(oceanops.app_platform.app_job_invocation_info#module:invocations).
  returned: success
  type: list
  elements: dict
  sample: [{job_name: nightly-report, phase: CANCELED, trigger: SCHEDULED}]
failure:
  description:
    - What went wrong, for programs, with the keys of RV(oceanops.app_platform.app#module:failure). Its code is
      V(usage), V(app_not_found) or V(wait_timeout), for example.
  returned: failure
  type: dict
  sample: {code: usage}
"""

from ansible_collections.oceanops.app_platform.plugins.module_utils._ansible.arguments import (
    API,
    SELECTOR,
    WAIT,
    ArgumentSpec,
    merge,
)
from ansible_collections.oceanops.app_platform.plugins.module_utils._ansible.module import run_module
from ansible_collections.oceanops.app_platform.plugins.module_utils._ansible.operation import Operation
from ansible_collections.oceanops.app_platform.plugins.module_utils._resources.job_invocation import cancel_runs

OPTIONS = ArgumentSpec(
    {
        "job": {"type": "str"},
        "invocation_id": {"type": "str"},
        "state": {"type": "str", "choices": ["canceled"], "default": "canceled"},
        "wait": WAIT.options["wait"],
        "wait_timeout": {"type": "float", "default": 660.0},
        "wait_interval": WAIT.options["wait_interval"],
    },
    required_one_of=(("job", "invocation_id"),),
)
OPERATION = Operation(merge(SELECTOR, OPTIONS, API), cancel_runs)


def main() -> None:
    run_module(OPERATION)


if __name__ == "__main__":
    main()
