# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Texts of others, made harmless to look at: no escape sequences, nothing that turns the order of letters around."""

from __future__ import annotations

import re
from typing import Any

from markupsafe import Markup

# Control characters but tab and newline, marks of the direction of writing, other ends of lines, halves of characters,
# and tags, which nobody sees.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\uffff\ud800-\udfff"
    "\U000e0000-\U000e007f]"
)


def visible(text: str) -> str:
    """The text with such characters by their names: ␛ or <U+202E>."""
    return _UNSEEN.sub(_named, text)


def _named(found: re.Match[str]) -> str:
    code = ord(found[0])
    if code < 0x20:
        return chr(0x2400 + code)
    return "\u2421" if code == 0x7F else f"<U+{code:04X}>"


def all_visible(value: Any) -> Any:
    """JSON values, their texts made visible."""
    if isinstance(value, dict):
        return {visible(key): all_visible(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [all_visible(item) for item in value]
    return visible(value) if isinstance(value, str) else value


def shown(value: Any) -> Any:
    """What a template puts into the page: our own markup as it is, everything else to be escaped after this."""
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value
