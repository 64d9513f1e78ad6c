#!/usr/bin/python
# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: app_event_info
short_description: Read what happened to an app of DigitalOcean App Platform
version_added: 1.0.0
author: oceanops.app_platform contributors (@oceanops)
description:
  - Reads the events of an app, the newest first. These are its deployments, and what the autoscaler did to the number of its
    instances.
extends_documentation_fragment:
  - oceanops.app_platform.app_selector
  - oceanops.app_platform.api
  - oceanops.app_platform.attributes
  - oceanops.app_platform.attributes.info
options:
  types:
    description:
      - Only events of these types. Without it, all are read.
    type: list
    elements: str
    choices: [DEPLOYMENT, AUTOSCALING]
  limit:
    description:
      - How many events are read at most, 1 or more.
    type: int
    default: 20
seealso:
  - module: oceanops.app_platform.app_deployment_info
"""

EXAMPLES = r"""
- name: Read the last events of an app
  oceanops.app_platform.app_event_info:
    app: shop
  register: history

- name: Say what happened
  ansible.builtin.debug:
    msg: "{{ item.created_at }} {{ item.type }} {{ item.deployment.cause | default('') }}"
  loop: "{{ history.events }}"
  loop_control:
    label: "{{ item.id }}"

- name: Read what the autoscaler did last
  oceanops.app_platform.app_event_info:
    app: shop
    types:
      - AUTOSCALING
    limit: 1
"""

RETURN = r"""
events:
  description: The events, the newest first.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: The id of the event.
      returned: always
      type: str
      sample: 7d3c1a52-6f0e-4f0b-8f57-3c2b1a0e9d8c
    type:
      description: V(DEPLOYMENT) or V(AUTOSCALING).
      returned: always
      type: str
      sample: AUTOSCALING
    created_at:
      description: When it happened.
      returned: always
      type: str
      sample: "2026-03-02T10:11:12Z"
    deployment_id:
      description: The deployment; of an V(AUTOSCALING) event, the one that was scaled.
      returned: always
      type: str
      sample: 3aa4d20e-5527-4c00-b496-601fbd22520a
    deployment:
      description:
        - The deployment in short. M(oceanops.app_platform.app_deployment_info) reads all of it.
      returned: when the platform tells it
      type: dict
      contains:
        id:
          description: Its id.
          returned: always
          type: str
          sample: 3aa4d20e-5527-4c00-b496-601fbd22520a
        phase:
          description: Its phase.
          returned: always
          type: str
          sample: ACTIVE
        cause:
          description: Why it was made.
          returned: always
          type: str
          sample: app spec updated
    autoscaling:
      description:
        - How an V(AUTOSCALING) event goes on (RV(ignore:phase)), and for each component the number of instances before
          and after, and what was the reason.
      returned: for an V(AUTOSCALING) event
      type: dict
      sample:
        phase: SUCCEEDED
        components:
          web: {from: 1, to: 3, triggering_metric: cpu}
"""

from ansible_collections.oceanops.app_platform.plugins.module_utils._ansible.arguments import (
    API,
    SELECTOR,
    ArgumentSpec,
    merge,
)
from ansible_collections.oceanops.app_platform.plugins.module_utils._ansible.module import run_module
from ansible_collections.oceanops.app_platform.plugins.module_utils._ansible.operation import Operation
from ansible_collections.oceanops.app_platform.plugins.module_utils._resources.events import read_events

OPTIONS = ArgumentSpec(
    {
        "types": {"type": "list", "elements": "str", "choices": ["DEPLOYMENT", "AUTOSCALING"]},
        "limit": {"type": "int", "default": 20},
    }
)
OPERATION = Operation(merge(SELECTOR, OPTIONS, API), read_events, display_only=True)


def main() -> None:
    run_module(OPERATION)


if __name__ == "__main__":
    main()
