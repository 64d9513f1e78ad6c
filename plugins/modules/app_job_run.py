#!/usr/bin/python
# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: app_job_run
short_description: Run a job of a DigitalOcean App Platform app once, now
version_added: 1.0.0
author: oceanops.app_platform contributors (@oceanops)
description:
  - Runs a job of any kind once, with the image, the variables and the size that it has in the app, waits for it, and
    returns how it ended and its log.
  - The platform's API has no call to run a job. So the task adds a copy of the job to the app, of the kind
    C(PRE_DEPLOY) and with the name C(JOB-run-XXXX), which runs in the deployment that this makes. Then it takes the
    copy out again, on top of whatever others have changed meanwhile, also if the job fails or the play is interrupted.
    A copy that a killed run left behind is taken out by the next run.
  - "This has a cost: two deployments, in each of which every C(PRE_DEPLOY) and C(POST_DEPLOY) job of the app runs and
    the containers are replaced. Each counts among the ten that the platform can roll back to."
  - If another deployment takes the place of the first one while the job runs, it runs again in that. It must bear that,
    as every deploy job must.
  - Runs in one app take turns.
extends_documentation_fragment:
  - oceanops.app_platform.app_selector
  - oceanops.app_platform.following
  - oceanops.app_platform.api
  - oceanops.app_platform.attributes
  - oceanops.app_platform.attributes.changes
options:
  job:
    description:
      - The name of the job to run.
    type: str
    required: true
  run_command:
    description:
      - Another command for this run.
    type: str
  envs:
    description:
      - Variables for this run, beside those of the job or in their place.
    type: list
    elements: dict
    suboptions:
      key:
        description:
          - The name of the variable.
        type: str
      value:
        description:
          - The value. Numbers and booleans become text as YAML writes them.
        type: raw
      scope:
        description:
          - When it is set, C(RUN_TIME), C(BUILD_TIME) or, by default, C(RUN_AND_BUILD_TIME).
        type: str
      type:
        description:
          - C(GENERAL), by default, or C(SECRET).
        type: str
  timeout:
    description:
      - How long the run may take, such as V(45m), in place of the job's own limit. The platform ends a run after 30
        minutes if neither is given.
    type: str
  instance_size_slug:
    description:
      - A size for this run.
    type: str
  newest_image:
    description:
      - Which image runs if the job has one by a tag. V(false) is the one that the app was deployed with, V(true) the
        one that the tag names now.
      - A job that is built from a repository is built for each run, from the newest commit of its branch.
    type: bool
    default: false
  wait_for_restore:
    description:
      - Whether to wait for the second deployment, too, by which the app is again what it was.
      - The first one is always waited for.
    type: bool
    default: true
attributes:
  idempotent:
    support: none
    details:
      - Every run runs the job and makes two deployments.
  diff_mode:
    support: none
    details:
      - The spec is the same before and after the task.
seealso:
  - module: oceanops.app_platform.app_job
  - module: oceanops.app_platform.app_job_invocation_info
"""

EXAMPLES = r"""
- name: Fill in what the new column needs, once
  oceanops.app_platform.app_job_run:
    app: shop
    job: migrate
    run_command: python manage.py fill_prices
    envs:
      - key: BATCH
        value: 500
    timeout: 45m
  register: filled

- name: What it said
  ansible.builtin.debug:
    msg: "{{ filled.run.log }}"

- name: The nightly report, now
  oceanops.app_platform.app_job_run:
    app: shop
    job: nightly-report
    wait_for_restore: false
"""

RETURN = r"""
run:
  description: The run; V(null) in check mode, and if it did not come to one.
  returned: always
  type: dict
  contains:
    job:
      description: The job that was run.
      returned: always
      type: str
      sample: migrate
    name:
      description: The name of the copy.
      returned: always
      type: str
      sample: migrate-run-4f1c
    status:
      description:
        - How it ended, in the words of RV(oceanops.app_platform.app#module:deployment.jobs). V(SUCCESS) is good, V(ERROR)
          is not.
      returned: always
      type: str
      sample: SUCCESS
    duration:
      description: Seconds that it took.
      returned: always
      type: float
      sample: 12.5
    reason:
      description: Why it failed, as code and message.
      returned: always
      type: dict
      sample: null
    exit_code:
      description: With what it exited when it failed, where the platform or the log tells.
      returned: always
      type: int
      sample: null
    log:
      description: The last lines of its log, O(log_lines) of them.
      returned: always
      type: list
      elements: str
      sample: ["migrate-run-4f1c 2026-03-02T09:30:12Z filled 1200 prices"]
    log_note:
      description: Why there are no lines.
      returned: always
      type: str
      sample: null
restored:
  description: Whether the copy is out of the app again.
  returned: always
  type: bool
  sample: true
restore_deployment:
  description:
    - The second deployment, without the copy, with the keys of RV(oceanops.app_platform.app#module:deployment).
      V(null) if there is none.
  returned: always
  type: dict
  sample: {id: 5e0d9c1a-6f0e-4d3e-8a7c-2b9d1f4e6a70, phase: ACTIVE}
app:
  description:
    - The app after the task, in check mode as it is, with the keys of RV(oceanops.app_platform.app#module:app).
  returned: success
  type: dict
  sample: {name: shop, id: 2f5c7f0e-6f0b-4b1e-9a4b-8b6e3f1d9c55}
deployment:
  description:
    - The deployment in which the job ran, with the keys of RV(oceanops.app_platform.app#module:deployment). V(null)
      in check mode.
  returned: always
  type: dict
  sample: {phase: ACTIVE, cause: app spec updated, duration: 94.0}
failure:
  description:
    - What went wrong, for programs, with the keys of RV(oceanops.app_platform.app#module:failure). Its code is
      V(usage), V(deployment_failed), V(job_run_busy), V(interrupted) or V(job_run_not_restored), for example.
  returned: failure
  type: dict
  sample: {code: deployment_failed}
"""

from ansible_collections.oceanops.app_platform.plugins.module_utils._ansible.arguments import (
    API,
    SELECTOR,
    ArgumentSpec,
    merge,
)
from ansible_collections.oceanops.app_platform.plugins.module_utils._ansible.module import run_module
from ansible_collections.oceanops.app_platform.plugins.module_utils._ansible.operation import Operation
from ansible_collections.oceanops.app_platform.plugins.module_utils._ansible.spec_arguments import component_options
from ansible_collections.oceanops.app_platform.plugins.module_utils._jobs.temporary_job import OVERRIDES as CHANGES
from ansible_collections.oceanops.app_platform.plugins.module_utils._resources.deployment_actions import FOLLOW_OPTIONS
from ansible_collections.oceanops.app_platform.plugins.module_utils._resources.job_run import run_job

_JOB = component_options("jobs")
OPTIONS = ArgumentSpec(
    {
        "job": {"type": "str", "required": True},
        **{name: _JOB[name] for name in (*CHANGES, "envs")},
        "newest_image": {"type": "bool", "default": False},
        "wait_for_restore": {"type": "bool", "default": True},
    }
)
OPERATION = Operation(merge(SELECTOR, OPTIONS, FOLLOW_OPTIONS, API), run_job)


def main() -> None:
    run_module(OPERATION)


if __name__ == "__main__":
    main()
