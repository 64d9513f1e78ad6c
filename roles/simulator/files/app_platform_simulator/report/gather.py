# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the account to a report: read, masked, put into words. Nothing is changed, and no clock moves."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import yaml

from ..account import cost
from ..engine import journal, pace
from ..engine.plan import KINDS_OF_STAGE, jobs_of, released, runs_jobs
from ..engine.schedule import next_run
from ..logs import invocation_lines
from ..model import App, Deployment, Invocation, component_of
from ..spec import cron
from ..state import State
from ..wire import Json, fine_timestamp
from .differing import unified
from .masking import Mask
from .model import AppReport, Change, Release, Report, Run, Schedule, Shape, Stage, Step
from .shape import shape_of
from .verdict import verdict

TITLE = "App Platform rehearsal"
# More deployments, runs and lines than anybody looks at.
_DEPLOYMENTS = 50
_RUNS = 50
_LINES = 400
_NEXT_RUNS = 5
_LOGS = {"build": "BUILD", "deploy": "DEPLOY"}


def gather(state: State, name: str = "", title: str = "", since: str = "", *, brief: bool = False) -> Report:
    """The report of all apps, or of one by its name or id.

    `since` is the id of a deployment of one of them: the change is then what came after it. `brief` leaves out the
    diff, the spec and its picture: enough for a list. LookupError when there is no such app or deployment.
    """
    apps = [app for app in state.ordered_apps() if app.deleted is None and (not name or name in {app.name, app.id})]
    if name and not apps:
        raise LookupError(f"app: there is no app {name!r}")
    if since:
        apps = [app for app in apps if app.deployment(since) is not None]
        if not apps:
            raise LookupError(f"since: no deployment {since!r}" + (f" of the app {name!r}" if name else ""))
    apps.sort(key=lambda app: app.name)
    return Report(title or TITLE, state.now, tuple(_app(state, app, since, brief=brief) for app in apps))


def _app(state: State, app: App, since: str, *, brief: bool) -> AppReport:
    mask = Mask(state.vault, app.id, [app.spec, *(item.spec for item in app.deployments)])
    base = app.deployment(since) if since else app.deployments[0] if app.seeded and app.deployments else None
    before = base.spec if base is not None else None
    start = app.deployments.index(base) + 1 if base is not None else 0
    shown = app.deployments[-_DEPLOYMENTS:]
    skipped = len(app.deployments) - len(shown)
    releases = tuple(_release(state, item, mask, before=number + skipped < start) for number, item in enumerate(shown))[
        ::-1
    ]
    schedules = tuple(_schedules(state, app, mask))
    change = _change(mask, before, app.spec, brief=brief)
    begun = base.stage_times.get("end", base.created) if base is not None else app.created
    told = verdict(app.name, change, releases, schedules, begun)
    return AppReport(
        app=mask.text(app.name),
        id=app.id,
        phase=releases[0].phase if releases else "",
        verdict=mask.text(told.text),
        ok=told.ok,
        shape=Shape() if brief else shape_of(_for_shape(mask, app.spec), mask.plain),
        change=change,
        releases=releases,
        omitted=skipped,
        schedules=schedules,
        cost_before=None if before is None else cost(before),
        cost_after=cost(app.spec),
        spec_lines=() if brief else tuple(_yaml(mask.spec(app.spec))),
    )


def _for_shape(mask: Mask, spec: Json) -> Json:
    """The spec for the picture: everything masked but env values, of which the names of bindings are needed."""
    masked = mask.spec(spec)

    def with_envs(hidden: Json, clear: Json) -> Json:
        return {**hidden, **({"envs": clear["envs"]} if clear.get("envs") else {})}

    result = with_envs(masked, spec)
    for kind, items in spec.items():
        if isinstance(items, list) and kind != "envs" and items and isinstance(items[0], dict) and "name" in items[0]:
            result[kind] = [with_envs(hidden, clear) for hidden, clear in zip(masked[kind], items, strict=True)]
    return result


# The change.


def _yaml(spec: Json) -> list[str]:
    text: str = yaml.safe_dump(_ordered(spec), sort_keys=False, allow_unicode=True, default_flow_style=False, width=100)
    return text.splitlines()


def _ordered(value: Any) -> Any:
    """Names first, the rest by the alphabet: another order of fields is no change."""
    if isinstance(value, dict):
        first = [key for key in ("name", "key", "domain") if key in value]
        return {key: _ordered(value[key]) for key in [*first, *sorted(set(value) - set(first))]}
    return [_ordered(item) for item in value] if isinstance(value, list) else value


def _change(mask: Mask, before: Json | None, after: Json, *, brief: bool) -> Change:
    old, new = mask.spec(before or {}), mask.spec(after, before)
    if old == new or brief:
        return Change(old != new, new=before is None)
    lines = unified(_yaml(old) if old else [], _yaml(new))
    return Change(changed=True, diff=tuple(lines), new=before is None)


# Deployments.


def _release(state: State, deployment: Deployment, mask: Mask, *, before: bool) -> Release:
    on_its_way = not deployment.ended or deployment.position < len(deployment.plan)
    ended = None
    if not on_its_way or deployment.phase != "ACTIVE":
        ended = deployment.stage_times.get("end") if deployment.ended else None
    last = max((leaf.ended for leaf in deployment.leaves.values() if leaf.ended is not None), default=None)
    if ended is not None and last is not None:
        ended = max(ended, last)
    return Release(
        id=deployment.id,
        phase=deployment.phase,
        cause=mask.text(deployment.cause),
        created=deployment.created,
        ended=ended,
        until=state.now if ended is None else ended,
        stages=tuple(_stages(state, deployment, mask, over=ended is not None)),
        before=before,
        rollback=deployment.cause_type == "AUTO_ROLLBACK",
        runs_jobs=runs_jobs(deployment.mode, state.assume),
    )


def _stages(state: State, deployment: Deployment, mask: Mask, *, over: bool) -> list[Stage]:
    """In the order in which they happen; stages without steps are left out."""
    spec = deployment.spec
    builds = [key.split("/")[1] for key in deployment.leaves if key.startswith("build/") and key != "build/initialize"]
    groups = {
        "build": [("build", name) for name in builds],
        "pre": [("deploy", name) for name in jobs_of(spec, KINDS_OF_STAGE["pre"])],
        "release": [("deploy", name) for name in released(spec)],
        "post": [("deploy", name) for name in jobs_of(spec, KINDS_OF_STAGE["post"])],
        "failed": [("deploy", name) for name in jobs_of(spec, KINDS_OF_STAGE["failed"])],
    }
    found = []
    for stage, members in groups.items():
        kind = KINDS_OF_STAGE.get(stage, "")
        steps = [_step(state, deployment, mask, (tree, name, kind), over=over) for tree, name in members]
        if steps:
            found.append(Stage(stage, tuple(steps)))
    return found


def _step(state: State, deployment: Deployment, mask: Mask, place: tuple[str, str, str], *, over: bool) -> Step:
    tree, name, kind = place
    if tree == "build":
        leaf = deployment.leaves[f"build/{name}"]
        status, started, ended = leaf.status, leaf.started, leaf.ended
    else:
        first, leaf = deployment.leaves[f"deploy/{name}/deploy"], deployment.leaves[f"deploy/{name}/wait"]
        if first.status == "ERROR":
            leaf = first
        running = "RUNNING" in {first.status, leaf.status} or (first.status == "SUCCESS" and leaf.status == "PENDING")
        status = "RUNNING" if running else leaf.status
        started, ended = first.started, leaf.ended
    if over and status in {"PENDING", "RUNNING"}:
        status = "SKIPPED" if started is None else "ERROR"
    lines = deployment.logs.get(name, {}).get(_LOGS[tree], [])
    return Step(
        name=name,
        kind=kind,
        status=status,
        started=started,
        ended=ended,
        code=leaf.code,
        message=mask.text(leaf.message),
        exit_code=_exit_code(state, deployment, name, status) if kind else None,
        log=_lines(mask, lines, state.now),
    )


def _exit_code(state: State, deployment: Deployment, name: str, status: str) -> int | None:
    """0, that of the script, or 143 for a run that was stopped; None for one that has not ended."""
    if status == "SUCCESS":
        return 0
    if status != "ERROR" or deployment.phase in {"CANCELED", "SUPERSEDED"}:
        return None
    job = (component_of(deployment.spec, name) or ("", {}))[1]
    verdict_ = deployment.verdicts.get(name, {})
    stopped = pace.run_length(job, verdict_, state.settings.pace)[1]
    return 143 if stopped else journal.exit_code(verdict_)


def _lines(mask: Mask, lines: list[str], now: float) -> tuple[str, ...]:
    shown = []
    for line in lines[-_LINES:]:
        when, _space, text = line.partition(" ")
        if float(when) <= now + 0.01:
            shown.append(f"{fine_timestamp(float(when))[11:19]} {mask.text(text)}")
    if len(lines) > _LINES:
        shown.insert(0, f"… {len(lines) - _LINES} lines before these")
    return tuple(shown)


# Schedules.


def _schedules(state: State, app: App, mask: Mask) -> list[Schedule]:
    """Of the spec, and of what serves now; a job that is gone from both, but has run, too."""
    active = app.active.spec if app.active is not None else {}
    jobs: dict[str, Json] = {}
    for spec in (active, app.spec):
        for job in spec.get("jobs") or []:
            if job.get("kind") == "SCHEDULED":
                jobs[str(job["name"])] = job
    serving = {str(job["name"]) for job in active.get("jobs") or [] if job.get("kind") == "SCHEDULED"}
    for run in app.invocations:
        jobs.setdefault(run.job, {"name": run.job})
    return [_schedule(state, app, mask, job, serving=name in serving) for name, job in jobs.items()]


def _schedule(state: State, app: App, mask: Mask, job: Json, *, serving: bool) -> Schedule:
    schedule = job.get("schedule") or {}
    runs = [_run(state, item, mask) for item in app.invocations if item.job == job["name"]]
    return Schedule(
        job=str(job["name"]),
        cron=str(schedule.get("cron", "")),
        time_zone=str(schedule.get("time_zone") or "UTC") if schedule else "",
        next_runs=tuple(_next_runs(job, state.now)) if schedule else (),
        runs=tuple(runs[-_RUNS:][::-1]),
        pending=bool(schedule) and not serving,
    )


def _next_runs(job: Json, now: float) -> list[str]:
    moments: list[str] = []
    moment = now
    while len(moments) < _NEXT_RUNS:
        coming = next_run(job, moment)
        if coming is None:
            break
        moments.append(datetime.fromtimestamp(coming, cron.zone(job["schedule"].get("time_zone") or "")).isoformat())
        moment = coming
    return moments


def _run(state: State, invocation: Invocation, mask: Mask) -> Run:
    return Run(
        id=invocation.id,
        phase=invocation.phase,
        trigger=str(invocation.trigger.get("type", "UNKNOWN")),
        created=invocation.created,
        started=invocation.started,
        ended=invocation.completed,
        log=_lines(mask, invocation_lines(state, invocation), state.now),
    )
