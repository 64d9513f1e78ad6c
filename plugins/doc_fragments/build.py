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
      - Build with this Dockerfile, a path in the repository, in place of a buildpack. No option for builds counts with
        an image that is ready.
    type: str
  build_command:
    description:
      - A command that runs at the end of a buildpack's build. It may have several lines.
    type: str
  environment_slug:
    description:
      - The buildpack, where the platform should not find it out by itself, such as V(node-js), V(python), V(go),
        V(php), V(ruby), V(ruby-on-rails), V(bun), V(html), V(hugo), V(jekyll), V(hexo) or V(gatsby).
    type: str
"""
