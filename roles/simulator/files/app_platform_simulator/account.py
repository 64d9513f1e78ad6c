# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What can be done to apps: create, update, deploy, restart, delete (API reference 2.3, 6.4, 10)."""

from __future__ import annotations

import secrets as randomness
from typing import Any

from . import catalogue
from .engine.deployments import Cause, Deployer, Order
from .engine.schedule import Scheduler
from .engine.settle import Settler
from .errors import Refusal, bad_request, conflict
from .model import App, Deployment, Domain, component_of
from .spec import rules
from .spec.normalise import Sealing, normalised
from .spec.secrets import looks_encrypted
from .spec.shape import Problems, shaped
from .state import DEFAULT_PROJECT, USER, State, new_id
from .wire import Json

_LETTERS = "abcdefghijkmnopqrstuvwxyz23456789"
# How long a deleted app may still answer, with deleted_app=lingers.
_LINGER = 2.0
_CENTRES = {centre: str(region["slug"]) for region in catalogue.REGIONS for centre in region["data_centers"]}


def by_user(text: str, action: str) -> Cause:
    """A deployment that somebody asked for."""
    details = {"type": "MANUAL", "digitalocean_user_action": {"user": dict(USER), "name": action}}
    return Cause(text, details)


class Account:
    """The account's state with all that moves it."""

    def __init__(self, state: State) -> None:
        self.state = state
        self.deployer = Deployer(state)
        self.scheduler = Scheduler(state)
        self.settler = Settler(state)
        followers = (self.scheduler.activate, self.settler.activated, self._record_jobs, _scaled)
        self.deployer.on_active.extend(followers)
        self.deployer.on_error.extend((self._record_jobs, _scaled, self._roll_back))
        self.settler.on_domain_ready.append(self._domain_ready)
        state.timeline.on("forget", self._forget)

    # Specs.

    def accept(self, given: Any, app: App | None, app_id: str, *, seal: bool = True) -> Json:
        """The spec as the server stores it; refused when anything is wrong with it."""
        assume, problems = self.state.assume, Problems()
        if given is None:
            raise bad_request("error parsing request body: spec is required")
        given, centre = self._region(given)
        spec = shaped(given, assume, problems)
        problems.raise_any()
        stored = app.spec if app else None
        rules.check(spec, assume, problems, stored)
        sealing = Sealing(self.state.vault, app_id, stored, seal)
        region = str(spec.get("region") or (app.region if app else catalogue.DEFAULT_REGION))
        result = normalised(spec, assume, sealing, region, problems)
        rules.check_ingress(result, problems)
        problems.raise_any()
        return {**result, "region": centre} if centre else result

    def _region(self, given: Any) -> tuple[Any, str]:
        """The spec without a data-centre slug in the place of its region, and that slug, where such are accepted."""
        if self.state.assume["data_centre_slugs"] == "accept" and isinstance(given, dict):
            centre = given.get("region")
            if isinstance(centre, str) and centre in _CENTRES:
                return {**given, "region": _CENTRES[centre]}, centre
        return given, ""

    # Apps.

    def create(self, given: Any, project_id: str = "") -> tuple[App, Deployment]:
        """A new app and its first deployment."""
        app_id = new_id()
        spec = self.accept(given, None, app_id)
        if self.state.app_named(spec["name"]) is not None:
            raise conflict("App name already exists")
        if project_id:
            self.state.check_id(project_id)
        app = self._new(app_id, spec, project_id)
        made = self.deployer.make(app, Order(spec, by_user("app spec updated", "UPDATE_SPEC"), newest=True))
        return app, made

    def _new(self, app_id: str, spec: Json, project_id: str) -> App:
        state = self.state
        state.serial += 1
        region = str(spec.get("region") or catalogue.DEFAULT_REGION)
        app = App(
            id=app_id,
            spec=spec,
            created=state.now,
            updated=state.now,
            region=_CENTRES.get(region, region),
            project_id=project_id or DEFAULT_PROJECT,
            suffix="".join(randomness.choice(_LETTERS) for _turn in range(5)),
            serial=state.serial,
        )
        state.apps[app_id] = app
        self.settler.spec_stored(app)
        return app

    def seed(self, given: Any, *, app_id: str = "", project_id: str = "", deployed: bool = True) -> App:
        """An app that is there already. Encrypted values of a real app's spec are taken as they are."""
        app_id = app_id or new_id()
        self.state.check_id(app_id)
        if app_id in self.state.apps:
            raise conflict(f"there is an app with the id {app_id} already")
        if isinstance(given, dict):
            self._adopt(given, app_id)
        stand_in = App(app_id, {}, 0.0, 0.0, catalogue.DEFAULT_REGION, "", "", 0)
        spec = self.accept(given, stand_in, app_id)
        if self.state.app_named(spec["name"]) is not None:
            raise conflict("App name already exists")
        app = self._new(app_id, spec, project_id)
        app.seeded = True
        order = Order(spec, by_user("app spec updated", "UPDATE_SPEC"), newest=True)
        self.deployer.make(app, order, done=deployed)
        return app

    def _adopt(self, given: Json, app_id: str) -> None:
        """Know all encrypted values of a spec that comes from elsewhere."""
        values: list[Any] = []

        def walk(value: Any) -> None:
            if isinstance(value, dict):
                for item in value.values():
                    walk(item)
            elif isinstance(value, list):
                for item in value:
                    walk(item)
            else:
                values.append(value)

        walk(given)
        for value in values:
            if isinstance(value, str) and looks_encrypted(value):
                self.state.vault.adopt(value, app_id)

    def update(self, app: App, given: Any, *, newest: bool = False) -> Deployment | None:
        """Replace the spec. The deployment that this makes, None when it makes none."""
        self.refuse_pinned(app)
        assume, before = self.state.assume, app.spec
        spec = self.accept(given, app, app.id)
        other = self.state.app_named(spec["name"])
        if other is not None and other is not app:
            raise conflict("App name already exists")
        if app.unfinished() and assume["put_while_deploying"] == "reject":
            raise conflict("A deployment of this app is in progress.")
        renamed = spec["name"] != before["name"]
        same = {**spec, "name": ""} == {**before, "name": ""}
        self.store(app, spec)
        skipped = same and assume["rename_put" if renamed else "noop_put"] == "skip"
        if skipped and not newest:
            return None
        return self.deployer.make(app, Order(spec, by_user("app spec updated", "UPDATE_SPEC"), newest=newest))

    def store(self, app: App, spec: Json) -> None:
        """Make a spec the app's own."""
        app.spec = spec
        app.updated = self.state.now
        region = str(spec.get("region") or app.region)
        app.region = _CENTRES.get(region, region)
        self.settler.spec_stored(app)

    def delete(self, app: App) -> None:
        """The app is gone, with all that belongs to it; with deleted_app=lingers a moment later."""
        for deployment in app.unfinished():
            self.deployer.stop(deployment, "CANCELED")
        if self.state.assume["deleted_app"] == "lingers":
            app.deleted = self.state.now
            self.state.timeline.after(_LINGER, "forget", app.id)
        else:
            del self.state.apps[app.id]

    def _forget(self, app_id: str) -> None:
        self.state.apps.pop(app_id, None)

    # Deployments.

    def refuse_pinned(self, app: App) -> None:
        """No deployments while the app is pinned to a rollback (API reference 6.5)."""
        answer = self.state.assume["put_while_pinned"]
        if not app.pinned_id or answer == "accept":
            return
        message = "app is pinned to a rollback deployment: commit or revert the rollback first"
        raise conflict(message) if answer == "409" else Refusal(400, "bad_request", message)

    def deploy(self, app: App) -> Deployment:
        """A deployment of the app's spec with the newest version of every source."""
        self.refuse_pinned(app)
        return self.deployer.make(app, Order(app.spec, by_user("manual", "CREATE_DEPLOYMENT"), newest=True))

    def redeploy(self, app: App, cause: Cause, *, mode: str = "deploy", newest: bool = False) -> Deployment:
        """A deployment that something other than the spec makes necessary."""
        return self.deployer.make(app, Order(app.spec, cause, mode=mode, newest=newest))

    def restart(self, app: App, names: list[str]) -> Deployment:
        """A rolling restart of some services and workers, or of all."""
        self.refuse_pinned(app)
        active = app.active
        if active is None:
            raise bad_request("app has no active deployment to restart")
        restartable = [str(item["name"]) for kind in ("services", "workers") for item in active.spec.get(kind) or []]
        for name in names:
            found = component_of(active.spec, name)
            if found is None:
                raise bad_request(f"component {name!r} not found")
            if name not in restartable:
                raise bad_request(f"component {name!r} cannot be restarted: only services and workers can")
        order = Order(
            active.spec,
            by_user("restarting app", "RESTART"),
            mode="restart",
            rolled=names or restartable,
            cloned_from=active.id,
            versions=dict(active.sources),
        )
        return self.deployer.make(app, order)

    def cancel(self, deployment: Deployment) -> None:
        """Stop a deployment that is on its way."""
        if deployment.ended:
            if self.state.assume["cancel_finished"] == "reject":
                raise bad_request(f"deployment is in phase {deployment.phase} and cannot be canceled")
            return
        self.deployer.stop(deployment, "CANCELED")

    # What follows from a deployment's end.

    def _record_jobs(self, app: App, deployment: Deployment) -> None:
        if self.state.assume["deploy_job_invocations"] != "record":
            return
        for job in deployment.spec.get("jobs") or []:
            leaf = deployment.leaves.get(f"deploy/{job['name']}/wait")
            if leaf is not None and leaf.ended is not None:
                self.scheduler.record(app, deployment, job)

    def _roll_back(self, app: App, deployment: Deployment) -> None:
        """The platform's own rollback after a failure, where that is switched on; app.spec stays the failing one."""
        active = app.active
        if self.state.assume["automatic_rollback"] == "off" or active is None or deployment.mode == "rollback":
            return
        cause = Cause(
            f'automated rollback after failed deployment of "{deployment.id}"',
            {"type": "AUTO_ROLLBACK", "internal": True},
        )
        versions = dict(active.sources)
        order = Order(active.spec, cause, mode="rollback", cloned_from=active.id, versions=versions)
        self.deployer.make(app, order)

    def _domain_ready(self, app: App, domain: Domain) -> None:
        if self.state.assume["domain_ready"] == "deploy" and not app.pinned_id:
            cause = Cause(f"domain {domain.spec['domain']} ready", {"type": "UNKNOWN", "internal": True})
            self.redeploy(app, cause)

    # The dry run.

    def propose(self, given: Any, app: App | None) -> Json:
        """What the server would make of a spec; nothing is stored."""
        seal = self.state.assume["propose_secrets"] == "encrypt"
        spec = self.accept(given, app, app.id if app else new_id(), seal=seal)
        name = str(spec["name"])
        holder = self.state.app_named(name)
        own = holder is not None and app is not None and holder.id == app.id
        free = holder is None or (own and self.state.assume["propose_own_name"] == "available")
        static = [item for item in self.state.apps.values() if _is_static(item.spec)]
        result: Json = {
            "spec": spec,
            "app_name_available": free,
            "app_is_static": _is_static(spec),
            "app_is_starter": _is_static(spec),
            "existing_static_apps": str(len(static)),
            "max_free_static_apps": "3",
            "existing_starter_apps": str(len(static)),
            "max_free_starter_apps": "3",
            "app_cost": cost(spec),
        }
        if not free:
            result["app_name_suggestion"] = self._suggestion(name)
        return result

    def _suggestion(self, name: str) -> str:
        number = 2
        while self.state.app_named(f"{name[:28]}-{number}") is not None:
            number += 1
        return f"{name[:28]}-{number}"


def _scaled(app: App, deployment: Deployment) -> None:
    """An autoscaling deployment has come to its end: so has its event."""
    for event in app.events:
        if event.autoscaling is not None and event.deployment_id == deployment.id:
            event.autoscaling["phase"] = "SUCCEEDED" if deployment.phase == "ACTIVE" else "FAILED"


def _is_static(spec: Json) -> bool:
    return bool(spec.get("static_sites")) and not any(
        spec.get(kind) for kind in ("services", "workers", "jobs", "functions", "databases")
    )


def cost(spec: Json) -> float:
    """USD a month: services and workers by size and (least) number, a development database, dedicated addresses.

    Jobs are billed while they run: they cost nothing here.
    """
    total = 0.0
    for kind in ("services", "workers"):
        for item in spec.get(kind) or []:
            size = catalogue.size_of(item.get("instance_size_slug") or catalogue.DEFAULT_SIZE) or {}
            scaling = item.get("autoscaling") or {}
            count = scaling.get("min_instance_count") or item.get("instance_count") or 1
            total += float(size.get("usd_per_month", 0)) * count
    total += 7.0 * sum(1 for item in spec.get("databases") or [] if not item.get("production"))
    if (spec.get("egress") or {}).get("type") == "DEDICATED_IP":
        total += 25.0
    return int(total) if total == int(total) else total
