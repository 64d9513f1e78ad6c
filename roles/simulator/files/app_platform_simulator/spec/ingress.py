# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Routing: old-style routes become ingress rules, and an app without any gets one (API reference 8.1, 8.2)."""

from __future__ import annotations

from typing import Any

from ..assumptions import Assumptions
from ..wire import Json
from .shape import Problems

ROUTED_LISTS = ("services", "static_sites", "functions")


def is_public(kind: str, component: Json) -> bool:
    """Whether a component takes requests from outside: all routed ones but services with nothing but internal ports."""
    if kind != "services":
        return kind in ROUTED_LISTS
    return bool(component.get("http_port")) or not component.get("internal_ports")


def public_components(spec: Json) -> list[tuple[str, Json]]:
    """The public components in the order in which their rules are made."""
    return [(kind, item) for kind in ROUTED_LISTS for item in spec.get(kind) or [] if is_public(kind, item)]


def _rules_of(component: Json) -> list[Json]:
    """The rules that a component's routes (and CORS policy) stand for."""
    rules: list[Json] = []
    for route in component.get("routes") or []:
        target: Json = {"name": component["name"]}
        if route.get("preserve_path_prefix"):
            target["preserve_path_prefix"] = True
        rule: Json = {"match": {"path": {"prefix": route.get("path") or "/"}}, "component": target}
        if component.get("cors"):
            rule["cors"] = component["cors"]
        rules.append(rule)
    return rules


def _default_rules(public: list[tuple[str, Json]]) -> list[Json]:
    """Rules for components that say nothing: the first one at /, the others at their names."""
    rules: list[Json] = []
    for number, (_kind, component) in enumerate(public):
        prefix = "/" if number == 0 else f"/{component['name']}"
        rule: Json = {"match": {"path": {"prefix": prefix}}, "component": {"name": component["name"]}}
        if component.get("cors"):
            rule["cors"] = component["cors"]
        rules.append(rule)
    return rules


def routed(spec: Json, assume: Assumptions, problems: Problems) -> Json:
    """The spec with all its routing in `ingress`."""
    components = [item for kind in ROUTED_LISTS for item in spec.get(kind) or []]
    given = (spec.get("ingress") or {}).get("rules") or []
    from_routes = [rule for item in components for rule in _rules_of(item)]
    if from_routes and given and assume["routes_and_ingress"] == "reject":
        problems.add(("ingress", "rules"), "routes of components and ingress rules cannot be used together")
    public = public_components(spec)
    rules: list[Json] = given or from_routes
    if not rules and public:
        if len(public) > 1 and assume["several_public"] == "reject":
            names = ", ".join(str(item["name"]) for _kind, item in public)
            problems.add(("ingress", "rules"), f"several components are public ({names}): add ingress rules")
        rules = _default_rules(public)
    result: dict[str, Any] = {}
    for key, value in spec.items():
        stripped = value
        if key in ROUTED_LISTS:
            stripped = [{k: v for k, v in item.items() if k not in {"routes", "cors"}} for item in value]
        result[key] = stripped
    ingress = {key: value for key, value in (spec.get("ingress") or {}).items() if key != "rules"}
    if rules:
        ingress["rules"] = rules
    if ingress:
        result["ingress"] = ingress
    else:
        result.pop("ingress", None)
        if spec.get("services") and not public and assume["internal_only_ingress"] == "empty":
            result["ingress"] = {}
    return result
