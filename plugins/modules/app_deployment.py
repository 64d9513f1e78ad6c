#!/usr/bin/python
# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: app_deployment
short_description: Make, follow or cancel a deployment of a DigitalOcean App Platform app
version_added: 1.0.0
author: oceanops.app_platform contributors (@oceanops)
description:
  - Makes a deployment of the spec that the app has, to take newer code or images, and waits for it.
  - Or waits for a deployment that exists, or cancels one that is not finished.
  - The C(PRE_DEPLOY) and C(POST_DEPLOY) jobs of the app run in each deployment.
extends_documentation_fragment:
  - oceanops.app_platform.app_selector
  - oceanops.app_platform.wait
  - oceanops.app_platform.api
  - oceanops.app_platform.attributes
  - oceanops.app_platform.attributes.changes
options:
  state:
    description:
      - V(present) makes a deployment, in every run. With O(deployment_id) it makes none and waits for that one.
      - V(canceled) cancels the deployment that is pending or in progress, or the one with O(deployment_id). One that has
        ended already is no change.
    type: str
    choices: [present, canceled]
    default: present
  deployment_id:
    description:
      - The id of a deployment that exists.
    type: str
  force_build:
    description:
      - Whether to build without the cache.
    type: bool
    default: false
  update_sources:
    description:
      - Whether to write the spec as it is and have the newest commit and image of every component fetched.
    type: bool
    default: false
  only_if_failed:
    description:
      - Whether to make a deployment only if the last one failed or was canceled. Without it, every run deploys.
    type: bool
    default: false
seealso:
  - module: oceanops.app_platform.app_deployment_info
  - module: oceanops.app_platform.app_rollback
  - module: oceanops.app_platform.app_restart
"""

EXAMPLES = r"""
- name: Deploy the newest code, without the build cache
  oceanops.app_platform.app_deployment:
    app: shop
    force_build: true
  register: made

- name: See how it went
  oceanops.app_platform.app_deployment:
    app: shop
    deployment_id: "{{ made.deployment.id }}"
  when: made.deployment

- name: Try again after an outage of the registry
  oceanops.app_platform.app_deployment:
    app: shop
    only_if_failed: true

- name: Stop what is being deployed
  oceanops.app_platform.app_deployment:
    app: shop
    state: canceled
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

from ..module_utils._apps import App
from ..module_utils._arguments import API, SELECTOR, WAIT, ArgumentSpec, merge
from ..module_utils._converge import app_summary
from ..module_utils._deployments import id_of, is_over, note, spec_of, unfinished
from ..module_utils._errors import DeploymentError, NotFoundError, UsageError
from ..module_utils._explaining import summary
from ..module_utils._finding import standing
from ..module_utils._following import check_pin, follow, follow_write, wait_until_idle
from ..module_utils._operation import Context, Operation, run_module
from ..module_utils._selector import require_app
from ..module_utils._showing import learn
from ..module_utils._spec._canonical import same_spec
from ..module_utils._waiting import Watch

OPTIONS = ArgumentSpec(
    {
        "state": {"type": "str", "choices": ["present", "canceled"], "default": "present"},
        "deployment_id": {"type": "str"},
        "force_build": {"type": "bool", "default": False},
        "update_sources": {"type": "bool", "default": False},
        "only_if_failed": {"type": "bool", "default": False},
    },
    mutually_exclusive=(("force_build", "update_sources"),),
)


def run(params: dict[str, Any], context: Context) -> dict[str, Any]:
    """Make, follow or cancel."""
    app = require_app(context, params)
    learn(context.register, spec_of(app) or {})
    watch = context.watch(same_spec)
    if params["state"] == "canceled":
        changed, deployment = _cancel(params, context, app)
    elif params["deployment_id"]:
        found = _named(context, app, params["deployment_id"])
        changed, deployment = False, summary(found, spec_of(app), app_id=id_of(app))
        if not context.check_mode and not is_over(found):
            deployment = follow(watch, app, found).result
    else:
        changed, deployment = _make(params, context, app, watch)
    return {"changed": changed, "app": app_summary(app, spec_of(app) or {}), "deployment": deployment}


def _make(params: dict[str, Any], context: Context, app: App, watch: Watch) -> tuple[bool, dict[str, Any] | None]:
    if params["only_if_failed"] and standing(watch, app).state != "failed":
        return False, None
    check_pin(app)
    if context.check_mode:
        return True, None
    if watch.options.wait_for_idle:
        app = wait_until_idle(watch, app)
    try:
        if params["update_sources"]:
            noted = note(app)
            answer = context.api.update_app(id_of(app), spec_of(app) or {}, update_all_source_versions=True)
            followed = follow_write(watch, answer, noted)
            return True, followed.result if followed else None
        made = context.api.create_deployment(id_of(app), force_build=params["force_build"])
        return True, follow(watch, app, made).result
    except DeploymentError as error:
        error.details.update(changed=True)
        raise


def _cancel(params: dict[str, Any], context: Context, app: App) -> tuple[bool, dict[str, Any] | None]:
    named = params["deployment_id"]
    running = [_named(context, app, named)] if named else unfinished(app)
    open_ones = [one for one in running if not is_over(one)]
    if not open_ones:
        return False, summary(running[0], spec_of(app), app_id=id_of(app)) if running else None
    if context.check_mode:
        return True, summary(open_ones[0], spec_of(app), app_id=id_of(app))
    stopped = [context.api.cancel_deployment(id_of(app), id_of(one)) for one in open_ones]
    return True, summary(stopped[0], spec_of(app), app_id=id_of(app))


def _named(context: Context, app: App, deployment_id: str) -> dict[str, Any]:
    try:
        return context.api.get_deployment(id_of(app), deployment_id)
    except NotFoundError:
        pass
    raise UsageError(
        f"deployment_id: the app {app_summary(app, spec_of(app) or {})['name']} has no deployment {deployment_id}"
    )


OPERATION = Operation(merge(SELECTOR, OPTIONS, WAIT, API), run)


def main() -> None:
    run_module(OPERATION)


if __name__ == "__main__":
    main()
