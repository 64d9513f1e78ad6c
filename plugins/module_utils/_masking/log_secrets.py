# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.

"""What a log says of secrets whose values the task does not know: found by the names of their variables. Pure.

A job that prints its environment is how secrets get into logs. The spec tells which variables are secret; here are the
ways that programs print them. Where it is not certain that something is prose, it is masked. docs/secrets.md promises
what is done here, and no more.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence

from .log_blocks import GONE, closing_quote, without_blocks, without_passwords
from .secret_register import MASK

#: `<component> <RFC 3339 time> <text>`, as the platform writes each line.
PREFIX = re.compile(r"^(\S+) \d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d) ?")

#: Lines that a value is followed over, at most.
_FAR = 200

#: After a name: what closes it, then what stands between it and its value.
_CONNECTOR = re.compile(
    r"[\\\"'`\])}>*]*(?:\[\d+\])?\s?\.*\s*"
    r"(?P<sep>,\s*[\\\"'`]*(?:value|val)[\\\"'`]*\s*(?:=>|:=|[:=])"
    r"|=>|:=|={1,3}|->|:|\||\u2192|\uff1a|\uff1d|%3[ad]|[,;](?=[^\s,;:.]))\s*",
    re.IGNORECASE,
)
#: `["KEY", "value"]`, as lists of pairs are printed, or `{key,"value"}`; not `"KEY", "field": "value"`.
_PAIR = re.compile(r"(?:\\*[\"'`])?\s*,\s*(?=\\*[\"'`](?!\w{1,40}\\*[\"'`]\s*[:=]))")
#: `[KEY, value]`
_BARE_PAIR = re.compile(r"\s*,\s*(?=\S)")
#: `<KEY>value`, `<x name="KEY">value`, `[x=KEY]value`
_GLUED = re.compile(r"[\\\"'`]*[\])}>]+(?=[^\s.,;:!?\])}>\"'`/|]|$)")
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

#: Words that may follow a name without being its value.
_WORDS = """
    a an and any are at be been before but by can cannot can't check configuration configure configured could
    correct defined deprecated did does doesn't empty env environment exist exists expected export failed file
    find for found from given has have ignored in incorrect invalid is isn't it its load loaded malformed
    missing must need needed needs neither nor not of on or please present provide provided read required
    seems set should so that the this to unable undefined unset used using valid value variable variables was
    wasn't were when which will with within without wrong you your
"""
_PROSE = frozenset(_WORDS.split())
_NO_VALUE = re.compile(
    r"(?:[\w']+ ){0,4}?(?:not (?:set|defined|found|given|provided|present)|unset|undefined|missing)\b"
)
_PLAIN_WORD = re.compile(r"[(\"']?[A-Za-z][a-z'-]{0,14}[.,;!?)\"']*")


def hide_values(lines: Sequence[str], keys: Collection[str]) -> list[str]:
    """The lines with a mask in place of what they say that one of the ``keys`` is, of key blocks, and of passwords.

    Lines that hold nothing but the rest of a value are left out. Each component's lines are read on their own.
    """
    split = [(found.group(), line[found.end() :]) if (found := PREFIX.match(line)) else ("", line) for line in lines]
    streams: dict[str, list[int]] = {}
    for number, (prefix, _text) in enumerate(split):
        streams.setdefault(prefix.partition(" ")[0], []).append(number)
    result: dict[int, str] = {}
    for numbers in streams.values():
        texts = without_blocks([split[number][1] for number in numbers])
        if keys:
            texts = _Stream(texts, keys).hidden()
        result.update(zip(numbers, texts, strict=True))
    return [split[number][0] + without_passwords(text) for number, text in sorted(result.items()) if text != GONE]


def hide_in(text: str, keys: Collection[str]) -> str:
    """The same for a sentence."""
    return "\n".join(hide_values(text.split("\n"), keys))


def _pattern(keys: Collection[str]) -> re.Pattern[str]:
    """Finds the keys as words; one of several words also as ``databaseUrl``, ``database-url`` or ``database.url``."""
    written = []
    for key in sorted(keys, key=len, reverse=True):
        words = [re.escape(word) for word in key.split("_")]
        written.append(f"(?i:{'[_.-]?'.join(words)})" if len(list(filter(None, words))) > 1 else re.escape(key))
    # -Dkey=value is how Java gets it.
    return re.compile(rf"(?:(?<![A-Za-z0-9_])|(?<=[ \t]-D))(?:{'|'.join(written)})(?![A-Za-z0-9_])")


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


class _Stream:
    """The lines of one component, changed in place."""

    def __init__(self, lines: list[str], keys: Collection[str]) -> None:
        self._lines = lines
        self._names = _pattern(keys)

    def hidden(self) -> list[str]:
        for number, line in enumerate(self._lines):
            if any(
                _NAMED.search(line, max(0, found.start() - 40), found.start()) or found.group() == line.strip()
                for found in self._names.finditer(line)
            ):
                self._fields(number)
        for number in range(len(self._lines)):
            position = 0
            while self._lines[number] != GONE:
                found = self._names.search(self._lines[number], position)
                if not found:
                    break
                position = self._after(number, found.start(), found.end())
        return self._lines

    def _after(self, number: int, start: int, end: int) -> int:
        """Hide what is said of the name at these columns; the column to go on from."""
        line = self._lines[number]
        heredoc = _HEREDOC.search(line, end)
        if heredoc and self._heredoc(number, heredoc.group(1)):
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
                # "KEY=value": up to the quote that closes both.
                return self._quoted(number, connector.end(), _slashes(line, start - 1) + opener)
            return self._value(number, connector.end(), separator, first=first, quoted=opener in _QUOTES)
        return self._beside(number, start, end)

    def _beside(self, number: int, start: int, end: int) -> int:
        """The same where nothing stands between name and value but brackets, white space or a line end."""
        line = self._lines[number]
        if self._is_pretty_pair(number, start, end):
            self._value(number + 1, _indent(self._lines[number + 1]), ",", first=False)
            return len(line)
        if line[start - 1 : start] == "$" or line[max(0, start - 2) : start] == "${":
            return end
        glued = _GLUED.match(line, end)
        if glued:
            return self._tagged(number, start, glued.end())
        space = _SPACE.match(line, end)
        return self._prose(number, space.end()) if space else end

    def _value(self, number: int, at: int, separator: str, *, first: bool, quoted: bool = False) -> int:
        line = self._lines[number]
        value = line[at:]
        if value.startswith(MASK) and not first:
            return at + len(MASK)
        quote = _QUOTE.match(value)
        if first and separator == "=" and not (quote and value.find(quote.group(2), quote.end()) < 0):
            # As env prints it: up to the end of the line, quotes or not.
            if value.strip():
                self._rest(number, at)
                if value.endswith("\\"):
                    self._continued(number)
                self._until_assignment(number)
                self._brackets(number, value)
            return len(self._lines[number])
        if not value.strip() or _SCALAR.match(value):
            if separator[0] != "=" or separator == "=>":
                self._below(number, at, always=separator == "=>" and not value.strip())
            return len(self._lines[number])
        if quote:
            return self._quoted(number, at + quote.end(), quote.group(), begin=at)
        literal = _LITERAL.match(value)
        if literal and (quoted or not first):
            self._lines[number] = line[:at] + MASK + line[at + literal.end() :]
            return at + len(MASK)
        self._rest(number, at)
        self._brackets(number, value)
        if first and separator == ":":
            # A text that YAML broke.
            self._deeper(number)
        return len(self._lines[number])

    def _quoted(self, number: int, at: int, quote: str, *, begin: int | None = None) -> int:
        """A value in quotes, which begins at ``at``, or with its quote at ``begin``; over lines, if need be."""
        line = self._lines[number]
        begin = at if begin is None else begin
        closing = closing_quote(quote)
        end = _closing(closing, line, at)
        if end is None:
            last = self._next(number, lambda text: _closing(closing, text, 0) is not None)
            self._rest(number, begin)
            if last is not None:
                self._drop(number + 1, last + 1)
            else:
                self._deeper(number)
            return len(self._lines[number])
        if begin == at:
            end -= len(quote)
        elif line[end - 1] == "+" or line[end - 1].isspace():
            # Node breaks a long text: 'first' +
            self._rest(number, begin)
            other = number + 1
            while other < len(self._lines) and _QUOTE.match(self._lines[other].strip()):
                goes_on = self._lines[other].rstrip().endswith("+")
                self._drop(other, other + 1)
                other += 1
                if not goes_on:
                    break
            return len(self._lines[number])
        elif end < len(line) and not (line[end].isspace() or line[end] in ",;)}]|>:\\\"'"):
            # The quote was a part of the value.
            self._rest(number, begin)
            return len(self._lines[number])
        self._lines[number] = line[:begin] + MASK + line[end:]
        return begin + len(MASK)

    def _tagged(self, number: int, start: int, at: int) -> int:
        """What follows the bracket behind a name: up to the next tag, if it is one of tags."""
        line = self._lines[number]
        tag = line.rfind("<", 0, start) >= 0
        end = line.find("<", at) if tag else len(line)
        if end == at or (at == len(line) and not tag):
            return at
        if end >= 0:
            self._lines[number] = line[:at] + MASK + line[end:]
            return at + len(MASK)
        last = self._next(number, lambda text: "</" in text)
        if last is not None:
            self._rest(number, at)
            self._drop(number + 1, last)
            closing = self._lines[last]
            self._lines[last] = closing[closing.index("</") :]
        elif at < len(line):
            self._rest(number, at)
        return len(self._lines[number])

    def _is_pretty_pair(self, number: int, start: int, end: int) -> bool:
        """Whether name and value are the two items of a list, each on a line of its own."""
        around = self._lines[max(0, number - 1) : number + 3]
        return (
            len(around) == 4
            and around[1][:start].strip(" \t\\\"'`") == ""
            and around[1][end:].strip(" \t\\\"'`") == ","
            and around[0].rstrip().endswith(("[", "("))
            and around[3].lstrip().startswith(("]", ")"))
        )

    def _heredoc(self, number: int, word: str) -> bool:
        """Hide a here-document, if its end is there."""
        last = self._next(number, lambda text: text.strip() == word)
        if last is None:
            return False
        self._lines[number] += f" {MASK}"
        self._drop(number + 1, last)
        return True

    def _prose(self, number: int, at: int) -> int:
        """A name and a space: a value, or words about the variable."""
        line = self._lines[number]
        none = _NO_VALUE.match(line, at)
        if line[at] == "|":
            at += 1
        for word in re.finditer(r"\S+", line[at:]):
            bare = word.group().strip(".,;:!?\"'`()[]").lower()
            if word.group().startswith(MASK):
                continue
            if self._names.search(word.group()):
                return at + word.start()
            known = bare in _PROSE or not bare
            if not known and not (none and at + word.start() >= none.end() and _PLAIN_WORD.fullmatch(word.group())):
                self._rest(number, at + word.start())
                break
        return len(self._lines[number])

    def _fields(self, number: int) -> None:
        """``key: NAME`` and ``value: …`` beside it, on the same line or on the lines around it."""
        self._field(number)
        for step in (1, -1):
            other = number
            while abs(other - number) < 6:
                # A dash or a bracket begins or ends what belongs together.
                if step < 0 and _ITEM.match(self._lines[other]):
                    break
                other += step
                if not 0 <= other < len(self._lines) or _OTHER_NAMED.search(self._lines[other]):
                    break
                if self._lines[other].strip()[:1] == "}" or (step > 0 and _ITEM.match(self._lines[other])):
                    break
                self._field(other)

    def _field(self, number: int) -> None:
        position = 0
        while self._lines[number] != GONE and (found := _FIELD.search(self._lines[number], position)):
            first = _FIRST.fullmatch(self._lines[number], 0, found.start()) is not None
            position = self._value(number, found.end(), ":", first=first)

    # --- lines

    def _rest(self, number: int, at: int) -> None:
        self._lines[number] = self._lines[number][:at] + MASK

    def _next(self, number: int, is_it: Callable[[str], bool]) -> int | None:
        """The next line that is such a one."""
        following = range(number + 1, min(len(self._lines), number + _FAR))
        return next((other for other in following if is_it(self._lines[other])), None)

    def _continued(self, number: int) -> None:
        """Drop the lines that a backslash at the end joins to this one."""
        last = self._next(number, lambda text: not text.endswith("\\"))
        self._drop(number + 1, len(self._lines) if last is None else last + 1)

    def _drop(self, first: int, last: int) -> None:
        for number in range(first, min(last, len(self._lines))):
            self._lines[number] = GONE

    def _deeper(self, number: int) -> int:
        """Drop the lines below that stand deeper; how many."""
        own = _indent(self._lines[number])
        other = number + 1
        while other < len(self._lines):
            text = self._lines[other]
            if text.strip() and _indent(text) <= own:
                break
            other += 1
        while other > number + 1 and not self._lines[other - 1].strip():
            other -= 1
        self._drop(number + 1, other)
        return other - number - 1

    def _below(self, number: int, at: int, *, always: bool) -> None:
        """A value that begins on the next line."""
        if self._deeper(number) or not always:
            if number + 1 < len(self._lines) and self._lines[number + 1] == GONE:
                self._rest(number, at)
        elif number + 1 < len(self._lines):
            self._rest(number, at)
            self._drop(number + 1, number + 2)

    def _brackets(self, number: int, value: str) -> None:
        """A JSON text of several lines, up to the bracket that closes it."""
        depth = _depth(value)
        if value.lstrip()[:1] not in tuple("{[(") or depth <= 0:
            return
        for other in range(number + 1, min(len(self._lines), number + _FAR)):
            depth += _depth(self._lines[other])
            if depth <= 0:
                self._drop(number + 1, other + 1)
                return
        self._deeper(number)

    def _until_assignment(self, number: int) -> None:
        """In a list of variables, what is no assignment is the rest of the value above."""
        if number and not _ASSIGNMENT.match(self._lines[number - 1]):
            return
        for other in range(number + 1, min(len(self._lines), number + _FAR)):
            if _ASSIGNMENT.match(self._lines[other]):
                self._drop(number + 1, other)
                return


def _closing(pattern: re.Pattern[str], line: str, at: int) -> int | None:
    found = pattern.match(line, at)
    return found.end() if found else None


def _slashes(line: str, at: int) -> str:
    """The backslashes before a column."""
    before = line[:at]
    return before[len(before.rstrip("\\")) :]


def _depth(text: str) -> int:
    return sum(map(text.count, "{[(")) - sum(map(text.count, "}])"))
