# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: its interface may change at any time.
"""The hashes of the fingerprint: slow ones, in threads and with a cache, for secrets that a person may have chosen."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

HMAC = "h"
SCRYPT = "s"
PBKDF2 = "p"
SCRYPT_V1 = "v1"
PBKDF2_V1 = "v1p"

# OWASP's Password Storage Cheat Sheet names these as equals: n=2^17 p=1 (128 MiB), 2^16 p=2, 2^15 p=3, 2^14 p=5
# (16 MiB) and 2^13 p=10, each with r=8. 20 forks use this memory at the same time, up to four times where several
# hashes run in threads, so it is one of the small ones.
# The V1 algorithms are those of the first version's fingerprints, which are read and never written.
SCRYPT_PARAMETERS: dict[str, dict[str, Any]] = {
    SCRYPT: {"n": 2**14, "r": 8, "p": 5, "maxmem": 64 * 2**20},
    SCRYPT_V1: {"n": 2**13, "r": 8, "p": 1, "maxmem": 64 * 2**20},
}
# For interpreters without scrypt (LibreSSL, FIPS mode); the rounds are OWASP's as well.
PBKDF2_ROUNDS = {PBKDF2: 600_000, PBKDF2_V1: 100_000}

DIGEST_BYTES = 16
DIGEST_LENGTH = 22
"""Length of a digest's text."""
MAX_THREADS = 4


@dataclass(frozen=True)
class HashRequest:
    """One hash to compute. ``algorithm``: one of the constants above."""

    algorithm: str
    salt: bytes
    data: bytes = field(repr=False)

    @property
    def key(self) -> bytes:
        """A digest that identifies the request."""
        return hashlib.sha256(self.algorithm.encode("ascii") + b"/" + self.salt + self.data).digest()


def computable(algorithm: str) -> bool:
    """Whether this interpreter has the algorithm."""
    return algorithm not in SCRYPT_PARAMETERS or scrypt_available()


def scrypt_available() -> bool:
    """Whether this interpreter can compute scrypt: LibreSSL builds lack it, FIPS mode refuses it."""
    scrypt = getattr(hashlib, "scrypt", None)
    if scrypt is None:
        return False
    try:
        scrypt(b"probe", salt=b"probe", n=2, r=1, p=1, dklen=DIGEST_BYTES)
    except (ValueError, MemoryError):
        return False
    return True


# The replay of an edit computes the same hashes again. Keyed by a digest, so that no secret stays in memory.
computed_digests: dict[bytes, str] = {}
MAX_DIGESTS = 1024


def digests_of(requests: Sequence[HashRequest]) -> list[str]:
    """The digests, as texts, in the order of the requests. Slow hashes release the GIL, so threads use all cores."""
    by_key = {one.key: one for one in requests}
    found = {key: computed_digests[key] for key in by_key if key in computed_digests}
    missing = [(key, one) for key, one in by_key.items() if key not in found]
    threads = min(MAX_THREADS, os.cpu_count() or 1, sum(one.algorithm != HMAC for _key, one in missing))
    if threads > 1:
        with ThreadPoolExecutor(threads) as pool:
            digests = list(pool.map(_computed, [one for _key, one in missing]))
    else:
        digests = [_computed(one) for _key, one in missing]
    computed = {key: digest for (key, _one), digest in zip(missing, digests, strict=True)}
    if len(computed_digests) + len(computed) > MAX_DIGESTS:
        computed_digests.clear()
    computed_digests.update(islice(computed.items(), MAX_DIGESTS))
    found.update(computed)
    return [found[one.key] for one in requests]


def _computed(request: HashRequest) -> str:
    algorithm, salt, data = request.algorithm, request.salt, request.data
    if algorithm == HMAC:
        raw = hmac.new(salt, data, "sha256").digest()[:DIGEST_BYTES]
    elif algorithm in SCRYPT_PARAMETERS:
        raw = hashlib.scrypt(data, salt=salt, dklen=DIGEST_BYTES, **SCRYPT_PARAMETERS[algorithm])
    else:
        raw = hashlib.pbkdf2_hmac("sha256", data, salt, PBKDF2_ROUNDS[algorithm], DIGEST_BYTES)
    return b64(raw)


def b64(data: bytes) -> str:
    """URL-safe base64 without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")
