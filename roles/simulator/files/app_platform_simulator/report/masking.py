# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""No secret leaves through a report: values of type SECRET, encrypted values, keys of log destinations, passwords in
addresses, and any of these wherever they turn up in a text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from ..spec.secrets import Vault, looks_encrypted
from ..wire import Json

SECRET = "(secret)"  # noqa: S105 - what stands in its place
CHANGED = "(secret, a new value)"
EMPTY = "(secret, empty)"
# Fields that hold a secret as plain text.
_FIELDS = frozenset({"api_key", "token", "password", "registry_credentials"})
_ENCRYPTED = re.compile(r"EV\[[^\]\s]*\]?")
# user:password@ of an address; a binding there is no secret.
_USERINFO = re.compile(r"(?<=://)([^\s/@:$]*):([^\s/@$]+)@|(?<=https://)([^\s/@:$]{12,})@")
# Shorter ones would blot out half of a log.
_SHORTEST = 4

Place = tuple[str, ...]


class Mask:
    """The secrets of one app, of all specs that it ever had."""

    def __init__(self, vault: Vault, app_id: str, specs: Iterable[Json]) -> None:
        self._vault = vault
        self._app_id = app_id
        self._plain: dict[str, str | None] = {}
        known: set[str] = set()
        for spec in specs:
            for value in _secrets(spec, (), {}).values():
                known.add(self.plain(value) or value)
        # A secret that is a binding alone names no secret.
        telling = [word for word in known if len(word) >= _SHORTEST and "${" not in word]
        words = sorted(telling, key=lambda word: (-len(word), word))
        self._words = re.compile("|".join(re.escape(word) for word in words)) if words else None

    def plain(self, value: str) -> str | None:
        """What an encrypted value stands for, to compare, not to show; None where only the real platform knows."""
        if not looks_encrypted(value):
            return value
        if value not in self._plain:
            self._plain[value] = self._vault.decrypt(value, self._app_id)
        return self._plain[value]

    def text(self, text: str) -> str:
        """A text without secrets."""
        text = _ENCRYPTED.sub(SECRET, text)
        if self._words is not None:
            text = self._words.sub(SECRET, text)
        return _USERINFO.sub(_without_password, text)

    def spec(self, spec: Json, former: Json | None = None) -> Json:
        """A copy without secrets. Beside the `former` spec, a secret that has another value says so."""
        secrets = _secrets(spec, (), {})
        old = _secrets(former or {}, (), {})
        masked: Json = self._masked(
            spec, (), {place: self._word(value, old.get(place)) for place, value in secrets.items()}
        )
        return masked

    def _word(self, value: str, former: str | None) -> str:
        plain = self.plain(value)
        if plain == "":
            return EMPTY
        if former is None or former == value:
            return SECRET
        return SECRET if plain is not None and plain == self.plain(former) else CHANGED

    def _masked(self, value: Any, place: Place, words: dict[Place, str]) -> Any:
        if place in words:
            return words[place]
        if isinstance(value, dict):
            return {key: self._masked(item, (*place, str(key)), words) for key, item in value.items()}
        if isinstance(value, list):
            return [self._masked(item, (*place, name), words) for name, item in _named(value)]
        return self.text(value) if isinstance(value, str) else value


def _without_password(found: re.Match[str]) -> str:
    return f"{found[1]}:{SECRET}@" if found[2] is not None else f"{SECRET}@"


def _named(items: list[Any]) -> list[tuple[str, Any]]:
    """Elements of a list with what stays the same when others come and go: a name or key, else the number."""
    result: list[tuple[str, Any]] = []
    for number, item in enumerate(items):
        name = (item.get("name") or item.get("key")) if isinstance(item, dict) else None
        result.append((f"={name}" if name else f"#{number}", item))
    return result


def _secrets(value: Any, place: Place, found: dict[Place, str]) -> dict[Place, str]:
    """Place -> value of all secrets of a spec."""
    if isinstance(value, dict):
        hidden = value.get("type") == "SECRET" and "key" in value
        header = len(place) > 1 and place[-2] == "headers"
        for key, item in value.items():
            here = (*place, str(key))
            secret = (key == "value" and (hidden or header)) or key in _FIELDS or place[-1:] == ("secure_header",)
            if isinstance(item, str) and (looks_encrypted(item) or (secret and key != "key")):
                found[here] = item
            else:
                _secrets(item, here, found)
    elif isinstance(value, list):
        for name, item in _named(value):
            if isinstance(item, str) and looks_encrypted(item):
                found[(*place, name)] = item
            else:
                _secrets(item, (*place, name), found)
    return found
