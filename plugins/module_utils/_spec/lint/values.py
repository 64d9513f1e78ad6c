# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.
"""Access to specs of any shape without exceptions, and formatting of values for messages."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ..scalars import Unparsable, coerce, is_zero
from ..schema import COMPONENTS
from ..schema_types import Record, Scalar
from ..suggestion import closest, did_you_mean
from ..url_secrets import looks_random

#: The placeholder for a value that a message must not show.
HIDDEN = "the value"
_MAX_SHOWN_LENGTH = 60
_PRINTABLE = re.compile(r"[\w.@*/-]{1,64}")
_VALUE_SEPARATOR = re.compile("[=:]")
_LARGE = 10**15
_INT = Scalar(type="int")
_BOOL = Scalar(type="bool")
_TEXT = Scalar()


@dataclass(frozen=True)
class Component:
    """One component of a spec. ``kind``: its name in messages (``job``). ``path``: ``jobs[migrate]``."""

    section: str
    kind: str
    name: str
    path: str
    fields: Mapping[str, Any]


def components(spec: Mapping[str, Any]) -> list[Component]:
    """All components of a spec, databases included, without items that are no mappings."""
    return [
        Component(section, kind, text(fields.get("name")), item_path(section, index, fields, "name"), fields)
        for section, (kind, _node) in COMPONENTS.items()
        for index, fields in mappings(spec.get(section))
    ]


def mappings(value: Any) -> list[tuple[int, Mapping[str, Any]]]:
    """(position, item) of each mapping in a list; an empty list if *value* is no list."""
    return [(index, one) for index, one in enumerate(items(value)) if isinstance(one, Mapping)]


def items(value: Any) -> list[Any]:
    """The value if it is a list, else an empty list."""
    return value if isinstance(value, list) else []


def mapping(value: Any) -> Mapping[str, Any]:
    """The value if it is a mapping, else an empty one."""
    return value if isinstance(value, Mapping) else {}


def text(value: Any) -> str:
    """A string, or a number as the string that is sent (``tag: 1.2``); empty for anything else."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        read = read_scalar(_TEXT, value)
        return read if isinstance(read, str) else ""
    return value if isinstance(value, str) else ""


def number(value: Any) -> int | None:
    """The value as an integer; None if it is no integer, or zero, which the API treats as "not set"."""
    read = read_scalar(_INT, value)
    return read if isinstance(read, int) and read else None


def is_true(value: Any) -> bool:
    """Whether the value is read as true."""
    return read_scalar(_BOOL, value) is True


def read_scalar(node: Scalar, value: Any) -> Any:
    """``coerce`` without exceptions for values of any size."""
    try:
        return coerce(node, value)
    except (OverflowError, ValueError):
        # The number exceeds a float, or has too many digits for str().
        return Unparsable("a number of a usual size")


def is_given(value: Any) -> bool:
    """Whether a field is set; the wire format does not distinguish zero from absent."""
    return not is_zero(value)


def item_path(path: str, index: int, item: Any, *key: str) -> str:
    """The path of a list item: with its name if that is printable, else with its position."""
    # The key of an ingress rule is an object.
    name = mapping(item).get(key[0]) if key and key[0] != "match" else None
    return f"{path}[{name if _is_printable(name) else index}]"


def under(path: str, name: str) -> str:
    """The path of a field."""
    return f"{path}.{name}" if path else name


def field_name(name: Any) -> str:
    """A field's name for a path, without a value that is written after it (``KEY=value``, ``KEY:value``)."""
    return str(name) if _is_printable(name) else quoted_name(name)


def _is_printable(name: Any) -> bool:
    return isinstance(name, str) and bool(_PRINTABLE.fullmatch(name)) and not looks_random(name)


def quoted_name(name: Any) -> str:
    """A field's name for a message, without a value that is written after it."""
    return quoted(_VALUE_SEPARATOR.split(name)[0] if isinstance(name, str) else name)


def quoted(value: Any) -> str:
    """A value for a message: short, on one line, replaced if it looks like a secret."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return str(value) if abs(value) < _LARGE else "a number of that size"
    if not isinstance(value, str):
        return shape_of(value)
    if value.startswith("EV[") or _holds_credentials(value) or any(map(looks_random, value.split())):
        return HIDDEN
    return repr(value if len(value) <= _MAX_SHOWN_LENGTH else f"{value[:_MAX_SHOWN_LENGTH]}...")


def _holds_credentials(value: str) -> bool:
    """Whether a string looks like ``user:password@host`` or ``https://token@host``."""
    before = value.rpartition("@")[0]
    return ":" in before or "//" in before


def is_unquoted(value: Any) -> bool:
    """Whether the value may be an unquoted string that YAML has changed: ``2.10``, ``1e3``, ``yes``.

    Integers and dates nearly always have one notation, so they are not affected.
    """
    return isinstance(value, (bool, float))


def unquoted(name: str, value: Any, *, hidden: bool = False) -> str:
    """The message about such a value in a string field."""
    if isinstance(value, bool):
        word = quoted(value)
        return f'the boolean {word} arrived, which YAML makes of yes, no, on and off: quote it, {name}: "{word}"'
    arrived = "a number" if hidden else f"the number {value}"
    example = "" if hidden else f', such as {name}: "{value}"'
    return f"{arrived} arrived, and 2.10 and 2.1 are one number to YAML: quote what is meant{example}"


def shape_of(value: Any) -> str:
    """The kind of a value for a message, without its content."""
    if isinstance(value, Mapping):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    if isinstance(value, bool):
        return "a boolean"
    if isinstance(value, (int, float)):
        return "a number"
    return "a text" if isinstance(value, str) else "nothing"


def normalized(word: str) -> str:
    """The word in lower case without separators."""
    return re.sub(r"[^a-z0-9]", "", word.lower())


def nearest(word: str, words: Collection[str], cutoff: float = 0.7) -> str | None:
    """The most similar known word; None if none is similar enough."""
    return next(iter(closest(word, words, cutoff=cutoff, key=_comparable)), None)


def listed(words: Iterable[str], last: str = "or") -> str:
    """``a, b or c``."""
    sequence = list(words)
    return f"{', '.join(sequence[:-1])} {last} {sequence[-1]}" if len(sequence) > 1 else "".join(sequence)


def suggestion(word: str, words: Collection[str]) -> str:
    """``did you mean X?``, or the list of all words."""
    all_words = f"there is {listed(sorted(words), 'and')}" if words else "there is none"
    return did_you_mean(word, words, key=_comparable) or all_words


def _comparable(word: str) -> str:
    return normalized(word)[:_MAX_SHOWN_LENGTH]


def section_of(node: Any) -> str | None:
    """The section whose components have the node *node*; None if it is no component."""
    return next((section for section, (_kind, record) in COMPONENTS.items() if record is node), None)


def fields_of(section: str) -> Record:
    """The fields of a section's components."""
    return COMPONENTS[section][1]
