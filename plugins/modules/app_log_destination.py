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
from ansible_collections.oceanops.app_platform.plugins.module_utils._resources.log_destination import (
    DESTINATION_OPTIONS,
    converge_log_destination,
)

OPTIONS = ArgumentSpec({**DESTINATION_OPTIONS, "component": {"type": "str", "required": True}})
OPERATION = Operation(merge(OPTIONS, STATE, SELECTOR, SECRETS, WAIT, API), converge_log_destination)


def main() -> None:
    run_module(OPERATION)


if __name__ == "__main__":
    main()
