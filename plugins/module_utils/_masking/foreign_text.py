# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.

"""Texts of others made fit for a terminal and a message: without control characters, on one line, of a length. Pure.

These are steps of `SecretRegister.foreign` and `SecretRegister.readable`, which mask first. Whoever calls a step alone
takes the risk that a secret no longer looks like itself.
"""

from __future__ import annotations

import re

#: What a terminal takes for a command, by 7-bit and 8-bit introducers: CSI; then OSC, DCS, SOS, PM and APC with what
#: they hold up to their end (without an end only the introducer goes: nothing may hide the rest of a log); the others.
_SEQUENCES = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?"
    r"|(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])(?:[^\x07\x1b\x90\x98\x9b-\x9f\n]*(?:\x07|\x1b\\|\x9c))?"
    r"|\x1b[ -/]*[0-~]?"
)
_SPACES = re.compile(r"\r(?=\n)|[\x0b\x0c\r\x1c-\x1f\x85\u2028\u2029]")
#: Control characters but tab and newline, characters of no width, and those that turn the direction of a text.
_INVISIBLE = re.compile(
    r"[\x00-\x08\x0e-\x1b\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    r"\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U000e0000-\U000e0fff]"
)


def visible(text: str) -> str:
    """The text without escape sequences, control characters, and whatever else is not seen; tab and newline stay."""
    if text.isascii() and text.isprintable():
        return text
    text = _SPACES.sub(lambda found: "" if found.end() < len(text) and text[found.end()] == "\n" else " ", text)
    text = _INVISIBLE.sub("", _SEQUENCES.sub("", text))
    if text.isascii():
        return text
    # Lone surrogates, and what Unicode gives no look to.
    return "".join(one if one.isprintable() or one.isspace() else "\ufffd" for one in text)


def lines_apart(text: str) -> str:
    """The text with one kind of line end; the NUL that ends an entry of ``/proc/*/environ`` is one, too."""
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "\n")


def squeezed(text: str) -> str:
    """The text with one space in place of each run of white space, and none around it."""
    return " ".join(text.split())


def ended(text: str) -> str:
    """The text as a sentence, before another one follows."""
    return text if text.endswith((".", "!", "?")) else text + "."


def shortened(text: str, longest: int, mask: str) -> str:
    """The text, cut at a length; a mask that begins before it stays whole."""
    if len(text) <= longest:
        return text
    end = max(0, longest - 3)
    at = text.rfind(mask, max(0, end - len(mask) + 1), end + len(mask) - 1)
    if at >= 0:
        end = at + len(mask)
    return text if end >= len(text) else text[:end] + "..."
