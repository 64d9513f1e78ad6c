# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.

"""Masking of credentials that have a recognisable format: PEM blocks, passwords in URLs, tokens, headers. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from .secret_register import MASK

#: Content of a line that is to be deleted. Untrusted text has no NUL characters after SecretRegister.mask_log_excerpt.
DELETED_LINE = "\0"

#: Begin and end markers of a PEM block (RFC 7468), also URL-encoded.
_MARKER = re.compile(r"-{4,5}(?: |%20|\+)?(BEGIN|END)(?: |%20|\+)[^-\n]{1,60}-{4,5}")
#: A line of a block: one base64 word with arbitrary punctuation around it, a header, or an empty line.
_BODY = re.compile(
    r"[^A-Za-z0-9+/=]*(?:[A-Za-z0-9+/]+={0,2}(?:\\[rn])*|(?:Proc-Type|DEK-Info|Comment|Version|X-[\w-]+): .*)?\W*"
)
#: A base64 word of a block, optionally quoted.
_WORD = re.compile(r"[\"']?[A-Za-z0-9+/]+={0,2}(?:\\[rn])*[\"',]*")
_HEXADECIMAL = re.compile(r"[0-9a-fA-F]+")
#: Minimum characters of a base64 word to count as a line of a block: without and with a marker in the text.
_MIN_WITHOUT_MARKER, _MIN_WITH_MARKER = 60, 16

# --- URLs and headers

#: ``scheme://user:password@``; the user name may be a mail address.
_URL_PASSWORD = re.compile(
    r"(\b[a-z][a-z0-9+.-]{0,30}://[^\s:/\"<>]{0,200}:)(?!\d{1,5}(?:[/?#]|$))[^\s\"<>]{0,2000}@", re.IGNORECASE
)
#: ``scheme://token@``
_URL_TOKEN = re.compile(r"(\b[a-z][a-z0-9+.-]{0,30}://)[^\s:/@\"<>]{20,500}@", re.IGNORECASE)
#: ``?password=value``
_QUERY_PARAMETER = re.compile(
    r"([?&;](?:[\w.-]{0,60}(?:password|passwd|pwd|token|secret|signature|api_?key|apikey))=)[^\s&;\"'<>]+",
    re.IGNORECASE,
)
_BEARER = re.compile(r"(\b(?:Bearer|Basic)\s+)[A-Za-z0-9._~+/=-]{8,}", re.IGNORECASE)
_HEADER = re.compile(
    r"(\b(?:(?:Proxy-)?Authorization|X-(?:Api-Key|Auth-Token)|Private-Token|(?:Set-)?Cookie)[\\\"']*\s*[:=]\s*[\\\"']*"
    r"(?:[A-Za-z]{1,20} )?)(?=[^\s\"',]{0,500}\d)[^\s\"',]{8,}",
    re.IGNORECASE,
)
#: Tokens with a known prefix: of DigitalOcean, GitHub, GitLab, Slack, Stripe, OpenAI, npm, Google and SendGrid; JSON
#: Web Tokens.
_TOKEN = re.compile(
    r"\b()(?:do[opr]_v1_[0-9a-f]{16,}|gh[pousr]_\w{16,}|github_pat_\w{16,}|glpat-[\w-]{16,}|xox[a-z]-[\w-]{10,}"
    r"|[rs]k_(?:live|test)_\w{10,}|whsec_\w{16,}|sk-[\w-]{20,}|npm_\w{30,}|AIza[\w-]{30,}|SG\.[\w-]{16,}\.[\w-]{16,}"
    r"|eyJ[\w-]{10,}\.[\w-]{10,}(?:\.[\w-]*)?)"
)
#: A cookie header with all its cookies, up to the closing quote.
_COOKIE = re.compile(
    r"(\b(?:Set-)?Cookie[\\\"']*\s*[:=]\s*\[?\s*[\\\"']*)(?=[^\s\\\"'=;,]{1,200}=[^\"'\n]{0,1000}\d)[^\\\"'\n]+",
    re.IGNORECASE,
)
#: Passwords on command lines: mysql -pPASSWORD, redis-cli -a PASSWORD, curl -u user:PASSWORD, --password PASSWORD.
#: A quoted value (or a quoted option with its value) ends at the closing quote.
_QUOTED = r"(?:(?!(?P=q)).)+"
_COMMAND = re.compile(
    r"((?:\b(?:mysql|mariadb)\S{0,20}(?: [^\s|;]{1,100}){0,20}? -p(?=\S)|\bredis-cli(?: [^\s|;]{1,100}){0,20}? -a "
    rf"|\bsshpass -p ?)(?P<q>[\"'])?)(?(q){_QUOTED}|[^\s\"']+)"
)
_CURL = re.compile(
    r"(\bcurl(?: [^\s|;]{1,100}){0,20}? (?:-u|--user)[ =]?(?P<q>[\"'])?[^\s:\"']{1,100}:)"
    rf"(?(q){_QUOTED}|[^\s\"']+)"
)
_OPTION = re.compile(
    r"(?<![\w-])((?P<o>[\"'])?--?(?:password|passwd|token|secret|api-key)(?:[= ]|\\*[\"']\s*,\s*\\*)(?!-)(?P<q>[\"'])?)"
    rf"(?(q){_QUOTED}|(?(o)(?:(?!(?P=o)).)+|[^\s\"']+))"
)
_PATTERNS = (
    (_URL_PASSWORD, "@"),
    (_URL_TOKEN, "@"),
    (_QUERY_PARAMETER, ""),
    (_BEARER, ""),
    (_COOKIE, ""),
    (_HEADER, ""),
    (_TOKEN, ""),
    (_COMMAND, ""),
    (_CURL, ""),
    (_OPTION, ""),
)


@lru_cache(64)
def closing_quote(quote: str) -> re.Pattern[str]:
    """Matches up to the closing quote (YAML, SQL and CSV double quotes to escape them), with the ``+`` of Node."""
    inner = rf"[^\\{quote}]|\\.|\\$|{quote}{quote}"
    text = rf"(?:{inner})*{quote}(?!{quote})" if len(quote) == 1 else rf".*?(?<!\\){re.escape(quote)}"
    return re.compile(rf"{text}(?:\s*\+\s*$)?")


def mask_credentials(text: str) -> str:
    """The text with a mask in place of passwords in URLs, and of credentials in queries, headers and command lines."""
    for pattern, suffix in _PATTERNS:
        text = pattern.sub(rf"\g<1>{MASK}{suffix}", text)
    return text


def mask_key_blocks(lines: list[str]) -> list[str]:
    """Mask PEM blocks, also those of which only one marker or none is among the lines.

    Returns as many lines as given; the second and further lines of a block become DELETED_LINE.
    """
    if not any("-----" in line or "---- " in line or len(line) >= 60 for line in lines):
        return lines
    text = "\n".join(lines)
    parts: list[str] = []
    done = 0
    for first, end in _block_spans(text):
        start = max(first, done)
        if end <= start:
            continue
        body = text[start:end]
        # The text after the last newline is on the line of the end marker, which stays.
        newlines = body.count("\n")
        parts += [text[done:start], MASK, f"\n{DELETED_LINE}" * (newlines - 1), "\n" if newlines else ""]
        done = end
    lines = "".join([*parts, text[done:]]).split("\n")
    return list(_mask_lines_without_marker(lines))


def _mask_lines_without_marker(lines: list[str]) -> Iterator[str]:
    """Mask the lines of a block without markers: long lines, and the shorter last one."""
    before = 0
    for line in lines:
        found = _is_block_line(line, _MIN_WITHOUT_MARKER) or (before > 1 and _is_block_line(line, _MIN_WITH_MARKER))
        before = before + 1 if found else 0
        yield MASK if found else line


def _block_spans(text: str) -> Iterator[tuple[int, int]]:
    """Start and end offsets of the bodies of blocks, between their markers."""
    markers = [(found.group(1), *found.span()) for found in _MARKER.finditer(text)]
    for number, (kind, start, end) in enumerate(markers):
        if kind == "BEGIN":
            following = markers[number + 1] if number + 1 < len(markers) else None
            if following and following[0] == "END":
                yield end, following[1]
            else:
                yield end, _body_end(text, end, _before(text, start))
        elif number == 0 or markers[number - 1][0] == "END":
            yield _body_start(text, start), start


def _body_end(text: str, at: int, before: str) -> int:
    """End offset of a block without an end marker: its first line and the following lines that look like a body.

    ``before``: the text before the begin marker on its line, which the lines of the body may repeat.
    """
    end = text.find("\n", at)
    while end >= 0:
        following = text.find("\n", end + 1)
        line = text[end + 1 : following if following >= 0 else len(text)]
        if not _is_body(line, before):
            return end
        end = following
    return len(text)


def _body_start(text: str, at: int) -> int:
    """Start offset of a block without a begin marker: the preceding lines that look like a body."""
    before = _before(text, at)
    start = text.rfind("\n", 0, at) + 1
    while start > 0:
        earlier = text.rfind("\n", 0, start - 1) + 1
        if not _is_body(text[earlier : start - 1], before):
            break
        start = earlier
    return start


def _before(text: str, at: int) -> str:
    """The text before a marker on its line."""
    return text[text.rfind("\n", 0, at) + 1 : at]


def _is_body(line: str, before: str) -> bool:
    """Whether a line looks like one of a block's body."""
    return bool(_BODY.fullmatch(line.removeprefix(before))) or _is_block_line(line, _MIN_WITH_MARKER)


def _is_block_line(line: str, min_length: int) -> bool:
    """Whether a line ends with a base64 word of ``min_length`` characters and has at most three other words.

    Hexadecimal words (digests) and words of few different characters do not count.
    """
    words = line.split()
    return (
        0 < len(words) <= 4
        and len(words[-1]) >= min_length
        and _WORD.fullmatch(words[-1]) is not None
        and _HEXADECIMAL.fullmatch(words[-1]) is None
        and len(set(words[-1])) > min_length // 4
    )
