# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a spec consists of and what connects it: domains, ingress rules, components, bindings. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable

from .. import catalogue
from ..model import COMPONENT_LISTS, as_list
from ..wire import Json
from .model import Component, Link, Rule, Shape

# A binding: ${name.VARIABLE}; ${VARIABLE} without a name is the app's own.
_BINDING = re.compile(r"\$\{(?:([A-Za-z0-9_-]+)\.)?([A-Za-z_][A-Za-z0-9_.]*)\}")
_ENGINES = {"PG": "PostgreSQL", "MYSQL": "MySQL", "REDIS": "Redis", "MONGODB": "MongoDB", "KAFKA": "Kafka",
            "OPENSEARCH": "OpenSearch", "VALKEY": "Valkey"}  # fmt: skip


def shape_of(spec: Json, reveal: Callable[[str], str | None]) -> Shape:
    """The picture of a spec. `reveal` gives what an encrypted value stands for: many secrets are bindings, of which
    nothing but the names is kept.
    """
    return Shape(
        domains=tuple(str(item["domain"]) for item in as_list(spec.get("domains"))),
        rules=tuple(_rule(item) for item in as_list((spec.get("ingress") or {}).get("rules"))),
        components=tuple(_components(spec)),
        links=tuple(_links(spec, reveal)),
    )


def _rule(rule: Json) -> Rule:
    match = rule.get("match") or {}
    path, authority = match.get("path") or {}, match.get("authority") or {}
    where = str(authority.get("exact") or "")
    if authority.get("prefix"):
        where = f"{authority['prefix']}…"
    text = where + (f"{path['exact']} exactly" if path.get("exact") else str(path.get("prefix") or "/"))
    redirect = rule.get("redirect") or {}
    target = ""
    if redirect:
        scheme = f"{redirect['scheme']}://" if redirect.get("scheme") else ""
        port = f":{redirect['port']}" if redirect.get("port") else ""
        place = f"{scheme}{redirect.get('authority', '')}{port}{redirect.get('uri', '')}"
        target = f"{redirect.get('redirect_code', 302)} to {place or 'the same place'}"
    return Rule(text, str((rule.get("component") or {}).get("name", "")), target)


def _components(spec: Json) -> list[Component]:
    found: list[Component] = []
    for kind, word in COMPONENT_LISTS.items():
        for item in as_list(spec.get(kind)):
            shown = str(item.get("kind", "POST_DEPLOY")) if kind == "jobs" else word
            found.append(Component(str(item["name"]), shown, _about(kind, item), _usd(kind, item)))
    for item in as_list(spec.get("databases")):
        engine = _ENGINES.get(str(item.get("engine", "PG")), str(item.get("engine", "")))
        version = f" {item['version']}" if item.get("version") else ""
        production = bool(item.get("production"))
        about = f"{engine}{version}, " + (f"cluster {item.get('cluster_name', '')}" if production else "development")
        found.append(Component(str(item["name"]), "database", about.rstrip(), None if production else 7.0))
    return found


def _about(kind: str, item: Json) -> str:
    """In a few words: how many of what size, or when it runs."""
    if kind == "jobs" and item.get("schedule"):
        schedule = item["schedule"]
        return f"{schedule.get('cron', '')} {schedule.get('time_zone') or 'UTC'}"
    if kind in {"services", "workers"}:
        scaling = item.get("autoscaling")
        count = str(item.get("instance_count", 1))
        if scaling:
            count = f"{scaling.get('min_instance_count', 1)} to {scaling.get('max_instance_count', 1)}"
        return f"{count} x {item.get('instance_size_slug') or catalogue.DEFAULT_SIZE}"
    if kind == "jobs":
        return str(item.get("run_command") or "the command of the image")
    return str(item.get("output_dir") or item.get("source_dir") or "")


def _usd(kind: str, item: Json) -> float | None:
    """USD a month; None for what is not billed by the month."""
    if kind not in {"services", "workers"}:
        return None
    size = catalogue.size_of(item.get("instance_size_slug") or catalogue.DEFAULT_SIZE) or {}
    count = (item.get("autoscaling") or {}).get("min_instance_count") or item.get("instance_count") or 1
    return float(size.get("usd_per_month", 0)) * count


def _links(spec: Json, reveal: Callable[[str], str | None]) -> list[Link]:
    owners = [("", as_list(spec.get("envs")))]
    names: set[str] = set()
    for kind in (*COMPONENT_LISTS, "databases"):
        for item in as_list(spec.get(kind)):
            names.add(str(item["name"]))
            owners.append((str(item["name"]), as_list(item.get("envs"))))
    found: dict[tuple[str, str], list[str]] = {}
    for owner, envs in owners:
        for env in envs:
            for source, variable in _BINDING.findall(reveal(str(env.get("value", ""))) or ""):
                known = source in names and source != owner
                if known and variable not in found.setdefault((owner, source), []):
                    found[owner, source].append(variable)
    return [Link(user, source, tuple(variables)) for (user, source), variables in found.items()]
