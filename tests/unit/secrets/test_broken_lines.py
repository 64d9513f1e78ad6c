"""Secrets that a terminal or a program has broken over lines, and those that aren't ASCII."""

from __future__ import annotations

import html
import json
import pprint
import unicodedata
from collections.abc import Callable
from urllib.parse import quote

import pytest
import yaml
from hypothesis import assume, given
from hypothesis import strategies as st

from ansible_collections.oceanops.app_platform.plugins.module_utils._masking.secret_register import MASK, SecretRegister
from ansible_collections.oceanops.app_platform.tests.reliability.canaries import leaks

PREFIX = "web 2026-05-04T10:11:12.5Z "
SECRETS = [
    "a.*b[c](d)+?{2}^$|\\x",
    "hunter2-hunter2-hunter2",
    "abcdefgh",
    'it\'s"quoted"`x`$y and more of it',
    "p\u00e4ssw\u00f6rt\u00df-\u00fcn\u00ef-geheim",
]


def register(secret: str) -> SecretRegister:
    known = SecretRegister()
    known.add(secret)
    return known


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize("end", ["\n", "\r\n", f"\n{PREFIX}", "\\\n", "'\n    '", "' +\n    '", "\n   | "])
@pytest.mark.parametrize("width", [3, 5, 7, 11])
def test_a_secret_over_lines_is_found(secret: str, end: str, width: int) -> None:
    if not (end.strip() == "" or PREFIX in end or not set(secret) & set("\"'\\|")):
        pytest.skip("which quotes are its own isn't known")
    broken = end.join(secret[at : at + width] for at in range(0, len(secret), width))
    text = f"first {broken} last\nline"
    for shown in (
        register(secret).mask_text(text),
        register(secret).mask_log_excerpt(text),
        register(secret).mask_untrusted_line(text),
    ):
        assert MASK in shown
        assert "first" in shown
        assert shown.endswith(("last\nline", "last line"))
        assert leaks(secret, shown, end) == set()
        assert not any(secret[at : at + width] in shown for at in range(0, len(secret) - width, width))


@given(
    secret=st.text(alphabet="abcXYZ019-_+/=", min_size=8, max_size=90).filter(lambda one: len(set(one)) > 2),
    before=st.integers(0, 90),
    columns=st.integers(4, 80),
    prefix=st.sampled_from(["", PREFIX]),
)
@pytest.mark.law
def test_a_terminal_of_any_width(secret: str, before: int, columns: int, prefix: str) -> None:
    assume(not secret.startswith("EV["))
    text = "." * before + secret
    wrapped = "\n".join(prefix + text[at : at + columns] for at in range(0, len(text), columns))
    shown = register(secret).mask_log_excerpt(f"{wrapped}\n{prefix}Done.")
    assert MASK in shown
    assert shown.replace(MASK, "").replace(prefix, "").replace("\n", "").strip(".") == "Done"


@pytest.mark.parametrize(
    "write",
    [
        repr,
        lambda text: repr(text.encode()),
        json.dumps,
        lambda text: text.encode("ascii", "backslashreplace").decode(),
        lambda text: yaml.safe_dump({"a": text}),
        lambda text: yaml.safe_dump({"a": "word " * 12 + text}, width=40),
        lambda text: pprint.pformat({"a": text}, width=20),
        lambda text: html.escape(text).encode("ascii", "xmlcharrefreplace").decode(),
        lambda text: "".join(one if one.isascii() else f"&#x{ord(one):X};" for one in text),
        lambda text: "".join(one if one.isascii() else f"\\u{{{ord(one):x}}}" for one in text),
        lambda text: text.encode().decode("latin-1"),
        lambda text: unicodedata.normalize("NFC", text),
        lambda text: unicodedata.normalize("NFD", text),
        lambda text: quote(quote(text, safe=""), safe=""),
    ],
)
@pytest.mark.parametrize(
    "secret",
    [
        "p\u00e4ssw\u00f6rt\u00df-\u00fcn\u00ef",
        "cafe\u0301-pa\u0308ss-e\u0301",
        "\U0001f511\U0001f512pass\U0001f5dd\ufe0fword",
        "\u05e1\u05d9\u05e1\u05de\u05d4-\u05e1\u05d5\u05d3\u05d9\u05ea-\u05de\u05d0\u05d5\u05d3",
        "\u00c5\u0326bcdefgh\u0323ij",
    ],
)
def test_a_secret_that_is_not_ascii(secret: str, write: Callable[[str], str]) -> None:
    assert MASK in register(secret).mask_text(f"before {write(secret)} after")


def test_a_line_end_that_is_no_break_of_a_secret() -> None:
    text = "first\nhunter2\n'second'\n"
    assert register("hunter2-hunter2").mask_text(text) == text
