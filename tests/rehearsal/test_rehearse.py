"""Rehearsals as users start them: ansible-playbook, its exit status, what it prints, the report, what is left."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.both_paths.running import process_environment
from tests.platform import ROOT, TOKEN, Platform

SPEC = ROOT / "docs" / "examples" / "app.yaml"
IMAGE = {"registry_type": "GHCR", "registry": "example", "repository": "shop"}


@dataclass(frozen=True)
class Rehearsal:
    """What became of one."""

    rc: int
    output: str
    report: str

    @property
    def told(self) -> str:
        """What it says at the end."""
        return re.sub(r"\s+", " ", self.output[self.output.index("TASK [How it went]") :])


@pytest.fixture
def live(platform: Platform) -> Platform:
    """Stands for the platform itself."""
    platform.tokens({TOKEN: []})
    return platform


def rehearse(folder: Path, *arguments: str, env: dict[str, str] | None = None, **variables: Any) -> Rehearsal:
    command = [sys.executable, "-m", "ansible.cli.playbook", "oceanops.app_platform.rehearse", *arguments]
    command += ["--extra-vars", json.dumps(variables)]
    # Not in the test's own folder: its name can be too long for the socket that ansible-core 2.21 makes there.
    with tempfile.TemporaryDirectory() as temporary:
        more = {"TMPDIR": temporary, "PWD": str(folder), **(env or {})}
        environment = process_environment(folder, folder / "results.json", folder / "log", more)
        environment["PATH"] = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        done = subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL
        )
        assert [one.name for one in Path(temporary).glob("*.rehearsal")] == [], "its folder is still there"
    page = folder / "rehearsal.html"
    return Rehearsal(done.returncode, done.stdout + done.stderr, page.read_text() if page.exists() else "")


def test_a_release_that_works(tmp_path: Path) -> None:
    went = rehearse(tmp_path, rehearsal_spec=str(SPEC))
    assert went.rc == 0, went.output
    assert "The new app shop is live" in went.told
    assert re.search(r"PRE_DEPLOY +migrate +SUCCESS", went.told)
    assert re.search(r"cost: nothing -> \d+ USD a month", went.told)
    assert "nightly-report" in went.report
    assert "stands-in-for" not in went.report + went.output


@pytest.mark.slow
def test_paths_are_meant_from_where_the_command_is_given(tmp_path: Path) -> None:
    (tmp_path / ".do").mkdir()
    (tmp_path / ".do" / "app.yaml").write_text(SPEC.read_text())
    worker = {"name": "mailer", "image": {**IMAGE, "tag": "1"}}
    (tmp_path / "seed.yaml").write_text(json.dumps({"name": "other", "workers": [worker]}))
    went = rehearse(tmp_path, rehearsal_spec=".do/app.yaml", rehearsal_from="seed.yaml", rehearsal_verify=False)
    assert went.rc == 0, went.output
    assert "The new app shop is live" in went.told


@pytest.mark.slow
def test_a_release_whose_migration_fails(tmp_path: Path) -> None:
    went = rehearse(
        tmp_path,
        rehearsal_spec=str(SPEC),
        rehearsal_outcomes=[{"job": "migrate", "exit_code": 3, "logs": ["relation orders does not exist"]}],
        rehearsal_title="Release 2.4.1",
    )
    assert went.rc == 2
    assert re.search(r"PRE_DEPLOY +migrate +ERROR +\S+ s, exit code 3", went.told)
    assert re.search(r"FAILED_DEPLOY +tell-oncall +SUCCESS", went.told)
    assert "relation orders does not exist" in went.told
    assert "Release 2.4.1" in went.report
    assert "relation orders does not exist" in went.report
    assert "tell-oncall" in went.report


@pytest.mark.slow
def test_the_apps_of_an_inventory_with_their_vault(tmp_path: Path) -> None:
    password = tmp_path / "password"
    password.write_text("example")
    went = rehearse(
        tmp_path,
        "--inventory",
        str(ROOT / "inventory"),
        "--vault-password-file",
        str(password),
        rehearsal_outcomes={"warm-cache": "fail"},
    )
    assert went.rc == 2
    assert re.search(r"POST_DEPLOY +warm-cache +ERROR", went.told)


@pytest.mark.slow
def test_a_live_app_is_read_and_nothing_else(tmp_path: Path, live: Platform) -> None:
    secret = "the-stored-secret-of-the-live-app"
    web = {
        "name": "web",
        "image": {**IMAGE, "tag": "1.0"},
        "http_port": 8080,
        "envs": [{"key": "SESSION_KEY", "value": secret, "type": "SECRET"}],
    }
    live.seed([{"name": "shop", "services": [web]}, {"name": "other", "services": [web]}])
    live.forget_requests()
    web["envs"] = [{"key": "SESSION_KEY", "type": "SECRET"}]
    web["image"] = {**IMAGE, "tag": "1.1"}
    spec = tmp_path / "app.yaml"
    spec.write_text(json.dumps({"spec": {"name": "shop", "services": [web]}}))
    went = rehearse(
        tmp_path,
        rehearsal_spec=str(spec),
        rehearsal_from="live",
        env={"DIGITALOCEAN_API_URL": live.url, "DIGITALOCEAN_ACCESS_TOKEN": TOKEN},
    )
    assert went.rc == 0, went.output
    assert "shop: The release succeeded" in went.told
    assert {one["method"] for one in live.requests()} == {"GET"}
    # The rehearsal's own simulator takes no token but the one that was made up for it, so yours was never sent.
    assert TOKEN not in went.output + went.report
    assert secret not in went.output + went.report
    assert live.apps()["shop"]["spec"]["services"][0]["image"]["tag"] == "1.0"
    assert "1.1" in went.report


@pytest.mark.slow
def test_any_command_of_yours(tmp_path: Path) -> None:
    (tmp_path / "mine.yml").write_text(
        json.dumps(
            [
                {
                    "hosts": "localhost",
                    "gather_facts": False,
                    "tasks": [
                        {
                            "oceanops.app_platform.app_job": {
                                "app": "shop",
                                "name": "migrate",
                                "kind": "PRE_DEPLOY",
                                "image": {**IMAGE, "tag": "2.0"},
                                "wait_interval": 0.1,
                            }
                        }
                    ],
                }
            ]
        )
    )
    (tmp_path / "seed.yaml").write_text(SPEC.read_text().replace("type: SECRET", "value: in-a-vault, type: SECRET"))
    went = rehearse(
        tmp_path,
        rehearsal_command=f"ansible-playbook {tmp_path / 'mine.yml'}",
        rehearsal_from=str(tmp_path / "seed.yaml"),
    )
    assert went.rc == 0, went.output
    assert re.search(r"PRE_DEPLOY +migrate +SUCCESS", went.told)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({"rehearsal_spec": "/nowhere/app.yaml"}, "/nowhere/app.yaml"),
        ({"rehearsal_spec": str(SPEC), "rehearsal_outcomes": {"migrate": "fial"}}, "fial"),
    ],
)
def test_what_cannot_be_rehearsed_is_said(tmp_path: Path, variables: dict[str, Any], said: str) -> None:
    went = rehearse(tmp_path, **variables)
    assert went.rc != 0
    assert said in went.output
    assert "Traceback" not in went.output


@pytest.mark.slow
def test_a_folder_for_temporary_files_that_is_not_there(tmp_path: Path) -> None:
    done = rehearse(tmp_path, env={"TMPDIR": str(tmp_path / "none")}, rehearsal_spec="/nowhere/app.yaml")

    assert "/nowhere/app.yaml" in done.output
    assert not (tmp_path / "none").exists(), "it was made, and is still there"
