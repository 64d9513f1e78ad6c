# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    # What the platform tells about a component. The parts differ in the rules; ansible-test reads plain strings only,
    # and tests/unit/docs keeps the rest of them alike.
    JOBS = r"""
options:
  alerts:
    description:
      - What the platform watches in the job and tells people of. Alerts that are not in the list
        stay, and V([]) removes all; O(purge_lists) makes the list whole.
      - Alerts are matched by O(alerts[].rule). Who is told is no part of an app's spec; set it with
        M(oceanops.app_platform.app_alert), which also manages one alert alone.
    type: list
    elements: dict
    suboptions:
      rule:
        description:
          - What is watched. Every alert needs it.
          - V(CPU_UTILIZATION) and V(MEM_UTILIZATION), in percent of what the size has.
          - V(RESTART_COUNT), a number of restarts.
          - V(JOB_INVOCATION_FAILED), a failed run of a V(SCHEDULED) job. It takes no operator, value or window.
        type: str
      disabled:
        description:
          - Whether the alert is switched off without being removed. Alerts are on by default.
        type: bool
      operator:
        description:
          - How the measured value compares when the alert goes off.
          - V(GREATER_THAN) or V(LESS_THAN) the O(alerts[].value).
        type: str
      value:
        description:
          - The threshold, in the unit of the rule.
        type: float
      window:
        description:
          - The time over which it is measured.
          - V(FIVE_MINUTES), V(TEN_MINUTES), V(THIRTY_MINUTES) or V(ONE_HOUR).
        type: str
"""

    SERVICES = r"""
options:
  alerts:
    description:
      - What the platform watches in the service and tells people of. Alerts that are not in the list
        stay, and V([]) removes all; O(purge_lists) makes the list whole.
      - Alerts are matched by O(alerts[].rule). Who is told is no part of an app's spec; set it with
        M(oceanops.app_platform.app_alert), which also manages one alert alone.
    type: list
    elements: dict
    suboptions:
      rule:
        description:
          - What is watched. Every alert needs it.
          - V(CPU_UTILIZATION) and V(MEM_UTILIZATION), in percent of what the size has.
          - V(RESTART_COUNT), a number of restarts.
          - V(REQUESTS_PER_SECOND), a number of requests.
          - V(REQUEST_DURATION_P95_MS), milliseconds that 95 percent of the requests stay below.
        type: str
      disabled:
        description:
          - Whether the alert is switched off without being removed. Alerts are on by default.
        type: bool
      operator:
        description:
          - How the measured value compares when the alert goes off.
          - V(GREATER_THAN) or V(LESS_THAN) the O(alerts[].value).
        type: str
      value:
        description:
          - The threshold, in the unit of the rule.
        type: float
      window:
        description:
          - The time over which it is measured.
          - V(FIVE_MINUTES), V(TEN_MINUTES), V(THIRTY_MINUTES) or V(ONE_HOUR).
        type: str
"""

    WORKERS = r"""
options:
  alerts:
    description:
      - What the platform watches in the worker and tells people of. Alerts that are not in the list
        stay, and V([]) removes all; O(purge_lists) makes the list whole.
      - Alerts are matched by O(alerts[].rule). Who is told is no part of an app's spec; set it with
        M(oceanops.app_platform.app_alert), which also manages one alert alone.
    type: list
    elements: dict
    suboptions:
      rule:
        description:
          - What is watched. Every alert needs it.
          - V(CPU_UTILIZATION) and V(MEM_UTILIZATION), in percent of what the size has.
          - V(RESTART_COUNT), a number of restarts.
        type: str
      disabled:
        description:
          - Whether the alert is switched off without being removed. Alerts are on by default.
        type: bool
      operator:
        description:
          - How the measured value compares when the alert goes off.
          - V(GREATER_THAN) or V(LESS_THAN) the O(alerts[].value).
        type: str
      value:
        description:
          - The threshold, in the unit of the rule.
        type: float
      window:
        description:
          - The time over which it is measured.
          - V(FIVE_MINUTES), V(TEN_MINUTES), V(THIRTY_MINUTES) or V(ONE_HOUR).
        type: str
"""

    FUNCTIONS = r"""
options:
  alerts:
    description:
      - What the platform watches in the functions and tells people of. Alerts that are not in the list
        stay, and V([]) removes all; O(purge_lists) makes the list whole.
      - Alerts are matched by O(alerts[].rule). Who is told is no part of an app's spec; set it with
        M(oceanops.app_platform.app_alert), which also manages one alert alone.
    type: list
    elements: dict
    suboptions:
      rule:
        description:
          - What is watched. Every alert needs it.
          - V(FUNCTIONS_ACTIVATION_COUNT), a number of calls.
          - V(FUNCTIONS_AVERAGE_DURATION_MS) and V(FUNCTIONS_AVERAGE_WAIT_TIME_MS), in milliseconds.
          - V(FUNCTIONS_ERROR_COUNT), a number of errors, and V(FUNCTIONS_ERROR_RATE_PER_MINUTE), errors a minute.
          - V(FUNCTIONS_GB_RATE_PER_SECOND), gigabytes of memory in use over time.
        type: str
      disabled:
        description:
          - Whether the alert is switched off without being removed. Alerts are on by default.
        type: bool
      operator:
        description:
          - How the measured value compares when the alert goes off.
          - V(GREATER_THAN) or V(LESS_THAN) the O(alerts[].value).
        type: str
      value:
        description:
          - The threshold, in the unit of the rule.
        type: float
      window:
        description:
          - The time over which it is measured.
          - V(FIVE_MINUTES), V(TEN_MINUTES), V(THIRTY_MINUTES) or V(ONE_HOUR).
        type: str
"""
