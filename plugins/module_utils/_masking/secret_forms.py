# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.

"""Every text that a secret is met as: written as it is, escaped, encoded, squeezed, line by line. Pure."""

from __future__ import annotations

import base64
import html
import json
import re
import shlex
import unicodedata
from collections.abc import Iterator
from urllib.parse import quote, quote_plus

from .foreign_text import squeezed, visible

#: Characters of a form that is looked for anywhere, also as a part of a word.
SHORTEST = 8
#: Columns at which programs break base64.
_COLUMNS = (64, 76)
#: What nobody escapes, or nobody but those who escape all.
_PLAIN = re.compile(r"[A-Za-z0-9_.-]+")
_CODE = re.compile(r"\\x[0-9a-f]{2}|\\u[0-9a-f]{4}|\\U[0-9a-f]{8}")


def forms(value: str) -> set[str]:
    """Every text that one distinctive value is met as."""
    found = {value} | _escaped(value)
    if not _PLAIN.fullmatch(value):
        # Once more, where a message quotes what it was given.
        found |= {again for form in tuple(found) for again in _quoted(form)}
        found.add(quote(quote(value, safe="", errors="surrogatepass"), safe=""))
    if not value.isascii():
        found.update(_other_alphabets(value))
    found |= _hexadecimal(value)
    data = value.encode("utf-8", "surrogatepass")
    once = set(base64_forms(data))
    found |= once | {quote(form, safe="") for form in once}
    # Kubernetes secrets within a Helm release, values that were encoded for a variable that is encoded again.
    for form in {*once, base64.encodebytes(data).decode("ascii")}:
        found |= set(base64_forms(form.encode("ascii")))
    # As it is when the text around it was squeezed, or rid of control characters, before it came here.
    found.add(" ".join(value.splitlines()))
    odd = {form for form in found if not (form.isascii() and form.isprintable() and "  " not in form)}
    seen = {visible(form) for form in odd}
    found |= seen | {squeezed(form) for form in odd | seen}
    return {form for form in found if len(form) >= SHORTEST}


def weak_forms(value: str) -> Iterator[str]:
    """What a short value is met as, where it stands as a word: itself, and in base64, with a line end or without."""
    yield value
    data = value.encode("utf-8", "surrogatepass")
    for text in (data, data + b"\n"):
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            encoded = encode(text).decode("ascii")
            yield from (encoded, encoded.rstrip("="))


def base64_forms(data: bytes) -> Iterator[str]:
    """The part of its base64 text that doesn't depend on what stands before and after, for each of three alignments."""
    for before in range(3):
        text = base64.b64encode(b"\0" * before + data)
        # The first characters share bits with what stands before, the last ones with what comes after.
        first = (before * 8 + 5) // 6
        inner = text[first : (before + len(data)) * 8 // 6].decode("ascii")
        yield inner
        yield inner.replace("+", "-").replace("/", "_")
    whole = base64.b64encode(data).decode("ascii")
    yield whole
    yield base64.urlsafe_b64encode(data).decode("ascii")
    for width in _COLUMNS:
        if len(whole) > width:
            yield from (whole[at : at + width] for at in range(0, len(whole), width))


def _escaped(value: str) -> set[str]:
    """For an address, JSON, Python, HTML, SQL and shells."""
    if _PLAIN.fullmatch(value):
        return {value, value.replace("-", "\\-").replace(".", "\\.")}
    found = {quote(value, safe=safe, errors="surrogatepass") for safe in ("", "/", "$&+=:@", "!$&'()*+,;=:@/~")}
    found.add(quote_plus(value, errors="surrogatepass"))
    found |= {re.sub(r"%[0-9A-F]{2}", lambda met: met[0].lower(), form) for form in found if "%" in form}
    escaped = {json.dumps(value)[1:-1], json.dumps(value, ensure_ascii=False)[1:-1]}
    # Go writes <, > and & as \u003c and so on; PHP writes / as \/.
    escaped |= {
        form.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026") for form in tuple(escaped)
    } | {form.replace("/", "\\/") for form in tuple(escaped)}
    escaped |= {re.sub(r"\\u[0-9a-f]{4}", lambda met: "\\u" + met[0][2:].upper(), form) for form in tuple(escaped)}
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


def _other_alphabets(value: str) -> Iterator[str]:
    """What isn't ASCII as Python and YAML escape it, as bytes, in HTML, normalised, and read in a wrong encoding."""
    for text in {value, *(unicodedata.normalize(form, value) for form in ("NFC", "NFD"))}:
        yield text
        escaped = text.encode("ascii", "backslashreplace").decode("ascii")
        yield escaped
        yield _CODE.sub(lambda met: met[0][:2] + met[0][2:].upper(), escaped)
        yield _CODE.sub(lambda met: f"\\u{{{met[0][2:].lstrip('0')}}}", escaped)
        entities = html.escape(text, quote=False).encode("ascii", "xmlcharrefreplace").decode("ascii")
        yield entities
        yield re.sub(r"&#(\d+);", lambda met: f"&#x{int(met[1]):X};", entities)
        data = text.encode("utf-8", "surrogatepass")
        yield repr(data)[2:-1]
        yield data.decode("latin-1")
        yield data.decode("cp1252", "replace")


def _quoted(form: str) -> tuple[str, str, str]:
    """As Python and JSON write it between quotes; Python in two ways, by the quotes that stand beside it."""
    return repr(form)[1:-1], repr(f"'\"{form}")[4:-1], json.dumps(form, ensure_ascii=False)[1:-1]


def _hexadecimal(value: str) -> set[str]:
    r"""As bytes (6162, 61:62, 61 62, 61-62, \x61\x62, 0x61, 0x62, %61%62) and as UTF-16 (\u0061\u0062)."""
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
