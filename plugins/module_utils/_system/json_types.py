# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.

"""Values as plain JSON types: what a module gets and gives after a trip through JSON, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any


def plain(value: Any) -> Any:
    """A deep copy in exact built-in types.

    ansible-core hands over subclasses that carry more than their value: tags (2.19 and newer), "unsafe" marks, vaulted
    texts (before 2.19), which decrypt when they are read as text. Sets and tuples become lists, keys become texts.
    """
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, Mapping):
        return {_key(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(item) for item in value]
    return _scalar(value)


def _scalar(value: Any) -> str | int | float:
    if isinstance(value, (bytes, bytearray)):
        return bytes(value).decode("utf-8", "surrogateescape")
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return float(value)
    return _text(value.isoformat() if isinstance(value, date) else value)


def _text(value: Any) -> str:
    # str() of a subclass may give the subclass again; joining always makes an exact str.
    return "".join(list(str(value)))


def _key(key: Any) -> str:
    """As JSON spells a key that is no text."""
    if key is None or isinstance(key, bool):
        return {None: "null", True: "true", False: "false"}[key]
    return _text(key)
