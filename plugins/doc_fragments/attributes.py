# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    # What is true of every module; the name of a part follows a dot: oceanops.app_platform.attributes.info
    DOCUMENTATION = r"""
attributes:
  action_group:
    description: Use C(group/oceanops.app_platform.all) in C(module_defaults) to set the same options for all modules.
    support: full
    membership:
      - oceanops.app_platform.all
  action:
    description: Has an action plugin of the same name.
    support: full
    details:
      - A task on the local machine runs inside the process of Ansible itself, which is many times faster. With another
        connection, C(become), C(async), C(environment) or another C(ansible_python_interpreter) it runs as an ordinary
        module, with the same result. The variable C(app_platform_in_process=false) always runs it as an ordinary module.
  async:
    description: Supports being used with the C(async) keyword.
    support: full
  platform:
    description: The systems on which it can run.
    platforms: posix
    support: full
"""

    # Modules that change something.
    CHANGES = r"""
attributes:
  check_mode:
    description: Says in check mode what it would change, and changes nothing.
    support: full
    details:
      - The result is the same as that of the real run, apart from what only the platform can know, such as ids. The
        platform's own check of a spec is asked, which changes nothing.
  diff_mode:
    description: Shows what changes.
    support: full
    details:
      - Only the parts that differ are shown; secrets are shown as changed or not, never with their value.
"""

    # Modules that only read.
    INFO = r"""
attributes:
  check_mode:
    description: Runs in check mode as it does without.
    support: full
    details:
      - It changes nothing in any mode.
  diff_mode:
    description: Shows what changes.
    support: N/A
    details:
      - It changes nothing.
"""
