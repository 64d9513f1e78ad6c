# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    # How to follow a deployment that needs no change of the spec: `FOLLOW_OPTIONS` in
    # module_utils/_resources/deployment_actions.py.
    DOCUMENTATION = r"""
options:
  wait_timeout:
    description:
      - Seconds to wait at most. The default covers the longest build, of 60 minutes, and the deployment after it.
      - The deployment goes on after a time-out.
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
      - Whether to wait, before anything is done, until no deployment of the app is pending or in progress. Otherwise a
        new deployment takes the place of one that has not finished.
    type: bool
    default: false
  log_lines:
    description:
      - How many of the last lines of a log are read, for each component that failed. V(0) reads no logs.
    type: int
    default: 50
"""
