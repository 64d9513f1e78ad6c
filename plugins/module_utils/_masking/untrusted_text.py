# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.

"""Sanitising of text from other systems (API responses, logs) for terminals and messages. Pure.

These functions are steps of `SecretRegister.mask_untrusted` and `mask_untrusted_line`, which mask secrets first.
Applied before masking, they can change a secret so that it is no longer recognised.
"""

from __future__ import annotations

import re

#: Terminal escape sequences with 7-bit and 8-bit introducers (ECMA-48): CSI; OSC, DCS, SOS, PM and APC with their
#: payload (only the introducer where the terminator is missing, so that the rest of a log stays visible); all others.
_ESCAPE_SEQUENCES = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?"
    r"|(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])(?:[^\x07\x1b\x90\x98\x9b-\x9f\n]*(?:\x07|\x1b\\|\x9c))?"
    r"|\x1b[ -/]*[0-~]?"
)
_LINE_SEPARATORS = re.compile(r"\r(?=\n)|[\x0b\x0c\r\x1c-\x1f\x85\u2028\u2029]")
#: Control characters except tab and newline, zero-width characters, and bidirectional controls.
_INVISIBLE = re.compile(
    r"[\x00-\x08\x0e-\x1b\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    r"\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U000e0000-\U000e0fff]"
)


def strip_invisible(text: str) -> str:
    """The text without escape sequences, control and other invisible characters; tab and newline stay."""
    if text.isascii() and text.isprintable():
        return text
    text = _LINE_SEPARATORS.sub(
        lambda match: "" if match.end() < len(text) and text[match.end()] == "\n" else " ", text
    )
    text = _INVISIBLE.sub("", _ESCAPE_SEQUENCES.sub("", text))
    if text.isascii():
        return text
    # Lone surrogates, and characters that are not printable.
    return "".join(one if one.isprintable() or one.isspace() else "\ufffd" for one in text)


def normalize_newlines(text: str) -> str:
    """The text with newlines as line ends, also in place of the NUL characters that separate ``/proc/*/environ``."""
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "\n")


def collapse_whitespace(text: str) -> str:
    """The text on one line: stripped, with each run of white space replaced by one space."""
    return " ".join(text.split())


def as_sentence(text: str) -> str:
    """The text with a full stop, unless it ends with a punctuation mark."""
    return text if text.endswith((".", "!", "?")) else text + "."


def truncate(text: str, max_length: int, mask: str) -> str:
    """The text, cut to ``max_length`` characters, dots included; a mask that begins before the limit is not cut."""
    if len(text) <= max_length:
        return text
    end = max(0, max_length - 3)
    at = text.rfind(mask, max(0, end - len(mask) + 1), end + len(mask) - 1)
    if at >= 0:
        end = at + len(mask)
    return text if end >= len(text) else text[:end] + "..."
