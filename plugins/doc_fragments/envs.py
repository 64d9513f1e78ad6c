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
      - The environment variables of the component. Those that are not in the list stay, and V([]) removes all. To remove one,
        use M(oceanops.app_platform.app_env) with O(oceanops.app_platform.app_env#module:state=absent), or give the list of
        those that are to be left, with O(purge_lists). A secret that is removed can't be read back before.
      - The variables of the app reach the component too; where both have the same key, the component's own counts.
      - They are matched by key and scope, so their order does not matter.
    type: list
    elements: dict
    suboptions:
      key:
        description:
          - The name, of letters, digits and underscores, without a digit first. Every variable needs it. It may stand twice,
            with V(RUN_TIME) and with V(BUILD_TIME) as its scopes.
        type: str
      value:
        description:
          - The value. Numbers and booleans become texts as YAML writes them, so V(true) is sent as C(true).
          - It may refer to other parts of the app, as in V(${db.DATABASE_URL}), V(${web.PRIVATE_URL}) or V(${APP_URL}). What
            is referred to is checked before anything is sent.
          - Without a value the stored one stays. For a secret of which none is stored the task fails, as the platform
            would store an empty one.
        type: raw
      scope:
        description:
          - When the variable is set.
          - V(RUN_TIME), while the component runs.
          - V(BUILD_TIME), while it is built.
          - V(RUN_AND_BUILD_TIME), both of them, which is the default.
        type: str
      type:
        description:
          - V(GENERAL), which everybody with access to the app can read. It is the default for a new variable.
          - V(SECRET), which the platform encrypts, so that nobody can read it again. How a change is noticed is told at
            O(update_secrets).
          - A variable that is stored as a secret stays one when the type is not given.
        type: str
  inherit_envs_from:
    description:
      - Names of other components of the app whose variables this one gets as well; a job often needs what the service of
        the same code has. What O(envs) has of the same key counts instead.
      - The platform knows no such thing, so the variables are written out when the task runs.
      - A secret of another component can't be copied, as the platform keeps it encrypted for that component alone. The task
        says so; declare it in O(envs) too, or make it a variable of the app.
    type: list
    elements: str
"""
