#!/usr/bin/python
# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: app_proposal_info
short_description: Check a spec for DigitalOcean App Platform before it is applied
version_added: 1.0.0
author: oceanops.app_platform contributors (@oceanops)
description:
  - Tells everything that is wrong or doubtful in a spec at once, each with its path, what is allowed and what to do.
  - A spec alone is looked at offline. This needs neither a token nor an account.
  - With O(propose) the platform says what it makes of the spec, and what the app would cost.
  - With O(app) or O(app_id) the spec is looked at as a change of this app, with what would change.
  - Nothing is written in any case.
extends_documentation_fragment:
  - oceanops.app_platform.secrets
  - oceanops.app_platform.api
  - oceanops.app_platform.attributes
attributes:
  idempotent:
    support: full
    details:
      - It changes nothing.
  check_mode:
    description: Runs in check mode as it does without.
    support: full
    details:
      - It changes nothing in any mode.
  diff_mode:
    description: Shows what the spec would change.
    support: full
    details:
      - With O(app) or O(app_id) only, as there is nothing to compare with otherwise. Secrets are shown as changed or
        not.
options:
  spec:
    description:
      - The spec, as M(oceanops.app_platform.app) takes it; a deploy template with a C(spec:) around it is taken too.
      - With O(app) or O(app_id) it may be a part of one, since what it does not mention stays.
    type: dict
    required: true
  secrets:
    description:
      - Secrets, kept apart from O(spec), as M(oceanops.app_platform.app) takes them.
      - They may be left out. A secret without a value is a warning then, since an app that exists may have it.
    type: dict
  app:
    description:
      - The name of an app that the spec is to change.
    type: str
  app_id:
    description:
      - The id of an app that the spec is to change.
    type: str
  purge:
    description:
      - Whether what the spec does not mention would be removed, as O(oceanops.app_platform.app#module:purge) does.
    type: bool
    default: false
  confirm_destroy:
    description:
      - Names of databases that may be removed.
    type: list
    elements: str
    default: []
  propose:
    description:
      - Whether to ask the platform as well. It needs a token, and stores nothing.
      - The platform is asked even if the lint has found errors.
    type: bool
    default: false
  fail_on:
    description:
      - Which findings make the task fail. V(error) is for errors only, V(warning) for warnings as well, V(never) for
        none.
      - The result is the same in any case.
    type: str
    choices: [never, error, warning]
    default: never
seealso:
  - module: oceanops.app_platform.app
  - module: oceanops.app_platform.app_info
"""

EXAMPLES = r"""
- name: Check a spec without an account
  oceanops.app_platform.app_proposal_info:
    spec:
      name: shop
      region: ams
      services:
        - name: web
          image:
            registry_type: GHCR
            registry: example
            repository: shop
            tag: "2.4.1"
          http_port: 8080
      jobs:
        - name: nightly-report
          kind: SCHEDULED
          schedule:
            cron: "0 5 * * *"
          image:
            registry_type: GHCR
            registry: example
            repository: shop
            tag: "2.4.1"
          run_command: bin/report
  register: checked

- name: Say what was found
  ansible.builtin.debug:
    msg: "{{ item.level }}: {{ item.path }}: {{ item.message }}"
  loop: "{{ checked.findings }}"
  loop_control:
    label: "{{ item.rule }}"

- name: Stop at the first merge request that breaks the spec
  oceanops.app_platform.app_proposal_info:
    spec: "{{ lookup('ansible.builtin.file', 'app.yaml') | from_yaml }}"
    fail_on: error
  when: "'app.yaml' is file"

- name: Ask the platform what a larger size would cost
  oceanops.app_platform.app_proposal_info:
    app: shop
    spec:
      services:
        - name: web
          instance_size_slug: apps-s-1vcpu-2gb
    propose: true
  register: larger

- name: Name the price
  ansible.builtin.debug:
    msg: "{{ larger.proposal.app_cost }} USD a month"
"""

RETURN = r"""
valid:
  description: Whether there is no error among RV(findings).
  returned: success
  type: bool
  sample: false
findings:
  description: Everything that was found, errors first.
  returned: success
  type: list
  elements: dict
  contains:
    level:
      description:
        - V(error) is what the platform refuses or what cannot be meant. V(warning) is what is worth a look.
      returned: always
      type: str
      sample: error
    path:
      description: Where it is; empty if it is about the whole spec.
      returned: always
      type: str
      sample: jobs[nightly-report].schedule.cron
    message:
      description: What is wrong, what is allowed, what to do.
      returned: always
      type: str
      sample: "'0 5 * *': there are 4 fields; write five: minute, hour, day of month, month, day of week, such as 0 3 * * *"
    rule:
      description:
        - A word for the kind of fault, for programs. All of them are listed in the collection's C(docs/lint.md), apart
          from V(declaration), which is about what M(oceanops.app_platform.app) is asked to do, such as a secret without
          a value, and V(platform), the platform's own refusal.
      returned: always
      type: str
      sample: cron_form
spec:
  description: The whole spec that would be sent. Secrets are masked.
  returned: success
  type: dict
  sample: {name: shop, region: ams, workers: [{name: queue, image: {registry_type: DOCR, repository: shop, tag: 2.4.1}}]}
would_change:
  description: Whether M(oceanops.app_platform.app) would change the app.
  returned: with O(app) or O(app_id)
  type: bool
  sample: true
changes:
  description: What would change, as C(--diff) shows it. Only the parts that differ are there, without secrets.
  returned: with O(app) or O(app_id)
  type: dict
  contains:
    before:
      description: What is there.
      returned: always
      type: dict
      sample: {services: [{name: web, instance_size_slug: apps-s-1vcpu-1gb}]}
    after:
      description: What would be there.
      returned: always
      type: dict
      sample: {services: [{name: web, instance_size_slug: apps-s-1vcpu-2gb}]}
proposal:
  description: What the platform says; V(null) if it refuses the spec.
  returned: with O(propose=true)
  type: dict
  contains:
    spec:
      description: The spec as the platform would store it, with its defaults. Secrets are masked.
      returned: always
      type: dict
      sample: {name: shop, region: ams, workers: [{name: queue, instance_count: 1}]}
    app_cost:
      description: The price of the app for a month, in US dollars.
      returned: always
      type: float
      sample: 25.0
    app_name_available:
      description: Whether an app can have this name. An app's own name may be called taken.
      returned: always
      type: bool
      sample: true
    app_name_suggestion:
      description: Another name; V(null) if there is none.
      returned: always
      type: str
      sample: shop-2
"""

from ansible_collections.oceanops.app_platform.plugins.module_utils._ansible.arguments import API, ArgumentSpec, merge
from ansible_collections.oceanops.app_platform.plugins.module_utils._ansible.module import run_module
from ansible_collections.oceanops.app_platform.plugins.module_utils._ansible.operation import Operation
from ansible_collections.oceanops.app_platform.plugins.module_utils._resources.component import SECRETS
from ansible_collections.oceanops.app_platform.plugins.module_utils._resources.proposal import propose

OPTIONS = ArgumentSpec(
    {
        "spec": {"type": "dict", "required": True},
        "secrets": {"type": "dict", "no_log": False},
        "app": {"type": "str"},
        "app_id": {"type": "str"},
        "purge": {"type": "bool", "default": False},
        "confirm_destroy": {"type": "list", "elements": "str", "default": []},
        "propose": {"type": "bool", "default": False},
        "fail_on": {"type": "str", "choices": ["never", "error", "warning"], "default": "never"},
    },
    mutually_exclusive=(("app", "app_id"),),
)
OPERATION = Operation(merge(OPTIONS, SECRETS, API), propose)


def main() -> None:
    run_module(OPERATION)


if __name__ == "__main__":
    main()
