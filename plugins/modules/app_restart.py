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
  - Restarts services and workers one after the other, without a build and without an interruption, and waits for it.
  - Jobs do not run in a restart, and databases are left alone.
  - Every run restarts, so this module is never idempotent. Notify a handler, or use C(when).
extends_documentation_fragment:
  - oceanops.app_platform.app_selector
  - oceanops.app_platform.wait
  - oceanops.app_platform.api
  - oceanops.app_platform.attributes
  - oceanops.app_platform.attributes.changes
options:
  components:
    description:
      - The names of the services and workers to restart; all of them if it is not given.
    type: list
    elements: str
seealso:
  - module: oceanops.app_platform.app_deployment
"""

EXAMPLES = r"""
- name: Restart the workers after the queue has moved
  oceanops.app_platform.app_restart:
    app: shop
    components: [web]
"""

RETURN = r"""
app:
  description:
    - The app after the task; in check mode as it would be. Empty values are null. V(null) if there is no such app.
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
    - The deployment that the task made, or joined because it was bringing the same spec. Without one, the deployment that
      runs the spec. V(null) if there is none, and in check mode.
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
      description: Where it stands, such as V(ACTIVE) or V(ERROR).
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
      description: Seconds that it took, once it is over.
      returned: always
      type: float
      sample: 94.0
    jobs:
      description: Each job of the app, with how it went in this deployment.
      returned: always
      type: list
      elements: dict
      sample: [{name: migrate, kind: PRE_DEPLOY, status: SUCCESS, duration: 4.2, reason: null}]
    failures:
      description: What failed, with component, step, reason code and message.
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
    console_url:
      description: Where a person sees it.
      returned: always
      type: str
      sample: https://cloud.digitalocean.com/apps/2f5c7f0e-6f0b-4b1e-9a4b-8b6e3f1d9c55/deployments/9a1b3c5d-0f3a-4c27-9b7e-1f0c6ad7e6a2
failure:
  description: What went wrong, for programs.
  returned: failure
  type: dict
  contains:
    code:
      description: A word for the kind of failure, such as V(usage), V(app_not_found) or V(deployment_failed).
      returned: always
      type: str
      sample: deployment_failed
    message:
      description: The same as the task's message.
      returned: always
      type: str
      sample: "Deployment 9a1b3c5d of app shop failed: job migrate (PRE_DEPLOY) exited with status 1."
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

from typing import Any

from ..module_utils._arguments import API, SELECTOR, WAIT, ArgumentSpec, merge
from ..module_utils._converge import app_summary
from ..module_utils._deployments import id_of, spec_of
from ..module_utils._edits import component_names, section_of
from ..module_utils._errors import DeploymentError, UsageError
from ..module_utils._following import check_pin, follow, wait_until_idle
from ..module_utils._operation import Context, Operation, run_module
from ..module_utils._selector import require_app
from ..module_utils._showing import learn
from ..module_utils._spec._canonical import same_spec

OPTIONS = ArgumentSpec({"components": {"type": "list", "elements": "str"}})


def run(params: dict[str, Any], context: Context) -> dict[str, Any]:
    """Restart, and follow the deployment that it is."""
    app = require_app(context, params)
    spec = spec_of(app) or {}
    learn(context.register, spec)
    problems = [_problem(spec, name) for name in params["components"] or ()]
    if any(problems):
        raise UsageError([problem for problem in problems if problem])
    watch = context.watch(same_spec)
    check_pin(app)
    result: dict[str, Any] = {"changed": True, "app": app_summary(app, spec), "deployment": None}
    if context.check_mode:
        return result
    if watch.options.wait_for_idle:
        app = wait_until_idle(watch, app)
    made = context.api.restart(id_of(app), params["components"] or ())
    try:
        result["deployment"] = follow(watch, app, made).result
    except DeploymentError as error:
        error.details.update(changed=True)
        raise
    return result


def _problem(spec: dict[str, Any], name: str) -> str | None:
    section = section_of(spec, name)
    if section in ("services", "workers"):
        return None
    if section is None:
        return f"components: this app has no component {name!r}; it has {', '.join(sorted(component_names(spec)))}"
    return f"components: {name} is in {section}; only services and workers can be restarted"


OPERATION = Operation(merge(SELECTOR, OPTIONS, WAIT, API), run)


def main() -> None:
    run_module(OPERATION)


if __name__ == "__main__":
    main()
