"""What is wrong with options, all of it, in words that help."""

from __future__ import annotations

from typing import Any

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.oceanops.app_platform.plugins.module_utils._validation import messages, unreadable

OPTIONS: dict[str, Any] = {
    "name": {"type": "str", "required": True, "aliases": ["label"]},
    "number": {"type": "int"},
    "kind": {"type": "str", "choices": ["A", "B"]},
    "envs": {
        "type": "list",
        "elements": "dict",
        "aliases": ["environment"],
        "options": {"key": {"type": "str", "required": True}, "value": {"type": "str", "no_log": False}},
    },
}


def wrong(**given: Any) -> list[str]:
    return messages(ArgumentSpecValidator(OPTIONS).validate(given), OPTIONS, given)


def test_nothing_is_wrong() -> None:
    assert wrong(name="x", number="1", envs=[{"key": "A", "value": "b"}]) == []


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"nmae": 1}, "nmae: there is no such option; did you mean name?"),
        ({"labl": 1}, "labl: there is no such option; did you mean label?"),
        ({"zzz": 1}, "zzz: there is no such option; there are envs, kind, name, number."),
        ({"envs": [{"key": "A", "vlaue": 1}]}, "envs.vlaue: there is no such option; did you mean value?"),
    ],
)
def test_an_unknown_option_names_the_nearest_one(given: dict[str, Any], message: str) -> None:
    assert wrong(**{"name": "x", **given}) == [message]


def test_everything_is_told_at_once() -> None:
    found = wrong(number="many", kind="C", nmae=1, envs=[{"value": 1}])
    assert found[0].startswith("nmae: ")
    for part in ("missing required arguments: name", "'number'", "value of kind must be one of: A, B", "found in envs"):
        assert any(part in one for one in found), part


@pytest.mark.parametrize("given", [{"envs": "A b"}, {"environment": ["A b"]}, {"envs": [{"key": "A"}, "x"]}])
def test_a_text_in_place_of_keys_and_values(given: dict[str, Any]) -> None:
    found = unreadable(OPTIONS, given, "core stumbled")
    assert found == ["envs: a text stands where keys and values are needed; write them as YAML"]


def test_what_core_stumbles_over_for_another_reason() -> None:
    assert unreadable(OPTIONS, {"name": "x"}, "core stumbled") == ["the options can't be read: core stumbled"]
