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


def rebase(node: Node, base: Any, theirs: Any, current: Any) -> Any:
    """*current* with the changes that lead from *base* to *theirs*; where both changed one thing, *current* stays.

    None stands for "absent". Applying it twice gives what applying it once gives.
    """
    if canonical(node, base) == canonical(node, theirs):
        return copy.deepcopy(current)
    if canonical(node, base) == canonical(node, current):
        return copy.deepcopy(theirs)
    if isinstance(node, Record) and isinstance(theirs, Mapping) and isinstance(current, Mapping):
        return _fields(node, base if isinstance(base, Mapping) else {}, theirs, current)
    if isinstance(node, Listing) and node.key and isinstance(theirs or [], list) and isinstance(current or [], list):
        return _items(node, base if isinstance(base, list) else [], theirs or [], current or [])
    return copy.deepcopy(current)


def _fields(
    node: Record, base: Mapping[str, Any], theirs: Mapping[str, Any], current: Mapping[str, Any]
) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for name in dict.fromkeys((*current, *theirs)):
        child = node.fields.get(name, Scalar(type="any"))
        value = rebase(child, base.get(name), theirs.get(name), current.get(name))
        if value is not None:
            result[name] = value
    for group in node.exclusive:
        # Both chose anew, and differently: of these, too, the current one stays.
        if any(name in current and name in result for name in group):
            for name in group:
                if name not in current:
                    result.pop(name, None)
    return result


def _items(node: Listing, base: list[Any], theirs: list[Any], current: list[Any]) -> list[Any]:
    old, other, mine = by_key(node, base), by_key(node, theirs), by_key(node, current)
    found = {
        key: rebase(node.item, old.get(key), other.get(key), mine.get(key)) for key in dict.fromkeys((*mine, *other))
    }
    left = [key for key, item in found.items() if item is not None]
    return [found[key] for key in (_in_order(left, list(old), list(other), list(mine)) if node.ordered else left)]


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
