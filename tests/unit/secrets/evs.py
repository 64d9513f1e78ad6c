"""Encrypted values as the platform writes them, for these tests: the layout of API reference 8.5, random content."""

from __future__ import annotations

import base64
import os


def ev(plaintext: str, nonce: bytes | None = None) -> str:
    """An ``EV[…]`` of the length that this plaintext gets; another one for each call."""
    ciphertext = os.urandom(len(plaintext.encode("utf-8", "surrogatepass")) + 16)
    return f"EV[1:{base64.b64encode(nonce or os.urandom(24)).decode()}:{base64.b64encode(ciphertext).decode()}]"
