# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.

"""The body of an answer, unpacked within bounds: a small answer must not become a large one in our memory.

What requests would unpack by itself has no bound (a few kilobytes of gzip in gzip are gigabytes), so it is asked for
the bytes as they are, and gzip is the only compression that is asked for.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator

#: Bytes that are read, or unpacked, at a time.
CHUNK = 64 * 1024
#: Bytes of an error's body that are looked at; the API's own are a few hundred.
LARGEST_REFUSAL = 1024 * 1024
#: gzip or deflate, whichever it is.
_ANY_HEAD = 32 + zlib.MAX_WBITS


class BodyError(Exception):
    """The body cannot be read: a reason of TransportError.REASONS, and words for it."""

    def __init__(self, reason: str, words: str) -> None:
        super().__init__(words)
        self.reason = reason
        self.words = words


def collect(pieces: Iterable[bytes], encoding: str, limit: int, *, keep: str = "") -> tuple[bytes, bool]:
    """The unpacked body, and whether something of it was left out.

    A body of more than ``limit`` bytes is refused, or cut where ``keep`` says which end is wanted: "head" or "tail".
    Raises BodyError.
    """
    body = bytearray()
    cut = False
    for piece in _unpacked(pieces, encoding, whole=not keep):
        body += piece
        if len(body) <= limit:
            continue
        if not keep:
            raise BodyError("too_large", f"the answer is larger than {limit} bytes")
        cut = True
        if keep == "head":
            return bytes(body[:limit]), True
        del body[: len(body) - limit]
    return bytes(body), cut


def is_packed(encoding: str) -> bool:
    """Whether a Content-Encoding means anything but the bytes themselves."""
    return encoding.strip().lower() not in ("", "identity")


def _unpacked(pieces: Iterable[bytes], encoding: str, *, whole: bool) -> Iterator[bytes]:
    """The pieces, or what they hold, at most CHUNK bytes at a time."""
    if not is_packed(encoding):
        yield from pieces
        return
    if encoding.strip().lower() not in ("gzip", "x-gzip", "deflate"):
        raise BodyError("undecodable", "the answer is compressed in a way that was not asked for")
    unpacker = zlib.decompressobj(_ANY_HEAD)
    try:
        for piece in pieces:
            rest = piece
            while rest:
                if unpacker.eof:
                    unpacker = zlib.decompressobj(_ANY_HEAD)  # a file may be several of them, one after the other
                yield unpacker.decompress(rest, CHUNK)
                rest = unpacker.unconsumed_tail or unpacker.unused_data
        while not unpacker.eof and (more := unpacker.decompress(b"", CHUNK)):
            yield more
    except zlib.error:
        raise BodyError("undecodable", "the answer's compression is broken") from None
    if whole and not unpacker.eof:
        raise BodyError("truncated", "the compressed answer ended early")
