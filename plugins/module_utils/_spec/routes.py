# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.
"""Conversion of component routes into ingress rules, as the server does it (API reference 8.2).

A declaration is converted before it is compared; ``routes`` and ``cors`` of a component are never written.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from typing import Any

from .._types.api_objects import IngressRule, Spec
from .canonical import canonical, frozen
from .merge import MERGE, Mode, merge
from .scalars import is_zero
from .schema import INGRESS_RULE, ROUTABLE
from .schema_types import objects


def extract_routes(desired: Mapping[str, Any]) -> tuple[Spec, dict[str, tuple[Any, Any]]]:
    """(the declaration without ``routes`` and ``cors``, component -> its (routes, cors), None where not declared)."""
    spec: Spec = dict(desired)
    found: dict[str, tuple[Any, Any]] = {}
    for section in ROUTABLE:
        if not isinstance(spec.get(section), list):
            continue
        spec[section] = [_without_routes(component) for component in spec[section]]
        for component in objects(desired[section]):
            routes, cors = component.get("routes"), component.get("cors")
            if routes is not None or cors is not None:
                found[str(component.get("name"))] = (routes, cors)
    return spec, found


def components_with_routes_beside_rules(desired: Mapping[str, Any]) -> list[str]:
    """Names of the components that declare routes although the spec declares ingress rules, which is ambiguous."""
    ingress = desired.get("ingress")
    if not isinstance(ingress, Mapping) or is_zero(ingress.get("rules")):
        return []
    _spec, found = extract_routes(desired)
    return [name for name, (routes, cors) in found.items() if not (is_zero(routes) and is_zero(cors))]


def apply_routes(spec: Spec, declared: Mapping[str, tuple[Any, Any]], mode: Mode = MERGE) -> Spec:
    """*spec* with ingress rules for the declared routes; rules of other components keep their positions.

    Other rules of these components are removed if *mode* replaces lists, else they stay.
    """
    if not declared:
        return spec
    rules = list(rules_of(spec))
    only_target = None if "ingress" in spec else _only_routable(spec)
    for component, (given, cors) in declared.items():
        # The server routes everything to the only routable component, so its cors belong to that rule.
        routes = ["/"] if given is None and component == only_target and not is_zero(cors) else given
        rules = _with_routes(rules, component, routes, cors, mode)
    if rules == list(rules_of(spec)):
        return spec
    return with_rules(spec, rules)


def cors_without_rule(spec: Mapping[str, Any], declared: Mapping[str, tuple[Any, Any]]) -> list[str]:
    """Names of the components that declared cors but have no rule in *spec* to which it could be added."""
    targets = {target_of(rule) for rule in rules_of(spec)}
    return [name for name, (_routes, cors) in declared.items() if not is_zero(cors) and name not in targets]


def with_default_rule(spec: Spec, current: Spec | None) -> Spec:
    """*spec* with the default rule of the server, if it declares no ingress and *current* has only that rule."""
    name = None if "ingress" in spec else _only_routable(spec)
    rules = list(rules_of(current or {}))
    if name is None or len(rules) != 1:
        return spec
    default = canonical(INGRESS_RULE, _rule("/", name, None))
    return (
        {**spec, "ingress": {"rules": copy.deepcopy(rules)}} if canonical(INGRESS_RULE, rules[0]) == default else spec
    )


def _only_routable(spec: Mapping[str, Any]) -> str | None:
    """The name of the only routable component; None if there are none or several."""
    names = routable_components(spec)
    return names[0] if len(names) == 1 else None


def routable_components(spec: Mapping[str, Any]) -> list[str]:
    """The names of the components to which the server can route requests (API reference 8.1)."""
    return [
        str(one.get("name"))
        for section in ROUTABLE
        for one in objects(spec.get(section))
        if not (one.get("internal_ports") and is_zero(one.get("http_port")))
    ]


def rules_of(spec: Mapping[str, Any]) -> Iterator[IngressRule]:
    """The ingress rules of a spec, those that are objects."""
    ingress = spec.get("ingress")
    rules = ingress.get("rules") if isinstance(ingress, Mapping) else None
    for rule in rules if isinstance(rules, list) else ():
        if isinstance(rule, dict):
            yield rule


def target_of(rule: Mapping[str, Any]) -> str | None:
    """The name of the component that is the target of a rule; None for a redirect."""
    component = rule.get("component")
    return str(component.get("name")) if isinstance(component, Mapping) and component.get("name") else None


def without_rules_of(spec: Spec, components: set[str]) -> Spec:
    """*spec* without the rules whose target is one of *components*."""
    rules = list(rules_of(spec))
    remaining = [rule for rule in rules if target_of(rule) not in components]
    if len(remaining) == len(rules):
        return spec
    return with_rules(spec, remaining)


def with_rules(spec: Spec, rules: list[IngressRule]) -> Spec:
    """*spec* with these ingress rules in place of its own; without rules, an ingress that is left empty is removed."""
    current = spec.get("ingress")
    ingress = {**(current if isinstance(current, Mapping) else {}), "rules": rules}
    if not rules:
        del ingress["rules"]
    result = {**spec, "ingress": ingress}
    if not ingress:
        del result["ingress"]
    return result


def _without_routes(component: Any) -> Any:
    if not isinstance(component, Mapping):
        return component
    return {name: value for name, value in component.items() if name not in ("routes", "cors")}


def _with_routes(rules: list[IngressRule], component: str, routes: Any, cors: Any, mode: Mode) -> list[IngressRule]:
    own = [rule for rule in rules if target_of(rule) == component]
    if routes is None:
        return [_with_cors(rule, cors) if target_of(rule) == component else rule for rule in rules]
    declared = []
    for route in routes if isinstance(routes, list) else [routes]:
        given = _rule(route, component, cors)
        match = canonical_match(given.get("match"))
        old = next((rule for rule in own if canonical_match(rule.get("match")) == match), None)
        declared.append(merge(INGRESS_RULE, old, given, mode))
    replace = (mode.item_mode or mode).for_field("routes").replace_lists or not declared
    unplaced = {frozen(canonical_match(rule.get("match"))): rule for rule in declared}
    result: list[IngressRule] = []
    for rule in rules:
        if target_of(rule) != component:
            result.append(rule)
        elif (replacement := unplaced.pop(frozen(canonical_match(rule.get("match"))), None)) is not None:
            # Routes are unordered, so an existing rule keeps its position.
            result.append(replacement)
        elif not replace:
            result.append(rule)
    for rule in unplaced.values():
        result.insert(_insertion_index(result, rule), rule)
    return result


def _rule(route: Any, component: str, cors: Any) -> IngressRule:
    fields = route if isinstance(route, Mapping) else {"path": route}
    rule: IngressRule = {"match": {"path": {"prefix": fields.get("path") or "/"}}, "component": {"name": component}}
    if fields.get("preserve_path_prefix") is not None:
        rule["component"]["preserve_path_prefix"] = fields["preserve_path_prefix"]
    if cors is not None:
        rule["cors"] = copy.deepcopy(cors)
    return rule


def _with_cors(rule: IngressRule, cors: Any) -> IngressRule:
    merged = merge(INGRESS_RULE, rule, {"cors": cors})
    return merged if isinstance(merged, dict) else rule


def canonical_match(match: Any) -> Any:
    """The canonical form of the match of an ingress rule."""
    return canonical(INGRESS_RULE.fields["match"], match)


def _prefix(rule: Mapping[str, Any]) -> str | None:
    match = rule.get("match")
    path = match.get("path") if isinstance(match, Mapping) else None
    prefix = path.get("prefix") if isinstance(path, Mapping) else None
    return prefix if isinstance(prefix, str) else None


def _insertion_index(rules: list[IngressRule], rule: IngressRule) -> int:
    """The index before the first rule with a shorter prefix of the same path, which would match first; else the end."""
    own_prefix = str(_prefix(rule) or "/")
    for index, other in enumerate(rules):
        prefix = _prefix(other)
        if prefix is not None and prefix != own_prefix and own_prefix.startswith(prefix):
            return index
    return len(rules)
