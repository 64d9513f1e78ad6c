"""The collection's playbooks by their full names, run as users run them."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.platform import Platform

RECAP = re.compile(r"^(\S+)\s+: ok=(\d+)\s+changed=(\d+)\s+unreachable=(\d+)\s+failed=(\d+)", re.MULTILINE)


@dataclass(frozen=True)
class Done:
    """What a run printed, and how it ended."""

    code: int
    output: str

    @property
    def recap(self) -> dict[str, tuple[int, int]]:
        """Changed tasks and those that went wrong, by host."""
        return {one[1]: (int(one[3]), int(one[4]) + int(one[5])) for one in RECAP.finditer(self.output)}


def process_environment(folder: Path, platform: Platform) -> dict[str, str]:
    """Environment variables for a run in *folder* against *platform*."""
    env = {**os.environ, "DIGITALOCEAN_API_URL": platform.url, "DIGITALOCEAN_ACCESS_TOKEN": platform.token}
    env |= {"ANSIBLE_NOCOLOR": "1", "ANSIBLE_HOME": str(folder / ".ansible"), "PWD": str(folder), "COLUMNS": "200"}
    return env | {"ANSIBLE_LOCALHOST_WARNING": "false", "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false"}


def playbook(folder: Path, platform: Platform, name: str, *arguments: str) -> Done:
    command = [sys.executable, "-m", "ansible.cli.playbook", f"oceanops.app_platform.{name}", *arguments]
    done = subprocess.run(
        command, cwd=folder, env=process_environment(folder, platform), stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
    )  # fmt: skip
    return Done(done.returncode, done.stdout)
