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
      - The name of the app. Exactly one of O(app) and O(app_id) is needed.
      - The API finds apps by their id alone, so the apps of the account are listed for the first task of a run that uses
        a name; the id is then remembered for the rest of the run.
      - If several apps of the account have the name, the task fails and lists their ids.
    type: str
  app_id:
    description:
      - The id of the app, as the result of another task has it. Exactly one of O(app) and O(app_id) is
        needed.
      - It saves the list of all apps that a name may need.
    type: str
"""
