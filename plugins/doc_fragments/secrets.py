# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    # What is done about secrets: `SECRETS` in module_utils/_resources/component.py.
    DOCUMENTATION = r"""
options:
  update_secrets:
    description:
      - When the plain value of a secret is sent, that is, of a variable of the type V(SECRET) and of the
        C(registry_credentials) of an image. The platform gives it back encrypted, in another form each time, so it can't be
        compared. Keys, tokens and passwords of log destinations come back in clear, and are.
      - V(fingerprint) keeps one more variable beside the secrets of a component, C(ANSIBLE_SECRETS_FINGERPRINT), with a
        salted hash of each that is declared; a slow one, unless the secret is certainly random. Changed secrets are one
        update, unchanged ones are none, also where several tasks declare the same ones. Who can read the app's spec can try
        guesses against the hashes.
      - V(on_create) sends a secret only if none is stored in its place. No variable is added, so it is the one for secrets that
        can be guessed, such as a PIN.
      - V(always) sends every secret each time, and so makes a deployment in every run.
      - A value C(EV[...]), as the platform gives it back, keeps the stored secret if it is the stored one, and is refused
        as stale if not.
    type: str
    choices: [fingerprint, on_create, always]
    default: fingerprint
  allow_empty_secrets:
    description:
      - Whether a secret may be the empty text. It is refused by default, as it is nearly always a variable that was never
        set.
    type: bool
    default: false
  allow_stale_secrets:
    description:
      - Whether an encrypted value C(EV[...]) may be sent although it is not the stored one. The platform may be unable to
        read it, so it is refused by default.
    type: bool
    default: false
"""
