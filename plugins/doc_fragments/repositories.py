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
      - Build the component from a repository at GitHub. DigitalOcean needs access to the account first, which is given in the control
        panel.
    type: dict
    suboptions:
      repo:
        description:
          - The repository, C(owner/name).
        type: str
      branch:
        description:
          - The branch.
        type: str
      deploy_on_push:
        description:
          - Whether to deploy at each push to the branch. Such deployments run the jobs as well.
        type: bool
  gitlab:
    description:
      - Build the component from a repository at GitLab. DigitalOcean needs access to the account first, which is given in the control
        panel.
    type: dict
    suboptions:
      repo:
        description:
          - The repository, C(owner/name), or with groups between.
        type: str
      branch:
        description:
          - The branch.
        type: str
      deploy_on_push:
        description:
          - Whether to deploy at each push to the branch. Such deployments run the jobs as well.
        type: bool
  bitbucket:
    description:
      - Build the component from a repository at Bitbucket. DigitalOcean needs access to the account first, which is given in the control
        panel.
    type: dict
    suboptions:
      repo:
        description:
          - The repository, C(owner/name).
        type: str
      branch:
        description:
          - The branch.
        type: str
      deploy_on_push:
        description:
          - Whether to deploy at each push to the branch. Such deployments run the jobs as well.
        type: bool
  git:
    description:
      - Build the component from a public repository anywhere.
    type: dict
    suboptions:
      repo_clone_url:
        description:
          - The address to clone it from, such as C(https://git.example.com/shop.git).
        type: str
      branch:
        description:
          - The branch.
        type: str
"""
