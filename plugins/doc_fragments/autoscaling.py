# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    # How the number of instances follows the load.
    SERVICES = r"""
options:
  autoscaling:
    description:
      - Let the platform choose the number of instances, within limits. It takes the place of O(instance_count), and the
        number that it chooses is no difference. The size of the instances must allow it.
      - V({}) switches it off.
    type: dict
    suboptions:
      min_instance_count:
        description:
          - How many instances run at least.
        type: int
      max_instance_count:
        description:
          - How many instances run at most, up to 250.
        type: int
      metrics:
        description:
          - What it goes by.
        type: dict
        suboptions:
          cpu:
            description:
              - The use of the CPUs.
            type: dict
            suboptions:
              percent:
                description:
                  - The average that it aims at, in percent.
                type: int
          requests_per_second:
            description:
              - The number of requests.
            type: dict
            suboptions:
              per_instance:
                description:
                  - Requests a second for each instance that it aims at.
                type: int
          request_duration:
            description:
              - How long requests take.
            type: dict
            suboptions:
              p95_milliseconds:
                description:
                  - The 95th percentile that it aims at, in milliseconds.
                type: int
"""

    # Workers have no requests to go by.
    WORKERS = r"""
options:
  autoscaling:
    description:
      - Let the platform choose the number of instances, within limits. It takes the place of O(instance_count), and the
        number that it chooses is no difference. The size of the instances must allow it.
      - V({}) switches it off.
    type: dict
    suboptions:
      min_instance_count:
        description:
          - How many instances run at least.
        type: int
      max_instance_count:
        description:
          - How many instances run at most, up to 250.
        type: int
      metrics:
        description:
          - What it goes by.
        type: dict
        suboptions:
          cpu:
            description:
              - The use of the CPUs.
            type: dict
            suboptions:
              percent:
                description:
                  - The average that it aims at, in percent.
                type: int
"""
