# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The fields of a spec as data: which exist, of which type, within which bounds.

API reference 4, 5.1 and appendix A.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Union

from ..catalogue import LEGACY_SIZES, REGION_SLUGS, SIZES


@dataclass(frozen=True)
class Text:
    """A string. `choices` makes it an enum; `required` says that an empty one is as bad as none."""

    longest: int | None = None
    shortest: int = 0
    pattern: str = ""
    choices: tuple[str, ...] = ()
    required: bool = False


@dataclass(frozen=True)
class Whole:
    """An integer within bounds. 0 is "not set" and always allowed."""

    low: int = 0
    high: int = 2**31 - 1


@dataclass(frozen=True)
class Number:
    """A number with or without a fraction."""


@dataclass(frozen=True)
class Flag:
    """true or false."""


@dataclass(frozen=True)
class Message:
    """An object with named fields. `name` is what an error message calls it."""

    name: str
    fields: dict[str, Field]


@dataclass(frozen=True)
class Many:
    """A list."""

    of: Field
    most: int | None = None


Field = Union[Text, Whole, Number, Flag, Message, Many]

NAME_PATTERN = r"[a-z][a-z0-9-]{0,30}[a-z0-9]"
NAME = Text(pattern=NAME_PATTERN, longest=32, shortest=2, required=True)
SIZE_SLUGS = tuple(str(size["slug"]) for size in SIZES) + LEGACY_SIZES
JOB_KINDS = ("UNSPECIFIED", "PRE_DEPLOY", "POST_DEPLOY", "FAILED_DEPLOY", "SCHEDULED")

APP_RULES = (
    "DEPLOYMENT_FAILED", "DEPLOYMENT_LIVE", "DEPLOYMENT_STARTED", "DEPLOYMENT_CANCELED",
    "DOMAIN_FAILED", "DOMAIN_LIVE", "AUTOSCALE_FAILED", "AUTOSCALE_SUCCEEDED",
)  # fmt: skip
CONTAINER_RULES = ("CPU_UTILIZATION", "MEM_UTILIZATION", "RESTART_COUNT")
SERVICE_RULES = (*CONTAINER_RULES, "REQUESTS_PER_SECOND", "REQUEST_DURATION_P95_MS")
SCHEDULED_RULES = (*CONTAINER_RULES, "JOB_INVOCATION_FAILED")
FUNCTION_RULES = (
    "FUNCTIONS_ACTIVATION_COUNT", "FUNCTIONS_AVERAGE_DURATION_MS", "FUNCTIONS_ERROR_RATE_PER_MINUTE",
    "FUNCTIONS_AVERAGE_WAIT_TIME_MS", "FUNCTIONS_ERROR_COUNT", "FUNCTIONS_GB_RATE_PER_SECOND",
)  # fmt: skip
ALL_RULES = ("UNSPECIFIED_RULE", *APP_RULES, *SERVICE_RULES, "JOB_INVOCATION_FAILED", *FUNCTION_RULES)

ENV = Message("environment variable", {
    "key": Text(pattern=r"[_A-Za-z][_A-Za-z0-9]*", required=True),
    "value": Text(),
    "scope": Text(choices=("UNSET", "RUN_TIME", "BUILD_TIME", "RUN_AND_BUILD_TIME")),
    "type": Text(choices=("GENERAL", "SECRET")),
})  # fmt: skip
ALERT = Message("alert", {
    "rule": Text(choices=ALL_RULES, required=True),
    "disabled": Flag(),
    "operator": Text(choices=("UNSPECIFIED_OPERATOR", "GREATER_THAN", "LESS_THAN")),
    "value": Number(),
    "window": Text(choices=("UNSPECIFIED_WINDOW", "FIVE_MINUTES", "TEN_MINUTES", "THIRTY_MINUTES", "ONE_HOUR")),
})  # fmt: skip
LOG_DESTINATION = Message("log destination", {
    "name": Text(
        pattern=r"""[A-Za-z0-9()\[\]'"][-A-Za-z0-9_. /()\[\]]{0,40}[A-Za-z0-9()\[\]'"]""",
        longest=42, shortest=2, required=True,
    ),
    "papertrail": Message("Papertrail destination", {"endpoint": Text(required=True)}),
    "datadog": Message("Datadog destination", {"endpoint": Text(), "api_key": Text(required=True)}),
    "logtail": Message("Logtail destination", {"token": Text(required=True)}),
    "open_search": Message("OpenSearch destination", {
        "endpoint": Text(),
        "cluster_name": Text(),
        "index_name": Text(),
        "basic_auth": Message("basic auth", {"user": Text(), "password": Text()}),
    }),
    "endpoint": Text(),
    "tls_insecure": Flag(),
    "headers": Many(Message("header", {"key": Text(), "value": Text()})),
})  # fmt: skip
CORS = Message("CORS policy", {
    "allow_origins": Many(Message("allowed origin", {
        "exact": Text(longest=256), "regex": Text(longest=256), "prefix": Text(longest=256),
    })),
    "allow_methods": Many(Text()),
    "allow_headers": Many(Text()),
    "expose_headers": Many(Text()),
    "max_age": Text(),
    "allow_credentials": Flag(),
})  # fmt: skip
HOSTED: dict[str, Field] = {"branch": Text(), "deploy_on_push": Flag()}
GIT_SOURCES: dict[str, Field] = {
    "git": Message("git source", {"repo_clone_url": Text(longest=255, required=True), "branch": Text()}),
    "github": Message("GitHub source", {"repo": Text(pattern=r"[^/]+/[^/]+", required=True), **HOSTED}),
    "gitlab": Message("GitLab source", {"repo": Text(pattern=r"[^/]+(/[^/]+)+", required=True), **HOSTED}),
    "bitbucket": Message("Bitbucket source", {"repo": Text(pattern=r"[^/]+(/[^/]+)+", required=True), **HOSTED}),
}
IMAGE = Message("image source", {
    "registry_type": Text(choices=("UNSPECIFIED", "DOCR", "DOCKER_HUB", "GHCR"), required=True),
    "registry": Text(longest=192),
    "repository": Text(longest=192, required=True),
    "tag": Text(longest=192),
    "digest": Text(longest=192, pattern=r"sha256:[0-9a-f]{64}"),
    "registry_credentials": Text(),
    "deploy_on_push": Message("deploy_on_push", {"enabled": Flag()}),
})  # fmt: skip

ENVS = Many(ENV)
ALERTS = Many(ALERT)
LOG_DESTINATIONS = Many(LOG_DESTINATION)
BUILD: dict[str, Field] = {
    "dockerfile_path": Text(),
    "build_command": Text(),
    "source_dir": Text(),
    "environment_slug": Text(choices=(
        "node-js", "php", "ruby", "python", "go", "hugo", "html", "hexo", "ruby-on-rails", "jekyll", "gatsby", "bun",
    )),
}  # fmt: skip
ROUTED: dict[str, Field] = {
    "routes": Many(Message("route", {"path": Text(), "preserve_path_prefix": Flag()})),
    "cors": CORS,
}
CONTAINER: dict[str, Field] = {
    "name": NAME,
    **GIT_SOURCES,
    "image": IMAGE,
    **BUILD,
    "run_command": Text(),
    "envs": ENVS,
    "instance_size_slug": Text(choices=SIZE_SLUGS),
    "instance_count": Whole(1, 250),
    "alerts": ALERTS,
    "log_destinations": LOG_DESTINATIONS,
}
CPU = Message("CPU metric", {"percent": Whole(1, 100)})
LIVENESS = Message("liveness check", {
    "http_path": Text(),
    "port": Whole(1, 65535),
    "initial_delay_seconds": Whole(0, 3600),
    "period_seconds": Whole(1, 300),
    "timeout_seconds": Whole(1, 120),
    "success_threshold": Whole(1, 1),
    "failure_threshold": Whole(1, 50),
})  # fmt: skip
HEALTH = Message("health check", {**LIVENESS.fields, "success_threshold": Whole(1, 50), "path": Text()})
GRACE = Whole(1, 600)


def _autoscaling(metrics: dict[str, Field]) -> Message:
    """Autoscaling with these metrics."""
    fields: dict[str, Field] = {"min_instance_count": Whole(1, 250), "max_instance_count": Whole(1, 250)}
    return Message("autoscaling", {**fields, "metrics": Message("autoscaling metrics", metrics)})


SERVICE = Message("service", {
    **CONTAINER,
    **ROUTED,
    "autoscaling": _autoscaling({
        "cpu": CPU,
        "requests_per_second": Message("request metric", {"per_instance": Whole(1)}),
        "request_duration": Message("duration metric", {"p95_milliseconds": Whole(1)}),
    }),
    "http_port": Whole(1, 65535),
    "protocol": Text(choices=("HTTP", "HTTP2")),
    "internal_ports": Many(Whole(1, 65535)),
    "health_check": HEALTH,
    "liveness_health_check": LIVENESS,
    "termination": Message("service termination", {"drain_seconds": Whole(1, 110), "grace_period_seconds": GRACE}),
    "inactivity_sleep": Message("inactivity sleep", {
        "after_seconds": Whole(600, 86400),
        "loading_page": Message("loading page", {"enabled": Flag(), "custom_url": Text()}),
    }),
})  # fmt: skip
WORKER = Message("worker", {
    **CONTAINER,
    "autoscaling": _autoscaling({"cpu": CPU}),
    "liveness_health_check": LIVENESS,
    "termination": Message("worker termination", {"grace_period_seconds": GRACE}),
})  # fmt: skip
JOB = Message("job", {
    **CONTAINER,
    "kind": Text(choices=JOB_KINDS),
    "schedule": Message("schedule", {"cron": Text(required=True), "time_zone": Text()}),
    "timeout": Text(),
    "termination": Message("job termination", {"grace_period_seconds": GRACE}),
})  # fmt: skip
STATIC_SITE = Message("static site", {
    "name": NAME,
    **GIT_SOURCES,
    **BUILD,
    **ROUTED,
    "envs": ENVS,
    "index_document": Text(),
    "error_document": Text(),
    "catchall_document": Text(),
    "output_dir": Text(),
})  # fmt: skip
FUNCTIONS = Message("functions component", {
    "name": NAME,
    **GIT_SOURCES,
    **ROUTED,
    "source_dir": Text(),
    "envs": ENVS,
    "alerts": ALERTS,
    "log_destinations": LOG_DESTINATIONS,
})  # fmt: skip
DATABASE = Message("database", {
    "name": NAME,
    "engine": Text(choices=("UNSET", "MYSQL", "PG", "REDIS", "MONGODB", "KAFKA", "OPENSEARCH", "VALKEY")),
    "version": Text(),
    "production": Flag(),
    "cluster_name": Text(),
    "db_name": Text(),
    "db_user": Text(),
    "size": Text(),
    "num_nodes": Whole(1),
})  # fmt: skip
DOMAIN = Message("domain", {
    "domain": Text(
        shortest=4, longest=253, required=True,
        pattern=r"((xn--)?[a-zA-Z0-9]+(-[a-zA-Z0-9]+)*\.)+[a-zA-Z]{2,}\.?",
    ),
    "type": Text(choices=("UNSPECIFIED", "DEFAULT", "PRIMARY", "ALIAS")),
    "wildcard": Flag(),
    "zone": Text(),
    "minimum_tls_version": Text(choices=("1.2", "1.3")),
    "certificate": Text(),
})  # fmt: skip
RULE = Message("ingress rule", {
    "match": Message("match", {
        "path": Message("path match", {"prefix": Text(longest=256), "exact": Text(longest=256)}),
        "authority": Message("authority match", {"exact": Text(longest=256), "prefix": Text(longest=256)}),
    }),
    "component": Message("ingress component", {
        "name": Text(required=True), "preserve_path_prefix": Flag(), "rewrite": Text(),
    }),
    "redirect": Message("redirect", {
        "uri": Text(),
        "authority": Text(),
        "port": Whole(1, 65535),
        "scheme": Text(choices=("http", "https")),
        "redirect_code": Whole(300, 308),
    }),
    "cors": CORS,
})  # fmt: skip
INGRESS = Message("ingress", {
    "rules": Many(RULE),
    "secure_header": Message("secure header", {"key": Text(), "value": Text(), "remove_header": Flag()}),
    "load_balancer": Text(choices=("UNKNOWN", "DIGITALOCEAN")),
    "load_balancer_size": Whole(1),
    "custom_error_page_url": Text(pattern=r"https://.*"),
})  # fmt: skip
SPEC = Message("app spec", {
    "name": NAME,
    "region": Text(choices=REGION_SLUGS),
    "services": Many(SERVICE),
    "static_sites": Many(STATIC_SITE),
    "workers": Many(WORKER),
    "jobs": Many(JOB),
    "functions": Many(FUNCTIONS),
    "databases": Many(DATABASE),
    "domains": Many(DOMAIN, most=500),
    "envs": ENVS,
    "alerts": ALERTS,
    "features": Many(Text()),
    "ingress": INGRESS,
    "egress": Message("egress", {"type": Text(choices=("AUTOASSIGN", "DEDICATED_IP"))}),
    "maintenance": Message("maintenance", {"enabled": Flag(), "archive": Flag(), "offline_page_url": Text()}),
    "vpc": Message("vpc", {
        "id": Text(), "egress_ips": Many(Message("egress address", {"ip": Text()})),
    }),
    "disable_edge_cache": Flag(),
    "disable_email_obfuscation": Flag(),
    "enhanced_threat_control_enabled": Flag(),
})  # fmt: skip
