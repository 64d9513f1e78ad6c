# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no stable interface.
"""Merge of a declaration into the spec that the server has.

A value that is equivalent to the server's keeps the server's representation, so that a task which declares the current
state changes nothing. A field that is absent or None in the declaration stays; an explicit zero ("", {}, [], false)
removes it. Fields that the schema does not have pass through.
"""

from __future__ import annotations

import copy
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from .canonical import canonical, frozen, key_of, once_on_both_sides
from .scalars import Unparsable, coerce, is_zero
from .schema_types import UNKNOWN, Listing, Node, Record, Scalar
from .secret_fields import is_fingerprint


@dataclass(frozen=True)
class Mode:
    """How a declaration is merged.

    ``replace_lists``: a declared list replaces the current one. ``purge``: fields that are not declared are removed.
    ``lists``: names of those lists of a record that are replaced if they are declared; the others are merged.
    ``inside``: the mode for the items of a list, where it differs.
    """

    replace_lists: bool = False
    purge: bool = False
    lists: frozenset[str] = frozenset()
    inside: Mode | None = None

    def of(self, name: str) -> Mode:
        """How the field *name* of a record is merged."""
        return REPLACE_LISTS if name in self.lists else self


MERGE = Mode()
REPLACE_LISTS = Mode(replace_lists=True)
#: Lists of declared components are replaced; components that are not declared stay.
WHOLE_COMPONENTS = Mode(inside=REPLACE_LISTS)
PURGE = Mode(replace_lists=True, purge=True)


def whole_lists(names: Iterable[str]) -> Mode:
    """The mode that replaces these lists of the declared components and merges everything else."""
    lists = frozenset(names)
    return Mode(inside=Mode(lists=lists)) if lists else MERGE


def merge(node: Node, current: Any, desired: Any, mode: Mode = MERGE) -> Any:
    """*current* with *desired* applied to it; None if nothing is left. The arguments are not modified."""
    if desired is None:
        return copy.deepcopy(current)
    if isinstance(node, Record) and isinstance(desired, Mapping):
        return _record(node, current, desired, mode)
    if isinstance(node, Listing) and isinstance(desired, list):
        return _listing(node, current, desired, mode)
    return _scalar(node, current, desired)


def without_nulls(value: Any) -> Any:
    """A copy without the fields that are None, such as module options that were not given."""
    if isinstance(value, Mapping):
        return {name: without_nulls(inner) for name, inner in value.items() if inner is not None}
    return [without_nulls(inner) for inner in value] if isinstance(value, list) else value


def _scalar(node: Node, current: Any, desired: Any) -> Any:
    if not isinstance(node, Scalar) or isinstance(desired, (Mapping, list)):
        # Not of the shape in the schema: it passes unchanged, and the lint reports it.
        return copy.deepcopy(desired)
    if node.read_only:
        return current
    read = coerce(node, desired)
    if isinstance(read, Unparsable):
        return desired
    form = canonical(node, read)
    # "Not set" keeps the value that the server has chosen for a field that it fills in.
    left_to_it = form is None and node.filled and node.type == "str"
    if left_to_it or (current is not None and form == canonical(node, current)):
        return current
    return None if is_zero(read) and not (node.empty_counts and read == "") else read


def _record(node: Record, current: Any, desired: Mapping[str, Any], mode: Mode) -> dict[str, Any] | None:
    fresh = not isinstance(current, Mapping)
    base: dict[str, Any] = {} if fresh else dict(current)
    declared = {name: value for name, value in desired.items() if value is not None}
    if not declared and not mode.purge:
        return copy.deepcopy(base) if not fresh and canonical(node, base) is None else None
    _drop_dependents(node, base, declared)
    _drop_excluded(node, base, declared)
    result: dict[str, Any] = {}
    for name, value in base.items():
        if name not in declared and mode.purge and _purged(node, name, value):
            continue
        result[name] = copy.deepcopy(value)
    for name, value in declared.items():
        child = node.fields.get(name, UNKNOWN)
        merged = merge(child, base.get(name), value, mode.of(name))
        if name not in base and not fresh and canonical(child, merged) is None:
            # The declared value is equivalent to the absent field.
            continue
        if merged is None:
            result.pop(name, None)
        else:
            result[name] = merged
    _normalize_implied(node, base, result)
    return result if result or current == {} else None


def _purged(node: Record, name: str, value: Any) -> bool:
    """Whether purge removes a field that is not declared: in the schema, not set by the server, and no secret."""
    child = node.fields.get(name)
    if child is None or child.filled or getattr(child, "read_only", False) or canonical(child, value) is None:
        return False
    return not (isinstance(child, Scalar) and child.secret)


def _drop_dependents(node: Record, base: dict[str, Any], declared: Mapping[str, Any]) -> None:
    for name, dependents in node.dependents.items():
        child = node.fields[name]
        if name in declared and name in base and canonical(child, declared[name]) != canonical(child, base[name]):
            for dependent in dependents:
                base.pop(dependent, None)


def _drop_excluded(node: Record, base: dict[str, Any], declared: Mapping[str, Any]) -> None:
    for group in node.exclusive:
        if any(not _is_empty(declared.get(name)) for name in group):
            for name in group:
                if name not in declared:
                    base.pop(name, None)


def _is_empty(value: Any) -> bool:
    return is_zero(value) or (isinstance(value, Mapping) and all(map(_is_empty, value.values())))


def _normalize_implied(node: Record, base: Mapping[str, Any], result: dict[str, Any]) -> None:
    """Keep the server's representation of a field with an implied value: absent or explicit, as it was before."""
    for name, (implied, unless) in node.implied.items():
        if not base or not is_zero(result.get(unless)):
            continue
        if name not in base and result.get(name) == implied:
            del result[name]
        elif name not in result and base.get(name) == implied:
            result[name] = implied


def _listing(node: Listing, current: Any, desired: list[Any], mode: Mode) -> list[Any] | None:
    base = current if isinstance(current, list) else []
    if node.read_only:
        return copy.deepcopy(base) or None
    if desired == current == []:
        return []
    if not node.key:
        return (_sequence(node, base, desired) if node.ordered else _set(node, base, desired)) or None
    if not desired:
        return _fingerprints(base) or None
    pairs = _match_items(node, base, desired)
    wanted = [
        merge(node.item, None if position is None else base[position], item, mode.inside or mode)
        for position, item in zip(pairs, desired, strict=True)
    ]
    mine = {position: item for position, item in zip(pairs, wanted, strict=True) if position is not None}
    result: list[Any] = []
    for position, item in enumerate(base):
        if position in mine:
            result.append(mine[position])
        elif not mode.replace_lists or is_fingerprint(item):
            result.append(copy.deepcopy(item))
    new = [item for position, item in zip(pairs, wanted, strict=True) if position is None]
    if node.ordered:
        result = _ordered(result, wanted, new)
        new = []
    return [item for item in result + new if item is not None] or None


def _sequence(node: Listing, base: list[Any], desired: list[Any]) -> list[Any]:
    """The declared items; those that are equivalent to a current one keep the server's representation."""
    spelled: dict[Hashable, Any] = {frozen(canonical(node.item, item)): item for item in base}
    result = []
    for item in desired:
        own = merge(node.item, None, item)
        result.append(copy.deepcopy(spelled.get(frozen(canonical(node.item, own)), own)))
    return [item for item in result if item is not None]


def _set(node: Listing, base: list[Any], desired: list[Any]) -> list[Any]:
    wanted = _sequence(node, base, desired)
    if not node.filled:
        forms = [canonical(node.item, item) for item in base]
        same = frozenset(map(frozen, forms)) == frozenset(frozen(canonical(node.item, item)) for item in wanted)
        return copy.deepcopy(base) if same else wanted
    # The server adds items of its own: declared items are added and replace those of the same name (name=value).
    names = {str(item).partition("=")[0] for item in wanted}
    kept = [item for item in base if item in wanted or str(item).partition("=")[0] not in names]
    return kept + [item for item in wanted if item not in kept]


def _fingerprints(base: list[Any]) -> list[Any]:
    return [copy.deepcopy(item) for item in base if is_fingerprint(item)]


def _match_items(node: Listing, base: list[Any], desired: list[Any]) -> list[int | None]:
    """For each declared item the position of the current item with its key; None if there is none."""
    free: dict[Hashable, list[int]] = {}
    for position, item in enumerate(base):
        free.setdefault(key_of(node, item), []).append(position)
    pairs: list[int | None] = []
    for item in desired:
        positions = free.get(key_of(node, item))
        pairs.append(positions.pop(0) if positions else None)
    if len(node.key) > 1:
        _match_by_first_field(replace(node, key=node.key[:1]), base, desired, pairs)
    return pairs


def _match_by_first_field(node: Listing, base: list[Any], desired: list[Any], pairs: list[int | None]) -> None:
    """Pair items by the first field of their key where it is unique on both sides: an env may change its scope."""
    here = [key_of(node, item) for item in base]
    there = [key_of(node, item) for item in desired]
    for index, key in enumerate(there):
        if pairs[index] is None and once_on_both_sides(key, here, there):
            pairs[index] = here.index(key)


def _ordered(kept: list[Any], wanted: list[Any], new: list[Any]) -> list[Any]:
    """Declared items in the declared order; the others keep their positions relative to the current items.

    A new item follows the item that is declared before it, or precedes the one that is declared after it.
    """
    is_new = set(map(id, new))
    old = [item for item in wanted if id(item) not in is_new]
    olds = set(map(id, old))
    row = iter(old)
    result = [next(row) if id(item) in olds else item for item in kept]
    place = {id(item): index for index, item in enumerate(result)}
    at = place[id(old[0])] if old else 0
    for item in wanted:
        if id(item) in is_new:
            result.insert(at, item)
        else:
            at = next(index for index, other in enumerate(result) if other is item)
        at += 1
    return result
