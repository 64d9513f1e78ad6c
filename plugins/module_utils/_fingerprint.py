# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: its interface may change at any time.
"""The marker: what a task leaves beside secrets that can't be read back, to know them again. Pure: no I/O, no clock.

The platform answers with another ``EV[…]`` for every encryption of a secret (API reference 8.5). So a component keeps
one GENERAL env, `MARKER_KEY`, with a salted, slow hash of all secrets that a task declares for it.
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
from typing import Literal

MARKER_KEY = "ANSIBLE_SECRETS_FINGERPRINT"
"""Key of the GENERAL env that holds the marker, beside the secrets of one component or of the app itself."""

# scrypt with n=2^13, r=8, p=1 takes 8 MiB and about 20 ms on one core of 2026: dear for a guesser, cheap for a task,
# and far from the 32 MiB at which OpenSSL refuses by default. The marker is readable by whoever can read the app's
# spec, so a secret that stands alone in its set and can be guessed within some million tries isn't protected by it.
_SCRYPT = {"n": 2**13, "r": 8, "p": 1, "maxmem": 64 * 2**20}
# Where an interpreter has no scrypt (LibreSSL) or may not use it (FIPS mode), PBKDF2 at about twice that time.
_PBKDF2_ROUNDS = 100_000
_SALT_BYTES = 16
_DIGEST_BYTES = 16
_NAME_BYTES = 4
_LONGEST_MARKER = 65_536

_MARKER = re.compile(r"v1(p?):([A-Za-z0-9_-]{22}):(.*)", re.DOTALL)
_ENTRY = re.compile(r"([A-Za-z0-9_-]{6}(?:\.[A-Za-z0-9_-]{6})*)/([A-Za-z0-9_-]{22})")

SaltFactory = Callable[[], bytes]


def random_salt() -> bytes:
    """A fresh salt for a marker."""
    return os.urandom(_SALT_BYTES)


@dataclass(frozen=True)
class Context:
    """What a marker belongs to: hashed with the secrets, so that a marker copied elsewhere matches nothing there.

    The app counts by its name, as it has no id before it exists. Renaming an app or a component is a write anyway, and
    this write then carries the secrets and a new marker; a rename made elsewhere costs one write on the next run.
    """

    app: str
    component: str = ""
    """Name of the component; empty for the app's own envs."""


@dataclass(frozen=True)
class Entry:
    """One set of secrets in a marker: short hashes of their names, and one slow hash of names and values."""

    names: frozenset[str]
    digest: str = field(repr=False)

    @property
    def text(self) -> str:
        return ".".join(sorted(self.names)) + "/" + self.digest


@dataclass(frozen=True)
class Marker:
    """The text beside the secrets: ``v1:<salt>:<entry>[,<entry>…]``, an entry for each set that a task declares.

    Two tasks may manage different secrets of one component; each finds its own entry again. Writing a set replaces its
    entry and drops each other one that shares a secret with it, as that entry may now be untrue.

    ``v1`` hashes with scrypt, ``v1p`` with PBKDF2. A marker keeps its kind wherever it can be computed, so that
    controllers with and without scrypt don't overwrite each other's for ever.
    """

    salt: bytes
    entries: tuple[Entry, ...] = ()
    slow_hash: Literal["scrypt", "pbkdf2"] = "scrypt"

    @classmethod
    def fresh(cls, salt: SaltFactory = random_salt) -> Marker:
        """A marker without entries, with the best hash that this interpreter has."""
        return cls(salt=salt(), slow_hash="scrypt" if scrypt_available() else "pbkdf2")

    @classmethod
    def parse(cls, text: str | None) -> Marker | None:
        """Read a stored marker. None where there is none, or it is broken, or this interpreter can't compute its hash.

        White space and quotes that an editor left are ignored, and so is a broken entry beside good ones.
        """
        if not text or len(text) > _LONGEST_MARKER:
            return None
        found = _MARKER.fullmatch("".join(text.split()).strip("\"'"))
        if found is None or (found[1] == "" and not scrypt_available()):
            return None
        entries: dict[frozenset[str], Entry] = {}
        for part in found[3].split(","):
            entry = _ENTRY.fullmatch(part)
            if entry is not None:
                names = frozenset(entry[1].split("."))
                entries[names] = Entry(names, entry[2])
        return cls(
            salt=base64.urlsafe_b64decode(found[2] + "=="),
            entries=tuple(entries.values()),
            slow_hash="pbkdf2" if found[1] else "scrypt",
        )

    @property
    def text(self) -> str:
        """The env's value. Entries are sorted, so equal markers have equal texts."""
        version = "v1" if self.slow_hash == "scrypt" else "v1p"
        return f"{version}:{_b64(self.salt)}:" + ",".join(sorted(entry.text for entry in self.entries))

    def entry(self, context: Context, secrets: Mapping[str, str]) -> Entry:
        """Hash a set of secrets (name: value). The one costly step, about 20 ms; repeated calls are free."""
        return Entry(_short_names(secrets), _digest(self.slow_hash, self.salt, _canonical(context, secrets)))

    def has_set(self, names: Iterable[str]) -> bool:
        """Whether there is an entry for exactly these names, whatever their values."""
        short = _short_names(names)
        return any(entry.names == short for entry in self.entries)

    def holds(self, entry: Entry) -> bool:
        """Whether this very entry is in the marker; compares in constant time."""
        return any(
            mine.names == entry.names and hmac.compare_digest(mine.digest, entry.digest) for mine in self.entries
        )

    def matches(self, context: Context, secrets: Mapping[str, str]) -> bool:
        """Whether these names with these values are what was written last."""
        return self.has_set(secrets) and self.holds(self.entry(context, secrets))

    def with_entry(self, entry: Entry) -> Marker:
        """The marker after a set was written."""
        kept = tuple(mine for mine in self.entries if not mine.names & entry.names)
        return replace(self, entries=(*kept, entry))

    def with_set(self, context: Context, secrets: Mapping[str, str]) -> Marker:
        """The marker after these secrets were written."""
        return self.with_entry(self.entry(context, secrets))

    def without(self, names: Iterable[str]) -> Marker:
        """The marker after these secrets were removed, or written by somebody who keeps no marker."""
        short = _short_names(names)
        return replace(self, entries=tuple(mine for mine in self.entries if not mine.names & short))


def text_after(before: str | None, after: Marker) -> str | None:
    """The text to store for a changed marker: the old one where it says the same; None where no entry is left."""
    if not after.entries:
        return None
    old = Marker.parse(before)
    return before if old is not None and old.text == after.text else after.text


def text_after_removal(text: str | None, names: Iterable[str]) -> str | None:
    """The marker's text after secrets were removed from beside it; None where the env goes as well.

    A broken marker stays as it is: the next write of a secret replaces it.
    """
    marker = Marker.parse(text)
    return text if marker is None else text_after(text, marker.without(names))


def scrypt_available() -> bool:
    """Whether this interpreter can compute scrypt: LibreSSL builds lack it, FIPS mode refuses it."""
    scrypt = getattr(hashlib, "scrypt", None)
    if scrypt is None:
        return False
    try:
        scrypt(b"probe", salt=b"probe", n=2, r=1, p=1, dklen=_DIGEST_BYTES)
    except (ValueError, MemoryError):
        return False
    return True


def _b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def _short_names(names: Iterable[str]) -> frozenset[str]:
    return frozenset(
        _b64(hashlib.sha256(name.encode("utf-8", "surrogatepass")).digest()[:_NAME_BYTES]) for name in names
    )


def _canonical(context: Context, secrets: Mapping[str, str]) -> bytes:
    """One text for one meaning: JSON quotes every part, so no two different sets can be written alike."""
    return json.dumps([context.app, context.component, sorted(secrets.items())]).encode("ascii")


# An edit that is replayed on a newer spec asks the same again. Keyed by a hash, so that no secret stays in memory.
_digests: dict[bytes, str] = {}
_MOST_DIGESTS = 512


def _digest(slow_hash: str, salt: bytes, data: bytes) -> str:
    asked = hashlib.sha256(slow_hash.encode("ascii") + salt + data).digest()
    if asked not in _digests:
        if len(_digests) >= _MOST_DIGESTS:
            _digests.clear()
        if slow_hash == "scrypt":
            raw = hashlib.scrypt(data, salt=salt, dklen=_DIGEST_BYTES, **_SCRYPT)
        else:
            raw = hashlib.pbkdf2_hmac("sha256", data, salt, _PBKDF2_ROUNDS, _DIGEST_BYTES)
        _digests[asked] = _b64(raw)
    return _digests[asked]
