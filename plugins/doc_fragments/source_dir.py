# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    # Where in a repository the code is.
    DOCUMENTATION = r"""
options:
  source_dir:
    description:
      - The directory of the code, and the context of a Docker build; by default the root of the repository.
    type: str
"""
