# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    # How code becomes an image.
    DOCUMENTATION = r"""
options:
  dockerfile_path:
    description:
      - Build with this Dockerfile, a path in the repository. Without it, the platform builds with a buildpack.
    type: str
  build_command:
    description:
      - A command that runs at the end of a buildpack's build.
    type: str
  environment_slug:
    description:
      - The buildpack, such as V(node-js), V(python), V(go), V(php) or V(ruby), where the platform should not find out by
        itself.
    type: str
"""
