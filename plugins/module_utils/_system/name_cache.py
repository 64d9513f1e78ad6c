# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.

"""Which id an app's name has, remembered: the API finds apps by id alone, and a list of all apps is megabytes."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Mapping
from contextlib import suppress


def account_key(api_url: str, token: str) -> str:
    """A file name for what one token sees at one address; nothing can be learned from it."""
    return hashlib.sha256(f"{api_url.rstrip('/')}\0{token.strip()}".encode("utf-8", "surrogatepass")).hexdigest()


class NameCache:
    """Names and ids of one account.

    With a folder, every process that uses the same one shares what is known; it is the controller's own temporary
    folder, which ends with the run. Without, it is remembered in memory. Only a hint: who uses an id checks the name
    that it leads to. Nothing here fails: what cannot be read or written is not known.
    """

    def __init__(self, folder: str | None = None, account: str = "account") -> None:
        self._path = os.path.join(folder, f"app_platform_names_{account}.json") if folder else None
        self._known: dict[str, str] = {}

    @property
    def place(self) -> str:
        """Where it is remembered: all that share it have the same; nobody else has that of one in memory."""
        return self._path or f"memory {os.getpid()} {id(self)}"

    def find(self, name: str) -> str | None:
        """The id that the name had when it was seen last; None: not seen."""
        return self._load().get(name)

    def remember(self, ids: Mapping[str, str]) -> None:
        """These names have these ids."""
        self._store({**self._load(), **ids})

    def forget(self, name: str) -> None:
        """The name leads nowhere any more."""
        known = self._load()
        if known.pop(name, None) is not None:
            self._store(known)

    def _load(self) -> dict[str, str]:
        if self._path is None:
            return dict(self._known)
        try:
            with open(self._path, encoding="utf-8") as file:
                known = json.load(file)
        except (OSError, ValueError):
            return {}
        if not isinstance(known, dict):
            return {}
        return {name: one for name, one in known.items() if isinstance(one, str)}

    def _store(self, known: dict[str, str]) -> None:
        self._known = known
        if self._path is None:
            return
        new: str | None = None
        try:
            # Readers see the old file or the new one, never half of one.
            number, new = tempfile.mkstemp(dir=os.path.dirname(self._path), prefix="app_platform_names_")
            with open(number, "w", encoding="utf-8") as file:
                json.dump(known, file)
            os.replace(new, self._path)
        except OSError:
            if new is not None:
                with suppress(OSError):
                    os.unlink(new)
