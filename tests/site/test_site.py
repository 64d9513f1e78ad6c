"""The example site as users run it: by its full name, in process and with ordinary modules, as talkative as can be."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.platform import TOKEN, Platform

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "example"


@pytest.fixture
def password(tmp_path: Path) -> Path:
    file = tmp_path / "password"
    file.write_text(PASSWORD)
    return file


def ansible(tool: str, *arguments: str, platform: Platform | None = None) -> str:
    env = {**os.environ, "ANSIBLE_NOCOLOR": "1"}
    if platform:
        env |= {"DIGITALOCEAN_API_URL": platform.url, "DIGITALOCEAN_ACCESS_TOKEN": TOKEN}
    command = [sys.executable, "-m", f"ansible.cli.{tool}", *arguments]
    done = subprocess.run(
        command, env=env, cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.mark.both_paths
@pytest.mark.parametrize(
    "in_process", [True, pytest.param(False, marks=pytest.mark.slow)], ids=["in_process", "module"]
)
def test_the_site_shows_no_secret_and_the_second_run_writes_nothing(
    platform: Platform, password: Path, in_process: bool
) -> None:
    vault = str(ROOT / "inventory" / "host_vars" / "shop" / "vault.yml")
    view = ansible("vault", "view", "--vault-password-file", str(password), vault)
    secrets = [TOKEN, *yaml.safe_load(view).values()]
    site = ["oceanops.app_platform.site", "-i", str(ROOT / "inventory"), "--vault-password-file", str(password)]
    more = ["-e", f'{{"app_platform_in_process": {str(in_process).lower()}, "app_wait_interval": 0.1}}']

    output = ansible("playbook", *site, *more, "-vvvv", "--diff", platform=platform)
    assert [call["path"] for call in platform.writes()] == ["/v2/apps"]
    assert ("runs in process" in output) is in_process
    assert [secret for secret in secrets if secret in output] == []

    platform.forget_requests()
    output = ansible("playbook", *site, *more, "-vvvv", "--diff", platform=platform)
    assert platform.writes() == []
    assert "changed=0" in output
    assert [secret for secret in secrets if secret in output] == []


def test_what_the_site_makes_is_what_the_inventory_says(platform: Platform, password: Path) -> None:
    site = ["playbooks/site.yml", "-i", "inventory", "--vault-password-file", str(password)]
    ansible("playbook", *site, "-e", "app_wait_interval=0.1", platform=platform)
    app = platform.apps()["shop"]
    kinds = {job["name"]: job["kind"] for job in app["spec"]["jobs"]}
    assert kinds == {
        "migrate": "PRE_DEPLOY",
        "warm-cache": "POST_DEPLOY",
        "tell-oncall": "FAILED_DEPLOY",
        "nightly-report": "SCHEDULED",
    }
    assert app["spec"]["region"] == "fra"
    assert [one["name"] for one in app["spec"]["databases"]] == ["db"]
    assert [one["domain"] for one in app["spec"]["domains"]] == ["shop.example.com"]
    assert app["active_deployment"]["phase"] == "ACTIVE"
