# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.

"""JSON as the API writes it, and nothing that only Python reads: an answer that could mean two things is none."""

from __future__ import annotations

import json
import math
import re
from typing import Any

#: Values of one answer, at most: each takes some hundred bytes of memory, however short it is in the answer. A page of
#: large apps (with their specs and deployments) has a tenth of that.
MOST_VALUES = 1_000_000
#: Levels of nesting, at most. A spec has ten.
DEEPEST = 100
#: Digits of a whole number: 64 bits have twenty.
_LONGEST_NUMBER = 20
_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")


class TooLargeError(ValueError):
    """More values, or more levels of them, than an answer of the API can have."""


def load(body: bytes) -> Any:
    """The value. Raises ValueError with words that quote nothing of the body."""
    # Each value but the first follows one of these; those inside of strings count too, hence the generous bound.
    if body.count(b",") + body.count(b"{") + body.count(b"[") > MOST_VALUES:
        raise TooLargeError(f"it holds more than {MOST_VALUES} values")
    try:
        value = json.loads(
            body.decode("utf-8"),
            object_pairs_hook=_object,
            parse_constant=_constant,
            parse_float=_number,
            parse_int=_whole_number,
        )
    except UnicodeDecodeError:
        raise ValueError("it is not UTF-8") from None
    except json.JSONDecodeError:
        raise ValueError(f"it is not complete JSON ({len(body)} bytes)") from None
    except RecursionError:
        raise TooLargeError(f"it is nested more than {DEEPEST} levels deep") from None
    _check_depth(value)
    if _SURROGATE.search(body):
        _check_text(value)
    return value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("an object in it has a name twice")
    return found


def _constant(word: str) -> Any:
    raise ValueError(f"it holds {word}, which is no JSON")


def _number(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError("a number in it is too large")
    return number


def _whole_number(text: str) -> int:
    if len(text) > _LONGEST_NUMBER:
        raise ValueError("a number in it is too large")
    return int(text)


def _check_depth(value: Any) -> None:
    level = [value] if isinstance(value, (dict, list)) else []
    for _turn in range(DEEPEST):
        if not level:
            return
        level = [
            inner
            for one in level
            for inner in (one.values() if isinstance(one, dict) else one)
            if isinstance(inner, (dict, list))
        ]
    if level:
        raise TooLargeError(f"it is nested more than {DEEPEST} levels deep")


def _check_text(value: Any) -> None:
    """Half a surrogate pair is no character: it could neither be shown nor written."""
    try:
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError:
        raise ValueError("a text in it is not Unicode") from None
