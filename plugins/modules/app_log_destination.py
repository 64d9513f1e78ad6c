#!/usr/bin/python
# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: app_log_destination
short_description: Manage a log destination of a DigitalOcean App Platform component
version_added: 1.0.0
author: oceanops.app_platform contributors (@oceanops)
description:
  - Adds, changes or removes one service that the logs of a component are sent to. The other destinations stay.
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
      - The component whose logs are sent. A static site or a database has none.
    type: str
    required: true
  name:
    description:
      - A name for the destination, 2 to 42 characters.
    type: str
    required: true
  state:
    description:
      - V(present) adds the destination, or changes what differs.
      - V(absent) removes it.
    type: str
    choices: [present, absent]
    default: present
  papertrail:
    description:
      - Send to Papertrail. A destination has one service.
    type: dict
    suboptions:
      endpoint:
        description:
          - The address, such as V(syslog+tls://example.com:12345). Papertrail needs it.
        type: str
  datadog:
    description:
      - Send to Datadog. A destination has one service.
    type: dict
    suboptions:
      endpoint:
        description:
          - The address of Datadog's HTTP intake, such as V(https://http-intake.logs.datadoghq.eu).
        type: str
      api_key:
        description:
          - The API key. Datadog needs it.
        type: str
  logtail:
    description:
      - Send to Better Stack, formerly Logtail. A destination has one service.
    type: dict
    suboptions:
      token:
        description:
          - The source token. Better Stack needs it.
        type: str
  open_search:
    description:
      - Send to OpenSearch. A destination has one service.
    type: dict
    suboptions:
      endpoint:
        description:
          - The address of a server, C(https://host:port), in place of O(open_search.cluster_name).
        type: str
      cluster_name:
        description:
          - The name of an OpenSearch cluster of the account, in place of O(open_search.endpoint).
        type: str
      basic_auth:
        description:
          - How to log in.
        type: dict
        suboptions:
          user:
            description:
              - The user. For a cluster of the account it is C(doadmin) by default.
            type: str
          password:
            description:
              - The password. A cluster of the account needs none.
            type: str
      index_name:
        description:
          - The index; V(logs) by default.
        type: str
  endpoint:
    description:
      - The address of a service that has no option of its own here.
    type: str
  tls_insecure:
    description:
      - Whether to accept a certificate that can't be checked, at O(endpoint).
    type: bool
  headers:
    description:
      - HTTP headers that are sent to O(endpoint).
    type: list
    elements: dict
    suboptions:
      key:
        description:
          - The name of the header. Every header needs it.
        type: str
      value:
        description:
          - Its value, which is masked in results and diffs.
        type: raw
notes:
  - Keys and passwords are masked in results and diffs; the platform itself gives them back in clear.
seealso:
  - module: oceanops.app_platform.app_job
  - module: oceanops.app_platform.app_log_info
  - name: Forward logs from App Platform
    description: Which services there are, in the platform's own manual.
    link: https://docs.digitalocean.com/products/app-platform/how-to/forward-logs/
"""

EXAMPLES = r"""
- name: The logs of the service go to Better Stack
  oceanops.app_platform.app_log_destination:
    app: shop
    component: web
    name: betterstack
    logtail:
      token: "{{ vaulted_logtail_token | default('a-token-from-a-vault') }}"

- name: And no longer to Papertrail
  oceanops.app_platform.app_log_destination:
    app: shop
    component: web
    name: papertrail
    state: absent
"""

RETURN = r"""
log_destination:
  description: The destination, with its tokens masked; V(null) if it is absent.
  returned: success
  type: dict
  sample: {name: betterstack, logtail: {token: VALUE_SPECIFIED_IN_NO_LOG_PARAMETER}}
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
from ansible_collections.oceanops.app_platform.plugins.module_utils._spec.nodes import Record, objects
from ansible_collections.oceanops.app_platform.plugins.module_utils._spec.schema import LOG_DESTINATIONS
from ansible_collections.oceanops.app_platform.plugins.module_utils._spec.secret_places import shown

NODE = LOG_DESTINATIONS.item if isinstance(LOG_DESTINATIONS.item, Record) else Record({})
OWN = record_options(NODE, required="name")
OPTIONS = ArgumentSpec({**OWN, "component": {"type": "str", "required": True}})


def run(params: dict[str, Any], context: Context) -> dict[str, Any]:
    """One destination, to be there or not."""
    item = {name: params[name] for name in OWN if params[name] is not None}
    edit = Elements(
        "log_destinations",
        (item,),
        params["component"],
        absent=params["state"] == "absent",
        secrets=SecretRules.from_params(params),
    )
    result = converge(Plan(context, edit), params, require_app(context, params))
    section = section_of(result.after, params["component"])
    holder = find_component(result.after, section, params["component"]) if section else None
    there = objects((holder or {}).get("log_destinations"))
    found = next((one for one in there if one.get("name") == params["name"]), None)
    return result.result(log_destination=shown(NODE, found, MASK))


OPERATION = Operation(merge(OPTIONS, STATE, SELECTOR, SECRETS, WAIT, API), run)


def main() -> None:
    run_module(OPERATION)


if __name__ == "__main__":
    main()
