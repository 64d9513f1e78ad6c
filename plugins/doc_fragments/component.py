# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    # What the modules of all components take beside the app: which component, and whether it is to be there.
    DOCUMENTATION = r"""
options:
  name:
    description:
      - The name of the component, 2 to 32 lower-case letters, digits and hyphens, with a letter first and no hyphen
        last. It is unique among all components of the app, its databases included.
      - Another name means another component. To rename one, add it under the new name and remove the old one.
    type: str
    required: true
  state:
    description:
      - V(present) adds the component, or changes what differs in it. What a task does not mention stays, also in
        mappings and in lists whose items have a name, a key, a rule or a path; other lists, such as ports and origins,
        are one value. An empty value (V([]), V({}), an empty text) removes what is there.
      - V(absent) removes the component and the ingress rules that lead to it; its other options do not count then, and
        an app that does not exist is no error. An app's last component can't be removed, only the app, with
        M(oceanops.app_platform.app).
    type: str
    choices: [present, absent]
    default: present
notes:
  - The app has to exist. A task is one write and one deployment, or neither if nothing differs.
    M(oceanops.app_platform.app) makes an app, and changes several components in one deployment.
  - Everything that is wrong with the options is told at once, before anything is sent. Words that are not known here
    are passed on with a warning, since the platform may have learned them since.
"""
