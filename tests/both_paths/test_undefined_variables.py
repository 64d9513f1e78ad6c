"""A variable that is set and can't be computed is not taken for one that is not set: nothing is read or written."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jinja2
import pytest
import yaml
from jinja2 import nodes

from tests.both_paths.running import ROOT
from tests.estate.running import playbook
from tests.platform import Platform
from tests.reliability.undefined import (
    MISSING,
    PLAYBOOKS,
    ROLES,
    WAYS,
    Subject,
    cells,
    playbook_variables,
    role_variables,
)  # fmt: skip

LONG = "APP_PLATFORM_LONG" in os.environ
IMAGE = {"registry_type": "GHCR", "registry": "example", "repository": "shop", "tag": "1.0"}
JOB = {"name": "migrate", "kind": "PRE_DEPLOY", "image": IMAGE, "run_command": "bin/migrate"}
SHOP = {"name": "shop", "region": "ams", "services": [{"name": "web", "image": IMAGE}], "jobs": [JOB]}


@pytest.mark.parametrize("way", [WAYS[0], *(pytest.param(way, marks=pytest.mark.slow) for way in WAYS[1:])])
@pytest.mark.parametrize("subject", ROLES, ids=lambda one: one.name)
def test_no_variable_of_a_role(subject: Subject, way: str, platform: Platform, tmp_path: Path) -> None:
    platform.seed([SHOP])
    assert [cell for cell in cells(tmp_path, platform, ways=[way], subjects=[subject]) if not cell.ok] == []


@pytest.mark.slow
@pytest.mark.long
@pytest.mark.parametrize("subject", PLAYBOOKS, ids=lambda one: one.name)
def test_no_variable_of_a_playbook(subject: Subject, platform: Platform, tmp_path: Path) -> None:
    platform.seed([SHOP])
    # The long run takes each variable once, each in one of the ways: one process each.
    most = len(subject.variables) if LONG else 1
    assert [cell for cell in cells(tmp_path, platform, subjects=[subject], most=most) if not cell.ok] == []


@pytest.mark.slow
@pytest.mark.parametrize("variable", ["app_name", "app_id", "app_platform_name"])
def test_destroy_removes_no_other_app_than_was_meant(variable: str, platform: Platform, tmp_path: Path) -> None:
    """Neither that of the host with the name that can't be computed, nor those of the others."""
    platform.seed([SHOP, {**SHOP, "name": "blog"}])
    (tmp_path / "inv").write_text(
        f'[apps]\nshop {variable}="shop-{{{{ {MISSING} }}}}"\nblog\n[apps:vars]\nansible_connection=local\n'
    )
    for more in ([], ["--limit", "shop", "-e", "confirm=shop"], ["--skip-tags", "always"]):
        done = playbook(
            tmp_path,
            platform,
            "destroy",
            "-i",
            "inv",
            "-e",
            "confirm=shop,blog",
            *more,
            "-e",
            "ansible_connection=local",
        )
        assert done.code != 0, done.output
        assert MISSING in done.output
    assert platform.requests() == []
    assert sorted(platform.apps()) == ["blog", "shop"]


# That the lists are complete

#: What is Ansible's own, and what roles and playbooks leave for their users.
GIVEN = {
    "ansible_check_mode", "ansible_failed_result", "ansible_play_hosts_all", "ansible_playbook_python", "groups",
    "hostvars", "inventory_hostname", "item", "lookup", "now", "omit", "playbook_dir", "query", "range",
    "role_path", "namespace",
    "app_bootstrap_id", "simulator_url", "simulator_key", "drift_summary",
}  # fmt: skip
EXPRESSIONS = {"when", "that", "until", "failed_when", "changed_when"}


def names_in(node: Any, expression: bool = False) -> Iterator[str]:
    """The variables that templates and conditions of some YAML read."""
    if isinstance(node, dict):
        for key, value in node.items():
            yield from names_in(value, key in EXPRESSIONS)
    elif isinstance(node, list):
        for value in node:
            yield from names_in(value, expression)
    elif isinstance(node, str) and (expression or "{{" in node or "{%" in node):
        text = node if "{{" in node or "{%" in node else "{{ " + node + " }}"
        found = list(jinja2.Environment().parse(text).find_all((nodes.Name, nodes.Macro)))
        made = {one.name for one in found if isinstance(one, nodes.Macro) or one.ctx != "load"}
        yield from {one.name for one in found} - made


def made_in(node: Any) -> Iterator[str]:
    """The variables that tasks make."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key == "register":
                yield value
            elif key in ("ansible.builtin.set_fact", "vars"):
                yield from value
            yield from made_in(value)
    elif isinstance(node, list):
        for value in node:
            yield from made_in(value)


class Loader(yaml.SafeLoader):
    """Also takes `!unsafe`."""


Loader.add_constructor("!unsafe", lambda loader, node: "")  # such a text is no template


def read_by(*files: Path) -> set[str]:
    loaded = [yaml.load(file.read_text(), Loader) for file in files]
    templates = [file.read_text() for file in files if file.suffix == ".j2"]
    found = {name for one in [*loaded, *templates] for name in names_in(one)}
    return {name for name in found - GIVEN - set(made_in(loaded)) if "__" not in name}


@pytest.mark.parametrize("role", [one.role for one in ROLES])
def test_a_role_reads_no_variable_that_it_does_not_compute_first(role: str) -> None:
    folder = ROOT / "roles" / role
    listed = yaml.safe_load((folder / "vars" / "main.yml").read_text())[f"{role}__variables"]
    assert listed == role_variables(role)
    parts = ("tasks", "vars", "defaults")
    assert read_by(*(file for part in parts for file in folder.glob(f"{part}/*.yml"))) <= set(listed)
    assert set(yaml.safe_load((folder / "defaults" / "main.yml").read_text())) <= set(listed)


#: The tasks of a playbook that are not in its file.
TASKS = {"drift": "drift_*", "rehearse": "rehearsal_*", "awx_setup": "awx_*"}


@pytest.mark.parametrize("name", [one.name for one in PLAYBOOKS])
def test_a_playbook_reads_no_variable_that_it_does_not_compute_first(name: str) -> None:
    folder = ROOT / "playbooks"
    files = [folder / f"{name}.yml", *(folder.glob(f"tasks/{TASKS[name]}.yml") if name in TASKS else [])]
    if name == "awx_setup":
        files.append(folder / "awx" / "objects.yml")
    allowed = set(playbook_variables(name))
    allowed |= {one for role in ("app", "preview", "release") for one in role_variables(role)}
    allowed |= {f"{role}_result" for role in ("app", "preview", "release")}
    if name == "awx_setup":
        allowed |= {"awx_credential_type", "awx_job_templates", "awx_workflow", "awx_schedules"}  # of awx/objects.yml
    assert read_by(*files) - allowed == set()


def test_every_playbook_is_here() -> None:
    assert {one.name for one in PLAYBOOKS} == {file.stem for file in (ROOT / "playbooks").glob("*.yml")}


def test_every_task_that_is_not_included_computes_them_first() -> None:
    """Not in a task before: `--start-at-task` and `--skip-tags` pass over that."""

    def guarded(task: dict[str, Any]) -> bool:
        conditions = task.get("when", [])
        conditions = conditions if isinstance(conditions, list) else [conditions]
        return bool(conditions) and re.search(r"^\w+__computable$", str(conditions[0])) is not None

    unguarded = []
    for file in [*(ROOT / "roles").glob("*/tasks/main.yml")]:
        unguarded += [f"{file}: {task['name']}" for task in yaml.safe_load(file.read_text()) if not guarded(task)]
    for file in (ROOT / "playbooks").glob("*.yml"):
        for play in yaml.safe_load(file.read_text()):
            unguarded += [f"{file.name}: {task['name']}" for task in play.get("tasks", []) if not guarded(task)]
    # The end of a rehearsal has to come whatever happens; the other one only tells.
    assert sorted(one.partition(": ")[2] for one in unguarded) == ["Tell how it went", "What now"]
