"""Job templates run as AWX runs them: its objects from playbooks/awx/objects.yml, a folder as AWX lays it out for
ansible-runner, and ansible-runner itself."""

from __future__ import annotations

import atexit
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import jinja2
import yaml

from tests.platform import ROOT

OBJECTS = ROOT / "playbooks" / "awx" / "objects.yml"
# What AWX writes: an executable that prints the inventory of this job.
SCRIPT = "#!/usr/bin/env python3\nprint(r'''{}''')\n"


class _Loader(yaml.SafeLoader):
    """Texts marked !unsafe are templates of AWX, not of Ansible."""


_Loader.add_constructor("!unsafe", lambda loader, node: loader.construct_scalar(node))


@cache
def objects() -> dict[str, Any]:
    """What AWX is to have."""
    loaded: dict[str, Any] = yaml.load(OBJECTS.read_text(), _Loader)
    return loaded


@cache
def project() -> Path:
    """The repository's files, as the playbook awx_project writes them."""
    folder = Path(tempfile.mkdtemp(prefix="awx-project-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    command = [sys.executable, "-m", "ansible.cli.playbook", "oceanops.app_platform.awx_project"]
    subprocess.run(
        [*command, "-e", f"awx_project_directory={folder}"],
        env={**clean(), "ANSIBLE_COLLECTIONS_PATH": str(ROOT / ".venv" / "collections")},
        check=True,
        capture_output=True,
        stdin=subprocess.DEVNULL,
    )
    return folder


def clean() -> dict[str, str]:
    """The environment, without what whoever runs the tests has told Ansible or the collection."""
    return {key: value for key, value in os.environ.items() if not key.startswith(("ANSIBLE_", "DIGITALOCEAN"))}


def template(name: str) -> dict[str, Any]:
    """A job template by its name, without what all names begin with."""
    (found,) = [one for one in objects()["awx_job_templates"] if one["name"] == f"App Platform {name}"]
    return dict(found)


def injected(**inputs: str) -> tuple[dict[str, str], dict[str, str]]:
    """What the credential type gives a job for these inputs: environment and extra variables, as AWX renders them."""
    injectors = objects()["awx_credential_type"]["injectors"]
    sandbox = jinja2.Environment(undefined=jinja2.StrictUndefined, autoescape=False)

    def rendered(texts: Mapping[str, str]) -> dict[str, str]:
        return {name: sandbox.from_string(text).render(**inputs) for name, text in texts.items()}

    return rendered(injectors["env"]), rendered(injectors["extra_vars"])


def answered(spec: Mapping[str, Any], answers: Mapping[str, Any]) -> dict[str, Any]:
    """Extra variables of a survey: what was answered, and the defaults of the rest."""
    questions = {one["variable"]: one for one in spec["spec"]}
    assert set(answers) <= set(questions), "a survey takes answers to its questions only"
    missing = [name for name, one in questions.items() if one["required"] and not answers.get(name, one["default"])]
    assert not missing, f"required: {missing}"
    return {name: answers.get(name, one["default"]) for name, one in questions.items()}


def sliced(inventory: Mapping[str, Any], number: int, count: int) -> dict[str, Any]:
    """The inventory of one slice of a job: every count-th host by name, and the groups with what is left of them."""
    variables = inventory["_meta"]["hostvars"]
    kept = set(sorted(variables)[number - 1 :: count])
    return {
        "_meta": {"hostvars": {host: variables[host] for host in kept}},
        **{
            name: {**group, "hosts": [host for host in group.get("hosts", ()) if host in kept]}
            for name, group in inventory.items()
            if name != "_meta"
        },
    }


@dataclass(frozen=True)
class Job:
    """What AWX would show of a job."""

    rc: int
    status: str
    events: list[dict[str, Any]]
    stdout: str

    def results(self, task: str) -> list[dict[str, Any]]:
        """The results of a task, host by host."""
        return [
            one["event_data"]["res"]
            for one in self.events
            if one["event"] in ("runner_on_ok", "runner_on_failed") and one["event_data"].get("task") == task
        ]

    @property
    def stats(self) -> dict[str, dict[str, int]]:
        """What happened how often: ok, changed, failures, … by host."""
        (last,) = [one for one in self.events if one["event"] == "playbook_on_stats"]
        found: dict[str, dict[str, int]] = last["event_data"]
        return found

    @property
    def text(self) -> str:
        """Everything that AWX keeps of it."""
        return json.dumps(self.events) + self.stdout


def launch(
    folder: Path,
    name: str,
    inventory: Mapping[str, Any],
    inputs: Mapping[str, str],
    *,
    answers: Mapping[str, Any] | None = None,
    check: bool = False,
) -> Job:
    """Run a job template in *folder*, which must not be there yet."""
    chosen = template(name)
    environment, extra = injected(**inputs)
    shutil.copytree(project(), folder / "project")
    (folder / "inventory").mkdir()
    script = folder / "inventory" / "hosts"
    script.write_text(SCRIPT.format(json.dumps(inventory)))
    script.chmod(0o700)
    env = folder / "env"
    env.mkdir()
    environment["ANSIBLE_COLLECTIONS_PATH"] = str(ROOT / ".venv" / "collections")
    environment["ANSIBLE_HOME"] = str(folder / "home")
    environment["PATH"] = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    (env / "envvars").write_text(json.dumps(environment))
    (env / "extravars").write_text(json.dumps({**extra, **answered(chosen["survey"], answers or {})}))
    # AWX does the same: the file with the environment would hold the token.
    (env / "settings").write_text(json.dumps({"suppress_env_files": True, "suppress_ansible_output": True}))
    command = [sys.executable, "-m", "ansible_runner", "run", str(folder), "--ident", "1", "-p", chosen["playbook"]]
    if check:
        command += ["--cmdline", "--check --diff"]
    env_there = {**clean(), "PWD": str(folder)}
    subprocess.run(command, cwd=folder, env=env_there, check=False, stdin=subprocess.DEVNULL, capture_output=True)
    return _told(folder / "artifacts" / "1")


def _told(artifacts: Path) -> Job:
    def number(path: Path) -> int:
        return int(path.name.split("-")[0])

    events = [json.loads(path.read_text()) for path in sorted((artifacts / "job_events").glob("*.json"), key=number)]
    return Job(
        int((artifacts / "rc").read_text()),
        (artifacts / "status").read_text(),
        events,
        (artifacts / "stdout").read_text(),
    )


def kept_files(folder: Path) -> Iterator[Path]:
    """What ansible-runner leaves behind of a job; not the file that holds the environment that it was given."""
    return (path for path in (folder / "artifacts").rglob("*") if path.is_file() and path.name != "command")


def of_apps(specs: Sequence[Mapping[str, Any]], **more: Any) -> dict[str, Any]:
    """An inventory with one host for each app, in the group apps, as AWX keeps it."""
    hosts = {spec["name"]: {"app_name": spec["name"], "app_spec": dict(spec), **more} for spec in specs}
    return {"_meta": {"hostvars": hosts}, "apps": {"hosts": sorted(hosts), "vars": {"ansible_connection": "local"}}}
