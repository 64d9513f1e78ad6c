#!/usr/bin/python
# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: app_restart
short_description: Restart components of a DigitalOcean App Platform app
version_added: 1.0.0
author: oceanops.app_platform contributors (@oceanops)
description:
  - Restarts services and workers with what they run already, without a build and without an interruption, and waits for
    it.
  - Jobs do not run in a restart, and databases are left alone.
  - Every run restarts. Notify a handler, or use C(when).
extends_documentation_fragment:
  - oceanops.app_platform.app_selector
  - oceanops.app_platform.following
  - oceanops.app_platform.api
  - oceanops.app_platform.attributes
  - oceanops.app_platform.attributes.changes
options:
  components:
    description:
      - The names of the services and workers to restart; all of them if it is not given.
    type: list
    elements: str
  wait:
    description:
      - Whether to wait until everything has been restarted.
    type: bool
    default: true
attributes:
  idempotent:
    support: none
    details:
      - Every run restarts.
  diff_mode:
    support: none
    details:
      - The spec stays as it is.
seealso:
  - module: oceanops.app_platform.app_deployment
"""

EXAMPLES = r"""
- name: Take in what has changed in a cache
  oceanops.app_platform.app_restart:
    app: shop
    components: [web]

- name: Restart every service and worker, when nobody else deploys
  oceanops.app_platform.app_restart:
    app: shop
    wait_for_idle: true
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
    - The deployment that the restart is, with the keys of RV(oceanops.app_platform.app#module:deployment). V(null)
      in check mode.
  returned: always
  type: dict
  sample: {phase: ACTIVE, cause: restart, duration: 34.0}
components:
  description: What is restarted, sorted.
  returned: success
  type: list
  elements: str
  sample: [web]
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
from ansible_collections.oceanops.app_platform.plugins.module_utils._resources.deployment_actions import (
    FOLLOW_OPTIONS,
    WAIT_OPTION,
)
from ansible_collections.oceanops.app_platform.plugins.module_utils._resources.restart import restart

OPTIONS = ArgumentSpec({"components": {"type": "list", "elements": "str"}})
OPERATION = Operation(merge(SELECTOR, OPTIONS, WAIT_OPTION, FOLLOW_OPTIONS, API), restart)


def main() -> None:
    run_module(OPERATION)


if __name__ == "__main__":
    main()
