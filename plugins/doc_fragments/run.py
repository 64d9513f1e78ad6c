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
      - The command that the container runs; the image's own, or the buildpack's, if it is not given.
      - An image without a shell runs it without one. Where it needs a shell, say so, as in C(sh -c "a && b").
    type: str
  instance_size_slug:
    description:
      - The size of an instance, such as V(apps-s-1vcpu-1gb). C(doctl apps tier instance-size list) and the platform's
        price list have them all. If it is not given, a new component gets the platform's smallest.
    type: str
  instance_count:
    description:
      - How many instances run. The platform's default is 1; some sizes allow no more.
    type: int
"""
