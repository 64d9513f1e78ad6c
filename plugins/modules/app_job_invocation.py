#!/usr/bin/python
# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: app_job_invocation
short_description: Cancel a run of a scheduled job of a DigitalOcean App Platform app
version_added: 1.0.0
author: oceanops.app_platform contributors (@oceanops)
description:
  - Cancels runs of a scheduled job that are pending or running, and waits for their end. One that has ended is no
    change.
  - The platform has no call to start a run; M(oceanops.app_platform.app_job_run) runs a job in another way.
extends_documentation_fragment:
  - oceanops.app_platform.app_selector
  - oceanops.app_platform.api
  - oceanops.app_platform.attributes
  - oceanops.app_platform.attributes.changes
options:
  job:
    description:
      - The name of the job. Without O(invocation_id), every run of it that has not ended is meant. One of both is
        needed.
    type: str
  invocation_id:
    description:
      - The id of the one run that is meant.
    type: str
  state:
    description:
      - What the run is to be. The platform can do nothing else with one.
    type: str
    choices: [canceled]
    default: canceled
  wait:
    description:
      - Whether to wait until the run has ended. A job has some time to end by itself before it is killed.
    type: bool
    default: true
  wait_timeout:
    description:
      - Seconds to wait at most. The default is more than the longest grace period that a job can have.
    type: float
    default: 660.0
  wait_interval:
    description:
      - Seconds between two looks at the run, V(0.1) or more.
      - If it is not given, the interval grows from 1 to 10 seconds.
    type: float
attributes:
  idempotent:
    support: full
    details:
      - A second run finds none that is pending or running.
  diff_mode:
    support: none
    details:
      - The spec stays as it is.
seealso:
  - module: oceanops.app_platform.app_job_invocation_info
"""

EXAMPLES = r"""
- name: Stop the report before the database is moved
  oceanops.app_platform.app_job_invocation:
    app: shop
    job: nightly-report
    state: canceled
"""

RETURN = r"""
invocations:
  description:
    - The runs that were canceled, in check mode those that would be, with the keys of
      RV(oceanops.app_platform.app_job_invocation_info#module:invocations).
  returned: success
  type: list
  elements: dict
  sample: [{job_name: nightly-report, phase: CANCELED, trigger: SCHEDULED}]
failure:
  description:
    - What went wrong, for programs, with the keys of RV(oceanops.app_platform.app#module:failure). Its code is
      V(usage), V(app_not_found) or V(wait_timeout), for example.
  returned: failure
  type: dict
  sample: {code: usage}
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
from ansible_collections.oceanops.app_platform.plugins.module_utils._api.errors import (
    AppPlatformError,
    ConflictError,
    InvalidRequestError,
    NotFoundError,
    UsageError,
)
from ansible_collections.oceanops.app_platform.plugins.module_utils._deployments.deployment import (
    id_of,
    name_of,
    require_spec,
)
from ansible_collections.oceanops.app_platform.plugins.module_utils._deployments.polling import Polling
from ansible_collections.oceanops.app_platform.plugins.module_utils._deployments.watch import Watch
from ansible_collections.oceanops.app_platform.plugins.module_utils._jobs.invocations import (
    has_ended,
    invocation_summary,
    newest_first,
)
from ansible_collections.oceanops.app_platform.plugins.module_utils._spec.job_kind import job_kinds
from ansible_collections.oceanops.app_platform.plugins.module_utils._spec.secret_places import secret_keys
from ansible_collections.oceanops.app_platform.plugins.module_utils._types.api_objects import App, JobInvocation

OPTIONS = ArgumentSpec(
    {
        "job": {"type": "str"},
        "invocation_id": {"type": "str"},
        "state": {"type": "str", "choices": ["canceled"], "default": "canceled"},
        "wait": WAIT.options["wait"],
        "wait_timeout": {"type": "float", "default": 660.0},
        "wait_interval": WAIT.options["wait_interval"],
    },
    required_one_of=(("job", "invocation_id"),),
)
#: Runs that have ended and that are looked at, newest first, before the rest is taken for ended as well.
ENOUGH_ENDED = 20


def run(params: dict[str, Any], context: Context) -> dict[str, Any]:
    """Cancel what has not ended."""
    app = require_app(context, params)
    context.register_secrets(require_spec(app))
    watch = context.watch()
    running = [one for one in _meant(params, context, app) if not has_ended(one)]
    if not context.check_mode:
        asked = [done for one in running if (done := _cancel(watch, app, one)) is not None]
        ends = [_ended(watch, app, one) for one in asked]
        running = [one for one in ends if one.get("phase") != "SUCCEEDED"]
    return {
        "changed": bool(running),
        "invocations": [invocation_summary(one, secret_keys(require_spec(app))) for one in running],
    }


def _meant(params: dict[str, Any], context: Context, app: App) -> list[JobInvocation]:
    job, wanted = params["job"], params["invocation_id"]
    if wanted:
        try:
            return [context.api.get_job_invocation(id_of(app), wanted, job)]
        except (NotFoundError, InvalidRequestError) as error:
            whose = f"the job {job}" if job else f"the app {name_of(app)}"
            raise UsageError(f"invocation_id: {whose} has no run {wanted!r}") from error
    kinds = job_kinds(require_spec(app))
    if job not in kinds:
        raise UsageError(f"job: this app has no job {job!r}; it has {', '.join(sorted(kinds)) or 'none'}")
    return newest_first(
        context.api.list_job_invocations(id_of(app), [job]),
        lambda found: len(found) >= ENOUGH_ENDED and all(map(has_ended, found[-ENOUGH_ENDED:])),
    )


def _cancel(watch: Watch, app: App, one: JobInvocation) -> JobInvocation | None:
    """The run that is being canceled; None if it ended by itself at that moment."""
    invocation_id, job = str(one.get("id")), str(one.get("job_name") or "") or None
    try:
        answered = _asked(watch, app, invocation_id, job)
    except (InvalidRequestError, ConflictError):
        if not has_ended(watch.api.get_job_invocation(id_of(app), invocation_id, job)):
            raise
        return None
    return None if has_ended(answered) and answered.get("phase") != "CANCELED" else answered


def _asked(watch: Watch, app: App, invocation_id: str, job: str | None) -> JobInvocation:
    """The answer to the cancellation. One that was lost is looked for, and else asked for once more: it harms nothing."""
    try:
        return watch.api.cancel_job_invocation(id_of(app), invocation_id, job)
    except AppPlatformError as error:
        if not error.maybe_applied:
            raise
    there = watch.api.get_job_invocation(id_of(app), invocation_id, job)
    return there if has_ended(there) else watch.api.cancel_job_invocation(id_of(app), invocation_id, job)


def _ended(watch: Watch, app: App, one: JobInvocation) -> JobInvocation:
    polling = Polling(watch)
    invocation_id, job = str(one.get("id")), str(one.get("job_name") or "") or None
    while watch.options.wait and not has_ended(one):
        if not polling.pause():
            told = invocation_summary(one, secret_keys(require_spec(app)))
            raise AppPlatformError(
                f"The run {invocation_id} of {job} was canceled, and is still {one.get('phase')} after "
                f"{polling.elapsed:.0f} s. It ends by itself; a larger wait_timeout waits longer.",
                code="wait_timeout",
                details={"app_id": id_of(app), "changed": True, "invocations": [told]},
            )
        one = polling.read(lambda: watch.api.get_job_invocation(id_of(app), invocation_id, job)) or one
    return one


OPERATION = Operation(merge(SELECTOR, OPTIONS, API), run)


def main() -> None:
    run_module(OPERATION)


if __name__ == "__main__":
    main()
