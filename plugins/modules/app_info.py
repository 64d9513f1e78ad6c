#!/usr/bin/python
# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: app_info
short_description: Read apps of DigitalOcean App Platform
version_added: 1.0.0
author: oceanops.app_platform contributors (@oceanops)
description:
  - Reads one app, or all apps that the token can see, with their specs, their deployments and their addresses.
  - Secrets are not shown. The platform returns most of them encrypted, as C(EV[...]); those that it returns in clear, such
    as tokens of log destinations, are masked.
extends_documentation_fragment:
  - oceanops.app_platform.api
  - oceanops.app_platform.attributes
  - oceanops.app_platform.attributes.info
options:
  app:
    description:
      - The name of an app. If there is no such app, RV(apps) is empty.
      - Without O(app) and O(app_id), all apps are read.
      - If several apps of the account have the name, the task fails and lists their ids.
    type: str
  app_id:
    description:
      - The id of an app. If there is no such app, RV(apps) is empty.
    type: str
  region:
    description:
      - Only the apps in this region, such as V(ams) or V(nyc).
    type: str
  project_id:
    description:
      - Only the apps in the project with this id. The token must be able to read projects.
    type: str
  with_projects:
    description:
      - Whether to ask for the project of each app, which the API leaves out of lists otherwise. The token must be able to
        read projects.
      - O(project_id) implies it. An app that is read by its name or id always has its project.
    type: bool
    default: false
  export:
    description:
      - Whether to return RV(apps[].export) as well, a spec for a file, which M(oceanops.app_platform.app) can apply again.
    type: bool
    default: false
seealso:
  - module: oceanops.app_platform.app
  - module: oceanops.app_platform.app_deployment_info
"""

EXAMPLES = r"""
- name: Read one app
  oceanops.app_platform.app_info:
    app: shop
  register: shop

- name: Say where it is
  ansible.builtin.debug:
    msg: "{{ shop.apps[0].live_url }} runs deployment {{ shop.apps[0].active_deployment.id }}"
  when: shop.apps | length == 1

- name: Read all apps in Amsterdam
  oceanops.app_platform.app_info:
    region: ams
  register: amsterdam

- name: List the jobs of each
  ansible.builtin.debug:
    msg: "{{ item }}: {{ app.spec.jobs | default([]) | map(attribute='name') | join(', ') }}"
  loop: "{{ amsterdam.apps | map(attribute='spec.name') }}"
  vars:
    app: "{{ amsterdam.apps | selectattr('spec.name', 'eq', item) | first }}"

- name: Export the spec of an app
  oceanops.app_platform.app_info:
    app: shop
    export: true
  register: shop

- name: Keep it in a file, without secrets
  ansible.builtin.copy:
    content: "{{ shop.apps[0].export | to_nice_yaml(sort_keys=false) }}"
    dest: shop.yaml
    mode: "0644"
  delegate_to: localhost

- name: Read the apps of a project
  oceanops.app_platform.app_info:
    project_id: 5f1c2f3a-9c0e-4a53-8f43-0ad5e3fd0c5d
"""

RETURN = r"""
apps:
  description:
    - The apps, sorted by their names. Each one is the API's own object; fields that the API leaves out are empty there.
    - Empty if there is no such app.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: The id of the app.
      type: str
      returned: always
      sample: 4f6c71e2-1e90-4762-9fee-6cc4a0a9f2cf
    spec:
      description: The spec that was accepted last. It need not be the one that runs, see RV(apps[].active_deployment).
      type: dict
      returned: always
      sample:
        name: shop
        region: ams
        services:
          - name: web
            image: {registry_type: DOCR, repository: shop, tag: 2.4.1}
            http_port: 8080
            instance_size_slug: apps-s-1vcpu-1gb
            instance_count: 2
        jobs:
          - name: migrate
            kind: PRE_DEPLOY
            image: {registry_type: DOCR, repository: shop, tag: 2.4.1}
            run_command: bin/migrate
            envs:
              - {key: DATABASE_URL, scope: RUN_TIME, type: SECRET, value: "EV[1:...]"}
    default_ingress:
      description: The address that the platform gives the app.
      type: str
      returned: when a component can be reached from outside
      sample: https://shop-2fm4x.ondigitalocean.app
    live_url:
      description: The address at which the app answers.
      type: str
      returned: when a component can be reached from outside and is live
      sample: https://shop.example.com
    active_deployment:
      description: The deployment that runs, with the spec that it was made of.
      type: dict
      returned: when a deployment has been live
      sample: {id: 3aa4d20e-5527-4c00-b496-601fbd22520a, phase: ACTIVE, cause: app spec updated}
    in_progress_deployment:
      description: The deployment that is being made.
      type: dict
      returned: when there is one
    pending_deployment:
      description: The deployment that waits for its turn.
      type: dict
      returned: when there is one
    pinned_deployment:
      description: The deployment that the app was rolled back to. The app takes no other until this is committed or reverted.
      type: dict
      returned: when there is one
    region:
      description: The region, with its label and its data centers.
      type: dict
      returned: always
      sample: {slug: ams, label: Amsterdam, continent: Europe, data_centers: [ams3]}
    project_id:
      description: The project of the app.
      type: str
      returned: when the token can read projects; in lists, with O(with_projects) or O(project_id)
      sample: 5f1c2f3a-9c0e-4a53-8f43-0ad5e3fd0c5d
    export:
      description:
        - The spec as a person would keep it in a file, without what goes without saying and without secrets. Applied to
          the app that it comes from, it changes nothing.
        - A secret env stands there without its value, which keeps the stored one. Tokens of log destinations and
          registry credentials are left out, and are kept by a task that does not mention them.
      type: dict
      returned: with O(export=true)
      sample:
        name: shop
        region: ams
        jobs:
          - name: migrate
            kind: PRE_DEPLOY
            image: {registry_type: DOCR, repository: shop, tag: 2.4.1}
            run_command: bin/migrate
            envs:
              - {key: DATABASE_URL, scope: RUN_TIME, type: SECRET}
    updated_at:
      description: When the app's configuration was changed last.
      type: str
      returned: always
      sample: "2026-03-02T10:11:12Z"
"""

from ansible_collections.oceanops.app_platform.plugins.module_utils._ansible.arguments import API, ArgumentSpec, merge
from ansible_collections.oceanops.app_platform.plugins.module_utils._ansible.module import run_module
from ansible_collections.oceanops.app_platform.plugins.module_utils._ansible.operation import Operation
from ansible_collections.oceanops.app_platform.plugins.module_utils._resources.apps import read_apps

OPTIONS = ArgumentSpec(
    {
        "app": {"type": "str"},
        "app_id": {"type": "str"},
        "region": {"type": "str"},
        "project_id": {"type": "str"},
        "with_projects": {"type": "bool", "default": False},
        "export": {"type": "bool", "default": False},
    },
    mutually_exclusive=(("app", "app_id"),),
)
OPERATION = Operation(merge(API, OPTIONS), read_apps, display_only=True)


def main() -> None:
    run_module(OPERATION)


if __name__ == "__main__":
    main()
