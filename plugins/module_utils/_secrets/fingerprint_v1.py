# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: its interface may change at any time.
"""The first version of the fingerprint: one hash for each set of secrets. It is read and never written."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from .slow_hash import PBKDF2_V1, SCRYPT_V1, HashRequest, b64, computable, digests_of

_TEXT = re.compile(r"v1(p?):([A-Za-z0-9_-]{22}):(.*)", re.DOTALL)
_ENTRY = re.compile(r"([A-Za-z0-9_-]{6}(?:\.[A-Za-z0-9_-]{6})*)/([A-Za-z0-9_-]{22})")
_NAME_BYTES = 4


@dataclass(frozen=True)
class EntryV1:
    """One set of secrets: short hashes of their names, and one slow hash of names and values."""

    names: frozenset[str]
    digest: str = field(repr=False)

    @property
    def text(self) -> str:
        return ".".join(sorted(self.names)) + "/" + self.digest


@dataclass(frozen=True)
class FingerprintV1:
    """``v1:<salt>:<entry>[,<entry>…]``, hashed with scrypt; ``v1p`` with PBKDF2. No two entries share a secret."""

    salt: bytes
    entries: tuple[EntryV1, ...] = ()
    algorithm: str = SCRYPT_V1

    @classmethod
    def parse(cls, text: str) -> FingerprintV1 | None:
        """Parse a text without white space. Broken entries among valid ones are ignored."""
        found = _TEXT.fullmatch(text)
        if found is None:
            return None
        entries: list[EntryV1] = []
        seen: set[str] = set()
        for entry in filter(None, map(_ENTRY.fullmatch, found[3].split(","))):
            names = frozenset(entry[1].split("."))
            # No version wrote sets that share a name; each of thousands would cost a slow hash.
            if seen.isdisjoint(names):
                entries.append(EntryV1(names, entry[2]))
                seen |= names
        salt = base64.urlsafe_b64decode(found[2] + "==")
        return cls(salt, tuple(entries), PBKDF2_V1 if found[1] else SCRYPT_V1)

    @property
    def text(self) -> str:
        """The env's value, without broken entries; the others are sorted."""
        return f"{self.algorithm}:{b64(self.salt)}:" + ",".join(sorted(entry.text for entry in self.entries))

    @property
    def names(self) -> frozenset[str]:
        """The shortened names of all secrets in it."""
        return frozenset().union(*(entry.names for entry in self.entries))

    def known(self, app: str, component: str, secrets: Mapping[str, str]) -> frozenset[str]:
        """Names of those secrets (name -> value) whose values were the last to be written: those of complete sets."""
        by_short = {short_name_v1(name): name for name in secrets}
        if not computable(self.algorithm):
            return frozenset()
        covered = [entry for entry in self.entries if entry.names <= by_short.keys()]
        sets = [{by_short[short]: secrets[by_short[short]] for short in entry.names} for entry in covered]
        computed = digests_of([HashRequest(self.algorithm, self.salt, _canonical(app, component, one)) for one in sets])
        same = [hmac.compare_digest(entry.digest, digest) for entry, digest in zip(covered, computed, strict=True)]
        return frozenset(name for one, equal in zip(sets, same, strict=True) if equal for name in one)

    def without(self, names: Iterable[str]) -> FingerprintV1 | None:
        """The fingerprint after these secrets were written or removed; None if nothing is left."""
        short = frozenset(map(short_name_v1, names))
        remaining = tuple(entry for entry in self.entries if not entry.names & short)
        return replace(self, entries=remaining) if remaining else None


def short_name_v1(name: str) -> str:
    """A secret's name as the first version shortens it."""
    return b64(hashlib.sha256(name.encode("utf-8", "surrogatepass")).digest()[:_NAME_BYTES])


def _canonical(app: str, component: str, secrets: Mapping[str, str]) -> bytes:
    return json.dumps([app, component, sorted(secrets.items())]).encode("ascii")
