# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    # What the modules of all components take: which app, which component, and whether it is to be there.
    DOCUMENTATION = r"""
options:
  app:
    description:
      - The name of the app that the component belongs to. The app has to exist.
      - Give O(app) or O(app_id).
    type: str
  app_id:
    description:
      - The id of the app, in place of its name.
    type: str
  name:
    description:
      - The name of the component. It is unique among all components of the app, its databases included.
      - 2 to 32 characters, lower-case letters, digits and hyphens, beginning with a letter. Another name means another
        component.
    type: str
    required: true
  state:
    description:
      - V(present) creates the component or changes what differs. Options that are not given keep what the app has. A list
        option that is given is the whole list, so that an empty list empties it.
      - V(absent) removes the component and the ingress rules that lead to it. The last component of an app can't be
        removed; remove the app with M(oceanops.app_platform.app) then.
    type: str
    choices: [present, absent]
    default: present
notes:
  - One task writes the app's spec once and makes one deployment, or none if nothing differs. To change many components in
    one deployment, declare them with M(oceanops.app_platform.app).
"""
