# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.
"""Suggestions for misspelt names: the most similar ones among those that exist."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable

CUTOFF = 0.6


def _as_it_is(word: str) -> str:
    return word


def closest(
    word: str, known: Iterable[str], limit: int = 1, cutoff: float = CUTOFF, key: Callable[[str], str] = _as_it_is
) -> list[str]:
    """The known words that are most similar to *word*, the best first, at most *limit* of them.

    ``cutoff``: from 0 to 1, the minimum similarity (difflib.get_close_matches). ``key``: the form that is compared.
    """
    forms = {key(one): one for one in sorted(known)}
    return [forms[form] for form in difflib.get_close_matches(key(word), list(forms), limit, cutoff)]


def did_you_mean(
    word: str,
    known: Iterable[str],
    limit: int = 1,
    *,
    key: Callable[[str], str] = _as_it_is,
    show: Callable[[str], str] = str,
) -> str:
    """``did you mean X?`` or ``did you mean X or Y?``; empty where no known word is similar.

    ``show``: how a name is written, such as ``repr``.
    """
    near = closest(word, known, limit, key=key)
    return question(*map(show, near)) if near else ""


def question(*names: str) -> str:
    """The question ``did you mean X?`` or ``did you mean X or Y?``."""
    return f"did you mean {' or '.join(names)}?"
