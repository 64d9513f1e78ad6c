# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: its interface may change at any time.
"""The fingerprint of a component's secrets, by which later tasks recognise unchanged values. Pure: no I/O.

The platform returns a new ``EV[…]`` for each encryption of a secret (API reference 8.5). So a component has
one GENERAL env, `_spec.secret_fields.FINGERPRINT_KEY`, with a salted hash of each secret that a task declares for it.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

from .fingerprint_v1 import FingerprintV1, short_name_v1
from .randomness import certainly_random
from .slow_hash import (
    DIGEST_LENGTH,
    HMAC,
    PBKDF2,
    PBKDF2_V1,
    SCRYPT,
    HashRequest,
    b64,
    computable,
    digests_of,
    scrypt_available,
)

_SALT_BYTES = 16
_NAME_BYTES = 6
_MAX_TEXT_LENGTH = 65_536
MAX_SETS = 8

_TEXT = re.compile(r"v2:([A-Za-z0-9_-]{22}):([^|]*)(?:\|(.*))?", re.DOTALL)
_ITEM = re.compile(rf"(=?)([A-Za-z0-9_-]{{8}})([hsp][A-Za-z0-9_-]{{{DIGEST_LENGTH}}})")

SaltFactory = Callable[[], bytes]


def random_salt() -> bytes:
    """A new salt for a fingerprint."""
    return os.urandom(_SALT_BYTES)


@dataclass(frozen=True)
class Owner:
    """The app and component of a fingerprint: hashed with the secrets, so that a copy elsewhere matches nothing.

    The app is identified by its name, since it has no id before it exists. Renaming an app or a component is a write
    anyway, which then has the secrets and a new fingerprint; a rename by another tool costs one write on the next run.
    """

    app: str
    component: str = ""
    """Name of the component; empty for the app's own envs."""


@dataclass(frozen=True)
class Fingerprint:
    """The env's value: ``v2:<salt>:<name><hash>[,…]``, a hash for each secret.

    Each value is recognised by itself, whichever tasks wrote it and the others. The first letter of a hash is its
    algorithm: ``h`` (HMAC) for values that are certainly random, ``s`` (scrypt) or ``p`` (PBKDF2) for all others.

    To check several values with slow hashes by one hash, a task that writes them adds one of the complete set, ``=<set
    id><hash>``. The set id is a digest of the single hashes, so that a set is not used after one of them changed.
    """

    salt: bytes
    digests: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Short name -> algorithm and digest."""
    sets: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    """(set id, digest) of sets of slow ones, the newest last."""
    v1: FingerprintV1 | None = None
    """The fingerprint of the first version, for secrets that no task has written since."""

    @classmethod
    def create(cls, salt: SaltFactory = random_salt) -> Fingerprint:
        """A fingerprint without secrets."""
        return cls(salt=salt())

    @classmethod
    def parse(cls, text: str | None) -> Fingerprint | None:
        """Parse a stored fingerprint. None if there is none, or it is broken.

        White space, quotes around the text, and broken entries among valid ones are ignored.
        """
        if not text or len(text) > _MAX_TEXT_LENGTH:
            return None
        bare = "".join(text.split()).strip("\"'")
        found = _TEXT.fullmatch(bare)
        if found is None:
            v1 = FingerprintV1.parse(bare)
            return None if v1 is None else cls(v1.salt, v1=v1.without(()))
        v1 = FingerprintV1.parse(found[3]) if found[3] else None
        items = [item for item in map(_ITEM.fullmatch, found[2].split(",")) if item is not None]
        return cls(
            salt=base64.urlsafe_b64decode(found[1] + "=="),
            digests={item[2]: item[3] for item in items if not item[1]},
            sets=tuple({item[2]: item[3] for item in items if item[1]}.items())[-MAX_SETS:],
            v1=v1.without(()) if v1 else None,
        )

    @property
    def text(self) -> str:
        """The env's value. Names are sorted, so that equal fingerprints have equal texts."""
        items = [name + digest for name, digest in sorted(self.digests.items())]
        items += [f"={set_id}{digest}" for set_id, digest in self.sets]
        return f"v2:{b64(self.salt)}:" + ",".join(items) + (f"|{self.v1.text}" if self.v1 else "")

    @property
    def empty(self) -> bool:
        """Whether it has no secret."""
        return not self.digests and self.v1 is None

    def mentioned(self, names: Iterable[str]) -> list[str]:
        """Those of the names for which it has a hash, whatever the values."""
        v1 = self.v1.names if self.v1 else frozenset()
        return [name for name in names if _short(name) in self.digests or short_name_v1(name) in v1]

    def mentions_v1(self, names: Iterable[str]) -> bool:
        """Whether one of the names is in what the older version wrote."""
        return self.v1 is not None and self.v1.without(names) != self.v1

    def known(self, owner: Owner, secrets: Mapping[str, str]) -> frozenset[str]:
        """Names of those secrets (name -> value) whose values were the last to be written.

        Computes one slow hash if the same set was written at once, else one for each secret that needs it, in threads.
        """
        stored = {name: self.digests[short] for name in secrets if (short := _short(name)) in self.digests}
        stored = {name: digest for name, digest in stored.items() if computable(digest[0])}
        found = self._known_set(owner, secrets, stored)
        unchecked = [name for name in stored if name not in found]
        computed = digests_of([self._request(stored[name][0], owner, name, secrets[name]) for name in unchecked])
        found |= {
            name
            for name, digest in zip(unchecked, computed, strict=True)
            if hmac.compare_digest(stored[name][1:], digest)
        }
        others = {name: value for name, value in secrets.items() if name not in stored}
        return found | self.v1.known(owner.app, owner.component, others) if self.v1 and others else found

    def _known_set(self, owner: Owner, secrets: Mapping[str, str], stored: Mapping[str, str]) -> frozenset[str]:
        """The names of all secrets with slow hashes, if this set has these values; else none."""
        slow = {name: digest for name, digest in stored.items() if digest[0] != HMAC}
        stored_set = dict(self.sets).get(_set_id(slow)) if len(slow) > 1 else None
        if stored_set is None or not computable(stored_set[0]):
            return frozenset()
        computed = digests_of([self._set_request(stored_set[0], owner, {name: secrets[name] for name in slow})])[0]
        return frozenset(slow) if hmac.compare_digest(stored_set[1:], computed) else frozenset()

    def matches(self, owner: Owner, secrets: Mapping[str, str]) -> bool:
        """Whether all of these values were the last to be written; False for no secrets."""
        return bool(secrets) and self.known(owner, secrets) == secrets.keys()

    def with_values(self, owner: Owner, secrets: Mapping[str, str]) -> Fingerprint:
        """The fingerprint after these secrets were written. Hashes of known values stay as they are."""
        known = self.known(owner, secrets)
        slow = self._slow()
        new = {
            name: HMAC if certainly_random(value) else slow
            for name, value in secrets.items()
            if name not in known or _short(name) not in self.digests
        }
        computed = digests_of([self._request(algorithm, owner, name, secrets[name]) for name, algorithm in new.items()])
        digests = {**self.digests}
        digests.update({_short(name): new[name] + digest for name, digest in zip(new, computed, strict=True)})
        old_v1 = self.v1.without(secrets) if self.v1 else None
        return replace(self, digests=digests, v1=old_v1)._with_set(owner, secrets, slow)

    def _with_set(self, owner: Owner, secrets: Mapping[str, str], slow: str) -> Fingerprint:
        slow_digests = {name: digest for name in secrets if (digest := self.digests[_short(name)])[0] != HMAC}
        set_id = _set_id(slow_digests)
        if len(slow_digests) < 2 or set_id in dict(self.sets):
            return self
        computed = digests_of([self._set_request(slow, owner, {name: secrets[name] for name in slow_digests})])[0]
        return replace(self, sets=(*self.sets, (set_id, slow + computed))[-MAX_SETS:])

    def without(self, names: Iterable[str]) -> Fingerprint:
        """The fingerprint after these secrets were removed, or written without a fingerprint."""
        removed = set(names)
        short = set(map(_short, removed))
        digests = {name: digest for name, digest in self.digests.items() if name not in short}
        return replace(self, digests=digests, v1=self.v1.without(removed) if self.v1 else None)

    def _slow(self) -> str:
        """The algorithm for new slow hashes: PBKDF2 if a controller without scrypt has written hashes, else scrypt.

        Such a controller can't check hashes of scrypt, and would send these secrets in every run.
        """
        uses_pbkdf2 = any(digest[0] == PBKDF2 for digest in self.digests.values())
        uses_pbkdf2 = uses_pbkdf2 or (self.v1 is not None and self.v1.algorithm == PBKDF2_V1)
        return PBKDF2 if uses_pbkdf2 or not scrypt_available() else SCRYPT

    def _request(self, algorithm: str, owner: Owner, name: str, value: str) -> HashRequest:
        """JSON quotes every part, so that no two different inputs have the same text."""
        return HashRequest(algorithm, self.salt, json.dumps([owner.app, owner.component, name, value]).encode("ascii"))

    def _set_request(self, algorithm: str, owner: Owner, secrets: Mapping[str, str]) -> HashRequest:
        data = json.dumps([owner.app, owner.component, sorted(secrets.items())])
        return HashRequest(algorithm, self.salt, data.encode("ascii"))


def text_after(before: str | None, after: Fingerprint) -> str | None:
    """The text to store for *after*: *before* if it means the same; None if no secret is left."""
    if after.empty:
        return None
    return before if Fingerprint.parse(before) == after else after.text


def text_after_removal(text: str | None, names: Iterable[str]) -> str | None:
    """The fingerprint's text after these secrets were removed; None if the env is removed too.

    A broken fingerprint stays as it is, until the next write of a secret replaces it.
    """
    fingerprint = Fingerprint.parse(text)
    return text if fingerprint is None else text_after(text, fingerprint.without(names))


def _short(name: str) -> str:
    return b64(hashlib.sha256(name.encode("utf-8", "surrogatepass")).digest()[:_NAME_BYTES])


def _set_id(digests: Mapping[str, str]) -> str:
    """The name of a set of hashes (secret name -> algorithm and digest)."""
    text = ",".join(sorted(_short(name) + digest for name, digest in digests.items()))
    return b64(hashlib.sha256(text.encode("ascii")).digest()[:_NAME_BYTES])
