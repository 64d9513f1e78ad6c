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
from ansible_collections.oceanops.app_platform.plugins.module_utils._deployments.deployment import id_of, require_spec
from ansible_collections.oceanops.app_platform.plugins.module_utils._deployments.follow import (
    check_not_pinned,
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
    spec = require_spec(app)
    context.register_secrets(spec)
    components = _components(spec, params["components"])
    watch = context.watch()
    # No job runs in it; the steps of a POST_DEPLOY job would be waited for in vain.
    watch = replace(watch, options=replace(watch.options, fail_on_post_deploy=False))
    check_not_pinned(app)
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
