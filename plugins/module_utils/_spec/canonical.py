# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.
"""The canonical form of a spec, which decides whether two specs are equal (API reference 1.3, 8.1, 8.7).

The server does not return what was sent: it fills in defaults, drops zero values and normalizes some fields.
``canonical`` gives the same form to all representations of one value; the form is used for comparisons only.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from .._types.api_objects import Spec
from .scalars import canonical_scalar, is_zero
from .schema import DOMAIN, SPEC
from .schema_types import UNKNOWN, Listing, Node, Record, Scalar

#: The key of a list whose items are identified by their complete value.
ITSELF = ("",)
#: Cache of `in_order`: id of a node -> (the node, its ordered version). Nodes are module constants and immutable.
_IN_ORDER: dict[int, tuple[Node, Node]] = {}


def canonical(node: Node, value: Any) -> Any:
    """The canonical form of *value*; None where the value is equivalent to an absent field.

    Records become dicts without absent fields, keyed lists dicts by key, sets of scalars frozensets. A value of another
    shape than the node's only loses its zero values.
    """
    # Fast path: most values of a spec are strings in fields of the type str.
    if isinstance(node, Scalar):
        if value.__class__ is str and node.type == "str":
            return None if value in node.absent_texts else value
        return canonical_scalar(node, value) if not isinstance(value, (dict, list)) else _unknown(value)
    if isinstance(node, Record) and (value.__class__ is dict or isinstance(value, Mapping)):
        return _record(node, value)
    if isinstance(node, Listing) and isinstance(value, list):
        return _listing(node, value)
    return None if is_zero(value) else _unknown(value)


def same_spec(one: Spec, other: Spec) -> bool:
    """Whether two app specs are equivalent for the server."""
    return _same_text(one, other) or bool(canonical(SPEC, one) == canonical(SPEC, other))


def same_order(one: Spec, other: Spec) -> bool:
    """Whether two app specs are equivalent and all their lists have the same order, also where order has no effect."""
    strict = in_order(SPEC)
    return _same_text(one, other) or bool(canonical(strict, one) == canonical(strict, other))


def _same_text(one: Spec, other: Spec) -> bool:
    """Whether two specs are the same data in the same order: a cheap check, and the most frequent case.

    By their texts, since ``True == 1`` while the two are different values of a field that is a text.
    """
    return repr(one) == repr(other)


def canonical_domain(name: Any) -> Any:
    """The canonical form of a domain's name: in lower case, without a trailing dot; None where it is empty."""
    return canonical(DOMAIN.fields["domain"], name)


def in_order(node: Node) -> Node:
    """The node with all lists ordered. The items of a set are then identified by their values."""
    known = _IN_ORDER.get(id(node))
    if known is None or known[0] is not node:
        known = _IN_ORDER[id(node)] = (node, _with_order(node))
    return known[1]


def _with_order(node: Node) -> Node:
    if isinstance(node, Record):
        return replace(node, fields={name: in_order(child) for name, child in node.fields.items()})
    if isinstance(node, Listing):
        a_set = isinstance(node.item, Scalar) and not node.ordered
        return replace(node, item=in_order(node.item), ordered=True, key=ITSELF if a_set else node.key)
    return node


def key_of(node: Listing, item: Any) -> Hashable:
    """The identity of *item* in its list: the canonical values of the key's fields."""
    fields = node.item.fields if isinstance(node.item, Record) else {}
    if not isinstance(item, Mapping) or node.key == ITSELF:
        return (frozen(item),)
    return tuple(frozen(canonical(fields[name], item.get(name))) for name in node.key)


def is_unique_in_both(key: Hashable, first: list[Any], second: list[Any]) -> bool:
    """Whether the key occurs exactly once in both lists of keys, so that both items are the same object.

    An env whose scope changes is the same env under this condition; a key with several scopes is several envs.
    """
    return first.count(key) == 1 and second.count(key) == 1


def by_key(node: Listing, items: list[Any]) -> dict[Hashable, Any]:
    """The items by (key, number of earlier items with this key)."""
    return _numbered((key_of(node, item) for item in items), items)


def _numbered(keys: Iterable[Hashable], items: list[Any]) -> dict[Hashable, Any]:
    """(key, number of earlier items with this key) -> item."""
    result: dict[Hashable, Any] = {}
    for key, item in zip(keys, items, strict=True):
        earlier = 0
        while (key, earlier) in result:
            earlier += 1
        result[(key, earlier)] = item
    return result


def _key_of_form(node: Listing, item: Any, form: Any) -> Hashable:
    """The same as ``key_of``, read from the canonical form of the item."""
    if not isinstance(item, dict) or node.key == ITSELF:
        return key_of(node, item)
    return tuple(frozen(form.get(name)) for name in node.key) if form else (None,) * len(node.key)


def frozen(value: Any) -> Hashable:
    """A hashable equivalent of a JSON-like or canonical value."""
    if value is None or value.__class__ is str:
        return value
    if isinstance(value, Mapping):
        return frozenset((key, frozen(inner)) for key, inner in value.items())
    if isinstance(value, list):
        return tuple(frozen(inner) for inner in value)
    return value if isinstance(value, Hashable) else repr(value)


def _unknown(value: Any) -> Any:
    """A value that the schema does not describe, without zero values, which the wire format omits everywhere."""
    if isinstance(value, Mapping):
        forms = {name: _unknown(inner) for name, inner in value.items()}
        return {name: form for name, form in forms.items() if not is_zero(form)} or None
    return [_unknown(inner) for inner in value] or None if isinstance(value, list) else value


def _record(node: Record, value: Mapping[str, Any]) -> dict[str, Any] | None:
    result: dict[str, Any] = {}
    field_of = node.fields.get
    for name, inner in value.items():
        form = canonical(field_of(name, UNKNOWN), inner)
        if form is not None:
            result[name] = form
    for name, (implied, unless) in node.implied.items():
        if result.get(name) == implied and unless not in result:
            del result[name]
    for name, ruler in node.overruled.items():
        if ruler in result:
            result.pop(name, None)
    return result or None


def _listing(node: Listing, value: list[Any]) -> Any:
    if node.key:
        forms = [canonical(node.item, item) for item in value]
        result = _numbered((_key_of_form(node, *pair) for pair in zip(value, forms, strict=True)), forms)
        return (result if not node.ordered else list(result.items())) or None
    present = [form for item in value if (form := canonical(node.item, item)) is not None]
    if node.ordered or not isinstance(node.item, Scalar):
        return present or None
    return frozenset(map(frozen, present)) or None
