# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    # Which lists of a component are whole: `purge_option` in module_utils/_resources/component.py. Each module adds the
    # `choices`: the lists that its component has.
    DOCUMENTATION = r"""
options:
  purge_lists:
    description:
      - Lists that are to have nothing but what the task gives. What else is in them is removed, with its secrets, which
        nobody can read back, and named in the diff.
      - Other lists keep what the task does not mention; an empty list (V([])) removes all of its items in any case.
      - V(envs) are matched by key and scope, V(alerts) by rule, V(routes) by path, V(log_destinations) by name and
        their headers by key.
    type: list
    elements: str
    default: []
"""
