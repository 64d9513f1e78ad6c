# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    # What the platform watches in a component.
    DOCUMENTATION = r"""
options:
  alerts:
    description:
      - What the platform watches in the component, matched by O(alerts[].rule). Those that are not in the list stay,
        and V([]) removes all; O(purge_lists) makes the list whole.
      - M(oceanops.app_platform.app_alert) sets who is told, and manages one alert alone.
    type: list
    elements: dict
    suboptions:
      rule:
        description:
          - What is watched, as O(oceanops.app_platform.app_alert#module:rule). Every alert needs it.
        type: str
      disabled:
        description:
          - Whether the alert is switched off. Alerts are on by default.
        type: bool
      operator:
        description:
          - V(GREATER_THAN) or V(LESS_THAN) the O(alerts[].value).
        type: str
      value:
        description:
          - The threshold, in the unit of the rule.
        type: float
      window:
        description:
          - The time over which it is measured, V(FIVE_MINUTES), V(TEN_MINUTES), V(THIRTY_MINUTES) or V(ONE_HOUR).
        type: str
"""
