#!/usr/bin/python
# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: app_worker
short_description: Manage a worker of a DigitalOcean App Platform app
version_added: 1.0.0
author: oceanops.app_platform contributors (@oceanops)
description:
  - Adds, changes or removes one worker of an app. A worker runs all the time and can't be reached from outside, such as
    the consumer of a queue.
  - What the task does not mention stays as it is, in the worker and in the rest of the app. To scale a worker, give
    nothing but its name and O(instance_count).
extends_documentation_fragment:
  - oceanops.app_platform.app_selector
  - oceanops.app_platform.component
  - oceanops.app_platform.purge_lists
  - oceanops.app_platform.image
  - oceanops.app_platform.repositories
  - oceanops.app_platform.build
  - oceanops.app_platform.source_dir
  - oceanops.app_platform.run
  - oceanops.app_platform.envs
  - oceanops.app_platform.autoscaling.workers
  - oceanops.app_platform.liveness_health_check
  - oceanops.app_platform.alerts
  - oceanops.app_platform.log_destinations
  - oceanops.app_platform.secrets
  - oceanops.app_platform.wait
  - oceanops.app_platform.api
  - oceanops.app_platform.attributes
  - oceanops.app_platform.attributes.changes
options:
  purge_lists:
    choices: [alerts, envs, log_destinations]
  termination:
    description:
      - How an instance is stopped.
    type: dict
    suboptions:
      grace_period_seconds:
        description:
          - Seconds between the request to end (SIGTERM) and the kill, 1 to 600; 120 by default.
        type: int
seealso:
  - module: oceanops.app_platform.app
  - module: oceanops.app_platform.app_job
  - name: Manage workers in App Platform
    description: What workers are, in the platform's own manual.
    link: https://docs.digitalocean.com/products/app-platform/how-to/manage-workers/
"""

EXAMPLES = r"""
- name: A worker that takes work from a queue
  oceanops.app_platform.app_worker:
    app: shop
    name: queue
    image:
      registry_type: GHCR
      registry: example
      repository: shop
      tag: "2.4.1"
    run_command: celery -A shop worker
    inherit_envs_from: [web]
    termination:
      grace_period_seconds: 300
    alerts:
      - rule: MEM_UTILIZATION
        operator: GREATER_THAN
        value: 80
        window: TEN_MINUTES

- name: Two of them
  oceanops.app_platform.app_worker:
    app: shop
    name: queue
    instance_size_slug: apps-s-1vcpu-1gb
    instance_count: 2

- name: The queue is gone
  oceanops.app_platform.app_worker:
    app: shop
    name: queue
    state: absent
"""

RETURN = r"""
worker:
  description:
    - The worker as it is stored, or in check mode as it would be, with secrets encrypted by the platform or masked.
    - V(null) if it is absent.
  returned: success
  type: dict
  sample: {name: queue, run_command: celery -A shop worker}
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

OPERATION = component_operation("workers")


def main() -> None:
    run_module(OPERATION)


if __name__ == "__main__":
    main()
