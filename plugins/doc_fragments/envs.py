# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    # Environment variables of a component.
    DOCUMENTATION = r"""
options:
  envs:
    description:
      - The environment variables of the component. The list is whole, so what is not in it is removed, and V([]) removes
        all. Without the option they stay as they are.
      - Variables of the app reach the component too; the component's own win.
    type: list
    elements: dict
    suboptions:
      key:
        description:
          - The name of the variable. It may stand twice with different scopes.
        type: str
      value:
        description:
          - The value. Numbers and booleans become text as YAML writes them, so V(true) stays C(true).
          - It may refer to other components, as in C(${db.DATABASE_URL}).
          - Without a value, the stored one stays. The task fails before any write if none is stored.
        type: raw
      scope:
        description:
          - When it is set, C(RUN_TIME), C(BUILD_TIME) or, by default, C(RUN_AND_BUILD_TIME).
        type: str
      type:
        description:
          - C(GENERAL), by default, or C(SECRET). The platform encrypts a secret, and nobody can read it again; how a change
            is noticed is told at O(update_secrets).
          - A variable that is stored as a secret stays one when the type is not given.
        type: str
"""
