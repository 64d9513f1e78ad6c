#!/usr/bin/python
# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: app_ingress_rule
short_description: Manage an ingress rule of a DigitalOcean App Platform app
version_added: 1.0.0
author: oceanops.app_platform contributors (@oceanops)
description:
  - Adds, changes, moves or removes one rule that says where requests go. A rule is known by what it matches. The other
    rules stay.
  - The platform takes the first rule that matches, so their order counts.
  - What a component has as C(routes) are ingress rules too.
extends_documentation_fragment:
  - oceanops.app_platform.app_selector
  - oceanops.app_platform.wait
  - oceanops.app_platform.api
  - oceanops.app_platform.attributes
  - oceanops.app_platform.attributes.changes
options:
  match:
    description:
      - The requests that the rule is for. No two rules of an app match the same.
    type: dict
    required: true
    suboptions:
      path:
        description:
          - The path of requests; every path if it is not given. Give one of its fields.
        type: dict
        suboptions:
          prefix:
            description:
              - The beginning of the path, such as V(/api), up to 256 characters. An empty text matches every path.
            type: str
          exact:
            description:
              - The whole path, up to 256 characters.
            type: str
      authority:
        description:
          - The host name of requests; every name of the app if it is not given. Give one of its fields.
        type: dict
        suboptions:
          exact:
            description:
              - The host name, such as V(shop.example.com), up to 256 characters.
            type: str
          prefix:
            description:
              - The beginning of the host name, up to 256 characters.
            type: str
  component:
    description:
      - The component that gets the requests. Give this or O(redirect).
    type: dict
    suboptions:
      name:
        description:
          - The name of a service, a static site or a functions component. It is needed.
        type: str
      preserve_path_prefix:
        description:
          - Whether the component sees the whole path. Otherwise the beginning that matched is cut off, which is the
            default. It excludes O(component.rewrite).
        type: bool
      rewrite:
        description:
          - What takes the place of the beginning that matched. It excludes O(component.preserve_path_prefix).
        type: str
  redirect:
    description:
      - Send the requests elsewhere. Give this or O(component).
    type: dict
    suboptions:
      uri:
        description:
          - The whole path there, in place of the one that was asked for.
        type: str
      authority:
        description:
          - The host name there; the same one by default.
        type: str
      port:
        description:
          - The port there, 1 to 65535.
        type: int
      scheme:
        description:
          - V(https), which is the default, or V(http).
        type: str
      redirect_code:
        description:
          - The status of the answer, V(301), V(302), V(303), V(304), V(307), V(308) or V(300); V(302) by default.
        type: int
  cors:
    description:
      - What web pages of other origins may do with what the rule leads to.
    type: dict
    suboptions:
      allow_origins:
        description:
          - The origins that may use them. The list replaces the one that is there.
        type: list
        elements: dict
        suboptions:
          exact:
            description:
              - This one origin, up to 256 characters. Give this or O(cors.allow_origins[].regex).
            type: str
          regex:
            description:
              - Origins that match this regular expression of RE2, 1 to 256 characters. Give this or
                O(cors.allow_origins[].exact).
            type: str
      allow_methods:
        description:
          - The methods that they may use, such as V(GET). The list replaces the one that is there.
        type: list
        elements: str
      allow_headers:
        description:
          - The headers that their requests may have. The list replaces the one that is there.
        type: list
        elements: str
      expose_headers:
        description:
          - The headers of answers that they may read. The list replaces the one that is there.
        type: list
        elements: str
      max_age:
        description:
          - How long a browser may keep the answer to this question, such as V(5h30m).
        type: str
      allow_credentials:
        description:
          - Whether requests may carry cookies and the like. They may not by default.
        type: bool
  before:
    description:
      - What the rule matches that this one is to stand before. It excludes O(after) and O(position).
    type: dict
    suboptions:
      path:
        description:
          - The path of requests; every path if it is not given. Give one of its fields.
        type: dict
        suboptions:
          prefix:
            description:
              - The beginning of the path, such as V(/api), up to 256 characters. An empty text matches every path.
            type: str
          exact:
            description:
              - The whole path, up to 256 characters.
            type: str
      authority:
        description:
          - The host name of requests; every name of the app if it is not given. Give one of its fields.
        type: dict
        suboptions:
          exact:
            description:
              - The host name, such as V(shop.example.com), up to 256 characters.
            type: str
          prefix:
            description:
              - The beginning of the host name, up to 256 characters.
            type: str
  after:
    description:
      - What the rule matches that this one is to stand after. It excludes O(before) and O(position).
    type: dict
    suboptions:
      path:
        description:
          - The path of requests; every path if it is not given. Give one of its fields.
        type: dict
        suboptions:
          prefix:
            description:
              - The beginning of the path, such as V(/api), up to 256 characters. An empty text matches every path.
            type: str
          exact:
            description:
              - The whole path, up to 256 characters.
            type: str
      authority:
        description:
          - The host name of requests; every name of the app if it is not given. Give one of its fields.
        type: dict
        suboptions:
          exact:
            description:
              - The host name, such as V(shop.example.com), up to 256 characters.
            type: str
          prefix:
            description:
              - The beginning of the host name, up to 256 characters.
            type: str
  position:
    description:
      - Where it is to stand among the rules. If neither this nor O(before) or O(after) is given, a rule that is there
        stays where it is, and a new one becomes the last.
      - V(first), before all others.
      - V(last), behind all others.
    type: str
    choices: [first, last]
  state:
    description:
      - V(present) adds the rule, or changes what differs.
      - V(absent) removes it. The last rule of an app whose components can be reached from outside can't be removed, as
        the platform would make one of its own.
    type: str
    choices: [present, absent]
    default: present
seealso:
  - module: oceanops.app_platform.app
  - module: oceanops.app_platform.app_service
  - module: oceanops.app_platform.app_domain
  - name: App spec reference
    description: All fields of a spec, in the platform's own manual.
    link: https://docs.digitalocean.com/products/app-platform/reference/app-spec/
"""

EXAMPLES = r"""
- name: Requests for the API go to the service, with their whole path
  oceanops.app_platform.app_ingress_rule:
    app: shop
    match:
      path:
        prefix: /api
    component:
      name: web
      preserve_path_prefix: true
    before:
      path:
        prefix: /

- name: The old address leads to the new one
  oceanops.app_platform.app_ingress_rule:
    app: shop
    match:
      path:
        prefix: /store
    redirect:
      uri: /
      redirect_code: 301
    position: first

- name: Nobody knows the old address any more
  oceanops.app_platform.app_ingress_rule:
    app: shop
    match:
      path:
        prefix: /store
    state: absent
"""

RETURN = r"""
rule:
  description: The rule; V(null) if it is absent.
  returned: success
  type: dict
  sample: {match: {path: {prefix: /api}}, component: {name: web, preserve_path_prefix: true}}
position:
  description: Its place among the rules, from 0; V(null) if it is absent.
  returned: success
  type: int
  sample: 0
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
from ansible_collections.oceanops.app_platform.plugins.module_utils._resources.ingress_rule import (
    MATCH_OPTION,
    RULE_OPTIONS,
    converge_rule,
)

OPTIONS = ArgumentSpec(
    {
        **RULE_OPTIONS,
        "match": {**MATCH_OPTION, "required": True},
        "before": MATCH_OPTION,
        "after": MATCH_OPTION,
        "position": {"type": "str", "choices": ["first", "last"]},
    },
    mutually_exclusive=(("before", "after", "position"), ("component", "redirect")),
)
OPERATION = Operation(merge(OPTIONS, STATE, SELECTOR, WAIT, API), converge_rule)


def main() -> None:
    run_module(OPERATION)


if __name__ == "__main__":
    main()
