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
      - The component whose variables they are; the app itself if it is not given. The app's variables reach every component;
        where both have the same key, the component's own counts.
    type: str
  key:
    description:
      - The name of one variable, of letters, digits and underscores, without a digit first. Exactly one of O(key) and O(envs)
        is needed.
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
  description:
    - The app after the task; in check mode as it would be. What is not known or empty is V(null).
    - V(null) if there is no such app. A task that fails after it wrote something has it too, so that the id is known.
  returned: success
  type: dict
  contains:
    name:
      description: Its name.
      returned: always
      type: str
      sample: shop
    id:
      description: Its id; V(null) in check mode for an app that does not exist yet.
      returned: always
      type: str
      sample: 2f5c7f0e-6f0b-4b1e-9a4b-8b6e3f1d9c55
    region:
      description: The region that it is in.
      returned: always
      type: str
      sample: ams
    default_ingress:
      description: The address that the platform gave it.
      returned: always
      type: str
      sample: https://shop-a1b2c.ondigitalocean.app
    live_url:
      description: Its address, with its own domain if it has one. An app of only workers and jobs has none.
      returned: always
      type: str
      sample: https://shop.example.com
    live_domain:
      description: The host name of that address.
      returned: always
      type: str
      sample: shop.example.com
    tier_slug:
      description: The tier that it is billed in.
      returned: always
      type: str
      sample: professional
    project_id:
      description: The project that it is in; V(null) if the token may not read projects.
      returned: always
      type: str
      sample: 88b72d1a-9f6e-4b0c-8a35-6c7a1e0f4d21
    created_at:
      description: When it was created.
      returned: always
      type: str
      sample: "2026-03-01T10:00:00Z"
    updated_at:
      description: When its configuration changed last.
      returned: always
      type: str
      sample: "2026-03-02T09:30:00Z"
    last_deployment_created_at:
      description: When its last deployment was made.
      returned: always
      type: str
      sample: "2026-03-02T09:30:00Z"
    spec:
      description: Its whole spec, with secrets encrypted by the platform or masked.
      returned: always
      type: dict
      sample: {name: shop, region: ams, jobs: [{name: migrate, kind: PRE_DEPLOY}]}
deployment:
  description:
    - The deployment that the task made, or joined because it was bringing the same spec. If the task made none, the
      deployment that runs the spec. V(null) if there is none, and in check mode.
    - A task that fails because the deployment did has it too, with RV(deployment.failures) and RV(deployment.logs).
  returned: always
  type: dict
  contains:
    id:
      description: Its id.
      returned: always
      type: str
      sample: 9a1b3c5d-0f3a-4c27-9b7e-1f0c6ad7e6a2
    phase:
      description:
        - V(PENDING_BUILD), V(BUILDING), V(PENDING_DEPLOY) or V(DEPLOYING) while it is being made.
        - V(ACTIVE) if it runs, V(SUPERSEDED) if a newer one took its place, V(ERROR) or V(CANCELED) if it ended badly.
      returned: always
      type: str
      sample: ACTIVE
    cause:
      description: What made it, in the platform's words.
      returned: always
      type: str
      sample: app spec updated
    created_at:
      description: When it was made.
      returned: always
      type: str
      sample: "2026-03-02T09:30:00Z"
    duration:
      description: Seconds that it took; V(null) while it is being made.
      returned: always
      type: float
      sample: 94.0
    jobs:
      description:
        - Each job of the app, with how it went in this deployment.
        - The status is V(PENDING), V(RUNNING), V(SUCCESS), V(ERROR), V(CANCELED), V(SKIPPED), V(NOT_TRIGGERED) for a
          V(FAILED_DEPLOY) job that was not needed, V(SCHEDULED) for one that runs by its schedule, or V(UNKNOWN).
      returned: always
      type: list
      elements: dict
      sample: [{name: migrate, kind: PRE_DEPLOY, status: SUCCESS, duration: 4.2, reason: null}]
    steps:
      description: How many steps there are, and how many of them are where.
      returned: always
      type: dict
      sample: {success: 11, running: 0, pending: 0, error: 0, total: 11}
    sources:
      description: The commit or the image digest of each component.
      returned: always
      type: list
      elements: dict
      sample: [{component: web, commit: null, digest: "sha256:0c9d..."}]
    failures:
      description: What failed, the most telling first. It is empty if nothing did.
      returned: always
      type: list
      elements: dict
      sample:
        - component: migrate
          kind: PRE_DEPLOY
          step: deploy > components > migrate
          code: DeployContainerExitNonZero
          message: the container exited with status 1
          exit_code: 1
          hint: "The container started and ended with an error: read its last log lines."
    logs:
      description:
        - The last lines of the logs of what failed, as many as O(log_lines) says; in place of them a note why there are
          none.
      returned: always
      type: list
      elements: dict
      sample:
        - component: migrate
          type: DEPLOY
          lines: ["could not connect to server: Connection refused"]
          note: null
    superseded:
      description: Ids of the deployments whose place it took while they were waited for.
      returned: always
      type: list
      elements: str
      sample: []
    console_url:
      description: Where a person sees it.
      returned: always
      type: str
      sample: https://cloud.digitalocean.com/apps/2f5c7f0e-6f0b-4b1e-9a4b-8b6e3f1d9c55/deployments/9a1b3c5d-0f3a-4c27-9b7e-1f0c6ad7e6a2
conflict:
  description:
    - What is in the app in place of what the task declared, where other writers were faster again and again, or where the
      platform did not keep all of it. Secrets are masked.
  returned: failure, with RV(failure.code=concurrent_edit) or RV(failure.code=not_kept)
  type: dict
  contains:
    there:
      description: What is there.
      returned: always
      type: dict
      sample: {jobs: [{name: migrate, run_command: bin/old}]}
    wanted:
      description: What the task declared.
      returned: always
      type: dict
      sample: {jobs: [{name: migrate, run_command: bin/new}]}
restored:
  description: Whether the spec of the active deployment was put back after the new one failed.
  returned: on failure, with O(on_failure=restore_spec)
  type: bool
  sample: true
failure:
  description: What went wrong, for programs.
  returned: failure
  type: dict
  contains:
    code:
      description:
        - A word for the kind of failure, such as V(usage), V(app_not_found), V(unauthorized), V(deployment_failed),
          V(post_deploy_job_failed), V(wait_timeout) or V(concurrent_edit).
      returned: always
      type: str
      sample: deployment_failed
    message:
      description: The same as the task's message.
      returned: always
      type: str
      sample: "Deployment 9a1b3c5d of app shop failed (phase ERROR): job migrate (PRE_DEPLOY), step deploy > components > migrate: DeployContainerExitNonZero."
    status:
      description: The HTTP status of the call that failed, if one did.
      returned: always
      type: int
      sample: null
    request_id:
      description: The platform's id of that call, which its support asks for.
      returned: always
      type: str
      sample: null
    method:
      description: Its method.
      returned: always
      type: str
      sample: null
    path:
      description: Its path.
      returned: always
      type: str
      sample: null
"""

from typing import Any

from ansible_collections.oceanops.app_platform.plugins.module_utils._ansible.arguments import (
    API,
    SELECTOR,
    WAIT,
    ArgumentSpec,
    merge,
)
from ansible_collections.oceanops.app_platform.plugins.module_utils._ansible.context import Context
from ansible_collections.oceanops.app_platform.plugins.module_utils._ansible.find_app import require_app
from ansible_collections.oceanops.app_platform.plugins.module_utils._ansible.module import run_module
from ansible_collections.oceanops.app_platform.plugins.module_utils._ansible.operation import Operation
from ansible_collections.oceanops.app_platform.plugins.module_utils._ansible.spec_arguments import record_options
from ansible_collections.oceanops.app_platform.plugins.module_utils._edit.converge import converge
from ansible_collections.oceanops.app_platform.plugins.module_utils._edit.declaration import find_component, section_of
from ansible_collections.oceanops.app_platform.plugins.module_utils._edit.elements import Elements
from ansible_collections.oceanops.app_platform.plugins.module_utils._edit.plan import Plan
from ansible_collections.oceanops.app_platform.plugins.module_utils._masking.secret_register import MASK
from ansible_collections.oceanops.app_platform.plugins.module_utils._resources.component import SECRETS, STATE
from ansible_collections.oceanops.app_platform.plugins.module_utils._secrets.apply import SecretRules
from ansible_collections.oceanops.app_platform.plugins.module_utils._spec.merge import KEPT_ENVS
from ansible_collections.oceanops.app_platform.plugins.module_utils._spec.nodes import objects
from ansible_collections.oceanops.app_platform.plugins.module_utils._spec.schema import ENV, ENVS
from ansible_collections.oceanops.app_platform.plugins.module_utils._spec.secret_places import shown

ONE = record_options(ENV)
OPTIONS = ArgumentSpec(
    {
        **ONE,
        "component": {"type": "str"},
        "envs": {"type": "list", "elements": "dict", "options": record_options(ENV)},
        "purge": {"type": "bool", "default": False},
    },
    mutually_exclusive=(("key", "envs"),),
    required_one_of=(("key", "envs"),),
    required_by={"value": ("key",), "scope": ("key",), "type": ("key",)},
)


def run(params: dict[str, Any], context: Context) -> dict[str, Any]:
    """Variables, to be there or not."""
    given = [params] if params["key"] else params["envs"]
    items = tuple({name: env[name] for name in ONE if env.get(name) is not None} for env in given)
    edit = Elements(
        "envs",
        items,
        params["component"],
        absent=params["state"] == "absent",
        whole=params["purge"],
        secrets=SecretRules.from_params(params),
    )
    result = converge(Plan(context, edit), params, require_app(context, params))
    section = section_of(result.after, params["component"]) if params["component"] else None
    holder = find_component(result.after, section, params["component"]) if section else result.after
    envs = [env for env in objects((holder or {}).get("envs")) if str(env.get("key")) not in KEPT_ENVS]
    return result.result(envs=shown(ENVS, envs, MASK))


OPERATION = Operation(merge(OPTIONS, STATE, SELECTOR, SECRETS, WAIT, API), run)


def main() -> None:
    run_module(OPERATION)


if __name__ == "__main__":
    main()
