# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Scheduled jobs: their runs by cron and time zone, and how a run goes (API reference 5.4 to 5.7)."""

from __future__ import annotations

from ..errors import bad_request
from ..model import App, Deployment, Invocation, component_of
from ..spec import cron
from ..state import USER, State, new_id
from ..wire import Json
from . import journal, pace

ENDED = frozenset({"SUCCEEDED", "FAILED", "CANCELED", "SKIPPED"})
# How long a run waits for its container.
_PENDING = 2.0
# Older runs of an app are forgotten.
_KEPT = 1000


class Scheduler:
    """Starts and ends runs. A run belongs to the deployment that was active when it began."""

    def __init__(self, state: State) -> None:
        self.state = state
        state.timeline.on("due", self._due)
        state.timeline.on("run", self._run)
        state.timeline.on("ran", self._ran)

    def activate(self, app: App, deployment: Deployment) -> None:
        """A deployment has become active: its schedules replace the former ones."""
        if self.state.assume["run_outlives_deployment"] == "cancel":
            for invocation in app.invocations:
                if invocation.phase in {"PENDING", "RUNNING"}:
                    self._end(invocation, "CANCELED", ["stopped: a new deployment is active"])
        for job in deployment.spec.get("jobs") or []:
            if job.get("kind") == "SCHEDULED" and job.get("schedule"):
                self._appoint(app, deployment, job)

    def _appoint(self, app: App, deployment: Deployment, job: Json) -> None:
        due = next_run(job, self.state.now)
        if due is not None:
            self.state.timeline.at(due, "due", app.id, deployment.id, str(job["name"]))

    def _due(self, app_id: str, deployment_id: str, name: str) -> None:
        """A schedule has come round."""
        app = self.state.apps.get(app_id)
        if app is None or app.active_id != deployment_id or app.active is None:
            return
        found = component_of(app.active.spec, name)
        if found is None:
            return
        job = found[1]
        self._appoint(app, app.active, job)
        overlap = any(item.job == name and item.phase in {"PENDING", "RUNNING"} for item in app.invocations)
        trigger = {
            "type": self.state.assume["trigger_type"],
            "scheduled": {"schedule": dict(job["schedule"])},
        }
        if overlap and self.state.assume["overlapping_run"] == "SKIPPED":
            skipped = Invocation(new_id(), name, deployment_id, trigger, self.state.now, phase="SKIPPED")
            skipped.completed = self.state.now
            self._keep(app, skipped)
        else:
            self._start(app, job, trigger, float(self.state.assume.number("scheduled_delay_seconds")))

    def run_by_hand(self, app: App, name: str) -> Invocation:
        """A run that somebody started in the control panel; the API has no call for it."""
        found = component_of(app.active.spec, name) if app.active else None
        if found is None or found[0] != "jobs" or found[1].get("kind") != "SCHEDULED":
            raise bad_request(f"{name!r} is no scheduled job of the active deployment")
        return self._start(app, found[1], {"type": "MANUAL", "manual": {"user": dict(USER)}}, 0.0)

    def record(self, app: App, deployment: Deployment, job: Json) -> None:
        """A deploy job that has run, where those are invocations, too."""
        made = Invocation(new_id(), str(job["name"]), deployment.id, {"type": "UNKNOWN"}, self.state.now)
        leaf = deployment.leaves[f"deploy/{made.job}/wait"]
        made.started, made.completed = leaf.started, leaf.ended
        made.phase = "FAILED" if leaf.status == "ERROR" else "SUCCEEDED"
        made.log = list(deployment.logs.get(made.job, {}).get("DEPLOY", []))
        self._keep(app, made)

    def _start(self, app: App, job: Json, trigger: Json, delay: float) -> Invocation:
        name = str(job["name"])
        made = Invocation(new_id(), name, app.active_id, trigger, self.state.now)
        made.verdict = self.state.outcomes.take(app.name, name, "deploy")
        self._keep(app, made)
        self.state.timeline.after(delay + _PENDING, "run", app.id, made.id)
        return made

    def _keep(self, app: App, invocation: Invocation) -> None:
        app.invocations.append(invocation)
        del app.invocations[:-_KEPT]

    def _job(self, app: App, invocation: Invocation) -> Json:
        deployment = app.deployment(invocation.deployment_id)
        found = component_of(deployment.spec, invocation.job) if deployment else None
        return found[1] if found else {"name": invocation.job}

    def _run(self, app_id: str, invocation_id: str) -> None:
        """The container has started."""
        app = self.state.apps.get(app_id)
        invocation = find(app, invocation_id) if app else None
        if app is None or invocation is None or invocation.phase != "PENDING":
            return
        job = self._job(app, invocation)
        invocation.phase, invocation.started = "RUNNING", self.state.now
        self._write(invocation, journal.run_begins(job, invocation.verdict))
        length, _stopped = pace.run_length(job, invocation.verdict, self.state.settings.pace)
        self.state.timeline.after(length, "ran", app_id, invocation_id)

    def _ran(self, app_id: str, invocation_id: str) -> None:
        """The container has ended, or is stopped because it ran too long."""
        app = self.state.apps.get(app_id)
        invocation = find(app, invocation_id) if app else None
        if app is None or invocation is None or invocation.phase != "RUNNING":
            return
        stopped = pace.run_length(self._job(app, invocation), invocation.verdict, self.state.settings.pace)[1]
        failed = stopped or invocation.verdict.get("outcome") == "fail"
        lines = journal.run_ends(invocation.verdict, failed, stopped)
        self._end(invocation, "FAILED" if failed else "SUCCEEDED", lines)

    def cancel(self, invocation: Invocation) -> None:
        """Stop a run."""
        if invocation.phase in ENDED:
            if self.state.assume["cancel_finished"] == "reject":
                raise bad_request(f"job invocation is in phase {invocation.phase} and cannot be canceled")
            return
        self._end(invocation, "CANCELED", ["stopped: canceled"])

    def _end(self, invocation: Invocation, phase: str, lines: list[str]) -> None:
        invocation.phase, invocation.completed = phase, self.state.now
        self._write(invocation, lines)

    def _write(self, invocation: Invocation, lines: list[str]) -> None:
        invocation.log.extend(journal.stamped(lines, self.state.now))


def next_run(job: Json, after: float) -> float | None:
    """When a scheduled job is due next."""
    schedule = job["schedule"]
    if not schedule.get("cron"):
        return None
    try:
        return cron.next_run(schedule["cron"], schedule.get("time_zone") or "", after)
    except ValueError:
        return None  # only with schedule_rules=accept


def find(app: App, invocation_id: str) -> Invocation | None:
    """One run by id."""
    return next((item for item in reversed(app.invocations) if item.id == invocation_id), None)
