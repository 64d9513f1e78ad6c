"""Text of others: masked, then made safe for a terminal, then put on one line, then shortened. In this order only."""

from __future__ import annotations

import ast
import base64
import html
import json
import re
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from ansible_collections.oceanops.app_platform.plugins.module_utils._ansible.context import Context
from ansible_collections.oceanops.app_platform.plugins.module_utils._ansible.operation import Operation, perform
from ansible_collections.oceanops.app_platform.plugins.module_utils._api.errors import AppPlatformError
from ansible_collections.oceanops.app_platform.plugins.module_utils._api.responses import error_from_response
from ansible_collections.oceanops.app_platform.plugins.module_utils._api.transport import Response
from ansible_collections.oceanops.app_platform.plugins.module_utils._deployments.log_tail import (
    MAX_FILE_BYTES,
    MAX_LINE_LENGTH,
)
from ansible_collections.oceanops.app_platform.plugins.module_utils._masking import secret_register
from ansible_collections.oceanops.app_platform.plugins.module_utils._masking.secret_register import (
    MASK,
    SecretRegister,
    is_mask,
)
from ansible_collections.oceanops.app_platform.plugins.module_utils._masking.untrusted_text import (
    strip_invisible,
    truncate,
)
from ansible_collections.oceanops.app_platform.plugins.module_utils._spec.lint.rules import finding
from ansible_collections.oceanops.app_platform.tests.reliability.canaries import CLOCK, PLACES, RUN, leaks, log_lines

ROOT = Path(__file__).parents[3]


def register(*secrets: str) -> SecretRegister:
    known = SecretRegister()
    known.add(*secrets)
    return known


# --- the order


TOKEN = "".join(f"{number:x}Zk" for number in range(470))


def test_a_long_secret_in_a_log_line_is_masked_before_the_line_is_cut() -> None:
    assert len(TOKEN) > 1400 > MAX_LINE_LENGTH
    assert log_lines(register(TOKEN), f"token {TOKEN} refused") == [f"token {MASK} refused"]


@pytest.mark.parametrize("at", range(1955, 2005, 7))
def test_an_error_is_not_cut_within_a_secret(at: int) -> None:
    text = refused(register(TOKEN), json.dumps({"message": "x" * at + TOKEN}))
    assert leaks(TOKEN, text) == set()
    assert re.fullmatch(rf"x+(?:{MASK})?(?:\.\.\.)?", text)


@pytest.mark.parametrize("at", [0, 150, 190, 199, 19_990, 19_995])
def test_an_error_page_is_not_cut_within_a_secret(at: int) -> None:
    body = f"<html><script>{'x' * at if at > 10_000 else ''}</script>{'y' * at if at < 10_000 else ''}{TOKEN}</html>"
    assert leaks(TOKEN, refused(register(TOKEN), body)) == set()


@pytest.mark.parametrize("space", ["  ", "\t", "\u00a0", "\u200b", "\n", "\r\n", "\u2028", "\x1b[0m", "\x00", "\u3000"])
def test_white_space_in_a_secret_does_not_hide_it(space: str) -> None:
    secret = f"hunter2-one{space}hunter2-two"
    for written in (secret, strip_invisible(secret), " ".join(secret.split())):
        for known, text in ((register(secret), written), (register(" ".join(strip_invisible(secret).split())), secret)):
            shown = known.mask_untrusted_line(f"a  {text} b")
            assert leaks("hunter2-one", shown) == leaks("hunter2-two", shown) == set()


def test_tags_in_a_secret_do_not_break_it() -> None:
    secret = "ab<b>cdefgh12345&amp;</script>"
    for body in (f"<p>{secret}</p>", html.escape(secret), f"<script>{secret}</script>{secret}"):
        assert leaks(secret, refused(register(secret), body)) == set()


@pytest.mark.parametrize("longest", range(3, 60))
def test_a_mask_stays_whole(longest: int) -> None:
    text = f"before {MASK} and what follows"
    short = truncate(text, longest, MASK)
    assert short in (text, *(text[:end] + "..." for end in range(8)), *(text[:end] + "..." for end in range(42, 62)))
    assert len(short) <= max(longest, 7 + len(MASK) + 3)


@pytest.mark.parametrize("mark", ["...", "\u2026"])
def test_the_first_part_of_a_secret_before_a_mark_of_a_cut_is_one(mark: str) -> None:
    known = register("hunter2-hunter2-hunter2", "hunter2...and-more-of-it")
    assert known.mask_text(f"bad value hunter2-hun{mark} given") == f"bad value {MASK}{mark} given"
    assert known.mask_text("a hunter2... b") == "a hunter2... b"
    assert known.mask_text("hunter2-hun and more...") == "hunter2-hun and more..."


def test_a_secret_that_a_lint_message_cut_is_masked() -> None:
    secret = TOKEN[:1200]
    assert (
        leaks(secret, register(secret).mask_text(finding("unknown_field", "x", f"unknown {secret}").message)) == set()
    )


@pytest.mark.parametrize("at", range(1, 60, 5))
def test_both_ends_of_a_piece_may_stand_within_a_secret(at: int) -> None:
    secret = TOKEN[:60]
    for text in (f"{secret[at:]} and then", f"and then {secret[:-at]}", f"{secret[at:]}\n{secret[:-at]}"):
        assert leaks(secret, register(secret).mask_untrusted_line(text, excerpt=True)) == set()
        assert leaks(secret, register(secret).mask_log_excerpt(text)) == set()


def test_the_end_of_a_file_that_is_one_line_may_begin_within_a_secret() -> None:
    secret = "\u00e4\u20ac\U0001f600 hunter2-hunter2-hunter2"
    for at in range(1, 20):
        tail = secret.encode()[at:].decode("utf-8", "replace")
        lines = log_lines(register(secret), tail + "x" * (MAX_FILE_BYTES - len(tail)))
        assert leaks(secret, "".join(lines)) == set()


# --- forms


@pytest.mark.parametrize(
    "write",
    [
        lambda data: data.hex(),
        lambda data: data.hex().upper(),
        lambda data: data.hex(":"),
        lambda data: data.hex("-").upper(),
        lambda data: data.hex(" "),
        lambda data: "".join(f"\\x{byte:02x}" for byte in data),
        lambda data: "{" + ", ".join(f"0x{byte:02X}" for byte in data) + "}",
        lambda data: "".join(f"%{byte:02x}" for byte in data),
        lambda data: "".join(f"\\u{ord(one):04x}" for one in data.decode()),
        lambda data: "".join(f"\\u{ord(one):04X}" for one in data.decode()),
        lambda data: base64.b64encode(base64.b64encode(data)).decode(),
        lambda data: base64.b64encode(b"x:" + base64.b64encode(b"me:" + data + b"\n") + b";").decode(),
        lambda data: base64.b64encode(b"xy" + base64.b64encode(b"m:" + data)).decode(),
        lambda data: base64.b64encode(base64.encodebytes(data)).decode(),
        lambda data: base64.encodebytes(data).decode(),
        lambda data: "$'" + re.sub(r"([^\w])", r"\\\1", data.decode()) + "'",
        lambda data: shlex.quote(data.decode()),
        lambda data: html.escape(data.decode()).replace("&#x27;", "&#39;"),
    ],
)
def test_every_way_of_writing_a_secret(write: Callable[[bytes], str]) -> None:
    secret = "c4nary/Se<cr>et+08'15\"&=" + "0123456789abcdefghijklmnopqrstuvwxyz" * 2
    written = write(secret.encode())
    shown = register(secret).mask_text(f"before {written} after")
    assert MASK in shown
    assert len(shown.replace(MASK, "")) < 40


@pytest.mark.parametrize("secret", ["abcd", "pin07", "s3cre+", "sho/rt?"])
def test_a_short_secret_in_base64_is_masked_as_a_word(secret: str) -> None:
    for data in (secret.encode(), f"{secret}\n".encode()):
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            encoded = encode(data).decode()
            for text in (encoded, encoded.rstrip("=")):
                assert register(secret).mask_text(f"got {text}, ok") in (f"got {MASK}, ok", f"got {MASK}=, ok")
    assert register("abcd").mask_text("xYWJjZA my-YWJjZA") == "xYWJjZA my-YWJjZA"


# --- terminals


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x9b31mred", "red"),
        ("\x1b]0;title\x07x", "x"),
        ("\x1b]8;;http://a\x1b\\link\x1b]8;;\x9c", "link"),
        ("\x9d0;title\x9cx", "x"),
        ("\x1b]0;no end of it\nnext", "0;no end of it\nnext"),
        ("\x90q\x1b\\x\x1bPq\x9c", "x"),
        ("\x1b[31", ""),
        ("\x1b(Bx\x1b7\x1bcy\x1b", "xy"),
        ("a\x00b\x07c\x7fd\x85e\x0bf", "abcd e f"),
        ("a\u202eb\u2066c\u2069d\u200be\ufefff\u00adg\u200ff", "abcdefgf"),
        ("a\u2028b\u2029c", "a b c"),
        ("a\ud800b", "a\ufffdb"),
        ("a\tb\r\nc\rd", "a\tb\nc d"),
        ("\u00e4\u20ac\U0001f600\u3000 stays", "\u00e4\u20ac\U0001f600\u3000 stays"),
    ],
)
def test_nothing_that_a_terminal_obeys_is_left(text: str, shown: str) -> None:
    assert strip_invisible(text) == shown


@given(st.text(), st.text())
def test_any_text_is_safe_for_a_terminal(text: str, more: str) -> None:
    once = strip_invisible(text)
    assert all(one.isprintable() or one.isspace() for one in once)
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]", once)
    assert strip_invisible(once) == once
    line = SecretRegister().mask_untrusted_line(text + more, 50)
    assert line.isprintable()
    assert len(line) <= 50


def test_messages_warnings_and_progress_hold_no_escapes_and_data_stay_what_they_are() -> None:
    name = "shop\x1b[31m\u202e"
    told: list[str] = []

    def run(_params: dict[str, Any], context: Context) -> dict[str, Any]:
        assert context.progress is not None
        context.warn(f"app {name} is odd")
        context.progress(f"app {name} waits")
        raise AppPlatformError(f"app {name}\nfailed", details={"app": {"name": name}})

    context = Context({}, progress=told.append)
    result = perform(Operation({}, run), {}, context)
    assert result["msg"] == result["failure"]["message"] == "app shop\nfailed"
    assert result["app"] == {"name": name}
    assert context.warnings == ["app shop is odd"]
    assert told == ["app shop waits"]


# --- the law


def is_law_abiding(value: str) -> bool:
    """The exceptions: too monotonous, too common, or no secret at all (docs/secrets.md)."""
    return (
        len(value) >= RUN
        and value == value.strip()
        and len(set(value)) > 2
        and not is_mask(value)
        and not (value.startswith("EV[") and value.endswith("]"))
        and not any(value in own for own in (MASK, secret_register.DIFF_CHANGED, secret_register.DIFF_UNCHANGED))
        and value.lower() not in secret_register.COMMON_WORDS
    )


#: Characters that something is done about, beside all others.
ODD = st.sampled_from(
    [
        *" \t\n\r\x0b\u00a0\u2028\u200b\x00\x1b[]m\x9b\x9c\x07\u202e\"'\\<>&%;/=:.-",
        "...",
        "\x1b[",
        "<b>",
        "&amp;",
        "\\n",
    ]
)
TEXT = st.lists(st.text(max_size=5) | ODD, max_size=20).map("".join)
SECRETS = (
    st.one_of(
        st.lists(
            st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=5) | ODD, min_size=2, max_size=30
        ).map("".join),
        st.text(alphabet="abcdef0123456789-_ ", min_size=8, max_size=40),
        st.text(alphabet="abcXYZ019", min_size=8, max_size=24).map(lambda one: one * 90),
    )
    .map(str.strip)
    .filter(is_law_abiding)
)
LENGTH = st.sampled_from([0, 0, 0, 30, 180, 195, 960, 990, 1980])


def refused(known: SecretRegister, body: str) -> str:
    """The API's text in the error for such an answer."""
    return error_from_response(
        Response(400, {}, body.encode()), "GET", "/x", CLOCK, read_only=True, register=known
    ).api_message


@pytest.mark.law
@pytest.mark.parametrize("place", PLACES)
@given(secret=SECRETS, before=TEXT, after=TEXT, length=LENGTH, again=st.booleans())
@example(secret="abc def  ghij\tk", before="", after="", length=0, again=False)
def test_no_eight_characters_of_a_secret_come_out(
    place: str, secret: str, before: str, after: str, length: int, again: bool
) -> None:
    around = before + "=" * length
    text = around + secret + after + (secret if again else "")
    said = PLACES[place](register(secret), text)
    allowed = [PLACES[place](SecretRegister(), around + end) for end in ("", after)]
    assume(not leaks(secret, text.replace(secret, "\ue000"), ""))
    assert leaks(secret, said, *allowed, *map(strip_invisible, (around, after)), around, after) == set()


# --- one way only


def calls(tree: ast.AST) -> set[str]:
    """Names of functions that are called."""
    return {
        node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
    }


def squeezes(tree: ast.AST) -> bool:
    """``" ".join(text.split())``."""
    return any(
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "join"
        and isinstance(node.func.value, ast.Constant)
        and str(node.func.value.value).isspace()
        and any(
            isinstance(inner, ast.Call)
            and isinstance(inner.func, ast.Attribute)
            and inner.func.attr in ("split", "splitlines")
            and not inner.args
            for inner in ast.walk(node)
        )
        for node in ast.walk(tree)
    )


def cuts(tree: ast.AST) -> bool:
    """A piece of something, and dots that are put somewhere; or ``textwrap.shorten``."""
    parts = list(ast.walk(tree))
    if isinstance(tree, ast.FunctionDef) and ast.get_docstring(tree):
        parts = [one for part in tree.body[1:] for one in ast.walk(part)]
    dots = any(
        isinstance(one, ast.Constant) and isinstance(one.value, str) and re.search(r"\.\.\.|\u2026", one.value)
        for one in parts
    )
    piece = any(isinstance(one, ast.Subscript) and isinstance(one.slice, ast.Slice) for one in parts)
    return (dots and piece) or "shorten" in calls(tree)


def functions_that(does: Callable[[ast.AST], bool]) -> set[str]:
    found = set()
    for path in sorted((ROOT / "plugins").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and does(node):
                found.add(f"{path.name}:{node.name}")
    return found


@pytest.mark.parametrize(
    ("code", "does"),
    [
        ('" ".join(text.split())', squeezes),
        ('" ".join(one for one in text.split())', squeezes),
        ('" ".join(text[:9].splitlines())', squeezes),
        ('f"{text[:9]}..."', cuts),
        ('text if len(text) < 9 else text[:9] + "..."', cuts),
        ("textwrap.shorten(text, 9)", cuts),
    ],
)
def test_the_search_finds_what_it_looks_for(code: str, does: Callable[[ast.AST], bool]) -> None:
    assert does(ast.parse(code))
    assert not does(ast.parse("text[9], '...', 'a'.join(text), ' '.join(texts), text.split(',')"))


def test_no_other_place_squeezes_or_cuts_text_of_others() -> None:
    """Others use `SecretRegister.mask_untrusted_line`; what is named here works on text that is not untrusted."""
    assert functions_that(squeezes) == {
        "untrusted_text.py:collapse_whitespace",
        "hints.py:hint",  # our own sentences
        "secret_forms.py:encoded_forms",  # what a secret becomes by it
        "rules.py:finding",  # a user's own spec, and dots that the mask knows as a cut
    }
    assert functions_that(cuts) == {
        "untrusted_text.py:truncate",
        "apps.py:_path",  # the kind of a path
        "rules.py:finding",  # as above
        "values.py:quoted",
        "raw_options.py:_example",  # names of options, and dots that stand for a value
    }
    steps = {"strip_invisible", "collapse_whitespace", "truncate", "normalize_newlines"}
    users = {
        path.name
        for path in (ROOT / "plugins").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom)
        and (node.module or "").endswith("untrusted_text")
        and steps & {one.name for one in node.names}
    }
    assert users == {
        "secret_register.py",
        "secret_forms.py",
        "log_tail.py",  # what the register gave back
        "deployment.py",  # collapsed white space only, a form that the register masks
        "steps.py",
    }
