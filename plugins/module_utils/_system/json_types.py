# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.

"""Conversion of values to the built-in types of JSON, as if they had been serialised and parsed again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any


def to_json_types(value: Any) -> Any:
    """A deep copy of exact built-in types.

    ansible-core passes subclasses of str, int, dict and list that carry metadata: tags (2.19 and newer), "unsafe"
    markers, vaulted strings (before 2.19), which decrypt when converted to str. Sets and tuples become lists, mapping
    keys become strings, bytes are decoded as UTF-8, dates become ISO 8601 strings.
    """
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, Mapping):
        return {_key(key): to_json_types(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [to_json_types(item) for item in value]
    return _scalar(value)


def _scalar(value: Any) -> str | int | float:
    if isinstance(value, (bytes, bytearray)):
        return bytes(value).decode("utf-8", "surrogateescape")
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return float(value)
    return _exact_str(value.isoformat() if isinstance(value, date) else value)


def _exact_str(value: Any) -> str:
    # str() of a subclass may return the subclass; join always returns an exact str.
    return "".join(list(str(value)))


def _key(key: Any) -> str:
    """A mapping key as a string, spelled as json.dumps spells it."""
    if key is None or isinstance(key, bool):
        return {None: "null", True: "true", False: "false"}[key]
    return _exact_str(key)
