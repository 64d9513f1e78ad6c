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
  - Restarts services and workers with what they run already, without a build and without an interruption, and waits for it.
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
  diff_mode:
    description: Shows what changes.
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
    - The app after the task; in check mode as it is. Empty values are null.
  returned: success
  type: dict
  contains:
    name:
      description: Its name.
      returned: always
      type: str
      sample: shop
    id:
      description: Its id.
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
      sample: basic
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
    - The deployment that the restart is. V(null) in check mode.
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
        - C(PENDING_BUILD), C(BUILDING), C(PENDING_DEPLOY) and C(DEPLOYING) while it is being made.
        - C(ACTIVE) if it runs, C(SUPERSEDED) if a newer one took its place, C(ERROR) or C(CANCELED) if it ended badly.
      returned: always
      type: str
      sample: ACTIVE
    cause:
      description: What made it, in the platform's words.
      returned: always
      type: str
      sample: restart
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
      description: Each job of the app, with how it went in this deployment.
      returned: always
      type: list
      elements: dict
      sample: [{name: migrate, kind: PRE_DEPLOY, status: SKIPPED, duration: null, reason: null}]
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
      description: What failed, with component, kind, step, reason code, message, exit code and hint.
      returned: always
      type: list
      elements: dict
      sample: []
    logs:
      description: The last lines of the logs of what failed.
      returned: always
      type: list
      elements: dict
      sample: []
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
components:
  description: What is restarted, sorted.
  returned: success
  type: list
  elements: str
  sample: [web]
failure:
  description: What went wrong, for programs.
  returned: failure
  type: dict
  contains:
    code:
      description: A word for the kind of failure, such as V(usage), V(app_not_found), V(app_pinned), V(deployment_failed) or V(wait_timeout).
      returned: always
      type: str
      sample: deployment_failed
    message:
      description: The same as the task's message.
      returned: always
      type: str
      sample: "Deployment 9a1b3c5d-0f3a-4c27-9b7e-1f0c6ad7e6a2 of app shop failed: service web ..."
    status:
      description: The HTTP status of the call that failed.
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

from dataclasses import replace
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
from ansible_collections.oceanops.app_platform.plugins.module_utils._api.errors import UsageError
from ansible_collections.oceanops.app_platform.plugins.module_utils._deployments.deployment import id_of, own_spec
from ansible_collections.oceanops.app_platform.plugins.module_utils._deployments.follow import (
    check_pin,
    wait_until_idle,
)
from ansible_collections.oceanops.app_platform.plugins.module_utils._edit.declaration import component_names, section_of
from ansible_collections.oceanops.app_platform.plugins.module_utils._resources.deployment_actions import (
    FOLLOW,
    WAIT_AT_ALL,
    answer,
    follow_own,
)

OPTIONS = ArgumentSpec({"components": {"type": "list", "elements": "str"}})
RESTARTED = ("services", "workers")


def run(params: dict[str, Any], context: Context) -> dict[str, Any]:
    """Restart, and follow the deployment that it is."""
    app = require_app(context, params)
    spec = own_spec(app)
    context.register_secrets(spec)
    components = _components(spec, params["components"])
    watch = context.watch()
    # No job runs in it; the steps of a POST_DEPLOY job would be waited for in vain.
    watch = replace(watch, options=replace(watch.options, fail_on_post_deploy=False))
    check_pin(app)
    deployment = None
    if not context.check_mode:
        if watch.options.wait_for_idle:
            app = wait_until_idle(watch, app)
        made = context.api.restart(id_of(app), components if params["components"] is not None else ())
        deployment = follow_own(watch, app, made)
    return answer(context, app, deployment, changed=True, components=components)


def _components(spec: dict[str, Any], wanted: list[str] | None) -> list[str]:
    """The names of what is restarted. Raises UsageError for what can't be."""
    able = sorted(name for name in component_names(spec) if section_of(spec, name) in RESTARTED)
    if wanted is None:
        problems = [] if able else ["components: this app has no services and no workers, so nothing can be restarted"]
    else:
        problems = [_problem(spec, name, able) for name in wanted if name not in able]
        if not wanted:
            problems.append("components: empty; name services and workers, or leave it out to restart all of them")
    if problems:
        raise UsageError(problems)
    return able if wanted is None else sorted(set(wanted))


def _problem(spec: dict[str, Any], name: str, able: list[str]) -> str:
    section = section_of(spec, name)
    if section is None:
        return f"components: this app has no component {name!r}; it has {', '.join(able) or 'nothing to restart'}"
    return f"components: {name} is one of the {section}; only services and workers can be restarted"


OPERATION = Operation(merge(SELECTOR, OPTIONS, WAIT_AT_ALL, FOLLOW, API), run)


def main() -> None:
    run_module(OPERATION)


if __name__ == "__main__":
    main()
