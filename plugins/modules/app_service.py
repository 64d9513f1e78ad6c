#!/usr/bin/python
# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: app_service
short_description: Manage a service of a DigitalOcean App Platform app
version_added: 1.0.0
author: oceanops.app_platform contributors (@oceanops)
description:
  - Adds, changes or removes one service of an app. A service runs all the time and answers requests, from the internet,
    from the other components of the app, or both.
  - What the task does not mention stays as it is, in the service and in the rest of the app. To scale a service, give
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
  - oceanops.app_platform.autoscaling.services
  - oceanops.app_platform.liveness_health_check
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
  http_port:
    description:
      - The port at which the service listens for requests from outside, 1 to 65535. It is V(8080) if neither this nor
        O(internal_ports) is given.
      - The platform sets the variable C(PORT) to it where the service has none of its own.
    type: int
  protocol:
    description:
      - What it speaks at O(http_port).
      - V(HTTP), which is the default.
      - V(HTTP2), in clear text (h2c), as gRPC needs it.
    type: str
  internal_ports:
    description:
      - Ports at which only the other components of the app can reach it, 1 to 65535. A service that has nothing but
        these can't be reached from outside. The list replaces the one that is there.
    type: list
    elements: int
  health_check:
    description:
      - When a container is ready to take requests.
    type: dict
    suboptions:
      http_path:
        description:
          - The path to ask for. Without one it is only checked whether the port accepts connections.
        type: str
      port:
        description:
          - The port to ask at, 1 to 65535. It is O(http_port), which is the default, or one of O(internal_ports).
        type: int
      initial_delay_seconds:
        description:
          - Seconds before the first check, 0 to 3600; none by default.
        type: int
      period_seconds:
        description:
          - Seconds between two checks, 1 to 300; 10 by default.
        type: int
      timeout_seconds:
        description:
          - Seconds that a check may take, 1 to 120; 1 by default.
        type: int
      success_threshold:
        description:
          - How many checks in a row must succeed, 1 to 50; 1 by default.
        type: int
      failure_threshold:
        description:
          - How many checks in a row must fail for it to count as down, 1 to 50; 9 by default.
        type: int
  termination:
    description:
      - How an instance is stopped.
    type: dict
    suboptions:
      drain_seconds:
        description:
          - Seconds between the last new request and the request to end, 1 to 110; 15 by default.
        type: int
      grace_period_seconds:
        description:
          - Seconds between the request to end (SIGTERM) and the kill, 1 to 600; 120 by default.
        type: int
  inactivity_sleep:
    description:
      - Let the service sleep while nobody uses it. The platform has this as a preview that not every account can use.
    type: dict
    suboptions:
      after_seconds:
        description:
          - Seconds without a request after which it sleeps, 600 to 86400.
        type: int
      loading_page:
        description:
          - What visitors see while it wakes up.
        type: dict
        suboptions:
          enabled:
            description:
              - Whether they see a page at all.
            type: bool
          custom_url:
            description:
              - The address of a page of your own.
            type: str
seealso:
  - module: oceanops.app_platform.app
  - module: oceanops.app_platform.app_job
  - module: oceanops.app_platform.app_ingress_rule
  - name: Manage services in App Platform
    description: What services are, in the platform's own manual.
    link: https://docs.digitalocean.com/products/app-platform/how-to/manage-services/
"""

EXAMPLES = r"""
- name: A service behind /api, with a health check
  oceanops.app_platform.app_service:
    app: shop
    name: api
    image:
      registry_type: GHCR
      registry: example
      repository: shop-api
      tag: "1.9.0"
    http_port: 8000
    routes:
      - path: /api
        preserve_path_prefix: true
    health_check:
      http_path: /healthz
      period_seconds: 5
    instance_size_slug: apps-s-1vcpu-1gb
    instance_count: 2
    envs:
      - key: LOG_LEVEL
        value: info

- name: Three instances; everything else stays
  oceanops.app_platform.app_service:
    app: shop
    name: api
    instance_count: 3

- name: A newer image, and back to the old spec if it does not come up
  oceanops.app_platform.app_service:
    app: shop
    name: api
    image:
      tag: "1.9.1"
    on_failure: restore_spec

- name: A service that only the other components reach
  oceanops.app_platform.app_service:
    app: shop
    name: search
    image:
      registry_type: DOCR
      repository: search
      tag: "0.7.2"
    internal_ports: [9200]
    instance_size_slug: apps-d-1vcpu-2gb
    autoscaling:
      min_instance_count: 2
      max_instance_count: 6
      metrics:
        cpu:
          percent: 70

- name: The search has moved elsewhere
  oceanops.app_platform.app_service:
    app: shop
    name: search
    state: absent
"""

RETURN = r"""
service:
  description:
    - The service as it is stored, or in check mode as it would be, with secrets encrypted by the platform or masked.
    - V(null) if it is absent.
  returned: success
  type: dict
  sample: {name: api, http_port: 8000, instance_count: 3}
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

OPERATION = component_operation("services")


def main() -> None:
    run_module(OPERATION)


if __name__ == "__main__":
    main()
