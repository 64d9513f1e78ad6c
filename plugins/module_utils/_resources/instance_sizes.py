# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.

"""The module app_instance_size_info: instance sizes, filtered by their properties."""

from __future__ import annotations

import re
from typing import Any

from .._ansible.context import Context
from .._api.errors import UsageError

#: The values of fields that the platform leaves out.
EMPTY: dict[str, Any] = {
    "slug": "",
    "name": "",
    "cpu_type": "UNSPECIFIED",
    "tier_slug": "",
    "scalable": False,
    "single_instance_only": False,
    "deprecation_intent": False,
}
#: Numbers that the API writes as strings.
NUMBERS: dict[str, type[int] | type[float]] = {
    "cpus": int,
    "memory_bytes": int,
    "bandwidth_allowance_gib": int,
    "usd_per_month": float,
    "usd_per_second": float,
}
UNITS = {"": 0, "b": 0, "k": 1, "m": 2, "g": 3, "t": 4}
AMOUNT = re.compile(r"(\d+(?:\.\d+)?)\s*(?:([kmgt])(?:i?b)?|b)?", re.IGNORECASE)


def read_sizes(params: dict[str, Any], context: Context) -> dict[str, Any]:
    """The sizes that the options select."""
    minimums = {"memory_bytes": _bytes(params["min_memory"]), "cpus": params["min_cpus"]}
    filters = {
        "slug": params["slug"],
        "cpu_type": params["cpu_type"],
        "tier_slug": params["tier"],
        "scalable": params["scalable"],
    }
    sizes = [_size(size) for size in context.api.list_instance_sizes()]
    found = [
        size
        for size in sizes
        if all(expected is None or size[name] == expected for name, expected in filters.items())
        and all(expected is None or size[name] >= expected for name, expected in minimums.items())
    ]
    return {
        "changed": False,
        "instance_sizes": sorted(found, key=lambda size: (size["usd_per_month"], str(size["slug"]))),
    }


def _size(given: dict[str, Any]) -> dict[str, Any]:
    return {**EMPTY, **given, **{name: _number(given.get(name), kind) for name, kind in NUMBERS.items()}}


def _number(given: Any, kind: type[int] | type[float]) -> int | float:
    """The number; 0 where there is none."""
    try:
        return kind(given or 0)
    except (TypeError, ValueError):
        return kind(0)


def _bytes(given: str | None) -> int | None:
    """An amount of memory in bytes. Raises UsageError."""
    if given is None:
        return None
    found = AMOUNT.fullmatch(given.strip())
    if found is None:
        raise UsageError(f"min_memory: {given!r} is not an amount of memory; give one such as 1gb, 512mb or 536870912")
    return int(float(found[1]) * 1024 ** UNITS[(found[2] or "").lower()])
