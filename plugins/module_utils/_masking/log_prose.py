# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.

"""How prose about a variable looks in a log, as opposed to its value. Pure."""

from __future__ import annotations

import re

#: Words that can follow a name in prose and are not its value.
_WORDS = """
    a an and any are at be been before but by can cannot can't check configuration configure configured could
    correct defined deprecated did does doesn't empty env environment exist exists expected export failed file
    find for found from given has have ignored in incorrect invalid is isn't it its load loaded malformed
    missing must need needed needs neither nor not of on or please present provide provided read required
    seems set should so that the this to unable undefined unset used using valid value variable variables was
    wasn't were when which will with within without wrong you your
"""
PROSE_WORDS = frozenset(_WORDS.split())
#: "is not set" and the like, with up to four words before.
NO_VALUE = re.compile(
    r"(?:[\w']+ ){0,4}?(?:not (?:set|defined|found|given|provided|present)|unset|undefined|missing)\b"
)
#: An ordinary word, with punctuation.
PLAIN_WORD = re.compile(r"[(\"']?[A-Za-z][a-z'-]{0,14}[.,;!?)\"']*")
