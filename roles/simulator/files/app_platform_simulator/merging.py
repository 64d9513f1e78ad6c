# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Edits of a spec by somebody else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_KEYS = ("name", "key", "domain", "rule")


def merged(spec: Any, edit: Any) -> Any:
    """A spec with an edit in it.

    Objects are merged; lists are merged by their elements' name, key, domain or rule; null removes a field.
    """
    if isinstance(spec, Mapping) and isinstance(edit, Mapping):
        result = dict(spec)
        for key, value in edit.items():
            if value is None:
                result.pop(key, None)
            else:
                result[key] = merged(result[key], value) if key in result else value
        return result
    if isinstance(spec, list) and isinstance(edit, list):
        listed = list(spec)
        for item in edit:
            place = _place(listed, item)
            if place is None:
                listed.append(item)
            else:
                listed[place] = merged(listed[place], item)
        return listed
    return edit


def _place(listed: list[Any], item: Any) -> int | None:
    """Where the element of the same name stands."""
    if not isinstance(item, Mapping):
        return None
    name = next((key for key in _KEYS if key in item), None)
    for number, old in enumerate(listed):
        if name and isinstance(old, Mapping) and old.get(name) == item[name]:
            return number
    return None
