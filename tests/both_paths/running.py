"""Run ansible-playbook as users do, as a process, and read what became of each task."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
COLLECTIONS = f"{ROOT / '.venv' / 'collections'}:{HERE / 'collections'}"
PATHS = ("in_process", "module")
GROUP = "group/oceanops.app_platform.all"


@dataclass(frozen=True)
class TaskResult:
    """One task on one host. ``result``: as a callback gets it, without core's internal keys."""

    name: str
    host: str
    status: str
    result: dict[str, Any]

    @property
    def failed(self) -> bool:
        return self.status == "failed"

    def __getitem__(self, key: str) -> Any:
        return self.result[key]


@dataclass(frozen=True)
class Played:
    """A run of ansible-playbook. ``folder``: where it left what it left."""

    folder: Path
    results: list[TaskResult]
    stdout: str
    stderr: str
    rc: int
    log: str = field(repr=False)

    @property
    def output(self) -> str:
        """Everything that the run wrote, wherever it wrote it."""
        return self.stdout + self.stderr + self.log

    @property
    def last(self) -> TaskResult:
        return self.results[-1]

    def __getitem__(self, wanted: str | tuple[str, str]) -> TaskResult:
        """The one result of a task by its name, or by its name and host."""
        name, host = wanted if isinstance(wanted, tuple) else (wanted, None)
        found = [one for one in self.results if one.name == name and host in (None, one.host)]
        if len(found) != 1:
            told = "\n".join(self.stdout.splitlines()[-40:])
            raise AssertionError(f"{wanted}: {len(found)} results of {[one.name for one in self.results]}\n{told}")
        return found[0]


def run_play(
    folder: Path,
    tasks: Sequence[Mapping[str, Any]],
    path: str | None,
    *,
    variables: Mapping[str, Any] | None = None,
    defaults: Mapping[str, Any] | None = None,
    arguments: Sequence[str] = (),
    environment: Mapping[str, str] | None = None,
    hosts: Mapping[str, Mapping[str, Any]] | None = None,
    verbosity: int = 0,
    text: str | None = None,
    **play: Any,
) -> Played:
    """Run tasks in one play on this machine, in process, as modules, or (None) as the tasks themselves say.

    ``defaults``: options of all modules of the collection. ``hosts``: an inventory instead of the implicit localhost.
    ``text``: a whole playbook instead of the tasks, for what JSON has no words for, such as vaulted values.
    """
    folder.mkdir(parents=True, exist_ok=True)
    whole = {
        "hosts": "all" if hosts else "localhost",
        "gather_facts": False,
        "module_defaults": {GROUP: dict(defaults or {})},
        "tasks": list(tasks),
        **play,
    }
    (folder / "play.yml").write_text(text or json.dumps([whole]))
    command = [sys.executable, "-m", "ansible.cli.playbook", "play.yml", *arguments]
    given = {**({"app_platform_in_process": path == "in_process"} if path else {}), **(variables or {})}
    command += ["--extra-vars", json.dumps(given)]
    if verbosity:
        command.append("-" + "v" * verbosity)
    if hosts:
        (folder / "hosts.json").write_text(json.dumps({"all": {"hosts": hosts}}))
        command += ["--inventory", "hosts.json"]
    results = folder / "results.json"
    log = folder / "ansible.log"
    for old in (results, log):
        old.unlink(missing_ok=True)
    variables_there = process_environment(folder, results, log, environment)
    done = subprocess.run(command, cwd=folder, env=variables_there, capture_output=True, text=True, check=False)
    lines = results.read_text().splitlines() if results.exists() else []
    if not lines:
        raise AssertionError(f"no task ran: {done.stdout}\n{done.stderr}")
    found = [json.loads(line) for line in lines]
    return Played(
        folder,
        results=[TaskResult(one["name"], one["host"], one["status"], _cleaned(one["result"])) for one in found],
        stdout=done.stdout,
        stderr=done.stderr,
        rc=done.returncode,
        log=log.read_text() if log.exists() else "",
    )


def process_environment(
    folder: Path, results: Path, log: Path, more: Mapping[str, str] | None = None
) -> dict[str, str]:
    """Environment variables for a run that depends on nothing in the caller's home."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("ANSIBLE_", "PYTHONPATH"))}
    return {
        **kept,
        "ANSIBLE_COLLECTIONS_PATH": COLLECTIONS,
        "ANSIBLE_CALLBACK_PLUGINS": str(HERE / "callback_plugins"),
        "ANSIBLE_CALLBACKS_ENABLED": "task_results",
        "ANSIBLE_HOME": str(folder / "home"),
        "ANSIBLE_REMOTE_TEMP": str(folder / "tmp"),
        "ANSIBLE_ASYNC_DIR": str(folder / "async"),
        "ANSIBLE_PIPELINING": "true",
        "ANSIBLE_LOG_PATH": str(log),
        "ANSIBLE_LOCALHOST_WARNING": "false",
        "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false",
        "ANSIBLE_DEPRECATION_WARNINGS": "false",
        "ANSIBLE_NOCOLOR": "true",
        "ANSIBLE_INJECT_INVOCATION": "true",
        "TASK_RESULTS": str(results),
        **(more or {}),
    }


def _cleaned(result: dict[str, Any]) -> dict[str, Any]:
    """A result without what only core's own way of running modules leaves in it."""
    kept = {key: value for key, value in result.items() if not key.startswith("_ansible_")}
    facts = {key: one for key, one in kept.pop("ansible_facts", {}).items() if key != "discovered_interpreter_python"}
    return {**kept, "ansible_facts": facts} if facts else kept


def ways(played: Played) -> list[str]:
    """Which way each task of the collection went, as told at -vvv: "in process", or why it was a module."""
    found = re.findall(r"^\S+: runs (in process|as an ordinary module: .*)$", played.stdout, re.MULTILINE)
    return [one.removeprefix("as an ordinary module: ") for one in found]
