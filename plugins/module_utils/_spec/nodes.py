# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no stable interface.
"""The vocabulary in which the app spec is described: scalars, records and lists.

The description (``schema.py``) says what the server does with each field; merge, compare, lint, mask and the modules'
argument specs all read it. A field that it does not know passes through all of them untouched.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Union

Spec = dict[str, Any]

_DURATION = re.compile(r"(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)")
_DURATION_UNITS = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}
_TRUE = frozenset(("true", "yes", "on", "1", "y", "t"))
_FALSE = frozenset(("false", "no", "off", "0", "n", "f"))


@dataclass(frozen=True)
class Scalar:
    """One value.

    ``type``: ``str``, ``int``, ``float``, ``bool``, or a string with its own idea of equality: ``duration`` (Go
    syntax, compared by length of time), ``command`` (line ends and trailing newlines do not count), ``directory``
    (``/`` and ``.`` are the root, which is the default), ``hostname`` (case and a trailing dot do not count).
    ``default``: what the server means when the field is absent, so that both compare equal.
    ``unset``: the enum word that the API uses for "not set".
    ``filled``: the server may fill the field in, so its absence in a declaration never removes it.
    ``empty_counts``: the empty text is a value of its own.
    ``address``: a URL, or a part of one, that may carry a password or a token: those parts alone are not shown.
    """

    type: str = "str"
    default: Any = None
    unset: str = ""
    choices: tuple[str, ...] = ()
    secret: bool = False
    required: bool = False
    pattern: str | None = None
    minimum: float | None = None
    maximum: float | None = None
    min_length: int | None = None
    max_length: int | None = None
    filled: bool = False
    read_only: bool = False
    deprecated: bool = False
    empty_counts: bool = False
    address: bool = False

    @cached_property
    def absent_texts(self) -> frozenset[str]:
        """The strings that mean the same as an absent field of the type ``str``."""
        return frozenset(one for one in ("", self.default, self.unset) if isinstance(one, str)) - (
            {""} if self.empty_counts else set()
        )


@dataclass(frozen=True)
class Record:
    """An object with named fields.

    ``exclusive``: groups of fields of which the server takes at most one; declaring one drops the others.
    ``dependents``: a field -> those that say nothing any more once it changes (the branch of another repository).
    ``implied``: a field -> (the value that its absence means, the field whose presence ends that).
    ``overruled``: a field -> the field whose presence makes it meaningless.
    """

    fields: Mapping[str, Node]
    exclusive: tuple[tuple[str, ...], ...] = ()
    dependents: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    implied: Mapping[str, tuple[Any, str]] = field(default_factory=dict)
    overruled: Mapping[str, str] = field(default_factory=dict)
    required: bool = False
    filled: bool = False
    deprecated: bool = False


@dataclass(frozen=True)
class Listing:
    """A list.

    ``key``: the fields that identify an item. Without one, the list is a set of scalars or, when ``ordered``, a row of
    positions that only make sense together.
    """

    item: Node
    key: tuple[str, ...] = ()
    ordered: bool = False
    required: bool = False
    filled: bool = False
    read_only: bool = False
    deprecated: bool = False


Node = Union[Scalar, Record, Listing]
UNKNOWN = Scalar(type="any")


@dataclass(frozen=True)
class Unparsable:
    """What a value could not be read as; it passes through as it is and the lint reports it."""

    wanted: str = field(default="")


def is_zero(value: Any) -> bool:
    """Whether the wire treats *value* like an absent field (API reference 1.3: proto3 JSON)."""
    return value is None or value is False or (not isinstance(value, bool) and value in (0, "")) or value in ([], {})


def parse_duration(text: Any) -> float | None:
    """Seconds of a Go duration such as ``1h30m``, ``21600s``; a bare number counts seconds; None if it is none."""
    if isinstance(text, bool) or text is None:
        return None
    rest = str(text).strip()
    if re.fullmatch(r"\d+(\.\d+)?", rest):
        return float(rest)
    if not rest or _DURATION.sub("", rest):
        return None
    return sum(float(number) * _DURATION_UNITS[unit] for number, unit in _DURATION.findall(rest))


def _as_number(value: Any, *, whole: bool) -> Any:
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return Unparsable("an integer" if whole else "a number")
    try:
        number = float(value)
    except (ValueError, OverflowError):
        number = math.inf
    if math.isfinite(number) and not (whole and not number.is_integer()):
        return int(number) if whole else number
    return Unparsable("an integer" if whole else "a number")


def _as_bool(value: Any) -> Any:
    if isinstance(value, bool):
        return value
    word = str(value).strip().lower()
    if word in _TRUE:
        return True
    return False if word in _FALSE else Unparsable("a boolean")


def as_text(value: Any) -> str:
    """A scalar as the API spells it in a string: YAML's ``true`` is ``true`` and not Python's ``True``."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def coerce(node: Scalar, value: Any) -> Any:
    """Read *value* as the node's type: Jinja hands numbers over as text. Gives :class:`Unparsable` where it cannot."""
    if value is None or node.type == "any":
        return value
    if node.type == "bool":
        return _as_bool(value)
    if node.type in ("int", "float"):
        return _as_number(value, whole=node.type == "int")
    if isinstance(value, (dict, list)):
        return Unparsable("a string")
    if node.type == "duration" and isinstance(value, (int, float)) and not isinstance(value, bool):
        # Not in the way of 1e+06, which Go does not read.
        return f"{value}s" if isinstance(value, int) else f"{value:f}".rstrip("0").rstrip(".") + "s"
    text = as_text(value)
    # Jinja hands seconds over as text; the platform wants a unit.
    return f"{text}s" if node.type == "duration" and text.isdecimal() else text


def canonical_scalar(node: Scalar, value: Any) -> Any:
    """The one form of *value* that all spellings which mean the same share; None when it means "absent"."""
    read = coerce(node, value)
    if isinstance(read, Unparsable):
        return value
    if isinstance(read, str):
        read = _canonical_text(node, read)
    if is_zero(read) and not (node.empty_counts and read == ""):
        return None
    return None if read in (node.default, node.unset or None) else read


def _canonical_text(node: Scalar, text: str) -> Any:
    if node.type == "duration":
        seconds = parse_duration(text)
        return text if seconds is None else seconds
    if node.type == "command":
        return text.replace("\r\n", "\n").rstrip()
    if node.type == "directory":
        return text.strip().rstrip("/") if text.strip() not in (".", "./") else ""
    if node.type == "hostname":
        return text.strip().rstrip(".").lower()
    return text


def objects(value: Any) -> list[Any]:
    """The items of a list that are objects; none where *value* is no list. People's specs have any shape."""
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []


def children(node: Record, value: Mapping[str, Any]) -> Iterator[tuple[str, Node, Any]]:
    """(name, node, value) for each field that *value* holds; unknown fields come with the ``UNKNOWN`` node."""
    for name, inner in value.items():
        yield name, node.fields.get(name, UNKNOWN), inner
