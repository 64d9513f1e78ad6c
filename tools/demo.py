# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``make demo``: the example site against the simulator: planned, made, run again, and one job changed.

Every step says what it shows, and what it shows is checked: the exit status is 1 when something is not so.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import requests
import yaml

from tests.platform import TOKEN, Platform, start_platform
from tools.house import BIN, ROOT, heading, process_environment, say

APP = "shop"
PASSWORD = "example"  # of the example's vault, as docs/start.md says
VAULT = ROOT / "inventory" / "host_vars" / APP / "vault.yml"
LONGEST = 60.0
PLAYBOOK = """\
- name: One job
  hosts: localhost
  connection: local
  gather_facts: false
  tasks:
    - name: The cache is warmed before the release
      oceanops.app_platform.app_job:
        app: shop
        name: warm-cache
        kind: PRE_DEPLOY
"""


class Demo:
    """The steps, what they found, and what was not as it should be."""

    def __init__(self, platform: Platform, folder: Path) -> None:
        self.platform = platform
        self.playbook = folder / "job.yml"
        self.password_file = folder / "password"
        self.password_file.write_text(PASSWORD, encoding="utf-8")
        self.failures: list[str] = []
        self.output = ""
        view = [str(BIN / "ansible-vault"), "view", "--vault-password-file", str(self.password_file), str(VAULT)]
        opened = subprocess.run(view, env=process_environment(), capture_output=True, check=True, text=True).stdout
        self.secrets = (TOKEN, *yaml.safe_load(opened).values())

    def expect(self, holds: bool, text: str) -> None:
        """Say whether something that the collection promises is so."""
        say(f"  {'yes' if holds else 'NO '}  {text}")
        if not holds:
            self.failures.append(text)

    def site(self, *arguments: str) -> int:
        """Run the example site; its exit status."""
        playbook = ["ansible-playbook", "-i", "inventory", "playbooks/site.yml"]
        return self.run([*playbook, "--vault-password-file", str(self.password_file), "--diff", *arguments])

    def run(self, command: list[str]) -> int:
        """Run one of Ansible's programs against the simulator, its output here; the log of calls starts anew."""
        shown = [word for word in command if word not in {"--vault-password-file", str(self.password_file)}]
        say(f"$ {' '.join(shown)}\n")
        self.platform.forget_requests()
        env = process_environment(
            {
                "DIGITALOCEAN_API_URL": self.platform.url,
                "DIGITALOCEAN_ACCESS_TOKEN": TOKEN,
                "ANSIBLE_CALLBACK_RESULT_FORMAT": "yaml",
                "ANSIBLE_DISPLAY_SKIPPED_HOSTS": "false",
            }
        )
        process = subprocess.Popen(
            [str(BIN / command[0]), *command[1:]],
            cwd=ROOT,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        lines: list[str] = []
        for line in process.stdout or ():
            lines.append(line)
            say(f"    {line.rstrip()}".rstrip())
        self.output = "".join(lines)
        leaked = [secret for secret in self.secrets if secret in self.output]
        status = process.wait()
        say(f"  calls: {len(self.platform.requests())}, writes: {', '.join(self.writes()) or 'none'}")
        self.expect(not leaked, "no token and no secret in the output")
        return status

    def app(self) -> dict[str, Any]:
        """The app as the API has it now."""
        return self.platform.apps().get(APP, {})

    def writes(self) -> list[str]:
        """Method and path of the last program's calls that could change something."""
        return [f"{call['method']} {call['path']}" for call in self.platform.writes()]

    def log(self, path: str, **query: Any) -> list[str]:
        """The last lines of a log."""
        urls = self.platform.call("GET", f"/v2/apps/{path}", **query).json().get("historic_urls") or []
        return requests.get(urls[0], timeout=30).text.splitlines()[-3:] if urls else []

    # The steps

    def plan(self) -> None:
        """Check mode: everything is told, nothing is done."""
        heading("1. The plan: --check --diff")
        status = self.site("--check")
        self.expect(status == 0 and "changed=1" in self.output, "one change is planned")
        self.expect(self.writes() == [] and not self.app(), "nothing was written")

    def make(self) -> None:
        """The real run."""
        heading("2. Make it so")
        status = self.site()
        self.expect(status == 0 and "changed=1" in self.output, "changed")
        self.expect(self.writes() == ["POST /v2/apps"], "one write")
        app = self.app()
        active = app.get("active_deployment", {})
        self.expect(active.get("phase") == "ACTIVE", f"one deployment, and it is live at {app.get('live_url')}")
        self.show_jobs(app)

    def show_jobs(self, app: dict[str, Any]) -> None:
        """Each job with its trigger, and what its log ends with."""
        say("\n  The jobs:")
        deployment = app["active_deployment"]["id"]
        for job in app["spec"]["jobs"]:
            schedule = job.get("schedule", {})
            trigger = " ".join((job["kind"], schedule.get("cron", ""), schedule.get("time_zone", ""))).strip()
            say(f"    {job['name']:16}{trigger}")
            if job["kind"] in {"PRE_DEPLOY", "POST_DEPLOY"}:
                path = f"{app['id']}/deployments/{deployment}/logs"
                lines = self.log(path, type="DEPLOY", component_name=job["name"])
                self.expect(bool(lines), f"{job['name']} ran in the deployment, and its log can be read")
                for line in lines:
                    say(f"          {line}")

    def again(self) -> None:
        """The second run."""
        heading("3. Run it again")
        status = self.site()
        self.expect(status == 0 and "changed=0" in self.output, "changed=0")
        self.expect(self.writes() == [], "zero writes: no deployment, so no migration ran twice")

    def another_trigger(self) -> None:
        """One job gets another trigger; nothing else is mentioned."""
        heading("4. One job gets another trigger")
        before = self.app()["spec"]
        self.playbook.write_text(PLAYBOOK, encoding="utf-8")
        say(PLAYBOOK)
        status = self.run(["ansible-playbook", "-i", "inventory", str(self.playbook), "--diff"])
        app = self.app()
        for job in before["jobs"]:
            if job["name"] == "warm-cache":
                job["kind"] = "PRE_DEPLOY"
        self.expect(status == 0 and self.writes() == [f"PUT /v2/apps/{app['id']}"], "one write")
        self.expect(app["spec"] == before, "this job's trigger changed, and nothing else in the whole app")

    def night(self) -> None:
        """The clock goes on by a day."""
        heading("5. A night passes")
        self.platform.advance(24 * 3600)
        app = self.app()
        answer = self.platform.call("GET", f"/v2/apps/{app['id']}/job-invocations", job_names="nightly-report")
        found = answer.json()["job_invocations"]
        for run in found[:1]:
            say(f"    nightly-report: {run['phase']}, started {run.get('started_at')}")
            path = f"{app['id']}/jobs/nightly-report/invocations/{run['id']}/logs"
            for line in self.log(path, type="JOB_INVOCATION"):
                say(f"          {line}")
        self.expect([run["phase"] for run in found] == ["SUCCEEDED"], "the scheduled job ran, once")


def main() -> int:
    """Show it all; exit status 1 when something was not as promised."""
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder, start_platform() as platform:
        os.umask(0o077)
        say(f"An App Platform runs at {platform.url}, on this machine alone.")
        demo = Demo(platform, Path(folder))
        for step in (demo.plan, demo.make, demo.again, demo.another_trigger, demo.night):
            step()
            if demo.failures:
                break
    took = time.monotonic() - started
    heading("the demonstration")
    demo.expect(took < LONGEST, f"{took:.0f} s, under {LONGEST:.0f}")
    say("All of it was so." if not demo.failures else f"NOT so: {'; '.join(demo.failures)}")
    return 1 if demo.failures else 0


if __name__ == "__main__":
    sys.exit(main())
