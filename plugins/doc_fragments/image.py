# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    # The source of a component that is a container image.
    DOCUMENTATION = r"""
options:
  image:
    description:
      - Run a container image that is ready. A component has one source, so this takes the place of another one; with
        another registry or repository, the rest of the old image is dropped.
      - An image is pulled when the spec differs, so give each build a tag of its own, or its digest. The tag V(latest),
        or none, gives a warning.
    type: dict
    suboptions:
      registry_type:
        description:
          - Where the image is, V(DOCR) (the account's own registry), V(DOCKER_HUB) or V(GHCR). Every image needs it.
        type: str
      registry:
        description:
          - The user or organization of the repository, such as V(library) for Docker Hub's official images; up to 192
            characters. V(DOCR) takes none.
        type: str
      repository:
        description:
          - The repository, without host, tag or digest; up to 192 characters. Every image needs it.
        type: str
      tag:
        description:
          - The tag, up to 192 characters, in quotes, as YAML takes C(1.10) for a number. C(latest) if neither this nor
            O(image.digest) is given.
        type: str
      digest:
        description:
          - The digest in place of O(image.tag), C(sha256:) and 64 hexadecimal digits, 192 characters at most.
        type: str
      registry_credentials:
        description:
          - C(user:token) for a private repository of Docker Hub or GitHub. It is a secret; see O(update_secrets).
        type: str
      deploy_on_push:
        description:
          - Only with V(DOCR), and not with O(image.digest).
        type: dict
        suboptions:
          enabled:
            description:
              - Whether a push of the tag makes a deployment, jobs included.
            type: bool
"""
