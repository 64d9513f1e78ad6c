# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.

"""Masking of secret values in everything that a task outputs. Pure except for `register_with_core`.

Secrets in a spec are masked by their position (_secrets/redact.py). This is the second line of defence, by value, for
text from other systems: error messages, logs, responses that echo the request. A value has one of three classes:

* distinctive: 8 characters or more, of more than two different characters. Replaced everywhere, also within words and
  keys, and in encoded form: percent-encoded, base64 (also twice), hexadecimal, escaped for JSON, Python, HTML or a
  shell; a multi-line secret also line by line. The first part of one before "..." is replaced, too.
* weak: 4 to 7 characters, one or two different characters, or part of a protected name. Replaced as a whole word (no
  letter, digit, _ or - next to it), verbatim or in base64, in a text with white space, and where it is the entire text.
* plain: shorter, a common word, or equal to a protected word. Not replaced: it is indistinguishable from the word.

Distinctive values are found without regular expressions: an index maps four-byte sequences to the values that contain
them, and a text is looked up in steps of four bytes (any seven bytes contain an aligned sequence of four). So the cost
does not depend on the number of secrets.
"""

from __future__ import annotations

import re
import struct
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from itertools import accumulate
from typing import Any
from urllib.parse import unquote, urlsplit

from .secret_forms import MIN_FORM_LENGTH, encoded_forms, weak_forms
from .untrusted_text import collapse_whitespace, normalize_newlines, strip_invisible, truncate

#: ansible-core's own registration of values to mask; None: it has none (before 2.22).
core_register: Callable[[Iterable[str]], None] | None = None
try:
    from ansible.module_utils.secrets import register_secrets  # type: ignore[import-not-found, unused-ignore]

    core_register = register_secrets
except ImportError:
    pass

MASK = "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"
"""Replaces a secret. The text is the one of ansible-core, which users and tools know."""

DIFF_CHANGED = "SECRET (changed)"
DIFF_UNCHANGED = "SECRET"
DIFF_REMOVED = "SECRET (removed)"
"""Replaces a secret in a diff."""

_MASKS = frozenset({MASK, DIFF_CHANGED, DIFF_REMOVED, "$REDACTED$", "********", "REDACTED"})

MIN_DISTINCTIVE_LENGTH = MIN_FORM_LENGTH
MIN_WEAK_LENGTH = 4
#: Characters of an untrusted text that are processed; default maximum length of one in a message.
_MAX_INPUT, _MAX_MESSAGE = 100_000, 2000
#: Marks at the end of a truncated text.
_TRUNCATION_MARKS = (b"...", "\u2026".encode())

COMMON_WORDS = frozenset(
    {"admin", "administrator", "changed", "changeme", "database", "debug", "default", "deploy", "deployment"}
    | {"development", "disabled", "enabled", "error", "example", "failed", "false", "general", "guest", "info"}
    | {"latest", "localhost", "main", "master", "never", "none", "null", "password", "postgres", "prod", "production"}
    | {"public", "root", "secret", "service", "staging", "started", "test", "testing", "token", "true", "unknown"}
    | {"user", "username", "value", "warning", "worker"}
)

#: Line ends, and characters that an incorrect or limited character set changes.
_SEPARATORS = re.compile(r"[^\t\x20-\x7e]+")
#: The end of a line, with the prefix that the platform writes before the next one.
_LINE_END = re.compile(rb"\n(?:\S{1,100} \d{4}-\d\d-\d\dT[\d:.]{8,20}Z ?)?")
#: What YAML, Python and Node write at the end and at the beginning of a line where they split a string.
_SPLIT = (re.compile(rb"(?:\\|[\"'][ \t]*\+?|)[ \t\r]*$"), re.compile(rb"[ \t]*(?:[\"']|\|[ \t]?|\\(?= ))?"))
_gram_at = struct.Struct("@I").unpack_from
_WORD = re.compile(r"[^\s,;:=\"'(){}\[\]<>|&/@?#]+")


def is_mask(value: object) -> bool:
    """Whether the value is a mask, which must never be sent as a secret."""
    return isinstance(value, str) and value.strip() in _MASKS


class SecretRegister:
    """The secret values of one task, and the masking of texts and results. The index is built at the first masking."""

    def __init__(self) -> None:
        self._values: set[str] = set()
        self._names: set[str] = {MASK, DIFF_CHANGED, DIFF_REMOVED, DIFF_UNCHANGED}
        self._words: set[str] = set()
        self._index: _Index | None = None
        #: Encoded forms by value: expensive to compute, so they are kept when the index is rebuilt.
        self._forms: dict[str, frozenset[bytes]] = {}

    def add(self, *values: str | None) -> None:
        """Register secret values, stripped of surrounding white space. Ignores None, empty texts, ``EV[…]`` and masks.

        The password of a URL and the token of ``user:token`` are registered as well, since they also occur alone.
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

    def protect_names(self, *names: str) -> None:
        """Keep names of apps, components, keys, regions, enum values and fields: no part of a name is masked."""
        new = {name for name in names if name} - self._names
        if new:
            self._names |= new
            self._index = None

    def protect_words(self, *values: str) -> None:
        """Keep the words of values that are not secret (GENERAL envs, commands), if shorter than distinctive secrets.

        Longer words are masked if they are registered: a password in a command is one.
        """
        for value in values:
            words = (value, *value.split(), *_WORD.findall(value))
            self._words.update(word for word in words if len(word) < MIN_DISTINCTIVE_LENGTH)
        self._index = None

    @property
    def distinctive(self) -> frozenset[str]:
        """The distinctive values: those that ansible-core may mask without damaging results."""
        return self._current_index.distinctive

    def mask_text(self, text: str) -> str:
        """Mask a text for people: a message, a log, a diff."""
        return self._current_index.mask(str(text), free_text=True)

    def mask_untrusted_line(self, text: object, max_length: int = _MAX_MESSAGE, *, excerpt: bool = False) -> str:
        """Text from another system as part of a message: masked, sanitised, on one line, truncated.

        All such text in messages goes through this method. ``excerpt``: the text may begin or end within
        a secret.
        """
        given = str(text)
        if len(given) > _MAX_INPUT:
            given, excerpt = given[:_MAX_INPUT], True
        line = collapse_whitespace(self.mask_untrusted(given, excerpt=excerpt))
        return truncate(self._current_index.mask(line, free_text=True, excerpt=excerpt), max_length, MASK)

    def mask_untrusted(self, text: str, *, excerpt: bool = False) -> str:
        """Multi-line text from another system: masked and sanitised for a terminal, not truncated."""
        index = self._current_index
        masked = index.mask(text, free_text=True, excerpt=excerpt)
        visible = strip_invisible(masked)
        # Invisible characters can have hidden a secret.
        return masked if visible == masked else index.mask(visible, free_text=True, excerpt=excerpt)

    def mask_log_excerpt(self, text: str) -> str:
        """mask_untrusted for an excerpt of a log, which may begin within a secret; with newlines as line ends."""
        masked = self._current_index.mask(text.lstrip("\ufffd"), free_text=True, excerpt=True)
        return self.mask_untrusted(normalize_newlines(masked), excerpt=True)

    def mask(self, value: Any) -> Any:
        """A copy of a JSON-like value with all strings and keys masked; other types are left unchanged."""
        index = self._current_index
        return index.mask_value(value) if index.active else _copy(value)

    @property
    def _current_index(self) -> _Index:
        if self._index is None:
            self._index = _Index(self._values, self._names, self._words, self._forms)
        return self._index


def register_with_core(values: Iterable[str]) -> bool:
    """Register values with ansible-core 2.22 or newer, which masks them in all output; False with older versions.

    Core masks every occurrence, also within words, for the rest of the run: pass only `SecretRegister.distinctive`.
    Call it on the controller only: a module's process returns registered values in plain text with its result, and an
    async task stores that in its job file.
    """
    if core_register is None:
        return False
    core_register(list(values))
    return True


class _Index:
    """The search index of a SecretRegister."""

    def __init__(self, values: set[str], names: set[str], words: set[str], known: dict[str, frozenset[bytes]]) -> None:
        distinctive: set[str] = set()
        weak: set[str] = set()
        for value in values:
            if value in names or value in words or len(value) < MIN_WEAK_LENGTH or value.lower() in COMMON_WORDS:
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
        self._known = known

    @cached_property
    def _needles(self) -> set[bytes]:
        """All encoded forms of the distinctive values; computed when a text is masked, since they are expensive."""
        for value in self.distinctive - self._known.keys():
            self._known[value] = frozenset(form.encode("utf-8", "surrogatepass") for form in encoded_forms(value))
        return {form for value in self.distinctive for form in self._known[value]}

    @cached_property
    def _grams(self) -> dict[int, list[tuple[int, bytes]]]:
        """Four bytes as an integer -> the needles that contain them, with the offset."""
        found: dict[int, list[tuple[int, bytes]]] = {}
        for data in self._needles:
            for offset in range(4):
                (gram,) = _gram_at(data, offset)
                found.setdefault(gram, []).append((offset, data))
        return found

    def mask_value(self, value: Any) -> Any:
        """A masked copy of a JSON-like value."""
        if isinstance(value, str):
            return self.mask(value, free_text=False)
        if isinstance(value, dict):
            result: dict[Any, Any] = {}
            for key, item in value.items():
                result[_free_key(self._mask_distinctive(key), result) if isinstance(key, str) else key] = (
                    self.mask_value(item)
                )
            return result
        if isinstance(value, (list, tuple)):
            return [self.mask_value(item) for item in value]
        if self._numbers and isinstance(value, (int, float)) and str(value) in self._numbers:
            return MASK
        return value

    def mask(self, text: str, *, free_text: bool, excerpt: bool = False) -> str:
        """The masked text. ``free_text``: mask weak values also in text without spaces. ``excerpt``: it is a part."""
        text = self._mask_distinctive(text, excerpt)
        if self._weak_pattern is None:
            return text
        if text.strip() in self._weak:
            return MASK
        # Text without white space is a URL, a path or an id, in which a short word is rarely the secret.
        if free_text or any(map(str.isspace, text)):
            return self._weak_pattern.sub(MASK, text)
        return text

    def _mask_distinctive(self, text: str, excerpt: bool = False) -> str:
        if len(text) < MIN_DISTINCTIVE_LENGTH or not self._grams:
            return text
        data = text.encode("utf-8", "surrogatepass")
        view = memoryview(data)[: len(data) // 4 * 4].cast("I")
        spans = self._cut_begin(data) if excerpt else []
        if not self._grams.keys().isdisjoint(view):
            spans += self._spans(data, view, excerpt)
        if b"\n" in data:
            spans += self._wrapped(data)
        return _replace(data, sorted(spans)) if spans else text

    def _spans(self, data: bytes, view: memoryview, excerpt: bool) -> Iterator[tuple[int, int]]:
        grams = self._grams
        marks = tuple(mark for mark in _TRUNCATION_MARKS if mark in data)
        for position in [number for number, gram in enumerate(view) if gram in grams]:
            for offset, needle in grams[view[position]]:
                start = position * 4 - offset
                if start < 0:
                    continue
                if data.startswith(needle, start):
                    yield start, start + len(needle)
                elif (marks or excerpt) and data.startswith(needle[:MIN_FORM_LENGTH], start):
                    yield from ((start, end) for end in _cut_ends(data, start, needle, marks, excerpt))

    def _wrapped(self, data: bytes) -> Iterator[tuple[int, int]]:
        """Spans of secrets that are split over lines, by a terminal or as a multi-line string literal."""
        breaks = [found.span() for found in _LINE_END.finditer(data)]
        lines = list(
            zip([0, *(end for _start, end in breaks)], [*(start for start, _end in breaks), len(data)], strict=True)
        )
        yield from self._across(data, [(start, end - data.endswith(b"\r", start, end)) for start, end in lines])
        inner = [_without_split_marks(data, start, end) for start, end in lines]
        if inner != lines:
            yield from self._across(data, inner)

    def _across(self, data: bytes, lines: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
        """Spans of secrets in the joined lines that begin on one line and end on another."""
        joined = b"".join(data[start:end] for start, end in lines)
        view = memoryview(joined)[: len(joined) // 4 * 4].cast("I")
        if self._grams.keys().isdisjoint(view):
            return
        begins = list(accumulate((end - start for start, end in lines), initial=0))
        for start, end in self._spans(joined, view, excerpt=False):
            first, last = bisect_right(begins, start) - 1, bisect_left(begins, end) - 1
            if first != last:
                yield lines[first][0] + start - begins[first], lines[last][0] + end - begins[last]

    def _cut_begin(self, data: bytes) -> list[tuple[int, int]]:
        """Spans at the beginning of the text that are the end of a secret."""
        found = []
        for needle in self._needles:
            tail = needle[-MIN_FORM_LENGTH:]
            at = data.find(tail, 0, len(needle) - 1)
            while at >= 0:
                if needle.endswith(data[: at + MIN_FORM_LENGTH]):
                    found.append((0, at + MIN_FORM_LENGTH))
                at = data.find(tail, at + 1, len(needle) - 1)
        return found


def _without_split_marks(data: bytes, start: int, end: int) -> tuple[int, int]:
    """The span of a line without the marks of a split string at its ends."""
    first = _SPLIT[1].match(data, start, end)
    last = _SPLIT[0].search(data, max(start, end - 8), end)
    begin = first.end() if first else start
    return begin, max(begin, last.start() if last else end)


def _cut_ends(data: bytes, start: int, needle: bytes, marks: tuple[bytes, ...], excerpt: bool) -> Iterator[int]:
    """End offsets of a truncated needle that begins at ``start``, before a truncation mark or the end of the text."""
    if excerpt and needle.startswith(data[start:]):
        yield len(data)
    for mark in marks:
        at = data.find(mark, start + MIN_FORM_LENGTH, start + len(needle) + len(mark))
        while at >= 0:
            if needle.startswith(data[start:at]):
                yield at
            at = data.find(mark, at + 1, start + len(needle) + len(mark))


def _replace(data: bytes, spans: list[tuple[int, int]]) -> str:
    """Replace each run of overlapping or adjacent spans by one mask, so that no part of overlapping secrets remains."""
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
    """A key that is not taken: two masked keys must not become one."""
    number, candidate = 2, key
    while candidate in taken:
        candidate = f"{key} ({number})"
        number += 1
    return candidate


def _is_distinctive(value: str) -> bool:
    return len(value) >= MIN_DISTINCTIVE_LENGTH and len(set(value)) > 2


def _lines(value: str, names: set[str], words: set[str]) -> Iterator[str]:
    """The distinctive lines of a multi-line secret, since logs and YAML output split it.

    Non-ASCII characters separate as well: programs and HTTP headers encode them in various ways.
    """
    lines = _SEPARATORS.split(value)
    if len(lines) < 2:
        return
    for line in map(str.strip, lines):
        if _is_distinctive(line) and not line.startswith("-----") and line not in names and line not in words:
            yield line


def _inner_secrets(value: str) -> Iterator[str]:
    """Parts of a secret that also occur alone: the password of a URL, the token of ``user:token``."""
    if "://" in value:
        try:
            password = urlsplit(value).password
        except ValueError:
            return
        if password:
            yield from filter(_is_distinctive, {password, unquote(password)})
    elif value.count(":") == 1 and " " not in value:
        yield from filter(_is_distinctive, [value.partition(":")[2]])
