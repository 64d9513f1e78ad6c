#!/usr/bin/python
# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: app_alert
short_description: Manage an alert of a DigitalOcean App Platform app and who is told
version_added: 1.0.0
author: oceanops.app_platform contributors (@oceanops)
description:
  - Adds, changes or removes one alert of an app or of a component, and sets who is told of it. Other alerts stay.
  - The rule is a part of the app's spec, so changing it makes a deployment. The destinations are not, so changing only
    these makes none.
extends_documentation_fragment:
  - oceanops.app_platform.app_selector
  - oceanops.app_platform.wait
  - oceanops.app_platform.api
  - oceanops.app_platform.attributes
  - oceanops.app_platform.attributes.changes
options:
  component:
    description:
      - The component that is watched; the app itself if it is not given.
    type: str
  rule:
    description:
      - What is watched.
      - Of an app, V(DEPLOYMENT_FAILED), V(DEPLOYMENT_LIVE), V(DEPLOYMENT_STARTED), V(DEPLOYMENT_CANCELED),
        V(DOMAIN_FAILED), V(DOMAIN_LIVE), V(AUTOSCALE_FAILED) or V(AUTOSCALE_SUCCEEDED). These take no operator, value
        or window.
      - Of a service, worker or job, V(CPU_UTILIZATION) and V(MEM_UTILIZATION) in percent of what the size has, or
        V(RESTART_COUNT), a number of restarts.
      - Of a service, also V(REQUESTS_PER_SECOND), or V(REQUEST_DURATION_P95_MS), the milliseconds that 95 percent of
        the requests stay below.
      - Of a scheduled job, also V(JOB_INVOCATION_FAILED), which takes no operator, value or window.
      - Of functions, V(FUNCTIONS_ACTIVATION_COUNT) (calls), V(FUNCTIONS_AVERAGE_DURATION_MS) and
        V(FUNCTIONS_AVERAGE_WAIT_TIME_MS), V(FUNCTIONS_ERROR_COUNT), V(FUNCTIONS_ERROR_RATE_PER_MINUTE), or
        V(FUNCTIONS_GB_RATE_PER_SECOND), gigabytes of memory in use over time.
    type: str
    required: true
  state:
    description:
      - V(present) adds the alert, or changes what differs.
      - V(absent) removes it, and with it who is told.
    type: str
    choices: [present, absent]
    default: present
  disabled:
    description:
      - Whether the alert is switched off without being removed. Alerts are on by default.
    type: bool
  operator:
    description:
      - How the measured value compares when the alert goes off.
      - V(GREATER_THAN) or V(LESS_THAN) the O(value).
    type: str
  value:
    description:
      - The threshold, in the unit of the rule.
    type: float
  window:
    description:
      - The time over which it is measured.
      - V(FIVE_MINUTES), V(TEN_MINUTES), V(THIRTY_MINUTES) or V(ONE_HOUR).
    type: str
  emails:
    description:
      - The e-mail addresses that are told; they have to be those of members of the team. The list is whole, and V([])
        removes all. Without the option they stay as they are.
    type: list
    elements: str
  slack_webhooks:
    description:
      - The Slack channels that are told. The list is whole, and V([]) removes all. Without the option they stay as they
        are.
    type: list
    elements: dict
    suboptions:
      url:
        description:
          - The address of the webhook. Everybody who knows it can post there, so it is masked in results.
        type: str
        required: true
      channel:
        description:
          - The name of the channel, such as V(#shop).
        type: str
seealso:
  - module: oceanops.app_platform.app
  - module: oceanops.app_platform.app_job
  - name: Create alerts in App Platform
    description: What alerts are, in the platform's own manual.
    link: https://docs.digitalocean.com/products/app-platform/how-to/create-alerts/
"""

EXAMPLES = r"""
- name: The team is told of failed deployments
  oceanops.app_platform.app_alert:
    app: shop
    rule: DEPLOYMENT_FAILED
    emails: [oncall@example.com]

- name: And when the service is short of memory
  oceanops.app_platform.app_alert:
    app: shop
    component: web
    rule: MEM_UTILIZATION
    operator: GREATER_THAN
    value: 85
    window: TEN_MINUTES
    slack_webhooks:
      - url: "{{ vaulted_webhook | default('https://hooks.slack.com/services/T00/B00/from-a-vault') }}"
        channel: "#shop"

- name: And when the nightly report fails
  oceanops.app_platform.app_alert:
    app: shop
    component: nightly-report
    rule: JOB_INVOCATION_FAILED
    emails: [reports@example.com]

- name: Memory is plenty now
  oceanops.app_platform.app_alert:
    app: shop
    component: web
    rule: MEM_UTILIZATION
    state: absent
"""

RETURN = r"""
alert:
  description: The alert; V(null) if it is absent.
  returned: success
  type: dict
  contains:
    spec:
      description: The rule as the spec has it.
      returned: always
      type: dict
      sample: {rule: MEM_UTILIZATION, operator: GREATER_THAN, value: 85, window: TEN_MINUTES}
    emails:
      description: The addresses that are told; V(null) if the task does not mention destinations.
      returned: always
      type: list
      elements: str
      sample: [oncall@example.com]
    slack_webhooks:
      description: The channels that are told; V(null) if the task does not mention destinations.
      returned: always
      type: list
      elements: dict
      sample: []
app:
  description: The app after the task, with the keys of RV(oceanops.app_platform.app#module:app).
  returned: success
  type: dict
  sample: {name: shop, id: 2f5c7f0e-6f0b-4b1e-9a4b-8b6e3f1d9c55}
deployment:
  description:
    - The deployment that the task made or joined, with the keys of RV(oceanops.app_platform.app#module:deployment).
  returned: always
  type: dict
  sample: {phase: ACTIVE, cause: app spec updated, duration: 94.0}
conflict:
  description:
    - What is in the app in place of what the task declared, with the keys of
      RV(oceanops.app_platform.app#module:conflict).
  returned: failure, with the code V(concurrent_edit) or V(not_kept)
  type: dict
  sample: {there: {run_command: bin/old}, wanted: {run_command: bin/new}}
restored:
  description:
    - Whether the spec of the active deployment was put back, as RV(oceanops.app_platform.app#module:restored).
  returned: on failure, with O(on_failure=restore_spec)
  type: bool
  sample: true
failure:
  description: What went wrong, for programs, with the keys of RV(oceanops.app_platform.app#module:failure).
  returned: failure
  type: dict
  sample: {code: deployment_failed}
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
from ansible_collections.oceanops.app_platform.plugins.module_utils._resources.alert import converge_alert
from ansible_collections.oceanops.app_platform.plugins.module_utils._resources.component import STATE

OPTIONS = ArgumentSpec(
    {
        "component": {"type": "str"},
        "rule": {"type": "str", "required": True},
        "disabled": {"type": "bool"},
        "operator": {"type": "str"},
        "value": {"type": "float"},
        "window": {"type": "str"},
        "emails": {"type": "list", "elements": "str"},
        "slack_webhooks": {
            "type": "list",
            "elements": "dict",
            "options": {"url": {"type": "str", "required": True, "no_log": True}, "channel": {"type": "str"}},
        },
    }
)
OPERATION = Operation(merge(OPTIONS, STATE, SELECTOR, WAIT, API), converge_alert)


def main() -> None:
    run_module(OPERATION)


if __name__ == "__main__":
    main()
