#!/usr/bin/python
# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: app_log_info
short_description: Read logs of a DigitalOcean App Platform app
version_added: 1.0.0
author: oceanops.app_platform contributors (@oceanops)
description:
  - Reads the last lines of the logs of a deployment, of running components, or of a run of a job. Secrets that the task
    knows are masked in them.
  - The platform keeps the logs of builds and deployments for some time, and those of containers only while they run. That
    there are none is no failure; RV(logs[].note) says why.
extends_documentation_fragment:
  - oceanops.app_platform.app_selector
  - oceanops.app_platform.api
  - oceanops.app_platform.attributes
  - oceanops.app_platform.attributes.info
options:
  type:
    description:
      - V(BUILD) and V(DEPLOY) are the logs of a deployment. Jobs that run in a deployment write to its V(DEPLOY) log.
      - V(RUN) are the logs of running services and workers, V(RUN_RESTARTED) those of containers that were restarted.
      - V(JOB_INVOCATION) is the log of a run of a scheduled job; it needs O(component).
    type: str
    choices: [BUILD, DEPLOY, RUN, RUN_RESTARTED, JOB_INVOCATION]
    default: RUN
  component:
    description:
      - The name of the component; all components if it is not given.
    type: str
  deployment_id:
    description:
      - The deployment, for V(BUILD) and V(DEPLOY); the newest one if it is not given.
    type: str
  invocation_id:
    description:
      - The run, for V(JOB_INVOCATION); the newest one of the job if it is not given.
    type: str
  tail_lines:
    description:
      - How many of the last lines are read.
    type: int
    default: 200
"""

EXAMPLES = r"""
- name: The end of the newest deployment's log
  oceanops.app_platform.app_log_info:
    app: shop
    type: DEPLOY
    component: migrate
  register: migration

- name: Show it
  ansible.builtin.debug:
    msg: "{{ migration.logs[0].text }}"
"""

RETURN = r"""
logs:
  description: The logs that were asked for.
  returned: success
  type: list
  elements: dict
  contains:
    component:
      description: The component; V(null) for all of them.
      returned: always
      type: str
      sample: migrate
    type:
      description: The type.
      returned: always
      type: str
      sample: DEPLOY
    deployment_id:
      description: The deployment; V(null) for a run of a job.
      returned: always
      type: str
      sample: 9a1b3c5d-0f3a-4c27-9b7e-1f0c6ad7e6a2
    invocation_id:
      description: The run of a job; V(null) for other types.
      returned: always
      type: str
      sample: null
    lines:
      description: The lines.
      returned: always
      type: list
      elements: str
      sample: ["migrate 2026-03-02T09:30:12Z Applying shop.0042_prices... OK"]
    text:
      description: The same as one text.
      returned: always
      type: str
      sample: "migrate 2026-03-02T09:30:12Z Applying shop.0042_prices... OK"
    note:
      description: Why there is nothing, or that a part could not be read.
      returned: always
      type: str
      sample: null
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

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ..module_utils._arguments import API, SELECTOR, ArgumentSpec, merge
from ..module_utils._deployments import id_of, part, spec_of, unfinished
from ..module_utils._edits import component_names
from ..module_utils._errors import UsageError
from ..module_utils._invocations import newest
from ..module_utils._log_tails import read_tail
from ..module_utils._operation import Context, Operation, run_module
from ..module_utils._selector import require_app
from ..module_utils._showing import learn
from ..module_utils._spec._canonical import same_spec

TYPES = ("BUILD", "DEPLOY", "RUN", "RUN_RESTARTED", "JOB_INVOCATION")
OPTIONS = ArgumentSpec(
    {
        "type": {"type": "str", "choices": list(TYPES), "default": "RUN"},
        "component": {"type": "str"},
        "deployment_id": {"type": "str"},
        "invocation_id": {"type": "str"},
        "tail_lines": {"type": "int", "default": 200},
    },
    mutually_exclusive=(("deployment_id", "invocation_id"),),
    required_if=(("type", "JOB_INVOCATION", ("component",)),),
)


def run(params: dict[str, Any], context: Context) -> dict[str, Any]:
    """The log that the options mean."""
    app = require_app(context, params)
    spec = spec_of(app) or {}
    learn(context.register, spec)
    _check(params, spec)
    log = {"component": params["component"], "type": params["type"], "deployment_id": None, "invocation_id": None}
    if params["type"] == "JOB_INVOCATION":
        log["invocation_id"] = params["invocation_id"] or _last_run(context, id_of(app), params["component"])
        if log["invocation_id"] is None:
            return _result(log, [], f"the job {params['component']} has not run yet")
    elif params["type"] in ("BUILD", "DEPLOY") or params["deployment_id"]:
        log["deployment_id"] = params["deployment_id"] or _last_deployment(context, app)
        if log["deployment_id"] is None:
            return _result(log, [], "the app has not been deployed yet")

    def ask() -> Mapping[str, Any]:
        if log["invocation_id"]:
            return context.api.job_invocation_logs(
                id_of(app), params["component"], log["invocation_id"], params["tail_lines"]
            )
        return context.api.logs(
            id_of(app),
            deployment_id=log["deployment_id"],
            component=params["component"],
            type=params["type"],
            tail_lines=params["tail_lines"],
        )

    watch = context.watch(same_spec)
    watch = replace(watch, options=replace(watch.options, log_lines=params["tail_lines"]))
    return _result(log, *read_tail(watch, ask))


def _check(params: dict[str, Any], spec: dict[str, Any]) -> None:
    problems = []
    known = component_names(spec)
    if params["component"] and params["component"] not in known and not params["deployment_id"]:
        problems.append(
            f"component: this app has no component {params['component']!r}; it has {', '.join(sorted(known))}"
        )
    if params["tail_lines"] < 1:
        problems.append(f"tail_lines: {params['tail_lines']} is not possible; give 1 or more")
    if params["invocation_id"] and params["type"] != "JOB_INVOCATION":
        problems.append(f"invocation_id: belongs to the type JOB_INVOCATION, not to {params['type']}")
    if problems:
        raise UsageError(problems)


def _last_run(context: Context, app_id: str, job: str) -> str | None:
    found = newest(list(context.api.list_job_invocations(app_id, [job])))
    return None if found is None else str(found.get("id"))


def _last_deployment(context: Context, app: dict[str, Any]) -> str | None:
    for one in (*unfinished(app), *context.api.list_deployments(id_of(app), per_page=1)):
        return id_of(one)
    live = part(app, "active_deployment")
    return None if live is None else id_of(live)


def _result(log: dict[str, Any], lines: list[str], note: str | None) -> dict[str, Any]:
    text = chr(10).join(lines)
    return {"changed": False, "logs": [{**log, "lines": lines, "text": text, "note": note}]}


OPERATION = Operation(merge(SELECTOR, OPTIONS, API), run)


def main() -> None:
    run_module(OPERATION)


if __name__ == "__main__":
    main()
