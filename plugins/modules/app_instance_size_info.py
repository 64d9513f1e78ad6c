#!/usr/bin/python
# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: app_instance_size_info
short_description: Read the instance sizes of DigitalOcean App Platform
version_added: 1.0.0
author: oceanops.app_platform contributors (@oceanops)
description:
  - Reads the sizes that the containers of services, workers and jobs can have, with their prices.
  - Only sizes that the platform offers today are listed. Older ones, such as C(basic-xxs), still work.
extends_documentation_fragment:
  - oceanops.app_platform.api
  - oceanops.app_platform.attributes
  - oceanops.app_platform.attributes.info
options:
  slug:
    description:
      - Only the size with this word, which is the O(oceanops.app_platform.app_service#module:instance_size_slug) of a
        component. If there is none, RV(instance_sizes) is empty.
    type: str
  cpu_type:
    description:
      - Only sizes whose CPUs are shared with others, or only those that have them for themselves.
    type: str
    choices: [SHARED, DEDICATED]
  min_memory:
    description:
      - Only sizes with at least so much memory, such as V(1gb) or V(512mb). A number without a unit is in bytes. Units are
        powers of 1024, as in the words for the sizes.
    type: str
  min_cpus:
    description:
      - Only sizes with at least so many CPUs.
    type: int
  tier:
    description:
      - Only sizes of this tier, such as V(basic) or V(professional).
    type: str
  scalable:
    description:
      - Only sizes that can be scaled automatically (V(true)), or only those that cannot (V(false)).
    type: bool
seealso:
  - module: oceanops.app_platform.app_service
  - module: oceanops.app_platform.app_region_info
"""

EXAMPLES = r"""
- name: Read the sizes with CPUs of their own
  oceanops.app_platform.app_instance_size_info:
    cpu_type: DEDICATED
  register: dedicated

- name: Find the cheapest size with 2 GB that can be scaled automatically
  oceanops.app_platform.app_instance_size_info:
    min_memory: 2gb
    scalable: true
  register: fitting

- name: Name it
  ansible.builtin.debug:
    msg: "{{ fitting.instance_sizes[0].slug }} for {{ fitting.instance_sizes[0].usd_per_month }} USD a month"

- name: See what a size costs
  oceanops.app_platform.app_instance_size_info:
    slug: apps-s-1vcpu-1gb
"""

RETURN = r"""
instance_sizes:
  description: The sizes, the cheapest one first.
  returned: success
  type: list
  elements: dict
  contains:
    slug:
      description: The word that a spec has for it.
      returned: always
      type: str
      sample: apps-s-1vcpu-1gb
    name:
      description: Its name.
      returned: always
      type: str
      sample: Shared 1VCPU 1GB
    cpu_type:
      description: Whether its CPUs are shared with others, V(SHARED) or V(DEDICATED).
      returned: always
      type: str
      sample: SHARED
    cpus:
      description: Its CPUs.
      returned: always
      type: int
      sample: 1
    memory_bytes:
      description: Its memory in bytes.
      returned: always
      type: int
      sample: 1073741824
    usd_per_month:
      description: The price of one instance for a month, in US dollars.
      returned: always
      type: float
      sample: 12.0
    usd_per_second:
      description: The price of one instance for a second, in US dollars. Jobs cost this while they run.
      returned: always
      type: float
      sample: 0.000004960317
    tier_slug:
      description: Its tier.
      returned: always
      type: str
      sample: professional
    bandwidth_allowance_gib:
      description: The traffic that the price includes, in GiB a month.
      returned: always
      type: int
      sample: 150
    scalable:
      description: Whether the number of its instances can be scaled automatically.
      returned: always
      type: bool
      sample: false
    single_instance_only:
      description: Whether a component of this size has one instance at most.
      returned: always
      type: bool
      sample: false
    deprecation_intent:
      description: Whether the platform is about to give it up.
      returned: always
      type: bool
      sample: false
"""

from ansible_collections.oceanops.app_platform.plugins.module_utils._ansible.arguments import API, ArgumentSpec, merge
from ansible_collections.oceanops.app_platform.plugins.module_utils._ansible.module import run_module
from ansible_collections.oceanops.app_platform.plugins.module_utils._ansible.operation import Operation
from ansible_collections.oceanops.app_platform.plugins.module_utils._resources.instance_sizes import read_sizes

OPTIONS = ArgumentSpec(
    {
        "slug": {"type": "str"},
        "cpu_type": {"type": "str", "choices": ["SHARED", "DEDICATED"]},
        "min_memory": {"type": "str"},
        "min_cpus": {"type": "int"},
        "tier": {"type": "str"},
        "scalable": {"type": "bool"},
    }
)
OPERATION = Operation(merge(API, OPTIONS), read_sizes, display_only=True)


def main() -> None:
    run_module(OPERATION)


if __name__ == "__main__":
    main()
