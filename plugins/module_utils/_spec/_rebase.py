# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no stable interface.
"""What another writer changed, put on top of what is there now: nothing of theirs is lost by an overwrite."""

from __future__ import annotations

import copy
from collections.abc import Hashable, Mapping
from typing import Any

from ._canonical import by_key, canonical
from ._nodes import Listing, Node, Record, Scalar

_AS_BASE: Any = object()


def rebase(node: Node, base: Any, theirs: Any, current: Any, origin: Any = _AS_BASE) -> Any:
    """*current* with the changes that lead from *base* to *theirs*; where both changed one thing, *current* stays.

    ``origin``: how it was before several writers began at once. What *theirs* has as it was then is no change of
    theirs: its writer had not seen what another one had changed meanwhile. So only what was there at the beginning can
    be removed.
    None stands for "absent". Applying it twice gives what applying it once gives.
    """
    return _rebase(node, base, theirs, current, base if origin is _AS_BASE else origin)


def _rebase(node: Node, base: Any, theirs: Any, current: Any, origin: Any) -> Any:
    was, began = canonical(node, base), canonical(node, origin)
    if canonical(node, theirs) in (was, began):
        return copy.deepcopy(current)
    untouched = was == canonical(node, current)
    if untouched and was == began:
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
        child = node.fields.get(name, Scalar(type="any"))
        value = _rebase(child, base.get(name), theirs.get(name), current.get(name), origin.get(name))
        if value is not None:
            result[name] = value
    for group in node.exclusive:
        # Both chose anew, and differently: of these, too, the current one stays.
        if any(name in current and name in result for name in group):
            for name in group:
                if name not in current:
                    result.pop(name, None)
    return result


def _items(
    node: Listing, base: list[Any], theirs: list[Any], current: list[Any], origin: list[Any]
) -> list[Any] | None:
    old, other, mine, first = (by_key(node, items) for items in (base, theirs, current, origin))
    found = {
        key: _rebase(node.item, old.get(key), other.get(key), mine.get(key), first.get(key))
        for key in dict.fromkeys((*mine, *other))
    }
    left = [key for key, item in found.items() if item is not None]
    if node.ordered:
        left = _in_order(left, list(old), list(other), list(mine))
    return [found[key] for key in left] or None


def _in_order(
    keys: list[Hashable], base: list[Hashable], theirs: list[Hashable], current: list[Hashable]
) -> list[Hashable]:
    """The order of *current*, or of *theirs* if that is the one that differs from *base*.

    A key that only the other one has stands next to the one that it stands next to there.
    """
    shared = set(base) & set(theirs) & set(current)
    was, wished, now = ([key for key in order if key in shared] for order in (base, theirs, current))
    first, second = (theirs, current) if now == was != wished else (current, theirs)
    result = [key for key in first if key in keys]
    for key in keys:
        if key not in result:
            at = second.index(key)
            leader = next((one for one in reversed(second[:at]) if one in result), None)
            follower = next((one for one in second[at:] if one in result), None)
            if leader is not None:
                result.insert(result.index(leader) + 1, key)
            else:
                result.insert(len(result) if follower is None else result.index(follower), key)
    return result
