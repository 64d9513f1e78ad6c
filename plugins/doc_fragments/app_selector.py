# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    # Which app: `SELECTOR` in module_utils/_ansible/arguments.py.
    DOCUMENTATION = r"""
options:
  app:
    description:
      - The name of the app. Exactly one of O(app) and O(app_id) is needed. If several apps have the name, the task
        fails and lists their ids.
    type: str
  app_id:
    description:
      - The id of the app, in place of O(app). It saves the list of all apps that a name may need.
    type: str
"""
