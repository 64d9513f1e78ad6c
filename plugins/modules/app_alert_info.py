#!/usr/bin/python
# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: app_alert_info
short_description: Read the alerts of an app of DigitalOcean App Platform
version_added: 1.0.0
author: oceanops.app_platform contributors (@oceanops)
description:
  - Reads the alerts of an app and of its components, with who is told of them.
  - The address of a Slack webhook is a secret, since it lets everybody post there. It is masked.
extends_documentation_fragment:
  - oceanops.app_platform.app_selector
  - oceanops.app_platform.api
  - oceanops.app_platform.attributes
  - oceanops.app_platform.attributes.info
options:
  component:
    description:
      - Only the alerts of this component. The task fails if the app has no such component.
    type: str
  rule:
    description:
      - Only alerts of this rule, such as V(DEPLOYMENT_FAILED) or V(CPU_UTILIZATION).
    type: str
seealso:
  - module: oceanops.app_platform.app_alert
"""

EXAMPLES = r"""
- name: Read all alerts of an app
  oceanops.app_platform.app_alert_info:
    app: shop
  register: read

- name: Name the rules that tell nobody but the owner of the account
  ansible.builtin.debug:
    msg: "{{ item.component_name or 'the app' }}: {{ item.spec.rule }}"
  loop: "{{ read.alerts }}"
  loop_control:
    label: "{{ item.id }}"
  when: not item.emails and not item.slack_webhooks

- name: Read who is told when a scheduled job fails
  oceanops.app_platform.app_alert_info:
    app: shop
    component: nightly-report
    rule: FAILED_JOB_INVOCATION
"""

RETURN = r"""
alerts:
  description: The alerts, those of the app first, then by component and rule.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: The id of the alert. An alert that is removed and added again has another one.
      returned: always
      type: str
      sample: e552e1f9-c1b0-4e6d-8777-ad6f27767306
    component_name:
      description: The component; V(null) for an alert of the app.
      returned: always
      type: str
      sample: web
    spec:
      description: The alert as the spec of the app has it.
      returned: always
      type: dict
      sample: {rule: CPU_UTILIZATION, operator: GREATER_THAN, value: 80.0, window: FIVE_MINUTES}
    emails:
      description: The e-mail addresses that are told.
      returned: always
      type: list
      elements: str
      sample: [ops@example.com]
    slack_webhooks:
      description: The Slack channels that are told. The address of each webhook is masked.
      returned: always
      type: list
      elements: dict
      sample: [{channel: "#ops", url: VALUE_SPECIFIED_IN_NO_LOG_PARAMETER}]
    phase:
      description: Whether it is in place, such as V(ACTIVE), V(CONFIGURING) or V(ERROR).
      returned: always
      type: str
      sample: ACTIVE
    progress:
      description: The steps by which it is put in place, as the API has them.
      returned: when the platform tells it
      type: dict
"""

from ansible_collections.oceanops.app_platform.plugins.module_utils._ansible.arguments import (
    API,
    SELECTOR,
    ArgumentSpec,
    merge,
)
from ansible_collections.oceanops.app_platform.plugins.module_utils._ansible.module import run_module
from ansible_collections.oceanops.app_platform.plugins.module_utils._ansible.operation import Operation
from ansible_collections.oceanops.app_platform.plugins.module_utils._resources.alert import read_alerts

OPTIONS = ArgumentSpec({"component": {"type": "str"}, "rule": {"type": "str"}})
OPERATION = Operation(merge(SELECTOR, OPTIONS, API), read_alerts, display_only=True)


def main() -> None:
    run_module(OPERATION)


if __name__ == "__main__":
    main()
