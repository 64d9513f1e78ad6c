# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.
"""Builds the options of the component modules from the schema of the app spec."""

from __future__ import annotations

from typing import Any

from .._spec.schema import COMPONENTS
from .._spec.schema_types import Listing, Node, Record, Scalar

_TYPES = {"int": "int", "float": "float", "bool": "bool"}
ALIASES = {("jobs", "kind"): ["trigger"]}


def component_options(section: str) -> dict[str, Any]:
    """The options for the fields of a component of *section*, such as ``jobs``: those that are not deprecated.

    Enums don't become ``choices``, so that a new word of the platform passes, with a warning. The lint checks values,
    and reports all errors at once with their paths.
    """
    options = record_options(COMPONENTS[section][1], required="name")
    for (where, name), aliases in ALIASES.items():
        if where == section:
            options[name]["aliases"] = list(aliases)
    return options


def record_options(node: Record, required: str | None = None) -> dict[str, Any]:
    """The options for the fields of a record. ``required``: the name of the required one."""
    options = {name: _option(name, child) for name, child in node.fields.items() if not _left_out(child)}
    if required:
        options[required]["required"] = True
    return options


def _left_out(node: Node) -> bool:
    """Whether a field has no option: read-only ones, and deprecated ones (but for routes and cors)."""
    return getattr(node, "read_only", False) or (isinstance(node, Scalar) and node.deprecated)


def _option(name: str, node: Node) -> dict[str, Any]:
    if isinstance(node, Record):
        return {"type": "dict", "options": record_options(node)}
    if isinstance(node, Listing):
        inner = _option(name, node.item)
        elements = inner.pop("type")
        return {"type": "list", "elements": elements, **inner}
    option: dict[str, Any] = {"type": _TYPES.get(node.type, "str")}
    if node.secret or (name == "value" and node.type == "str"):
        # "raw", so that YAML's true becomes the string that the platform expects. Secrets are masked by their place.
        option = {"type": "raw" if name == "value" else "str", "no_log": False}
    elif name == "key":
        # The name of a variable; otherwise ansible-core would treat it as a secret.
        option["no_log"] = False
    return option
