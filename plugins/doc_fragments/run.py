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
      - An image that is ready runs it without a shell. If it needs one, say so, as in C(sh -c "one && two"); a task whose
        command has shell syntax gives a warning.
    type: str
  instance_size_slug:
    description:
      - The size of an instance. Without it a new component gets the smallest one, V(apps-s-1vcpu-0.5gb).
      - C(apps-s-) sizes share their CPUs, such as V(apps-s-1vcpu-1gb) or V(apps-s-2vcpu-4gb); C(apps-d-) sizes have CPUs of
        their own, such as V(apps-d-1vcpu-2gb). M(oceanops.app_platform.app_instance_size_info) has all of them with their prices.
      - A size that is not known here gives a warning. The older slugs, such as V(basic-xxs), remain as they are.
    type: str
  instance_count:
    description:
      - How many instances run, 1 to 250; V(1) by default. V(apps-s-1vcpu-0.5gb) and V(apps-s-1vcpu-1gb-fixed) allow no more
        than one.
      - Where a component has C(autoscaling), this is left out.
    type: int
"""
