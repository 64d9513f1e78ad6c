# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.
"""Checks that compare a spec with the one before the change (API reference 4.13, 10.2)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..canonical import canonical
from ..schema import SOURCES
from ..schema_types import Node
from .rules import Finding, finding
from .values import Component, components, fields_of, is_given, listed, quoted, text


def check_change(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Finding]:
    """The findings of a change from one spec to another."""
    old, new = components(before), components(after)
    names_before, names_after = {part.name for part in old}, {part.name for part in new}
    removed = [part for part in old if part.name not in names_after]
    added = [part for part in new if part.name not in names_before]
    yield from _databases(removed, added)
    for part in added:
        other = next((one for one in removed if one.section == part.section and _is_same_code(one, part)), None)
        if other:
            message = (
                f"{quoted(other.name)} becomes {quoted(part.name)}: the platform deletes the one and makes the other, "
            )
            message += "so that logs, history and the internal host name are lost; keep the name unless that is meant"
            yield finding("component_renamed", f"{part.path}.name", message)
    sections = {part.name: part for part in old}
    for part in new:
        before_part = sections.get(part.name)
        if before_part and before_part.section != part.section and part.name:
            message = (
                f"it was a {before_part.kind} and becomes a {part.kind}: the platform deletes it and makes it anew"
            )
            yield finding("component_moved", part.path, message)
    region_before, region_after = text(before.get("region")), text(after.get("region"))
    if region_before and region_after and region_before != region_after:
        message = f"the app moves from {region_before} to {region_after}: its address on the network changes, and it "
        message += "cannot be rolled back"
        yield finding("region_changed", "region", f"{message}; keep {region_before} unless that is meant")


def _databases(removed: list[Component], added: list[Component]) -> Iterator[Finding]:
    old = [part.name for part in removed if part.section == "databases"]
    new = [part.name for part in added if part.section == "databases"]
    if old and new:
        message = (
            f"{listed(new, 'and')} would be made and {listed(old, 'and')} deleted; the platform takes only one of both"
        )
        message += " in a change: make the new one first, and delete the old one in a second change (a rename is both)"
        yield finding("database_swap", "databases", message)


def _is_same_code(one: Component, other: Component) -> bool:
    node = fields_of(one.section)
    names = [name for name in SOURCES if name in node.fields and is_given(one.fields.get(name))]
    return bool(names) and all(
        _is_same(node.fields[name], one.fields.get(name), other.fields.get(name)) for name in names
    )


def _is_same(node: Node, one: Any, other: Any) -> bool:
    try:
        return bool(canonical(node, one) == canonical(node, other))
    except (OverflowError, RecursionError, ValueError):
        # Numbers that are too long, lists that are nested too deeply.
        return False
