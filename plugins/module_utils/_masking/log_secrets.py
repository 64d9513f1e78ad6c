# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.

"""Masking of secrets in logs by the names of their variables, for secrets whose values the task does not know. Pure.

Secrets get into logs where a job prints its environment. The spec lists the secret variables; this file has the formats
in which programs print them. Text after a variable's name is masked unless it is certainly prose. docs/secrets.md
documents the exact rules.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence

from .credential_patterns import DELETED_LINE, closing_quote, mask_credentials, mask_key_blocks
from .log_prose import NO_VALUE, PLAIN_WORD, PROSE_WORDS
from .secret_register import MASK

#: `<component> <RFC 3339 time> <text>`, the format of the platform's log lines (API reference 7).
LINE_PREFIX = re.compile(r"^(\S+) \d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d) ?")

#: Maximum number of lines of one value.
_MAX_VALUE_LINES = 200

#: Between name and value: closing quotes or brackets of the name, then a separator.
_CONNECTOR = re.compile(
    r"[\\\"'`\])}>*]*(?:\[\d+\])?\s?\.*\s*"
    r"(?P<sep>,\s*[\\\"'`]*(?:value|val)[\\\"'`]*\s*(?:=>|:=|[:=])"
    r"|=>|:=|={1,3}|->|:|\||\u2192|\uff1a|\uff1d|%3[ad]|[,;](?=[^\s,;:.]))\s*",
    re.IGNORECASE,
)
#: `["KEY", "value"]`, as in printed lists of pairs, or `{key,"value"}`; not `"KEY", "field": "value"`.
_PAIR = re.compile(r"(?:\\*[\"'`])?\s*,\s*(?=\\*[\"'`](?!\w{1,40}\\*[\"'`]\s*[:=]))")
#: `[KEY, value]`
_BARE_PAIR = re.compile(r"\s*,\s*(?=\S)")
#: `<KEY>value`, `<x name="KEY">value`, `[x=KEY]value`
_ADJACENT = re.compile(r"[\\\"'`]*[\])}>]+(?=[^\s.,;:!?\])}>\"'`/|]|$)")
_HEREDOC = re.compile(r"<<[-~]?\s*[\"'\\]?([\w-]+)[\"']?\s*$")
_QUOTES = ('"', "'", "`")
_SPACE = re.compile(r"[\\\"'`\])}>|]*\s+(?=\S)")
_QUOTE = re.compile(r"(\\*)(\"{3}|'{3}|[\"'`])")
_LITERAL = re.compile(r"(?:-?\d[\d.eE+-]*|true|false|null|None|nil)(?=\s*(?:[,}\]]|$))")
_SCALAR = re.compile(r"[|>][+-]?\d?[+-]?\s*(?:#.*)?$")
_FIRST = re.compile(r"\W*(?:(?:export|declare -x|set|setenv|ENV|ARG) )?", re.IGNORECASE)
_ASSIGNMENT = re.compile(r"(?:export |declare -x )?[A-Za-z_][A-Za-z0-9_]*=")
_FIELD = re.compile(
    r"(?:values?|\b(?:val|secret|content|data|default|received|input|actual|text))[\\\"'`]*\s*(?:=>|:=|[:=])\s*",
    re.IGNORECASE,
)
_NAMED = re.compile(
    r"(?:key|name|\b(?:var|variable|env|path|loc))[\\\"'`]*\s*(?:=>|:=|[:=])\s*[\\\"'`\[(]*$", re.IGNORECASE
)
_OTHER_NAMED = re.compile(r"\b(?:key|name|var|variable|env)[\\\"'`]*\s*(?:=>|:=|[:=])", re.IGNORECASE)

_ITEM = re.compile(r"\s*(?:- |\{)")


def mask_log_lines(lines: Sequence[str], keys: Collection[str]) -> list[str]:
    """The lines with masks in place of the values of the variables ``keys``, of PEM blocks and of other credentials.

    Lines that contain only the continuation of a value are removed. The lines of each component are parsed separately.
    """
    split = [
        (found.group(), line[found.end() :]) if (found := LINE_PREFIX.match(line)) else ("", line) for line in lines
    ]
    streams: dict[str, list[int]] = {}
    for number, (prefix, _text) in enumerate(split):
        streams.setdefault(prefix.partition(" ")[0], []).append(number)
    result: dict[int, str] = {}
    for numbers in streams.values():
        texts = mask_key_blocks([split[number][1] for number in numbers])
        if keys:
            texts = _Stream(texts, keys).masked()
        result.update(zip(numbers, texts, strict=True))
    return [
        split[number][0] + mask_credentials(text) for number, text in sorted(result.items()) if text != DELETED_LINE
    ]


def mask_log_text(text: str, keys: Collection[str]) -> str:
    """mask_log_lines for a text, such as a message."""
    return "\n".join(mask_log_lines(text.split("\n"), keys))


def _pattern(keys: Collection[str]) -> re.Pattern[str]:
    """Matches the keys as words; DATABASE_URL also as ``databaseUrl``, ``database-url`` or ``database.url``."""
    written = []
    for key in sorted(keys, key=len, reverse=True):
        words = [re.escape(word) for word in key.split("_")]
        written.append(f"(?i:{'[_.-]?'.join(words)})" if len(list(filter(None, words))) > 1 else re.escape(key))
    # -Dkey=value: a Java system property.
    return re.compile(rf"(?:(?<![A-Za-z0-9_])|(?<=[ \t]-D))(?:{'|'.join(written)})(?![A-Za-z0-9_])")


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


class _Stream:
    """The log lines of one component, masked in place. A line is given by its index ``number``, a column by ``at``."""

    def __init__(self, lines: list[str], keys: Collection[str]) -> None:
        self._lines = lines
        self._names = _pattern(keys)

    def masked(self) -> list[str]:
        """The lines, masked; removed ones are DELETED_LINE."""
        for number, line in enumerate(self._lines):
            if any(
                _NAMED.search(line, max(0, found.start() - 40), found.start()) or found.group() == line.strip()
                for found in self._names.finditer(line)
            ):
                self._mask_fields(number)
        for number in range(len(self._lines)):
            position = 0
            while self._lines[number] != DELETED_LINE:
                found = self._names.search(self._lines[number], position)
                if not found:
                    break
                position = self._mask_after_name(number, found.start(), found.end())
        return self._lines

    def _mask_after_name(self, number: int, start: int, end: int) -> int:
        """Mask the value that follows the name at these columns; returns the column at which to continue."""
        line = self._lines[number]
        heredoc = _HEREDOC.search(line, end)
        if heredoc and self._mask_heredoc(number, heredoc.group(1)):
            return len(line)
        connector = _CONNECTOR.match(line, end) or _PAIR.match(line, end)
        if not connector and line[start - 1 : start] in ("[", "(", "{"):
            connector = _BARE_PAIR.match(line, end)
        if connector:
            name = self._names.search(line, connector.end())
            if name and "," in connector.group() and name.start() - connector.end() <= 2:
                return connector.end()
            first = _FIRST.fullmatch(line, 0, start) is not None
            separator = connector.groupdict().get("sep") or ","
            opener = line[start - 1 : start]
            if separator[0] == "=" and separator != "=>" and opener in _QUOTES and opener not in connector.group():
                # "KEY=value": up to the closing quote.
                return self._mask_quoted(number, connector.end(), _slashes(line, start - 1) + opener)
            return self._mask_value(number, connector.end(), separator, first=first, quoted=opener in _QUOTES)
        return self._mask_without_separator(number, start, end)

    def _mask_without_separator(self, number: int, start: int, end: int) -> int:
        """The same where only brackets, white space or a line end separate name and value."""
        line = self._lines[number]
        if self._is_multiline_pair(number, start, end):
            self._mask_value(number + 1, _indent(self._lines[number + 1]), ",", first=False)
            return len(line)
        if line[start - 1 : start] == "$" or line[max(0, start - 2) : start] == "${":
            return end
        adjacent = _ADJACENT.match(line, end)
        if adjacent:
            return self._mask_element(number, start, adjacent.end())
        space = _SPACE.match(line, end)
        return self._mask_unless_prose(number, space.end()) if space else end

    def _mask_value(self, number: int, at: int, separator: str, *, first: bool, quoted: bool = False) -> int:
        """Mask the value that begins at this column.

        ``first``: the name is the first word of its line. ``quoted``: the name is in quotes.
        """
        line = self._lines[number]
        value = line[at:]
        if value.startswith(MASK) and not first:
            return at + len(MASK)
        quote = _QUOTE.match(value)
        if first and separator == "=" and not (quote and value.find(quote.group(2), quote.end()) < 0):
            # Output of env: the value extends to the end of the line, quotes included.
            if value.strip():
                self._mask_rest(number, at)
                if value.endswith("\\"):
                    self._drop_continued(number)
                self._drop_until_assignment(number)
                self._drop_brackets(number, value)
            return len(self._lines[number])
        if not value.strip() or _SCALAR.match(value):
            if separator[0] != "=" or separator == "=>":
                self._mask_below(number, at, always=separator == "=>" and not value.strip())
            return len(self._lines[number])
        if quote:
            return self._mask_quoted(number, at + quote.end(), quote.group(), begin=at)
        literal = _LITERAL.match(value)
        if literal and (quoted or not first):
            self._lines[number] = line[:at] + MASK + line[at + literal.end() :]
            return at + len(MASK)
        self._mask_rest(number, at)
        self._drop_brackets(number, value)
        if first and separator == ":":
            # A folded YAML scalar.
            self._drop_indented(number)
        return len(self._lines[number])

    def _mask_quoted(self, number: int, at: int, quote: str, *, begin: int | None = None) -> int:
        """Mask a quoted value, which may span lines, from ``begin``. ``at``: the column after the opening quote."""
        line = self._lines[number]
        begin = at if begin is None else begin
        closing = closing_quote(quote)
        end = _closing(closing, line, at)
        if end is None:
            last = self._find_line(number, lambda text: _closing(closing, text, 0) is not None)
            self._mask_rest(number, begin)
            if last is not None:
                self._drop(number + 1, last + 1)
            else:
                self._drop_indented(number)
            return len(self._lines[number])
        if begin == at:
            end -= len(quote)
        elif line[end - 1] == "+" or line[end - 1].isspace():
            # Node splits a long string: 'first' +
            self._mask_rest(number, begin)
            other = number + 1
            while other < len(self._lines) and _QUOTE.match(self._lines[other].strip()):
                continues = self._lines[other].rstrip().endswith("+")
                self._drop(other, other + 1)
                other += 1
                if not continues:
                    break
            return len(self._lines[number])
        elif end < len(line) and not (line[end].isspace() or line[end] in ",;)}]|>:\\\"'"):
            # The quote is part of the value.
            self._mask_rest(number, begin)
            return len(self._lines[number])
        self._lines[number] = line[:begin] + MASK + line[end:]
        return begin + len(MASK)

    def _mask_element(self, number: int, start: int, at: int) -> int:
        """Mask what follows a closing bracket after a name: the content of an XML element, or the rest of the line."""
        line = self._lines[number]
        tag = line.rfind("<", 0, start) >= 0
        end = line.find("<", at) if tag else len(line)
        if end == at or (at == len(line) and not tag):
            return at
        if end >= 0:
            self._lines[number] = line[:at] + MASK + line[end:]
            return at + len(MASK)
        last = self._find_line(number, lambda text: "</" in text)
        if last is not None:
            self._mask_rest(number, at)
            self._drop(number + 1, last)
            closing = self._lines[last]
            self._lines[last] = closing[closing.index("</") :]
        elif at < len(line):
            self._mask_rest(number, at)
        return len(self._lines[number])

    def _is_multiline_pair(self, number: int, start: int, end: int) -> bool:
        """Whether name and value are the two items of a list, each on its own line."""
        around = self._lines[max(0, number - 1) : number + 3]
        return (
            len(around) == 4
            and around[1][:start].strip(" \t\\\"'`") == ""
            and around[1][end:].strip(" \t\\\"'`") == ","
            and around[0].rstrip().endswith(("[", "("))
            and around[3].lstrip().startswith(("]", ")"))
        )

    def _mask_heredoc(self, number: int, word: str) -> bool:
        """Mask a here-document; False if its end is missing."""
        last = self._find_line(number, lambda text: text.strip() == word)
        if last is None:
            return False
        self._lines[number] += f" {MASK}"
        self._drop(number + 1, last)
        return True

    def _mask_unless_prose(self, number: int, at: int) -> int:
        """Mask what follows a name and white space, unless it is prose about the variable."""
        line = self._lines[number]
        none = NO_VALUE.match(line, at)
        if line[at] == "|":
            at += 1
        for word in re.finditer(r"\S+", line[at:]):
            bare = word.group().strip(".,;:!?\"'`()[]").lower()
            if word.group().startswith(MASK):
                continue
            if self._names.search(word.group()):
                return at + word.start()
            known = bare in PROSE_WORDS or not bare
            if not known and not (none and at + word.start() >= none.end() and PLAIN_WORD.fullmatch(word.group())):
                self._mask_rest(number, at + word.start())
                break
        return len(self._lines[number])

    def _mask_fields(self, number: int) -> None:
        """Mask ``value: …`` of an object whose ``key: NAME`` is on this line: on the same and on adjacent lines."""
        self._mask_field(number)
        for step in (1, -1):
            other = number
            while abs(other - number) < 6:
                # A dash or a bracket is the boundary of the object.
                if step < 0 and _ITEM.match(self._lines[other]):
                    break
                other += step
                if not 0 <= other < len(self._lines) or _OTHER_NAMED.search(self._lines[other]):
                    break
                if self._lines[other].strip()[:1] == "}" or (step > 0 and _ITEM.match(self._lines[other])):
                    break
                self._mask_field(other)

    def _mask_field(self, number: int) -> None:
        position = 0
        while self._lines[number] != DELETED_LINE and (found := _FIELD.search(self._lines[number], position)):
            first = _FIRST.fullmatch(self._lines[number], 0, found.start()) is not None
            position = self._mask_value(number, found.end(), ":", first=first)

    # --- lines

    def _mask_rest(self, number: int, at: int) -> None:
        """Mask the line from this column to its end."""
        self._lines[number] = self._lines[number][:at] + MASK

    def _find_line(self, number: int, matches: Callable[[str], bool]) -> int | None:
        """The index of the next line that matches, within _MAX_VALUE_LINES."""
        following = range(number + 1, min(len(self._lines), number + _MAX_VALUE_LINES))
        return next((other for other in following if matches(self._lines[other])), None)

    def _drop_continued(self, number: int) -> None:
        """Drop the lines that a trailing backslash joins to this one."""
        last = self._find_line(number, lambda text: not text.endswith("\\"))
        self._drop(number + 1, len(self._lines) if last is None else last + 1)

    def _drop(self, first: int, last: int) -> None:
        """Mark lines as deleted, ``last`` excluded."""
        for number in range(first, min(last, len(self._lines))):
            self._lines[number] = DELETED_LINE

    def _drop_indented(self, number: int) -> int:
        """Drop the following lines that are indented deeper than this one; returns their number."""
        indent = _indent(self._lines[number])
        other = number + 1
        while other < len(self._lines):
            text = self._lines[other]
            if text.strip() and _indent(text) <= indent:
                break
            other += 1
        while other > number + 1 and not self._lines[other - 1].strip():
            other -= 1
        self._drop(number + 1, other)
        return other - number - 1

    def _mask_below(self, number: int, at: int, *, always: bool) -> None:
        """Mask a value that begins on the next line. ``always``: also if that line is not indented."""
        if self._drop_indented(number) or not always:
            if number + 1 < len(self._lines) and self._lines[number + 1] == DELETED_LINE:
                self._mask_rest(number, at)
        elif number + 1 < len(self._lines):
            self._mask_rest(number, at)
            self._drop(number + 1, number + 2)

    def _drop_brackets(self, number: int, value: str) -> None:
        """Drop the following lines of a multi-line JSON value, up to its closing bracket."""
        depth = _depth(value)
        if value.lstrip()[:1] not in tuple("{[(") or depth <= 0:
            return
        for other in range(number + 1, min(len(self._lines), number + _MAX_VALUE_LINES)):
            depth += _depth(self._lines[other])
            if depth <= 0:
                self._drop(number + 1, other + 1)
                return
        self._drop_indented(number)

    def _drop_until_assignment(self, number: int) -> None:
        """In a list of assignments, drop the following lines that are not one: they continue the value."""
        if number and not _ASSIGNMENT.match(self._lines[number - 1]):
            return
        for other in range(number + 1, min(len(self._lines), number + _MAX_VALUE_LINES)):
            if _ASSIGNMENT.match(self._lines[other]):
                self._drop(number + 1, other)
                return


def _closing(pattern: re.Pattern[str], line: str, at: int) -> int | None:
    """The column after the closing quote, or None."""
    found = pattern.match(line, at)
    return found.end() if found else None


def _slashes(line: str, at: int) -> str:
    """The backslashes directly before a column."""
    before = line[:at]
    return before[len(before.rstrip("\\")) :]


def _depth(text: str) -> int:
    """Opening minus closing brackets."""
    return sum(map(text.count, "{[(")) - sum(map(text.count, "}])"))
