# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.
"""Findings about unknown fields, with the field that was probably intended."""

from __future__ import annotations

from collections.abc import Container, Iterator
from typing import Any

from ..schema import COMPONENTS, SPEC
from ..schema_types import UNKNOWN, Listing, Node, Record
from ..suggestion import question
from .corrections import (
    FIELD_CORRECTIONS,
    FOREIGN,
    NOT_ROUTABLE,
    NOTATION,
    ROUTING_FIELDS,
    SET_ELSEWHERE,
    SET_ELSEWHERE_RECORD,
    UNDOCUMENTED,
)
from .rules import Finding, finding
from .values import fields_of, listed, nearest, normalized, quoted_name, section_of


def unknown_field(path: str, name: Any, node: Record, owner: Record | None) -> Finding:
    """The finding about a field that *node* does not have; *owner*: the component that contains *node*, if any."""
    word = name if isinstance(name, str) else ""
    form = normalized(word)
    if form in SET_ELSEWHERE and SET_ELSEWHERE_RECORD[form] in node.fields:
        return finding("not_in_spec", path, f"{word} is no part of a spec: {SET_ELSEWHERE[form]}")
    if word == "deploy_on_push" and "repo_clone_url" in node.fields:
        message = "the platform hears nothing of pushes to a plain git source: leave it out, or use github or gitlab"
        return finding("push_without_support", path, message)
    respelt = next((one for one in node.fields if form in _spellings(one)), None)
    if respelt:
        return finding("misspelt_field", path, f"there is no field {word}: write {NOTATION.get(respelt, respelt)}")
    aliases = [one for one in FIELD_CORRECTIONS.get(form, ()) if one.partition(".")[0] in node.fields]
    if aliases:
        field = NOTATION.get(aliases[0], aliases[0])
        return finding("misspelt_field", path, f"there is no field {word}: write {field}")
    return _misplaced_in_component(path, word, node, owner) or _unknown(path, name, node)


def _spellings(field: str) -> tuple[str, ...]:
    """The normalized spellings of a field's name: as it is, singular and plural."""
    form = normalized(field)
    return (form, form.removesuffix("s"), f"{form}s") if len(form) > 3 else (form,)


def _misplaced_in_component(path: str, word: str, node: Record, owner: Record | None) -> Finding | None:
    section = section_of(node)
    if section is None:
        return _misplaced_below_component(path, word, node, owner)
    kind = COMPONENTS[section][0]
    if word in UNDOCUMENTED.get(section, ()):
        message = f"{word} is not documented for a {kind}; it is sent as it is: remove it unless it works"
        return finding("unusual_field", path, message)
    if word in SPEC.fields and not list(_sections_with(word)):
        return finding("misplaced_field", path, f"{word} does not belong to a {kind}: put it at the top of the spec")
    field = next(
        (one for one in (word, *FIELD_CORRECTIONS.get(normalized(word), ())) if list(_sections_with(one))), None
    )
    return finding("foreign_field", path, _foreign(section, word, field)) if field else None


def _misplaced_below_component(path: str, word: str, node: Record, owner: Record | None) -> Finding | None:
    if owner is not None and word in owner.fields:
        return finding("misplaced_field", path, f"{word} does not belong here: put it beside {_name(owner, node)}")
    route = _route(owner, node) if owner else None
    others = [kind for kind, record in COMPONENTS.values() if route and word in _fields_at(record, route)]
    if route and others:
        message = f"only a {listed(others)} has {'.'.join((*route, word))}: remove it"
        return finding("foreign_field", path, message)
    if node is SPEC and list(_sections_with(word)):
        kinds = listed(COMPONENTS[one][0] for one in _sections_with(word))
        return finding("misplaced_field", path, f"{word} does not belong to the app: put it into a {kinds}")
    return None


def _name(owner: Record, node: Record) -> str:
    """The field of the component that contains the record."""
    return (_route(owner, node) or ("the component's name",))[0]


def _route(start: Record, node: Record) -> tuple[str, ...] | None:
    """The path of fields from one record to a nested one; None if it is not nested in it."""
    for name, child in start.fields.items():
        inner = child.item if isinstance(child, Listing) else child
        if inner is node:
            return (name,)
        further = _route(inner, node) if isinstance(inner, Record) else None
        if further:
            return (name, *further)
    return None


def _fields_at(start: Node, route: tuple[str, ...]) -> Container[str]:
    """The fields of the record at the end of a path; empty if the path does not exist."""
    for name in route:
        child = start.fields.get(name) if isinstance(start, Record) else None
        start = child.item if isinstance(child, Listing) else child or UNKNOWN
    return start.fields if isinstance(start, Record) else ()


def _sections_with(field: str) -> Iterator[str]:
    first = field.partition(".")[0]
    return (section for section in COMPONENTS if first in fields_of(section).fields)


def _foreign(section: str, word: str, field: str) -> str:
    kind = COMPONENTS[section][0]
    advice = FOREIGN.get((section, field))
    if advice is None and field in ROUTING_FIELDS:
        advice = NOT_ROUTABLE.get(section)
    if advice is None:
        kinds = listed((COMPONENTS[one][0] for one in _sections_with(field)), "and")
        advice = f"it belongs to a {kinds}; remove it, or declare the component there"
    return f"a {kind} has no {word}: {advice}"


def _unknown(path: str, name: Any, node: Record) -> Finding:
    near = nearest(name, node.fields) if isinstance(name, str) else None
    if near is None and isinstance(name, str):
        inside = [field for field, child in node.fields.items() if isinstance(child, Record) and name in child.fields]
        near = f"{listed(inside)} with {name} inside" if inside else None
    suggestion = question(near) if near else f"known are {listed(node.fields, 'and')}"
    return finding("unknown_field", path, f"{quoted_name(name)} is not known here and is sent as it is; {suggestion}")
