#!/usr/bin/python
# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: app_log_info
short_description: Read logs of a DigitalOcean App Platform app
version_added: 1.0.0
author: oceanops.app_platform contributors (@oceanops)
description:
  - Reads the last lines of the logs of a deployment, of what runs, or of runs of scheduled jobs. Secrets that the task
    knows are masked in them; others may stand in them, so mind where the result goes.
  - The platform keeps the logs of builds and deployments for some time, and those of containers only while they run.
    That there are none is no failure; RV(logs[].note) says why.
  - A task that waits for a deployment reads the logs of what failed by itself.
extends_documentation_fragment:
  - oceanops.app_platform.app_selector
  - oceanops.app_platform.api
  - oceanops.app_platform.attributes
  - oceanops.app_platform.attributes.info
options:
  type:
    description:
      - V(BUILD) and V(DEPLOY) are the logs of a deployment while it is made, the newest one if O(deployment_id) is not
        given. The output of C(PRE_DEPLOY), C(POST_DEPLOY) and C(FAILED_DEPLOY) jobs is in V(DEPLOY).
      - V(RUN) is what the services and workers say that run now, or those of O(deployment_id).
      - V(RUN_RESTARTED) is the same of instances that crashed and were replaced.
      - V(JOB_INVOCATION) is the output of scheduled jobs, of the newest run of each if O(invocation_id) is not given.
    type: str
    choices: [BUILD, DEPLOY, RUN, RUN_RESTARTED, JOB_INVOCATION]
    default: RUN
  components:
    description:
      - The components whose logs are read, each on its own. If it is not given, all of them are read as one; with
        O(type=JOB_INVOCATION), those of every scheduled job on its own.
    type: list
    elements: str
    aliases: [component]
  deployment_id:
    description:
      - The id of a deployment. It goes not with O(type=JOB_INVOCATION).
    type: str
  invocation_id:
    description:
      - The id of a run of a scheduled job, for O(type=JOB_INVOCATION).
    type: str
  tail_lines:
    description:
      - How many of the last lines are read of each log, 1 to 10000. Of one log file, the last 64 KiB are read at most,
        and lines of more than 1000 characters are cut.
    type: int
    default: 200
seealso:
  - module: oceanops.app_platform.app_deployment_info
  - module: oceanops.app_platform.app_job_invocation_info
"""

EXAMPLES = r"""
- name: The last lines of the web service
  oceanops.app_platform.app_log_info:
    app: shop
    components: [web]
    tail_lines: 50
  register: web

- name: Show them
  ansible.builtin.debug:
    msg: "{{ web.logs[0].lines }}"

- name: What the migration said in the newest deployment
  oceanops.app_platform.app_log_info:
    app: shop
    type: DEPLOY
    components: [migrate]

- name: What the report said when it ran last
  oceanops.app_platform.app_log_info:
    app: shop
    type: JOB_INVOCATION
    components: [nightly-report]
"""

RETURN = r"""
logs:
  description: One for each of O(components), or one for all together.
  returned: success
  type: list
  elements: dict
  contains:
    component:
      description: Whose it is; V(null) for all together.
      returned: always
      type: str
      sample: nightly-report
    type:
      description: The type that was asked for.
      returned: always
      type: str
      sample: JOB_INVOCATION
    deployment_id:
      description: The deployment that it is of.
      returned: always
      type: str
      sample: 9a1b3c5d-0f3a-4c27-9b7e-1f0c6ad7e6a2
    invocation_id:
      description: The run of the job that it is of.
      returned: always
      type: str
      sample: ba32b134-569c-4c0d-ba02-8ffdb0492ece
    phase:
      description: Where this deployment or run stands.
      returned: always
      type: str
      sample: SUCCEEDED
    text:
      description: The lines in one text.
      returned: always
      type: str
      sample: "nightly-report 2026-03-02T05:00:10Z sent 3 reports"
    lines:
      description: The lines, each with the component and the time in front of it, as the platform writes them.
      returned: always
      type: list
      elements: str
      sample: ["nightly-report 2026-03-02T05:00:10Z sent 3 reports"]
    note:
      description: Why there are none, or that a part could not be read.
      returned: always
      type: str
      sample: null
failure:
  description:
    - What went wrong, for programs, with the keys of RV(oceanops.app_platform.app#module:failure). Its code is
      V(usage) or V(app_not_found), for example.
  returned: failure
  type: dict
  sample: {code: usage}
"""

from ansible_collections.oceanops.app_platform.plugins.module_utils._ansible.arguments import (
    API,
    SELECTOR,
    ArgumentSpec,
    merge,
)
from ansible_collections.oceanops.app_platform.plugins.module_utils._ansible.module import run_module
from ansible_collections.oceanops.app_platform.plugins.module_utils._ansible.operation import Operation
from ansible_collections.oceanops.app_platform.plugins.module_utils._resources.logs import LOG_TYPES, read_logs

OPTIONS = ArgumentSpec(
    {
        "type": {"type": "str", "choices": list(LOG_TYPES), "default": "RUN"},
        "components": {"type": "list", "elements": "str", "aliases": ["component"]},
        "deployment_id": {"type": "str"},
        "invocation_id": {"type": "str"},
        "tail_lines": {"type": "int", "default": 200},
    }
)
OPERATION = Operation(merge(SELECTOR, OPTIONS, API), read_logs, display_only=True)


def main() -> None:
    run_module(OPERATION)


if __name__ == "__main__":
    main()
