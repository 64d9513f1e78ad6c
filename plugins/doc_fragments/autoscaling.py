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
      - Let the platform choose how many instances run, within limits and by what it measures, in place of
        O(instance_count). The number that it chooses is no difference. V({}) switches it off.
      - The platform has it for sizes with CPUs of their own, that is, an O(instance_size_slug) that begins with
        C(apps-d-). Another size gives a warning.
    type: dict
    suboptions:
      min_instance_count:
        description:
          - How many instances run at least. It is below O(autoscaling.max_instance_count).
        type: int
      max_instance_count:
        description:
          - How many instances run at most, 1 to 250.
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
                  - The average that it aims at, 1 to 100 percent; 80 by default.
                type: int
          requests_per_second:
            description:
              - The number of requests.
            type: dict
            suboptions:
              per_instance:
                description:
                  - How many requests a second an instance is to have.
                type: int
          request_duration:
            description:
              - How long requests take.
            type: dict
            suboptions:
              p95_milliseconds:
                description:
                  - The milliseconds that 95 percent of the requests are to stay below.
                type: int
"""

    # Workers have no requests to go by.
    WORKERS = r"""
options:
  autoscaling:
    description:
      - Let the platform choose how many instances run, within limits and by what it measures, in place of
        O(instance_count). The number that it chooses is no difference. V({}) switches it off.
      - The platform has it for sizes with CPUs of their own, that is, an O(instance_size_slug) that begins with
        C(apps-d-). Another size gives a warning.
    type: dict
    suboptions:
      min_instance_count:
        description:
          - How many instances run at least. It is below O(autoscaling.max_instance_count).
        type: int
      max_instance_count:
        description:
          - How many instances run at most, 1 to 250.
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
                  - The average that it aims at, 1 to 100 percent; 80 by default.
                type: int
"""
