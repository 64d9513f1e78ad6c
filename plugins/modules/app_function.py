#!/usr/bin/python
# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: app_function
short_description: Manage a functions component of a DigitalOcean App Platform app
version_added: 1.0.0
author: oceanops.app_platform contributors (@oceanops)
description:
  - Adds, changes or removes one functions component of an app. It is code from a repository that the platform runs for
    each request. Which functions there are, and what they are called, is said in the repository, in C(project.yml).
  - What the task does not mention stays as it is, in the component and in the rest of the app.
extends_documentation_fragment:
  - oceanops.app_platform.app_selector
  - oceanops.app_platform.component
  - oceanops.app_platform.purge_lists
  - oceanops.app_platform.repositories
  - oceanops.app_platform.source_dir
  - oceanops.app_platform.envs
  - oceanops.app_platform.routes
  - oceanops.app_platform.alerts
  - oceanops.app_platform.log_destinations
  - oceanops.app_platform.secrets
  - oceanops.app_platform.wait
  - oceanops.app_platform.api
  - oceanops.app_platform.attributes
  - oceanops.app_platform.attributes.changes
options:
  purge_lists:
    choices: [alerts, envs, log_destinations, routes]
notes:
  - An app with functions can't be in a VPC.
seealso:
  - module: oceanops.app_platform.app
  - module: oceanops.app_platform.app_ingress_rule
  - name: Manage functions in App Platform
    description: What functions are, in the platform's own manual.
    link: https://docs.digitalocean.com/products/app-platform/how-to/manage-functions/
"""

EXAMPLES = r"""
- name: Functions that scale pictures
  oceanops.app_platform.app_function:
    app: shop
    name: pictures
    github:
      repo: example/shop-functions
      branch: main
    source_dir: pictures
    routes:
      - path: /pictures
    alerts:
      - rule: FUNCTIONS_ERROR_COUNT
        operator: GREATER_THAN
        value: 10
        window: TEN_MINUTES

- name: Nobody needs them any more
  oceanops.app_platform.app_function:
    app: shop
    name: pictures
    state: absent
"""

RETURN = r"""
function:
  description:
    - The component as it is stored, or in check mode as it would be, with secrets encrypted by the platform or masked.
    - V(null) if it is absent.
  returned: success
  type: dict
  sample: {name: pictures, source_dir: pictures}
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

from ansible_collections.oceanops.app_platform.plugins.module_utils._ansible.module import run_module
from ansible_collections.oceanops.app_platform.plugins.module_utils._resources.component import component_operation

OPERATION = component_operation("functions")


def main() -> None:
    run_module(OPERATION)


if __name__ == "__main__":
    main()
