# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: its interface may change at any time.
"""Keep secret values out of everything that a task says, without spoiling the rest. Pure but for `register_with_core`.

Secrets in a spec are masked by their position, by the spec engine. This is the second net, by value, for texts that
others wrote: error messages, logs, reasons, answers that echo what was sent. A value falls into one of three classes:

* distinctive: 8 characters or more, not built of one or two characters. Replaced wherever it occurs, as a part of any
  text or key, also percent-encoded, in base64 (twice, too), in hexadecimal, escaped for JSON, Python, HTML or a shell;
  a secret of several lines also line by line. So is the first part of one before "...", where somebody cut a text.
* weak: 4 to 7 characters, built of one or two characters, or a part of a protected name. Replaced where it, or its
  base64, stands as a word of its own (no letter, digit, _ or - beside it) in a text with white space, and where it is
  the whole of a text.
* plain: shorter, a common word, or equal to a protected word. Left alone: it can't be told from the word itself.

Matching doesn't use regular expressions for the distinctive ones: each text is looked at in steps of four bytes, as a
value of seven bytes or more has four whole bytes at one of these steps. So 200 secrets cost what one costs.
"""

from __future__ import annotations

import re
import struct
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator
from itertools import accumulate
from typing import Any
from urllib.parse import unquote, urlsplit

from .foreign_text import lines_apart, shortened, squeezed, visible
from .secret_forms import SHORTEST, forms, weak_forms

_core_register: Callable[[Iterable[str]], None] | None = None
try:  # ansible-core 2.22 and newer
    from ansible.module_utils.secrets import register_secrets  # type: ignore[import-not-found, unused-ignore]

    _core_register = register_secrets
except ImportError:
    pass

MASK = "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"
"""Stands in place of a secret. The text is ansible-core's own, so that users and their tools know it."""

CHANGED = "SECRET (changed)"
UNCHANGED = "SECRET"
REMOVED = "SECRET (removed)"
"""What a diff shows for a secret."""

_MASKS = frozenset({MASK, CHANGED, REMOVED, "$REDACTED$", "********", "REDACTED"})

DISTINCTIVE_LENGTH = SHORTEST
WEAK_LENGTH = 4
#: Characters of a text that are looked at, and that are shown of it unless told.
_MOST, _LONGEST = 100_000, 2000
#: What stands at the end of a text that somebody cut.
_CUT_MARKS = (b"...", "\u2026".encode())

_COMMON = frozenset(
    {"admin", "administrator", "changed", "changeme", "database", "debug", "default", "deploy", "deployment"}
    | {"development", "disabled", "enabled", "error", "example", "failed", "false", "general", "guest", "info"}
    | {"latest", "localhost", "main", "master", "never", "none", "null", "password", "postgres", "prod", "production"}
    | {"public", "root", "secret", "service", "staging", "started", "test", "testing", "token", "true", "unknown"}
    | {"user", "username", "value", "warning", "worker"}
)

#: Line ends; and what a wrong or narrow character set makes something else of.
_BREAKS = re.compile(r"[^\t\x20-\x7e]+")
#: The end of a line, with what the platform writes before the next one.
_LINE_END = re.compile(rb"\n(?:\S{1,100} \d{4}-\d\d-\d\dT[\d:.]{8,20}Z ?)?")
#: What YAML, Python and Node put at both ends of a line where they break a text.
_BROKEN = (re.compile(rb"(?:\\|[\"'][ \t]*\+?|)[ \t\r]*$"), re.compile(rb"[ \t]*(?:[\"']|\|[ \t]?|\\(?= ))?"))
_gram_at = struct.Struct("@I").unpack_from
_WORD = re.compile(r"[^\s,;:=\"'(){}\[\]<>|&/@?#]+")


def is_mask(value: object) -> bool:
    """Whether the value is a text that stands in place of a secret: never to be sent as one."""
    return isinstance(value, str) and value.strip() in _MASKS


class SecretRegister:
    """The secret values of one task, and the masking of texts and results. Adding is cheap, the index is built once."""

    def __init__(self) -> None:
        self._values: set[str] = set()
        self._names: set[str] = {MASK, CHANGED, REMOVED, UNCHANGED}
        self._words: set[str] = set()
        self._index: _Index | None = None
        #: Making the forms is what costs: they outlive the index.
        self._forms: dict[str, frozenset[bytes]] = {}

    def add(self, *values: str | None) -> None:
        """Register secret values. Nothing happens for None, an empty text, an ``EV[…]`` or a mask.

        White space around a value isn't part of it. A URL's password and the token of ``user:token`` are registered as
        well, as they turn up alone.
        """
        for value in values:
            if value is None or is_mask(value):
                continue
            text = str(value).strip()
            if text and not (text.startswith("EV[") and text.endswith("]")):
                new = {text, *_inner_secrets(text)} - self._values
                if new:
                    self._values |= new
                    self._index = None

    def protect(self, *names: str) -> None:
        """Keep names readable: of apps, components, keys, regions, enum words, fields. No part of a name is masked."""
        new = {name for name in names if name} - self._names
        if new:
            self._names |= new
            self._index = None

    def protect_value(self, *values: str) -> None:
        """Keep short words of readable values (GENERAL envs, commands) readable.

        What is long enough to be a distinctive secret is masked all the same: a password in a command is one.
        """
        for value in values:
            words = (value, *value.split(), *_WORD.findall(value))
            self._words.update(word for word in words if len(word) < DISTINCTIVE_LENGTH)
        self._index = None

    @property
    def distinctive(self) -> frozenset[str]:
        """The values that may be replaced anywhere: what ansible-core may be told without spoiling a result."""
        return self._built.distinctive

    def mask_text(self, text: str) -> str:
        """Mask a text written for people: a message, a log, a diff."""
        return self._built.mask(str(text), free=True)

    def foreign(self, text: object, longest: int = _LONGEST, *, cut: bool = False) -> str:
        """What another program wrote, as a part of a message: masked, then on one line, then shortened.

        The only way from such a text to a message. ``cut``: it is a piece of a longer text, so that it may begin or end
        within a secret.
        """
        given = str(text)
        if len(given) > _MOST:
            given, cut = given[:_MOST], True
        line = squeezed(self.readable(given, cut=cut))
        return shortened(self._built.mask(line, free=True, cut=cut), longest, MASK)

    def readable(self, text: str, *, cut: bool = False) -> str:
        """The same for a text of several lines, which is not shortened: masked, and safe for a terminal."""
        index = self._built
        masked = index.mask(text, free=True, cut=cut)
        seen = visible(masked)
        # Characters that are not seen may have stood in the middle of a secret.
        return masked if seen == masked else index.mask(seen, free=True, cut=cut)

    def log(self, text: str) -> str:
        """The same for a piece of a log, which may begin within a secret; each of its lines ends with a newline."""
        return self.readable(lines_apart(self._built.mask(text.lstrip("\ufffd"), free=True, cut=True)), cut=True)

    def mask(self, value: Any) -> Any:
        """A copy of a JSON-like value with every text and key masked; other types stay as they are."""
        index = self._built
        return index.walk(value) if index.active else _copy(value)

    @property
    def _built(self) -> _Index:
        if self._index is None:
            self._index = _Index(self._values, self._names, self._words, self._forms)
        return self._index


def register_with_core(values: Iterable[str]) -> bool:
    """Tell ansible-core 2.22 and newer, which masks them in all output; False where core has no such thing.

    Core masks every occurrence of what it is told, also within words and for the rest of the run: pass
    `SecretRegister.distinctive`, no others. Call it on the controller only: a module's process reports what it
    registers in clear beside its result, which lands in the job file of an async task.
    """
    if _core_register is None:
        return False
    _core_register(list(values))
    return True


class _Index:
    """The compiled form of a register."""

    def __init__(self, values: set[str], names: set[str], words: set[str], known: dict[str, frozenset[bytes]]) -> None:
        distinctive: set[str] = set()
        weak: set[str] = set()
        for value in values:
            if value in names or value in words or len(value) < WEAK_LENGTH or value.lower() in _COMMON:
                continue
            if _is_distinctive(value) and not any(value in name for name in names):
                distinctive.add(value)
                distinctive.update(_lines(value, names, words))
            else:
                weak.add(value)
        self.distinctive = frozenset(distinctive)
        self.active = bool(distinctive or weak)
        weak = {form for value in weak for form in weak_forms(value)}
        self._weak = frozenset(weak)
        self._numbers = frozenset(value for value in distinctive if value.lstrip("-").isdecimal())
        self._weak_pattern = (
            re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, sorted(weak, key=len, reverse=True)))})(?![\w-])")
            if weak
            else None
        )
        # Four bytes as a number -> the needles that hold them, and how far from their start.
        self._grams: dict[int, list[tuple[int, bytes]]] = {}
        self._needles: set[bytes] = set()
        for value in distinctive:
            if value not in known:
                known[value] = frozenset(form.encode("utf-8", "surrogatepass") for form in forms(value))
            self._needles |= known[value]
        for data in self._needles:
            for offset in range(4):
                (gram,) = _gram_at(data, offset)
                self._grams.setdefault(gram, []).append((offset, data))

    def walk(self, value: Any) -> Any:
        if isinstance(value, str):
            return self.mask(value, free=False)
        if isinstance(value, dict):
            result: dict[Any, Any] = {}
            for key, item in value.items():
                result[_free_key(self._strong(key), result) if isinstance(key, str) else key] = self.walk(item)
            return result
        if isinstance(value, (list, tuple)):
            return [self.walk(item) for item in value]
        if self._numbers and isinstance(value, (int, float)) and str(value) in self._numbers:
            return MASK
        return value

    def mask(self, text: str, *, free: bool, cut: bool = False) -> str:
        text = self._strong(text, cut)
        if self._weak_pattern is None:
            return text
        if text.strip() in self._weak:
            return MASK
        # Without white space it is an address, a path, an id: a word in it may be anything.
        if free or any(map(str.isspace, text)):
            return self._weak_pattern.sub(MASK, text)
        return text

    def _strong(self, text: str, cut: bool = False) -> str:
        if len(text) < DISTINCTIVE_LENGTH or not self._grams:
            return text
        data = text.encode("utf-8", "surrogatepass")
        view = memoryview(data)[: len(data) // 4 * 4].cast("I")
        spans = self._cut_begin(data) if cut else []
        if not self._grams.keys().isdisjoint(view):
            spans += self._spans(data, view, cut)
        if b"\n" in data:
            spans += self._wrapped(data)
        return _replace(data, sorted(spans)) if spans else text

    def _spans(self, data: bytes, view: memoryview, cut: bool) -> Iterator[tuple[int, int]]:
        grams = self._grams
        # Looked for only where there is one.
        marks = tuple(mark for mark in _CUT_MARKS if mark in data)
        for position in [number for number, gram in enumerate(view) if gram in grams]:
            for offset, needle in grams[view[position]]:
                start = position * 4 - offset
                if start < 0:
                    continue
                if data.startswith(needle, start):
                    yield start, start + len(needle)
                elif (marks or cut) and data.startswith(needle[:SHORTEST], start):
                    yield from ((start, end) for end in _cut_ends(data, start, needle, marks, cut))

    def _wrapped(self, data: bytes) -> Iterator[tuple[int, int]]:
        """Secrets that were broken over lines, by a terminal or by a program that writes them as a broken text."""
        breaks = [found.span() for found in _LINE_END.finditer(data)]
        lines = list(
            zip([0, *(end for _start, end in breaks)], [*(start for start, _end in breaks), len(data)], strict=True)
        )
        yield from self._across(data, [(start, end - data.endswith(b"\r", start, end)) for start, end in lines])
        inner = [_unbroken(data, start, end) for start, end in lines]
        if inner != lines:
            yield from self._across(data, inner)

    def _across(self, data: bytes, lines: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
        """Where the lines, put together, hold secrets that begin on one of them and end on another."""
        joined = b"".join(data[start:end] for start, end in lines)
        view = memoryview(joined)[: len(joined) // 4 * 4].cast("I")
        if self._grams.keys().isdisjoint(view):
            return
        begins = list(accumulate((end - start for start, end in lines), initial=0))
        for start, end in self._spans(joined, view, cut=False):
            first, last = bisect_right(begins, start) - 1, bisect_left(begins, end) - 1
            if first != last:
                yield lines[first][0] + start - begins[first], lines[last][0] + end - begins[last]

    def _cut_begin(self, data: bytes) -> list[tuple[int, int]]:
        """The end of a secret at the beginning of the text."""
        found = []
        for needle in self._needles:
            tail = needle[-SHORTEST:]
            at = data.find(tail, 0, len(needle) - 1)
            while at >= 0:
                if needle.endswith(data[: at + SHORTEST]):
                    found.append((0, at + SHORTEST))
                at = data.find(tail, at + 1, len(needle) - 1)
        return found


def _unbroken(data: bytes, start: int, end: int) -> tuple[int, int]:
    """A line without the signs of a broken text at its ends."""
    first = _BROKEN[1].match(data, start, end)
    last = _BROKEN[0].search(data, max(start, end - 8), end)
    begin = first.end() if first else start
    return begin, max(begin, last.start() if last else end)


def _cut_ends(data: bytes, start: int, needle: bytes, marks: tuple[bytes, ...], cut: bool) -> Iterator[int]:
    """Where a part of the needle that begins at ``start`` ends, if a mark of a cut, or the end of the text, follows."""
    if cut and needle.startswith(data[start:]):
        yield len(data)
    for mark in marks:
        at = data.find(mark, start + SHORTEST, start + len(needle) + len(mark))
        while at >= 0:
            if needle.startswith(data[start:at]):
                yield at
            at = data.find(mark, at + 1, start + len(needle) + len(mark))


def _replace(data: bytes, spans: list[tuple[int, int]]) -> str:
    """Put one mask in place of each run of spans that touch, so that nothing of overlapping secrets is left."""
    parts: list[bytes] = []
    done = 0
    start, end = spans[0]
    for first, last in [*spans[1:], (len(data) + 1, 0)]:
        if first <= end:
            end = max(end, last)
            continue
        parts += (data[done:start], MASK.encode())
        done = end
        start, end = first, last
    return b"".join((*parts, data[done:])).decode("utf-8", "surrogatepass")


def _copy(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _copy(item) for key, item in value.items()}
    return [_copy(item) for item in value] if isinstance(value, (list, tuple)) else value


def _free_key(key: str, taken: dict[Any, Any]) -> str:
    """Two masked keys must not become one."""
    number, free = 2, key
    while free in taken:
        free = f"{key} ({number})"
        number += 1
    return free


def _is_distinctive(value: str) -> bool:
    return len(value) >= DISTINCTIVE_LENGTH and len(set(value)) > 2


def _lines(value: str, names: set[str], words: set[str]) -> Iterator[str]:
    """The telling lines of a secret of several lines, as logs and YAML output break it up.

    Also what stands between letters that aren't ASCII: programs and headers mangle those in their own ways.
    """
    lines = _BREAKS.split(value)
    if len(lines) < 2:
        return
    for line in map(str.strip, lines):
        if _is_distinctive(line) and not line.startswith("-----") and line not in names and line not in words:
            yield line


def _inner_secrets(value: str) -> Iterator[str]:
    """The parts of a secret that turn up alone: the password of an address, the token of ``user:token``."""
    if "://" in value:
        try:
            password = urlsplit(value).password
        except ValueError:
            return
        if password:
            yield from filter(_is_distinctive, {password, unquote(password)})
    elif value.count(":") == 1 and " " not in value:
        token = value.partition(":")[2]
        if _is_distinctive(token):
            yield token
