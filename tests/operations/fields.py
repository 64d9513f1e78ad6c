"""Every field of the app spec as data: where it stands, two values of it, and what it needs beside it."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ansible_collections.oceanops.app_platform.plugins.module_utils._spec.schema import COMPONENTS, SPEC
from ansible_collections.oceanops.app_platform.plugins.module_utils._spec.schema_types import (
    Listing,
    Node,
    Record,
    Scalar,
)

IMAGE = {"registry_type": "DOCR", "repository": "shop", "tag": "1.0"}
GITHUB = {"repo": "example/shop", "branch": "main"}
#: The least that a component needs.
LEAST: dict[str, dict[str, Any]] = {
    "services": {"name": "thing", "image": IMAGE, "http_port": 8080},
    "workers": {"name": "thing", "image": IMAGE, "run_command": "work"},
    "jobs": {"name": "thing", "kind": "PRE_DEPLOY", "image": IMAGE, "run_command": "x"},
    "static_sites": {"name": "thing", "github": GITHUB},
    "functions": {"name": "thing", "github": GITHUB},
    "databases": {"name": "thing", "engine": "PG"},
}
BASE: dict[str, Any] = {
    "name": "shop",
    "region": "ams",
    "workers": [{"name": "other", "image": IMAGE, "run_command": "other"}],
}

#: Values by the end of a path, where those of the type are not possible. The longest end that fits counts.
VALUES: dict[str, tuple[Any, Any]] = {
    "log_destinations.name": ("one", "two"),
    "headers.key": ("X-One", "X-Two"),
    "environment_slug": ("python", "go"),
    "services.alerts.rule": ("CPU_UTILIZATION", "MEM_UTILIZATION"),
    "jobs.alerts.rule": ("CPU_UTILIZATION", "MEM_UTILIZATION"),
    "workers.alerts.rule": ("CPU_UTILIZATION", "MEM_UTILIZATION"),
    "functions.alerts.rule": ("FUNCTIONS_ERROR_COUNT", "FUNCTIONS_ACTIVATION_COUNT"),
    "spec.alerts.rule": ("DEPLOYMENT_FAILED", "DEPLOYMENT_LIVE"),
    "jobs.kind": ("POST_DEPLOY", "SCHEDULED"),
    "image.registry_type": ("GHCR", "DOCKER_HUB"),
    "image.registry": ("org-one", "org-two"),
    "image.repository": ("one", "two"),
    "image.tag": ("2.0", "3.0"),
    "image.digest": ("sha256:" + "a" * 64, "sha256:" + "b" * 64),
    "image.registry_credentials": ("user:token-number-one", "user:token-number-two"),
    "repo": ("example/one", "example/two"),
    "git.repo_clone_url": ("https://example.com/one.git", "https://example.com/two.git"),
    "schedule.cron": ("0 3 * * *", "30 4 * * 1"),
    "schedule.time_zone": ("Europe/Berlin", "Asia/Kolkata"),
    "timeout": ("45m", "1h30m"),
    "cors.max_age": ("1h", "2h"),
    "instance_size_slug": ("apps-s-1vcpu-1gb", "apps-s-1vcpu-2gb"),
    "instance_count": (2, 3),
    "internal_ports": ([9000], [9000, 9001]),
    "health_check.port": (8080, 9000),
    "liveness_health_check.port": (8080, 9000),
    "success_threshold": (1, 1),
    "min_instance_count": (2, 3),
    "max_instance_count": (5, 6),
    "domains.domain": ("shop.example.com", "store.example.com"),
    "domains.type": ("PRIMARY", "ALIAS"),
    "envs.key": ("ONE", "TWO"),
    "envs.type": ("GENERAL", "SECRET"),
    "envs.scope": ("RUN_TIME", "BUILD_TIME"),
    "vpc.id": ("c22d8f48-4bc4-49f5-8ca0-58e7164427ac", "c22d8f48-4bc4-49f5-8ca0-58e7164427ad"),
    "papertrail.endpoint": ("syslog+tls://example.com:1", "syslog+tls://example.com:2"),
    "open_search.endpoint": ("https://example.com:25060", "https://example.org:25060"),
    "datadog.endpoint": ("https://http-intake.logs.datadoghq.com", "https://http-intake.logs.datadoghq.eu"),
    "custom_error_page_url": ("https://example.com/one", "https://example.com/two"),
    "offline_page_url": ("https://example.com/one", "https://example.com/two"),
    "inactivity_sleep.after_seconds": (900, 1800),
    "custom_url": ("https://example.com/one", "https://example.com/two"),
    "redirect.redirect_code": (301, 308),
    "redirect.scheme": ("http", "https"),
    "ingress.rules.match.path.prefix": ("/one", "/two"),
    "ingress.rules.match.path.exact": ("/one", "/two"),
    "component.name": ("thing", "second"),
    "component.rewrite": ("/one", "/two"),
    "redirect.authority": ("example.com", "example.org"),
    "match.authority.exact": ("shop.example.com", "store.example.com"),
    "match.authority.prefix": ("shop", "store"),
    "allow_origins.exact": ("https://example.com", "https://example.org"),
    "allow_origins.regex": ("^https://a", "^https://b"),
    "allow_origins.prefix": ("https://a", "https://b"),
    "allow_methods": (["GET"], ["GET", "POST"]),
    "features": (["buildpack-stack=ubuntu-22"], ["buildpack-stack=ubuntu-18"]),
    "routes": ([{"path": "/one"}], [{"path": "/two"}]),
    "databases.version": ("15", "16"),
    "region": ("ams", "fra"),
    "ingress.load_balancer": ("DIGITALOCEAN", "DIGITALOCEAN"),
}
#: What stands beside a field, in the record that has it. The longest end of the path that fits counts.
BESIDE: dict[str, dict[str, Any]] = {
    "services.alerts": {"rule": "CPU_UTILIZATION", "operator": "GREATER_THAN", "value": 50, "window": "ONE_HOUR"},
    "workers.alerts": {"rule": "CPU_UTILIZATION", "operator": "GREATER_THAN", "value": 50, "window": "ONE_HOUR"},
    "jobs.alerts": {"rule": "CPU_UTILIZATION", "operator": "GREATER_THAN", "value": 50, "window": "ONE_HOUR"},
    "functions.alerts": {"rule": "FUNCTIONS_ERROR_COUNT", "operator": "GREATER_THAN", "value": 5, "window": "ONE_HOUR"},
    "alerts": {"rule": "DEPLOYMENT_FAILED"},
    "image.registry_type": {"registry": "org", "repository": "one", "tag": "1"},
    "image.registry": {"registry_type": "GHCR", "repository": "one", "tag": "1"},
    "image.registry_credentials": {"registry_type": "GHCR", "registry": "org", "repository": "one", "tag": "1"},
    "image": {"registry_type": "DOCR", "repository": "shop"},
    "image.deploy_on_push": {"registry_type": "DOCR", "repository": "shop", "tag": "1"},
    "deploy_on_push.enabled": {},
    "github": {"repo": "example/shop"},
    "gitlab": {"repo": "example/shop"},
    "bitbucket": {"repo": "example/shop"},
    "git": {"repo_clone_url": "https://example.com/one.git", "branch": "main"},
    "schedule": {"cron": "0 3 * * *"},
    "envs": {"key": "ONE", "value": "a value of some length"},
    "domains": {"domain": "shop.example.com"},
    "metrics.cpu": {},
    "autoscaling": {"min_instance_count": 1, "max_instance_count": 7, "metrics": {"cpu": {"percent": 60}}},
    "log_destinations": {"name": "logs", "logtail": {"token": "token-of-logtail"}},
    "log_destinations.endpoint": {"name": "logs"},
    "log_destinations.tls_insecure": {"name": "logs", "endpoint": "https://example.com"},
    "log_destinations.headers": {"name": "logs", "endpoint": "https://example.com"},
    "headers.key": {"key": "Authorization", "value": "one-value-of-it"},
    "headers.value": {"key": "Authorization"},
    "papertrail": {},
    "datadog": {"api_key": "key-of-datadog"},
    "open_search": {"endpoint": "https://example.com:25060", "basic_auth": {"user": "u", "password": "p"}},
    "open_search.cluster_name": {"basic_auth": {"user": "u", "password": "pass-word"}},
    "basic_auth": {"user": "u", "password": "pass-word"},
    "rules": {"match": {"path": {"prefix": "/"}}, "component": {"name": "thing"}},
    "rules.redirect": {},
    "redirect": {"uri": "/elsewhere"},
    "match": {"path": {"prefix": "/x"}},
    "component": {"name": "thing"},
    "allow_origins": {},
    "secure_header": {"key": "X-Secret", "value": "a-value-of-a-header"},
    "loading_page": {"enabled": True},
    "inactivity_sleep": {"after_seconds": 900},
    "maintenance": {"enabled": True},
}


@dataclass(frozen=True)
class Field:
    """One field: its path (lists without an index), and the app's spec with one value and with another one."""

    path: str
    values: tuple[Any, Any]
    one: dict[str, Any]
    other: dict[str, Any]


def fields() -> Iterator[Field]:
    """Every field that a person may declare, in the order of the schema."""
    for path, node in _leaves(SPEC, ""):
        if path == "name" or (path.endswith(".name") and path.count(".") == 1):
            continue
        values = _values(path, node)
        yield Field(path, values, _spec(path, values[0]), _spec(path, values[1]))


def _leaves(node: Node, path: str) -> Iterator[tuple[str, Node]]:
    if isinstance(node, Record):
        for name, child in node.fields.items():
            if not getattr(child, "read_only", False) and not (isinstance(child, Scalar) and child.deprecated):
                yield from _leaves(child, f"{path}.{name}" if path else name)
    elif isinstance(node, Listing) and isinstance(node.item, Record) and not path.endswith(".routes"):
        yield from _leaves(node.item, path)
    else:
        yield path, node


def _longest(path: str, table: dict[str, Any]) -> Any:
    fits = [key for key in table if path == key or path.endswith(f".{key}")]
    return table[max(fits, key=lambda key: (key.count("."), len(key)))] if fits else None


def _values(path: str, node: Node) -> tuple[Any, Any]:
    known = _longest(path, VALUES)
    if known is not None:
        return known
    if isinstance(node, Listing):
        return ["one"], ["one", "two"]
    if isinstance(node, Scalar) and node.choices:
        words = [word for word in node.choices if word != node.default]
        return words[0], words[-1]
    kind = node.type if isinstance(node, Scalar) else "str"
    if kind == "bool":
        return True, False
    if kind in ("int", "float"):
        low = int(node.minimum or 1) if isinstance(node, Scalar) else 1
        return low + 1, low + 2
    return "one", "two"


def _spec(path: str, value: Any) -> dict[str, Any]:
    """The app's spec with the value in its place."""
    spec = copy.deepcopy(BASE)
    steps = path.split(".")
    section = steps[0]
    holder: dict[str, Any] = spec
    if section in COMPONENTS:
        holder = copy.deepcopy(LEAST[section])
        spec[section] = [*spec.get(section, []), holder]
        _set(holder, section, steps[1:], value)
        _complete(spec, section, holder, path)
    else:
        if section in ("ingress", "domains"):
            spec["services"] = [copy.deepcopy(LEAST["services"]), {**LEAST["services"], "name": "second"}]
            spec["services"][1] = copy.deepcopy(spec["services"][1])
        _set(spec, "", steps, value)
        _complete(spec, section, spec, path)
    return spec


def _set(holder: dict[str, Any], path: str, steps: list[str], value: Any) -> None:
    node: Any = SPEC
    for step in filter(None, path.split(".")):
        node = node.fields[step]
    for number, step in enumerate(steps):
        node = node.item if isinstance(node, Listing) else node
        child = node.fields[step]
        path = f"{path}.{step}" if path else step
        if number == len(steps) - 1:
            _clear(node, holder, step)
            holder[step] = value
            return
        _clear(node, holder, step)
        below = ".".join(steps[number + 1 :])
        beside = copy.deepcopy(_beside(path, below))
        holder[step] = [beside] if isinstance(child, Listing) else beside
        holder = beside
        node = child


def _beside(path: str, below: str) -> dict[str, Any]:
    """What stands in the record at a path: said for the field that is set in it, or for the record."""
    steps = below.split(".")
    for number in range(len(steps), -1, -1):
        key = ".".join([path, *steps[:number]])
        fits = [one for one in BESIDE if key == one or key.endswith(f".{one}")]
        if fits:
            best = max(fits, key=len)
            if number == 0 or best.split(".")[0] == path.rsplit(".", maxsplit=1)[-1]:
                return BESIDE[best]
    return {}


def _clear(node: Record, holder: dict[str, Any], step: str) -> None:
    """What may not stand beside the field goes."""
    for group in node.exclusive:
        if step in group:
            for name in group:
                if name != step:
                    holder.pop(name, None)


def _complete(spec: dict[str, Any], section: str, holder: dict[str, Any], path: str) -> None:
    """What the platform wants to go with a field."""
    if path.startswith("jobs.schedule") or "JOB_INVOCATION_FAILED" in str(holder.get("alerts")):
        holder["kind"] = "SCHEDULED"
        holder.setdefault("schedule", {"cron": "0 3 * * *"})
    if path == "jobs.kind" and holder["kind"] == "SCHEDULED":
        holder["schedule"] = {"cron": "0 3 * * *"}
    if "autoscaling" in path:
        holder["instance_size_slug"] = "apps-d-1vcpu-2gb"
    if path.endswith("instance_count") and "autoscaling" not in path:
        holder["instance_size_slug"] = "apps-s-1vcpu-1gb"
    if path.endswith("environment_slug") and "image" in holder:
        del holder["image"]
        holder["github"] = GITHUB
    if path == "ingress.rules.match.authority.exact":
        spec["domains"] = [{"domain": "shop.example.com"}, {"domain": "store.example.com"}]
    if path.endswith("health_check.port") and section == "services":
        holder["internal_ports"] = [9000]
    if path == "databases.cluster_name" or path in ("databases.db_name", "databases.db_user", "databases.production"):
        holder.update(production=True, cluster_name=holder.get("cluster_name", "cluster"))
    if path == "databases.engine":
        holder.update(production=True, cluster_name="cluster")
    if section in ("services", "static_sites", "functions") and ".cors." in path:
        holder["routes"] = [{"path": "/"}]
