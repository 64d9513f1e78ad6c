# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Deployments: made, moved from stage to stage by the timeline, ended (API reference 6)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ..errors import conflict
from ..model import App, Deployment, Event, Leaf, component_of
from ..state import State, new_id
from ..wire import Json
from . import journal, pace, plan, sources
from .reasons import PRE_BUILT, REUSED, Reason, build_failure, canceled, deploy_failure, job_failure

_PHASES = {
    "build.initialize": "BUILDING",
    "ready": "PENDING_DEPLOY",
    "deploy.initialize": "DEPLOYING",
}


@dataclass(frozen=True)
class Cause:
    """Why a deployment is made."""

    text: str
    details: Json


@dataclass(frozen=True)
class Order:
    """What is to be deployed, and how. `newest` looks for newer versions of every source."""

    spec: Json
    cause: Cause
    mode: str = "deploy"
    rolled: Sequence[str] = ()
    newest: bool = False
    cloned_from: str = ""
    versions: dict[str, Json] | None = None


class Deployer:
    """Moves deployments. `on_active` and `on_error` are told when one has come to its end."""

    def __init__(self, state: State) -> None:
        self.state = state
        self.on_active: list[Callable[[App, Deployment], None]] = []
        self.on_error: list[Callable[[App, Deployment], None]] = []
        state.timeline.on("stage", self._stage_over)
        state.timeline.on("leaf", self._leaf_over)

    def make(self, app: App, order: Order, *, done: bool = False) -> Deployment:
        """A new deployment, on its way, or `done` long ago; those that are unfinished are overtaken."""
        state, now = self.state, self.state.now
        overtaken = state.assume["put_while_deploying"]
        unfinished = app.unfinished()
        if unfinished and overtaken == "reject":
            raise conflict("A deployment of this app is in progress.")
        for other in unfinished:
            self.stop(other, overtaken)
        versions = order.versions
        if versions is None:
            versions = sources.resolve(app, order.spec, state.heads, order.newest)
        made = Deployment(
            id=new_id(),
            spec=order.spec,
            cause=order.cause.text,
            cause_details=order.cause.details,
            created=now,
            updated=now,
            phase_changed=now,
            previous_id=app.deployments[-1].id if app.deployments else "",
            cloned_from=order.cloned_from,
            mode=order.mode,
            rolled=list(order.rolled),
            sources=versions,
            leaves={key: Leaf() for key in plan.leaves(order.spec, state.assume)},
            plan=plan.stages(order.spec, order.mode, state.assume),
        )
        made.expected = pace.expected(made, self._peek(app, made), state.settings.pace)
        app.deployments.append(made)
        app.events.append(Event(new_id(), "DEPLOYMENT", now, made.id))
        if done:
            self._finish_now(app, made)
        else:
            self._next(app, made)
        return made

    def _peek(self, app: App, made: Deployment) -> dict[tuple[str, str], Json]:
        names = {key.split("/")[1] for key in made.leaves}
        peek = self.state.outcomes.peek
        return {(name, step): peek(app.name, name, step) for name in names for step in ("build", "deploy")}

    def stop(self, deployment: Deployment, phase: str) -> None:
        """End an unfinished deployment before its time."""
        for key, leaf in deployment.leaves.items():
            if leaf.status == "RUNNING":
                self._end(deployment, key, canceled())
        self._phase(deployment, phase)

    def _finish_now(self, app: App, deployment: Deployment) -> None:
        """Make a deployment ACTIVE at once: what was deployed long ago."""
        journal.all_of(app, deployment, self.state.now)
        skipped = set(plan.jobs_of(deployment.spec, "FAILED_DEPLOY"))
        for key, leaf in deployment.leaves.items():
            if key.split("/")[1] not in skipped or key.startswith("build/"):
                leaf.status, leaf.started, leaf.ended = "SUCCESS", self.state.now, self.state.now
                if key.startswith("build/"):
                    self._prebuilt(deployment, key)
        deployment.position = len(deployment.plan)
        self._active(app, deployment)

    # From stage to stage.

    def _find(self, app_id: str, deployment_id: str) -> tuple[App, Deployment] | None:
        app = self.state.apps.get(app_id)
        found = app.deployment(deployment_id) if app else None
        return (app, found) if app and found else None

    def _goes_on(self, deployment: Deployment) -> bool:
        """Whether its appointments still count: it is on its way, or active with POST_DEPLOY jobs to run."""
        return not deployment.ended or (deployment.phase == "ACTIVE" and deployment.position < len(deployment.plan))

    def _next(self, app: App, deployment: Deployment) -> None:
        """Begin the next stage, or come to the end."""
        passed = deployment.plan[deployment.position] if deployment.position >= 0 else ""
        deployment.position += 1
        deployment.wire = None
        if passed == "finalize" and deployment.position < len(deployment.plan):
            self._active(app, deployment)
        if deployment.position >= len(deployment.plan):
            self._end_of_plan(app, deployment)
            return
        stage = deployment.plan[deployment.position]
        deployment.stage_times[stage] = self.state.now
        if stage in _PHASES:
            self._phase(deployment, _PHASES[stage])
        if stage == "deploy.initialize" and deployment.mode != "deploy":
            self._reuse_builds(deployment)
        leaves = plan.stage_leaves(stage, deployment)
        for key in leaves:
            self._begin(app, deployment, key)
        if not leaves:
            length = self.state.settings.pace.queue if stage == "queue" else self.state.settings.pace.ready
            self.state.timeline.after(length, "stage", app.id, deployment.id, stage)

    def _stage_over(self, app_id: str, deployment_id: str, stage: str) -> None:
        found = self._find(app_id, deployment_id)
        if found and self._goes_on(found[1]) and found[1].plan[found[1].position] == stage:
            self._next(*found)

    def _begin(self, app: App, deployment: Deployment, key: str) -> None:
        """Start a leaf and make the appointment for its end."""
        now, settings = self.state.now, self.state.settings.pace
        leaf = deployment.leaves[key]
        leaf.status, leaf.started = "RUNNING", now
        tree, name, part = (*key.split("/"), "")[:3]
        if name in {"initialize", "finalize"} and not part:
            length = settings.finalize if name == "finalize" else settings.initialize
        else:
            component = component_of(deployment.spec, name) or ("jobs", {})
            length = self._component_length(app, deployment, component, (tree, name, part))
        self.state.timeline.after(length, "leaf", app.id, deployment.id, key)

    def _component_length(
        self, app: App, deployment: Deployment, component: tuple[str, Json], place: tuple[str, str, str]
    ) -> float:
        """How long a component's step takes; its outcome is decided here."""
        tree, name, part = place
        settings, now = self.state.settings.pace, self.state.now
        if tree == "build":
            verdict = deployment.verdicts[name] = self.state.outcomes.take(app.name, name, "build")
            journal.build_begins(deployment, component[1], now)
            return pace.build_length(component[1], verdict, settings)
        if part == "deploy":
            deployment.verdicts[name] = self.state.outcomes.take(app.name, name, "deploy")
            return settings.start
        verdict = deployment.verdicts.get(name, {})
        if component[0] == "jobs":
            journal.job_begins(deployment, component[1], verdict, now)
            return pace.run_length(component[1], verdict, settings)[0]
        return pace.release_length(verdict, settings)

    def _leaf_over(self, app_id: str, deployment_id: str, key: str) -> None:
        found = self._find(app_id, deployment_id)
        if not found or not self._goes_on(found[1]) or found[1].leaves[key].status != "RUNNING":
            return
        app, deployment = found
        name = key.split("/")[1]
        reason = self._reason(deployment, key)
        self._end(deployment, key, reason)
        if key.startswith("build/"):
            self._prebuilt(deployment, key)
        if key.endswith("/deploy"):
            self._begin(app, deployment, f"deploy/{name}/wait")
            return
        stage = deployment.plan[deployment.position]
        keys = [item.replace("/deploy", "/wait") if item.endswith("/deploy") else item
                for item in plan.stage_leaves(stage, deployment)]  # fmt: skip
        if any(deployment.leaves[item].status in {"RUNNING", "PENDING"} for item in keys):
            return
        if any(deployment.leaves[item].status == "ERROR" for item in keys):
            self._stage_failed(app, deployment, stage)
        else:
            self._next(app, deployment)

    def _reason(self, deployment: Deployment, key: str) -> Reason | None:
        """Why a leaf fails, None when it does not; its log is written."""
        name = key.split("/")[1]
        if name in {"initialize", "finalize"} and key.count("/") == 1:
            return None
        kind, component = component_of(deployment.spec, name) or ("jobs", {})
        verdict, now = deployment.verdicts.get(name, {}), self.state.now
        if key.startswith("build/"):
            reason = build_failure(component, verdict)
            journal.build_ends(deployment, component, verdict, reason, now)
        elif key.endswith("/deploy"):
            return None
        elif kind == "jobs":
            reason = job_failure(component, verdict, self.state.settings.pace)
            journal.job_ends(deployment, component, verdict, reason, now)
        else:
            reason = deploy_failure(verdict)
            journal.released(deployment, component, verdict, reason, now)
        return reason

    def _end(self, deployment: Deployment, key: str, reason: Reason | None) -> None:
        leaf = deployment.leaves[key]
        leaf.ended = self.state.now
        leaf.status = "ERROR" if reason else "SUCCESS"
        if reason:
            leaf.code, leaf.message = reason
        deployment.updated = self.state.now
        deployment.wire = None

    def _prebuilt(self, deployment: Deployment, key: str) -> None:
        """Say why nothing was built, where that is so."""
        found = component_of(deployment.spec, key.split("/")[1])
        leaf = deployment.leaves[key]
        if found and "image" in found[1] and leaf.status == "SUCCESS":
            leaf.code, leaf.message = PRE_BUILT

    def _reuse_builds(self, deployment: Deployment) -> None:
        """A restart or rollback takes what was built before."""
        for key, leaf in deployment.leaves.items():
            if key.startswith("build/"):
                leaf.status, leaf.started, leaf.ended = "SUCCESS", self.state.now, self.state.now
                if key != "build/initialize":
                    leaf.code, leaf.message = REUSED
                    self._prebuilt(deployment, key)

    def _stage_failed(self, app: App, deployment: Deployment, stage: str) -> None:
        """A failed POST_DEPLOY job undoes nothing; a failed FAILED_DEPLOY job changes nothing; the rest stops."""
        if stage.startswith("post:"):
            deployment.failed = deployment.failed or self.state.assume["post_deploy_failure"] == "ERROR"
        elif not stage.startswith("failed:"):
            deployment.failed = True
            after = plan.stages_after_failure(deployment.spec, stage, deployment.mode, self.state.assume)
            deployment.plan = [*deployment.plan[: deployment.position + 1], *after]
        self._next(app, deployment)

    def _end_of_plan(self, app: App, deployment: Deployment) -> None:
        if deployment.phase == "ACTIVE":
            return
        if deployment.failed:
            self._phase(deployment, "ERROR")
            for tell in self.on_error:
                tell(app, deployment)
        else:
            self._active(app, deployment)

    def _active(self, app: App, deployment: Deployment) -> None:
        former = app.active
        if former is not None and former is not deployment:
            self._phase(former, "SUPERSEDED")
        self._phase(deployment, "ACTIVE")
        deployment.was_active = True
        app.active_id = deployment.id
        app.last_active = self.state.now
        for tell in self.on_active:
            tell(app, deployment)

    def _phase(self, deployment: Deployment, phase: str) -> None:
        deployment.phase = phase
        deployment.phase_changed = deployment.updated = self.state.now
        if deployment.ended:
            deployment.stage_times.setdefault("end", self.state.now)
        deployment.wire = None
