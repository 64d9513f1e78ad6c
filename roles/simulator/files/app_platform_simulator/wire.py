# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How values look on the wire: timestamps in RFC 3339, zero values left out (API reference 1.3)."""

from __future__ import annotations

import json
import math
from datetime import datetime, timezone
from typing import Any

Json = dict[str, Any]

# Where an empty string is a value of its own (API reference 4.9): an ingress match on no prefix or no authority.
KEPT_EMPTY = frozenset({"prefix", "exact"})


def read_json(text: str | bytes) -> Any:
    """JSON as its standard has it: without NaN, and no number that is as good as infinite. ValueError for all else."""
    return json.loads(text, parse_constant=_no_number, parse_float=_finite)


def _no_number(text: str) -> float:
    raise ValueError(f"{text} is no number")


def _finite(text: str) -> float:
    number = float(text)
    return number if math.isfinite(number) else _no_number(text)


def timestamp(seconds: float) -> str:
    """Whole seconds, UTC, with a Z."""
    return datetime.fromtimestamp(int(seconds), timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def fine_timestamp(seconds: float) -> str:
    """Nanosecond digits, as steps and log lines have them."""
    whole = int(seconds)
    text = datetime.fromtimestamp(whole, timezone.utc).strftime("%Y-%m-%dT%H:%M:%S")
    return f"{text}.{round((seconds - whole) * 1e6):06d}000Z"


def parse_time(text: str) -> float:
    """Epoch seconds of an RFC 3339 time; ValueError when it is none. A time without a zone is UTC."""
    moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=timezone.utc)
    return moment.timestamp()


def without_zeros(value: Any) -> Any:
    """A copy without false, 0, "", [] and null; empty objects stay: they are set messages (API reference 1.3)."""
    if isinstance(value, dict):
        return {
            key: without_zeros(item)
            for key, item in value.items()
            if isinstance(item, dict) or item or (item == "" and key in KEPT_EMPTY)
        }
    if isinstance(value, list):
        return [without_zeros(item) for item in value]
    return value
