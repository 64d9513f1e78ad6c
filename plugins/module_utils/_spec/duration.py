# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.
"""Durations in the notation of Go, which the API uses (API reference 1.3)."""

from __future__ import annotations

import re
from typing import Any

_PART = re.compile(r"(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)")
_SECONDS = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}


def parse_duration(text: Any) -> float | None:
    """The seconds of a Go duration such as ``1h30m`` or ``21600s``, or of a plain number; None for anything else."""
    if isinstance(text, bool) or text is None:
        return None
    rest = str(text).strip()
    if re.fullmatch(r"\d+(\.\d+)?", rest):
        return float(rest)
    if not rest or _PART.sub("", rest):
        return None
    return sum(float(number) * _SECONDS[unit] for number, unit in _PART.findall(rest))
