# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.
"""Checks of the app as a whole: names, totals, envs, alerts, log destinations, domains, databases."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from ..scalars import canonical_host_name
from ..schema import DEFAULT_SCOPE, ENV, SCHEDULED_ALERT_RULE, SPEC
from ..schema_types import Listing, Node, Record, Scalar
from .rules import Finding, finding
from .values import Component, components, is_given, is_true, item_path, listed, mapping, mappings, number, text, under

_MAX_CONTAINERS = 250
_MAX_DOMAINS = 500
_LOG_TARGETS = ("papertrail", "datadog", "logtail", "open_search")
_EDGE = ("disable_edge_cache", "disable_email_obfuscation", "enhanced_threat_control_enabled")
_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
#: Engines for which the platform creates no dev database (API reference 4.13).
_CLUSTER_ENGINES = ("MYSQL", "REDIS", "MONGODB", "KAFKA", "OPENSEARCH")


def check_app(spec: Mapping[str, Any]) -> Iterator[Finding]:
    """The findings about an app that concern more than a single field."""
    parts = components(spec)
    yield from _missing(SPEC, spec, "")
    yield from _names(parts)
    yield from _totals(spec, parts)
    yield from _edge(spec, parts)
    yield from _domains(spec)
    yield from _envs(spec.get("envs"), "envs")
    yield from _alerts(spec.get("alerts"), "alerts", tuned=False)
    for part in parts:
        yield from _envs(part.fields.get("envs"), f"{part.path}.envs")
        yield from _alerts(part.fields.get("alerts"), f"{part.path}.alerts", tuned=True)
        yield from _log_destinations(part)
        if part.section == "databases":
            yield from _database(part)


def _missing(node: Node, value: Any, path: str, skip: tuple[str, ...] = ()) -> Iterator[Finding]:
    """Required fields that are missing, except those in *skip*: ``structure.py`` checks the keys of list items."""
    if isinstance(node, Listing):
        for index, item in mappings(value):
            yield from _missing(node.item, item, item_path(path, index, item, *node.key), node.key)
        return
    if not isinstance(node, Record) or not isinstance(value, Mapping):
        return
    for name, child in node.fields.items():
        inner = value.get(name)
        if is_given(inner):
            yield from _missing(child, inner, under(path, name))
        elif isinstance(child, Scalar) and child.required and name not in skip:
            choices = f"one of {listed(child.choices)}" if child.choices else "it"
            yield finding(
                "missing_field", under(path, name), f"it is not there, and the platform needs it: give {choices}"
            )


def _names(parts: list[Component]) -> Iterator[Finding]:
    first: dict[str, Component] = {}
    for part in parts:
        other = first.setdefault(part.name, part) if part.name else part
        if other is not part:
            message = (
                f"a {other.kind} has the name {part.name} too ({other.section}); names are unique in an app: rename one"
            )
            yield finding("duplicate_name", f"{part.path}.name", message)


def _totals(spec: Mapping[str, Any], parts: list[Component]) -> Iterator[Finding]:
    kinds = {part.section for part in parts}
    if not kinds:
        yield finding(
            "no_component", "", "the app has no component: add a service, worker, job, static site or functions"
        )
    elif kinds == {"databases"}:
        message = "the app has nothing but databases, which the platform may refuse: add another component"
        yield finding("only_databases", "databases", message)
    total = sum(_containers(part) for part in parts if part.section in ("services", "workers"))
    if total > _MAX_CONTAINERS:
        message = (
            f"services and workers add up to {total} containers; an app may have {_MAX_CONTAINERS}: lower the counts"
        )
        yield finding("many_containers", "", message)
    domains = len(mappings(spec.get("domains")))
    if domains > _MAX_DOMAINS:
        yield finding("many_domains", "domains", f"there are {domains}; an app may have {_MAX_DOMAINS}: remove some")


def _containers(part: Component) -> int:
    scaling = mapping(part.fields.get("autoscaling"))
    return number(scaling.get("max_instance_count")) or number(part.fields.get("instance_count")) or 1


def _edge(spec: Mapping[str, Any], parts: list[Component]) -> Iterator[Finding]:
    if not mappings(spec.get("domains")):
        for name in _EDGE:
            if is_true(spec.get(name)):
                message = "it needs a custom domain, and the app has none: add one to domains, or leave it out"
                yield finding("domain_needed", name, message)
    vpc = mapping(spec.get("vpc")).get("id")
    if is_given(vpc) and any(part.section == "functions" for part in parts):
        yield finding(
            "vpc_functions", "vpc", "an app with functions cannot be in a VPC: leave vpc out, or move the functions"
        )
    if is_given(vpc) and not _UUID.fullmatch(text(vpc)):
        yield finding("vpc_id", "vpc.id", "it is not an id of the form 8-4-4-4-12: give the VPC's id and not its name")


def _domains(spec: Mapping[str, Any]) -> Iterator[Finding]:
    seen: set[str] = set()
    primaries = []
    for index, domain in mappings(spec.get("domains")):
        path = item_path("domains", index, domain, "domain")
        name = canonical_host_name(text(domain.get("domain")))
        if name and name in seen:
            yield finding("duplicate_domain", path, f"{name} stands in domains twice: remove one")
        seen.add(name)
        if text(domain.get("type")) == "PRIMARY":
            primaries.append(path)
    for path in primaries[1:]:
        message = f"there is a PRIMARY domain already ({primaries[0]}); an app has one: make this an ALIAS"
        yield finding("two_primaries", f"{path}.type", message)


def _scope(env: Mapping[str, Any]) -> str:
    scope = ENV.fields["scope"]
    word = text(env.get("scope"))
    return word if isinstance(scope, Scalar) and word in scope.choices else DEFAULT_SCOPE


def _envs(envs: Any, path: str) -> Iterator[Finding]:
    scopes: dict[str, set[str]] = {}
    for index, env in mappings(envs):
        key, scope = text(env.get("key")), _scope(env)
        seen = scopes.setdefault(key, set()) if key else set()
        where = item_path(path, index, env, "key")
        if scope in seen:
            yield finding("duplicate_env", where, f"it stands there twice with the scope {scope}: remove one of them")
        elif seen and DEFAULT_SCOPE in {scope, *seen}:
            message = (
                f"it stands there with the scopes {listed(sorted({scope, *seen}), 'and')}, which overlap: keep one"
            )
            yield finding("overlapping_env", where, message)
        seen.add(scope)


def _alerts(alerts: Any, path: str, *, tuned: bool) -> Iterator[Finding]:
    seen: Counter[str] = Counter()
    for index, alert in mappings(alerts):
        rule = text(alert.get("rule"))
        where = item_path(path, index, alert, "rule")
        seen[rule] += 1
        if rule and seen[rule] == 2:
            yield finding("duplicate_alert", where, "the rule stands there more than once: keep one of them")
        missing = [name for name in ("operator", "window") if not is_given(alert.get(name))]
        if tuned and rule not in ("", SCHEDULED_ALERT_RULE) and missing and not is_true(alert.get("disabled")):
            message = (
                f"it has no {listed(missing, 'and')}, so nothing says when it goes off: give operator, value and window"
            )
            yield finding("alert_threshold", where, message)


def _log_destinations(part: Component) -> Iterator[Finding]:
    seen: set[str] = set()
    for index, destination in mappings(part.fields.get("log_destinations")):
        path = item_path(f"{part.path}.log_destinations", index, destination, "name")
        name = text(destination.get("name"))
        if name and name in seen:
            yield finding("duplicate_destination", path, "a log destination before it has the same name: rename one")
        seen.add(name)
        search = mapping(destination.get("open_search"))
        if not any(is_given(destination.get(one)) for one in (*_LOG_TARGETS, "endpoint")):
            yield finding("no_log_target", path, f"it does not say where to: give one of {listed(_LOG_TARGETS)}")
        elif search and not is_given(search.get("endpoint")) and not is_given(search.get("cluster_name")):
            yield finding("no_log_target", f"{path}.open_search", "it names no cluster: give endpoint or cluster_name")


def _database(part: Component) -> Iterator[Finding]:
    engine, production = text(part.fields.get("engine")), is_true(part.fields.get("production"))
    cluster = is_given(part.fields.get("cluster_name"))
    if production and not cluster:
        message = "a production database attaches a cluster that exists: give its name, or leave production out"
        yield finding("no_cluster", f"{part.path}.cluster_name", message)
    if cluster and not production:
        message = "it names a cluster but is no production database, so a dev database is made: set production: true"
        yield finding("cluster_of_dev", f"{part.path}.production", message)
    if engine in ("", "UNSET"):
        yield finding("no_engine", f"{part.path}.engine", "it is not there: give it, such as PG")
    elif not production and not cluster and engine in _CLUSTER_ENGINES:
        message = f"a dev database is PG, and {engine} is not: attach a cluster with production: true and cluster_name"
        yield finding("dev_engine", f"{part.path}.engine", message)
    if engine not in ("", "UNSET", "PG", "MYSQL"):
        for name in ("db_name", "db_user"):
            if is_given(part.fields.get(name)):
                message = f"{engine} has no such thing, only PG and MYSQL have: leave it out"
                yield finding("user_of_engine", f"{part.path}.{name}", message)
