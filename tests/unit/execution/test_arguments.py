"""Groups of options merge, and agree with the code that reads them and with their documentation."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import pytest
import yaml
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.module_utils.errors import AnsibleFallbackNotFound

from ansible_collections.oceanops.app_platform.plugins.doc_fragments import api, app_selector, wait
from ansible_collections.oceanops.app_platform.plugins.module_utils._ansible.arguments import (
    API,
    SELECTOR,
    WAIT,
    ArgumentSpec,
    client_settings,
    first_in_environment,
    merge,
)
from ansible_collections.oceanops.app_platform.plugins.module_utils._api.settings import ClientSettings
from ansible_collections.oceanops.app_platform.plugins.module_utils._deployments.wait_options import WaitOptions

ONE = ArgumentSpec({"a": {"type": "str"}, "b": {"type": "int"}}, mutually_exclusive=(("a", "b"),))
TWO = ArgumentSpec(
    {"c": {"type": "str"}},
    required_one_of=(("b", "c"),),
    required_together=(("a", "c"),),
    required_if=(("c", "x", ("a",)),),
    required_by={"c": ("a",)},
)


def test_merging_keeps_options_and_relations() -> None:
    both = merge(ONE, TWO)
    assert set(both.options) == {"a", "b", "c"}
    assert both.mutually_exclusive == (("a", "b"),)
    assert both.required_one_of == (("b", "c"),)
    assert both.required_if == (("c", "x", ("a",)),)
    assert both.required_by == {"c": ("a",)}
    assert merge() == ArgumentSpec()


def test_the_same_option_may_come_twice_but_not_with_two_meanings() -> None:
    assert set((ONE + ArgumentSpec({"a": {"type": "str"}})).options) == {"a", "b"}
    with pytest.raises(ValueError, match="options defined twice: a, b"):
        ONE + ArgumentSpec({"a": {"type": "int"}, "b": {"type": "str"}, "z": {}})


def test_options_can_be_left_out_with_all_that_names_them() -> None:
    left = merge(ONE, TWO).without("a")
    assert set(left.options) == {"b", "c"}
    assert (left.mutually_exclusive, left.required_together, left.required_if) == ([], [], [])
    assert list(left.required_one_of) == [("b", "c")]
    assert left.required_by == {"c": ("a",)}


def test_core_gets_copies_that_it_may_change() -> None:
    spec = ArgumentSpec({"envs": {"type": "list", "elements": "dict", "options": {"key": {"type": "str"}}}})
    first = spec.as_arguments()
    first["argument_spec"]["envs"]["options"]["key"]["default"] = "changed by core"
    assert spec.as_arguments()["argument_spec"]["envs"]["options"]["key"] == {"type": "str"}
    assert (
        ArgumentSpecValidator(**merge(API, SELECTOR, WAIT).as_arguments()).validate({"app": "x"}).error_messages == []
    )


# The code that reads the options


def validated(**given: Any) -> dict[str, Any]:
    found = ArgumentSpecValidator(**merge(API, WAIT).as_arguments()).validate(given)
    assert found.error_messages == []
    return dict(found.validated_parameters)


def test_the_defaults_of_the_options_are_those_of_the_client() -> None:
    assert client_settings(validated(token="t")) == ClientSettings(token="t")


def test_every_setting_of_the_client_has_an_option() -> None:
    given = {
        "token": "t",
        "api_url": "http://localhost:1",
        "api_timeout": "1",
        "api_connect_timeout": 2,
        "api_deadline": 3,
        "api_retries": "4",
        "rate_limit_wait": 5,
        "validate_certs": "no",
        "ca_path": "/ca.pem",
    }
    settings = client_settings(validated(**given))
    assert settings == ClientSettings("t", "http://localhost:1", 1.0, 2.0, 4, 5.0, False, "/ca.pem", 3.0)
    assert len(given) == len(API.options) == len(fields(ClientSettings))


def test_the_wait_options_are_those_of_the_waiting_with_the_same_defaults() -> None:
    assert set(WAIT.options) == {one.name for one in fields(WaitOptions)}
    assert WaitOptions.from_params(validated()) == WaitOptions()


# Environment variables


def test_the_first_variable_that_is_set_and_not_empty_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIGITALOCEAN_ACCESS_TOKEN", "")
    monkeypatch.setenv("DO_API_TOKEN", "third")
    assert validated()["token"] == "third"
    monkeypatch.setenv("DIGITALOCEAN_TOKEN", "second")
    assert validated()["token"] == "second"
    assert validated(token="given")["token"] == "given"


def test_without_any_variable_there_is_no_token(monkeypatch: pytest.MonkeyPatch) -> None:
    assert validated()["token"] is None
    with pytest.raises(AnsibleFallbackNotFound):
        first_in_environment("NO_SUCH_VARIABLE")


def test_the_address_may_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    assert validated()["api_url"] == "https://api.digitalocean.com"
    monkeypatch.setenv("DIGITALOCEAN_API_URL", "http://127.0.0.1:8080")
    assert validated()["api_url"] == "http://127.0.0.1:8080"


# Documentation


@pytest.mark.parametrize(
    ("fragment", "group"), [(api, API), (app_selector, SELECTOR), (wait, WAIT)], ids=["api", "app_selector", "wait"]
)
def test_a_fragment_describes_its_group(fragment: Any, group: ArgumentSpec) -> None:
    described = yaml.safe_load(fragment.ModuleDocFragment.DOCUMENTATION)["options"]
    assert list(described) == list(group.options)
    for name, option in group.options.items():
        assert {key: described[name].get(key) for key in ("type", "default", "choices")} == {
            key: option.get(key) for key in ("type", "default", "choices")
        }, name
        assert described[name]["description"]


def test_only_the_token_is_hidden_by_core() -> None:
    assert [name for name, one in merge(API, SELECTOR, WAIT).options.items() if one.get("no_log")] == ["token"]
