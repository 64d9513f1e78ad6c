# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    # What is done about secrets: `SECRETS` in module_utils/_component.py.
    DOCUMENTATION = r"""
options:
  update_secrets:
    description:
      - When a plain value of a secret is sent. The platform gives it back encrypted, each time in another form, so it
        can't be compared.
      - V(fingerprint) keeps one more environment variable beside the secrets, C(ANSIBLE_SECRETS_FINGERPRINT), with a
        salted, slow hash of all of them. Changed secrets are one update, unchanged ones are none.
      - V(on_create) sends a secret only if none is stored under its name.
      - V(always) sends every secret in every run, and deploys each time.
      - A value C(EV[...]) that equals the stored one keeps it. Another one is refused as stale.
    type: str
    choices: [fingerprint, on_create, always]
    default: fingerprint
  allow_empty_secrets:
    description:
      - Whether a secret may be the empty text. It is refused otherwise, as it is nearly always a variable that was not
        set.
    type: bool
    default: false
  allow_stale_secrets:
    description:
      - Whether an encrypted value C(EV[...]) that is not the stored one may be sent.
    type: bool
    default: false
"""
