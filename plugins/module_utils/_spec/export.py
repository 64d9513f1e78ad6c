# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.
"""Export of a spec for version control: applied to the app that it was read from, it changes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._types.api_objects import Spec
from .canonical import canonical
from .schema import ENV, SPEC
from .schema_types import Listing, Node, Record, Scalar, children
from .secret_fields import is_fingerprint, is_secret_env
from .url_secrets import is_secret_field, url_secrets


def export(spec: Spec) -> Spec:
    """*spec* without secrets and without defaults.

    A SECRET env stays without its value, which means "keep"; tokens, passwords, credentials and addresses with a secret
    are removed. Read-only fields and defaults are removed too; fields that the schema does not have stay, unless their
    names say that they are secrets.
    """
    clean = _clean(SPEC, spec)
    return clean if isinstance(clean, dict) else {}


def _clean(node: Node, value: Any) -> Any:
    """The exported value; None: it is not exported."""
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
    """A value that the schema does not describe, without the fields whose names say that they are secrets."""
    if isinstance(value, Mapping):
        return {name: _without_secrets(inner) for name, inner in value.items() if not is_secret_field(str(name))}
    return [_without_secrets(item) for item in value] if isinstance(value, list) else value


def _record(node: Record, value: Mapping[str, Any]) -> dict[str, Any] | None:
    secret = node is ENV and is_secret_env(value)
    result: dict[str, Any] = {}
    for name, child, inner in children(node, value):
        if (secret and name == "value") or (name not in node.fields and is_secret_field(str(name))):
            continue
        # Required fields are exported even if they have the default value.
        always = isinstance(child, Scalar) and child.required and not _is_secret(child, inner)
        clean = inner if always else _clean(child, inner)
        if clean is not None:
            result[name] = clean
    for name, (implied, unless) in node.implied.items():
        if result.get(name) == implied and unless not in result:
            del result[name]
    return result or None


def _is_secret(node: Scalar, value: Any) -> bool:
    return node.secret or (node.url and isinstance(value, str) and bool(url_secrets(value)))
