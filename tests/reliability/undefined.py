"""Variables that are set and can't be computed: every one of every role and playbook, in every way to run it.

One process runs a role on as many hosts as it has variables, each host with another broken one. Most playbooks have one
host, so there it is one process a variable.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tests.both_paths.running import ROOT, process_environment
from tests.platform import Platform

#: The variable that nobody has set.
MISSING = "set_by_nobody"
BROKEN = f"shop-{{{{ {MISSING} }}}}"
NESTED = {"deep": [{"down": BROKEN}]}
WAYS = ("plain", "--skip-tags always", "--start-at-task")


@dataclass(frozen=True)
class Subject:
    """A role or a playbook. ``acts``: its first task that acts; ``base``: variables that are fine."""

    name: str
    acts: str
    base: Mapping[str, Any]
    role: str = ""

    @property
    def variables(self) -> list[str]:
        """All that it reads, of those that users set."""
        if self.role:
            return role_variables(self.role)
        found = playbook_variables(self.name)
        return found or list(self.base)


@dataclass(frozen=True)
class Cell:
    """One variable that can't be computed, in one way to run its role or playbook. ``told``: what went wrong."""

    subject: str
    variable: str
    way: str
    ok: bool
    told: str = ""


ROLES = (
    Subject("role app", "Converge the app in one write", {"app_name": "shop"}, "app"),
    Subject("role jobs", "Converge the jobs in one write", {"jobs_app": "shop"}, "jobs"),
    Subject(
        "role preview",
        "Bring the preview into the wanted state",
        {"preview_app": "shop", "preview_number": 7, "preview_state": "absent"},
        "preview",
    ),
    Subject("role release", "Release an image", {"release_app": "shop", "release_tag": "2"}, "release"),
    Subject("role simulator", "Bring the simulator into the wanted state", {"simulator_port": 1}, "simulator"),
)
PLAYBOOKS = (
    Subject("site", "Converge the app in one write", {"app_name": "shop"}),
    Subject("preview", "Bring the preview into the wanted state", {"preview_app": "shop", "preview_number": 7}),
    Subject("release", "Release one app", {"release_app": "shop", "release_tag": "2"}),
    Subject("run_job", "Run the job", {"job_app": "shop", "job_name": "migrate"}),
    Subject("destroy", "Remove the app", {"destroy_app": "shop", "confirm": "shop"}),
    Subject("drift", "Read which apps there are", {}),
    Subject("rehearse", "Release it here", {}),
    Subject("export", "Write the apps as an inventory", {"export_directory": "written"}),
    Subject("awx_project", "Folders", {"awx_project_directory": "written"}),
    Subject(
        "awx_setup", "Create what is missing, change what differs", {"awx_project_url": "https://git.example.com/a.git"}
    ),
)


def role_variables(role: str) -> list[str]:
    spec = yaml.safe_load((ROOT / "roles" / role / "meta" / "argument_specs.yml").read_text())
    return list(spec["argument_specs"]["main"]["options"])


def playbook_variables(name: str) -> list[str]:
    """What the playbook itself reads, as `play__variables` has it."""
    play = yaml.safe_load((ROOT / "playbooks" / f"{name}.yml").read_text())[0]
    found = play.get("vars", {}).get("play__variables")
    if found is None and (ROOT / "playbooks" / "vars" / f"{name}.yml").exists():
        found = yaml.safe_load((ROOT / "playbooks" / "vars" / f"{name}.yml").read_text())["play__variables"]
    return list(found or [])


def cells(
    folder: Path,
    platform: Platform,
    *,
    ways: Sequence[str] = WAYS,
    subjects: Sequence[Subject] = ROLES + PLAYBOOKS,
    most: int | None = None,
) -> Iterator[Cell]:
    """Every cell, or at most ``most`` variables of a playbook: another choice for each way."""
    for subject in subjects:
        for number, way in enumerate(ways):
            place = folder / f"{subject.name}-{number}".replace(" ", "-")
            if subject.role:
                yield from _role(place, platform, subject, way)
                continue
            variables = subject.variables
            chosen = variables[number::3][:most] if most else variables
            for variable in chosen:
                yield _playbook(place / variable, platform, subject, variable, way)


def _role(place: Path, platform: Platform, subject: Subject, way: str) -> Iterator[Cell]:
    """One play over many hosts, each with another broken variable, all of them twice: as a text, and deep down."""
    hosts = {
        f"{variable}-{shape}": {**subject.base, "simulator_directory": str(place / "written"), variable: value}
        for variable in subject.variables
        for shape, value in (("text", BROKEN), ("nested", NESTED))
    }
    play = [{"name": "Role", "hosts": "all", "gather_facts": False, "roles": [f"oceanops.app_platform.{subject.role}"]}]
    place.mkdir(parents=True)
    (place / "play.yml").write_text(json.dumps(play))
    (place / "hosts.json").write_text(json.dumps({"all": {"hosts": hosts, "vars": {"ansible_connection": "local"}}}))
    ended = _run(place, platform, ["play.yml", "-i", "hosts.json", "--forks", "10", *_arguments(subject, way)])
    for host in hosts:
        failures = [one["result"] for one in ended.results if one["host"] == host and one["status"] == "failed"]
        wrong = [*ended.wrong, *([] if failures else ["did not fail"])]
        if failures and MISSING not in json.dumps(failures[0]):
            wrong.append(f"not named: {failures[0].get('msg')}")
        yield Cell(subject.name, host, way, not wrong, "; ".join(wrong))


def _playbook(place: Path, platform: Platform, subject: Subject, variable: str, way: str) -> Cell:
    place.mkdir(parents=True)
    # --start-at-task gathers facts if it names the first task of a play.
    local = {"ansible_connection": "local", "ansible_python_interpreter": sys.executable}
    there = {"shop": {**local, "app_name": "shop"}}
    (place / "hosts.json").write_text(json.dumps({"apps": {"hosts": there}}))
    given = json.dumps({**subject.base, variable: BROKEN})
    name = f"oceanops.app_platform.{subject.name}"
    ended = _run(place, platform, [name, "-i", "hosts.json", "-e", given, *_arguments(subject, way)])
    if way == "--start-at-task" and not ended.results and "No matching task" in ended.output:
        # The hosts that the task would run on are made by a task before it: nothing ran at all.
        wrong = [one for one in ended.wrong if one != "status 0"]
        return Cell(subject.name, variable, way, not wrong, "; ".join(wrong))
    wrong = [*ended.wrong, *([] if MISSING in ended.output else [f"not named: {ended.output[-600:]}"])]
    return Cell(subject.name, variable, way, not wrong, "; ".join(wrong))


def _arguments(subject: Subject, way: str) -> list[str]:
    if way == "--start-at-task":
        return [way, subject.acts]
    return [] if way == "plain" else way.split()


@dataclass(frozen=True)
class _Ended:
    results: list[dict[str, Any]]
    output: str
    wrong: list[str]


def _run(place: Path, platform: Platform, arguments: Sequence[str]) -> _Ended:
    """Run it; ``wrong``: it went well, or something was read or written."""
    platform.forget_requests()
    results = place / "results.json"
    told = {
        "DIGITALOCEAN_API_URL": platform.url,
        "DIGITALOCEAN_ACCESS_TOKEN": platform.token,
        "PWD": str(place),
    }
    env = process_environment(place, results, place / "ansible.log", told)
    done = subprocess.run(
        [sys.executable, "-m", "ansible.cli.playbook", *arguments],
        cwd=place, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
    )  # fmt: skip
    wrong = [] if done.returncode else ["status 0"]
    wrong += [f"{one['method']} {one['path']}" for one in platform.requests()]
    wrong += ["something was written"] if (place / "written").exists() else []
    lines = results.read_text().splitlines() if results.exists() else []
    return _Ended([json.loads(line) for line in lines], done.stdout + done.stderr, wrong)
