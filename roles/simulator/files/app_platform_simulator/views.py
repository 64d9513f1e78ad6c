# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Objects as the API shows them (API reference 3)."""

from __future__ import annotations

from . import catalogue, progress
from .engine.settle import alert_phase
from .model import Alert, App, Deployment, Domain, Event, Invocation, components
from .spec.ingress import public_components
from .state import OWNER, State
from .wire import Json, fine_timestamp, timestamp, without_zeros


def app_view(state: State, app: App, made: Deployment | None = None, with_project: bool = True) -> Json:
    """An app. `made` is the deployment that the answered request has made."""
    active = app.active
    unfinished = app.unfinished()
    pending = made or next((item for item in reversed(unfinished) if item.phase == "PENDING_BUILD"), None)
    running = next((item for item in reversed(unfinished) if item.phase != "PENDING_BUILD"), None)
    result: Json = {
        "id": app.id,
        "owner_uuid": OWNER,
        "spec": app.spec,
        "created_at": timestamp(app.created),
        "updated_at": timestamp(app.updated),
        "region": catalogue.REGION_BY_SLUG.get(app.region, {"slug": app.region}),
        "tier_slug": tier(app.spec),
        "build_config": {},
    }
    if with_project:
        result["project_id"] = app.project_id
    if app.deployments:
        result["last_deployment_created_at"] = timestamp(app.deployments[-1].created)
    if app.last_active is not None:
        result["last_deployment_active_at"] = timestamp(app.last_active)
    for key, deployment in (("active", active), ("in_progress", running), ("pending", pending)):
        if deployment is not None:
            result[f"{key}_deployment"] = deployment_view(state, deployment)
    pinned = app.deployment(app.pinned_id) if app.pinned_id else None
    if pinned is not None:
        result["pinned_deployment"] = deployment_view(state, pinned)
    if active is not None and public_components(active.spec):
        result.update(_addresses(app))
    if app.domains:
        result["domains"] = [domain_view(item) for item in app.domains]
    if (app.spec.get("egress") or {}).get("type") == "DEDICATED_IP":
        result["dedicated_ips"] = [
            {"ip": f"203.0.113.{20 + n}", "id": f"{app.id[:-1]}{n}", "status": "ASSIGNED"} for n in (0, 1)
        ]
    if app.spec.get("vpc"):
        result["vpc"] = app.spec["vpc"]
    return result


def _addresses(app: App) -> Json:
    host = f"{app.name}-{app.suffix}.ondigitalocean.app"
    primary = next((item.spec["domain"] for item in app.domains if item.spec.get("type") == "PRIMARY"), None)
    ready = primary is not None and any(
        item.phase == "ACTIVE" and item.spec["domain"] == primary for item in app.domains
    )
    live = str(primary) if ready else host
    return {
        "default_ingress": f"https://{host}",
        "live_url": f"https://{live}",
        "live_url_base": f"https://{live}",
        "live_domain": live,
    }


def tier(spec: Json) -> str:
    """Tier "starter" for static sites alone; otherwise what the sizes belong to."""
    sizes = [item.get("instance_size_slug", catalogue.DEFAULT_SIZE) for kind, item in components(spec)
             if kind in {"services", "workers", "jobs"}]  # fmt: skip
    if not sizes:
        return "starter" if not spec.get("databases") and not spec.get("functions") else "basic"
    slugs = {str((catalogue.size_of(slug) or {}).get("tier_slug", "basic")) for slug in sizes}
    return "professional" if "professional" in slugs else "basic"


def deployment_view(state: State, deployment: Deployment) -> Json:
    """A deployment; kept until something about it changes."""
    if deployment.wire is not None:
        return deployment.wire
    result: Json = {
        "id": deployment.id,
        "spec": deployment.spec,
        "phase": deployment.phase,
        "phase_last_updated_at": timestamp(deployment.phase_changed),
        "progress": progress.tree(deployment, state.assume),
        "cause": deployment.cause,
        "cause_details": deployment.cause_details,
        "created_at": timestamp(deployment.created),
        "updated_at": timestamp(deployment.updated),
        "tier_slug": tier(deployment.spec),
        "timing": _timing(deployment),
    }
    for key, value in (("previous_deployment_id", deployment.previous_id), ("cloned_from", deployment.cloned_from)):
        if value:
            result[key] = value
    for kind, component in components(deployment.spec):
        name = str(component["name"])
        result.setdefault(kind, []).append({"name": name, **deployment.sources.get(name, {})})
    deployment.wire = without_zeros(result)
    # Ingress and deploy_on_push may be empty objects; without_zeros keeps those.
    return deployment.wire or {}


def _timing(deployment: Deployment) -> Json:
    times = deployment.stage_times

    def between(first: str, last: str) -> float | None:
        begin = times.get(first)
        end = times.get(last, times.get("end"))
        return None if begin is None or end is None else end - begin

    spans = {
        "pending": between("queue", "build.initialize"),
        "build_total": between("build.initialize", "ready"),
        "build_billable": between("build", "ready"),
        "deploying": between("deploy.initialize", "end"),
    }
    result: Json = {key: f"{value:g}s" for key, value in spans.items() if value}
    built = [
        {"name": key.split("/")[1], "build_billable": f"{leaf.ended - leaf.started:g}s"}
        for key, leaf in deployment.leaves.items()
        if key.startswith("build/") and key != "build/initialize" and leaf.started is not None
        if leaf.ended is not None and leaf.code not in {"PreBuiltImage", "PreviousBuildReused"}
    ]
    return {**result, "components": built} if built else result


def domain_view(domain: Domain) -> Json:
    """The state of a domain."""
    status = {"PENDING": "PENDING", "CONFIGURING": "RUNNING", "ACTIVE": "SUCCESS"}.get(domain.phase, "ERROR")
    steps = []
    for name in ("default-ingress-ready", "cname-configured", "certificate-issued"):
        step: Json = {"name": name, "status": status}
        if status != "PENDING":
            step["started_at"] = fine_timestamp(domain.created)
        if status == "SUCCESS":
            step["ended_at"] = fine_timestamp(domain.changed)
        steps.append(step)
    result: Json = {"id": domain.id, "spec": domain.spec, "phase": domain.phase, "progress": {"steps": steps}}
    if domain.phase == "ACTIVE":
        result["certificate_expires_at"] = timestamp(domain.changed + 90 * 86400)
    else:
        record = {"txt_name": f"_acme-challenge.{domain.spec['domain']}", "txt_value": domain.id.replace("-", "")}
        result["validations"] = [record]
    return result


def alert_view(state: State, alert: Alert) -> Json:
    """An alert with its destinations."""
    phase = alert_phase(alert, state.now)
    status = {"PENDING": "PENDING", "CONFIGURING": "RUNNING"}.get(phase, "SUCCESS")
    step: Json = {"name": "alert-configure-insight-alert", "status": status}
    if status != "PENDING":
        step["started_at"] = fine_timestamp(alert.created)
    if status == "SUCCESS":
        step["ended_at"] = fine_timestamp(alert.created + 5)
    result: Json = {
        "id": alert.id,
        "component_name": alert.component,
        "spec": alert.spec,
        "emails": alert.emails,
        "slack_webhooks": alert.slack_webhooks,
        "phase": phase,
        "progress": {"steps": [step]},
    }
    shown: Json = without_zeros(result)
    return shown


def invocation_view(invocation: Invocation) -> Json:
    """A run of a job."""
    result: Json = {
        "id": invocation.id,
        "job_name": invocation.job,
        "deployment_id": invocation.deployment_id,
        "phase": invocation.phase,
        "trigger": invocation.trigger,
        "created_at": timestamp(invocation.created),
    }
    if invocation.started is not None:
        result["started_at"] = timestamp(invocation.started)
    if invocation.completed is not None:
        result["completed_at"] = timestamp(invocation.completed)
    return result


def event_view(state: State, app: App, event: Event) -> Json:
    """Something that happened."""
    result: Json = {
        "id": event.id,
        "type": event.type,
        "created_at": timestamp(event.created),
        "deployment_id": event.deployment_id,
    }
    deployment = app.deployment(event.deployment_id)
    if deployment is not None:
        result["deployment"] = deployment_view(state, deployment)
    if event.autoscaling is not None:
        result["autoscaling"] = event.autoscaling
    return result
