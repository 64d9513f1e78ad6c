# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    # When a container is restarted.
    DOCUMENTATION = r"""
options:
  liveness_health_check:
    description:
      - When a running container counts as hung and is restarted.
    type: dict
    suboptions:
      http_path:
        description:
          - The path to ask for. Without one, it is checked whether the port accepts connections.
        type: str
      port:
        description:
          - The port to ask at.
        type: int
      initial_delay_seconds:
        description:
          - Seconds before the first check, 0 to 3600.
        type: int
      period_seconds:
        description:
          - Seconds between two checks, 1 to 300.
        type: int
      timeout_seconds:
        description:
          - Seconds that a check may take, 1 to 120.
        type: int
      success_threshold:
        description:
          - Always 1.
        type: int
      failure_threshold:
        description:
          - How many checks in a row must fail for it to count as down, 1 to 50.
        type: int
"""
