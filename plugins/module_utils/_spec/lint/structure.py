# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.
"""Checks of declared data against the schema: shapes, types, ranges, patterns, names of fields, enum values.

A declaration may be a part of a spec, so a missing field is not reported here; the other files check complete specs.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from ..duration import parse_duration
from ..scalars import Unparsable, as_text
from ..schema import (
    APP_ALERT_RULES,
    DOMAIN_PATTERN,
    ENV,
    ENV_KEY_PATTERN,
    FUNCTION_ALERT_RULES,
    LOG_DESTINATION_PATTERN,
    NAME_PATTERN,
    SCHEDULED_ALERT_RULE,
    SERVICE_ALERT_RULES,
    SOURCES,
)
from ..schema_types import Listing, Node, Record, Scalar
from ..secret_fields import is_secret_env
from ..suggestion import question
from .corrections import ENUM_CORRECTIONS, EXAMPLE_VALUES, NO_SUCH_VALUE
from .fields import unknown_field
from .rules import Finding, finding
from .values import (
    HIDDEN,
    field_name,
    is_given,
    is_unquoted,
    item_path,
    listed,
    nearest,
    normalized,
    quoted,
    quoted_name,
    read_scalar,
    section_of,
    shape_of,
    under,
    unquoted,
)

#: Types whose values are strings that YAML may read as numbers or booleans.
_TEXTS = ("str", "command", "directory", "hostname")
_ALERTS: Mapping[str, tuple[str, ...]] = {
    "the app itself (alerts at the top of the spec)": APP_ALERT_RULES,
    "services (workers and jobs have the first three)": SERVICE_ALERT_RULES,
    "functions": FUNCTION_ALERT_RULES,
    "jobs of the kind SCHEDULED": (SCHEDULED_ALERT_RULE,),
}


@dataclass(frozen=True)
class _Position:
    """Where the traversal is: path, name of the field, the component around it, whether it is in a SECRET env."""

    path: str
    field: str = ""
    owner: Record | None = None
    secret: bool = False


def check_structure(node: Record | Listing, value: Any, path: str = "") -> list[Finding]:
    """All findings about declared data; *path*: its path in the spec, for messages."""
    findings: list[Finding] = []
    _check(node, value, _Position(path), findings)
    return findings


def _check(node: Node, value: Any, at: _Position, findings: list[Finding]) -> None:
    if value is None or (not isinstance(node, Record) and node.read_only):
        return
    if isinstance(node, Record):
        if isinstance(value, Mapping):
            _record(node, value, at, findings)
        else:
            findings.append(_wrong_shape("a mapping", value, at))
    elif isinstance(node, Listing):
        if isinstance(value, list):
            _listing(node, value, at, findings)
        else:
            findings.append(_wrong_shape("a list", value, at))
    elif isinstance(value, (Mapping, list)):
        findings.append(finding("wrong_shape", at.path, f"it is {shape_of(value)}; give {_expected(node, at)}"))
    else:
        _scalar(node, value, at, findings)


def _expected(node: Scalar, at: _Position) -> str:
    if node.type == "bool":
        return "true or false"
    if node.type in ("int", "float"):
        return "a number"
    if node.type == "command":
        return "one text, such as python manage.py migrate"
    return "one text; the filter to_json makes one of it" if at.field == "value" else "one text"


def _wrong_shape(expected: str, value: Any, at: _Position) -> Finding:
    example = EXAMPLE_VALUES.get(at.field)
    message = f"; {at.field} is written {example}" if example else ""
    return finding("wrong_shape", at.path, f"it is {shape_of(value)}; give {expected}{message}")


def _record(node: Record, value: Mapping[Any, Any], at: _Position, findings: list[Finding]) -> None:
    owner = node if section_of(node) else at.owner
    secret = node is ENV and is_secret_env(value)
    for name, inner in value.items():
        child = node.fields.get(name)
        path = under(at.path, field_name(name))
        if child is None:
            findings.append(unknown_field(path, name, node, owner))
        else:
            _check(child, inner, _Position(path, name, owner, secret), findings)
    for group in node.exclusive:
        given = [name for name in group if is_given(value.get(name))]
        if len(given) > 1:
            findings.append(_exclusive(group, given, at.path))


def _exclusive(group: tuple[str, ...], given: list[str], path: str) -> Finding:
    both = listed(given, "and")
    if group == SOURCES:
        message = f"it has the sources {both}; a component has exactly one: keep one"
        return finding("several_sources", path, message)
    if "autoscaling" in group:
        advice = "the autoscaler sets the number of instances: remove instance_count, or autoscaling"
        return finding(
            "count_and_autoscaling", under(path, "instance_count"), f"it stands beside autoscaling; {advice}"
        )
    return finding("exclusive_fields", path, f"only one of {listed(group)} can be given, and here are {both}: keep one")


def _listing(node: Listing, value: list[Any], at: _Position, findings: list[Finding]) -> None:
    fields = node.item.fields if isinstance(node.item, Record) else {}
    for index, item in enumerate(value):
        path = item_path(at.path, index, item, *node.key)
        if isinstance(item, Mapping):
            missing = [key for key in node.key if _is_required(fields[key]) and not is_given(item.get(key))]
            findings.extend(finding("missing_field", path, f"it has no {key}: give it one") for key in missing)
        _check(node.item, item, replace(at, path=path), findings)


def _is_required(node: Node) -> bool:
    return isinstance(node, Scalar) and node.required


def _scalar(node: Scalar, value: Any, at: _Position, findings: list[Finding]) -> None:
    read = read_scalar(node, value)
    shown = HIDDEN if node.secret or at.field == "value" else quoted(value)
    if is_unquoted(value) and node.type in _TEXTS and str(value) not in node.choices:
        findings.append(_unquoted(node, value, at))
        return
    if isinstance(read, Unparsable):
        expected = "true or false" if node.type == "bool" else read.expected
        findings.append(finding("wrong_type", at.path, f"{shown} is not {expected}: give {expected}"))
    elif not is_given(read):
        if node.minimum and isinstance(read, (int, float)):
            message = f"the API reads 0 as not set, so that its default counts; the least is {node.minimum:g}"
            findings.append(finding("zero_is_unset", at.path, f"{message}: give that, or leave it out"))
    elif isinstance(read, (int, float)):
        _range(node, read, at, findings)
    else:
        _text(node, read, shown, at, findings)


def _unquoted(node: Scalar, value: Any, at: _Position) -> Finding:
    """The finding about a boolean or a float in a string field: YAML has lost the original notation."""
    hidden = node.secret or at.secret
    if at.field != "value":
        return finding("unquoted", at.path, unquoted(at.field, value, hidden=hidden))
    kind = "a boolean" if isinstance(value, bool) else "a number"
    message = f"{kind} arrived, of which a text is made" if hidden else f"{kind} arrived, and {as_text(value)} is sent"
    return finding("unquoted_value", at.path, f"{message}: quote it, since YAML may have changed what was written")


def _range(node: Scalar, read: float, at: _Position, findings: list[Finding]) -> None:
    low, high = node.minimum, node.maximum
    if (low is not None and read < low) or (high is not None and read > high):
        bounds = f"{low or 0:g} or more" if high is None else f"{low or 0:g} to {high:g}"
        findings.append(finding("out_of_range", at.path, f"{quoted(read)} is out of range: give {bounds}"))


def _text(node: Scalar, read: str, shown: str, at: _Position, findings: list[Finding]) -> None:
    if node.choices:
        if read not in node.choices and read != node.unset:
            findings.append(_word(node, read, at))
    elif node.type == "duration":
        findings.extend(_duration(read, at))
    elif node.pattern and (not re.search(node.pattern, read) or read.endswith("\n")):
        findings.append(finding("wrong_form", at.path, _form(node.pattern, read, shown, at)))
    elif node.min_length is not None and len(read) < node.min_length:
        message = f"{shown} is too short: give {node.min_length} characters or more"
        findings.append(finding("wrong_length", at.path, message))
    elif node.max_length is not None and len(read) > node.max_length:
        message = f"it has {len(read)} characters: give {node.max_length} at most"
        findings.append(finding("wrong_length", at.path, message))


def _duration(read: str, at: _Position) -> list[Finding]:
    seconds, word = parse_duration(read), read.strip()
    if seconds is not None and seconds > 0 and re.search(r"[a-z]$", word):
        return []
    if seconds is not None and seconds > 0:
        message = f"{quoted(read)} has no unit: write {quoted(f'{word}s')} for seconds, or such as 30m, 1h30m"
    elif seconds is not None:
        message = f"{quoted(read)} is no time at all: write such as 30m, 1h30m, or leave it out for the default"
    else:
        message = (
            f"{quoted(read)} is not a duration: write numbers with s, m or h and no spaces, such as 90s, 30m, 1h30m"
        )
        if re.fullmatch(r"[0-9]{1,4}d", word):
            message += f"; there is no unit for days: {int(word[:-1]) * 24}h"
    return [finding("wrong_duration", at.path, message)]


def _form(pattern: str, read: str, shown: str, at: _Position) -> str:
    if shown == HIDDEN:
        # The suggestion is derived from the value, which must not be shown.
        read = ""
    if pattern == NAME_PATTERN:
        correct = re.sub(r"[^a-z0-9]+", "-", read.lower()).strip("-0123456789")[:32].rstrip("-")
        example = f", such as {correct}" if re.search(pattern, correct) else ""
        rule = "2 to 32 characters, a-z, 0-9 and -, a letter first, no - at the end"
        return f"{shown} is no name: {rule} ({pattern}); rename it{example}"
    if pattern == ENV_KEY_PATTERN:
        # The key may be written as KEY=value, and the value must not be shown.
        key = quoted_name(read)
        advice = "rename it" if key == quoted(read) else "write the value into the field value"
        return f"{key} is no name of a variable: letters, digits and _, no digit first ({pattern}); {advice}"
    if pattern == DOMAIN_PATTERN:
        host = "www.example.com" if "://" not in read else re.sub(r"^.*://|/.*$", "", read)
        correct = f"{read[2:]} and wildcard: true" if read.startswith("*.") else f"a full host name, such as {host}"
        return f"{shown} is no domain: write {correct}"
    if at.field == "digest":
        return f"{shown} is no digest: write sha256: and 64 hexadecimal digits, all in small letters"
    rule = "2 to 42 letters, digits, spaces and -_./()[], no space or sign at the ends"
    rule = rule if pattern == LOG_DESTINATION_PATTERN else f"the form is {pattern}"
    return f"{shown} does not have the right form: {rule}; correct it"


def _word(node: Scalar, read: str, at: _Position) -> Finding:
    form = normalized(read)
    explanation = NO_SUCH_VALUE.get((at.field, form))
    if explanation and "SCHEDULED" in node.choices:
        return finding("misspelt_word", at.path, f"{quoted(read)} is not one of {listed(node.choices)}: {explanation}")
    correct = next((one for one in node.choices if normalized(one) == form), None)
    meaning = ENUM_CORRECTIONS.get(at.field, {}).get(form)
    correct = correct or (meaning if meaning in node.choices else None)
    if correct:
        return finding(
            "misspelt_word", at.path, f"{quoted(read)} is not one of {listed(node.choices)}: write {correct}"
        )
    if at.field == "rule":
        owner = next((name for name, rules in _ALERTS.items() if (meaning or read.upper()) in rules), None)
        if owner:
            message = f"{meaning or read.upper()} is a rule of {owner}; here it can be {listed(node.choices)}"
            return finding("foreign_alert", at.path, f"{message}: move it there, or take another rule")
    near = nearest(read, node.choices)
    suggestion = question(near) if near else f"known are {listed(node.choices, 'and')}"
    return finding("unknown_word", at.path, f"{quoted(read)} is not known here and is sent as it is; {suggestion}")
