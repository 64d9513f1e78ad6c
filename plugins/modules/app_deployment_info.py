#!/usr/bin/python
# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: app_deployment_info
short_description: Read and explain deployments of an app
version_added: 1.0.0
author: oceanops.app_platform contributors (@oceanops)
description:
  - Reads deployments of an app on DigitalOcean App Platform, the newest first, and says how each one went; every job
    with its outcome, every failed step with its reason and a hint, and on demand the last lines of the logs of what
    failed.
  - It reads what is there and does not wait.
extends_documentation_fragment:
  - oceanops.app_platform.api
  - oceanops.app_platform.app_selector
  - oceanops.app_platform.attributes
  - oceanops.app_platform.attributes.info
options:
  deployment_id:
    description:
      - The id of one deployment. The task fails if the app has no such deployment.
      - If it is not given, the newest ones are read. It can't be combined with O(types) or O(phases).
    type: str
  limit:
    description:
      - How many deployments to read at most, from V(1).
    type: int
    default: 1
  types:
    description:
      - Only deployments that were made in one of these ways. A change of the spec, by this collection or by others, is
        V(MANUAL).
    type: list
    elements: str
    choices:
      - MANUAL
      - DEPLOY_ON_PUSH
      - MAINTENANCE
      - MANUAL_ROLLBACK
      - AUTO_ROLLBACK
      - UPDATE_DATABASE_TRUSTED_SOURCES
      - AUTOSCALED
  phases:
    description:
      - Only deployments in one of these phases, such as V(ACTIVE) for the one that runs, or V(ERROR) for failed ones.
      - Older deployments are looked through until O(limit) of them are found.
    type: list
    elements: str
    choices: [PENDING_BUILD, BUILDING, PENDING_DEPLOY, DEPLOYING, ACTIVE, SUPERSEDED, ERROR, CANCELED]
  log_lines:
    description:
      - How many of the last lines of the log to read for each failed component. V(0) reads no logs.
    type: int
    default: 0
  details:
    description:
      - Whether to return the API's own objects too, with specs and all steps.
    type: bool
    default: false
seealso:
  - module: oceanops.app_platform.app_info
"""

EXAMPLES = r"""
- name: Read the newest deployment
  oceanops.app_platform.app_deployment_info:
    app: shop
  register: newest

- name: Say how it went
  ansible.builtin.debug:
    msg: "{{ newest.deployments[0].phase }} after {{ newest.deployments[0].duration }} s"
  when: newest.deployments | length == 1

- name: Find out why the last failed deployment failed
  oceanops.app_platform.app_deployment_info:
    app: shop
    phases: [ERROR]
    log_lines: 50

- name: List the last ten deployments that pushes made
  oceanops.app_platform.app_deployment_info:
    app: shop
    types: [DEPLOY_ON_PUSH]
    limit: 10

- name: Read the spec that it deployed
  oceanops.app_platform.app_deployment_info:
    app: shop
    deployment_id: "{{ newest.deployments[0].id }}"
    details: true
  register: earlier
"""

RETURN = r"""
app_id:
  description: The id of the app.
  returned: success
  type: str
  sample: 4f6c71e2-1e90-4762-9fee-6cc4a0a9f2cf
deployments:
  description:
    - The deployments, the newest first, with the keys of RV(oceanops.app_platform.app#module:deployment). Empty if
      none fits.
    - C(logs) are read for O(log_lines) above V(0), and C(superseded) is always empty, as nothing is waited for.
  returned: success
  type: list
  elements: dict
  contains:
    details:
      description: The API's own object, with masks in place of secrets.
      type: dict
      returned: with O(details=true)
"""

from ansible_collections.oceanops.app_platform.plugins.module_utils._ansible.arguments import (
    API,
    SELECTOR,
    ArgumentSpec,
    merge,
)
from ansible_collections.oceanops.app_platform.plugins.module_utils._ansible.module import run_module
from ansible_collections.oceanops.app_platform.plugins.module_utils._ansible.operation import Operation
from ansible_collections.oceanops.app_platform.plugins.module_utils._resources.deployment import read_deployments

TYPES = (
    "MANUAL",
    "DEPLOY_ON_PUSH",
    "MAINTENANCE",
    "MANUAL_ROLLBACK",
    "AUTO_ROLLBACK",
    "UPDATE_DATABASE_TRUSTED_SOURCES",
    "AUTOSCALED",
)
PHASES = ("PENDING_BUILD", "BUILDING", "PENDING_DEPLOY", "DEPLOYING", "ACTIVE", "SUPERSEDED", "ERROR", "CANCELED")
OPTIONS = ArgumentSpec(
    {
        "deployment_id": {"type": "str"},
        "limit": {"type": "int", "default": 1},
        "types": {"type": "list", "elements": "str", "choices": list(TYPES)},
        "phases": {"type": "list", "elements": "str", "choices": list(PHASES)},
        "log_lines": {"type": "int", "default": 0},
        "details": {"type": "bool", "default": False},
    },
    mutually_exclusive=(("deployment_id", "types"), ("deployment_id", "phases")),
)
OPERATION = Operation(merge(API, SELECTOR, OPTIONS), read_deployments, display_only=True)


def main() -> None:
    run_module(OPERATION)


if __name__ == "__main__":
    main()
