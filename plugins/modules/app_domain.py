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
      - The DNS zone, if DigitalOcean manages it, such as V(example.com). The platform makes the records then; otherwise you
        make them, as RV(domain.validations) and RV(app.default_ingress) say.
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
  description:
    - The app after the task; in check mode as it would be. What is not known or empty is V(null).
    - V(null) if there is no such app. A task that fails after it wrote something has it too, so that the id is known.
  returned: success
  type: dict
  contains:
    name:
      description: Its name.
      returned: always
      type: str
      sample: shop
    id:
      description: Its id; V(null) in check mode for an app that does not exist yet.
      returned: always
      type: str
      sample: 2f5c7f0e-6f0b-4b1e-9a4b-8b6e3f1d9c55
    region:
      description: The region that it is in.
      returned: always
      type: str
      sample: ams
    default_ingress:
      description: The address that the platform gave it.
      returned: always
      type: str
      sample: https://shop-a1b2c.ondigitalocean.app
    live_url:
      description: Its address, with its own domain if it has one. An app of only workers and jobs has none.
      returned: always
      type: str
      sample: https://shop.example.com
    live_domain:
      description: The host name of that address.
      returned: always
      type: str
      sample: shop.example.com
    tier_slug:
      description: The tier that it is billed in.
      returned: always
      type: str
      sample: professional
    project_id:
      description: The project that it is in; V(null) if the token may not read projects.
      returned: always
      type: str
      sample: 88b72d1a-9f6e-4b0c-8a35-6c7a1e0f4d21
    created_at:
      description: When it was created.
      returned: always
      type: str
      sample: "2026-03-01T10:00:00Z"
    updated_at:
      description: When its configuration changed last.
      returned: always
      type: str
      sample: "2026-03-02T09:30:00Z"
    last_deployment_created_at:
      description: When its last deployment was made.
      returned: always
      type: str
      sample: "2026-03-02T09:30:00Z"
    spec:
      description: Its whole spec, with secrets encrypted by the platform or masked.
      returned: always
      type: dict
      sample: {name: shop, region: ams, jobs: [{name: migrate, kind: PRE_DEPLOY}]}
deployment:
  description:
    - The deployment that the task made, or joined because it was bringing the same spec. If the task made none, the
      deployment that runs the spec. V(null) if there is none, and in check mode.
    - A task that fails because the deployment did has it too, with RV(deployment.failures) and RV(deployment.logs).
  returned: always
  type: dict
  contains:
    id:
      description: Its id.
      returned: always
      type: str
      sample: 9a1b3c5d-0f3a-4c27-9b7e-1f0c6ad7e6a2
    phase:
      description:
        - V(PENDING_BUILD), V(BUILDING), V(PENDING_DEPLOY) or V(DEPLOYING) while it is being made.
        - V(ACTIVE) if it runs, V(SUPERSEDED) if a newer one took its place, V(ERROR) or V(CANCELED) if it ended badly.
      returned: always
      type: str
      sample: ACTIVE
    cause:
      description: What made it, in the platform's words.
      returned: always
      type: str
      sample: app spec updated
    created_at:
      description: When it was made.
      returned: always
      type: str
      sample: "2026-03-02T09:30:00Z"
    duration:
      description: Seconds that it took; V(null) while it is being made.
      returned: always
      type: float
      sample: 94.0
    jobs:
      description:
        - Each job of the app, with how it went in this deployment.
        - The status is V(PENDING), V(RUNNING), V(SUCCESS), V(ERROR), V(CANCELED), V(SKIPPED), V(NOT_TRIGGERED) for a
          V(FAILED_DEPLOY) job that was not needed, V(SCHEDULED) for one that runs by its schedule, or V(UNKNOWN).
      returned: always
      type: list
      elements: dict
      sample: [{name: migrate, kind: PRE_DEPLOY, status: SUCCESS, duration: 4.2, reason: null}]
    steps:
      description: How many steps there are, and how many of them are where.
      returned: always
      type: dict
      sample: {success: 11, running: 0, pending: 0, error: 0, total: 11}
    sources:
      description: The commit or the image digest of each component.
      returned: always
      type: list
      elements: dict
      sample: [{component: web, commit: null, digest: "sha256:0c9d..."}]
    failures:
      description: What failed, the most telling first. It is empty if nothing did.
      returned: always
      type: list
      elements: dict
      sample:
        - component: migrate
          kind: PRE_DEPLOY
          step: deploy > components > migrate
          code: DeployContainerExitNonZero
          message: the container exited with status 1
          exit_code: 1
          hint: "The container started and ended with an error: read its last log lines."
    logs:
      description:
        - The last lines of the logs of what failed, as many as O(log_lines) says; in place of them a note why there are
          none.
      returned: always
      type: list
      elements: dict
      sample:
        - component: migrate
          type: DEPLOY
          lines: ["could not connect to server: Connection refused"]
          note: null
    superseded:
      description: Ids of the deployments whose place it took while they were waited for.
      returned: always
      type: list
      elements: str
      sample: []
    console_url:
      description: Where a person sees it.
      returned: always
      type: str
      sample: https://cloud.digitalocean.com/apps/2f5c7f0e-6f0b-4b1e-9a4b-8b6e3f1d9c55/deployments/9a1b3c5d-0f3a-4c27-9b7e-1f0c6ad7e6a2
conflict:
  description:
    - What is in the app in place of what the task declared, where other writers were faster again and again, or where the
      platform did not keep all of it. Secrets are masked.
  returned: failure, with RV(failure.code=concurrent_edit) or RV(failure.code=not_kept)
  type: dict
  contains:
    there:
      description: What is there.
      returned: always
      type: dict
      sample: {jobs: [{name: migrate, run_command: bin/old}]}
    wanted:
      description: What the task declared.
      returned: always
      type: dict
      sample: {jobs: [{name: migrate, run_command: bin/new}]}
restored:
  description: Whether the spec of the active deployment was put back after the new one failed.
  returned: on failure, with O(on_failure=restore_spec)
  type: bool
  sample: true
failure:
  description: What went wrong, for programs.
  returned: failure
  type: dict
  contains:
    code:
      description:
        - A word for the kind of failure, such as V(usage), V(app_not_found), V(unauthorized), V(deployment_failed),
          V(post_deploy_job_failed), V(wait_timeout) or V(concurrent_edit).
      returned: always
      type: str
      sample: deployment_failed
    message:
      description: The same as the task's message.
      returned: always
      type: str
      sample: "Deployment 9a1b3c5d of app shop failed (phase ERROR): job migrate (PRE_DEPLOY), step deploy > components > migrate: DeployContainerExitNonZero."
    status:
      description: The HTTP status of the call that failed, if one did.
      returned: always
      type: int
      sample: null
    request_id:
      description: The platform's id of that call, which its support asks for.
      returned: always
      type: str
      sample: null
    method:
      description: Its method.
      returned: always
      type: str
      sample: null
    path:
      description: Its path.
      returned: always
      type: str
      sample: null
"""

from typing import Any

from ansible_collections.oceanops.app_platform.plugins.module_utils._ansible.arguments import (
    API,
    SELECTOR,
    WAIT,
    ArgumentSpec,
    merge,
)
from ansible_collections.oceanops.app_platform.plugins.module_utils._ansible.context import Context
from ansible_collections.oceanops.app_platform.plugins.module_utils._ansible.find_app import require_app
from ansible_collections.oceanops.app_platform.plugins.module_utils._ansible.module import run_module
from ansible_collections.oceanops.app_platform.plugins.module_utils._ansible.operation import Operation
from ansible_collections.oceanops.app_platform.plugins.module_utils._ansible.spec_arguments import record_options
from ansible_collections.oceanops.app_platform.plugins.module_utils._deployments.deployment import spec_of
from ansible_collections.oceanops.app_platform.plugins.module_utils._edit.converge import converge
from ansible_collections.oceanops.app_platform.plugins.module_utils._edit.elements import Elements
from ansible_collections.oceanops.app_platform.plugins.module_utils._edit.plan import Plan
from ansible_collections.oceanops.app_platform.plugins.module_utils._resources.component import STATE
from ansible_collections.oceanops.app_platform.plugins.module_utils._spec.canonical import canonical
from ansible_collections.oceanops.app_platform.plugins.module_utils._spec.nodes import objects
from ansible_collections.oceanops.app_platform.plugins.module_utils._spec.schema import DOMAIN

OWN = record_options(DOMAIN, required="domain")


def run(params: dict[str, Any], context: Context) -> dict[str, Any]:
    """One domain, to be there or not."""
    item = {name: params[name] for name in OWN if params[name] is not None}
    edit = Elements("domains", (item,), absent=params["state"] == "absent")
    result = converge(Plan(context, edit), params, require_app(context, params))
    wished = _host(params["domain"])
    spec = next((one for one in objects(result.after.get("domains")) if _host(one.get("domain")) == wished), None)
    known: dict[str, Any] = next(
        (one for one in objects(result.app.get("domains")) if _host((spec_of(one) or {}).get("domain")) == wished), {}
    )
    told = {name: known.get(name) for name in ("phase", "certificate_expires_at")}
    validations = known.get("validations") or []
    return result.result(domain=None if spec is None else {"spec": spec, **told, "validations": validations})


def _host(name: Any) -> Any:
    return canonical(DOMAIN.fields["domain"], name)


OPERATION = Operation(merge(ArgumentSpec(OWN), STATE, SELECTOR, WAIT, API), run)


def main() -> None:
    run_module(OPERATION)


if __name__ == "__main__":
    main()
