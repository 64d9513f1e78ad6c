#!/usr/bin/python
# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: app_env
short_description: Manage environment variables of a DigitalOcean App Platform app or component
version_added: 1.0.0
author: oceanops.app_platform contributors (@oceanops)
description:
  - Adds, changes or removes variables of an app, or of one component of it. The others stay, unless O(purge) is set.
  - A change is one write and makes one deployment, however many variables it concerns.
extends_documentation_fragment:
  - oceanops.app_platform.app_selector
  - oceanops.app_platform.secrets
  - oceanops.app_platform.wait
  - oceanops.app_platform.api
  - oceanops.app_platform.attributes
  - oceanops.app_platform.attributes.changes
options:
  component:
    description:
      - The component whose variables they are; the app itself if it is not given. The app's variables reach every
        component; where both have the same key, the component's own counts.
    type: str
  key:
    description:
      - The name of one variable, of letters, digits and underscores, without a digit first. Exactly one of O(key) and
        O(envs) is needed.
    type: str
  value:
    description:
      - The value of O(key). Numbers and booleans become texts as YAML writes them, so V(true) is sent as C(true).
      - It may refer to other parts of the app, as in V(${db.DATABASE_URL}) or V(${APP_URL}).
      - Without a value the stored one stays. For a secret of which none is stored the task fails.
    type: raw
  scope:
    description:
      - When the variable O(key) is set.
      - V(RUN_TIME), while the component runs.
      - V(BUILD_TIME), while it is built.
      - V(RUN_AND_BUILD_TIME), both of them, which is the default.
    type: str
  type:
    description:
      - What kind of variable O(key) is.
      - V(GENERAL), which everybody with access to the app can read. It is the default for a new variable.
      - V(SECRET), which the platform encrypts, so that nobody can read it again. How a change is noticed is told at
        O(update_secrets).
      - A variable that is stored as a secret stays one when the type is not given.
    type: str
  envs:
    description:
      - Several variables, in one deployment. Exactly one of O(key) and O(envs) is needed.
    type: list
    elements: dict
    suboptions:
      key:
        description:
          - The name, as O(key). Every variable needs it.
        type: str
      value:
        description:
          - The value, as O(value). Without one the stored value stays.
        type: raw
      scope:
        description:
          - When the variable is set, V(RUN_TIME), V(BUILD_TIME) or, by default, V(RUN_AND_BUILD_TIME).
        type: str
      type:
        description:
          - V(GENERAL), which is the default for a new variable, or V(SECRET), which the platform encrypts.
        type: str
  purge:
    description:
      - Whether these are all the variables of the component or the app, so that the others are removed.
    type: bool
    default: false
  state:
    description:
      - V(present) adds the variables, or changes what differs.
      - V(absent) removes them. Only their keys count then, and their scopes where they are given.
    type: str
    choices: [present, absent]
    default: present
seealso:
  - module: oceanops.app_platform.app
  - module: oceanops.app_platform.app_job
  - name: Use environment variables in App Platform
    description: Which variables there are and what they may refer to, in the platform's own manual.
    link: https://docs.digitalocean.com/products/app-platform/how-to/use-environment-variables/
"""

EXAMPLES = r"""
- name: A setting of one component
  oceanops.app_platform.app_env:
    app: shop
    component: web
    key: LOG_LEVEL
    value: debug

- name: Two secrets of the whole app, in one deployment
  oceanops.app_platform.app_env:
    app: shop
    envs:
      - key: DATABASE_URL
        value: "{{ vaulted_database_url | default('postgres://shop:from-a-vault@db.example.com/shop') }}"
        type: SECRET
      - key: MAIL_PASSWORD
        value: "{{ vaulted_mail_password | default('from-a-vault-too') }}"
        type: SECRET

- name: A setting that nobody reads any more
  oceanops.app_platform.app_env:
    app: shop
    component: web
    key: OLD_FLAG
    state: absent
"""

RETURN = r"""
envs:
  description: The variables of the component, or of the app, with secrets encrypted by the platform or masked.
  returned: success
  type: list
  elements: dict
  sample: [{key: LOG_LEVEL, value: debug, scope: RUN_AND_BUILD_TIME}]
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
from ansible_collections.oceanops.app_platform.plugins.module_utils._resources.component import SECRETS, STATE
from ansible_collections.oceanops.app_platform.plugins.module_utils._resources.envs import ENV_OPTIONS, converge_envs

OPTIONS = ArgumentSpec(
    {
        **ENV_OPTIONS,
        "component": {"type": "str"},
        "envs": {"type": "list", "elements": "dict", "options": ENV_OPTIONS},
        "purge": {"type": "bool", "default": False},
    },
    mutually_exclusive=(("key", "envs"),),
    required_one_of=(("key", "envs"),),
    required_by={"value": ("key",), "scope": ("key",), "type": ("key",)},
)
OPERATION = Operation(merge(OPTIONS, STATE, SELECTOR, SECRETS, WAIT, API), converge_envs)


def main() -> None:
    run_module(OPERATION)


if __name__ == "__main__":
    main()
