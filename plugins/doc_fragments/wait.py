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
      - Whether to wait for the deployment that the change makes. If it fails, the task does, and says which component
        failed, why, and the last lines of its log; see L(Waiting,
        https://github.com/oceanops/ansible-collection-app_platform/blob/main/docs/waiting.md). V(false) returns as soon
        as the API has accepted the change.
    type: bool
    default: true
  wait_timeout:
    description:
      - Seconds to wait at most; V(0) looks once. The deployment goes on after a time-out, and running the task again
        joins it. The default covers the longest build and the deployment after it.
    type: float
    default: 4800.0
  wait_interval:
    description:
      - Seconds between two looks, V(0.1) or more; by default it grows from 1 to 10 seconds.
    type: float
  wait_for_idle:
    description:
      - Whether to wait, before a change, until no deployment is pending or in progress. Otherwise the new one takes the
        other's place.
    type: bool
    default: false
  fail_on_post_deploy:
    description:
      - Whether a failed C(POST_DEPLOY) job fails the task; the release is live by then. V(false) makes it a warning.
    type: bool
    default: true
  redeploy_on_failed:
    description:
      - Whether to deploy again if nothing differs, but the app's last deployment failed or was canceled. With V(false)
        that is no change.
    type: bool
    default: true
  log_lines:
    description:
      - How many of the last lines of the log are read for each component that failed. V(0) reads no logs.
    type: int
    default: 50
  on_failure:
    description:
      - What to do after a failed deployment; the task fails in any case. V(keep) leaves the new spec in place, and the
        platform serves the deployment before. V(restore_spec) writes back the spec of the active deployment, unless
        somebody else has changed the spec since; this deploys, which runs the jobs again.
    type: str
    choices: [keep, restore_spec]
    default: keep
"""
