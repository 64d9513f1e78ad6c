# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What happens to an app without the API's doing: pushes, autoscaling, maintenance, runs by hand, other people."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .account import Account
from .engine import journal, sources
from .engine.deployments import Cause, Order
from .merging import merged
from .model import App, Event, component_of, components
from .state import new_id
from .wire import Json


def push(account: Account, app: App, given: Json) -> Json:
    """Something new in the source of `component` (or of all). Deploys with deploy_on_push, unless pinned."""
    wanted = str(given.get("component") or "")
    found = [item for _kind, item in components(app.spec) if not wanted or item["name"] == wanted]
    if not found:
        raise ValueError(f"component: the app has no {wanted!r}")
    for name in {sources.identity(item) for item in found}:
        account.state.heads[name] = account.state.heads.get(name, 0) + 1
    pushed = [item for item in found if deploys_on_push(item)]
    if not pushed or app.pinned_id:
        return {}
    versions = sources.version(pushed[0], account.state.heads)
    made = account.redeploy(app, _push_cause(pushed[0], versions), newest=True)
    return {"deployment_id": made.id}


def deploys_on_push(component: Json) -> bool:
    """Whether a push deploys this component."""
    image = component.get("image")
    if image is not None:
        return bool((image.get("deploy_on_push") or {}).get("enabled"))
    return any((component.get(host) or {}).get("deploy_on_push") for host in ("github", "gitlab", "bitbucket"))


def _push_cause(component: Json, version: Json) -> Cause:
    image = component.get("image")
    if image is not None:
        docr = {"repository": image.get("repository"), "tag": image.get("tag", "latest")}
        details = {**docr, "image_digest": version.get("source_image_digest", "")}
        return Cause(
            f"image {docr['repository']}:{docr['tag']} pushed", {"type": "DEPLOY_ON_PUSH", "docr_push": details}
        )
    host = next(name for name in ("github", "gitlab", "bitbucket") if name in component)
    commit = str(version["source_commit_hash"])
    pushed = {host: component[host], "username": "someone", "commit_sha": commit, "commit_message": "A change"}
    text = f"commit {commit[:7]} pushed to {host}/{component[host]['repo']}"
    return Cause(text, {"type": "DEPLOY_ON_PUSH", "git_push": pushed})


def autoscale(account: Account, app: App, given: Json) -> Json:
    """Another number of containers of `component`: `to`, because of `metric`."""
    name = str(given.get("component") or "")
    found = component_of(app.active.spec, name) if app.active else None
    if found is None or "autoscaling" not in found[1]:
        raise ValueError(f"component: {name!r} is no component of the active deployment with autoscaling")
    active = app.active
    low = int((active.scaled.get(name) if active else 0) or found[1]["autoscaling"].get("min_instance_count") or 1)
    change: Json = {
        "from": low,
        "to": int(given.get("to") or low + 1),
        "triggering_metric": str(given.get("metric") or "cpu"),
    }
    details = {"type": "AUTOSCALED", "autoscaler": {"autoscaled": True, "scaled_components": {name: change}}}
    versions = dict(active.sources) if active else None
    order = Order(app.spec, Cause("autoscaled", details), mode="autoscale", rolled=[name], versions=versions)
    made = account.deployer.make(app, order)
    made.scaled = {**(active.scaled if active else {}), name: change["to"]}
    event = Event(new_id(), "AUTOSCALING", account.state.now, made.id)
    event.autoscaling = {"phase": "IN_PROGRESS", "components": {name: change}}
    app.events.append(event)
    return {"deployment_id": made.id, "event_id": event.id}


def maintenance(account: Account, app: App, given: Json) -> Json:
    """The platform redeploys for reasons of its own."""
    del given
    made = account.redeploy(app, Cause("maintenance", {"type": "MAINTENANCE", "internal": True}))
    return {"deployment_id": made.id}


def run_job(account: Account, app: App, given: Json) -> Json:
    """Somebody starts a scheduled job in the control panel."""
    made = account.scheduler.run_by_hand(app, str(given.get("job") or given.get("component") or ""))
    return {"job_invocation_id": made.id}


def edit(account: Account, app: App, given: Json) -> Json:
    """Somebody else updates the spec: `edit` is merged into it."""
    made = account.update(app, merged(app.spec, given.get("edit") or {}))
    return {"deployment_id": made.id} if made else {}


def crash(account: Account, app: App, given: Json) -> Json:
    """A container ends and is started again; `logs` are its last lines."""
    name = str(given.get("component") or "")
    active = app.active
    if active is None or component_of(active.spec, name) is None:
        raise ValueError(f"component: {name!r} is no component of the active deployment")
    lines = given.get("logs") or ["the process ended unexpectedly"]
    journal.write(active, name, "RUN_RESTARTED", [str(line) for line in lines], account.state.now)
    return {}


HAPPENINGS: dict[str, Callable[[Account, App, Json], Json]] = {
    "push": push,
    "autoscale": autoscale,
    "maintenance": maintenance,
    "run_job": run_job,
    "edit": edit,
    "crash": crash,
}
# What each takes beside `what` and `app`.
TAKES: dict[str, tuple[str, ...]] = {
    "push": ("component",),
    "autoscale": ("component", "to", "metric"),
    "maintenance": (),
    "run_job": ("job", "component"),
    "edit": ("edit",),
    "crash": ("component", "logs"),
}


def happen(account: Account, given: Any) -> Json:
    """Let one of them happen to the app with this name or id; ValueError says what is wrong."""
    if not isinstance(given, dict) or given.get("what") not in HAPPENINGS:
        raise ValueError(f"what: one of {', '.join(HAPPENINGS)} is needed")
    takes = TAKES[given["what"]]
    for field in given:
        if field not in ("what", "app", *takes):
            raise ValueError(f"{field}: unknown; {given['what']} takes {', '.join(('app', *takes))}")
    wanted = str(given.get("app") or "")
    app = account.state.apps.get(wanted) or account.state.app_named(wanted)
    if app is None:
        raise ValueError(f"app: there is no {wanted!r}")
    return HAPPENINGS[given["what"]](account, app, given)
