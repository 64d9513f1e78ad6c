# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no stable interface.
"""What another writer changed, put on top of what is there now: nothing of theirs is lost by an overwrite."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from ._canonical import canonical, key_of
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
    return result


def _items(node: Listing, base: list[Any], theirs: list[Any], current: list[Any]) -> list[Any]:
    old = {key_of(node, item): item for item in base}
    other = {key_of(node, item): item for item in theirs}
    mine = {key_of(node, item): item for item in current}
    result = []
    for key in dict.fromkeys((*mine, *other)):
        item = rebase(node.item, old.get(key), other.get(key), mine.get(key))
        if item is not None:
            result.append(item)
    return result
