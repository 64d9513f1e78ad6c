# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the logs hold. A line is kept as `<epoch seconds> <text>`; readers see it as `<component> <RFC 3339> <text>`."""

from __future__ import annotations

from ..model import App, Deployment, components
from ..wire import Json
from . import sources
from .reasons import Reason


def write(deployment: Deployment, component: str, kind: str, lines: list[str], now: float) -> None:
    """Add lines to a component's log."""
    deployment.logs.setdefault(component, {}).setdefault(kind, []).extend(stamped(lines, now))


def stamped(lines: list[str], now: float) -> list[str]:
    """Lines with their times, a microsecond apart."""
    return [f"{now + number / 1e6:.6f} {line}" for number, line in enumerate(lines)]


def build_begins(deployment: Deployment, component: Json, now: float) -> None:
    """Ready images have no build log."""
    if "image" not in component:
        commit = deployment.sources.get(component["name"], {}).get("source_commit_hash", "")
        where = sources.identity(component).split(":", 1)[1]
        lines = [f"cloning {where}", f"checking out commit {commit}"]
        write(deployment, component["name"], "BUILD", lines, now)


def build_ends(deployment: Deployment, component: Json, verdict: Json, reason: Reason | None, now: float) -> None:
    """The scripted lines, or those that one would expect."""
    name = component["name"]
    if "image" in component:
        if reason:
            write(deployment, name, "BUILD", verdict.get("logs") or [f"error: {reason[1]}"], now)
        return
    lines = list(verdict.get("logs") or [])
    if not lines and component.get("build_command"):
        lines = [f"$ {line}" for line in str(component["build_command"]).splitlines()]
    lines.append(f"build failed: {reason[1]}" if reason else "build complete")
    write(deployment, name, "BUILD", lines, now)


def run_begins(job: Json, verdict: Json) -> list[str]:
    """The first lines of a job's run. One that hangs has said all that it will ever say."""
    lines = [f"starting: {job.get('run_command') or 'the command of the image'}"]
    return [*lines, *verdict.get("logs", [])] if verdict.get("outcome") == "hang" else lines


def run_ends(verdict: Json, failed: bool, stopped: bool) -> list[str]:
    """The last lines of a job's run."""
    if stopped:
        return ["stopped: the run took longer than its timeout", "exit status 143"]
    lines = list(verdict.get("logs") or [])
    if not lines:
        lines = ["error: this run was told to fail"] if failed else ["done"]
    return [*lines, f"exit status {exit_code(verdict)}"] if failed else lines


def exit_code(verdict: Json) -> int:
    """The exit code of a run that fails."""
    return int(verdict.get("exit_code") or 1)


def job_begins(deployment: Deployment, job: Json, verdict: Json, now: float) -> None:
    """A deploy job starts; its output is the deployment's DEPLOY log."""
    write(deployment, job["name"], "DEPLOY", run_begins(job, verdict), now)


def job_ends(deployment: Deployment, job: Json, verdict: Json, reason: Reason | None, now: float) -> None:
    """A deploy job has ended."""
    failed = reason is not None
    write(
        deployment, job["name"], "DEPLOY", run_ends(verdict, failed, failed and verdict.get("outcome") != "fail"), now
    )


def released(deployment: Deployment, component: Json, verdict: Json, reason: Reason | None, now: float) -> None:
    """A component came up, or did not."""
    name, lines = component["name"], list(verdict.get("logs") or [])
    if reason:
        write(deployment, name, "DEPLOY", [*lines, f"error: {reason[1]}"], now)
        return
    write(deployment, name, "DEPLOY", [f"{name} is up"], now)
    port = component.get("http_port")
    write(deployment, name, "RUN", lines or [f"listening on port {port}" if port else f"{name} has started"], now)


def all_of(app: App, deployment: Deployment, now: float) -> None:
    """The logs of a deployment that ended well long ago."""
    del app
    for kind, component in components(deployment.spec):
        build_begins(deployment, component, now)
        build_ends(deployment, component, {}, None, now)
        if kind != "jobs":
            released(deployment, component, {}, None, now)
        elif component.get("kind") in {"PRE_DEPLOY", "POST_DEPLOY"}:
            job_begins(deployment, component, {}, now)
            job_ends(deployment, component, {}, None, now)
