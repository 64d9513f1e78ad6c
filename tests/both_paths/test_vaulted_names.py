"""A name that comes from a vault is a name: it stays readable, on both ways alike."""

from __future__ import annotations

from pathlib import Path

import pytest
from ansible.release import __version__ as core

from tests.both_paths.running import run_play
from tests.platform import Platform

LINES = "CANARY line one\nCANARY line two\n"


@pytest.mark.slow
def test_a_vaulted_name_stays_readable(path: str, platform: Platform, tmp_path: Path) -> None:
    vault = pytest.importorskip("ansible.parsing.vault")
    (tmp_path / "password").write_text("a password of tests\n")
    library = vault.VaultLib([("default", vault.VaultSecret(b"a password of tests"))])
    image = {"registry_type": "DOCKER_HUB", "registry": "oceanops", "repository": "mail"}
    platform.seed([{"name": "company-shop", "workers": [{"name": "mailworker", "image": image}]}])

    def vaulted(text: str, by: int) -> str:
        lines = library.encrypt(text).decode().splitlines()
        return "!vault |\n" + "\n".join(" " * by + line for line in lines)

    playbook = f"""
- hosts: localhost
  gather_facts: false
  module_defaults:
    group/oceanops.app_platform.all: {{token: a-token-of-tests, api_url: "{platform.url}"}}
  tasks:
    - name: read
      oceanops.app_platform.app_info:
        app: {vaulted("company-shop", 10)}
    - name: write
      oceanops.app_platform.app_worker:
        app: company-shop
        name: {vaulted("mailworker", 10)}
        image:
          tag: {vaulted("release-2026", 12)}
        envs:
          - key: PASSWORD
            type: SECRET
            value: {vaulted("CANARY-from-a-vault", 14)}
          - key: {vaulted("NAME_OF_A_SECRET", 14)}
            type: SECRET
            value: {vaulted(LINES, 14)}
"""
    played = run_play(tmp_path, [], path, text=playbook, arguments=["--vault-password-file", "password", "--diff"])
    write = played["write"]
    assert not write.failed
    assert "CANARY" not in played.output + repr(write.result)
    if tuple(map(int, core.split(".")[:2])) >= (2, 22):
        return  # it masks by itself all that comes from a vault
    (app,) = played["read"]["apps"]
    assert app["spec"]["name"] == "company-shop"
    (worker,) = write["app"]["spec"]["workers"]
    assert worker["name"] == "mailworker"
    assert worker["image"]["tag"] == "release-2026"
    assert {"PASSWORD", "NAME_OF_A_SECRET"} <= {one["key"] for one in worker["envs"]}
