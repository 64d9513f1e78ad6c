# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    # What a container runs, and on what.
    DOCUMENTATION = r"""
options:
  run_command:
    description:
      - The command that the container runs, in place of the image's or the buildpack's own. It may have several lines.
      - An image runs it without a shell; where it needs one, write C(sh -c "one && two"). Shell syntax gives a warning.
    type: str
  instance_size_slug:
    description:
      - The size of an instance, by default V(apps-s-1vcpu-0.5gb). C(apps-s-) sizes share their CPUs, C(apps-d-) sizes
        have their own; M(oceanops.app_platform.app_instance_size_info) lists them with their prices.
      - An unknown size gives a warning. Older slugs, such as V(basic-xxs), remain as they are.
    type: str
  instance_count:
    description:
      - How many instances run, 1 to 250; V(1) by default. V(apps-s-1vcpu-0.5gb) and V(apps-s-1vcpu-1gb-fixed) allow no
        more than one. Where a component has C(autoscaling), this is left out.
    type: int
"""
