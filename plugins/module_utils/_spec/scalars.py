# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.
"""Single values of a spec: what counts as absent, and the canonical form of each type (API reference 1.3)."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

from .duration import parse_duration
from .schema_types import Scalar

_TRUE = frozenset(("true", "yes", "on", "1", "y", "t"))
_FALSE = frozenset(("false", "no", "off", "0", "n", "f"))


@dataclass(frozen=True)
class Unparsable:
    """The result of reading a value that does not have the node's type. ``expected``: the type, for messages.

    The value itself is sent unchanged, and the lint reports it.
    """

    expected: str = field(default="")


def is_zero(value: Any) -> bool:
    """Whether the wire format does not distinguish *value* from an absent field (proto3 JSON, API reference 1.3)."""
    return value is None or value is False or (not isinstance(value, bool) and value in (0, "")) or value in ([], {})


def _as_number(value: Any, *, integer: bool) -> Any:
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return Unparsable("an integer" if integer else "a number")
    try:
        number = float(value)
    except (ValueError, OverflowError):
        number = math.inf
    if math.isfinite(number) and not (integer and not number.is_integer()):
        return int(number) if integer else number
    return Unparsable("an integer" if integer else "a number")


def _as_bool(value: Any) -> Any:
    if isinstance(value, bool):
        return value
    word = str(value).strip().lower()
    if word in _TRUE:
        return True
    return False if word in _FALSE else Unparsable("a boolean")


def as_text(value: Any) -> str:
    """A scalar as a string of the API: a boolean is ``true`` or ``false``."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def coerce(node: Scalar, value: Any) -> Any:
    """*value* converted to the node's type, since Jinja returns numbers as strings; else :class:`Unparsable`."""
    if value is None or node.type == "any":
        return value
    if node.type == "bool":
        return _as_bool(value)
    if node.type in ("int", "float"):
        return _as_number(value, integer=node.type == "int")
    if isinstance(value, (dict, list)):
        return Unparsable("a string")
    if node.type == "duration" and isinstance(value, (int, float)) and not isinstance(value, bool):
        # Without an exponent (1e+06), which Go does not parse.
        return f"{value}s" if isinstance(value, int) else f"{value:f}".rstrip("0").rstrip(".") + "s"
    text = as_text(value)
    # Jinja returns seconds as a string; the API requires a unit.
    return f"{text}s" if node.type == "duration" and text.isdecimal() else text


def canonical_scalar(node: Scalar, value: Any) -> Any:
    """The canonical form of *value*; None where it is equivalent to an absent field."""
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
        return canonical_host_name(text)
    return text


def canonical_host_name(text: str) -> str:
    """The canonical form of a host name: in lower case, without a trailing dot."""
    return text.strip().rstrip(".").lower()
