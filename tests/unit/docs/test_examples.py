"""The examples are tasks as people write them: whole names, and options that exist."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from tests.unit.docs.documented import COLLECTION, MODULES, arguments, documentation, examples

#: Keywords of a task that examples may use; everything else is the name of a module.
KEYWORDS = {
    "name", "register", "when", "loop", "loop_control", "vars", "until", "retries", "delay", "delegate_to", "run_once",
    "check_mode", "failed_when", "changed_when", "no_log", "tags",
}  # fmt: skip
EXAMPLES = [(module, number) for module in MODULES for number in range(len(yaml.safe_load(examples(module)) or ()))]


def task(module: str, number: int) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(examples(module))[number]
    return found


@pytest.mark.parametrize("module", MODULES)
def test_the_module_is_in_its_examples(module: str) -> None:
    tasks = yaml.safe_load(examples(module))
    assert isinstance(tasks, list)
    assert any(f"{COLLECTION}.{module}" in one for one in tasks)
    names = [one["name"] for one in tasks]
    assert len(names) == len(set(names)), "two examples have the same name"


@pytest.mark.parametrize("module", MODULES)
def test_what_can_be_removed_is_removed_in_an_example(module: str) -> None:
    if "absent" not in documentation(module)["options"].get("state", {}).get("choices", ()):
        pytest.skip(f"{module} removes nothing")
    assert re.search(r"^ +state: absent$", examples(module), re.MULTILINE)


@pytest.mark.parametrize(("module", "number"), EXAMPLES)
def test_an_example_is_a_task(module: str, number: int) -> None:
    one = task(module, number)
    assert re.match(r"[A-Z]", one["name"])
    assert not one["name"].endswith(".")
    (action,) = set(one) - KEYWORDS
    assert re.fullmatch(r"[a-z]\w*\.[a-z]\w*\.[a-z]\w*", action), f"{action} is not the whole name of a module"


@pytest.mark.parametrize(("module", "number"), EXAMPLES)
def test_an_example_has_options_that_exist(module: str, number: int) -> None:
    """Its options pass the very validation of a run; what a template stands for is not known here."""
    one = task(module, number)
    (action,) = set(one) - KEYWORDS
    if not action.startswith(f"{COLLECTION}."):
        pytest.skip(f"{action} is not of this collection")
    options = one[action] or {}
    assert not {"token", "api_url"} & set(options), "the token comes from the environment or module_defaults"
    used = action.rpartition(".")[2]
    taken = arguments(used)
    spec = taken["argument_spec"]
    plain = {name: _settled(value, spec.get(name, {})) for name, value in options.items()}
    found = ArgumentSpecValidator(**taken).validate({**plain, "token": "t"})
    assert found.error_messages == []


def _settled(value: Any, option: dict[str, Any]) -> Any:
    """A template in place of something that is no text stands for an empty one."""
    empty: dict[str, Any] = {"dict": {}, "list": [], "int": 1, "float": 1.0, "bool": True}
    if isinstance(value, str) and "{{" in value:
        return empty.get(option.get("type", "str"), value)
    if isinstance(value, dict):
        inner = option.get("options") or {}
        return {name: _settled(one, inner.get(name, {})) for name, one in value.items()}
    if isinstance(value, list):
        return [
            _settled(one, {"type": option.get("elements", "str"), "options": option.get("options")}) for one in value
        ]
    return value


@pytest.mark.parametrize("module", MODULES)
def test_no_example_holds_a_secret_or_a_place_of_somebody(module: str) -> None:
    text = examples(module)
    assert not re.search(r"dop_v1_|EV\[1:|BEGIN [A-Z ]*PRIVATE KEY", text)
    hosts = set(re.findall(r"https?://([\w.-]+)", text)) | set(re.findall(r"[\w.]+@([\w.-]+\.\w+)", text))
    assert [one for one in hosts if not re.search(r"(^|\.)example\.(com|org|net)$|^hooks\.slack\.com$", one)] == []


@pytest.mark.parametrize("module", MODULES)
def test_versions_of_images_are_texts(module: str) -> None:
    """An unquoted 1.10 is the number 1.1."""
    for number, _one in enumerate(yaml.safe_load(examples(module))):
        for tag in _values(task(module, number), "tag"):
            assert isinstance(tag, str), f"tag: {tag}"


def _values(value: Any, key: str) -> list[Any]:
    if isinstance(value, dict):
        return [inner for name, one in value.items() for inner in ([one] if name == key else _values(one, key))]
    return [inner for one in value for inner in _values(one, key)] if isinstance(value, list) else []
