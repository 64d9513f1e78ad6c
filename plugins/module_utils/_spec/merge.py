# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.
"""Merge of a declaration into the spec that the server has.

A value that is equivalent to the server's keeps the server's representation, so that a task which declares the current
state changes nothing. A field that is absent or None in the declaration is kept; an explicit zero ("", {}, [], false)
removes it. Fields that the schema does not have pass through.
"""

from __future__ import annotations

import copy
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from .canonical import canonical, frozen, is_unique_in_both, key_of
from .scalars import Unparsable, coerce, is_zero
from .schema_types import UNKNOWN, Listing, Node, Record, Scalar
from .secret_fields import is_fingerprint


@dataclass(frozen=True)
class Mode:
    """How a declaration is merged.

    ``replace_lists``: a declared list replaces the current one. ``purge``: fields that are not declared are removed.
    ``lists``: names of those lists of a record that are replaced if they are declared; the others are merged.
    ``item_mode``: the mode for the items of a list, where it differs.
    """

    replace_lists: bool = False
    purge: bool = False
    lists: frozenset[str] = frozenset()
    item_mode: Mode | None = None

    def for_field(self, name: str) -> Mode:
        """How the field *name* of a record is merged."""
        return REPLACE_LISTS if name in self.lists else self


MERGE = Mode()
REPLACE_LISTS = Mode(replace_lists=True)
#: Lists of declared components are replaced; components that are not declared stay.
REPLACE_COMPONENT_LISTS = Mode(item_mode=REPLACE_LISTS)
PURGE = Mode(replace_lists=True, purge=True)


def replacing_lists(names: Iterable[str]) -> Mode:
    """The mode that replaces the lists of these names in declared components, and merges everything else."""
    lists = frozenset(names)
    return Mode(item_mode=Mode(lists=lists)) if lists else MERGE


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
        # Not of the shape in the schema: passed unchanged; the lint reports it.
        return copy.deepcopy(desired)
    if node.read_only:
        return current
    read = coerce(node, desired)
    if isinstance(read, Unparsable):
        return desired
    form = canonical(node, read)
    # A field that the server fills in keeps its value if the declared one means "not set".
    chosen_by_server = form is None and node.filled and node.type == "str"
    if chosen_by_server or (current is not None and form == canonical(node, current)):
        return current
    return None if is_zero(read) and not (node.empty_counts and read == "") else read


def _record(node: Record, current: Any, desired: Mapping[str, Any], mode: Mode) -> dict[str, Any] | None:
    is_new = not isinstance(current, Mapping)
    base: dict[str, Any] = {} if is_new else dict(current)
    declared = {name: value for name, value in desired.items() if value is not None}
    if not declared and not mode.purge:
        return copy.deepcopy(base) if not is_new and canonical(node, base) is None else None
    _drop_dependents(node, base, declared)
    _drop_excluded(node, base, declared)
    result: dict[str, Any] = {}
    for name, value in base.items():
        if name not in declared and mode.purge and _purged(node, name, value):
            continue
        result[name] = copy.deepcopy(value)
    for name, value in declared.items():
        child = node.fields.get(name, UNKNOWN)
        merged = merge(child, base.get(name), value, mode.for_field(name))
        if name not in base and not is_new and canonical(child, merged) is None:
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
    positions = _match_items(node, base, desired)
    merged = [
        merge(node.item, None if position is None else base[position], item, mode.item_mode or mode)
        for position, item in zip(positions, desired, strict=True)
    ]
    changed = {position: item for position, item in zip(positions, merged, strict=True) if position is not None}
    result: list[Any] = []
    for position, item in enumerate(base):
        if position in changed:
            result.append(changed[position])
        elif not mode.replace_lists or is_fingerprint(item):
            result.append(copy.deepcopy(item))
    new = [item for position, item in zip(positions, merged, strict=True) if position is None]
    if node.ordered:
        result = _ordered(result, merged, new)
        new = []
    return [item for item in result + new if item is not None] or None


def _sequence(node: Listing, base: list[Any], desired: list[Any]) -> list[Any]:
    """The declared items; one that is equivalent to a current item keeps the server's representation."""
    known: dict[Hashable, Any] = {frozen(canonical(node.item, item)): item for item in base}
    result = []
    for item in desired:
        merged = merge(node.item, None, item)
        result.append(copy.deepcopy(known.get(frozen(canonical(node.item, merged)), merged)))
    return [item for item in result if item is not None]


def _set(node: Listing, base: list[Any], desired: list[Any]) -> list[Any]:
    declared = _sequence(node, base, desired)
    if not node.filled:
        forms = [canonical(node.item, item) for item in base]
        same = frozenset(map(frozen, forms)) == frozenset(frozen(canonical(node.item, item)) for item in declared)
        return copy.deepcopy(base) if same else declared
    # The server adds items of its own: declared items are added and replace those of the same name (name=value).
    names = {str(item).partition("=")[0] for item in declared}
    kept = [item for item in base if item in declared or str(item).partition("=")[0] not in names]
    return kept + [item for item in declared if item not in kept]


def _fingerprints(base: list[Any]) -> list[Any]:
    return [copy.deepcopy(item) for item in base if is_fingerprint(item)]


def _match_items(node: Listing, base: list[Any], desired: list[Any]) -> list[int | None]:
    """For each declared item the position of the current item with its key; None if there is none."""
    free: dict[Hashable, list[int]] = {}
    for position, item in enumerate(base):
        free.setdefault(key_of(node, item), []).append(position)
    positions: list[int | None] = []
    for item in desired:
        candidates = free.get(key_of(node, item))
        positions.append(candidates.pop(0) if candidates else None)
    if len(node.key) > 1:
        _match_by_first_field(replace(node, key=node.key[:1]), base, desired, positions)
    return positions


def _match_by_first_field(node: Listing, base: list[Any], desired: list[Any], positions: list[int | None]) -> None:
    """Pair items by the first field of their key where it is unique on both sides: an env may change its scope."""
    current_keys = [key_of(node, item) for item in base]
    desired_keys = [key_of(node, item) for item in desired]
    for index, key in enumerate(desired_keys):
        if positions[index] is None and is_unique_in_both(key, current_keys, desired_keys):
            positions[index] = current_keys.index(key)


def _ordered(kept: list[Any], declared: list[Any], new: list[Any]) -> list[Any]:
    """Declared items in the declared order; the others keep their positions relative to the current items.

    A new item follows the item that is declared before it, or precedes the one that is declared after it.
    """
    new_ids = set(map(id, new))
    old = [item for item in declared if id(item) not in new_ids]
    old_ids = set(map(id, old))
    declared_order = iter(old)
    result = [next(declared_order) if id(item) in old_ids else item for item in kept]
    index_of = {id(item): index for index, item in enumerate(result)}
    at = index_of[id(old[0])] if old else 0
    for item in declared:
        if id(item) in new_ids:
            result.insert(at, item)
        else:
            at = next(index for index, other in enumerate(result) if other is item)
        at += 1
    return result
