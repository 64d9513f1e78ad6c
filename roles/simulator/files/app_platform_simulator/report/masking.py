# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""No secret leaves through a report: values of type SECRET, encrypted values, keys of log destinations, passwords in
addresses, and any of these wherever they turn up in a text.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..spec.hidden import (
    SECRET,
    Place,
    address_parts,
    address_without_secrets,
    hidden_text,
    is_address,
    named,
    passwords_of,
    secrets_of,
    words_of,
)
from ..spec.secrets import Vault, looks_encrypted
from ..wire import Json

CHANGED = "(secret, a new value)"
EMPTY = "(secret, empty)"


class Mask:
    """The secrets of one app, of all specs that it ever had."""

    def __init__(self, vault: Vault, app_id: str, specs: Iterable[Json]) -> None:
        self._vault = vault
        self._app_id = app_id
        self._plain: dict[str, str | None] = {}
        known: set[str] = set()
        for spec in specs:
            for value in secrets_of(spec).values():
                known.add(self.plain(value) or value)
            known.update(passwords_of(spec))
        self._words = words_of(known)

    def plain(self, value: str) -> str | None:
        """What an encrypted value stands for, to compare, not to show; None where only the real platform knows."""
        if not looks_encrypted(value):
            return value
        if value not in self._plain:
            self._plain[value] = self._vault.decrypt(value, self._app_id)
        return self._plain[value]

    def text(self, text: str) -> str:
        """A text without secrets."""
        return hidden_text(text, self._words)

    def spec(self, spec: Json, former: Json | None = None) -> Json:
        """A copy without secrets. Beside the `former` spec, a secret that has another value says so."""
        secrets = secrets_of(spec)
        old = secrets_of(former or {})
        masked: Json = self._masked(
            spec, (), {place: self._word(place, value, old.get(place)) for place, value in secrets.items()}
        )
        return masked

    def _word(self, place: Place, value: str, former: str | None) -> str:
        if is_address(place):
            same = former is None or address_parts(former)[1] == address_parts(value)[1]
            return address_without_secrets(value, SECRET if same else CHANGED)
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
            return [self._masked(item, (*place, name), words) for name, item in named(value)]
        return self.text(value) if isinstance(value, str) else value
