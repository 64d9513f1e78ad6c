# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no stable interface.
"""Reading a spec that may be anything: nothing here raises, whatever JSON or YAML holds. And words for messages."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ..addresses import looks_random
from ..nodes import Record, Scalar, Unparsable, coerce, is_zero
from ..schema import COMPONENTS
from ..suggestion import closest, did_you_mean

#: What stands in a message for a value that is not shown.
HIDDEN = "the value"
_SHOWN = 60
_PRINTABLE = re.compile(r"[\w.@*/-]{1,64}")
_BEHIND = re.compile("[=:]")
_LARGE = 10**15
_INT = Scalar(type="int")
_BOOL = Scalar(type="bool")
_TEXT = Scalar()


@dataclass(frozen=True)
class Component:
    """One component of a spec. ``kind``: what it is called (``job``). ``path``: ``jobs[migrate]``."""

    section: str
    kind: str
    name: str
    path: str
    fields: Mapping[str, Any]


def components(spec: Mapping[str, Any]) -> list[Component]:
    """All components of a spec, databases included; items that are no mappings are left out."""
    return [
        Component(section, kind, text(fields.get("name")), item_path(section, index, fields, "name"), fields)
        for section, (kind, _node) in COMPONENTS.items()
        for index, fields in mappings(spec.get(section))
    ]


def mappings(value: Any) -> list[tuple[int, Mapping[str, Any]]]:
    """The items of a list that are mappings, with their positions; none where it is no list."""
    return [(index, one) for index, one in enumerate(items(value)) if isinstance(one, Mapping)]


def items(value: Any) -> list[Any]:
    """The value if it is a list."""
    return value if isinstance(value, list) else []


def mapping(value: Any) -> Mapping[str, Any]:
    """The value if it is a mapping."""
    return value if isinstance(value, Mapping) else {}


def text(value: Any) -> str:
    """The value if it is a text, or a number that the API gets as one (``tag: 1.2``)."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        read = read_scalar(_TEXT, value)
        return read if isinstance(read, str) else ""
    return value if isinstance(value, str) else ""


def number(value: Any) -> int | None:
    """The value as a whole number; None where it is none, or zero, which the API reads as not set."""
    read = read_scalar(_INT, value)
    return read if isinstance(read, int) and read else None


def is_true(value: Any) -> bool:
    """Whether the value means yes."""
    return read_scalar(_BOOL, value) is True


def read_scalar(node: Scalar, value: Any) -> Any:
    """``coerce`` for values of any size."""
    try:
        return coerce(node, value)
    except (OverflowError, ValueError):
        # Numbers that do not fit a float, or are too long to be printed.
        return Unparsable("a number of a usual size")


def is_given(value: Any) -> bool:
    """Whether a field says something (the wire knows no difference between zero and absent)."""
    return not is_zero(value)


def is_secret(env: Mapping[str, Any]) -> bool:
    """Whether an env's value is not to be shown."""
    return text(env.get("type")).strip().upper() == "SECRET"


def item_path(path: str, index: int, item: Any, *key: str) -> str:
    """The path of a list's item: by its name where that can be printed, else by its position."""
    # What an ingress rule matches is no name of it.
    name = mapping(item).get(key[0]) if key and key[0] != "match" else None
    return f"{path}[{name if _is_printable(name) else index}]"


def under(path: str, name: str) -> str:
    """The path of a field."""
    return f"{path}.{name}" if path else name


def field_name(name: Any) -> str:
    """A field's name for a path; a value that was written behind it (``KEY=value``, ``KEY:value``) is not shown."""
    return str(name) if _is_printable(name) else quoted_name(name)


def _is_printable(name: Any) -> bool:
    return isinstance(name, str) and bool(_PRINTABLE.fullmatch(name)) and not looks_random(name)


def quoted_name(name: Any) -> str:
    """A field's name for a message, without a value that was written behind it."""
    return quoted(_BEHIND.split(name)[0] if isinstance(name, str) else name)


def quoted(value: Any) -> str:
    """A value that is no secret, for a message: short, on one line."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return str(value) if abs(value) < _LARGE else "a number of that size"
    if not isinstance(value, str):
        return shape_of(value)
    if value.startswith("EV[") or _holds_credentials(value) or any(map(looks_random, value.split())):
        return HIDDEN
    return repr(value if len(value) <= _SHOWN else f"{value[:_SHOWN]}...")


def _holds_credentials(value: str) -> bool:
    """Whether it looks like ``user:password@host`` or ``https://token@host``."""
    before = value.rpartition("@")[0]
    return ":" in before or "//" in before


def is_unquoted(value: Any) -> bool:
    """Whether YAML made something else of what may have been a text: ``2.10``, ``1e3``, ``yes``.

    Whole numbers and dates have nearly always one way to be written, and come out as they went in.
    """
    return isinstance(value, (bool, float))


def unquoted(name: str, value: Any, *, hidden: bool = False) -> str:
    """What to say of such a value where only a text is right."""
    if isinstance(value, bool):
        word = quoted(value)
        return f'the boolean {word} arrived, which YAML makes of yes, no, on and off: quote it, {name}: "{word}"'
    arrived = "a number" if hidden else f"the number {value}"
    such = "" if hidden else f', such as {name}: "{value}"'
    return f"{arrived} arrived, and 2.10 and 2.1 are one number to YAML: quote what is meant{such}"


def shape_of(value: Any) -> str:
    """What a value is, without saying what is in it."""
    if isinstance(value, Mapping):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    if isinstance(value, bool):
        return "a boolean"
    if isinstance(value, (int, float)):
        return "a number"
    return "a text" if isinstance(value, str) else "nothing"


def squeezed(word: str) -> str:
    """What is left of a word when case and separators do not count."""
    return re.sub(r"[^a-z0-9]", "", word.lower())


def nearest(word: str, words: Collection[str], cutoff: float = 0.7) -> str | None:
    """The known word that looks most like *word*."""
    return next(iter(closest(word, words, cutoff=cutoff, key=_comparable)), None)


def listed(words: Iterable[str], last: str = "or") -> str:
    """``a, b or c``."""
    row = list(words)
    return f"{', '.join(row[:-1])} {last} {row[-1]}" if len(row) > 1 else "".join(row)


def hint(word: str, words: Collection[str]) -> str:
    """``did you mean X?``, or all there are."""
    there = f"there is {listed(sorted(words), 'and')}" if words else "there is none"
    return did_you_mean(word, words, key=_comparable) or there


def _comparable(word: str) -> str:
    return squeezed(word)[:_SHOWN]


def section_of(node: Any) -> str | None:
    """The section whose components *node* describes."""
    return next((section for section, (_kind, record) in COMPONENTS.items() if record is node), None)


def fields_of(section: str) -> Record:
    """The fields of a section's components."""
    return COMPONENTS[section][1]
