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
      - The environment variables of the component, matched by key and scope. Those that are not in the list stay, and
        V([]) removes all. M(oceanops.app_platform.app_env) removes one; O(purge_lists) makes the list whole. A removed
        secret can't be read back.
      - Variables of the app reach the component too; its own count before them.
    type: list
    elements: dict
    suboptions:
      key:
        description:
          - The name, of letters, digits and underscores, no digit first. Every variable needs it. It may stand twice,
            as V(RUN_TIME) and V(BUILD_TIME).
        type: str
      value:
        description:
          - The value. Numbers and booleans become texts as YAML writes them. It may refer to other parts of the app, as
            in V(${db.DATABASE_URL}), V(${web.PRIVATE_URL}) or V(${APP_URL}), which is checked first.
          - Without a value the stored one stays; for a secret of which none is stored the task fails.
        type: raw
      scope:
        description:
          - When it is set, V(RUN_TIME), V(BUILD_TIME) or, by default, V(RUN_AND_BUILD_TIME).
        type: str
      type:
        description:
          - V(GENERAL), the default for a new one, can be read by everybody with access to the app. V(SECRET) is
            encrypted, and nobody can read it again; see O(update_secrets). A stored secret stays one without this.
        type: str
  inherit_envs_from:
    description:
      - Components whose variables this one gets as well, written out when the task runs; O(envs) count before them.
      - Their secrets can't be copied; the task names them. Declare them in O(envs) too, or in the app.
    type: list
    elements: str
"""
