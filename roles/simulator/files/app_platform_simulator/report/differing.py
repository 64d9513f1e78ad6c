# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The differences of two YAML texts, with words on where in the spec each one is. Pure."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence

_CONTEXT = 3
_HEAD = re.compile(r"@@ -([0-9]+)(?:,[0-9]+)? \+([0-9]+)(?:,[0-9]+)? @@")
_LINE = re.compile(r"( *)(- )?(?:([^\s:#\"'][^:]*):(?: (.*))?)?")


def unified(old: Sequence[str], new: Sequence[str]) -> list[str]:
    """A unified diff without its two head lines. Each `@@` line ends with the place of the first difference."""
    lines = list(difflib.unified_diff(old, new, lineterm="", n=_CONTEXT))[2:]
    places = {"-": places_of(old), "+": places_of(new)}
    for number, line in enumerate(lines):
        head = _HEAD.match(line)
        if head is None:
            continue
        ahead = next(count for count, text in enumerate(lines[number + 1 :]) if text[0] in places)
        sign = lines[number + 1 + ahead][0]
        start = int(head[1 if sign == "-" else 2]) - 1
        lines[number] = f"{line} {places[sign][start + ahead]}".rstrip()
    return lines


def places_of(lines: Sequence[str]) -> list[str]:
    """For each line of block YAML, as PyYAML writes it, the fields and named elements around it, outermost first."""
    # (column, whether it is a list element, name)
    around: list[tuple[int, bool, str]] = []
    places: list[str] = []
    for line in lines:
        found = _LINE.match(line)
        indent, item, key, value = found.groups() if found else ("", None, None, None)
        column = len(indent)
        while around and (around[-1][0] > column or (around[-1][0] == column and (not item or around[-1][1]))):
            around.pop()
        if item:
            name = value if key in {"name", "key", "domain"} and value else ""
            around.append((column, True, name))
            column += 2
        places.append(", ".join(name for _at, _item, name in around if name))
        if key and not value:
            around.append((column, False, key))
    return places
