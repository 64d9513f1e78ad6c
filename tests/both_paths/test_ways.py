"""When a task runs in process and when it can't; names remembered for a run; lines of progress."""

from __future__ import annotations

import stat
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.both_paths.running import Played, run_play, ways


def task(name: str, **keywords: Any) -> dict[str, Any]:
    return {"name": name, "probe.probe.probe": {"name": name}, **keywords}


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    folder = tmp_path_factory.mktemp("ways")
    other = folder / "other-python"
    other.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    other.chmod(other.stat().st_mode | stat.S_IXUSR)
    here = Path(sys.executable)
    same = next((one for one in sorted(here.parent.glob("python3*")) if one.resolve() == here.resolve()), here)
    tasks = [
        task("plain"),
        task("switched off", vars={"app_platform_in_process": False}),
        task("switched off by a template", vars={"off": True, "app_platform_in_process": "{{ not off }}"}),
        task("switched on", vars={"app_platform_in_process": "yes"}),
        task("the same Python", vars={"ansible_python_interpreter": str(here)}),
        task("the same Python by another name", vars={"ansible_python_interpreter": str(same)}),
        task("the Python of the playbook", vars={"ansible_python_interpreter": "{{ ansible_playbook_python }}"}),
        task("any Python", vars={"ansible_python_interpreter": "auto_silent"}),
        task("another Python", vars={"ansible_python_interpreter": str(other)}),
        task("become", become=True, become_method="probe.probe.same"),
        task("no become", become=False),
        {"name": "environment", "probe.probe.probe": {"variable": "COLOUR"}, "environment": {"COLOUR": "blue"}},
        task("empty environment", environment={}),
        task("environment of nothing", environment="{{ {} }}"),
        task("asynchronous", async_=True),
        task("delegated to here", delegate_to="localhost"),
        task("delegated elsewhere", delegate_to="elsewhere"),
        task("all hosts", hosts=True),
    ]
    for one in tasks:
        if one.pop("async_", False):
            one.update({"async": 30, "poll": 1})
        if not one.pop("hosts", False):
            one["when"] = "inventory_hostname == 'here'"
    hosts = {
        "here": {"ansible_connection": "local", "ansible_python_interpreter": str(here)},
        "elsewhere": {"ansible_connection": "probe.probe.near", "ansible_python_interpreter": str(here)},
    }
    return run_play(folder, tasks, None, hosts=hosts, verbosity=3)


IN_PROCESS = (
    "plain",
    "switched on",
    "the same Python",
    "the same Python by another name",
    "the Python of the playbook",
    "any Python",
    "no become",
    "empty environment",
    "environment of nothing",
    "delegated to here",
)
#: task -> what -vvv says about it
MODULE = {
    "switched off": "app_platform_in_process is false",
    "switched off by a template": "app_platform_in_process is false",
    "another Python": "ansible_python_interpreter is ",
    "become": "it uses become",
    "environment": "it sets environment variables",
    "asynchronous": "it is asynchronous",
    "delegated elsewhere": "the connection is probe.probe.near",
}


@pytest.mark.parametrize("name", IN_PROCESS)
def test_a_local_task_runs_in_process(played: Played, name: str) -> None:
    assert played[name, "here"].status == "ok"
    assert played[name, "here"]["in_process"] is True


@pytest.mark.parametrize("name", MODULE)
def test_anything_else_runs_as_an_ordinary_module(played: Played, name: str) -> None:
    assert played[name, "here"].status == "ok"
    assert played[name, "here"]["in_process"] is False


def test_each_host_goes_its_own_way(played: Played) -> None:
    assert played["all hosts", "here"]["in_process"] is True
    assert played["all hosts", "elsewhere"]["in_process"] is False


def test_the_reason_is_told_at_vvv(played: Played) -> None:
    told = ways(played)
    for reason in MODULE.values():
        assert any(one.startswith(reason) for one in told), (reason, told)


def test_the_environment_of_the_task_reaches_the_module(played: Played) -> None:
    assert played["environment", "here"]["variable"] == "blue"


@pytest.fixture(scope="module")
def progress(tmp_path_factory: pytest.TempPathFactory) -> Played:
    folder = tmp_path_factory.mktemp("progress")
    secret = {"name": "web", "token": "CANARY-token-of-progress"}
    tasks = [
        {"name": "loud", "probe.probe.probe": secret},
        {"name": "quiet", "probe.probe.probe": {**secret, "name": "quiet"}, "vars": {"app_platform_progress": False}},
        {"name": "hidden", "probe.probe.probe": {**secret, "name": "hidden"}, "no_log": True},
    ]
    return run_play(folder, tasks, None)


def test_progress_is_told_beside_the_results_and_masked(progress: Played) -> None:
    assert "localhost: progress of web with VALUE_SPECIFIED_IN_NO_LOG_PARAMETER" in progress.stderr
    assert "progress of" not in progress.stdout
    assert "CANARY" not in progress.output


def test_progress_can_be_switched_off_and_respects_no_log(progress: Played) -> None:
    assert len(progress.results) == 3
    assert "progress of quiet" not in progress.output
    assert "progress of hidden" not in progress.output


def test_a_module_tells_no_progress(tmp_path: Path) -> None:
    played = run_play(tmp_path, [{"name": "one", "probe.probe.probe": {"name": "web"}}], "module")
    assert played["one"].status == "ok"
    assert "progress of" not in played.output
