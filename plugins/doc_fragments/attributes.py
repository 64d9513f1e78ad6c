# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    # What is true of every module; the name of a part follows a dot: oceanops.app_platform.attributes.info
    DOCUMENTATION = r"""
attributes:
  action_group:
    description: Use C(group/oceanops.app_platform.all) in C(module_defaults).
    support: full
    membership:
      - oceanops.app_platform.all
  action:
    description: A local task runs in Ansible's own process, any other as a module.
    support: full
  async:
    description: Supports being used with the C(async) keyword.
    support: full
  platform:
    description: The systems on which it can run.
    platforms: posix
    support: full
  idempotent:
    description: A second run with the same options, while nobody else changes the app, changes nothing and says so.
    support: full
"""

    # Modules that change something.
    CHANGES = r"""
attributes:
  check_mode:
    description: Has the result of a real run, but for ids. The platform checks the spec.
    support: full
  diff_mode:
    description: Shows the parts that differ; of secrets only that they do.
    support: full
"""

    # Modules that only read.
    INFO = r"""
attributes:
  check_mode:
    description: Runs in check mode as it does without; it changes nothing in any mode.
    support: full
  diff_mode:
    description: Shows what changes.
    support: N/A
    details:
      - It changes nothing.
"""
