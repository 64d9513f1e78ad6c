"""Of options that were refused only what is harmless is shown, whatever shape they have, wherever a secret stands."""

from __future__ import annotations

import importlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from ansible.module_utils import basic
from ansible.module_utils.common.text.converters import to_bytes
from hypothesis import assume, given
from hypothesis import strategies as st

from ansible_collections.oceanops.app_platform.plugins.module_utils._ansible.arguments import API, WAIT
from ansible_collections.oceanops.app_platform.plugins.module_utils._ansible.module import run_module
from ansible_collections.oceanops.app_platform.plugins.module_utils._ansible.operation import (
    Operation,
    perform,
    redact_invocation,
    refused_result,
)
from ansible_collections.oceanops.app_platform.plugins.module_utils._masking.secret_register import MASK
from ansible_collections.oceanops.app_platform.plugins.module_utils._secrets.refused_options import (
    hide_possible_secrets,
    without_values,
)
from ansible_collections.oceanops.app_platform.plugins.module_utils._secrets.task_options import secrets_in
from ansible_collections.oceanops.app_platform.plugins.plugin_utils._in_process import validated
from tests.unit.execution.fake import FakeApps, context

ROOT = Path(__file__).resolve().parents[3]
MODULES = "ansible_collections.oceanops.app_platform.plugins.modules"
OPERATIONS: dict[str, Operation] = {
    one.stem: importlib.import_module(f"{MODULES}.{one.stem}").OPERATION
    for one in sorted((ROOT / "plugins" / "modules").glob("app*.py"))
}
#: Options that many modules have in the same form: one of those is enough.
SHARED = frozenset({*API.options, *WAIT.options, "envs", "log_destinations"})
CANARY = "CANARY-Zx 9'\"\\{canary"
EXAMPLE_VALUES: dict[str, Any] = {
    "text": CANARY,
    "lines": f"a: 1\n{CANARY}\n",
    "list": [CANARY],
    "list of lists": [[CANARY]],
    "list of mappings": [{"zzz": CANARY}],
    "mapping": {"zzz": CANARY},
    "key": {CANARY: 1},
    "key of a list's item": [{CANARY: 1}],
    "deep": {"zzz": {"zzz": [CANARY]}},
    "pairs": f"zzz={CANARY.split(maxsplit=1)[0]}",
    "JSON": json.dumps({"zzz": CANARY}),
    "JSON list": json.dumps([CANARY]),
    "user and password": f"user:{CANARY}",
}


def result_of(operation: Operation, given_options: Mapping[str, Any]) -> dict[str, Any] | None:
    """What a task says that was refused; None: it wasn't."""
    params, wrong = validated(operation, dict(given_options))
    if not wrong:
        return None
    result = refused_result(wrong, secrets_in(params))
    return {**result, "invocation": redact_invocation(params, operation.arguments.options, result)}


def shows(result: Any) -> bool:
    return "canary" in json.dumps(result).lower()


def paths(options: Mapping[str, Any], path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for name, option in options.items():
        yield (*path, name)
        yield from paths(option.get("options") or {}, (*path, name))


def at(options: Mapping[str, Any], path: tuple[str, ...], value: Any) -> dict[str, Any]:
    """Options with a value at a path."""
    name, *rest = path
    option = options[name]
    inner = at(option["options"], tuple(rest), value) if rest else value
    return {name: [inner] if rest and option["type"] == "list" else inner}


@pytest.mark.parametrize("module", OPERATIONS)
def test_a_secret_in_any_shape_at_any_option_is_not_shown(module: str) -> None:
    operation = OPERATIONS[module]
    options = operation.arguments.options
    for number, path in enumerate(paths(options)):
        if path[0] in SHARED and module != "app_job":
            continue
        # All the shapes meet all kinds of options, three or four at each of them.
        for shape, value in list(EXAMPLE_VALUES.items())[number % 4 :: 4]:
            # There is no option zzzz: whatever the value is, the task is refused.
            said = result_of(operation, {**at(options, path, value), "zzzz": 1})
            assert not shows(said), f"{'.'.join(path)}: {shape}: {said}"


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-10, 10**9)
    | st.floats()
    | st.sampled_from([CANARY, f"A={CANARY}", "x", ""]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["spec", "envs", "key", "value", "name", "git", "secret", "do_token", "logtail", "token", "url", CANARY]
            ),
            inner,
            max_size=3,
        )
    ),
    max_leaves=8,
)


@pytest.mark.law
@given(st.sampled_from(list(OPERATIONS)), st.data())
def test_whatever_is_refused_shows_nothing(module: str, data: st.DataObject) -> None:
    operation = OPERATIONS[module]
    names = st.sampled_from([*operation.arguments.options, "tokn", "do_token"])
    said = result_of(operation, data.draw(st.dictionaries(names, JSON, max_size=5)))
    assume(said is not None)
    assert not shows(said), said


@pytest.mark.parametrize(
    "spec",
    [
        {"jobs": [{"name": "m", "envs": [{"key": "A", "secret": CANARY}]}]},
        {"jobs": [{"name": "m", "log_destinations": [{"name": "logs", "logtail": CANARY}]}]},
        {"jobs": [{"name": "m", "log_destinations": [{"name": "l", "open_search": {"basic_auth": f"u:{CANARY}"}}]}]},
        {"jobs": [{"name": "m", "log_destinations": [{"name": "l", "logtail": {"tokn": CANARY}}]}]},
    ],
)
def test_a_spec_that_the_lint_refuses(spec: dict[str, Any]) -> None:
    operation = OPERATIONS["app"]
    checked, wrong = validated(operation, {"token": "a-token-of-tests", "spec": {"name": "shop", **spec}})
    assert wrong == []
    result = perform(operation, checked, context(FakeApps(), params=checked))
    assert result["failure"]["code"] == "usage"
    shown = redact_invocation(checked, operation.arguments.options, result)
    assert not shows([result, shown])
    assert shown["module_args"]["spec"] == MASK


OPTIONS: dict[str, Any] = {
    "name": {"type": "str", "aliases": ["label"]},
    "state": {"type": "str", "choices": ["present", "absent"]},
    "kind": {"type": "str"},
    "wait": {"type": "bool"},
    "limit": {"type": "int"},
    "api_url": {"type": "str", "default": "https://api.example.com"},
    "token": {"type": "str", "no_log": True},
    "spec": {"type": "dict"},
    "phases": {"type": "list", "elements": "str", "choices": ["ACTIVE"]},
    "envs": {"type": "list", "elements": "dict", "options": {"key": {"type": "str"}, "number": {"type": "float"}}},
    "image": {"type": "dict", "options": {"tag": {"type": "str"}}},
    "raw": {"type": "raw"},
}


@pytest.mark.parametrize("number", [999_999, -999_999])
def test_a_number_that_is_no_secret_by_its_size(number: int) -> None:
    assert hide_possible_secrets(OPTIONS, {"limit": number}) == {"limit": number}


def test_what_is_harmless_stays_readable() -> None:
    readable: dict[str, Any] = {
        "name": "migrate",
        "state": "present",
        "kind": "PRE_DEPLOY",
        "wait": "yes",
        "limit": "50",
        "api_url": "https://api.example.com",
        "token": None,
        "spec": {},
        "phases": ["ACTIVE"],
        "envs": [{"number": 0.5}],
        "image": {},
        "raw": True,
    }
    assert hide_possible_secrets(OPTIONS, readable) == readable


@pytest.mark.parametrize(
    "options",
    [
        {"name": "abcdef0123456789abcdef0123456789"},
        {"name": "Hunter2"},
        {"name": 1234567},
        {"state": "hunter2"},
        {"kind": "hunter2"},
        {"wait": "hunter2"},
        {"limit": "hunter2"},
        {"limit": 10**9},
        {"limit": 10**6},
        {"limit": -(10**6)},
        {"api_url": "https://hunter2"},
        {"token": "x"},
        {"spec": {"name": "shop"}},
        {"spec": "name: shop"},
        {"phases": "hunter2"},
        {"raw": "hunter2"},
        {"zzz": "hunter2"},
    ],
)
def test_all_else_is_hidden(options: dict[str, Any]) -> None:
    assert hide_possible_secrets(OPTIONS, options) == dict.fromkeys(options, MASK)


def test_a_value_in_the_place_of_a_name_is_hidden_too() -> None:
    assert hide_possible_secrets(
        OPTIONS, {"KEY=hunter2": 1, "image": {"abcdef0123456789abcdef": 2}, "state": ["absent", "x"]}
    ) == {
        MASK: MASK,
        "image": {MASK: MASK},
        "state": MASK,
    }
    assert hide_possible_secrets(OPTIONS, {"phases": ["x", "ACTIVE"]}) == {"phases": [MASK, "ACTIVE"]}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "value of state must be one of: present, absent, got: a, got: b\nc",
            "value of state must be one of: present, absent",
        ),
        (
            "value of phases must be one or more of: ACTIVE. Got no match for: hunter2",
            "value of phases must be one or more of: ACTIVE",
        ),
        (
            "argument 'limit' is of type <class 'str'> found in 'a -> b'. and we were unable to convert to int: x",
            "argument 'limit' is of type <class 'str'> found in 'a -> b'. and we were unable to convert to int",
        ),
        ("something new about hunter2 in state", f"something new about {MASK} in state"),
    ],
)
def test_messages_of_core_quote_nothing(text: str, told: str) -> None:
    assert without_values(text, OPTIONS, {"limit": ["hunter2"], "spec": {"x": "state"}, "wait": 1.25}) == told


def test_messages_of_core_keep_the_names_of_options_whole() -> None:
    given_options = {"envs": [{"numb": "hunter2"}], "token": "mage", "state": "envs -> image"}
    for text, told in (
        ("missing required arguments: key found in envs -> number", None),
        ("argument 'image' is of a type, numb", f"argument 'image' is of a type, {MASK}"),
        ("image, image-mage and images", f"image, i{MASK}-{MASK} and i{MASK}s"),
        ("envs -> image", MASK),
    ):
        assert without_values(text, OPTIONS, given_options) == (told or text)


@pytest.mark.parametrize("module", ["app", "app_job", "app_alert", "app_log_destination"])
@pytest.mark.parametrize("shape", ["text", "key", "list of mappings", "pairs", "JSON"])
def test_an_ordinary_module_does_the_same(
    module: str, shape: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    operation = OPERATIONS[module]
    for name, option in operation.arguments.options.items():
        if option.get("type", "str") not in ("dict", "list", "int", "bool"):
            continue
        options = {name: EXAMPLE_VALUES[shape], "zzzz": CANARY, "_ansible_remote_tmp": "/tmp"}
        monkeypatch.setattr(basic, "_ANSIBLE_ARGS", to_bytes(json.dumps({"ANSIBLE_MODULE_ARGS": options})))
        monkeypatch.setattr(basic, "_ANSIBLE_PROFILE", "legacy", raising=False)
        with pytest.raises(SystemExit):
            run_module(operation)
        said = capsys.readouterr()
        assert "failed" in said.out
        assert "canary" not in (said.out + said.err).lower(), name


@pytest.mark.parametrize(
    "word",
    [
        "dict",
        "list",
        "bool",
        "float",
        "class",
        "type",
        "value",
        "argument",
        "option",
        "must",
        "found",
        "state",
        "present",
        "status",
    ],
)
def test_the_words_of_a_message_stay_where_they_are_given_as_values(word: str) -> None:
    options = {"state": {"choices": ["present"], "aliases": ["status"]}}
    message = f"the {word} and a-given-value of it"
    assert without_values(message, options, {"x": word, "y": "a-given-value"}) == f"the {word} and {MASK} of it"
