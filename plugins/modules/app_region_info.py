#!/usr/bin/python
# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: app_region_info
short_description: Read the regions of DigitalOcean App Platform
version_added: 1.0.0
author: oceanops.app_platform contributors (@oceanops)
description:
  - Reads the regions in which apps can run. Each one is a short word, such as V(ams), and stands for several data centers.
extends_documentation_fragment:
  - oceanops.app_platform.api
  - oceanops.app_platform.attributes
  - oceanops.app_platform.attributes.info
options:
  slug:
    description:
      - Only the region with this word. If there is none, RV(regions) is empty.
    type: str
  available_only:
    description:
      - Only regions that take new apps.
    type: bool
    default: false
seealso:
  - module: oceanops.app_platform.app
  - module: oceanops.app_platform.app_instance_size_info
"""

EXAMPLES = r"""
- name: Read the regions that take new apps
  oceanops.app_platform.app_region_info:
    available_only: true
  register: read

- name: Name them
  ansible.builtin.debug:
    msg: "{{ read.regions | map(attribute='slug') | join(', ') }}"

- name: See whether Amsterdam takes new apps
  oceanops.app_platform.app_region_info:
    slug: ams
    available_only: true
  register: amsterdam
  failed_when: amsterdam.regions | length == 0
"""

RETURN = r"""
regions:
  description: The regions, sorted by their words.
  returned: success
  type: list
  elements: dict
  contains:
    slug:
      description: The word that a spec has for it.
      returned: always
      type: str
      sample: ams
    label:
      description: Its name.
      returned: always
      type: str
      sample: Amsterdam
    continent:
      description: Where it is.
      returned: always
      type: str
      sample: Europe
    flag:
      description: The country, as a word for its flag.
      returned: always
      type: str
      sample: netherlands
    data_centers:
      description: Its data centers. A network (VPC) of the app is in one of them.
      returned: always
      type: list
      elements: str
      sample: [ams3]
    default:
      description: Whether it is the default region.
      returned: always
      type: bool
      sample: false
    disabled:
      description: Whether it takes no new apps.
      returned: always
      type: bool
      sample: false
    reason:
      description: Why it takes none.
      returned: always
      type: str
      sample: ""
"""

from typing import Any

from ansible_collections.oceanops.app_platform.plugins.module_utils._ansible.arguments import API, ArgumentSpec, merge
from ansible_collections.oceanops.app_platform.plugins.module_utils._ansible.context import Context
from ansible_collections.oceanops.app_platform.plugins.module_utils._ansible.module import run_module
from ansible_collections.oceanops.app_platform.plugins.module_utils._ansible.operation import Operation

OPTIONS = ArgumentSpec({"slug": {"type": "str"}, "available_only": {"type": "bool", "default": False}})
#: What a region has where the platform leaves it out.
EMPTY: dict[str, Any] = {
    "slug": "",
    "label": "",
    "continent": "",
    "flag": "",
    "data_centers": [],
    "default": False,
    "disabled": False,
    "reason": "",
}


def run(params: dict[str, Any], context: Context) -> dict[str, Any]:
    """The regions that the options ask for."""
    regions = [{**EMPTY, **region} for region in context.api.list_regions()]
    found = [
        region
        for region in regions
        if params["slug"] in (None, region["slug"]) and not (params["available_only"] and region["disabled"])
    ]
    return {"changed": False, "regions": sorted(found, key=lambda region: str(region["slug"]))}


OPERATION = Operation(merge(API, OPTIONS), run, display_only=True)


def main() -> None:
    run_module(OPERATION)


if __name__ == "__main__":
    main()
