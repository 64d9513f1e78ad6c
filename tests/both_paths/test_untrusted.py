"""Real runs over apps whose author wants Ansible to run his texts: through the inventory, results, export and drift."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.both_paths.conftest import Play
from tests.both_paths.running import run_play
from tests.estate.running import Done, playbook, process_environment
from tests.platform import Platform
from tests.untrusted import RAN, endpoint, forms, hostile_spec

Check = Callable[[str], None]
CHECKED = pytest.mark.parametrize(
    "check", [[], pytest.param(["--check", "--diff"], marks=pytest.mark.slow)], ids=["for_real", "check"]
)


@pytest.fixture
def proof(tmp_path: Path) -> Path:
    """The file that exists if a text was run."""
    return tmp_path / "proof"


@pytest.fixture
def harmless(proof: Path) -> Check:
    """``harmless(output)``: nothing was run."""

    def check(output: str) -> None:
        assert not proof.exists()
        assert RAN not in output

    return check


def handled(value: str) -> list[dict[str, Any]]:
    """Tasks that do with *value*, an expression, what playbooks do."""
    return [
        {"name": "told", "debug": {"var": value}},
        {"name": "kept", "set_fact": {"kept": f"{{{{ {value} }}}}", "keys": f"{{{{ {value} | list }}}}"}},
        {"name": "told again", "debug": {"msg": ["{{ kept }}", "{{ keys }}"]}},
        {
            "name": "kept again",
            "set_fact": {"again": "{{ kept | to_json | from_json }}", "text": "{{ kept | string }}"},
        },
        {"name": "told at last", "debug": {"msg": ["{{ again }}", "{{ text }}"]}},
        {"name": "refused", "assert": {"that": "false", "fail_msg": "{{ again }}"}, "ignore_errors": True},
        {
            "name": "{{ again | string }}",
            "debug": {"msg": "{{ item }}"},
            "loop": f"{{{{ ({value}).services[0].envs | map(attribute='value') }}}}",
            "loop_control": {"label": "{{ item }}"},
        },
        {
            "name": "saved",
            "block": [{"fail": {"msg": "{{ again }}"}}],
            "rescue": [{"set_fact": {"why": "{{ ansible_failed_result.msg }}"}}, {"debug": {"var": "why"}}],
        },
    ]


@CHECKED
def test_this_file_would_see_it(check: list[str], proof: Path, tmp_path: Path) -> None:
    """The same texts, in a playbook of the user's own, do run."""
    texts = forms(proof)
    played = run_play(tmp_path, [{"debug": {"msg": text}} for text in texts[:8]], None, arguments=check)
    assert RAN in played.output
    assert proof.exists()


@CHECKED
def test_inventory(check: list[str], proof: Path, simulator: Platform, harmless: Check, tmp_path: Path) -> None:
    simulator.reset()
    simulator.seed([hostile_spec(proof)])
    (tmp_path / "x.app_platform.yml").write_text(
        json.dumps(
            {
                "plugin": "oceanops.app_platform.apps",
                "token": simulator.token,
                "api_url": simulator.url,
                "compose": {"command": "app_platform_spec.services[0].run_command"},
                "keyed_groups": [{"key": "app_platform_spec.envs | map(attribute='value')", "prefix": "has"}],
                "strict": True,
                "cache": True,
                "cache_plugin": "jsonfile",
                "cache_connection": str(tmp_path / "cache"),
            }
        )
    )
    more = [
        {"name": "composed", "debug": {"msg": ["{{ command }}", "{{ group_names }}", "{{ groups }}", "{{ vars }}"]}}
    ]
    play = {"hosts": "app_platform", "gather_facts": False, "tasks": [*handled("app_platform_spec"), *more]}
    for _turn in range(2):
        arguments = ["--inventory", "x.app_platform.yml", *check]
        played = run_play(tmp_path, [], None, arguments=arguments, text=json.dumps([play]))
        assert played.rc == 0, played.output
        harmless(played.output)
        assert played["composed"].result["msg"][0].startswith("#jinja2:")


@pytest.mark.slow
def test_what_ansible_inventory_lists_is_read_as_data(
    proof: Path, simulator: Platform, harmless: Check, tmp_path: Path
) -> None:
    simulator.reset()
    simulator.seed([hostile_spec(proof)])
    source = {"plugin": "oceanops.app_platform.apps", "token": simulator.token, "api_url": simulator.url}
    (tmp_path / "x.app_platform.yml").write_text(json.dumps(source))
    for arguments in (["--list"], ["--list", "--export"], ["--graph", "--vars"], ["--host", "shop"]):
        command = [sys.executable, "-m", "ansible.cli.inventory", "-i", "x.app_platform.yml", *arguments]
        env = process_environment(tmp_path, simulator)
        done = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        harmless(done.stdout + done.stderr)
        if arguments == ["--list"]:
            script = tmp_path / "listed.sh"
            script.write_text(f"#!/bin/sh\ncat {tmp_path / 'listed.json'}\n")
            script.chmod(0o755)
            (tmp_path / "listed.json").write_text(done.stdout)
    play = {"hosts": "app_platform", "gather_facts": False, "tasks": handled("app_platform_spec")}
    played = run_play(tmp_path, [], None, arguments=["--inventory", "listed.sh"], text=json.dumps([play]))
    assert played.rc == 0, played.output
    harmless(played.output)


@CHECKED
def test_results(check: list[str], play: Play, platform: Platform, proof: Path, harmless: Check) -> None:
    platform.seed([hostile_spec(proof)])
    read = {"name": "read", "oceanops.app_platform.app_info": {"app": "shop"}, "register": "read"}
    played = play([read, *handled("read.apps[0].spec")], arguments=check)
    assert played.rc == 0, played.output
    harmless(played.output)


def test_failures(play: Play, proof: Path, harmless: Check) -> None:
    """What a failed task says is data, too, in the result that was registered and in a rescue."""
    texts = [text for text in forms(proof) if "#jinja2" in text or "{" in text]
    kept = [
        {"set_fact": {"why": "{{ ansible_failed_result.msg }}", "all_of_it": "{{ ansible_failed_result }}"}},
        {"debug": {"msg": ["{{ why }}", "{{ all_of_it }}", "{{ failed }}"]}},
    ]
    with endpoint({"id": texts[0], "message": "\n".join([texts[6], *texts])}, status=422) as url:
        module = {"app": "shop", "api_url": url, "token": "dop_v1_x"}
        ask = {"name": "ask", "oceanops.app_platform.app_info": module}
        first = {**ask, "name": "ask first", "register": "failed", "ignore_errors": True}
        played = play([first, {"block": [ask], "rescue": kept}])
    assert played["ask"].failed
    assert "lookup(" in played["ask"].result["msg"]
    assert played.rc == 0, played.output
    harmless(played.output)


@pytest.fixture
def exported(tmp_path: Path, simulator: Platform, proof: Path) -> Done:
    simulator.reset()
    simulator.seed([hostile_spec(proof), hostile_spec(proof, "blog")])
    return playbook(tmp_path, simulator, "export", "-e", "export_directory=inventory")


@pytest.mark.slow
def test_export_and_site(exported: Done, tmp_path: Path, simulator: Platform, harmless: Check) -> None:
    """What was exported is written back as it was, thus not at all."""
    assert exported.code == 0, exported.output
    harmless(exported.output)
    before = simulator.apps()
    for arguments in (["--check", "--diff"], []):
        simulator.forget_requests()
        done = playbook(tmp_path, simulator, "site", "-i", "inventory", *arguments)
        assert done.code == 0, done.output
        assert done.recap == {"shop": (0, 0), "blog": (0, 0)}
        assert simulator.writes() == []
        harmless(done.output)
    simulator.call("DELETE", f"/v2/apps/{before['blog']['id']}")
    made = playbook(tmp_path, simulator, "site", "-i", "inventory", "--limit", "blog")
    assert made.code == 0, made.output
    harmless(made.output)
    assert simulator.apps()["blog"]["spec"] == before["blog"]["spec"]


@pytest.mark.slow
@pytest.mark.parametrize("report", ["report.json", "report.md"])
def test_drift(report: str, exported: Done, tmp_path: Path, simulator: Platform, proof: Path, harmless: Check) -> None:
    """A difference is told, with these texts on both sides, and for an app that the inventory does not know."""
    assert exported.code == 0, exported.output
    there = simulator.apps()["shop"]
    changed = hostile_spec(proof)
    changed["services"][0]["envs"].reverse()
    for env in changed["services"][0]["envs"][:9]:
        env["value"] += "!"
    assert simulator.call("PUT", f"/v2/apps/{there['id']}", {"spec": changed}).status_code == 200
    simulator.seed([hostile_spec(proof, "stranger")])
    done = playbook(tmp_path, simulator, "drift", "-i", "inventory", "-e", f"drift_report={report}", "-vv")
    assert done.code == 2, done.output
    assert "shop: drifted" in done.output
    assert "stranger" in done.output
    harmless(done.output + (tmp_path / report).read_text())
    assert "jinja2:" in (tmp_path / report).read_text()


@pytest.mark.slow
def test_drift_of_an_app_that_cannot_be_checked(
    exported: Done, tmp_path: Path, simulator: Platform, proof: Path, harmless: Check
) -> None:
    """The platform's own words get into the report by the failure of a task."""
    assert exported.code == 0, exported.output
    with endpoint({"id": "unprocessable", "message": "\n".join(forms(proof)[:30])}, status=422) as url:
        hostile = Platform(url)
        done = playbook(
            tmp_path, hostile, "drift", "-i", "inventory", "-e", "drift_report=x.md", "-e", "drift_unmanaged=no"
        )
    assert done.code == 2, done.output
    assert "2 could not be checked" in done.output
    report = (tmp_path / "x.md").read_text()
    assert "lookup(" in report
    harmless(done.output + report)


@pytest.mark.slow
def test_roles_that_copy_an_app(tmp_path: Path, simulator: Platform, proof: Path, harmless: Check) -> None:
    """A preview and a release hand the spec of an app through variables; what it says arrives unchanged."""
    simulator.reset()
    simulator.seed([hostile_spec(proof)])
    runs = {"preview": ["preview_app=shop", "preview_number=7"], "release": ["release_app=shop", "release_tag=2.0"]}
    for name, variables in runs.items():
        for more in (["--check", "--diff"], []):
            given = [word for one in variables for word in ("-e", one)]
            done = playbook(tmp_path, simulator, name, *given, "-e", f"{name}_wait_interval=0.1", *more)
            assert done.code == 0, done.output
            harmless(done.output)
    wanted = {env["key"]: env["value"] for env in hostile_spec(proof)["services"][0]["envs"]}
    for name in ("shop-pr-7", "shop"):
        (web,) = simulator.apps()[name]["spec"]["services"]
        assert {env["key"]: env["value"] for env in web["envs"] if env["key"] in wanted} == wanted


@pytest.mark.slow
def test_rehearsal_of_the_live_app(exported: Done, tmp_path: Path, simulator: Platform, harmless: Check) -> None:
    """What is live goes through variables into the simulator, and what came of it into a report."""
    assert exported.code == 0, exported.output
    arguments = ["-i", "inventory", "--limit", "shop,localhost", "-e", "rehearsal_from=live"]
    done = playbook(tmp_path, simulator, "rehearse", *arguments)
    assert done.code == 0, done.output
    assert "shop: " in done.output
    harmless(done.output + (tmp_path / "rehearsal.html").read_text())
