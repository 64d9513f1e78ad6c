#!/usr/bin/python
# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: app_deployment
short_description: Make, follow or cancel a deployment of a DigitalOcean App Platform app
version_added: 1.0.0
author: oceanops.app_platform contributors (@oceanops)
description:
  - Makes a deployment of the spec that the app has, to take newer code or images, and waits for it. Or waits for one
    that exists, or cancels what is not finished.
  - Every deployment runs the C(PRE_DEPLOY) and C(POST_DEPLOY) jobs of the app.
  - A task that changes the spec, such as one of M(oceanops.app_platform.app), makes its deployment by itself. It needs
    none of this module.
extends_documentation_fragment:
  - oceanops.app_platform.app_selector
  - oceanops.app_platform.following
  - oceanops.app_platform.api
  - oceanops.app_platform.attributes
  - oceanops.app_platform.attributes.changes
options:
  state:
    description:
      - V(created) makes a deployment in every run; see O(only_if_failed). With O(deployment_id) it makes none and waits
        for that one.
      - V(canceled) cancels what is pending or in progress, or the deployment of O(deployment_id), and waits for its
        end. One that has ended already is no change.
      - V(idle) makes none and waits until none is pending or in progress, whoever made it and however it ends.
    type: str
    choices: [created, canceled, idle]
    default: created
  deployment_id:
    description:
      - The id of a deployment that exists, such as RV(oceanops.app_platform.app#module:deployment.id) of a task with
        O(wait=false).
      - The task fails if the deployment failed, before the task or during it.
    type: str
  force_build:
    description:
      - Whether to build without the build cache.
    type: bool
    default: false
  update_sources:
    description:
      - Whether to write the spec once more as it is, and to have the newest commit and image of every component fetched
        with that.
      - A deployment without it does this too, as far as is known; with it, the platform promises it.
    type: bool
    default: false
  only_if_failed:
    description:
      - Whether to make a deployment only if the last one of this spec failed or was canceled and nothing runs it. If
        one is bringing the spec just now, that one is followed.
      - This makes the task idempotent.
    type: bool
    default: false
  wait:
    description:
      - Whether to wait for the end of the deployment.
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
    support: partial
    details:
      - O(state=created) makes a deployment in every run, unless O(only_if_failed=true) or O(deployment_id) is given.
  diff_mode:
    support: none
    details:
      - The spec stays as it is.
seealso:
  - module: oceanops.app_platform.app_deployment_info
  - module: oceanops.app_platform.app_rollback
  - module: oceanops.app_platform.app_restart
"""

EXAMPLES = r"""
- name: Deploy the newest code, without the build cache
  oceanops.app_platform.app_deployment:
    app: shop
    force_build: true
  register: made

- name: See once more how it went
  oceanops.app_platform.app_deployment:
    app: shop
    deployment_id: "{{ made.deployment.id }}"
  when: made.deployment is not none

- name: Try again after an outage of the registry; nothing happens if the app is well
  oceanops.app_platform.app_deployment:
    app: shop
    only_if_failed: true

- name: Let everybody else's deployments end first
  oceanops.app_platform.app_deployment:
    app: shop
    state: idle

- name: Stop what is being deployed
  oceanops.app_platform.app_deployment:
    app: shop
    state: canceled
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
    - The deployment that was made, joined or canceled, with the keys of
      RV(oceanops.app_platform.app#module:deployment). With O(state=idle), and with O(only_if_failed=true) when
      nothing is to be done, the one that the app runs.
    - V(null) if there is none, and in check mode if one would be made.
  returned: always
  type: dict
  sample: {phase: ACTIVE, cause: manual, duration: 94.0}
failure:
  description:
    - What went wrong, for programs, with the keys of RV(oceanops.app_platform.app#module:failure). Its code is
      V(usage), V(app_not_found), V(app_pinned), V(deployment_failed) or V(wait_timeout), for example.
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
from ansible_collections.oceanops.app_platform.plugins.module_utils._resources.deployment import deploy
from ansible_collections.oceanops.app_platform.plugins.module_utils._resources.deployment_actions import (
    FOLLOW_OPTIONS,
    POST_DEPLOY_OPTION,
    WAIT_OPTION,
)

OPTIONS = ArgumentSpec(
    {
        "state": {"type": "str", "choices": ["created", "canceled", "idle"], "default": "created"},
        "deployment_id": {"type": "str"},
        "force_build": {"type": "bool", "default": False},
        "update_sources": {"type": "bool", "default": False},
        "only_if_failed": {"type": "bool", "default": False},
    }
)
OPERATION = Operation(merge(SELECTOR, OPTIONS, WAIT_OPTION, FOLLOW_OPTIONS, POST_DEPLOY_OPTION, API), deploy)


def main() -> None:
    run_module(OPERATION)


if __name__ == "__main__":
    main()
