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
      - Paths of the app that lead to the component. The platform turns them into ingress rules, and so does this module
        before it compares. The rules of other components stay. V([]) takes the component off the internet.
      - For rules with host names, rewrites or redirects use M(oceanops.app_platform.app_ingress_rule), and leave this out.
    type: list
    elements: dict
    suboptions:
      path:
        description:
          - The beginning of the paths, such as V(/api).
        type: str
      preserve_path_prefix:
        description:
          - Whether the component sees the whole path. Otherwise it is cut off.
        type: bool
  cors:
    description:
      - Which web pages of other origins may use the component's routes.
    type: dict
    suboptions:
      allow_origins:
        description:
          - The origins.
        type: list
        elements: dict
        suboptions:
          exact:
            description:
              - This one origin.
            type: str
          regex:
            description:
              - Origins that match this regular expression (RE2).
            type: str
      allow_methods:
        description:
          - The methods, such as V(GET).
        type: list
        elements: str
      allow_headers:
        description:
          - The headers of requests.
        type: list
        elements: str
      expose_headers:
        description:
          - The headers of answers that pages may read.
        type: list
        elements: str
      max_age:
        description:
          - How long browsers keep the answer, such as V(5h30m).
        type: str
      allow_credentials:
        description:
          - Whether cookies and the like are allowed.
        type: bool
"""
