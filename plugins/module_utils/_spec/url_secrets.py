# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.
"""Secrets in URLs: a password, a token before the @, in the query or in the path.

URLs without a scheme and passwords with characters that should be escaped are recognized too. In doubt, a part counts
as a secret.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from functools import lru_cache
from urllib.parse import unquote

#: The length from which a single word before the @ is taken for a token and not for a user name.
_TOKEN_LENGTH = 16
_RANDOM_LENGTH = 16
#: The share of neighbouring characters of different kinds (digit, lower case, upper case) from which a word is random.
_RANDOM_RATE = 0.2
#: A run of letters and digits that is too long for a name.
_LONG_RUN = re.compile(r"[A-Za-z0-9]{32}")
#: A character whose successor is of another kind. A capital before a small letter begins a word, so it does not count.
_KIND_CHANGE = re.compile(r"[0-9](?=[A-Za-z])|[a-z](?=[0-9A-Z])|[A-Z](?=[0-9])")
#: Placeholders for the password where the user name is the token.
_NO_PASSWORDS = frozenset({"", "x-oauth-basic"})
_START = re.compile(r"(?:[A-Za-z][A-Za-z0-9+.-]*:)?//")
_PORT = re.compile(r"\d{1,5}(?![^/?#])")
_ITEM = re.compile(r"([^&;=?#]*)=([^&;#]*)")
_SEGMENT = re.compile(r"[^/]+")
_NO_LETTERS = re.compile(r"[^A-Za-z0-9]")
_SECRET_NAME = re.compile(
    r"(?:^|[^a-z])(?:key|sig|sign|signature|auth|authorization|authentication|pass|passwd|password|passphrase|pwd|pw"
    r"|code|jwt|bearer|hmac|sas|credentials?)$|token|secret|api_?key|access_?key|private_?key"
)

_SECRET_FIELD = re.compile(
    r"(?:^|_)(?:token|secret|password|passwd|passphrase|pwd|api_?key|access_?key|private_?key|secret_?key|credentials?)$"
)

_SECRET_WORDS = ("token", "secret", "password", "passphrase", "credential")


def url_secrets(text: str) -> list[str]:
    """The secrets in a URL, as written and percent-decoded."""
    found = [text[start:end] for start, end in _spans(text)]
    return list(dict.fromkeys(form for one in found for form in (one, unquote(one)) if form))


def mask_url(text: str, mask: str) -> str:
    """The URL with *mask* in place of each secret."""
    parts, done = [], 0
    for start, end in _spans(text):
        parts += [text[done:start], mask]
        done = end
    return "".join((*parts, text[done:]))


def is_secret_name(name: str) -> bool:
    """Whether the name of a query parameter says that it is a secret: ``do_token``, ``apiKey``, ``sig``."""
    return bool(_SECRET_NAME.search(_snake(name)))


@lru_cache(maxsize=4096)
def is_secret_field(name: str) -> bool:
    """Whether the name of an option or of a spec's field says that it is a secret: ``api_key``, ``do_token``."""
    word = _snake(name).rpartition("_")[2]
    return bool(_SECRET_FIELD.search(_snake(name))) or (
        # A misspelt name.
        len(word) > 4 and not word.endswith("s") and bool(difflib.get_close_matches(word, _SECRET_WORDS, 1, 0.82))
    )


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).replace("-", "_").lower()


def looks_random(word: str) -> bool:
    """Whether a word looks generated, like a key or a token, and not written by a person.

    It has 16 letters and digits or more, and either 32 of them in a row or many changes between kinds of characters.
    """
    if len(word) < _RANDOM_LENGTH:
        return False
    letters = _NO_LETTERS.sub("", word)
    if len(letters) < _RANDOM_LENGTH:
        return False
    return bool(_LONG_RUN.search(word)) or len(_KIND_CHANGE.findall(letters)) >= _RANDOM_RATE * (len(letters) - 1)


def _spans(text: str) -> list[tuple[int, int]]:
    """(start, end) of each secret, in order, without empty ones."""
    begin = _START.match(text)
    start = begin.end() if begin else 0
    host = _host(text, start, certain=begin is not None)
    spans = list(_user_spans(text, start, host - 1)) if host > start else []
    rest = re.compile("[/?#]").search(text, host)
    if rest:
        spans += _path_spans(text, rest.start())
    return [span for span in spans if span[0] < span[1]]


def _host(text: str, start: int, *, certain: bool) -> int:
    """The index of the host: after the @, or *start* if there is no user.

    ``certain``: the text starts like a URL.
    """
    end = re.compile(r"[/?#]|\Z").search(text, start)
    host_end = end.start() if end else len(text)
    at = text.rfind("@", start, host_end)
    if at < 0 and not text.startswith(("/", "?", "#"), start):
        colon = text.find(":", start, host_end)
        # The password may contain an unescaped delimiter. A number after a host name with a dot is a port.
        port = _PORT.match(text, colon + 1) and "." in text[start:colon]
        if colon >= 0 and not port and (certain or host_end < len(text)):
            at = text.rfind("@", host_end)
    return at + 1 if at >= 0 else start


def _user_spans(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The secrets in ``user:password``."""
    colon = text.find(":", start, end)
    user = text[start : colon if colon >= 0 else end]
    password = text[colon + 1 : end] if colon >= 0 else ""
    if (password in _NO_PASSWORDS and (colon >= 0 or len(user) >= _TOKEN_LENGTH)) or looks_random(user):
        yield start, start + len(user)
    if password not in _NO_PASSWORDS:
        yield colon + 1, end


def _path_spans(text: str, start: int) -> Iterator[tuple[int, int]]:
    """The secrets in path, query and fragment."""
    query = re.compile(r"[?#]|\Z").search(text, start)
    path_end = query.start() if query else len(text)
    for found in _SEGMENT.finditer(text, start, path_end):
        # A segment may have parameters: /path;token=abc
        name, _equals, value = found[0].rpartition(";")[2].partition("=")
        if looks_random(unquote(found[0])):
            yield found.span()
        elif value and is_secret_name(unquote(name)):
            yield found.end() - len(value), found.end()
    for found in re.finditer(r"[^?&;#]+", text[path_end:]):
        item = _ITEM.fullmatch(found[0])
        name, value = (item[1], item[2]) if item else ("", found[0])
        decoded = unquote(value)
        # A URL as a parameter may contain secrets.
        inner = "//" in decoded and url_secrets(decoded)
        if value and (inner or looks_random(decoded) or is_secret_name(unquote(name))):
            yield path_end + found.end() - len(value), path_end + found.end()
