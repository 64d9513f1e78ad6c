# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a spec consists of known fields with values of the right type, and what is dropped when it does not."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from ..assumptions import Assumptions
from ..errors import Refusal, bad_request
from .fields import SPEC, Field, Flag, Many, Message, Number, Text, Whole

Path = tuple[str | int, ...]


@dataclass
class Problems:
    """What is wrong with a spec.

    The text names list fields without an index when there is one problem only (API reference 1.5).
    """

    found: list[tuple[Path, str]] = field(default_factory=list)

    def add(self, path: Path, reason: str) -> None:
        """One more problem; the same one twice counts once."""
        if (path, reason) not in self.found:
            self.found.append((path, reason))

    def refusal(self) -> Refusal | None:
        """The answer, or None when nothing is wrong."""
        if not self.found:
            return None
        path, reason = self.found[0]
        if len(self.found) == 1:
            dotted = ".".join(part for part in path if isinstance(part, str))
            return bad_request(f'error validating app spec field "{dotted}": {reason}')
        dotted = ".".join(str(part) for part in path)
        return bad_request(f'errors validating app spec; first error in field "{dotted}": {reason}')

    def raise_any(self) -> None:
        """Refuse when anything is wrong."""
        refusal = self.refusal()
        if refusal:
            raise refusal


def shaped(value: Any, assume: Assumptions, problems: Problems, schema: Message = SPEC) -> dict[str, Any]:
    """The spec with known fields of the right type only; null fields are gone (JSON's null means "not set").

    What is wrong is added to the problems. With `unknown_field=keep` unknown fields pass as they are.
    """
    if not isinstance(value, dict):
        raise bad_request(f"error parsing request body: {schema.name}: expected an object, got {_kind(value)}")
    return _message(value, schema, (), _Walk(assume, problems))


@dataclass
class _Walk:
    assume: Assumptions
    problems: Problems


def _message(value: dict[str, Any], schema: Message, path: Path, walk: _Walk) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for key, item in value.items():
        known = schema.fields.get(key)
        if known is None:
            unknown = walk.assume["unknown_field"]
            if unknown == "reject":
                article = "an" if schema.name[0] in "aeioAEIO" else "a"
                walk.problems.add((*path, key), f"unknown field: {article} {schema.name} has no {key!r}")
            elif unknown == "keep":
                result[key] = item
        elif item is not None:
            checked = _value(item, known, (*path, key), walk)
            if checked is not None:
                result[key] = checked
    for key, known in schema.fields.items():
        if isinstance(known, Text) and known.required and not result.get(key) and value.get(key) is None:
            walk.problems.add((*path, key), f"{key} is required")
    return result


def _value(value: Any, schema: Field, path: Path, walk: _Walk) -> Any:  # noqa: PLR0911 - one line a type
    """The checked value, None when it is not usable."""
    if isinstance(schema, Message):
        if not isinstance(value, dict):
            return _wrong(value, "an object", path, walk)
        return _message(value, schema, path, walk)
    if isinstance(schema, Many):
        if not isinstance(value, list):
            return _wrong(value, "a list", path, walk)
        if schema.most is not None and len(value) > schema.most:
            walk.problems.add(path, f"at most {schema.most} are allowed, got {len(value)}")
        checked = [_value(item, schema.of, (*path, number), walk) for number, item in enumerate(value)]
        return [item for item in checked if item is not None]
    if walk.assume["wrong_type"] == "coerce":
        value = _coerced(value, schema)
    if isinstance(schema, Text):
        return _text(value, schema, path, walk) if isinstance(value, str) else _wrong(value, "a string", path, walk)
    if isinstance(schema, Flag):
        return value if isinstance(value, bool) else _wrong(value, "true or false", path, walk)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return _wrong(value, "a number", path, walk)
    if isinstance(schema, Number):
        return value
    return _whole(value, schema, path, walk)


def _text(value: str, schema: Text, path: Path, walk: _Walk) -> str:
    if value == "":
        if schema.required:
            walk.problems.add(path, f"{path[-1]} is required")
    elif schema.choices and value not in schema.choices:
        walk.problems.add(path, f"{value!r} is not one of {', '.join(schema.choices)}")
    elif len(value) < schema.shortest:
        walk.problems.add(path, f"must have at least {schema.shortest} characters, got {len(value)}")
    elif schema.longest is not None and len(value) > schema.longest:
        walk.problems.add(path, f"must have at most {schema.longest} characters, got {len(value)}")
    elif schema.pattern and not re.fullmatch(schema.pattern, value):
        walk.problems.add(path, f"{value!r} does not match ^{schema.pattern}$")
    return value


def _whole(value: float, schema: Whole, path: Path, walk: _Walk) -> int | None:
    if value != int(value):
        _wrong(value, "a whole number", path, walk)
        return None
    whole = int(value)
    if whole != 0 and not schema.low <= whole <= schema.high:
        walk.problems.add(path, f"must be between {schema.low} and {schema.high}, got {whole}")
    return whole


def _coerced(value: Any, schema: Field) -> Any:
    """What a lenient JSON reader makes of a scalar of another type."""
    if isinstance(schema, Text) and isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(schema, Text) and isinstance(value, int | float):
        return str(value)
    if isinstance(value, str):
        if isinstance(schema, Flag) and value in {"true", "false"}:
            return value == "true"
        if isinstance(schema, Whole | Number) and re.fullmatch(r"-?\d+(\.\d+)?", value):
            return float(value)
    return value


def _wrong(value: Any, wanted: str, path: Path, walk: _Walk) -> None:
    walk.problems.add(path, f"expected {wanted}, got {_kind(value)}")


def _kind(value: Any) -> str:
    """What JSON calls the type of a value."""
    names = {dict: "an object", list: "a list", str: "a string", bool: "a boolean", type(None): "null"}
    return names.get(type(value), "a number")
