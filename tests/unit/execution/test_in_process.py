"""When a task may run in process, and what core's side gets; the real thing is in tests/both_paths."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from ansible import constants
from ansible.plugins.action.normal import ActionModule as NormalAction

from ansible_collections.oceanops.app_platform.plugins.module_utils._ansible.arguments import API, ArgumentSpec, merge
from ansible_collections.oceanops.app_platform.plugins.module_utils._ansible.context import Context
from ansible_collections.oceanops.app_platform.plugins.module_utils._ansible.operation import Operation
from ansible_collections.oceanops.app_platform.plugins.module_utils._masking.secret_register import MASK
from ansible_collections.oceanops.app_platform.plugins.plugin_utils import _in_process
from ansible_collections.oceanops.app_platform.plugins.plugin_utils._in_process import InProcessAction

SECRET = "CANARY-0123456789"
OPTIONS = ArgumentSpec(
    {
        "name": {"type": "str", "aliases": ["label"]},
        "number": {"type": "int"},
        "registry_credentials": {"type": "str", "no_log": False},
    }
)


def echo(params: dict[str, Any], context: Context) -> dict[str, Any]:
    if context.progress:
        context.progress(f"progress with {params['registry_credentials']}")
    context.warn(f"careful with {params['registry_credentials']}")
    return {
        "changed": True,
        "params": params,
        "check": context.check_mode,
        "diff": {"before": {}, "after": {}},
        "in_process": context.in_process,
    }


class Action(InProcessAction):
    operation = Operation(merge(API, OPTIONS), echo)


class Templar:
    """A variable's text is replaced by what it stands for here."""

    def template(self, value: Any) -> Any:
        return (
            {"{{ off }}": False, "{{ python }}": sys.executable, "{{ empty }}": {}}.get(value, value)
            if isinstance(value, str)
            else value
        )


def action(args: dict[str, Any] | None = None, connection: dict[str, Any] | None = None, **task: Any) -> Action:
    given = {
        "action": "oceanops.app_platform.echo",
        "args": args or {},
        "become": False,
        "async_val": 0,
        "environment": None,
        "delegate_to": None,
        "check_mode": False,
        "diff": False,
        "no_log": False,
        **task,
    }
    return Action(
        task=SimpleNamespace(**given),
        connection=SimpleNamespace(**{"transport": "local", "become": None, **(connection or {})}),
        play_context=SimpleNamespace(),
        loader=SimpleNamespace(get_basedir=lambda: "/playbooks"),
        templar=Templar(),
        shared_loader_obj=None,
    )


@pytest.fixture(autouse=True)
def process_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("ANSIBLE_PYTHON_INTERPRETER", raising=False)
    monkeypatch.setattr(constants, "DEFAULT_LOCAL_TMP", str(tmp_path), raising=False)


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, bool]]:
    """What Display is told: the text, and whether it goes to stderr."""
    told: list[tuple[str, bool]] = []
    display = SimpleNamespace(
        display=lambda text, stderr=False: told.append((text, stderr)), vvv=lambda text: told.append((text, False))
    )
    monkeypatch.setattr(_in_process, "Display", lambda: display)
    return told


# Conditions


@pytest.mark.parametrize(
    ("made", "variables"),
    [
        (action(), {}),
        (action(connection={"transport": "ansible.builtin.local"}), {}),
        (action(environment=[{}, None, "{{ empty }}"]), {}),
        (action(environment={}), {}),
        (action(), {"app_platform_in_process": "yes"}),
        (action(), {"ansible_python_interpreter": "auto"}),
        (action(), {"ansible_python_interpreter": ""}),
        (action(), {"ansible_python_interpreter": sys.executable}),
        (action(), {"ansible_python_interpreter": "{{ python }}"}),
        (
            action(delegate_to="here"),
            {"ansible_python_interpreter": "/elsewhere/python"}
            | {"ansible_delegated_vars": {"here": {"ansible_python_interpreter": sys.executable}}},
        ),
    ],
)
def test_plainly_local_tasks(made: Action, variables: dict[str, Any]) -> None:
    assert made.fallback_reason(variables) is None


@pytest.mark.parametrize(
    ("made", "variables", "reason"),
    [
        (action(), {"app_platform_in_process": False}, "app_platform_in_process is false"),
        (action(), {"app_platform_in_process": "{{ off }}"}, "app_platform_in_process is false"),
        (action(connection={"transport": "ssh"}), {}, "the connection is ssh"),
        (action(connection={"transport": "community.docker.docker"}), {}, "the connection is community.docker.docker"),
        (action(become=True), {}, "it uses become"),
        (action(connection={"become": object()}), {}, "it uses become"),
        (action(async_val=60), {}, "it is asynchronous"),
        (action(environment=[{"A": "b"}]), {}, "it sets environment variables"),
        (action(environment={"A": "b"}), {}, "it sets environment variables"),
        (action(), {"ansible_python_interpreter": "/nowhere/python"}, "ansible_python_interpreter is /nowhere/python"),
        (
            action(delegate_to="there"),
            {"ansible_delegated_vars": {"there": {"ansible_python_interpreter": "/nowhere/python"}}},
            "ansible_python_interpreter is /nowhere/python",
        ),
    ],
)
def test_tasks_that_are_not(made: Action, variables: dict[str, Any], reason: str) -> None:
    assert made.fallback_reason(variables) == reason


def test_the_configured_interpreter_counts_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANSIBLE_PYTHON_INTERPRETER", "/nowhere/python")
    assert action().fallback_reason({}) == "ansible_python_interpreter is /nowhere/python"


def test_without_requests_another_python_may_have_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_in_process, "HAS_REQUESTS", False)
    assert "requests is not installed" in str(action().fallback_reason({}))


def test_an_environment_is_another_python_than_the_one_that_it_was_made_with(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.path.realpath(sys.executable)
    for folder, name in (("env", "python"), ("env", "python3"), ("other", "python")):
        (tmp_path / folder).mkdir(exist_ok=True)
        (tmp_path / folder / name).symlink_to(real)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "env" / "python"))
    assert action().fallback_reason({"ansible_python_interpreter": str(tmp_path / "env" / "python3")}) is None
    for other in (str(tmp_path / "other" / "python"), real, "no-such-python"):
        reason = action().fallback_reason({"ansible_python_interpreter": other})
        assert reason == f"ansible_python_interpreter is {other}"


def test_what_falls_back_runs_as_core_runs_modules(
    monkeypatch: pytest.MonkeyPatch, shown: list[tuple[str, bool]]
) -> None:
    seen: list[Any] = []

    def run(self: Any, tmp: Any = None, task_vars: Any = None) -> dict[str, Any]:
        seen.append(task_vars)
        return {"from": "module"}

    monkeypatch.setattr(NormalAction, "run", run)
    variables = {"app_platform_in_process": False}
    assert action().run(task_vars=variables) == {"from": "module"}
    assert seen == [variables]
    assert shown == [
        ("oceanops.app_platform.echo: runs as an ordinary module: app_platform_in_process is false", False)
    ]


# The run


def test_the_result_of_a_run(shown: list[tuple[str, bool]]) -> None:
    result = action({"label": "web", "number": "7"}, check_mode=True).run()
    assert result["changed"] is True
    assert (result["params"]["name"], result["params"]["number"], result["check"]) == ("web", 7, True)
    assert result["in_process"] is True
    assert "diff" not in result
    assert "diff" in action(diff=True).run()


def test_secrets_are_masked_in_everything(shown: list[tuple[str, bool]]) -> None:
    result = action({"registry_credentials": SECRET, "token": "CANARY-token"}).run(
        task_vars={"inventory_hostname": "h"}
    )
    assert "CANARY" not in repr(result)
    assert result["warnings"] == [f"careful with {MASK}"]
    assert (f"h: progress with {MASK}", True) in shown


@pytest.mark.parametrize(("task", "variables"), [({"no_log": True}, {}), ({}, {"app_platform_progress": "false"})])
def test_no_progress(shown: list[tuple[str, bool]], task: dict[str, Any], variables: dict[str, Any]) -> None:
    assert action(**task).run(task_vars=variables)["changed"] is True
    assert [text for text, _stderr in shown if "progress" in text] == []


def test_refused_options_make_a_failed_result(shown: list[tuple[str, bool]]) -> None:
    result = action({"number": SECRET, "registry_credentials": SECRET, "nmae": 1, "name": "a", "label": "b"}).run()
    assert result["failed"] is True
    assert "nmae: there is no such option; did you mean name?" in result["msg"]
    assert SECRET not in repr(result)
    assert result["warnings"] == ["Both option name and its alias label are set."]


def test_a_validation_that_breaks_makes_a_failed_result(
    monkeypatch: pytest.MonkeyPatch, shown: list[tuple[str, bool]]
) -> None:
    def stumble(_self: Any, _params: Any) -> None:
        raise ValueError(f"core stumbled over {SECRET}")

    monkeypatch.setattr(_in_process.ArgumentSpecValidator, "validate", stumble)
    result = action({"registry_credentials": SECRET}).run()
    assert result["msg"] == f"the options can't be read: core stumbled over {MASK}"


def test_relative_paths_begin_in_the_folder_of_the_playbook(shown: list[tuple[str, bool]]) -> None:
    result = action({"ca_path": "files/ca.pem"}).run()
    assert result["params"]["ca_path"] == "/playbooks/files/ca.pem"
    if "invocation" in result:
        assert result["invocation"]["module_args"]["ca_path"] == "files/ca.pem"
    assert action({"ca_path": "/etc/ca.pem"}).run()["params"]["ca_path"] == "/etc/ca.pem"


@pytest.mark.parametrize("wanted", [True, False])
def test_the_invocation_is_there_when_core_would_have_it(
    monkeypatch: pytest.MonkeyPatch, shown: list[tuple[str, bool]], wanted: bool
) -> None:
    monkeypatch.setattr(_in_process, "_wants_invocation", lambda _variables: wanted)
    assert ("invocation" in action().run()) is wanted


def test_core_is_told_of_secrets_that_may_be_replaced_anywhere(
    monkeypatch: pytest.MonkeyPatch, shown: list[tuple[str, bool]]
) -> None:
    told: set[str] = set()
    register: Callable[[Any], None] = told.update
    monkeypatch.setattr(_in_process, "register_with_core", register)
    action({"registry_credentials": SECRET, "name": "production", "token": "short"}).run()
    assert told == {SECRET}
