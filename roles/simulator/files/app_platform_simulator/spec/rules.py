# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules that connect the fields of a spec: names, sources, schedules, routing, databases (API reference 4, 5, 10)."""

from __future__ import annotations

from collections.abc import Iterator

from ..assumptions import Assumptions
from ..catalogue import DEFAULT_SIZE, size_of
from ..model import COMPONENT_LISTS, as_list
from ..wire import Json
from . import cron, durations, fields
from .ingress import ROUTED_LISTS, is_public
from .shape import Path, Problems

SOURCES = ("git", "github", "gitlab", "bitbucket", "image")
_BUILD_FIELDS = ("dockerfile_path", "build_command", "environment_slug", "source_dir")


def check(spec: Json, assume: Assumptions, problems: Problems, stored: Json | None = None) -> None:
    """Add all that is wrong with a spec whose shape is right. `stored` is the spec that it replaces."""
    _names(spec, problems)
    _app(spec, problems)
    for kind, number, component in _each(spec):
        path: Path = (kind, number)
        _source(kind, component, path, assume, problems)
        _envs(component, path, problems)
        _log_destinations(component, path, problems)
        _alert_rules(kind, component, path, problems)
        if kind in {"services", "workers", "jobs"}:
            _instances(component, path, problems)
        if kind == "services":
            _ports(component, path, problems)
        if kind == "static_sites" and component.get("error_document") and component.get("catchall_document"):
            reason = "only one of error_document or catchall_document can be specified"
            problems.add((*path, "catchall_document"), reason)
        if kind == "jobs":
            _job(component, path, assume, problems)
    _domains(spec, problems)
    _databases(spec, stored, problems)


def _each(spec: Json) -> Iterator[tuple[str, int, Json]]:
    for kind in COMPONENT_LISTS:
        for number, component in enumerate(as_list(spec.get(kind))):
            yield kind, number, component


def _names(spec: Json, problems: Problems) -> None:
    seen: set[str] = set()
    listed = list(_each(spec))
    if not listed and not spec.get("databases"):
        problems.add(("components",), "at least one component is required")
    databases = [("databases", number, item) for number, item in enumerate(as_list(spec.get("databases")))]
    for kind, number, component in [*listed, *databases]:
        name = component.get("name")
        if name in seen:
            problems.add((kind, number, "name"), f"component name {name!r} is used more than once")
        elif name:
            seen.add(name)


def _app(spec: Json, problems: Problems) -> None:
    _envs(spec, (), problems)
    for number, alert in enumerate(as_list(spec.get("alerts"))):
        rule = alert.get("rule")
        if rule in fields.ALL_RULES and rule not in fields.APP_RULES:
            problems.add(("alerts", number, "rule"), f"{rule} is a rule for components, not for the app")
    if spec.get("vpc") and spec.get("functions"):
        problems.add(("vpc",), "functions components cannot be used in a VPC")
    primaries = [item for item in as_list(spec.get("domains")) if item.get("type") == "PRIMARY"]
    if len(primaries) > 1:
        problems.add(("domains",), "only one domain can be of type PRIMARY")


def _source(kind: str, component: Json, path: Path, assume: Assumptions, problems: Problems) -> None:
    word = COMPONENT_LISTS[kind]
    given = [source for source in SOURCES if component.get(source) is not None]
    if len(given) != 1 and assume["source_count"] == "reject":
        allowed = ", ".join(item for item in SOURCES if item != "image" or kind not in {"static_sites", "functions"})
        found = f"got {' and '.join(given)}" if given else "got none"
        problems.add((*path, "<source>"), f"a {word} needs exactly one of {allowed}; {found}")
    image = component.get("image")
    if image is None:
        return
    if image.get("tag") and image.get("digest"):
        reason = f"only one of {kind}.image.tag or {kind}.image.digest can be specified"
        problems.add((*path, "image"), reason)
    registry_type = image.get("registry_type")
    if registry_type == "DOCR" and image.get("registry"):
        problems.add((*path, "image", "registry"), "must be empty for registry_type DOCR")
    if registry_type == "DOCKER_HUB" and not image.get("registry"):
        problems.add((*path, "image", "registry"), "is required for registry_type DOCKER_HUB")
    if (image.get("deploy_on_push") or {}).get("enabled"):
        if registry_type != "DOCR":
            problems.add((*path, "image", "deploy_on_push"), "is only supported for registry_type DOCR")
        elif image.get("digest"):
            problems.add((*path, "image", "deploy_on_push"), "cannot be used with a digest")
    if assume["image_build_fields"] == "reject":
        for field in _BUILD_FIELDS:
            if component.get(field):
                problems.add((*path, field), "has no meaning for an image")


def _envs(owner: Json, path: Path, problems: Problems) -> None:
    seen: dict[str, set[str]] = {}
    for number, env in enumerate(as_list(owner.get("envs"))):
        key, scope = str(env.get("key")), str(env.get("scope") or "RUN_AND_BUILD_TIME")
        if scope in seen.setdefault(key, set()):
            problems.add((*path, "envs", number, "key"), f"environment variable {key!r} is defined more than once")
        seen[key].add(scope)


def _log_destinations(component: Json, path: Path, problems: Problems) -> None:
    names: set[str] = set()
    for number, item in enumerate(as_list(component.get("log_destinations"))):
        where = (*path, "log_destinations", number)
        name = str(item.get("name"))
        if name in names:
            problems.add((*where, "name"), f"log destination {name!r} is defined more than once")
        names.add(name)
        kinds = [kind for kind in ("papertrail", "datadog", "logtail", "open_search") if item.get(kind) is not None]
        if len(kinds) != 1 and not item.get("endpoint"):
            problems.add(where, "exactly one of papertrail, datadog, logtail, open_search is needed")
        search = item.get("open_search")
        if search is not None and bool(search.get("endpoint")) == bool(search.get("cluster_name")):
            problems.add((*where, "open_search"), "exactly one of endpoint or cluster_name is needed")


def _alert_rules(kind: str, component: Json, path: Path, problems: Problems) -> None:
    allowed: tuple[str, ...] = fields.CONTAINER_RULES
    if kind == "services":
        allowed = fields.SERVICE_RULES
    elif kind == "functions":
        allowed = fields.FUNCTION_RULES
    elif component.get("kind") == "SCHEDULED":
        allowed = fields.SCHEDULED_RULES
    for number, alert in enumerate(as_list(component.get("alerts"))):
        rule = alert.get("rule")
        if rule in fields.ALL_RULES and rule not in allowed:
            where = (*path, "alerts", number, "rule")
            if rule == "JOB_INVOCATION_FAILED" and kind == "jobs":
                problems.add(where, f"{rule} is only allowed on a job of kind SCHEDULED")
            else:
                rules = ", ".join(allowed)
                problems.add(where, f"{rule} is not allowed on a {COMPONENT_LISTS[kind]}; allowed: {rules}")


def _instances(component: Json, path: Path, problems: Problems) -> None:
    size = size_of(str(component.get("instance_size_slug") or DEFAULT_SIZE)) or {}
    count = component.get("instance_count") or 0
    scaling = component.get("autoscaling")
    if scaling is not None:
        if count:
            problems.add((*path, "instance_count"), "must not be set when autoscaling is set")
        if not size.get("scalable"):
            slug = size.get("slug", DEFAULT_SIZE)
            problems.add((*path, "autoscaling"), f"instance size {slug} cannot be autoscaled: use a dedicated size")
        low, high = scaling.get("min_instance_count") or 0, scaling.get("max_instance_count") or 0
        if not low or not high or low >= high:
            where = (*path, "autoscaling", "max_instance_count")
            problems.add(where, f"must be above min_instance_count, got {low} to {high}")
        if not any((scaling.get("metrics") or {}).values()):
            problems.add((*path, "autoscaling", "metrics"), "at least one metric is required")
    elif count > 1 and size.get("single_instance_only"):
        problems.add((*path, "instance_count"), f"instance size {size['slug']} supports only 1 instance")


def _ports(service: Json, path: Path, problems: Problems) -> None:
    internal = as_list(service.get("internal_ports"))
    http_port = service.get("http_port") or (0 if internal else 8080)
    if http_port and http_port in internal:
        problems.add((*path, "internal_ports"), f'port "{http_port}" is the http_port, too')
    for check_name in ("health_check", "liveness_health_check"):
        port = (service.get(check_name) or {}).get("port")
        if port and port != http_port and port not in internal:
            problems.add((*path, check_name, "port"), f'health check port "{port}" not found in internal_ports')


def _job(job: Json, path: Path, assume: Assumptions, problems: Problems) -> None:
    kind, schedule = job.get("kind") or "UNSPECIFIED", job.get("schedule")
    if job.get("timeout"):
        try:
            if durations.seconds(job["timeout"]) <= 0:
                problems.add((*path, "timeout"), "must be above 0")
        except ValueError as error:
            problems.add((*path, "timeout"), str(error))
    if assume["schedule_rules"] == "reject":
        if schedule is not None and kind != "SCHEDULED":
            problems.add((*path, "schedule"), f"is only allowed for kind SCHEDULED, got {kind}")
        if schedule is None and kind == "SCHEDULED":
            problems.add((*path, "schedule"), "is required for kind SCHEDULED")
    if schedule is None or not schedule.get("cron"):
        return
    try:
        cron.check(schedule["cron"])
        minimum = assume.number("cron_minimum_minutes")
        if minimum and cron.shortest_gap(schedule["cron"]) < minimum * 60:
            problems.add((*path, "schedule", "cron"), f"must not run more often than once every {minimum} minutes")
    except ValueError as error:
        problems.add((*path, "schedule", "cron"), str(error))
    if assume["schedule_rules"] == "reject":
        try:
            cron.zone(schedule.get("time_zone") or "")
        except ValueError as error:
            problems.add((*path, "schedule", "time_zone"), str(error))


def check_ingress(spec: Json, problems: Problems) -> None:
    """Add all that is wrong with the routing of a normalised spec, in which old-style routes are rules, too."""
    kinds = {item.get("name"): (kind, item) for kind, _number, item in _each(spec)}
    domains = {str(item.get("domain")): bool(item.get("wildcard")) for item in as_list(spec.get("domains"))}
    seen: set[tuple[str, str]] = set()
    for number, rule in enumerate(as_list((spec.get("ingress") or {}).get("rules"))):
        path: Path = ("ingress", "rules", number)
        target, redirect = rule.get("component"), rule.get("redirect")
        if (target is None) == (redirect is None):
            problems.add(path, "exactly one of component or redirect is needed")
        if target is not None:
            _target(target, kinds.get(target.get("name")), path, problems)
        match = rule.get("match") or {}
        authority = str((match.get("authority") or {}).get("exact") or "")
        if authority and not _covered(authority, domains):
            where: Path = ("ingress", "rules", number, "match", "authority", "exact")
            problems.add(where, f'Authority "{authority}" does not have a matching custom domain')
        prefix = (match.get("path") or {}).get("prefix")
        place = (authority, str(prefix or "/"))
        if prefix is not None and place in seen:
            problems.add((*path, "match"), f"path {place[1]!r} is used by more than one rule")
        seen.add(place)


def _target(target: Json, found: tuple[str, Json] | None, path: Path, problems: Problems) -> None:
    name = target.get("name")
    where: Path = (*path, "component", "name")
    if found is None:
        problems.add(where, f"component {name!r} not found")
    elif found[0] not in ROUTED_LISTS:
        problems.add(where, f"component {name!r} is a {COMPONENT_LISTS[found[0]]} and cannot receive requests")
    elif not is_public(*found):
        problems.add(where, f"component {name!r} has no http_port")
    if target.get("preserve_path_prefix") and target.get("rewrite"):
        problems.add((*path, "component"), "only one of preserve_path_prefix or rewrite can be specified")


def _covered(authority: str, domains: dict[str, bool]) -> bool:
    """Whether a custom domain of the app is this host, or a wildcard above it."""
    return any(
        authority == domain or (wildcard and authority.endswith(f".{domain}")) for domain, wildcard in domains.items()
    )


def _domains(spec: Json, problems: Problems) -> None:
    seen: set[str] = set()
    for number, item in enumerate(as_list(spec.get("domains"))):
        name = str(item.get("domain")).rstrip(".").lower()
        if name in seen:
            problems.add(("domains", number, "domain"), f"domain {name!r} is used more than once")
        seen.add(name)


def _databases(spec: Json, stored: Json | None, problems: Problems) -> None:
    for number, item in enumerate(as_list(spec.get("databases"))):
        if item.get("production") and not item.get("cluster_name"):
            problems.add(("databases", number, "cluster_name"), "is required for a production database")
    if stored is None:
        return
    before = {str(item["name"]) for item in as_list(stored.get("databases"))}
    after = {str(item.get("name")) for item in as_list(spec.get("databases"))}
    if before - after and after - before:
        problems.add(("databases",), "cannot create and delete a database in a single spec change")
