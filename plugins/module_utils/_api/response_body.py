# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.

"""Decompression of response bodies with a size limit.

The decompression of requests has no limit (a few kilobytes of nested gzip are gigabytes), so it is disabled, and gzip
is the only encoding that requests accept.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator

#: Bytes that are read or decompressed at a time.
CHUNK_BYTES = 64 * 1024
#: Bytes of an error response's body that are read; those of the API have a few hundred.
MAX_ERROR_BODY_BYTES = 1024 * 1024
#: zlib.decompressobj detects the gzip or zlib header.
_DETECT_HEADER = 32 + zlib.MAX_WBITS


class BodyError(Exception):
    """The body cannot be read. ``reason``: one of TransportError.REASONS; ``description``: its description."""

    def __init__(self, reason: str, description: str) -> None:
        super().__init__(description)
        self.reason = reason
        self.description = description


def read_body(chunks: Iterable[bytes], encoding: str, limit: int, *, keep: str = "") -> tuple[bytes, bool]:
    """The decompressed body, and whether it was cut.

    ``encoding``: the Content-Encoding. ``keep``: which part of a body of more than ``limit`` bytes to keep, "head" or
    "tail"; otherwise it is an error. Raises BodyError.
    """
    body = bytearray()
    truncated = False
    for chunk in _decompressed(chunks, encoding, complete=not keep):
        body += chunk
        if len(body) <= limit:
            continue
        if not keep:
            raise BodyError("too_large", f"the answer is larger than {limit} bytes")
        truncated = True
        if keep == "head":
            return bytes(body[:limit]), True
        del body[: len(body) - limit]
    return bytes(body), truncated


def is_compressed(encoding: str) -> bool:
    """Whether a Content-Encoding is anything but the identity."""
    return encoding.strip().lower() not in ("", "identity")


def _decompressed(chunks: Iterable[bytes], encoding: str, *, complete: bool) -> Iterator[bytes]:
    """The decompressed chunks, each of at most CHUNK_BYTES bytes. ``complete``: an incomplete file is an error."""
    if not is_compressed(encoding):
        yield from chunks
        return
    if encoding.strip().lower() not in ("gzip", "x-gzip", "deflate"):
        raise BodyError("undecodable", "the answer is compressed in a way that was not asked for")
    decompressor = zlib.decompressobj(_DETECT_HEADER)
    try:
        for chunk in chunks:
            rest = chunk
            while rest:
                if decompressor.eof:
                    decompressor = zlib.decompressobj(_DETECT_HEADER)  # gzip files can be concatenated
                yield decompressor.decompress(rest, CHUNK_BYTES)
                rest = decompressor.unconsumed_tail or decompressor.unused_data
        while not decompressor.eof and (more := decompressor.decompress(b"", CHUNK_BYTES)):
            yield more
    except zlib.error:
        raise BodyError("undecodable", "the answer's compression is broken") from None
    if complete and not decompressor.eof:
        raise BodyError("truncated", "the compressed answer ended early")
