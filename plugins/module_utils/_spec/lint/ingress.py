# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.
"""Checks of ingress rules, routes and CORS (API reference 4.9, 8.2)."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator, Mapping
from typing import Any

from ..scalars import canonical_host_name
from ..schema import ROUTABLE
from .components import http_port
from .corrections import NOT_ROUTABLE
from .rules import Finding, finding
from .values import (
    Component,
    components,
    is_given,
    is_true,
    items,
    listed,
    mapping,
    mappings,
    number,
    quoted,
    suggestion,
    text,
)

REDIRECT_CODES = (300, 301, 302, 303, 304, 307, 308)
_PLATFORM_HOST = ".ondigitalocean.app"
_NO_RE2 = re.compile(r"\(\?<?[=!]|(?<!\\)(?:\\\\)*\\[1-9]|\(\?P=")
#: Syntax of RE2 that Python's regular expressions do not have.
_RE2_ONLY = re.compile(r"\\[pP](\{\^?\w+\}|\w)|\\z")


def check_ingress(spec: Mapping[str, Any]) -> Iterator[Finding]:
    """Check rules and routes against the components and domains of the spec."""
    parts = components(spec)
    by_name = {part.name: part for part in reversed(parts) if part.name}
    rules = mappings(mapping(spec.get("ingress")).get("rules"))
    taken: dict[tuple[str, str], str] = {}
    for index, rule in rules:
        path = f"ingress.rules[{index}]"
        yield from _rule(path, rule, by_name)
        yield from _authority(path, rule, spec)
        yield from _cors(f"{path}.cors", mapping(rule.get("cors")))
        yield from _match(path, rule, taken)
    for part in parts:
        yield from _routes(part, taken, with_rules=bool(rules))
    yield from _unreachable(parts, rules)


def _rule(path: str, rule: Mapping[str, Any], by_name: Mapping[str, Component]) -> Iterator[Finding]:
    target, redirect = mapping(rule.get("component")), mapping(rule.get("redirect"))
    if not target and not is_given(rule.get("redirect")):
        yield finding("no_target", path, "it leads nowhere: give component: {name: ...} or redirect")
    name = text(target.get("name"))
    if name:
        yield from _target(f"{path}.component", name, target, by_name)
    if redirect:
        code = number(redirect.get("redirect_code"))
        if code is not None and code not in REDIRECT_CODES:
            message = f"{quoted(code)} does not redirect: give one of {listed(map(str, REDIRECT_CODES))}"
            yield finding("redirect_code", f"{path}.redirect.redirect_code", message)
        if not any(is_given(redirect.get(one)) for one in ("uri", "authority", "port", "scheme")):
            yield finding("empty_redirect", f"{path}.redirect", "it leads nowhere: give uri, authority, port or scheme")


def _target(path: str, name: str, target: Mapping[str, Any], by_name: Mapping[str, Component]) -> Iterator[Finding]:
    part = by_name.get(name)
    if part is None:
        routable = [one.name for one in by_name.values() if one.section in ROUTABLE]
        yield finding(
            "unknown_target", f"{path}.name", f"no component has the name {quoted(name)}; {suggestion(name, routable)}"
        )
    elif part.section not in ROUTABLE:
        advice = NOT_ROUTABLE.get(part.section, "a database is not routable: remove the rule")
        yield finding("unroutable_target", f"{path}.name", f"{quoted(name)} takes no requests: {advice}")
    elif part.section == "services" and http_port(part.fields) is None:
        message = f"the service {name} has internal ports only: give it an http_port, or remove the rule"
        yield finding("unroutable_target", f"{path}.name", message)
    elif part.section == "functions" and is_true(target.get("preserve_path_prefix")):
        message = "it has no effect for functions: leave it out"
        yield finding("prefix_of_functions", f"{path}.preserve_path_prefix", message)


def _authority(path: str, rule: Mapping[str, Any], spec: Mapping[str, Any]) -> Iterator[Finding]:
    host = canonical_host_name(text(mapping(mapping(rule.get("match")).get("authority")).get("exact")))
    domains = {
        canonical_host_name(text(one.get("domain"))): is_true(one.get("wildcard"))
        for _index, one in mappings(spec.get("domains"))
    }
    where = f"{path}.match.authority.exact"
    if not host or any(host == name or (wild and host.endswith(f".{name}")) for name, wild in domains.items()):
        return
    if host.endswith(_PLATFORM_HOST):
        message = "it is the app's own platform host, for which the platform may want no authority: leave it out"
        yield finding("default_authority", where, message)
        return
    message = f"{quoted(host)} is no domain of this app: add it to domains, or correct it"
    yield finding("unknown_authority", where, f"{message}; {suggestion(host, [one for one in domains if one])}")


def _match(path: str, rule: Mapping[str, Any], taken: dict[tuple[str, str], str]) -> Iterator[Finding]:
    match = mapping(rule.get("match"))
    authority, paths = mapping(match.get("authority")), mapping(match.get("path"))
    host = f"{text(authority.get('exact'))} {text(authority.get('prefix'))}".strip().lower()
    exact = text(paths.get("exact"))
    prefix = text(paths.get("prefix"))
    for name, value in (("exact", exact), ("prefix", prefix)):
        if value and not value.startswith("/"):
            yield finding(
                "path_form", f"{path}.match.path.{name}", f"{quoted(value)} is no path: write {quoted(f'/{value}')}"
            )
    yield from _duplicate(path, (host, f"= {exact}" if exact else prefix.rstrip("/")), taken)


def _duplicate(path: str, key: tuple[str, str], taken: dict[tuple[str, str], str]) -> Iterator[Finding]:
    first = taken.setdefault(key, path)
    if first != path:
        host = f" of the host {quoted(key[0])}" if key[0] else ""
        shown = quoted(key[1].removeprefix("= ") or "/")
        message = (
            f"requests for {shown}{host} are taken by {first} already: give one of them another path, or remove it"
        )
        yield finding("duplicate_rule", path, message)


def _routes(part: Component, taken: dict[tuple[str, str], str], *, with_rules: bool) -> Iterator[Finding]:
    if part.section not in ROUTABLE:
        return
    routes = mappings(part.fields.get("routes"))
    if routes and with_rules:
        message = "the app has ingress rules, and routes are another way to write these: write them into ingress.rules"
        yield finding("routes_and_rules", f"{part.path}.routes", message)
        return
    for index, route in routes:
        path, prefix = f"{part.path}.routes[{index}]", text(route.get("path"))
        if prefix and not prefix.startswith("/"):
            yield finding("path_form", f"{path}.path", f"{quoted(prefix)} is no path: write {quoted(f'/{prefix}')}")
        yield from _duplicate(path, ("", prefix.rstrip("/")), taken)
    yield from _cors(f"{part.path}.cors", mapping(part.fields.get("cors")))


def _unreachable(parts: list[Component], rules: list[tuple[int, Mapping[str, Any]]]) -> Iterator[Finding]:
    """Public components without a rule; the platform routes to a single public component without one."""
    names = {part.name for part in parts}
    targets = {text(target.get("name")) for target in (mapping(rule.get("component")) for _i, rule in rules) if target}
    if targets - names:
        # A rule's target is probably one of the components under another name.
        return
    public = [part for part in parts if _is_public(part)]
    routed = [part for part in public if mappings(part.fields.get("routes")) or part.name in targets]
    if not routed and len(public) < 2 and not rules:
        return
    for part in public:
        # A service may serve other components only.
        if part not in routed and (not routed or part.section != "services"):
            message = (
                f"no ingress rule leads to the {part.kind} {part.name}: add one, such as match: {{path: {{prefix: /}}}}"
            )
            yield finding("unreachable", part.path, message)


def _is_public(part: Component) -> bool:
    return part.section in ROUTABLE and (part.section != "services" or http_port(part.fields) is not None)


def _cors(path: str, cors: Mapping[str, Any]) -> Iterator[Finding]:
    for index, origin in enumerate(items(cors.get("allow_origins"))):
        where = f"{path}.allow_origins[{index}]"
        if isinstance(origin, Mapping) and not any(is_given(origin.get(one)) for one in ("exact", "regex", "prefix")):
            yield finding("cors_origin", where, "it says nothing: give exact or regex")
        regex = text(mapping(origin).get("regex"))
        if regex and not _is_re2(regex):
            message = "it is not an expression that RE2 understands, which has no look-ahead and no \\1: correct it"
            yield finding("cors_regex", f"{where}.regex", message)


def _is_re2(regex: str) -> bool:
    if _NO_RE2.search(regex):
        return False
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            re.compile(_RE2_ONLY.sub("x", regex))
    except (re.error, OverflowError, RecursionError):
        return False
    return True
