"""What a module takes and what it says that it takes are the same, down to the last sub-option."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from ansible_collections.oceanops.app_platform.plugins.module_utils._ansible.arguments import API_URL_VARIABLE
from ansible_collections.oceanops.app_platform.plugins.module_utils._api.settings import TOKEN_VARIABLES
from tests.unit.docs.documented import COLLECTION, DECLARING, MODULES, arguments, documentation, every_option, words

#: Facts of an option that stand in both places: name -> what its absence means.
FACTS: dict[str, Any] = {
    "type": "str",
    "elements": None,
    "required": False,
    "default": None,
    "choices": None,
    "aliases": (),
}


def facts(option: Mapping[str, Any]) -> dict[str, Any]:
    found = {name: option.get(name, absent) for name, absent in FACTS.items()}
    found["aliases"] = sorted(found["aliases"])
    return found


def differences(described: Mapping[str, Any], taken: Mapping[str, Any], path: str = "") -> Iterator[str]:
    for name in sorted(set(described) | set(taken)):
        here = f"{path}.{name}" if path else name
        if name not in described:
            yield f"{here}: not documented"
        elif name not in taken:
            yield f"{here}: documented, and no option"
        else:
            says, does = facts(described[name]), facts(taken[name])
            yield from (
                f"{here}: {key} is {does[key]!r}, and {says[key]!r} in words" for key in FACTS if says[key] != does[key]
            )
            inner = described[name].get("suboptions") or {}, taken[name].get("options") or {}
            yield from differences(*inner, here)


@pytest.mark.parametrize("module", MODULES)
def test_documented_is_what_is_taken(module: str) -> None:
    assert list(differences(documentation(module)["options"], arguments(module)["argument_spec"])) == []


def test_a_difference_would_be_found() -> None:
    described = {
        "same": {"type": "list", "elements": "dict", "suboptions": {"inner": {"type": "int"}, "gone": {"type": "str"}}},
        "wrong": {"type": "bool", "default": True},
        "other": {"aliases": ["b", "a"], "choices": ["x"]},
    }
    taken = {
        "same": {"type": "list", "elements": "dict", "options": {"inner": {"type": "str"}, "new": {"type": "str"}}},
        "wrong": {"type": "bool", "default": False, "required": True},
        "other": {"aliases": ["a", "b"], "choices": ["x"], "type": "str", "no_log": False},
    }
    assert list(differences(described, taken)) == [
        "same.gone: documented, and no option",
        "same.inner: type is 'str', and 'int' in words",
        "same.new: not documented",
        "wrong: required is True, and False in words",
        "wrong: default is False, and True in words",
    ]


@pytest.mark.parametrize("module", MODULES)
def test_every_option_is_explained_in_sentences(module: str) -> None:
    for path, option in every_option(documentation(module)["options"]):
        described = option["description"]
        assert isinstance(described, list), path
        assert described, path
        for text in described:
            assert re.search(r"[.:]$", text), f"{path}: {text!r} ends without a full stop"
            assert re.match(r"[A-Z0-9]", text) or re.match(r"[COVML]\(", text), f"{path}: {text!r} begins in the middle"


@pytest.mark.parametrize("module", MODULES)
def test_options_that_need_or_exclude_each_other_say_so(module: str) -> None:
    options = documentation(module)["options"]
    taken = arguments(module)
    groups = [*taken["required_one_of"], *taken["required_together"]]
    groups += taken["mutually_exclusive"] if module in DECLARING else ()
    tells = {name: set(re.findall(r"O\((\w+)\)", words(options[name]))) - {name} for name in options}
    for group in groups:
        named = set().union(*(tells[name] for name in group))
        silent = [name for name in group if not tells[name] & set(group) and name not in named]
        assert silent == [], f"nothing says that {silent} belong to {group}"
    for name, needed in taken["required_by"].items():
        for other in needed:
            assert f"O({other})" in words(options[name]), f"{name} does not tell that it needs {other}"


@pytest.mark.parametrize("module", MODULES)
def test_every_choice_is_explained(module: str) -> None:
    """Those of the collection; the platform's own words, in capitals, and those of a state can speak for themselves."""
    for path, option in every_option(documentation(module)["options"]):
        ours = [one for one in option.get("choices") or () if path != "state" and not one.isupper()]
        assert [one for one in ours if f"V({one})" not in words(option)] == [], path


def test_the_environment_variables_are_named() -> None:
    for module in MODULES:
        options = documentation(module)["options"]
        assert re.findall(r"E\((\w+)\)", words(options["token"])) == list(TOKEN_VARIABLES)
        assert re.findall(r"E\((\w+)\)", words(options["api_url"])) == [API_URL_VARIABLE]


@pytest.mark.parametrize("module", MODULES)
def test_the_module_introduces_itself(module: str) -> None:
    doc = documentation(module)
    assert doc["short_description"][-1] != "."
    assert doc["version_added"] == "1.0.0"
    assert [one.split()[0] for one in doc["requirements"]] == ["python", "requests", "urllib3"]
    assert "python >= 3.10" in doc["requirements"]
    for text in [*doc["description"], *doc.get("notes", ())]:
        assert text.endswith((".", ":")), text


@pytest.mark.parametrize("module", MODULES)
def test_its_attributes_are_told(module: str) -> None:
    attributes = documentation(module)["attributes"]
    names = {"check_mode", "diff_mode", "idempotent", "action_group", "action", "async", "platform"}
    assert names <= set(attributes)
    assert attributes["action_group"]["membership"] == [f"{COLLECTION}.all"]
    # What a spec would change is a diff, although nothing is changed.
    reads = module.endswith("_info") and module != "app_proposal_info"
    assert attributes["check_mode"]["support"] == "full"
    assert (attributes["diff_mode"]["support"] == "N/A") == reads
    idempotent = attributes["idempotent"]
    assert idempotent["support"] in {"full", "partial", "none"}
    assert idempotent["support"] == "full" or idempotent["details"], "it says when a second run acts again"


@pytest.mark.parametrize("module", MODULES)
def test_only_the_token_and_webhooks_are_hidden_by_core(module: str) -> None:
    """Core hides a value wherever it stands, which mangles results; secrets are hidden by their place instead."""

    def hidden(options: Mapping[str, Any], path: str = "") -> Iterator[str]:
        for name, option in options.items():
            here = f"{path}.{name}" if path else name
            if option.get("no_log"):
                yield here
            yield from hidden(option.get("options") or {}, here)

    assert set(hidden(arguments(module)["argument_spec"])) <= {"token", "slack_webhooks.url"}
