# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.

"""A strict JSON parser for responses: no extensions of Python's, no duplicate names, limited size and depth."""

from __future__ import annotations

import json
import math
import re
from typing import Any

#: Maximum number of values: each takes about a hundred bytes of memory, however short it is. A page of large apps, with
#: their specs and deployments, has a tenth of this.
MAX_VALUES = 1_000_000
#: Maximum depth of nesting; a spec has ten levels.
MAX_DEPTH = 100
#: Maximum digits of an integer: 64 bits have twenty.
_MAX_DIGITS = 20
_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")


class TooLargeError(ValueError):
    """More values or levels than a response of the API can have."""


def parse_json(body: bytes) -> Any:
    """Parse a body. Raises ValueError, whose message does not quote the body."""
    # Each value except the first follows one of these; those within strings are counted as well.
    if body.count(b",") + body.count(b"{") + body.count(b"[") > MAX_VALUES:
        raise TooLargeError(f"it holds more than {MAX_VALUES} values")
    try:
        value = json.loads(
            body.decode("utf-8"),
            object_pairs_hook=_object,
            parse_constant=_refuse_constant,
            parse_float=_number,
            parse_int=_integer,
        )
    except UnicodeDecodeError:
        raise ValueError("it is not UTF-8") from None
    except json.JSONDecodeError:
        raise ValueError(f"it is not complete JSON ({len(body)} bytes)") from None
    except RecursionError:
        raise TooLargeError(f"it is nested more than {MAX_DEPTH} levels deep") from None
    _check_depth(value)
    if _SURROGATE.search(body):
        _check_text(value)
    return value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("an object in it has a name twice")
    return found


def _refuse_constant(word: str) -> Any:
    raise ValueError(f"it holds {word}, which is no JSON")


def _number(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError("a number in it is too large")
    return number


def _integer(text: str) -> int:
    if len(text) > _MAX_DIGITS:
        raise ValueError("a number in it is too large")
    return int(text)


def _check_depth(value: Any) -> None:
    level = [value] if isinstance(value, (dict, list)) else []
    for _level in range(MAX_DEPTH):
        if not level:
            return
        level = [
            inner
            for one in level
            for inner in (one.values() if isinstance(one, dict) else one)
            if isinstance(inner, (dict, list))
        ]
    if level:
        raise TooLargeError(f"it is nested more than {MAX_DEPTH} levels deep")


def _check_text(value: Any) -> None:
    """Refuse lone surrogates, which cannot be encoded."""
    try:
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError:
        raise ValueError("a text in it is not Unicode") from None
