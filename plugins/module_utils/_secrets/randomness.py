# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: its interface may change at any time.
"""Whether a secret certainly came out of a random generator, with 128 bits or more: then nobody can guess it.

Everything else counts as chosen by a person. The doubt is always decided that way, which costs a slow hash and no more;
about one of four random texts is taken for a person's.
"""

from __future__ import annotations

import base64
import re
from itertools import pairwise

_SHAPE = re.compile(r"[A-Za-z0-9+/_-]{32,512}={0,2}")
_RUNS = re.compile(r"[0-9]{5}|[a-z]{8}|[A-Z]{8}|[+/_-]{3}|(.)\1\1", re.DOTALL)
_CLASSES = (str.islower, str.isupper, str.isdigit)
_CHANGES = 0.48
_DISTINCT = 0.55
_COMMON = 0.18
_ROWS = ("abcdefghijklmnopqrstuvwxyz", "01234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm", "qwertzuiop", "azertyuiop")
_STEPS = frozenset(
    piece for row in _ROWS for line in (row, row[::-1]) for piece in (line[at : at + 4] for at in range(len(line) - 3))
)
# Letters that stand beside each other in words of European languages far more often than by chance.
_WORDS = (
    "th he in er an re on at en nd ti es or te of ed is it al ar st to nt ng se ha as ou io le ve co me de hi ri ro ic "
    "ne ea ra ce li ch ll be ma si om ur ss ck oo ee pa wo rd tr us la el un ie ge"
)
_PAIRS = frozenset(_WORDS.split())
_LEET = str.maketrans("013457@$", "oleastas")


def certainly_random(value: str) -> bool:
    """Whether a text is a random one in upper case, lower case and digits (base64 and the like), of 32 or more of them.

    Never: hexadecimal digits, since a usual way to make a secret up is the checksum of a word or a date, and base64 of
    readable text, for the same reason.
    """
    if _SHAPE.fullmatch(value) is None or _readable(value):
        return False
    text = value.rstrip("=")
    kinds = [next((at for at, of in enumerate(_CLASSES) if of(one)), len(_CLASSES)) for one in text]
    if any(kinds.count(at) < 2 for at in range(len(_CLASSES))) or _RUNS.search(text):
        return False
    changes = sum(one != other for one, other in pairwise(kinds))
    enough = changes >= _CHANGES * (len(text) - 1) and len(set(text)) >= _DISTINCT * min(len(text), 48)
    # A word or a row of keys may have others between its letters.
    low = text.lower()
    letters, digits = "".join(filter(str.isalpha, low)), "".join(filter(str.isdigit, low))
    return enough and not any(map(_repeats, (low, letters, digits))) and not any(map(_like_words, (low, letters)))


def _readable(value: str) -> bool:
    """Whether it is base64 of something that is itself a text."""
    bare = value.rstrip("=")
    raw = base64.b64decode(bare[: len(bare) // 4 * 4], altchars=b"-_" if set(bare) & set("-_") else None)
    return sum(0x20 <= byte < 0x7F for byte in raw) > 0.75 * len(raw)


def _repeats(text: str) -> bool:
    """Whether a part of it stands there twice, or follows the alphabet or a keyboard."""
    pieces = [text[at : at + 4] for at in range(len(text) - 3)]
    return len(set(pieces)) < len(pieces) or not _STEPS.isdisjoint(pieces)


def _like_words(text: str) -> bool:
    pairs = [text[at : at + 2].translate(_LEET) for at in range(len(text) - 1)]
    letters = [pair for pair in pairs if pair.isalpha()]
    return sum(pair in _PAIRS for pair in letters) > _COMMON * len(letters)
