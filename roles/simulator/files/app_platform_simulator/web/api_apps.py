# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Apps, their instances, alerts, health, and what the platform publishes (API reference 2.1)."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any
from zlib import crc32

from flask import Blueprint, Response, request

from .. import catalogue, views
from ..account import by_user
from ..engine.deployments import Cause
from ..engine.settle import password
from ..errors import bad_request, not_found
from ..model import Alert, App, Deployment, component_of, components
from ..wire import Json, timestamp, without_zeros
from .body import body, flag, names, text
from .paging import paged
from .server import Server, answer


def blueprint(server: Server) -> Blueprint:  # noqa: C901, PLR0915 - one route after the other
    """The routes."""
    routes = Blueprint("apps", __name__)
    state, account = server.state, server.account

    def show(app: App, **more: Any) -> Json:
        return views.app_view(state, app, with_project=server.sees_projects() and more.pop("project", True), **more)

    @routes.get("/v2/apps")
    def apps_list() -> Response:
        projects = request.args.get("with_projects", "").lower() in {"1", "true"}
        return answer(paged(state, "apps", state.ordered_apps(), lambda app: show(app, project=projects)))

    @routes.post("/v2/apps")
    def apps_create() -> Response:
        given = body()
        app, made = account.create(given.get("spec"), text(given, "project_id"))
        return answer({"app": show(app, made=made)})

    @routes.post("/v2/apps/propose")
    def apps_validate_appSpec() -> Response:  # noqa: N802 - the operation's name
        given = body()
        app = state.app(text(given, "app_id")) if text(given, "app_id") else None
        return answer(without_zeros(account.propose(given.get("spec"), app)))

    @routes.get("/v2/apps/<app_id>")
    def apps_get(app_id: str) -> Response:
        return answer({"app": show(state.app(app_id))})

    @routes.put("/v2/apps/<app_id>")
    def apps_update(app_id: str) -> Response:
        app, given = state.app(app_id), body()
        made = account.update(app, given.get("spec"), newest=flag(given, "update_all_source_versions"))
        return answer({"app": show(app, made=made)})

    @routes.delete("/v2/apps/<app_id>")
    def apps_delete(app_id: str) -> Response:
        account.delete(state.app(app_id))
        return answer({"id": app_id})

    @routes.post("/v2/projects/<project_id>/resources")
    def projects_assign_resources(project_id: str) -> Response:
        state.check_id(project_id)
        moved = []
        for urn in names(body(), "resources"):
            app = state.app(urn.removeprefix("do:app:"))
            app.project_id = project_id
            moved.append({"urn": urn, "assigned_at": timestamp(state.now), "status": "assigned"})
        return answer({"resources": moved})

    @routes.post("/v2/apps/<app_id>/restart")
    def apps_restart(app_id: str) -> Response:
        app = state.app(app_id)
        made = account.restart(app, names(body(), "components"))
        return answer({"deployment": views.deployment_view(state, made)})

    @routes.get("/v2/apps/<app_id>/alerts")
    def apps_list_alerts(app_id: str) -> Response:
        return answer({"alerts": [views.alert_view(state, alert) for alert in state.app(app_id).alerts]})

    @routes.post("/v2/apps/<app_id>/alerts/<alert_id>/destinations")
    def apps_assign_alertDestinations(app_id: str, alert_id: str) -> Response:  # noqa: N802
        app, given = state.app(app_id), body()
        alert = _alert(app, alert_id)
        alert.emails, alert.slack_webhooks = names(given, "emails"), _webhooks(given)
        return answer({"alert": views.alert_view(state, alert)})

    @routes.get("/v2/apps/<app_id>/instances")
    def apps_get_instances(app_id: str) -> Response:
        return answer({"instances": _instances(state.app(app_id))})

    @routes.get("/v2/apps/<app_id>/health")
    def apps_get_health(app_id: str) -> Response:
        return answer({"app_health": _health(state.app(app_id))})

    @routes.get("/v2/apps/regions")
    def apps_list_regions() -> Response:
        return answer({"regions": list(catalogue.REGIONS)})

    @routes.get("/v2/apps/tiers")
    def apps_list_tiers() -> Response:
        return answer({"tiers": list(catalogue.TIERS)})

    @routes.get("/v2/apps/tiers/<slug>")
    def apps_get_tier(slug: str) -> Response:
        return answer({"tier": _one(catalogue.TIERS, slug)})

    @routes.get("/v2/apps/tiers/instance_sizes")
    def apps_list_instanceSizes() -> Response:  # noqa: N802
        return answer({"instance_sizes": list(catalogue.SIZES)})

    @routes.get("/v2/apps/tiers/instance_sizes/<slug>")
    def apps_get_instanceSize(slug: str) -> Response:  # noqa: N802
        size = catalogue.size_of(slug)
        if size is None:
            raise not_found()
        return answer({"instance_size": {**size, "slug": slug}})

    @routes.get("/v2/apps/<app_id>/metrics/bandwidth_daily")
    def apps_get_metrics_bandwidth_daily(app_id: str) -> Response:
        return answer(_bandwidth([state.app(app_id)], request.args.get("date", ""), state.now))

    @routes.post("/v2/apps/metrics/bandwidth_daily")
    def apps_list_metrics_bandwidth_daily() -> Response:
        given = body()
        wanted = names(given, "app_ids")
        if not 1 <= len(wanted) <= 100:
            raise bad_request("app_ids must have 1 to 100 ids")
        return answer(_bandwidth([state.app(app_id) for app_id in wanted], text(given, "date"), state.now))

    @routes.post("/v2/apps/<app_id>/components/<component>/trusted_sources")
    def apps_trusted_sources(app_id: str, component: str) -> Response:
        app, given = state.app(app_id), body()
        enable = flag(given, "enable") or flag(given, "Enable")
        database = _database(app, component)
        if bool(database["trusted"]) != enable:
            account.refuse_pinned(app)
            database["trusted"] = enable
            account.redeploy(app, Cause("database trusted sources updated",
                                        {"type": "UPDATE_DATABASE_TRUSTED_SOURCES"}))  # fmt: skip
        return answer({"is_enabled": True} if enable else {})

    @routes.post("/v2/apps/<app_id>/components/<component>/reset_password")
    def apps_reset_password(app_id: str, component: str) -> Response:
        app = state.app(app_id)
        database = _database(app, component)
        account.refuse_pinned(app)
        database["resets"] = int(database["resets"]) + 1
        database["password"] = password(app.id, component, int(database["resets"]))
        made = account.redeploy(app, by_user("database password reset", "RESET_DATABASE_PASSWORD"))
        return answer({"deployment": views.deployment_view(state, made)})

    @routes.get("/v2/apps/<app_id>/database_connection_details")
    def apps_database_connection_details(app_id: str) -> Response:
        app = state.app(app_id)
        return answer({"connection_details": [_connection(app, name) for name in app.databases]})

    @routes.post("/v2/apps/detect")
    def apps_detect() -> Response:
        return answer(_detected(body()))

    @routes.get("/v2/apps/buildpacks")
    def apps_list_buildpacks() -> Response:
        return answer({"buildpacks": list(catalogue.BUILDPACKS)})

    @routes.post("/v2/apps/<app_id>/upgrade_buildpack")
    def apps_upgrade_buildpack(app_id: str) -> Response:
        app, given = state.app(app_id), body()
        if text(given, "buildpack_id") not in {item["id"] for item in catalogue.BUILDPACKS}:
            raise bad_request(f"unknown buildpack {given.get('buildpack_id')!r}")
        built = [
            str(item["name"])
            for _kind, item in components(app.spec)
            if "image" not in item and "dockerfile_path" not in item
        ]
        result: Json = {"affected_components": built}
        if flag(given, "trigger_deployment"):
            account.refuse_pinned(app)
            made = account.redeploy(app, by_user("buildpack upgraded", "UPGRADE_BUILDPACK"))
            result["deployment"] = views.deployment_view(state, made)
        return answer(result)

    return routes


def _one(found: tuple[Json, ...], slug: str) -> Json:
    for item in found:
        if item["slug"] == slug:
            return item
    raise not_found()


def _alert(app: App, alert_id: str) -> Alert:
    for alert in app.alerts:
        if alert.id == alert_id:
            return alert
    raise not_found()


def _webhooks(given: Json) -> list[Json]:
    value = given.get("slack_webhooks") or []
    if not isinstance(value, list) or not all(isinstance(item, dict) and item.get("url") for item in value):
        raise bad_request("error parsing request body: slack_webhooks: expected a list of objects with a url")
    return [{key: str(item[key]) for key in ("url", "channel") if item.get(key)} for item in value]


def _count(deployment: Deployment, component: Json) -> int:
    """How many containers a component has: chosen by autoscaling, or as the spec says."""
    scaling = component.get("autoscaling") or {}
    return int(
        deployment.scaled.get(str(component["name"]))
        or scaling.get("min_instance_count")
        or component.get("instance_count")
        or 1
    )


def _instances(app: App) -> list[Json]:
    """The containers of the active deployment; jobs only while they run."""
    active = app.active
    if active is None:
        return []
    running = {item.job for item in app.invocations if item.phase == "RUNNING"}
    result: list[Json] = []
    for kind, component in components(active.spec):
        name = str(component["name"])
        if kind not in {"services", "workers"} and not (kind == "jobs" and name in running):
            continue
        for number in range(_count(active, component)):
            seed = f"{crc32(f'{active.id}/{name}'.encode()):08x}"
            result.append(
                {
                    "component_name": name,
                    "component_type": {"services": "SERVICE", "workers": "WORKER"}.get(kind, "JOB"),
                    "instance_name": f"{name}-{seed}-{crc32(f'{seed}{number}'.encode()):08x}"[:63],
                    "instance_alias": f"{name}-{number}",
                }
            )
    return result


def _health(app: App) -> Json:
    active = app.active
    result: Json = {}
    if active is None:
        return result
    for kind, component in components(active.spec):
        name, chance = str(component["name"]), crc32(f"{active.id}{component['name']}".encode())
        if kind in {"services", "workers"}:
            healthy = {
                "name": name,
                "cpu_usage_percent": round(2 + chance % 300 / 10, 1),
                "memory_usage_percent": round(10 + chance % 400 / 10, 1),
                "replicas_desired": _count(active, component),
                "replicas_ready": _count(active, component),
                "state": "HEALTHY",
            }
            result.setdefault("components", []).append(healthy)
        elif kind == "functions":
            metric = {"metric_label": "activation_count", "metric_value": float(chance % 100), "time_window": "1h"}
            item = {"name": name, "functions_component_health_metrics": [metric]}
            result.setdefault("functions_components", []).append(item)
    return result


def _bandwidth(apps: list[App], given: str, now: float) -> Json:
    """Made up from app and day; the day before when none is given."""
    today = datetime.fromtimestamp(now, timezone.utc).date()
    day = today - timedelta(days=1)
    if given:
        try:
            day = datetime.fromisoformat(given.replace("Z", "+00:00")).date()
        except ValueError as error:
            raise bad_request(f"date: {given!r} is no RFC 3339 time") from error
    midnight = datetime(day.year, day.month, day.day, tzinfo=timezone.utc).timestamp()
    used = [{"app_id": app.id, "bandwidth_bytes": str(crc32(f"{app.id}{day}".encode()))} for app in apps
            if datetime.fromtimestamp(app.created, timezone.utc).date() <= day or not given]  # fmt: skip
    return {"app_bandwidth_usage": used, "date": timestamp(midnight)}


def _database(app: App, name: str) -> Json:
    found = component_of(app.spec, name)
    if found is None or found[0] != "databases":
        raise not_found()
    return app.databases[name]


def _connection(app: App, name: str) -> Json:
    spec = component_of(app.spec, name)
    database = spec[1] if spec else {}
    user, base = str(database.get("db_user") or name), str(database.get("db_name") or name)
    host = f"app-{app.id}-do-user-1.db.example.com"
    secret = str(app.databases[name]["password"])
    return {
        "component_name": name,
        "host": host,
        "port": 25060,
        "username": user,
        "password": secret,
        "database_name": base,
        "ssl_mode": "require",
        "database_url": f"postgresql://{user}:{secret}@{host}:25060/{base}?sslmode=require",
        "pools": [],
    }


def _detected(given: Json) -> Json:
    """What a look into a repository finds: something that a buildpack can build."""
    sources = [name for name in ("git", "github", "gitlab", "bitbucket") if given.get(name) is not None]
    if len(sources) != 1:
        raise bad_request("exactly one of git, github, gitlab, bitbucket is needed")
    source = given[sources[0]]
    place = str(source.get("repo") or source.get("repo_clone_url") or "") if isinstance(source, dict) else ""
    if not place:
        raise bad_request(f"{sources[0]}: repository is required")
    component = {
        "strategy": "BUILDPACK",
        "types": ["SERVICE"],
        "name": place.rstrip("/").rpartition("/")[2].removesuffix(".git"),
        "environment_slug": "node-js",
        "http_ports": [8080],
        "source_dir": text(given, "source_dir") or "/",
    }
    return {"components": [component], "template_found": False, "pending": False}
