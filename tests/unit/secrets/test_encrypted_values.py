"""What an ``EV[…]`` tells and what it doesn't."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.oceanops.app_platform.plugins.module_utils._secrets import decisions
from tests.unit.secrets.evs import ev


@given(st.text())
def test_the_length_is_that_of_the_utf8_text(plaintext: str) -> None:
    value = ev(plaintext)
    assert decisions.is_encrypted(value)
    assert decisions.plaintext_length(value) == len(plaintext.encode("utf-8", "surrogatepass"))
    assert decisions.may_match(value, plaintext)
    assert not decisions.may_match(value, plaintext + "x")
    assert decisions.is_empty_secret(value) is (plaintext == "")


def test_the_empty_secret_has_63_characters() -> None:
    assert len(ev("")) == 63


@pytest.mark.parametrize(
    "value",
    [
        "EV[]",
        "EV[1]",
        "EV[1:abc]",
        "EV[1:AAAA:!!!!]",
        "EV[1:AAAA:A]",
        "EV[1:AAAA:" + base64.b64encode(b"x" * 15).decode() + "]",
        "EV[2:AAAA:" + base64.b64encode(b"x" * 16).decode() + "]",
        "EV[1:AAAA:BBBB:" + base64.b64encode(b"x" * 16).decode() + "]",
        "EV[1:AAAA:ÄÄÄÄ]",
    ],
)
def test_an_unknown_layout_proves_nothing(value: str) -> None:
    assert decisions.is_encrypted(value)
    assert decisions.plaintext_length(value) is None
    assert decisions.may_match(value, "anything")
    assert not decisions.is_empty_secret(value)


@pytest.mark.parametrize("value", ["", "EV", "EV[1:a:b", "ev[1:a:b]", "x EV[1:a:b]", None, 3, True, ["EV[1:a:b]"]])
def test_other_values_are_not_encrypted(value: object) -> None:
    assert not decisions.is_encrypted(value)


def test_clear_text_has_no_known_length() -> None:
    assert decisions.plaintext_length("clear") is None
    assert not decisions.is_empty_secret("")
