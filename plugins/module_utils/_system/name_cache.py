# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.

"""A cache of app ids by app name.

The API addresses apps by id only, and a list of all apps can be megabytes (API reference 2.1).
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Mapping
from contextlib import suppress


def account_key(api_url: str, token: str) -> str:
    """Cache key of one token at one API address: a SHA-256 digest, so a file name made from it discloses neither."""
    return hashlib.sha256(f"{api_url.rstrip('/')}\0{token.strip()}".encode("utf-8", "surrogatepass")).hexdigest()


class NameCache:
    """App ids by name, of one account.

    ``folder``: where a file is kept that all processes of a run share: the controller's temporary folder, which Ansible
    removes after the run. Without a folder the cache is in memory. ``account``: the account_key, part of the file name.

    An entry is a hint: the caller verifies that the app with the id still has the name. Errors while reading or writing
    the file are treated as a cache miss.
    """

    def __init__(self, folder: str | None = None, account: str = "account") -> None:
        self._path = os.path.join(folder, f"app_platform_names_{account}.json") if folder else None
        self._known: dict[str, str] = {}

    @property
    def location(self) -> str:
        """Identifies the storage: the same for all caches that share a file, unique for a cache in memory."""
        return self._path or f"memory {os.getpid()} {id(self)}"

    def find(self, name: str) -> str | None:
        """The cached id of the app with this name, or None."""
        return self._load().get(name)

    def remember(self, ids: Mapping[str, str]) -> None:
        """Add entries: ids by name."""
        self._store({**self._load(), **ids})

    def forget(self, name: str) -> None:
        """Remove the entry of a name whose id is out of date."""
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
        return {name: app_id for name, app_id in known.items() if isinstance(app_id, str)}

    def _store(self, known: dict[str, str]) -> None:
        self._known = known
        if self._path is None:
            return
        draft: str | None = None
        try:
            # Written to a temporary file and renamed, so that readers never see a partial file.
            descriptor, draft = tempfile.mkstemp(dir=os.path.dirname(self._path), prefix="app_platform_names_")
            with open(descriptor, "w", encoding="utf-8") as file:
                json.dump(known, file)
            os.replace(draft, self._path)
        except OSError:
            if draft is not None:
                with suppress(OSError):
                    os.unlink(draft)
