# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a report holds. Times are epoch seconds, durations are seconds, texts are masked already.

The JSON of it (`as_json`) is an interface: docs/simulator.md describes it, rehearsals read it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from ..wire import Json, timestamp
from .visible import all_visible


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a deployment: a build, a start, or the run of a job. `kind` is a job's kind, else ""."""

    name: str
    kind: str
    # PENDING, RUNNING, SUCCESS, ERROR or SKIPPED (the deployment ended without it).
    status: str
    started: float | None = None
    ended: float | None = None
    code: str = ""
    message: str = ""
    # Of a job's run that has ended.
    exit_code: int | None = None
    log: tuple[str, ...] = ()

    @property
    def seconds(self) -> float | None:
        """How long it took; None unless it has begun and ended."""
        return None if self.started is None or self.ended is None else self.ended - self.started


@dataclass(frozen=True, slots=True)
class Stage:
    """Steps that belong together: `build`, `release`, or the jobs of one trigger (`pre`, `post`, `failed`)."""

    name: str
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Release:
    """A deployment."""

    id: str
    phase: str
    cause: str
    created: float
    # When it came to its end, its POST_DEPLOY jobs included; None while it is on its way.
    ended: float | None
    # Where its own time line ends: its end, or the present.
    until: float
    stages: tuple[Stage, ...]
    # It was there before the change: seeded, or not after `since`.
    before: bool = False
    # The platform's own, because the deployment before it failed.
    rollback: bool = False
    # Whether this kind of deployment runs jobs; a restart runs none.
    runs_jobs: bool = True

    @property
    def seconds(self) -> float | None:
        """From its creation to its end."""
        return None if self.ended is None else self.ended - self.created

    @property
    def jobs(self) -> list[Step]:
        """Its jobs, in the order of their triggers."""
        return [step for stage in self.stages for step in stage.steps if step.kind]


@dataclass(frozen=True, slots=True)
class Run:
    """One invocation of a scheduled job."""

    id: str
    phase: str
    trigger: str
    created: float
    started: float | None
    ended: float | None
    log: tuple[str, ...] = ()

    @property
    def seconds(self) -> float | None:
        """How long it ran."""
        return None if self.started is None or self.ended is None else self.ended - self.started


@dataclass(frozen=True, slots=True)
class Schedule:
    """A scheduled job: the next times in its own zone (RFC 3339, with offset), and its past runs, newest first."""

    job: str
    cron: str
    time_zone: str
    next_runs: tuple[str, ...]
    runs: tuple[Run, ...]
    # It is in the spec but not in what serves now, so nothing fires.
    pending: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """The spec before and after. `diff` is unified, of YAML, without its two head lines; empty without a change."""

    changed: bool
    diff: tuple[str, ...] = ()
    # There was no app before.
    new: bool = False

    @property
    def added(self) -> int:
        """Number of lines that are new."""
        return sum(line.startswith("+") for line in self.diff)

    @property
    def removed(self) -> int:
        """Number of lines that are gone."""
        return sum(line.startswith("-") for line in self.diff)


@dataclass(frozen=True, slots=True)
class Component:
    """A part of the app. `kind` is `service`, `static site`, `worker`, `function`, `database`, or a job's kind."""

    name: str
    kind: str
    about: str = ""
    usd: float | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """A binding: `user` takes `variables` of `source` (component or database name; "" is the app as a whole)."""

    user: str
    source: str
    variables: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """An ingress rule: what it matches and where that goes: to a component, or elsewhere by a redirect."""

    match: str
    component: str
    redirect: str = ""


@dataclass(frozen=True, slots=True)
class Shape:
    """The app's parts and what connects them."""

    domains: tuple[str, ...] = ()
    rules: tuple[Rule, ...] = ()
    components: tuple[Component, ...] = ()
    links: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class AppReport:
    """One app. `cost` is USD a month; before is None where there was no app."""

    app: str
    id: str
    phase: str
    verdict: str
    ok: bool
    shape: Shape
    change: Change
    releases: tuple[Release, ...]
    omitted: int
    schedules: tuple[Schedule, ...]
    cost_before: float | None
    cost_after: float
    spec_lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """All that is shown. `now` is the platform's time."""

    title: str
    now: float
    apps: tuple[AppReport, ...] = field(default_factory=tuple)

    @property
    def ok(self) -> bool:
        """Whether all went well."""
        return all(app.ok for app in self.apps)


def as_json(report: Report) -> Json:
    """The report for programs."""
    found: Json = all_visible(
        {
            "title": report.title,
            "now": timestamp(report.now),
            "ok": report.ok,
            "apps": [_app(app) for app in report.apps],
        }
    )
    return found


def _app(app: AppReport) -> Json:
    return {
        "app": app.app,
        "id": app.id,
        "phase": app.phase,
        "verdict": app.verdict,
        "ok": app.ok,
        "change": {"changed": app.change.changed, "new": app.change.new, "diff": list(app.change.diff)},
        "deployments": [_release(item) for item in app.releases],
        "deployments_omitted": app.omitted,
        "schedules": [_schedule(item) for item in app.schedules],
        "cost": {"before": app.cost_before, "after": app.cost_after},
    }


def _release(release: Release) -> Json:
    return {
        "id": release.id,
        "phase": release.phase,
        "cause": release.cause,
        "before": release.before,
        "created_at": timestamp(release.created),
        "seconds": _rounded(release.seconds),
        "jobs": [_job(step) for step in release.jobs],
        "errors": [_step(step) for stage in release.stages for step in stage.steps
                   if step.status == "ERROR" and not step.kind],
    }  # fmt: skip


def _job(step: Step) -> Json:
    return {"name": step.name, "kind": step.kind, **_outcome(step), "exit_code": step.exit_code}


def _step(step: Step) -> Json:
    return {"name": step.name, **_outcome(step)}


def _outcome(step: Step) -> Json:
    reason = {"code": step.code, "message": step.message} if step.code else None
    return {"status": step.status, "reason": reason, "seconds": _rounded(step.seconds), "log": list(step.log)}


def _schedule(schedule: Schedule) -> Json:
    return {
        "job": schedule.job,
        "cron": schedule.cron,
        "time_zone": schedule.time_zone,
        "next_runs": list(schedule.next_runs),
        "runs": [
            {
                "id": run.id,
                "phase": run.phase,
                "trigger": run.trigger,
                "created_at": timestamp(run.created),
                "seconds": _rounded(run.seconds),
                "log": list(run.log),
            }
            for run in schedule.runs
        ],
    }


def _rounded(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 3)
