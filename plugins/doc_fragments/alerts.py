# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

# The same options for every kind of component, with the rules of each.
_OPTIONS = r"""
options:
  alerts:
    description:
      - What the platform should tell about the component. The list is whole; V([]) removes all. Who is told is set with
        M(oceanops.app_platform.app_alert).
      - @RULES@
    type: list
    elements: dict
    suboptions:
      rule:
        description:
          - What is watched.
        type: str
      disabled:
        description:
          - Whether the alert is switched off.
        type: bool
      operator:
        description:
          - C(GREATER_THAN) or C(LESS_THAN) the value.
        type: str
      value:
        description:
          - The threshold, in the unit of the rule.
        type: float
      window:
        description:
          - For how long, C(FIVE_MINUTES), C(TEN_MINUTES), C(THIRTY_MINUTES) or C(ONE_HOUR).
        type: str
"""


class ModuleDocFragment:
    JOBS = _OPTIONS.replace(
        "@RULES@",
        r"""The rules of a job are C(CPU_UTILIZATION), C(MEM_UTILIZATION) and C(RESTART_COUNT); a C(SCHEDULED) job also has
        C(JOB_INVOCATION_FAILED), which tells of failed runs and needs no value.""",
    )

    SERVICES = _OPTIONS.replace(
        "@RULES@",
        r"""The rules of a service are C(CPU_UTILIZATION), C(MEM_UTILIZATION), C(RESTART_COUNT), C(REQUESTS_PER_SECOND) and
        C(REQUEST_DURATION_P95_MS).""",
    )

    WORKERS = _OPTIONS.replace(
        "@RULES@",
        r"""The rules of a worker are C(CPU_UTILIZATION), C(MEM_UTILIZATION) and C(RESTART_COUNT).""",
    )

    FUNCTIONS = _OPTIONS.replace(
        "@RULES@",
        r"""The rules of functions are C(FUNCTIONS_ACTIVATION_COUNT), C(FUNCTIONS_AVERAGE_DURATION_MS),
        C(FUNCTIONS_ERROR_RATE_PER_MINUTE), C(FUNCTIONS_AVERAGE_WAIT_TIME_MS), C(FUNCTIONS_ERROR_COUNT) and
        C(FUNCTIONS_GB_RATE_PER_SECOND).""",
    )
