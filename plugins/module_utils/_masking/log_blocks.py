# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.

"""What betrays itself in a log, whoever wrote it: key blocks, passwords in addresses, headers that open doors. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from .secret_register import MASK

#: Of a line that goes away. No text has this character any more when it comes here.
GONE = "\0"


_MARKER = re.compile(r"-{4,5}(?: |%20|\+)?(BEGIN|END)(?: |%20|\+)[^-\n]{1,60}-{4,5}")
#: A line of a block: one word of base64, whatever is around it, a header, or nothing.
_BODY = re.compile(
    r"[^A-Za-z0-9+/=]*(?:[A-Za-z0-9+/]+={0,2}(?:\\[rn])*|(?:Proc-Type|DEK-Info|Comment|Version|X-[\w-]+): .*)?\W*"
)
#: A word of a block, after whatever a program writes before each line.
_WORD = re.compile(r"[\"']?[A-Za-z0-9+/]+={0,2}(?:\\[rn])*[\"',]*")
_HEXADECIMAL = re.compile(r"[0-9a-fA-F]+")
#: Characters of a word that is taken for a line of a block whose markers are out of sight; of one whose are not.
_LONG, _ENOUGH = 60, 16

# --- addresses and headers

#: The name before the colon may be that of a mailbox.
_ADDRESS = re.compile(
    r"(\b[a-z][a-z0-9+.-]{0,30}://[^\s:/\"<>]{0,200}:)(?!\d{1,5}(?:[/?#]|$))[^\s\"<>]{0,2000}@", re.IGNORECASE
)
_USER = re.compile(r"(\b[a-z][a-z0-9+.-]{0,30}://)[^\s:/@\"<>]{20,500}@", re.IGNORECASE)
_PARAMETER = re.compile(
    r"([?&;](?:[\w.-]{0,60}(?:password|passwd|pwd|token|secret|signature|api_?key|apikey))=)[^\s&;\"'<>]+",
    re.IGNORECASE,
)
_BEARER = re.compile(r"(\b(?:Bearer|Basic)\s+)[A-Za-z0-9._~+/=-]{8,}", re.IGNORECASE)
_HEADER = re.compile(
    r"(\b(?:(?:Proxy-)?Authorization|X-(?:Api-Key|Auth-Token)|Private-Token|(?:Set-)?Cookie)[\\\"']*\s*[:=]\s*[\\\"']*"
    r"(?:[A-Za-z]{1,20} )?)(?=[^\s\"',]{0,500}\d)[^\s\"',]{8,}",
    re.IGNORECASE,
)
#: Tokens that say of themselves what they are: of DigitalOcean, GitHub, GitLab, Slack, Stripe, OpenAI, npm, Google and
#: SendGrid; JSON Web Tokens.
_TOKEN = re.compile(
    r"\b()(?:do[opr]_v1_[0-9a-f]{16,}|gh[pousr]_\w{16,}|github_pat_\w{16,}|glpat-[\w-]{16,}|xox[a-z]-[\w-]{10,}"
    r"|[rs]k_(?:live|test)_\w{10,}|whsec_\w{16,}|sk-[\w-]{20,}|npm_\w{30,}|AIza[\w-]{30,}|SG\.[\w-]{16,}\.[\w-]{16,}"
    r"|eyJ[\w-]{10,}\.[\w-]{10,}(?:\.[\w-]*)?)"
)
#: All of a header that is a row of them, up to the quote behind it.
_COOKIE = re.compile(
    r"(\b(?:Set-)?Cookie[\\\"']*\s*[:=]\s*\[?\s*[\\\"']*)(?=[^\s\\\"'=;,]{1,200}=[^\"'\n]{0,1000}\d)[^\\\"'\n]+",
    re.IGNORECASE,
)
#: Passwords on command lines: mysql -pPASSWORD, redis-cli -a PASSWORD, curl -u user:PASSWORD, --password PASSWORD.
#: One in quotes (or an option that is, with its value) goes up to the quote that closes it.
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
_MORE = ((_COOKIE, ""), (_HEADER, ""), (_TOKEN, ""), (_COMMAND, ""), (_CURL, ""), (_OPTION, ""))


@lru_cache(64)
def closing_quote(quote: str) -> re.Pattern[str]:
    """A text up to the quote that closes it, and the sign by which Node goes on. YAML, SQL and CSV double quotes."""
    inner = rf"[^\\{quote}]|\\.|\\$|{quote}{quote}"
    text = rf"(?:{inner})*{quote}(?!{quote})" if len(quote) == 1 else rf".*?(?<!\\){re.escape(quote)}"
    return re.compile(rf"{text}(?:\s*\+\s*$)?")


def without_passwords(text: str) -> str:
    """The text without passwords in addresses, and without what opens a door in a query or a header."""
    for pattern, after in ((_ADDRESS, "@"), (_USER, "@"), (_PARAMETER, ""), (_BEARER, ""), *_MORE):
        text = pattern.sub(rf"\g<1>{MASK}{after}", text)
    return text


def without_blocks(lines: list[str]) -> list[str]:
    """Key blocks from their first to their last line, also where one of them is out of sight."""
    if not any("-----" in line or "---- " in line or len(line) >= 60 for line in lines):
        return lines
    text = "\n".join(lines)
    parts: list[str] = []
    done = 0
    for first, end in _bodies(text):
        start = max(first, done)
        if end <= start:
            continue
        body = text[start:end]
        # The last piece stays on the line of the end marker.
        gone = body.count("\n")
        parts += [text[done:start], MASK, f"\n{GONE}" * (gone - 1), "\n" if gone else ""]
        done = end
    lines = "".join([*parts, text[done:]]).split("\n")
    return list(_without_lone_lines(lines))


def _without_lone_lines(lines: list[str]) -> Iterator[str]:
    """Lines of a block of which neither marker is in sight: long ones, and the short one that ends them."""
    before = 0
    for line in lines:
        found = _is_block_line(line, _LONG) or (before > 1 and _is_block_line(line, _ENOUGH))
        before = before + 1 if found else 0
        yield MASK if found else line


def _bodies(text: str) -> Iterator[tuple[int, int]]:
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
    """Where a block without an end marker ends: the line of the marker, and lines that look like its body."""
    end = text.find("\n", at)
    while end >= 0:
        following = text.find("\n", end + 1)
        line = text[end + 1 : following if following >= 0 else len(text)]
        if not _is_body(line, before):
            return end
        end = following
    return len(text)


def _body_start(text: str, at: int) -> int:
    """Where a block without a first marker begins."""
    before = _before(text, at)
    start = text.rfind("\n", 0, at) + 1
    while start > 0:
        earlier = text.rfind("\n", 0, start - 1) + 1
        if not _is_body(text[earlier : start - 1], before):
            break
        start = earlier
    return start


def _before(text: str, at: int) -> str:
    """What stands before a marker on its line."""
    return text[text.rfind("\n", 0, at) + 1 : at]


def _is_body(line: str, before: str) -> bool:
    return bool(_BODY.fullmatch(line.removeprefix(before))) or _is_block_line(line, _ENOUGH)


def _is_block_line(line: str, length: int) -> bool:
    """Whether a line ends with a long word of base64, and has little else; a hash or a path isn't one."""
    words = line.split()
    return (
        0 < len(words) <= 4
        and len(words[-1]) >= length
        and _WORD.fullmatch(words[-1]) is not None
        and _HEXADECIMAL.fullmatch(words[-1]) is None
        and len(set(words[-1])) > length // 4
    )
