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
      - When a container that runs counts as hung, and is restarted.
    type: dict
    suboptions:
      http_path:
        description:
          - The path to ask for. Without one it is only checked whether the port accepts connections.
        type: str
      port:
        description:
          - The port to ask at, 1 to 65535.
        type: int
      initial_delay_seconds:
        description:
          - Seconds before the first check, 0 to 3600. The platform waits 5 by default.
        type: int
      period_seconds:
        description:
          - Seconds between two checks, 1 to 300; 10 by default.
        type: int
      timeout_seconds:
        description:
          - Seconds that a check may take, 1 to 120; 1 by default.
        type: int
      success_threshold:
        description:
          - How many checks in a row must succeed for it to count as up again. It is 1, from 1 to 1.
        type: int
      failure_threshold:
        description:
          - How many checks in a row must fail for it to count as hung, 1 to 50; 18 by default.
        type: int
"""
