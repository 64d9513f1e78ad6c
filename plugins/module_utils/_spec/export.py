# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no stable interface.
"""A spec as a person would keep it in a file: applied to the app that it was read from, it changes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .addresses import address_secrets, is_secret_field
from .canonical import canonical
from .nodes import Listing, Node, Record, Scalar, Spec, children
from .schema import ENV, SPEC
from .secret_places import is_fingerprint, is_secret_env


def export(spec: Spec) -> Spec:
    """*spec* without secrets and without what goes without saying.

    A SECRET env stays without its value, which means "keep"; tokens, passwords, credentials and addresses that carry
    one are left out. Fields that the server fills in by itself and values that are the default are left out too;
    unknown fields stay, unless they are secrets by their names.
    """
    clean = _clean(SPEC, spec)
    return clean if isinstance(clean, dict) else {}


def _clean(node: Node, value: Any) -> Any:
    """The value as it is written by hand; None: it goes without saying."""
    if isinstance(node, Record) and isinstance(value, Mapping):
        return _record(node, value)
    if isinstance(node, Listing) and isinstance(value, list):
        if node.read_only:
            return None
        items = [_clean(node.item, item) for item in value if not is_fingerprint(item)]
        return [item for item in items if item is not None] or None
    if isinstance(node, Scalar) and (node.read_only or _is_secret(node, value)):
        return None
    return None if canonical(node, value) is None else _without_secrets(value)


def _without_secrets(value: Any) -> Any:
    """What the description doesn't know, without the fields that are secrets by their names."""
    if isinstance(value, Mapping):
        return {name: _without_secrets(inner) for name, inner in value.items() if not is_secret_field(str(name))}
    return [_without_secrets(item) for item in value] if isinstance(value, list) else value


def _record(node: Record, value: Mapping[str, Any]) -> dict[str, Any] | None:
    secret = node is ENV and is_secret_env(value)
    result: dict[str, Any] = {}
    for name, child, inner in children(node, value):
        if (secret and name == "value") or (name not in node.fields and is_secret_field(str(name))):
            continue
        # What identifies a thing is said even where it is the default.
        said = isinstance(child, Scalar) and child.required and not _is_secret(child, inner)
        clean = inner if said else _clean(child, inner)
        if clean is not None:
            result[name] = clean
    for name, (implied, unless) in node.implied.items():
        if result.get(name) == implied and unless not in result:
            del result[name]
    return result or None


def _is_secret(node: Scalar, value: Any) -> bool:
    return node.secret or (node.address and isinstance(value, str) and bool(address_secrets(value)))
