# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    # Which lists of a component are whole: `purging` in module_utils/_resources/component.py. The parts differ in the lists that
    # their components have; ansible-test reads plain strings only.
    DOCUMENTATION = r"""
options:
  purge_lists:
    description:
      - Names of those lists of the component that are to have nothing but what the task gives. What else is in them is
        removed, secrets with it, which nobody can read back; the diff names each of them.
      - Without it, what a task does not mention stays. It counts for lists that the task gives. An empty list (V([])) removes
        all of its items with and without it.
      - V(envs) are matched by key and scope, V(alerts) by their rule, V(log_destinations) by name and their headers by key.
    type: list
    elements: str
    choices: [alerts, envs, log_destinations]
    default: []
"""

    ROUTED = r"""
options:
  purge_lists:
    description:
      - Names of those lists of the component that are to have nothing but what the task gives. What else is in them is
        removed, secrets with it, which nobody can read back; the diff names each of them.
      - Without it, what a task does not mention stays. It counts for lists that the task gives. An empty list (V([])) removes
        all of its items with and without it.
      - V(envs) are matched by key and scope, V(alerts) by their rule, V(log_destinations) by name and their headers by key,
        V(routes) by path.
    type: list
    elements: str
    choices: [alerts, envs, log_destinations, routes]
    default: []
"""

    STATIC_SITES = r"""
options:
  purge_lists:
    description:
      - Names of those lists of the component that are to have nothing but what the task gives. What else is in them is
        removed, secrets with it, which nobody can read back; the diff names each of them.
      - Without it, what a task does not mention stays. It counts for lists that the task gives. An empty list (V([])) removes
        all of its items with and without it.
      - V(envs) are matched by key and scope, V(routes) by path.
    type: list
    elements: str
    choices: [envs, routes]
    default: []
"""
