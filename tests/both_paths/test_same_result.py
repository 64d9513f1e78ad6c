"""One task, two ways, one result: types, defaults, modes, warnings, failures, invocation."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from tests.both_paths.running import PATHS, Played, run_play

TASKS: list[dict[str, Any]] = [
    {"name": "defaults", "probe.probe.probe": {}},
    {"name": "types", "probe.probe.probe": {"number": "42", "switch": "yes", "any": {"1": [True, None, 1.5, "x"]}}},
    {"name": "keys", "probe.probe.probe": {"any": {"a": {"b": [1, {"c": "d"}]}}, "text": 17, "name": "ünïcödé ✓"}},
    {
        "name": "templates",
        "vars": {"number": 7, "texts": ["a", "b"], "pair": {"key": "K", "value": "V", "type": "GENERAL"}},
        "probe.probe.probe": {
            "number": "{{ number }}",
            "any": "{{ texts }}",
            "text": "{{ texts | join('+') }}",
            "envs": ["{{ pair }}"],
        },
    },
    {"name": "unsafe", "probe.probe.probe": {"text": "{% raw %}{{ 1 + 1 }}{% endraw %}"}},
    {"name": "empty", "probe.probe.probe": {"text": "", "any": [], "envs": []}},
    {"name": "alias", "probe.probe.probe": {"label": "two"}},
    {"name": "both spellings", "probe.probe.probe": {"name": "one", "label": "two"}},
    {"name": "check mode", "probe.probe.probe": {}, "check_mode": True},
    {"name": "diff", "probe.probe.probe": {"name": "new"}, "diff": True},
    {"name": "no diff", "probe.probe.probe": {"name": "new"}, "diff": False},
    {"name": "warn", "probe.probe.probe": {"act": "warn"}},
    {"name": "fail", "probe.probe.probe": {"act": "fail"}, "ignore_errors": True},
    {"name": "refuse", "probe.probe.probe": {"act": "refuse", "name": "x"}, "ignore_errors": True},
    {"name": "crash", "probe.probe.probe": {"act": "crash"}, "ignore_errors": True},
    {"name": "required if", "probe.probe.probe": {"act": "refuse"}, "ignore_errors": True},
    {
        "name": "all wrong",
        "probe.probe.probe": {"act": "dance", "number": "x", "nmae": 1, "envs": [{"kye": 1}]},
        "ignore_errors": True,
    },
    {"name": "no path", "probe.probe.probe": {"ca_path": "certificates/ca.pem"}},
    {"name": "hidden", "probe.probe.probe": {"text": "hidden"}, "no_log": True},
    {"name": "loop", "probe.probe.probe": {"text": "{{ item }}"}, "loop": ["a", "b"]},
    {"name": "registered", "probe.probe.probe": {"text": "{{ 'again' }}"}, "register": "answer"},
    {"name": "used", "probe.probe.probe": {"text": "{{ answer.echo.text }}", "number": "{{ answer.tuple | sum }}"}},
]


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Played]:
    folder = tmp_path_factory.mktemp("same")
    environment = {"DIGITALOCEAN_TOKEN": "CANARY-from-the-environment", "DIGITALOCEAN_ACCESS_TOKEN": ""}
    return {path: run_play(folder / path, TASKS, path, environment=environment) for path in PATHS}


def plain(result: Any) -> Any:
    """Without what must differ: which way it was."""
    if isinstance(result, dict):
        return {key: plain(value) for key, value in result.items() if key != "in_process"}
    return [plain(one) for one in result] if isinstance(result, list) else result


@pytest.mark.parametrize("number", range(len(TASKS)), ids=[one["name"] for one in TASKS])
def test_the_results_are_equal(both: dict[str, Played], number: int) -> None:
    name = TASKS[number]["name"]
    in_process = [one for one in both["in_process"].results if one.name == name]
    module = [one for one in both["module"].results if one.name == name]
    assert [one.status for one in in_process] == [one.status for one in module]
    assert [plain(one.result) for one in in_process] == [plain(one.result) for one in module]


def test_each_went_its_own_way(both: dict[str, Played]) -> None:
    assert both["in_process"]["defaults"]["in_process"] is True
    assert both["module"]["defaults"]["in_process"] is False


def test_what_was_given_arrives(both: dict[str, Played]) -> None:
    results = both["in_process"]
    assert results["types"]["echo"]["number"] == 42
    assert results["types"]["echo"]["switch"] is True
    assert results["types"]["echo"]["any"] == {"1": [True, None, 1.5, "x"]}
    assert results["keys"]["echo"]["text"] == "17"
    assert results["keys"]["echo"]["name"] == "ünïcödé ✓"
    assert results["templates"]["echo"]["any"] == ["a", "b"]
    assert results["templates"]["echo"]["number"] == 7
    assert results["unsafe"]["echo"]["text"] == "{{ 1 + 1 }}"
    assert results["alias"]["echo"]["name"] == "two"
    assert results["used"]["echo"]["text"] == "again"
    assert results["used"]["echo"]["number"] == 3


def test_only_plain_types_reach_the_operation(both: dict[str, Played]) -> None:
    known = {"NoneType", "bool", "dict", "float", "int", "list", "str"}
    for name in ("types", "keys", "templates", "unsafe", "used"):
        assert set(both["in_process"][name]["types"]) <= known


def test_the_modes_reach_the_operation(both: dict[str, Played]) -> None:
    results = both["in_process"]
    assert results["check mode"]["check_mode"] is True
    assert results["defaults"]["check_mode"] is False
    assert results["diff"]["diff"]["after"]["name"] == "new"
    assert "diff" not in results["no diff"].result


def test_the_token_comes_from_the_first_variable_that_is_not_empty(both: dict[str, Played]) -> None:
    assert both["in_process"]["defaults"]["had_token"] == len("CANARY-from-the-environment")
    assert both["module"]["defaults"]["had_token"] == len("CANARY-from-the-environment")
    for played in both.values():
        assert "CANARY-from" not in played.output


def test_every_problem_of_the_options_is_told_at_once(both: dict[str, Played]) -> None:
    message = both["in_process"]["all wrong"]["msg"]
    lines = message.splitlines()
    assert lines[0] == "envs.kye: there is no such option; did you mean key?"
    assert lines[1] == "nmae: there is no such option; did you mean name?"
    assert any(line.startswith("value of act must be one of: ") for line in lines)
    # What was given may be a secret.
    assert "dance" not in message
    assert any("number" in line for line in lines)
    assert both["in_process"]["all wrong"]["failure"]["code"] == "usage"


def test_a_missing_option_is_named(both: dict[str, Played]) -> None:
    assert re.search(r"act is refuse but all of the following are missing: name", both["module"]["required if"]["msg"])


def test_both_spellings_of_an_option_are_warned_about(both: dict[str, Played]) -> None:
    for played in both.values():
        assert [str(one) for one in played["both spellings"]["warnings"]] == [
            "Both option name and its alias label are set."
        ]


@pytest.fixture(scope="module")
def vaulted(path: str, tmp_path_factory: pytest.TempPathFactory) -> Played:
    from ansible.parsing.vault import VaultLib, VaultSecret

    folder: Path = tmp_path_factory.mktemp(f"vaulted-{path}")
    secret = "CANARY battery staple"
    text = VaultLib().encrypt(secret, VaultSecret(b"probe"), salt="0" * 64).decode()
    indented = "\n".join(f"          {line}" for line in text.splitlines())
    (folder / "password").write_text("probe")
    playbook = f"""
- hosts: localhost
  gather_facts: false
  vars:
    secret: !vault |
{indented}
    pairs:
      - key: A
        type: SECRET
        value: !vault |
{indented}
  tasks:
    - name: direct
      probe.probe.probe:
        envs: [{{key: A, type: SECRET, value: "{{{{ secret }}}}"}}]
    - name: nested
      probe.probe.probe:
        envs: "{{{{ pairs }}}}"
    - name: in the task
      probe.probe.probe:
        registry_credentials: !vault |
{indented}
"""
    return run_play(folder, [], path, text=playbook, arguments=["--vault-password-file", "password"], verbosity=4)


def test_vaulted_values_arrive_decrypted_and_stay_secret(vaulted: Played) -> None:
    assert vaulted["direct"]["lengths"] == [21]
    assert vaulted["nested"]["lengths"] == [21]
    assert not vaulted["in the task"].failed
    assert "CANARY" not in vaulted.output
    assert "CANARY" not in repr(vaulted.results)
