# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: its interface may change at any time.
"""Whether a secret was certainly made by a random generator, with 128 bits or more, so that it can't be guessed.

Everything else counts as chosen by a person, including about one of four random texts; that costs only a slow hash.
"""

from __future__ import annotations

import base64
import re
from itertools import pairwise

_SHAPE = re.compile(r"[A-Za-z0-9+/_-]{32,512}={0,2}")
_RUNS = re.compile(r"[0-9]{5}|[a-z]{8}|[A-Z]{8}|[+/_-]{3}|(.)\1\1", re.DOTALL)
_CLASSES = (str.islower, str.isupper, str.isdigit)
_MIN_CHANGE_RATE = 0.48
_MIN_DISTINCT_RATE = 0.55
_MAX_PAIR_RATE = 0.18
_KEYBOARD_ROWS = (
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "qwertzuiop",
    "azertyuiop",
)
_SEQUENCES = frozenset(
    piece
    for row in _KEYBOARD_ROWS
    for line in (row, row[::-1])
    for piece in (line[at : at + 4] for at in range(len(line) - 3))
)
# Pairs of letters that are far more frequent in words of European languages than in random text.
_FREQUENT_PAIRS = (
    "th he in er an re on at en nd ti es or te of ed is it al ar st to nt ng se ha as ou io le ve co me de hi ri ro ic "
    "ne ea ra ce li ch ll be ma si om ur ss ck oo ee pa wo rd tr us la el un ie ge"
)
_PAIRS = frozenset(_FREQUENT_PAIRS.split())
_LEET = str.maketrans("013457@$", "oleastas")


def certainly_random(value: str) -> bool:
    """Whether a text is random and consists of 32 or more upper and lower case letters and digits, such as base64.

    False for hexadecimal digits and for base64 of readable text: people often use the checksum of a word or a date.
    """
    if _SHAPE.fullmatch(value) is None or _readable(value):
        return False
    text = value.rstrip("=")
    kinds = [next((at for at, of in enumerate(_CLASSES) if of(one)), len(_CLASSES)) for one in text]
    if any(kinds.count(at) < 2 for at in range(len(_CLASSES))) or _RUNS.search(text):
        return False
    changes = sum(one != other for one, other in pairwise(kinds))
    enough = changes >= _MIN_CHANGE_RATE * (len(text) - 1) and len(set(text)) >= _MIN_DISTINCT_RATE * min(len(text), 48)
    # A word or a keyboard row may have other characters between its letters.
    low = text.lower()
    letters, digits = "".join(filter(str.isalpha, low)), "".join(filter(str.isdigit, low))
    return enough and not any(map(_repeats, (low, letters, digits))) and not any(map(_resembles_words, (low, letters)))


def _readable(value: str) -> bool:
    """Whether it is base64 of printable text."""
    bare = value.rstrip("=")
    raw = base64.b64decode(bare[: len(bare) // 4 * 4], altchars=b"-_" if set(bare) & set("-_") else None)
    return sum(0x20 <= byte < 0x7F for byte in raw) > 0.75 * len(raw)


def _repeats(text: str) -> bool:
    """Whether four characters occur twice, or follow the alphabet or a keyboard row."""
    pieces = [text[at : at + 4] for at in range(len(text) - 3)]
    return len(set(pieces)) < len(pieces) or not _SEQUENCES.isdisjoint(pieces)


def _resembles_words(text: str) -> bool:
    """Whether its pairs of letters are those of words, with digits read as similar letters (leetspeak)."""
    pairs = [text[at : at + 2].translate(_LEET) for at in range(len(text) - 1)]
    letters = [pair for pair in pairs if pair.isalpha()]
    return sum(pair in _PAIRS for pair in letters) > _MAX_PAIR_RATE * len(letters)
