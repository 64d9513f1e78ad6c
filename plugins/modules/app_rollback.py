#!/usr/bin/python
# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: app_rollback
short_description: Roll an app of DigitalOcean App Platform back to an earlier deployment
version_added: 1.0.0
author: oceanops.app_platform contributors (@oceanops)
description:
  - Goes back to the spec and the images of an earlier deployment, without a build, and waits for it.
  - The app is pinned to the rollback then. It takes no deployment, not even by a push, until the rollback is committed or
    reverted; other modules say so when they meet it.
  - The platform is asked first whether the rollback is possible. In check mode nothing else happens.
extends_documentation_fragment:
  - oceanops.app_platform.app_selector
  - oceanops.app_platform.wait
  - oceanops.app_platform.api
  - oceanops.app_platform.attributes
  - oceanops.app_platform.attributes.changes
options:
  state:
    description:
      - V(rolled_back) goes back. If the app is pinned to that deployment's rollback already, nothing happens.
      - V(committed) keeps the rollback for good and lets the app take deployments again.
      - V(reverted) returns to the spec before the rollback, by a new deployment, and lets the app take deployments again.
      - Where the app is not pinned, V(committed) and V(reverted) change nothing.
    type: str
    choices: [rolled_back, committed, reverted]
    default: rolled_back
  deployment_id:
    description:
      - The deployment to go back to, one of the ten last successful ones. If it is not given, the one before the
        deployment that is live.
    type: str
  skip_pin:
    description:
      - Whether to commit the rollback at once. A run that finds the app at that deployment's spec already does nothing.
    type: bool
    default: false
seealso:
  - module: oceanops.app_platform.app_deployment_info
"""

EXAMPLES = r"""
- name: Back to the version before
  oceanops.app_platform.app_rollback:
    app: shop

- name: It was not the release's fault
  oceanops.app_platform.app_rollback:
    app: shop
    state: reverted
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
rollback:
  description: What the platform says of the rollback, and where it goes.
  returned: success
  type: dict
  sample: {deployment_id: 9a1b3c5d-0f3a-4c27-9b7e-1f0c6ad7e6a2, warnings: []}
"""

from typing import Any

from ..module_utils._apps import App, Deployment
from ..module_utils._arguments import API, SELECTOR, WAIT, ArgumentSpec, merge
from ..module_utils._converge import app_summary
from ..module_utils._deployments import id_of, part, pinned_to, spec_of
from ..module_utils._errors import DeploymentError
from ..module_utils._explaining import summary
from ..module_utils._following import follow
from ..module_utils._operation import Context, Operation, run_module
from ..module_utils._rollbacks import origin_id, previous, refuse
from ..module_utils._selector import require_app
from ..module_utils._showing import learn
from ..module_utils._spec._canonical import same_spec

OPTIONS = ArgumentSpec(
    {
        "state": {"type": "str", "choices": ["rolled_back", "committed", "reverted"], "default": "rolled_back"},
        "deployment_id": {"type": "str"},
        "skip_pin": {"type": "bool", "default": False},
    }
)


def run(params: dict[str, Any], context: Context) -> dict[str, Any]:
    """Roll back, commit or revert."""
    app = require_app(context, params)
    learn(context.register, spec_of(app) or {})
    changed, deployment, rollback = _STATES[params["state"]](params, context, app)
    if changed and not context.check_mode:
        app = context.api.get_app(id_of(app))
    return {
        "changed": changed,
        "app": app_summary(app, spec_of(app) or {}),
        "deployment": deployment,
        "rollback": rollback,
    }


_Outcome = tuple[bool, dict[str, Any] | None, dict[str, Any] | None]


def _roll_back(params: dict[str, Any], context: Context, app: App) -> _Outcome:
    wished, pin, live = params["deployment_id"], pinned_to(app), part(app, "active_deployment")
    at = pin or (live if wished else None)
    if at is not None and (wished is None or wished in (id_of(at), origin_id(at))):
        # It is there already.
        return False, summary(at, spec_of(app), app_id=id_of(app)), None
    target = wished or previous(context, app)
    answer = context.api.validate_rollback(id_of(app), target, params["skip_pin"])
    refuse(app, target, answer)
    warnings = [dict(one) for one in answer.get("warnings") or ()]
    for one in warnings:
        context.warn(f"Rollback to {target}: {one.get('message') or one.get('code')}")
    rollback = {"deployment_id": target, "warnings": warnings}
    if context.check_mode:
        return True, None, rollback
    made = context.api.rollback(id_of(app), target, params["skip_pin"])
    return True, _followed(context, app, made), rollback


def _commit(_params: dict[str, Any], context: Context, app: App) -> _Outcome:
    pin = pinned_to(app)
    if pin is None:
        return False, None, None
    if not context.check_mode:
        context.api.commit_rollback(id_of(app))
    return True, summary(pin, spec_of(app), app_id=id_of(app)), {"deployment_id": origin_id(pin), "warnings": []}


def _revert(_params: dict[str, Any], context: Context, app: App) -> _Outcome:
    pin = pinned_to(app)
    if pin is None:
        return False, None, None
    rollback: dict[str, Any] = {"deployment_id": origin_id(pin), "warnings": []}
    if context.check_mode:
        return True, None, rollback
    return True, _followed(context, app, context.api.revert_rollback(id_of(app))), rollback


def _followed(context: Context, app: App, made: Deployment) -> dict[str, Any]:
    try:
        return follow(context.watch(same_spec), app, made, pin_expected=True).result
    except DeploymentError as error:
        error.details.update(changed=True)
        raise


_STATES = {"rolled_back": _roll_back, "committed": _commit, "reverted": _revert}
OPERATION = Operation(merge(SELECTOR, OPTIONS, WAIT, API), run)


def main() -> None:
    run_module(OPERATION)


if __name__ == "__main__":
    main()
