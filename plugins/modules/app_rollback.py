#!/usr/bin/python
# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: app_rollback
short_description: Roll an app of DigitalOcean App Platform back to an earlier deployment
version_added: 1.0.0
author: oceanops.app_platform contributors (@oceanops)
description:
  - Goes back to the spec, the commits and the images of an earlier deployment, and waits for it. Data in databases
    stays as it is.
  - The app is pinned to the rollback then. It takes no deployment, not even by a push, until the rollback is committed
    or reverted; other modules say so when they meet it.
  - The platform is asked first whether the rollback is possible. In check mode nothing else happens.
extends_documentation_fragment:
  - oceanops.app_platform.app_selector
  - oceanops.app_platform.following
  - oceanops.app_platform.api
  - oceanops.app_platform.attributes
  - oceanops.app_platform.attributes.changes
options:
  state:
    description:
      - V(rolled_back) goes back. An app that is there already is left alone; see O(deployment_id).
      - V(committed) keeps the rollback for good and lets the app take deployments again. A rollback that is on its way
        is waited for first, and not committed if it fails.
      - V(reverted) returns to the spec before the rollback, by a new deployment, and lets the app take deployments
        again.
      - Where the app is not pinned, V(committed) and V(reverted) change nothing.
    type: str
    choices: [rolled_back, committed, reverted]
    default: rolled_back
  deployment_id:
    description:
      - The deployment to go back to. The platform takes the ten last successful ones.
      - If it is not given, the successful one before the deployment that is live; and nothing happens if the app's last
        deployment is a rollback already, so that a second run does not go back further.
    type: str
  skip_pin:
    description:
      - Whether to commit the rollback at once. If the app is pinned to it already, it is committed.
    type: bool
    default: false
  wait:
    description:
      - Whether to wait for the end of the deployment that goes back.
    type: bool
    default: true
  fail_on_post_deploy:
    description:
      - Whether a failed job of the kind C(POST_DEPLOY) fails the task. The release is live by then; with V(false) the
        task gives a warning.
    type: bool
    default: true
attributes:
  idempotent:
    support: full
    details:
      - A second run finds the app rolled back, committed or reverted already.
seealso:
  - module: oceanops.app_platform.app_deployment_info
  - name: Roll back deployments in App Platform
    description: What a rollback brings back, in the platform's own manual.
    link: https://docs.digitalocean.com/products/app-platform/how-to/manage-deployments/
"""

EXAMPLES = r"""
- name: Back to the version before
  oceanops.app_platform.app_rollback:
    app: shop

- name: It was not the release's fault
  oceanops.app_platform.app_rollback:
    app: shop
    state: reverted

- name: Which deployments there are
  oceanops.app_platform.app_deployment_info:
    app: shop
  register: history

- name: Would the platform go back to the oldest one of them?
  oceanops.app_platform.app_rollback:
    app: shop
    deployment_id: "{{ history.deployments[-1].id }}"
  check_mode: true
  register: possible
  failed_when: false
"""

RETURN = r"""
app:
  description:
    - The app after the task, in check mode as it is, with the keys of RV(oceanops.app_platform.app#module:app).
  returned: success
  type: dict
  sample: {name: shop, id: 2f5c7f0e-6f0b-4b1e-9a4b-8b6e3f1d9c55}
deployment:
  description:
    - The deployment that goes back, with the keys of RV(oceanops.app_platform.app#module:deployment); with
      O(state=committed) the one that is kept. V(null) in check mode, and if there is none.
  returned: always
  type: dict
  sample: {phase: ACTIVE, cause: manual rollback, duration: 34.0}
rollback:
  description: Where the rollback goes or went; V(null) if the app is not concerned by one.
  returned: success
  type: dict
  contains:
    deployment_id:
      description: The deployment that is gone back to; V(null) where the platform does not tell.
      returned: always
      type: str
      sample: 0b6f2d2e-7a8e-4c51-9f0a-3f6a4e0b8c11
    warnings:
      description: What the platform says of it, with code, message and components.
      returned: always
      type: list
      elements: dict
      sample: []
failure:
  description:
    - What went wrong, for programs, with the keys of RV(oceanops.app_platform.app#module:failure). Its code is
      V(usage), V(no_rollback_target), V(rollback_app_pinned) or V(deployment_failed), for example.
  returned: failure
  type: dict
  sample: {code: rollback_exceeded_revision_limit}
"""

from ansible_collections.oceanops.app_platform.plugins.module_utils._ansible.arguments import (
    API,
    SELECTOR,
    ArgumentSpec,
    merge,
)
from ansible_collections.oceanops.app_platform.plugins.module_utils._ansible.module import run_module
from ansible_collections.oceanops.app_platform.plugins.module_utils._ansible.operation import Operation
from ansible_collections.oceanops.app_platform.plugins.module_utils._resources.deployment_actions import (
    FOLLOW_OPTIONS,
    POST_DEPLOY_OPTION,
    WAIT_OPTION,
)
from ansible_collections.oceanops.app_platform.plugins.module_utils._resources.rollback import roll_back

OPTIONS = ArgumentSpec(
    {
        "state": {"type": "str", "choices": ["rolled_back", "committed", "reverted"], "default": "rolled_back"},
        "deployment_id": {"type": "str"},
        "skip_pin": {"type": "bool", "default": False},
    }
)
OPERATION = Operation(merge(SELECTOR, OPTIONS, WAIT_OPTION, FOLLOW_OPTIONS, POST_DEPLOY_OPTION, API), roll_back)


def main() -> None:
    run_module(OPERATION)


if __name__ == "__main__":
    main()
