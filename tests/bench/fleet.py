# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A fleet: 200 apps as hosts, nothing to change. The playbook ``site``, next to one GET for each app with ``uri``."""

from __future__ import annotations

import json
import subprocess
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tests import platform
from tests.bench import _platform
from tools.house import BIN, heading, process_environment, say

APPS = 200
FORKS = 4
#: Seconds after which a run is taken for hung.
LONGEST = 90
#: With ``uri`` a quarter of the apps does: each one costs the same.
RUNS = {"site": ("oceanops.app_platform.site", APPS), "uri": ("uri.yml", APPS // 4)}

IMAGE = {"registry_type": "GHCR", "registry": "example", "repository": "shop", "tag": "2.4.1"}


def spec(number: int) -> dict[str, Any]:
    """An app of the fleet."""
    return {
        "name": f"app-{number:03}",
        "region": "ams",
        "services": [{"name": "web", "image": IMAGE, "http_port": 8080, "envs": [{"key": "LOG", "value": "info"}]}],
        "jobs": [{"name": "migrate", "kind": "PRE_DEPLOY", "image": IMAGE, "run_command": "bin/migrate"}],
    }


@dataclass(frozen=True)
class Run:
    """Seconds that a run took, and its API calls by what they were."""

    seconds: float
    calls: Counter[str]


def _inventory(folder: Path, ids: dict[str, str]) -> None:
    """What the role takes, and for ``uri`` the app's id, as somebody has it who does it by hand."""
    hosts = {}
    for number in range(APPS):
        app = spec(number)
        variables = {f"app_{key}": value for key, value in app.items()}
        hosts[app["name"]] = {**variables, "its_id": ids[app["name"]]}
    common = {"ansible_connection": "local", "ansible_python_interpreter": "{{ ansible_playbook_python }}"}
    content = {"apps": {"hosts": hosts, "vars": common}}
    (folder / "hosts.yml").write_text(yaml.safe_dump(content), encoding="utf-8")
    task = {
        "name": "Read the app",
        "ansible.builtin.uri": {
            "url": "{{ lookup('ansible.builtin.env', 'DIGITALOCEAN_API_URL') }}/v2/apps/{{ its_id }}",
            "headers": {"Authorization": f"Bearer {platform.TOKEN}"},
        },
    }
    play = {"name": "By hand", "hosts": "apps", "gather_facts": False, "tasks": [task]}
    (folder / "uri.yml").write_text(json.dumps([play]), encoding="utf-8")


def _run(folder: Path, server: platform.Platform, playbook: str, apps: int) -> Run:
    server.forget_requests()
    env = process_environment({"DIGITALOCEAN_API_URL": server.url, "DIGITALOCEAN_ACCESS_TOKEN": platform.TOKEN})
    command = [str(BIN / "ansible-playbook"), "-i", "hosts.yml", "--forks", str(FORKS), playbook]
    command += ["--limit", f"apps[0:{apps - 1}]"]
    began = time.monotonic()
    try:
        done = subprocess.run(
            command, cwd=folder, env=env, capture_output=True, text=True, check=False, timeout=LONGEST
        )
    except subprocess.TimeoutExpired as error:
        raise SystemExit(f"{playbook} did not end within {LONGEST} seconds") from error
    seconds = time.monotonic() - began
    if done.returncode or done.stdout.count("changed=0") != apps:
        raise SystemExit(f"{playbook} failed, or changed something:\n{done.stdout[-3000:]}{done.stderr[-3000:]}")
    return Run(seconds, Counter(str(one["operation"]) for one in server.requests()))


def main() -> bool:
    """Measure and print; whether the promises are kept."""
    heading(f"bench: a fleet of {APPS} apps as hosts, nothing to change, {FORKS} forks")
    runs: dict[str, Run] = {}
    with platform.start_platform() as server, tempfile.TemporaryDirectory() as name:
        seeded = server.seed([spec(number) for number in range(APPS)])
        _inventory(Path(name), {app["spec"]["name"]: app["id"] for app in seeded})
        say(f"{'':46}{'seconds':>10}{'ms per app':>13}{'API calls':>12}{'per app':>10}")
        for label, (playbook, apps) in RUNS.items():
            run = runs[label] = _run(Path(name), server, playbook, apps)
            calls = run.calls.total()
            told = {
                "site": "site: arguments, whole app compared, report",
                "uri": "uri: one GET, nothing compared (a quarter)",
            }[label]
            say(f"{told:46}{run.seconds:10.1f}{run.seconds / apps * 1000:13.0f}{calls:12}{calls / apps:10.3f}")
    site, uri = runs["site"], runs["uri"]
    against = (site.seconds / RUNS["site"][1]) / (uri.seconds / RUNS["uri"][1])
    one_each = site.calls == {"apps_get": APPS, "apps_list": 1}
    kept = [
        (one_each, f"one GET an app and one list: {dict(site.calls)}"),
        (against <= 1, f"at most what the GET alone takes with uri, an app: {against:.2f}"),
    ]
    return _platform.promises(kept)
