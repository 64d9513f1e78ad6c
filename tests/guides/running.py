"""All examples in as few runs of ansible-playbook as there are failures among them, and one more."""

from __future__ import annotations

import fcntl
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.guides.blocks import ROOT, Example
from tests.guides.worlds import APP_YAML, NIGHT, PAST, SEED
from tests.platform import Platform

HERE = Path(__file__).resolve().parent
MARK = re.compile(r"^PLAY \[@@ (\d+) (\w+)\] \**\n", re.MULTILINE)
SECRET = re.compile(r"\b(vault(?:ed)?_\w+)\b")


@dataclass
class Outcome:
    """What became of one example. ``passes``: for "first" and "again", its results."""

    passes: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    writes: dict[str, list[str]] = field(default_factory=dict)
    output: dict[str, str] = field(default_factory=dict)

    def failed(self, which: str) -> list[dict[str, Any]]:
        return [one for one in self.passes.get(which, []) if one["status"] == "failed"]


def for_all_workers(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], list[Outcome]]) -> list[Outcome]:
    """What *make* finds in a folder. Workers of pytest-xdist share it: whoever comes first makes it."""
    base = factory.getbasetemp()
    folder = (base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base) / name
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        kept = folder.with_suffix(".json")
        if not kept.exists():
            kept.write_text(json.dumps([asdict(outcome) for outcome in make(folder)]))
    return [Outcome(**one) for one in json.loads(kept.read_text())]


def run_all(
    folder: Path, examples: Sequence[Example], platform: Platform, seed: Mapping[str, Any] | None = None
) -> tuple[list[Outcome], int]:
    """Run them in order; what became of each, and how many processes it took.

    ``seed``: the app that is there, else that of the guides.
    """
    there = SEED if seed is None else seed
    _files(folder, examples)
    plan = {
        "url": platform.url,
        "key": platform.key,
        "examples": {str(number): _described(example, there) for number, example in enumerate(examples)},
    }
    (folder / "examples.json").write_text(json.dumps(plan))
    outcomes = [Outcome() for example in examples]
    rest = list(range(len(examples)))
    runs = 0
    while rest:
        runs += 1
        reached = _run(folder, examples, rest, outcomes, platform, there)
        if not reached:
            break
        # A play that fails ends the run: whatever is after it gets another one.
        rest = [number for number in rest if number > max(reached)]
    return outcomes, runs


def _described(example: Example, seed: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "seed": None if "empty account" in example.words else seed,
        "past": PAST,
        "night": NIGHT,
        "continues": example.continues,
        "later": example.later,
        "outcomes": example.outcomes,
    }


def _files(folder: Path, examples: Sequence[Example]) -> None:
    (folder / ".do").mkdir(parents=True, exist_ok=True)
    (folder / ".do" / "app.yaml").write_text(json.dumps(APP_YAML))
    (folder / "all.app_platform.yml").write_text("plugin: oceanops.app_platform.apps\n")
    words = {word for example in examples for word in SECRET.findall(example.text)}
    (folder / "secrets.json").write_text(json.dumps({word: f"example:{word}" for word in sorted(words)}))
    (folder / "password").write_text("example")
    for number, example in enumerate(examples):
        (folder / f"example-{number}.yml").write_text(example.playbook())


def _run(
    folder: Path,
    examples: Sequence[Example],
    rest: Sequence[int],
    outcomes: list[Outcome],
    platform: Platform,
    seed: Mapping[str, Any],
) -> list[int]:
    plays: list[dict[str, Any]] = []
    for number in rest:
        for which in ("first",) if examples[number].once else ("first", "again"):
            plays.append({"name": f"@@ {number} {which}", "hosts": "localhost", "gather_facts": False})
            plays.append({"import_playbook": f"example-{number}.yml"})
    (folder / "main.yml").write_text(json.dumps(plays))
    results = folder / "results.json"
    results.unlink(missing_ok=True)
    if not examples[rest[0]].continues:
        # What the inventories find.
        platform.reset()
        platform.seed([seed])
    command = [sys.executable, "-m", "ansible.cli.playbook", "main.yml", "--extra-vars", "@secrets.json"]
    command += ["--inventory", str(ROOT / "inventory"), "--inventory", "all.app_platform.yml"]
    command += ["--vault-password-file", "password"]
    env = process_environment(folder, platform)
    done = subprocess.run(
        command, cwd=folder, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    (folder / "output.txt").write_text(done.stdout)
    parts = MARK.split(done.stdout)[1:]
    reached = []
    for number, which, output in zip(parts[::3], parts[1::3], parts[2::3], strict=True):
        reached.append(int(number))
        outcomes[int(number)].output[which] = output
    for line in results.read_text().splitlines() if results.exists() else ():
        one = json.loads(line)
        number, which = one["example"].split()
        outcome = outcomes[int(number)]
        outcome.passes.setdefault(which, [])
        if "writes" in one:
            outcome.writes[which] = one["writes"]
        else:
            outcome.passes[which].append(one)
    if not reached:
        raise AssertionError(f"nothing ran:\n{done.stdout}")
    return reached


def process_environment(folder: Path, platform: Platform) -> dict[str, str]:
    """Environment variables for a run: the simulator is the platform, nothing comes from the caller's home."""
    foreign = ("ANSIBLE_", "PYTHONPATH", "DIGITALOCEAN_", "DO_API")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
    return {
        **kept,
        "ANSIBLE_COLLECTIONS_PATH": str(ROOT / ".venv" / "collections"),
        "ANSIBLE_CALLBACK_PLUGINS": str(HERE / "callback_plugins"),
        "ANSIBLE_CALLBACKS_ENABLED": "guide",
        "ANSIBLE_HOME": str(folder / "home"),
        "ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED": "true",
        "ANSIBLE_LOCALHOST_WARNING": "false",
        "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false",
        "ANSIBLE_NOCOLOR": "true",
        "ANSIBLE_CALLBACK_RESULT_FORMAT": "yaml",
        "COLUMNS": "120",
        "DIGITALOCEAN_API_URL": platform.url,
        "DIGITALOCEAN_ACCESS_TOKEN": platform.token,
        "GUIDE_EXAMPLES": str(folder / "examples.json"),
        "GUIDE_RESULTS": str(folder / "results.json"),
    }
