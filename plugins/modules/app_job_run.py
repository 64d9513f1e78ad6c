#!/usr/bin/python
# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: app_job_run
short_description: Run a job of a DigitalOcean App Platform app once, now
version_added: 1.0.0
author: oceanops.app_platform contributors (@oceanops)
description:
  - Runs a job of any kind once, with its image, variables and size, waits for it, and returns how it ended and its log.
  - The platform's API has no call to run a job. So the task adds a copy of the job to the app, of the kind C(PRE_DEPLOY)
    and with the name C(JOB-run-XXXX), which runs in the deployment that this makes. Then it takes the copy out again, on
    top of whatever others have changed meanwhile, also if the job fails or the play is interrupted. A copy that a killed
    run left behind is taken out by the next run.
  - "This has a cost: two deployments, in which the other C(PRE_DEPLOY) and C(POST_DEPLOY) jobs of the app run too, and a
    restart of its containers. If they must not run, use another way."
extends_documentation_fragment:
  - oceanops.app_platform.app_selector
  - oceanops.app_platform.wait
  - oceanops.app_platform.api
  - oceanops.app_platform.attributes
  - oceanops.app_platform.attributes.changes
options:
  job:
    description:
      - The name of the job to run.
    type: str
    required: true
  run_command:
    description:
      - Another command for this run.
    type: str
  envs:
    description:
      - Variables for this run, beside those of the job or in their place.
    type: list
    elements: dict
    suboptions:
      key:
        description:
          - The name of the variable.
        type: str
        required: true
      value:
        description:
          - The value.
        type: raw
      scope:
        description:
          - When it is set.
        type: str
      type:
        description:
          - C(GENERAL) or C(SECRET).
        type: str
  timeout:
    description:
      - How long the run may take, such as V(45m), in place of the job's own limit.
    type: str
  instance_size_slug:
    description:
      - A size for this run.
    type: str
seealso:
  - module: oceanops.app_platform.app_job
  - module: oceanops.app_platform.app_job_invocation_info
"""

EXAMPLES = r"""
- name: Fill in what the new column needs, once
  oceanops.app_platform.app_job_run:
    app: shop
    job: migrate
    run_command: python manage.py fill_prices
    timeout: 45m
  register: filled

- name: What it said
  ansible.builtin.debug:
    msg: "{{ filled.run.log }}"
"""

RETURN = r"""
run:
  description: The run; V(null) in check mode.
  returned: success
  type: dict
  contains:
    job:
      description: The job that was run.
      returned: always
      type: str
      sample: migrate
    name:
      description: The name of the copy.
      returned: always
      type: str
      sample: migrate-run-4f1c
    status:
      description: How it ended, V(SUCCESS) or V(ERROR).
      returned: always
      type: str
      sample: SUCCESS
    duration:
      description: Seconds that it took.
      returned: always
      type: float
      sample: 12.5
    reason:
      description: Why it failed, as code and message.
      returned: always
      type: dict
      sample: null
    log:
      description: The last lines of its log.
      returned: always
      type: list
      elements: str
      sample: ["migrate-run-4f1c 2026-03-02T09:30:12Z filled 1200 prices"]
restored:
  description: Whether the copy has been taken out again.
  returned: success
  type: bool
  sample: true
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
from ..module_utils._converge import app_summary, carried_by
from ..module_utils._deployments import id_of, spec_of
from ..module_utils._editing import Written, planned, write
from ..module_utils._errors import AppPlatformError, DeploymentError, UsageError
from ..module_utils._following import check_pin, follow_write, wait_until_idle
from ..module_utils._job_run import Adding, Removing, interruptible, new_token
from ..module_utils._log_tails import log_tail
from ..module_utils._operation import Context, Operation, run_module
from ..module_utils._selector import require_app
from ..module_utils._showing import learn
from ..module_utils._waiting import Watch

OPTIONS = ArgumentSpec(
    {
        "job": {"type": "str", "required": True},
        "run_command": {"type": "str"},
        "envs": {
            "type": "list",
            "elements": "dict",
            "options": {
                "key": {"type": "str", "required": True, "no_log": False},
                "value": {"type": "raw", "no_log": False},
                "scope": {"type": "str"},
                "type": {"type": "str"},
            },
        },
        "timeout": {"type": "str"},
        "instance_size_slug": {"type": "str"},
    }
)


def run(params: dict[str, Any], context: Context) -> dict[str, Any]:
    """Run the job, and put the app back."""
    if not params["wait"]:
        raise UsageError("wait: a run has to be waited for, as the app is put back after it; leave wait out")
    app = require_app(context, params)
    spec = spec_of(app) or {}
    learn(context.register, spec)
    edit = Adding(
        params["job"],
        new_token(),
        params["run_command"],
        [{name: value for name, value in env.items() if value is not None} for env in params["envs"] or ()],
        params["timeout"],
        params["instance_size_slug"],
    )
    target = planned(context, edit, spec).spec
    learn(context.register, target)
    check_pin(app)
    result: dict[str, Any] = {"changed": True, "app": app_summary(app, spec), "deployment": None, "run": None}
    if context.check_mode:
        context.api.propose(target, id_of(app))
        return {**result, "restored": True}
    watch = context.watch(carried_by(edit))
    if watch.options.wait_for_idle:
        app = wait_until_idle(watch, app)
    with interruptible():
        return {**result, **_run(context, watch, app, edit, str(params["api_url"]))}


def _run(context: Context, watch: Watch, app: App, edit: Adding, api_url: str) -> dict[str, Any]:
    failure: AppPlatformError | None = None
    told: dict[str, Any] = {"deployment": None, "run": None}
    try:
        written = write(context, app, edit, api_url)
        told = _follow(watch, app, edit, written)
    except AppPlatformError as error:
        failure = error
    finally:
        # Also when the play is interrupted: what is raised then goes on after this.
        problem = _put_back(context, app, edit, api_url)
    if problem is not None:
        failure = _not_restored(edit, problem, failure)
    if failure is not None:
        if isinstance(failure, DeploymentError):
            told = _told(watch, app, edit, failure.details.get("deployment"))
        failure.details.update(told, changed=True, restored=problem is None)
        raise failure
    return {**told, "restored": True}


def _follow(watch: Watch, app: App, edit: Adding, written: Written | None) -> dict[str, Any]:
    followed = follow_write(watch, written.answer, written.noted) if written else None
    if followed is None:
        raise AppPlatformError(
            f"The platform made no deployment for the run of {edit.job}, so it did not run.", code="no_deployment"
        )
    return _told(watch, app, edit, followed.result)


def _told(watch: Watch, app: App, edit: Adding, deployment: dict[str, Any] | None) -> dict[str, Any]:
    """What is known of the run from the deployment's result and from its log."""
    if deployment is None:
        return {"deployment": None, "run": None}
    mine: dict[str, Any] = next((job for job in deployment["jobs"] if job["name"] == edit.name), {})
    tail = log_tail(watch, id_of(app), deployment["id"], edit.name, "DEPLOY")
    run_result = {"job": edit.job, "name": edit.name, "log": tail["lines"]}
    return {
        "deployment": deployment,
        "run": {**run_result, **{key: mine.get(key) for key in ("status", "duration", "reason")}},
    }


def _put_back(context: Context, app: App, edit: Adding, api_url: str) -> AppPlatformError | None:
    """Take the copy out. Gives why that was not possible."""
    try:
        write(context, app, Removing(edit.token), api_url)
    except AppPlatformError as error:
        return error
    return None


def _not_restored(edit: Adding, problem: AppPlatformError, failure: AppPlatformError | None) -> AppPlatformError:
    """The error that says what is left behind, on top of what else went wrong."""
    first = f"{failure.message} " if failure is not None else ""
    return AppPlatformError(
        f"{first}The copy {edit.name} of the job could not be taken out of the app: {problem.message} "
        "It would run in every deployment. Run the task again, or remove it with app_job and state: absent.",
        code="job_run_not_restored",
        details=failure.details if failure is not None else None,
    )


OPERATION = Operation(merge(SELECTOR, OPTIONS, WAIT, API), run)


def main() -> None:
    run_module(OPERATION)


if __name__ == "__main__":
    main()
