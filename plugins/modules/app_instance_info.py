#!/usr/bin/python
# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: app_instance_info
short_description: Read the running instances of an app of DigitalOcean App Platform
version_added: 1.0.0
author: oceanops.app_platform contributors (@oceanops)
description:
  - Reads the containers in which the services, workers and jobs of an app run at this moment.
  - They come and go with every deployment, restart and run of a job, so their names are not for keeping.
extends_documentation_fragment:
  - oceanops.app_platform.app_selector
  - oceanops.app_platform.api
  - oceanops.app_platform.attributes
  - oceanops.app_platform.attributes.info
options:
  component:
    description:
      - Only the instances of this component. The task fails if the app has no such component.
    type: str
seealso:
  - module: oceanops.app_platform.app_health_info
  - module: oceanops.app_platform.app_restart
"""

EXAMPLES = r"""
- name: Read all instances of an app
  oceanops.app_platform.app_instance_info:
    app: shop
  register: running

- name: Say how many each component has
  ansible.builtin.debug:
    var: running.counts

- name: Read the instances of one service
  oceanops.app_platform.app_instance_info:
    app: shop
    component: web
"""

RETURN = r"""
instances:
  description: The instances, sorted by component and alias. Empty if nothing of the app runs.
  returned: success
  type: list
  elements: dict
  contains:
    component_name:
      description: The component that runs in it.
      returned: always
      type: str
      sample: web
    component_type:
      description: The kind of the component, V(SERVICE), V(WORKER) or V(JOB).
      returned: always
      type: str
      sample: SERVICE
    instance_name:
      description: The name of the container, as logs and the platform's console have it.
      returned: always
      type: str
      sample: web-7cf6d7c5d9-x8k2p
    instance_alias:
      description: A short name for it.
      returned: always
      type: str
      sample: web-0
counts:
  description: How many instances each component has. A component without one is left out.
  returned: success
  type: dict
  sample: {web: 2, queue: 1}
"""

from collections import Counter
from typing import Any

from ansible_collections.oceanops.app_platform.plugins.module_utils._ansible.arguments import (
    API,
    SELECTOR,
    ArgumentSpec,
    merge,
)
from ansible_collections.oceanops.app_platform.plugins.module_utils._ansible.context import Context
from ansible_collections.oceanops.app_platform.plugins.module_utils._ansible.find_app import require_app
from ansible_collections.oceanops.app_platform.plugins.module_utils._ansible.module import run_module
from ansible_collections.oceanops.app_platform.plugins.module_utils._ansible.operation import Operation
from ansible_collections.oceanops.app_platform.plugins.module_utils._deployments.deployment import id_of
from ansible_collections.oceanops.app_platform.plugins.module_utils._resources.component_names import check_components

OPTIONS = ArgumentSpec({"component": {"type": "str"}})


def run(params: dict[str, Any], context: Context) -> dict[str, Any]:
    """The instances that the options ask for."""
    app = require_app(context, params)
    wanted = params["component"]
    check_components(app, "component", [] if wanted is None else [wanted])
    found = [one for one in context.api.list_instances(id_of(app)) if wanted in (None, one.get("component_name"))]
    found.sort(key=lambda one: (str(one.get("component_name")), str(one.get("instance_alias"))))
    counts = Counter(str(one.get("component_name")) for one in found)
    return {"changed": False, "instances": found, "counts": dict(counts)}


OPERATION = Operation(merge(SELECTOR, OPTIONS, API), run, display_only=True)


def main() -> None:
    run_module(OPERATION)


if __name__ == "__main__":
    main()
