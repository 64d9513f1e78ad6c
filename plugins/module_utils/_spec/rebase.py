# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.
"""Three-way merge of specs: reapplies the changes of another writer that an update has overwritten."""

from __future__ import annotations

import copy
from collections.abc import Hashable, Mapping
from typing import Any

from .canonical import by_key, canonical, in_order
from .schema_types import UNKNOWN, Listing, Node, Record

_AS_BASE: Any = object()
#: Keys whose last field can change without making it another item: a component's name, a variable's scope.
_NAMES = (("name",), ("key", "scope"))


def rebase(node: Node, base: Any, theirs: Any, current: Any, origin: Any = _AS_BASE) -> Any:
    """*current* with the changes from *base* to *theirs*; where both sides changed the same value, *current* wins.

    ``origin``: the state before several writers started concurrently. A value of *theirs* that equals the origin is no
    change: its writer had not seen a concurrent change of another one. So only what the origin has is removable.
    The order of a list is a change too, even where the platform ignores it. None means absent. The function is
    idempotent.
    """
    return _rebase(in_order(node), base, theirs, current, base if origin is _AS_BASE else origin)


def _rebase(node: Node, base: Any, theirs: Any, current: Any, origin: Any) -> Any:
    base_form, origin_form, current_form = canonical(node, base), canonical(node, origin), canonical(node, current)
    if canonical(node, theirs) in (base_form, origin_form, current_form):
        return copy.deepcopy(current)
    untouched = base_form == current_form
    if untouched and base_form == origin_form:
        return copy.deepcopy(theirs)
    if isinstance(node, Record) and isinstance(theirs, Mapping) and isinstance(current, Mapping):
        return _fields(node, _object(base), theirs, current, _object(origin))
    if isinstance(node, Listing) and node.key and isinstance(theirs or [], list) and isinstance(current or [], list):
        return _items(node, _list(base), theirs or [], current or [], _list(origin))
    return copy.deepcopy(theirs if untouched else current)


def _object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _fields(
    node: Record,
    base: Mapping[str, Any],
    theirs: Mapping[str, Any],
    current: Mapping[str, Any],
    origin: Mapping[str, Any],
) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for name in dict.fromkeys((*current, *theirs)):
        child = node.fields.get(name, UNKNOWN)
        value = _rebase(child, base.get(name), theirs.get(name), current.get(name), origin.get(name))
        if value is not None:
            result[name] = value
    for group in node.exclusive:
        # Both sides chose different fields of an exclusive group: the current one stays.
        if any(name in current and name in result for name in group):
            for name in group:
                if name not in current:
                    result.pop(name, None)
    return result


def _items(
    node: Listing, base: list[Any], theirs: list[Any], current: list[Any], origin: list[Any]
) -> list[Any] | None:
    old, other, ours, first = (by_key(node, items) for items in (base, theirs, current, origin))
    other, ours = _with_former_keys(node, old, other, ours)
    ours, other = _with_former_keys(node, old, ours, other)
    found = {
        key: _rebase(node.item, old.get(key), other.get(key), ours.get(key), first.get(key))
        for key in dict.fromkeys((*ours, *other))
    }
    remaining = [key for key, item in found.items() if item is not None]
    remaining = _in_order(remaining, list(old), list(other), list(ours), list(first))
    return [found[key] for key in remaining] or None


_Items = dict[Hashable, Any]


def _with_former_keys(node: Listing, base: _Items, side: _Items, opposite: _Items) -> tuple[_Items, _Items]:
    """*side* and *opposite*, with items that *side* renamed under the key that they had in *base*.

    An item is renamed if only its name, or only its scope, changed. An item of *opposite* with the new key is taken
    for the same one, unless *opposite* has the former key too.
    """
    names: dict[Hashable, Hashable] = {}
    removed = [key for key in base if key not in side]
    for key in [key for key in side if key not in base]:
        former = next((one for one in removed if _renamed(node, base[one], side[key])), None)
        if former is not None and not (key in opposite and former in opposite):
            names[key] = former
            removed.remove(former)
    return (
        {names.get(key, key): item for key, item in side.items()},
        {names.get(key, key): item for key, item in opposite.items()},
    )


def _renamed(node: Listing, before: Any, after: Any) -> bool:
    if node.key not in _NAMES or not isinstance(before, Mapping) or not isinstance(after, Mapping):
        return False
    last = node.key[-1]
    with_new_key = {**before, last: after.get(last)}
    return len(with_new_key) > len(node.key) and canonical(node.item, with_new_key) == canonical(node.item, after)


def _in_order(
    keys: list[Hashable],
    base: list[Hashable],
    theirs: list[Hashable],
    current: list[Hashable],
    origin: list[Hashable],
) -> list[Hashable]:
    """The order of *current*, or of *theirs* if only that one differs from *base*.

    A key that only the other side has is placed next to its neighbour on that side.
    """
    shared = set(base) & set(theirs) & set(current)
    base_order, their_order, current_order, origin_order = (
        [key for key in order if key in shared] for order in (base, theirs, current, origin)
    )
    first, second = (
        (theirs, current)
        if current_order == base_order and their_order not in (base_order, origin_order)
        else (current, theirs)
    )
    result = [key for key in first if key in keys]
    for key in keys:
        if key not in result:
            at = second.index(key)
            predecessor = next((one for one in reversed(second[:at]) if one in result), None)
            successor = next((one for one in second[at:] if one in result), None)
            if predecessor is not None:
                result.insert(result.index(predecessor) + 1, key)
            else:
                result.insert(len(result) if successor is None else result.index(successor), key)
    return result
