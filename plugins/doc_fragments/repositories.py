# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    # The sources that are repositories of code.
    DOCUMENTATION = r"""
options:
  github:
    description:
      - A repository at GitHub. A component has one source. DigitalOcean needs access to it first, given in the control
        panel.
    type: dict
    suboptions:
      repo:
        description:
          - C(owner/name). Every source of this kind needs it. If it changes, the branch of the old one is dropped.
        type: str
      branch:
        description:
          - The branch.
        type: str
      deploy_on_push:
        description:
          - Whether a push makes a deployment, jobs included. It does not by default.
        type: bool
  gitlab:
    description:
      - A repository at GitLab, as O(github). A component has one source.
    type: dict
    suboptions:
      repo:
        description:
          - C(owner/name), with groups in between where there are some. Otherwise as O(github.repo); it is needed.
        type: str
      branch:
        description:
          - The branch.
        type: str
      deploy_on_push:
        description:
          - Whether a push makes a deployment, jobs included. It does not by default.
        type: bool
  bitbucket:
    description:
      - A repository at Bitbucket, as O(github). A component has one source.
    type: dict
    suboptions:
      repo:
        description:
          - C(owner/name), as O(github.repo); it is needed.
        type: str
      branch:
        description:
          - The branch.
        type: str
      deploy_on_push:
        description:
          - Whether a push makes a deployment, jobs included. It does not by default.
        type: bool
  git:
    description:
      - Any public repository. A component has one source. A push is not noticed;
        M(oceanops.app_platform.app_deployment) builds the newest commit.
    type: dict
    suboptions:
      repo_clone_url:
        description:
          - Its https address, up to 255 characters; it is needed. If it changes, the old one's branch is dropped.
        type: str
      branch:
        description:
          - The branch.
        type: str
"""
