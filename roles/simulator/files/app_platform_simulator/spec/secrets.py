# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Secrets at rest: `EV[1:<nonce>:<ciphertext>]` (API reference 8.5).

The nonce has 24 bytes, the ciphertext 16 bytes more than the plain text.

The cipher is AES-256-GCM with the app's id as associated data, so that a value of one app is refused by another.
The key is made at random for each simulator and kept in its state file.
"""

from __future__ import annotations

import os
import re
from base64 import b64decode, b64encode
from binascii import Error as Base64Error

_FORM = re.compile(r"EV\[1:([A-Za-z0-9+/=]+):([A-Za-z0-9+/=]+)\]")
_NONCE = 24


def looks_encrypted(value: str) -> bool:
    """Whether a value claims to be encrypted."""
    return value.startswith("EV[") and value.endswith("]")


class Vault:
    """Encrypts and decrypts with one key."""

    def __init__(self, key: bytes | None = None) -> None:
        self.key = key or os.urandom(32)
        # Values that the simulator did not make itself: a seed's, exported from a real app. (app id, value).
        self.adopted: set[tuple[str, str]] = set()

    def encrypt(self, plain: str, app_id: str) -> str:
        """An EV value that this app alone can use; another one each time."""
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415 - slow to load

        nonce = os.urandom(_NONCE)
        sealed = AESGCM(self.key).encrypt(nonce, plain.encode(), app_id.encode())
        return f"EV[1:{b64encode(nonce).decode()}:{b64encode(sealed).decode()}]"

    def adopt(self, value: str, app_id: str) -> None:
        """Take a value, which nobody here can decrypt, for one of this app's own."""
        self.adopted.add((app_id, value))

    def knows(self, value: str, app_id: str) -> bool:
        """Whether a value was issued for this app."""
        return (app_id, value) in self.adopted or self.decrypt(value, app_id) is not None

    def decrypt(self, value: str, app_id: str) -> str | None:
        """The plain text, or None when this app was never given this value."""
        from cryptography.exceptions import InvalidTag  # noqa: PLC0415
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415

        found = _FORM.fullmatch(value)
        if found is None:
            return None
        try:
            nonce, sealed = b64decode(found[1], validate=True), b64decode(found[2], validate=True)
            return AESGCM(self.key).decrypt(nonce, sealed, app_id.encode()).decode()
        except (Base64Error, InvalidTag, ValueError):
            return None
