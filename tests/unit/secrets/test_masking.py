"""Masking by value: no canary survives, and nothing else changes."""

from __future__ import annotations

import base64
import copy
import html
import json
import random
import shlex
import string
import sys
import time
from typing import Any
from urllib.parse import quote, quote_plus, urlencode

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from ansible_collections.oceanops.app_platform.plugins.module_utils._masking import secret_register
from ansible_collections.oceanops.app_platform.plugins.module_utils._masking.secret_forms import encoded_forms
from ansible_collections.oceanops.app_platform.plugins.module_utils._masking.secret_register import (
    DIFF_CHANGED,
    DIFF_UNCHANGED,
    MASK,
    SecretRegister,
    is_mask,
    register_with_core,
)

CANARY = "c4nary/Se<cr>et+08'15\"&="


def register(*values: str | None) -> SecretRegister:
    result = SecretRegister()
    result.add(*values)
    return result


# --- distinctive values -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "written",
    [
        CANARY,
        quote(CANARY),
        quote(CANARY, safe=""),
        quote_plus(CANARY),
        quote(CANARY, safe="").lower().replace("c4nary%2fse%3ccr%3eet", "c4nary%2fSe%3ccr%3eet"),
        urlencode({"password": CANARY}),
        json.dumps({"password": CANARY}),
        json.dumps(json.dumps({"password": CANARY})),
        json.dumps(CANARY).replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"),
        json.dumps(CANARY).replace("/", "\\/"),
        repr(CANARY),
        repr({"password": CANARY}),
        html.escape(CANARY),
        html.escape(CANARY, quote=False),
        shlex.quote(CANARY),
        base64.b64encode(CANARY.encode()).decode(),
        base64.urlsafe_b64encode(CANARY.encode()).decode(),
        base64.b64encode(CANARY.encode()).decode().rstrip("="),
        base64.b64encode(f"user:{CANARY}".encode()).decode(),
        base64.b64encode(f"me:{CANARY}".encode()).decode(),
        base64.b64encode(f"x:{CANARY}\n".encode()).decode(),
        f"postgres://user:{quote(CANARY, safe='')}@host/db",
        f"'{CANARY.replace(chr(39), chr(39) * 2)}'",
    ],
)
def test_every_way_of_writing_a_secret_is_masked(written: str) -> None:
    masked = register(CANARY).mask_text(f"before {written} after")
    assert MASK in masked
    assert masked.startswith("before ")
    assert masked.endswith(" after")
    for form in ("c4nary", "Se<cr>et", "08'15", base64.b64encode(CANARY.encode()).decode()[4:16]):
        assert form not in masked


def test_a_part_of_a_word_a_key_and_a_deep_place_are_masked() -> None:
    result = register("hunter2hunter2").mask(
        {"a": [{"xhunter2hunter2x": ("hunter2hunter2", 1)}, None, True, 1.5], "hunter2hunter2": "b"}
    )
    assert result == {"a": [{f"x{MASK}x": [MASK, 1]}, None, True, 1.5], MASK: "b"}


def test_masked_keys_stay_apart() -> None:
    result = register("secret-one-1", "secret-two-2").mask({"secret-one-1": 1, "secret-two-2": 2, MASK: 3})
    assert sorted(result.values()) == [1, 2, 3]


def test_overlapping_secrets_leave_nothing() -> None:
    masked = register("abcdefgh1234", "1234ijklmnop", "efgh1234ijkl").mask_text("<abcdefgh1234ijklmnop>")
    assert masked == f"<{MASK}>"


def test_a_secret_within_a_secret() -> None:
    masked = register("inner-secret", "outer-inner-secret-outer").mask_text("outer-inner-secret-outer inner-secret")
    assert masked == f"{MASK} {MASK}"


def test_neighbours_become_one_mask() -> None:
    assert register("abcdefgh12").mask_text("abcdefgh12abcdefgh12!") == f"{MASK}!"


def test_every_place_and_every_alignment() -> None:
    for pad in range(17):
        text = "." * pad + "hunter2x"
        assert register("hunter2x").mask_text(text) == "." * pad + MASK


def test_a_private_key_is_masked_line_by_line() -> None:
    lines = ["MIIEowIBAAKCAQEAx1vJ9kq0", "b2JqZWN0aW9uYWJsZQ0a1b2c", "Zm9vYmFyYmF6cXV4MTIzNDU2"]
    key = "\n".join(["-----BEGIN PRIVATE KEY-----", *lines, "-----END PRIVATE KEY-----", ""])
    known = register(key)
    for text in (
        key,
        key.replace("\n", "\r\n"),
        json.dumps(key),
        repr(key),
        key.replace("\n", "\n        "),
        base64.b64encode(key.encode()).decode(),
        f"[build] {lines[1]}",
    ):
        masked = known.mask_text(text)
        assert not any(line in masked for line in lines)
    assert known.mask_text("-----BEGIN PRIVATE KEY-----") == "-----BEGIN PRIVATE KEY-----"


def test_a_secret_with_short_lines_is_masked_with_either_line_end() -> None:
    for text in ("(pin\n0815\nxyz!)", "(pin\r\n0815\r\nxyz!)"):
        assert register("pin\n0815\nxyz!").mask_text(text) == f"({MASK})"


def test_white_space_around_a_secret_is_not_part_of_it() -> None:
    assert register("hunter2hunter2\n").mask_text("(hunter2hunter2)") == f"({MASK})"


def test_the_password_of_an_address_is_a_secret_of_its_own() -> None:
    known = register("postgres://shop:p%40ss-w0rd!@db.example.com:5432/shop?sslmode=require")
    assert known.mask_text('auth failed for "p@ss-w0rd!"') == f'auth failed for "{MASK}"'
    assert known.mask_text("auth failed for p%40ss-w0rd!") == f"auth failed for {MASK}"
    assert known.mask_text("host db.example.com:5432") == "host db.example.com:5432"


def test_the_token_of_registry_credentials_is_a_secret_of_its_own() -> None:
    known = register("robot:dckr_pat_0815abc")
    assert known.mask_text("bad token dckr_pat_0815abc of robot") == f"bad token {MASK} of robot"


@pytest.mark.parametrize("value", ["https://[broken", "a://b:c@[", "://", "x:", ":", ":abcdefghij", "\ud800abcdefgh"])
def test_odd_values_are_registered_without_a_stumble(value: str) -> None:
    assert MASK in register(value).mask_text(f"{value} {value}") or len(value) < 4


def test_numbers_equal_to_a_secret() -> None:
    known = register("8412345678", "12.345678901")
    assert known.mask({"pin": 8412345678, "other": 8412345679, "port": 8080}) == {
        "pin": MASK,
        "other": 8412345679,
        "port": 8080,
    }


# --- weak, protected and plain values ---------------------------------------------------------------------------------

RESULT = {
    "app": {"id": "a1-nyc3-true", "spec": {"name": "shop", "region": "nyc3", "jobs": [{"name": "hunter2-job"}]}},
    "url": "https://hunter2.example.com/5432",
    "count": 3,
    "msg": "deployed",
}


@pytest.mark.parametrize(
    "value", ["1", "3", "no", "nyc", "true", "True", "admin", "prod", "localhost", "production", "  "]
)
def test_short_and_common_values_change_nothing(value: str) -> None:
    known = register(value)
    assert known.mask(RESULT) == RESULT
    assert known.mask_text("production: step 1 of 3 is true in nyc3, no admin") == (
        "production: step 1 of 3 is true in nyc3, no admin"
    )


def test_a_weak_value_is_masked_as_a_word_in_texts_only() -> None:
    known = register("hunter2")
    assert known.mask(RESULT) == RESULT
    assert known.mask_text("login with hunter2 failed") == f"login with {MASK} failed"
    assert known.mask_text('password="hunter2"') == f'password="{MASK}"'
    assert known.mask_text("hunter22 xhunter2 my_hunter2 hunter2-job") == "hunter22 xhunter2 my_hunter2 hunter2-job"
    assert known.mask({"line": "PASS=hunter2 ./run", "value": "hunter2", "id": "a-hunter2"}) == {
        "line": f"PASS={MASK} ./run",
        "value": MASK,
        "id": "a-hunter2",
    }


def test_a_weak_value_with_odd_characters() -> None:
    assert register("p@$s.w").mask_text("is p@$s.w wrong") == f"is {MASK} wrong"
    assert register("p@$s.w").mask_text("is p@$sxw wrong") == "is p@$sxw wrong"


@pytest.mark.parametrize("value", ["frontend-web", "nyc3", "PRE_DEPLOY"])
def test_a_value_equal_to_a_name_is_left_alone(value: str) -> None:
    known = register(value)
    known.protect_names("frontend-web", "nyc3", "PRE_DEPLOY")
    text = f"component frontend-web in nyc3 failed at PRE_DEPLOY: {value}"
    assert known.mask_text(text) == text
    assert known.mask({value: value}) == {value: value}


def test_a_name_that_contains_the_value_is_left_alone() -> None:
    known = register("frontend")
    known.protect_names("frontend-web")
    assert known.mask({"name": "frontend-web"}) == {"name": "frontend-web"}
    assert known.mask_text("password is frontend here") == f"password is {MASK} here"


def test_words_of_readable_values_keep_short_secrets_readable_but_not_long_ones() -> None:
    known = register("start", "hunter2hunter2")
    known.protect_words("npm start --password hunter2hunter2")
    assert known.mask({"run": "npm start --password hunter2hunter2"}) == {"run": f"npm start --password {MASK}"}
    known = register("start", "hunter2hunter2x")
    known.protect_words("npm start")
    masked = known.mask({"run": "npm start --password hunter2hunter2x"})
    assert masked == {"run": f"npm start --password {MASK}"}


def test_protection_may_come_before_or_after_and_between_uses() -> None:
    known = register("frontend-web")
    assert known.mask_text("frontend-web") == MASK
    known.protect_names("frontend-web", "")
    assert known.mask_text("frontend-web") == "frontend-web"
    known.add("another-secret")
    assert known.mask_text("frontend-web another-secret") == f"frontend-web {MASK}"


@pytest.mark.parametrize("value", ["--------", "00000000", "********", "abababababab"])
def test_monotonous_values_do_not_spoil_lines(value: str) -> None:
    assert register(value).mask_text(f"x{value}{value}x") == f"x{value}{value}x"


@pytest.mark.parametrize("value", [None, "", "   ", "\n", MASK, DIFF_CHANGED, "EV[1:abc:defghijkl]"])
def test_what_is_no_secret_is_not_registered(value: str | None) -> None:
    known = register(value)
    assert not known.distinctive
    text = f"x {value} y"
    assert known.mask_text(text) == text


@pytest.mark.parametrize("value", ["PARAMETER", "SPECIFIED_IN", "NO_LOG_PARAMETER", "(changed)"])
def test_masking_twice_is_masking_once(value: str) -> None:
    known = register(value, "hunter2hunter2")
    once = known.mask({"a": f"hunter2hunter2 and {value}!"})
    assert known.mask(once) == once


@pytest.mark.parametrize("value", [MASK, DIFF_CHANGED, f" {MASK}\n", "$REDACTED$", "********"])
def test_masks_are_known(value: str) -> None:
    assert is_mask(value)


@pytest.mark.parametrize("value", ["", "SECRET!", "a value", None, 5, DIFF_UNCHANGED.lower()])
def test_other_values_are_no_masks(value: object) -> None:
    assert not is_mask(value)


# --- ansible-core -----------------------------------------------------------------------------------------------------


def test_core_is_told_where_it_wants_to_know(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    monkeypatch.setattr(secret_register, "core_register", told.extend)
    known = register("hunter2hunter2", "nyc", "short7x")
    assert register_with_core(known.distinctive)
    assert told == ["hunter2hunter2"]


def test_a_core_that_masks_does_so_with_our_values() -> None:
    core = pytest.importorskip("ansible.module_utils.secrets", reason="ansible-core before 2.22 has no such thing")
    assert register_with_core(register("hunter2hunter2-core").distinctive)
    assert "hunter2" not in core.mask_secrets("a hunter2hunter2-core b")


def test_older_cores_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(secret_register, "core_register", None)
    assert not register_with_core(["hunter2hunter2"])


# --- laws -------------------------------------------------------------------------------------------------------------

SECRETS = st.text(min_size=8, max_size=40).filter(
    lambda value: (
        value == value.strip()
        and len(set(value)) > 2
        and len(value.splitlines()) == 1
        and not is_mask(value)
        and not value.startswith("EV[")
        and value not in MASK
        and value.lower() not in secret_register.COMMON_WORDS
    )
)
ENCODINGS = st.sampled_from(
    [
        str,
        quote,
        quote_plus,
        lambda value: json.dumps(value)[1:-1],
        lambda value: json.dumps(value, ensure_ascii=False)[1:-1],
        lambda value: repr(value)[1:-1],
        html.escape,
        lambda value: base64.b64encode(value.encode()).decode(),
    ]
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=20,
)


def texts(value: Any) -> str:
    """Every text in a JSON-like value, keys included, one to a line."""
    if isinstance(value, dict):
        return "\n".join(texts(part) for pair in value.items() for part in pair)
    return "\n".join(map(texts, value)) if isinstance(value, list) else str(value)


@settings(max_examples=300)
@given(SECRETS, ENCODINGS, st.text(max_size=20), st.text(max_size=20))
def test_a_canary_never_survives(secret: str, encoded: Any, before: str, after: str) -> None:
    try:
        form = encoded(secret)
    except UnicodeEncodeError:  # a lone surrogate can't be percent-encoded
        assume(False)
    masked = register(secret).mask_text(before + form + after)
    assert form not in masked
    assert MASK in masked


@settings(max_examples=300)
@given(SECRETS, st.binary(max_size=5), st.binary(max_size=5))
def test_a_canary_never_survives_within_base64(secret: str, before: bytes, after: bytes) -> None:
    raw = secret.encode("utf-8", "surrogatepass")
    masked = register(secret).mask_text(base64.b64encode(before + raw + after).decode())
    assert MASK in masked
    for part in masked.split(MASK):
        assert len(part) <= 12


@settings(max_examples=200)
@given(st.lists(SECRETS, min_size=1, max_size=5), JSON, st.data())
def test_a_canary_never_survives_in_a_result(secrets: list[str], value: Any, data: st.DataObject) -> None:
    planted = {
        "value": value,
        "texts": [data.draw(st.sampled_from(secrets)) + "!" for _copy in range(3)],
        secrets[0]: 1,
    }
    before = copy.deepcopy(planted)
    masked = register(*secrets).mask(planted)
    assert planted == before
    said = texts(masked)
    assert not any(secret in said for secret in secrets)


@settings(max_examples=300)
@given(st.lists(SECRETS, max_size=5), JSON, st.text())
def test_nothing_changes_where_no_secret_occurs(secrets: list[str], value: Any, text: str) -> None:
    known = register(*secrets)
    everything = texts(value) + "\n" + text
    written = {form for secret in known.distinctive for form in encoded_forms(secret)}
    assume(not any(form in everything for form in written))
    assert known.mask_text(text) == text
    masked = known.mask(value)
    assert masked == value
    assert masked is not value or not isinstance(value, (dict, list))


@settings(max_examples=100)
@given(st.lists(st.text(max_size=12), max_size=6), JSON)
def test_masking_twice_changes_nothing_more(secrets: list[str], value: Any) -> None:
    known = register(*secrets)
    once = known.mask(value)
    assert known.mask(once) == once


@settings(max_examples=200)
@given(st.lists(st.text(max_size=30), max_size=4), st.text(max_size=60), st.lists(st.text(max_size=9), max_size=3))
def test_no_register_and_no_text_makes_it_stumble(secrets: list[str], text: str, names: list[str]) -> None:
    known = register(*secrets)
    known.protect_names(*names)
    known.protect_words(*names)
    masked = known.mask_text(text)
    for value in known.distinctive:
        assert value not in masked


def test_two_hundred_secrets_mask_a_megabyte_quickly() -> None:
    """The figure aimed at is 50 ms; the bound leaves room for a busy machine."""
    chance = random.Random(0)  # the same every time
    letters = string.ascii_letters + string.digits + "-_+/"

    def word(length: int) -> str:
        return "".join(chance.choices(letters, k=length))

    secrets = [word(chance.randint(10, 60)) for _secret in range(200)]
    known = register(*secrets)
    known.mask_text("built")
    result = {"logs": [" ".join(word(chance.randint(3, 12)) for _word in range(40)) for _line in range(3_000)]}
    size = sum(map(len, result["logs"]))
    assert size > 900_000
    best = 9.0
    for _attempt in range(3):
        start = time.perf_counter()
        masked = known.mask(result)
        best = min(best, time.perf_counter() - start)
    assert masked == result
    assert best < (0.25 if sys.gettrace() is None else 5)
    result["logs"][1500] += secrets[77]
    assert known.mask(result)["logs"][1500].endswith(MASK)
