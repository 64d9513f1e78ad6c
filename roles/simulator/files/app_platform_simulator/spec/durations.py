# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Durations written as Go writes them: 30m, 1h30m, 21600s, 1.5h."""

from __future__ import annotations

import re

_UNITS = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}
_PART = re.compile(r"(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h)")


def seconds(text: str) -> float:
    """How many seconds; ValueError when this is no duration."""
    position, total = 0, 0.0
    while position < len(text):
        part = _PART.match(text, position)
        if part is None:
            break
        total += float(part[1]) * _UNITS[part[2]]
        position = part.end()
    if position == 0 or position < len(text):
        raise ValueError(f"invalid duration {text!r}: write it like 30m, 1h30m or 90s")
    return total


def in_seconds(text: str) -> str:
    """The same duration as a number of seconds: 1h30m -> 5400s."""
    return f"{seconds(text):g}s"
