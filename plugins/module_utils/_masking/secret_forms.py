# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.

"""The encodings in which a secret value can appear in text: verbatim, escaped, encoded, normalised, wrapped. Pure."""

from __future__ import annotations

import base64
import html
import json
import re
import shlex
import unicodedata
from collections.abc import Iterator
from urllib.parse import quote, quote_plus

from .untrusted_text import collapse_whitespace, strip_invisible

#: Minimum characters of a form that is searched for everywhere, also within words.
MIN_FORM_LENGTH = 8
#: Columns at which programs wrap base64.
_WRAP_COLUMNS = (64, 76)
#: Values that common escaping leaves unchanged.
_UNESCAPED = re.compile(r"[A-Za-z0-9_.-]+")
_ESCAPE_CODE = re.compile(r"\\x[0-9a-f]{2}|\\u[0-9a-f]{4}|\\U[0-9a-f]{8}")


def encoded_forms(value: str) -> set[str]:
    """All forms, of MIN_FORM_LENGTH or more characters, in which a distinctive value can appear."""
    found = {value} | _escaped(value)
    if not _UNESCAPED.fullmatch(value):
        # Escaped twice, where a message quotes escaped text.
        found |= {quoted for form in tuple(found) for quoted in _quoted(form)}
        found.add(quote(quote(value, safe="", errors="surrogatepass"), safe=""))
    if not value.isascii():
        found.update(_non_ascii_forms(value))
    found |= _hexadecimal(value)
    data = value.encode("utf-8", "surrogatepass")
    encoded = set(base64_forms(data))
    found |= encoded | {quote(form, safe="") for form in encoded}
    # Encoded twice: Kubernetes secrets within a Helm release, encoded values of a variable that is encoded again.
    for form in {*encoded, base64.encodebytes(data).decode("ascii")}:
        found |= set(base64_forms(form.encode("ascii")))
    # Normalised: white space collapsed or control characters removed before the text is masked.
    found.add(" ".join(value.splitlines()))
    unnormalised = {form for form in found if not (form.isascii() and form.isprintable() and "  " not in form)}
    visible = {strip_invisible(form) for form in unnormalised}
    found |= visible | {collapse_whitespace(form) for form in unnormalised | visible}
    return {form for form in found if len(form) >= MIN_FORM_LENGTH}


def weak_forms(value: str) -> Iterator[str]:
    """Forms of a short value that are masked as whole words: verbatim, and in base64 with and without a line end."""
    yield value
    data = value.encode("utf-8", "surrogatepass")
    for text in (data, data + b"\n"):
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            encoded = encode(text).decode("ascii")
            yield from (encoded, encoded.rstrip("="))


def base64_forms(data: bytes) -> Iterator[str]:
    """The base64 text, and for each of the three alignments the part that does not depend on adjacent bytes."""
    for before in range(3):
        text = base64.b64encode(b"\0" * before + data)
        # The first and last characters share bits with the adjacent bytes.
        first = (before * 8 + 5) // 6
        inner = text[first : (before + len(data)) * 8 // 6].decode("ascii")
        yield inner
        yield inner.replace("+", "-").replace("/", "_")
    encoded = base64.b64encode(data).decode("ascii")
    yield encoded
    yield base64.urlsafe_b64encode(data).decode("ascii")
    for width in _WRAP_COLUMNS:
        if len(encoded) > width:
            yield from (encoded[at : at + width] for at in range(0, len(encoded), width))


def _escaped(value: str) -> set[str]:
    """Escaped for URLs, JSON, Python, HTML, SQL and shells."""
    if _UNESCAPED.fullmatch(value):
        return {value, value.replace("-", "\\-").replace(".", "\\.")}
    found = {quote(value, safe=safe, errors="surrogatepass") for safe in ("", "/", "$&+=:@", "!$&'()*+,;=:@/~")}
    found.add(quote_plus(value, errors="surrogatepass"))
    found |= {re.sub(r"%[0-9A-F]{2}", lambda match: match[0].lower(), form) for form in found if "%" in form}
    escaped = {json.dumps(value)[1:-1], json.dumps(value, ensure_ascii=False)[1:-1]}
    # Go writes <, > and & as \u003c and so on; PHP writes / as \/.
    escaped |= {
        form.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026") for form in tuple(escaped)
    } | {form.replace("/", "\\/") for form in tuple(escaped)}
    escaped |= {re.sub(r"\\u[0-9a-f]{4}", lambda match: "\\u" + match[0][2:].upper(), form) for form in tuple(escaped)}
    found |= escaped
    found |= {json.dumps(form, ensure_ascii=False)[1:-1] for form in escaped}
    found |= {repr(value)[1:-1], value.replace("\n", "\r\n")}
    found.add(html.escape(value, quote=False))
    for single in ("&#x27;", "&#39;", "&#039;", "&apos;"):
        form = html.escape(value).replace("&#x27;", single)
        found |= {form, form.replace("&quot;", "&#34;")}
    found |= {value.replace("'", "\\'"), value.replace('"', '\\"'), value.replace("'", "''")}
    found |= {shlex.quote(value)[1:-1] if shlex.quote(value) != value else value}
    found.add(re.sub(r'(["$`\\])', r"\\\1", value))
    found |= {re.sub(pattern, r"\\\1", value) for pattern in (r"([^\w@%+=:,./-])", r"([^\w])")}
    return found


def _non_ascii_forms(value: str) -> Iterator[str]:
    """Non-ASCII text escaped as in Python, YAML and HTML, as bytes, normalised (NFC, NFD), and decoded incorrectly."""
    for text in {value, *(unicodedata.normalize(form, value) for form in ("NFC", "NFD"))}:
        yield text
        escaped = text.encode("ascii", "backslashreplace").decode("ascii")
        yield escaped
        yield _ESCAPE_CODE.sub(lambda match: match[0][:2] + match[0][2:].upper(), escaped)
        yield _ESCAPE_CODE.sub(lambda match: f"\\u{{{match[0][2:].lstrip('0')}}}", escaped)
        entities = html.escape(text, quote=False).encode("ascii", "xmlcharrefreplace").decode("ascii")
        yield entities
        yield re.sub(r"&#(\d+);", lambda match: f"&#x{int(match[1]):X};", entities)
        data = text.encode("utf-8", "surrogatepass")
        yield repr(data)[2:-1]
        yield data.decode("latin-1")
        yield data.decode("cp1252", "replace")


def _quoted(form: str) -> tuple[str, str, str]:
    """As Python and JSON quote it; Python escapes quotes depending on which quotes the value has."""
    return repr(form)[1:-1], repr(f"'\"{form}")[4:-1], json.dumps(form, ensure_ascii=False)[1:-1]


def _hexadecimal(value: str) -> set[str]:
    r"""Hexadecimal bytes (6162, 61:62, 61 62, 61-62, \x61\x62, 0x61, 0x62, %61%62) and as UTF-16 (\u0061\u0062)."""
    data = value.encode("utf-8", "surrogatepass")
    wide = value.encode("utf-16-be", "surrogatepass").hex()
    units = [wide[at : at + 4] for at in range(0, len(wide), 4)]
    found = set()
    for pairs in (data.hex(" "), data.hex(" ").upper()):
        found |= {pairs.replace(" ", between) for between in ("", ":", "-", "\\x", "%", ", 0x", ",0x", " 0x")}
        found.add(pairs)
    for code in (units, [unit.upper() for unit in units]):
        found |= {"\\u" + "\\u".join(code), "\\\\u" + "\\\\u".join(code)}
    return found
