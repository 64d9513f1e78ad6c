# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    # How to wait for a deployment: `WAIT` in module_utils/_ansible/arguments.py.
    DOCUMENTATION = r"""
options:
  wait:
    description:
      - Whether to wait for the deployment that the change makes. The task then fails if the deployment fails, and says
        which job or component failed, with the reason and the last lines of its log.
      - V(false) returns as soon as the API has accepted the change, when nothing is known yet of its success.
    type: bool
    default: true
  wait_timeout:
    description:
      - Seconds to wait at most. The default covers the longest build, of 60 minutes, and the deployment after it.
      - The deployment goes on after a time-out. Running the task again joins it.
      - V(0) looks once.
    type: float
    default: 4800.0
  wait_interval:
    description:
      - Seconds between two looks at the deployment, V(0.1) or more.
      - If it is not given, the interval grows from 1 to 10 seconds.
    type: float
  wait_for_idle:
    description:
      - Whether to wait, before a change, until no deployment of the app is pending or in progress. Otherwise a new
        deployment takes the place of one that has not finished.
    type: bool
    default: false
  fail_on_post_deploy:
    description:
      - Whether a failed job of the kind C(POST_DEPLOY) fails the task. The release is live by then; with V(false) the task
        gives a warning.
    type: bool
    default: true
  redeploy_on_failed:
    description:
      - Whether to deploy again if the app has the declared spec already, but its last deployment failed or was canceled.
        V(false) leaves it alone, and reports no change.
    type: bool
    default: true
  log_lines:
    description:
      - How many of the last lines of the log are read for each component that failed. V(0) reads no logs.
    type: int
    default: 50
  on_failure:
    description:
      - What to do after a deployment failed. The task fails in any case.
      - V(keep) leaves the new spec in place. The platform goes on serving the deployment before.
      - V(restore_spec) writes back the spec of the active deployment, unless somebody else has changed the spec since.
        This makes a deployment, which runs the jobs again.
    type: str
    choices: [keep, restore_spec]
    default: keep
"""
