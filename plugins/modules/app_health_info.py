#!/usr/bin/python
# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: app_health_info
short_description: Read the health of an app of DigitalOcean App Platform
version_added: 1.0.0
author: oceanops.app_platform contributors (@oceanops)
description:
  - Reads how the services, workers and functions of an app are at this moment, such as how many instances of a component
    are ready, and what they use.
  - It can also be a gate, with O(fail_if_unhealthy).
extends_documentation_fragment:
  - oceanops.app_platform.app_selector
  - oceanops.app_platform.api
  - oceanops.app_platform.attributes
  - oceanops.app_platform.attributes.info
options:
  components:
    description:
      - Only these components. The task fails if the app does not have one of them.
      - Without it, all are read.
    type: list
    elements: str
  fail_if_unhealthy:
    description:
      - Whether the task fails if a component is unhealthy, see RV(unhealthy). The result is the same.
    type: bool
    default: false
notes:
  - Jobs and static sites have no health. How runs of jobs ended is told by M(oceanops.app_platform.app_job_invocation_info)
    and M(oceanops.app_platform.app_deployment_info).
seealso:
  - module: oceanops.app_platform.app_instance_info
  - module: oceanops.app_platform.app_restart
"""

EXAMPLES = r"""
- name: Read the health of an app
  oceanops.app_platform.app_health_info:
    app: shop
  register: health

- name: Say what is wrong
  ansible.builtin.debug:
    var: health.unhealthy

- name: Wait until all instances of the service are ready
  oceanops.app_platform.app_health_info:
    app: shop
    components:
      - web
    fail_if_unhealthy: true
  register: web
  until: web is success
  retries: 10
"""

RETURN = r"""
components:
  description: Services and workers, sorted by their names.
  returned: success
  type: list
  elements: dict
  contains:
    name:
      description: The name of the component.
      returned: always
      type: str
      sample: web
    state:
      description: V(HEALTHY), V(UNHEALTHY), or V(UNKNOWN) where the platform does not tell.
      returned: always
      type: str
      sample: HEALTHY
    replicas_desired:
      description: How many instances there should be.
      returned: always
      type: int
      sample: 2
    replicas_ready:
      description: How many of them are ready.
      returned: always
      type: int
      sample: 2
    cpu_usage_percent:
      description: What its instances use of their CPUs.
      returned: always
      type: float
      sample: 12.5
    memory_usage_percent:
      description: What its instances use of their memory.
      returned: always
      type: float
      sample: 48.1
functions_components:
  description: Components of functions, sorted by their names.
  returned: success
  type: list
  elements: dict
  contains:
    name:
      description: The name of the component.
      returned: always
      type: str
      sample: thumbnails
    functions_component_health_metrics:
      description: What was measured, as the API has it.
      returned: always
      type: list
      elements: dict
      sample: [{metric_label: activation_count, metric_value: 31.0, time_window: 1h}]
unhealthy:
  description:
    - The components that are unhealthy, and why. Those are components in the state V(UNHEALTHY), and components with fewer
      instances ready than there should be.
    - A service or worker without any measurement is one of them too, for example one that was never deployed.
  returned: success
  type: list
  elements: dict
  contains:
    name:
      description: The name of the component.
      returned: always
      type: str
      sample: web
    reason:
      description: Why it is here.
      returned: always
      type: str
      sample: 1 of 2 instances is ready
"""

from ansible_collections.oceanops.app_platform.plugins.module_utils._ansible.arguments import (
    API,
    SELECTOR,
    ArgumentSpec,
    merge,
)
from ansible_collections.oceanops.app_platform.plugins.module_utils._ansible.module import run_module
from ansible_collections.oceanops.app_platform.plugins.module_utils._ansible.operation import Operation
from ansible_collections.oceanops.app_platform.plugins.module_utils._resources.health import read_health

OPTIONS = ArgumentSpec(
    {
        "components": {"type": "list", "elements": "str"},
        "fail_if_unhealthy": {"type": "bool", "default": False},
    }
)
OPERATION = Operation(merge(SELECTOR, OPTIONS, API), read_health, display_only=True)


def main() -> None:
    run_module(OPERATION)


if __name__ == "__main__":
    main()
