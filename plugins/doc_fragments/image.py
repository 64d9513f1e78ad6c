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
      - Take the component from a container image. A component has one source, so this takes the place of another one.
      - An image is pulled when the deployment's spec differs. If the same tag is pushed again, nothing differs; give each
        build a tag of its own, or a digest. A task with the tag V(latest), or with none, gives a warning.
    type: dict
    suboptions:
      registry_type:
        description:
          - C(DOCR) is DigitalOcean's own registry, C(DOCKER_HUB) Docker Hub, C(GHCR) GitHub's.
        type: str
      registry:
        description:
          - The name of the registry, that is, of the user or organization. Leave it out for C(DOCR).
        type: str
      repository:
        description:
          - The name of the repository in the registry.
        type: str
      tag:
        description:
          - The tag; C(latest) if neither this nor O(image.digest) is given.
        type: str
      digest:
        description:
          - The digest, C(sha256:) and 64 hexadecimal digits, in place of a tag. It names one image for ever.
        type: str
      registry_credentials:
        description:
          - C(user:token) for a private repository of Docker Hub or GitHub. The platform keeps it encrypted; see
            O(update_secrets).
        type: str
      deploy_on_push:
        description:
          - Deploy whenever the tag is pushed again. Only with C(DOCR), and not with a digest.
        type: dict
        suboptions:
          enabled:
            description:
              - Whether to do so.
            type: bool
"""
