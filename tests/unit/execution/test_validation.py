"""What is wrong with options, all of it, in words that help."""

from __future__ import annotations

from typing import Any

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.oceanops.app_platform.plugins.module_utils._ansible.validation import (
    unreadable_messages,
    validation_messages,
)

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


def told(options: dict[str, Any], given: dict[str, Any]) -> list[str]:
    validator: Any = ArgumentSpecValidator
    return validation_messages(validator(options).validate(given), options, given)


def wrong(**given: Any) -> list[str]:
    return told(OPTIONS, given)


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
    (found,) = unreadable_messages(OPTIONS, given, "core stumbled")
    where, _colon, words = found.partition(": ")
    assert where in ("envs", "environment[0]", "envs[1]")
    name = where.partition("[")[0]
    assert (
        words == f"a text stands where keys and values are needed; write them as YAML, such as {name}: [{{key: ...}}]"
    )


def test_a_text_in_place_of_an_inner_mapping_is_told_once_and_with_its_path() -> None:
    options: dict[str, Any] = {
        "logs": {
            "type": "list",
            "elements": "dict",
            "options": {
                "name": {"type": "str"},
                "auth": {"type": "dict", "options": {"user": {"type": "str"}, "password": {"type": "str"}}},
                "tags": {"type": "dict"},
            },
        }
    }
    given = {"logs": [{"name": "x", "auth": "hunter2hunter2"}]}
    example = "auth: {user: ..., password: ...}"
    assert told(options, given) == [
        f"logs[0].auth: a text stands where keys and values are needed; write them as YAML, such as {example}"
    ]
    for fine in ('{"user": "u"}', "user=u password=p"):
        given = {"logs": [{"name": "x", "auth": fine}]}
        assert told(options, given) == []
    # What core says of something else stays.
    given = {"logs": [{"name": "x", "auth": "hunter2hunter2", "tags": "a b"}]}
    found = told(options, given)
    assert any("'tags'" in one for one in found), found
    assert not any("hunter2" in one or "'auth'" in one for one in found), found


def test_what_core_stumbles_over_for_another_reason() -> None:
    assert unreadable_messages(OPTIONS, {"name": "x"}, "core stumbled") == ["the options can't be read: core stumbled"]
