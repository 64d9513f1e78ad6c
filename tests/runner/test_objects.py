"""What AWX is to have: surveys that AWX takes, variables that the playbooks know, a playbook that sets it all up."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.platform import ROOT
from tests.runner.awx import OBJECTS, answered, clean, injected, objects, project, template

TEMPLATES = objects()["awx_job_templates"]
NAMES = [one["name"].removeprefix("App Platform ") for one in TEMPLATES]
TYPES = {"text", "textarea", "password", "integer", "float", "multiplechoice", "multiselect"}


@pytest.mark.parametrize("name", NAMES)
def test_awx_takes_the_survey(name: str) -> None:
    """The rules by which AWX refuses a survey."""
    survey = template(name)["survey"]
    assert set(survey) == {"name", "description", "spec"}
    variables = [one["variable"] for one in survey["spec"]]
    assert len(set(variables)) == len(variables)
    for one in survey["spec"]:
        assert {"question_name", "question_description", "required", "type", "variable", "default"} <= set(one)
        assert one["type"] in TYPES
        assert re.fullmatch(r"[a-z][a-z0-9_]*", one["variable"])
        assert isinstance(one["required"], bool)
        if one["type"] in ("multiplechoice", "multiselect"):
            assert all(isinstance(choice, str) for choice in one["choices"]), "AWX keeps choices as texts"
            assert one["default"] in one["choices"]
        else:
            assert isinstance(one["min"], int)
            assert isinstance(one["max"], int)
            assert one["min"] <= one["max"]
        if one["type"] == "integer":
            assert one["min"] <= one["default"] <= one["max"]
        if one["type"] in ("text", "textarea") and not one["required"]:
            assert one["min"] == 0, "AWX refuses an empty answer that is shorter than the least"


@pytest.mark.parametrize("name", NAMES)
def test_the_playbook_knows_what_the_survey_asks(name: str) -> None:
    chosen = template(name)
    playbook = ROOT / "playbooks" / chosen["playbook"]
    text = playbook.read_text() + "".join(path.read_text() for path in (ROOT / "playbooks" / "tasks").glob("*.yml"))
    options: set[str] = set()
    for path in (ROOT / "roles").glob("*/meta/argument_specs.yml"):
        if f"oceanops.app_platform.{path.parent.parent.name}\n" in text:
            options |= set(yaml.safe_load(path.read_text())["argument_specs"]["main"]["options"])
    unknown = [
        one["variable"]
        for one in chosen["survey"]["spec"]
        if one["variable"] not in options and not re.search(rf"\b{one['variable']}\b", text)
    ]
    assert unknown == []


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_the_project_has_the_playbook(name: str) -> None:
    """AWX takes playbooks of the project only, never one of a collection by its name."""
    (play,) = yaml.safe_load((project() / template(name)["playbook"]).read_text())
    wanted = template(name)["playbook"].removesuffix(".yml")
    assert play["ansible.builtin.import_playbook"] == f"oceanops.app_platform.{wanted}"
    assert (ROOT / "playbooks" / f"{wanted}.yml").is_file()


def test_what_belongs_together_names_each_other() -> None:
    known = {one["name"] for one in TEMPLATES}
    workflow = objects()["awx_workflow"]
    nodes = {one["identifier"]: one for one in workflow["nodes"]}
    assert workflow["survey_from"] in known
    assert {one["template"] for one in nodes.values() if "template" in one} <= known
    assert all(set(one["success"]) <= set(nodes) for one in nodes.values())
    for schedule in objects()["awx_schedules"]:
        assert schedule["template"] in known
        survey = template(schedule["template"].removeprefix("App Platform "))["survey"]
        assert set(schedule["extra_data"]) <= set(answered(survey, {}))


def test_the_credential_gives_token_and_address() -> None:
    environment, extra = injected(token="t", api_url="https://api.example.com")
    assert environment == {"DIGITALOCEAN_ACCESS_TOKEN": "t", "DIGITALOCEAN_API_URL": "https://api.example.com"}
    assert extra == {"app_platform_token": "t"}
    fields = {one["id"]: one for one in objects()["awx_credential_type"]["inputs"]["fields"]}
    assert fields["token"]["secret"] is True
    assert injected(token="t", api_url="")[0]["DIGITALOCEAN_API_URL"] == fields["api_url"]["default"]


# playbooks/awx_setup.yml, with modules in awx.awx's place that take its options and write down what they get

OPTIONS: dict[str, list[str]] = {
    "credential_type": ["name", "description", "kind", "inputs:dict", "injectors:dict"],
    "credential": ["name", "organization", "credential_type", "inputs:dict", "update_secrets:bool"],
    "project": ["name", "organization", "scm_type", "scm_url", "scm_branch", "wait:bool"],
    "inventory": ["name", "organization"],
    "inventory_source": [
        *("name", "inventory", "organization", "source", "source_project", "source_path", "credential"),
        *("overwrite:bool", "overwrite_vars:bool", "update_on_launch:bool"),
    ],
    "job_template": [
        *("name", "description", "organization", "job_type", "inventory", "project", "playbook", "credentials:list"),
        *("execution_environment", "job_slice_count:int", "ask_limit_on_launch:bool", "survey_enabled:bool"),
        "survey_spec:dict",
    ],
    "workflow_job_template": ["name", "description", "organization", "survey_enabled:bool", "survey_spec:dict"],
    "workflow_job_template_node": [
        *("workflow_job_template", "organization", "identifier", "unified_job_template", "approval_node:dict"),
        "success_nodes:list",
    ],
    "schedule": ["name", "organization", "unified_job_template", "rrule", "extra_data:dict"],
}
MODULE = """#!/usr/bin/python
import json
import os
from ansible.module_utils.basic import AnsibleModule

OPTIONS = {options!r}
spec = {{one.split(":")[0]: {{"type": (one.split(":") + ["str"])[1], "no_log": False}} for one in OPTIONS}}
module = AnsibleModule(spec)
given = {{key: value for key, value in module.params.items() if value is not None}}
with open(os.environ["AWX_SAID"], "a") as file:
    file.write(json.dumps(["{name}", given]) + "\\n")
module.exit_json(changed=True)
"""


@pytest.fixture
def collections(tmp_path: Path) -> Path:
    modules = tmp_path / "collections" / "ansible_collections" / "awx" / "awx" / "plugins" / "modules"
    modules.mkdir(parents=True)
    for name, options in OPTIONS.items():
        (modules / f"{name}.py").write_text(MODULE.format(name=name, options=options))
    return tmp_path / "collections"


def set_up(tmp_path: Path, collections: Path, *arguments: str, **environment: str) -> tuple[int, str, list[Any]]:
    said = tmp_path / "said"
    command = [sys.executable, "-m", "ansible.cli.playbook", "oceanops.app_platform.awx_setup", *arguments]
    done = subprocess.run(
        command,
        cwd=tmp_path,
        env={
            **clean(),
            "ANSIBLE_COLLECTIONS_PATH": f"{ROOT / '.venv' / 'collections'}:{collections}",
            "ANSIBLE_HOME": str(tmp_path / "home"),
            "ANSIBLE_PYTHON_INTERPRETER": sys.executable,
            "AWX_SAID": str(said),
            **environment,
        },
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    lines = said.read_text().splitlines() if said.exists() else []
    return done.returncode, done.stdout + done.stderr, [json.loads(line) for line in lines]


@pytest.mark.slow
def test_awx_is_set_up(tmp_path: Path, collections: Path) -> None:
    code, output, said = set_up(
        tmp_path,
        collections,
        "-e",
        json.dumps(
            {"awx_project_url": "https://git.example.com/apps.git", "awx_slices": 4, "awx_vault_credential": "V"}
        ),
        DIGITALOCEAN_ACCESS_TOKEN="dop_v1_secret",
    )
    assert code == 0, output
    assert "dop_v1_secret" not in output

    def made(kind: str) -> list[dict[str, Any]]:
        return [given for name, given in said if name == kind]

    (kind,) = made("credential_type")
    assert kind["injectors"] == objects()["awx_credential_type"]["injectors"], "templates for AWX arrive as they are"
    (credential,) = made("credential")
    assert credential["inputs"] == {"token": "dop_v1_secret"}
    templates = {one["name"]: one for one in made("job_template")}
    assert set(templates) == {one["name"] for one in TEMPLATES}
    for one in TEMPLATES:
        assert templates[one["name"]]["survey_spec"] == one["survey"]
        assert templates[one["name"]]["credentials"] == ["App Platform", "V"]
    assert templates["App Platform deploy"]["job_slice_count"] == 4
    nodes = made("workflow_job_template_node")
    assert [one["identifier"] for one in nodes] == ["rehearse", "approve", "release", "rehearse", "approve"]
    assert [one.get("success_nodes") for one in nodes] == [None, None, None, ["approve"], ["release"]]
    assert nodes[1]["approval_node"]["timeout"] == 86400
    assert [one["rrule"] for one in made("schedule")] == [one["rrule"] for one in objects()["awx_schedules"]]
    assert [one["source_path"] for one in made("inventory_source")] == ["inventory/hosts.yml", "apps.app_platform.yml"]


@pytest.mark.slow
def test_without_a_token_the_credential_is_left_to_you(tmp_path: Path, collections: Path) -> None:
    code, output, said = set_up(tmp_path, collections, "-e", "awx_project_url=https://git.example.com/apps.git")
    assert code == 0, output
    assert "credential" not in [name for name, _given in said]


@pytest.mark.slow
def test_without_a_repository_nothing_is_set_up(tmp_path: Path, collections: Path) -> None:
    code, output, said = set_up(tmp_path, collections)
    assert code == 2
    assert "awx_project_url" in output
    assert said == []


def test_the_objects_file_is_what_the_setup_reads() -> None:
    (play,) = yaml.safe_load((ROOT / "playbooks" / "awx_setup.yml").read_text())
    assert str(OBJECTS.relative_to(ROOT / "playbooks")) in play["vars_files"]
