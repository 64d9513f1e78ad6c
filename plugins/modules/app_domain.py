#!/usr/bin/python
# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: app_domain
short_description: Manage a domain of a DigitalOcean App Platform app
version_added: 1.0.0
author: oceanops.app_platform contributors (@oceanops)
description:
  - Adds, changes or removes one domain of an app. The other domains stay.
  - A domain can be served by one app only. If another app of the account has it, the task says so before it writes.
extends_documentation_fragment:
  - oceanops.app_platform.app_selector
  - oceanops.app_platform.wait
  - oceanops.app_platform.api
  - oceanops.app_platform.attributes
  - oceanops.app_platform.attributes.changes
options:
  domain:
    description:
      - The host name, such as V(shop.example.com), 4 to 253 characters. Neither upper case nor a final dot makes a
        difference.
    type: str
    required: true
  state:
    description:
      - V(present) adds the domain, or changes what differs.
      - V(absent) removes it.
    type: str
    choices: [present, absent]
    default: present
  type:
    description:
      - What it is to the app. The platform chooses by itself if it is not given.
      - V(PRIMARY), the one that the app is known by; there is one at most.
      - V(ALIAS), another name.
      - V(DEFAULT), a name that the platform gave the app itself.
    type: str
  wildcard:
    description:
      - Whether all names below it lead to the app too.
    type: bool
  zone:
    description:
      - The DNS zone, if DigitalOcean manages it, such as V(example.com). The platform makes the records then; otherwise
        you make them, as RV(domain.validations) and RV(oceanops.app_platform.app#module:app.default_ingress) say.
    type: str
  minimum_tls_version:
    description:
      - The oldest TLS version that is spoken, V(1.2) or V(1.3). Write it in quotes.
    type: str
  certificate:
    description:
      - The id of a certificate of your own, in place of the one that the platform gets.
    type: str
notes:
  - That a deployment is live does not mean that the domain works; RV(domain.phase) tells how far it is.
seealso:
  - module: oceanops.app_platform.app
  - module: oceanops.app_platform.app_ingress_rule
  - name: Manage domains in App Platform
    description: How a domain gets to an app, in the platform's own manual.
    link: https://docs.digitalocean.com/products/app-platform/how-to/manage-domains/
"""

EXAMPLES = r"""
- name: The shop's own name
  oceanops.app_platform.app_domain:
    app: shop
    domain: shop.example.com
    type: PRIMARY
    minimum_tls_version: "1.2"
  register: own

- name: What DNS has to say before it works
  ansible.builtin.debug:
    msg: "{{ own.domain.validations | default([]) }}"

- name: The old name is given up
  oceanops.app_platform.app_domain:
    app: shop
    domain: store.example.com
    state: absent
"""

RETURN = r"""
domain:
  description:
    - The domain as the spec has it, with how far it is. V(null) if it is absent.
  returned: success
  type: dict
  contains:
    spec:
      description: What the spec says of it.
      returned: always
      type: dict
      sample: {domain: shop.example.com, type: PRIMARY}
    phase:
      description: V(PENDING), V(CONFIGURING), V(ACTIVE) or V(ERROR); V(null) if the platform does not say yet.
      returned: always
      type: str
      sample: CONFIGURING
    validations:
      description: The TXT records that prove that it is yours.
      returned: always
      type: list
      elements: dict
      sample: [{txt_name: _acme-challenge.shop.example.com, txt_value: kX3aS8}]
    certificate_expires_at:
      description: Until when its certificate holds; V(null) if there is none yet.
      returned: always
      type: str
      sample: "2026-06-01T00:00:00Z"
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
from ansible_collections.oceanops.app_platform.plugins.module_utils._resources.component import STATE
from ansible_collections.oceanops.app_platform.plugins.module_utils._resources.domain import (
    DOMAIN_OPTIONS,
    converge_domain,
)

OPERATION = Operation(merge(ArgumentSpec(DOMAIN_OPTIONS), STATE, SELECTOR, WAIT, API), converge_domain)


def main() -> None:
    run_module(OPERATION)


if __name__ == "__main__":
    main()
