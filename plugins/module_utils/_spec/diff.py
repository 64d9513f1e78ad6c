# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.
"""The diff of two specs that users see: only the paths that differ, without secrets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .canonical import by_key, canonical
from .schema import ENV
from .schema_types import UNKNOWN, Listing, Node, Record
from .secret_fields import is_fingerprint, is_secret_env, mask_secrets

NOTHING: Any = object()


def difference(node: Node, before: Any, after: Any, *, unchanged: str, changed: str, removed: str) -> tuple[Any, Any]:
    """(before, after), each reduced to the fields that are not equivalent; two empty dicts when all are.

    A list item keeps the fields of its key. Secrets are replaced by ``unchanged``, ``changed`` or, on the side before a
    removal, ``removed``.
    """
    old, new = _Difference(unchanged, changed, removed).of(node, before, after)
    return ({} if old is NOTHING else old), ({} if new is NOTHING else new)


class _Difference:
    def __init__(self, unchanged: str, changed: str, removed: str) -> None:
        self._unchanged = unchanged
        self._changed = changed
        self._removed = removed

    def of(self, node: Node, before: Any, after: Any) -> tuple[Any, Any]:
        """(before, after) where they differ, else (NOTHING, NOTHING); NOTHING also for a side that is absent."""
        if canonical(node, before) == canonical(node, after):
            return NOTHING, NOTHING
        if isinstance(node, Record) and isinstance(before, Mapping) and isinstance(after, Mapping):
            return self._fields(node, before, after)
        if isinstance(node, Listing) and node.key and isinstance(before or [], list) and isinstance(after or [], list):
            return self._items(node, before or [], after or [])
        return (
            NOTHING if before is None else _masked(node, before, self._removed if after is None else self._unchanged),
            NOTHING if after is None else _masked(node, after, self._changed),
        )

    def _fields(self, node: Record, before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Any, Any]:
        old: dict[str, Any] = {}
        new: dict[str, Any] = {}
        secret = node is ENV and (is_secret_env(before), is_secret_env(after))
        for name in dict.fromkeys((*before, *after)):
            child = node.fields.get(name, UNKNOWN)
            if secret and name == "value":
                pair = self._secret_values(secret, before.get(name), after.get(name))
            else:
                pair = self.of(child, before.get(name), after.get(name))
            for side, value in zip((old, new), pair, strict=True):
                if value is not NOTHING:
                    side[name] = value
        return old, new

    def _secret_values(self, secret: tuple[bool, bool], before: Any, after: Any) -> tuple[Any, Any]:
        if before == after and secret[0] == secret[1]:
            return NOTHING, NOTHING
        hidden = secret[0] or before == after
        return (
            NOTHING if before is None else (self._unchanged if hidden else before),
            NOTHING if after is None else (self._changed if secret[1] else after),
        )

    def _items(self, node: Listing, before: list[Any], after: list[Any]) -> tuple[Any, Any]:
        old_items, new_items = by_key(node, before), by_key(node, after)
        added = [item for key, item in new_items.items() if key not in old_items]
        old: list[Any] = []
        new: list[Any] = []
        for key in dict.fromkeys((*old_items, *new_items)):
            one, other = old_items.get(key), new_items.get(key)
            if is_fingerprint(one) or is_fingerprint(other):
                continue
            shown_before, shown_after = self.of(node.item, one, other)
            rescoped = (
                None if other is not None else next((new for new in added if _same_first_key(node, one, new)), None)
            )
            if rescoped is not None:
                # Only the scope changed, so the value is not lost. If two variables become one, the second is removed.
                added.remove(rescoped)
                shown_before = _masked(node.item, one, self._unchanged)
            for side, value, item in ((old, shown_before, one), (new, shown_after, other)):
                if isinstance(value, dict) and isinstance(item, Mapping):
                    side.append({**{name: item[name] for name in node.key if name in item}, **value})
                elif value is not NOTHING:
                    side.append(value)
        if not old and not new and node.ordered:
            # Only the order differs.
            old, new = _masked(node, before, self._unchanged), _masked(node, after, self._unchanged)
        return old or NOTHING, new or NOTHING


def _same_first_key(node: Listing, one: Any, other: Any) -> bool:
    first = node.key[0]
    return isinstance(one, Mapping) and isinstance(other, Mapping) and one.get(first) == other.get(first)


def _masked(node: Node, value: Any, mask: str) -> Any:
    return mask_secrets(node, _without_fingerprints(value), mask, encrypted=False)


def _without_fingerprints(value: Any) -> Any:
    """Without the fingerprints of secrets, which only change together with the secrets."""
    if isinstance(value, Mapping):
        return {name: _without_fingerprints(inner) for name, inner in value.items()}
    return (
        [_without_fingerprints(item) for item in value if not is_fingerprint(item)]
        if isinstance(value, list)
        else value
    )
