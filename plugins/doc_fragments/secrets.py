# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    # What is done about secrets: `SECRETS` in module_utils/_resources/component.py.
    DOCUMENTATION = r"""
attributes:
  idempotent:
    support: partial
    details:
      - With O(update_secrets=always) every run sends all secrets, which makes a deployment.
options:
  update_secrets:
    description:
      - When the plain value of a secret is sent, that is, of a variable of the type V(SECRET) and of
        C(registry_credentials), which the platform encrypts anew each time; see L(Secrets,
        https://github.com/oceanops/ansible-collection-app_platform/blob/main/docs/secrets.md).
      - V(fingerprint) sends what has changed. A salted hash in one more variable, C(ANSIBLE_SECRETS_FINGERPRINT), shows
        that; who can read the spec can try guesses against it.
      - V(on_create) sends it only if none is stored, and adds no variable; for secrets that can be guessed, such as a
        PIN.
      - V(always) sends it in every run, which makes a deployment.
      - C(EV[...]), as the platform gives a secret back, keeps the stored one if it is that, and is refused as stale if
        not.
    type: str
    choices: [fingerprint, on_create, always]
    default: fingerprint
  allow_empty_secrets:
    description:
      - Whether a secret may be the empty text.
    type: bool
    default: false
  allow_stale_secrets:
    description:
      - Whether a C(EV[...]) other than the stored one may be sent.
    type: bool
    default: false
"""
