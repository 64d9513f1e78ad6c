# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    # How requests reach a component.
    DOCUMENTATION = r"""
options:
  routes:
    description:
      - The paths of the app that lead to the component. Those that are not in the list stay, and V([]) removes every
        rule that leads to it; O(purge_lists) makes the list whole. The rules of other components stay in any case.
      - The platform has given routes up for ingress rules and turns them into these, and so does this module before it
        compares. For rules with host names, rewrites or redirects use M(oceanops.app_platform.app_ingress_rule) and
        leave this out.
      - A new route is put before the first rule that would take its requests away.
      - An app without any rule gets one of the platform's, which leads V(/) to its component.
    type: list
    elements: dict
    suboptions:
      path:
        description:
          - The beginning of the paths, such as V(/api); V(/) by default.
        type: str
      preserve_path_prefix:
        description:
          - Whether the component sees the whole path. Otherwise that beginning is cut off, which is the default.
        type: bool
  cors:
    description:
      - What web pages of other origins may do with the component's routes. It goes into each of their ingress rules.
    type: dict
    suboptions:
      allow_origins:
        description:
          - The origins that may use them. The list replaces the one that is there.
        type: list
        elements: dict
        suboptions:
          exact:
            description:
              - This one origin, up to 256 characters. Give this or O(cors.allow_origins[].regex).
            type: str
          regex:
            description:
              - Origins that match this regular expression of RE2, 1 to 256 characters. Give this or
                O(cors.allow_origins[].exact).
            type: str
      allow_methods:
        description:
          - The methods that they may use, such as V(GET). The list replaces the one that is there.
        type: list
        elements: str
      allow_headers:
        description:
          - The headers that their requests may have. The list replaces the one that is there.
        type: list
        elements: str
      expose_headers:
        description:
          - The headers of answers that they may read. The list replaces the one that is there.
        type: list
        elements: str
      max_age:
        description:
          - How long a browser may keep the answer to this question, such as V(5h30m).
        type: str
      allow_credentials:
        description:
          - Whether requests may carry cookies and the like. They may not by default.
        type: bool
"""
