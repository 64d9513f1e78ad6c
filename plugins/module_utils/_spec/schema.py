# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.
"""The schema of an app spec as data (API reference 4, 5, 8 and appendix A)."""

from __future__ import annotations

from collections.abc import Mapping

from .schema_types import Listing, Node, Record, Scalar

NAME_PATTERN = r"^[a-z][a-z0-9-]{0,30}[a-z0-9]$"
ENV_KEY_PATTERN = r"^[_A-Za-z][_A-Za-z0-9]*$"
DOMAIN_PATTERN = r"^((xn--)?[a-zA-Z0-9]+(-[a-zA-Z0-9]+)*\.)+[a-zA-Z]{2,}\.?$"
LOG_DESTINATION_PATTERN = r"^[A-Za-z0-9()\[\]'\"][-A-Za-z0-9_. \/()\[\]]{0,40}[A-Za-z0-9()\[\]'\"]$"

REGIONS = ("atl", "nyc", "sfo", "tor", "ams", "fra", "lon", "blr", "sgp", "syd")
JOB_KINDS = ("PRE_DEPLOY", "POST_DEPLOY", "FAILED_DEPLOY", "SCHEDULED")
DEFAULT_JOB_KIND = "POST_DEPLOY"
DEFAULT_HTTP_PORT = 8080
DEFAULT_SCOPE = "RUN_AND_BUILD_TIME"
SOURCES = ("image", "github", "gitlab", "bitbucket", "git")

APP_ALERT_RULES = (
    "DEPLOYMENT_FAILED",
    "DEPLOYMENT_LIVE",
    "DEPLOYMENT_STARTED",
    "DEPLOYMENT_CANCELED",
    "DOMAIN_FAILED",
    "DOMAIN_LIVE",
    "AUTOSCALE_FAILED",
    "AUTOSCALE_SUCCEEDED",
)
CONTAINER_ALERT_RULES = ("CPU_UTILIZATION", "MEM_UTILIZATION", "RESTART_COUNT")
SERVICE_ALERT_RULES = (*CONTAINER_ALERT_RULES, "REQUESTS_PER_SECOND", "REQUEST_DURATION_P95_MS")
SCHEDULED_ALERT_RULE = "JOB_INVOCATION_FAILED"
FUNCTION_ALERT_RULES = (
    "FUNCTIONS_ACTIVATION_COUNT",
    "FUNCTIONS_AVERAGE_DURATION_MS",
    "FUNCTIONS_ERROR_RATE_PER_MINUTE",
    "FUNCTIONS_AVERAGE_WAIT_TIME_MS",
    "FUNCTIONS_ERROR_COUNT",
    "FUNCTIONS_GB_RATE_PER_SECOND",
)

_TEXT = Scalar()
#: A URL, or a part of one, in which users also put passwords and tokens.
_URL = Scalar(url=True)
_BOOL = Scalar(type="bool")
_INT = Scalar(type="int")


def _repository() -> Record:
    return Record(
        {"repo": Scalar(required=True), "branch": _TEXT, "deploy_on_push": _BOOL}, dependents={"repo": ("branch",)}
    )


IMAGE = Record(
    {
        "registry_type": Scalar(choices=("DOCR", "DOCKER_HUB", "GHCR"), unset="UNSPECIFIED", required=True),
        "registry": Scalar(max_length=192),
        "repository": Scalar(required=True, max_length=192),
        "tag": Scalar(max_length=192),
        "digest": Scalar(max_length=192, pattern=r"^sha256:[0-9a-f]{64}$"),
        "registry_credentials": Scalar(secret=True),
        "deploy_on_push": Record({"enabled": _BOOL}, filled=True),
    },
    exclusive=(("tag", "digest"),),
    dependents={
        "registry_type": ("registry", "repository", "tag", "digest", "registry_credentials", "deploy_on_push"),
        "registry": ("repository", "tag", "digest", "registry_credentials", "deploy_on_push"),
        "repository": ("tag", "digest"),
    },
    implied={"tag": ("latest", "digest")},
)

ENV = Record(
    {
        "key": Scalar(required=True, pattern=ENV_KEY_PATTERN),
        "value": _TEXT,
        "scope": Scalar(choices=("RUN_TIME", "BUILD_TIME", DEFAULT_SCOPE), default=DEFAULT_SCOPE, unset="UNSET"),
        "type": Scalar(choices=("GENERAL", "SECRET"), default="GENERAL"),
    }
)
ENVS = Listing(ENV, key=("key", "scope"))

_ALERT_TUNING: Mapping[str, Node] = {
    "disabled": _BOOL,
    "operator": Scalar(choices=("GREATER_THAN", "LESS_THAN"), unset="UNSPECIFIED_OPERATOR"),
    "value": Scalar(type="float"),
    "window": Scalar(choices=("FIVE_MINUTES", "TEN_MINUTES", "THIRTY_MINUTES", "ONE_HOUR"), unset="UNSPECIFIED_WINDOW"),
}


def _alerts(rules: tuple[str, ...]) -> Listing:
    return Listing(Record({"rule": Scalar(required=True, choices=rules), **_ALERT_TUNING}), key=("rule",))


LOG_DESTINATIONS = Listing(
    Record(
        {
            "name": Scalar(required=True, min_length=2, max_length=42, pattern=LOG_DESTINATION_PATTERN),
            "papertrail": Record({"endpoint": Scalar(required=True, url=True)}),
            "datadog": Record({"endpoint": _URL, "api_key": Scalar(required=True, secret=True)}),
            "logtail": Record({"token": Scalar(required=True, secret=True)}),
            "open_search": Record(
                {
                    "endpoint": _URL,
                    "basic_auth": Record({"user": _TEXT, "password": Scalar(secret=True)}),
                    "index_name": Scalar(default="logs"),
                    "cluster_name": _TEXT,
                },
                exclusive=(("endpoint", "cluster_name"),),
            ),
            "endpoint": _URL,
            "tls_insecure": _BOOL,
            "headers": Listing(Record({"key": Scalar(required=True), "value": Scalar(secret=True)}), key=("key",)),
        },
        exclusive=(("papertrail", "datadog", "logtail", "open_search"),),
    ),
    key=("name",),
)

CORS = Record(
    {
        "allow_origins": Listing(
            Record(
                {
                    "exact": Scalar(max_length=256),
                    "prefix": Scalar(max_length=256, deprecated=True),
                    "regex": Scalar(min_length=1, max_length=256),
                },
                exclusive=(("exact", "prefix", "regex"),),
            ),
            ordered=True,
        ),
        "allow_methods": Listing(_TEXT),
        "allow_headers": Listing(_TEXT),
        "expose_headers": Listing(_TEXT),
        "max_age": Scalar(type="duration"),
        "allow_credentials": _BOOL,
    }
)
_ROUTES = Listing(Record({"path": _TEXT, "preserve_path_prefix": _BOOL}), ordered=True, deprecated=True)
_ROUTED: Mapping[str, Node] = {"routes": _ROUTES, "cors": Record(CORS.fields, deprecated=True)}


def _health_check(success_maximum: int, *, services_only: bool) -> Record:
    fields: dict[str, Node] = {
        "http_path": _URL,
        "port": Scalar(type="int", minimum=1, maximum=65535),
        "initial_delay_seconds": Scalar(type="int", minimum=0, maximum=3600),
        "period_seconds": Scalar(type="int", minimum=1, maximum=300),
        "timeout_seconds": Scalar(type="int", minimum=1, maximum=120),
        "success_threshold": Scalar(type="int", minimum=1, maximum=success_maximum),
        "failure_threshold": Scalar(type="int", minimum=1, maximum=50),
    }
    if services_only:
        fields["path"] = Scalar(deprecated=True, url=True)
    return Record(fields)


def _autoscaling(*, services_only: bool) -> Record:
    metrics: dict[str, Node] = {"cpu": Record({"percent": Scalar(type="int", minimum=1, maximum=100)})}
    if services_only:
        metrics["requests_per_second"] = Record({"per_instance": Scalar(type="int", minimum=1)})
        metrics["request_duration"] = Record({"p95_milliseconds": Scalar(type="int", minimum=1)})
    return Record(
        {
            "min_instance_count": Scalar(type="int", minimum=1),
            "max_instance_count": Scalar(type="int", minimum=1, maximum=250),
            "metrics": Record(metrics),
        }
    )


_GRACE = Scalar(type="int", minimum=1, maximum=600)
COMPONENT_NAME = Scalar(required=True, pattern=NAME_PATTERN, min_length=2, max_length=32)

_REPOSITORIES: Mapping[str, Node] = {
    "github": _repository(),
    "gitlab": _repository(),
    "bitbucket": _repository(),
    "git": Record(
        {"repo_clone_url": Scalar(required=True, max_length=255, url=True), "branch": _TEXT},
        dependents={"repo_clone_url": ("branch",)},
    ),
}
_BUILT: Mapping[str, Node] = {
    "dockerfile_path": _TEXT,
    "build_command": Scalar(type="command"),
    "source_dir": Scalar(type="directory"),
    "environment_slug": _TEXT,
    "envs": ENVS,
}
_CONTAINER: Mapping[str, Node] = {
    "name": COMPONENT_NAME,
    "image": IMAGE,
    **_REPOSITORIES,
    **_BUILT,
    "run_command": Scalar(type="command"),
    "instance_size_slug": Scalar(filled=True),
    "instance_count": Scalar(type="int", default=1, minimum=1, maximum=250),
    "log_destinations": LOG_DESTINATIONS,
}

JOB = Record(
    {
        **_CONTAINER,
        "kind": Scalar(choices=JOB_KINDS, default=DEFAULT_JOB_KIND, unset="UNSPECIFIED"),
        "schedule": Record({"cron": Scalar(required=True), "time_zone": Scalar(default="UTC")}),
        "timeout": Scalar(type="duration"),
        "termination": Record({"grace_period_seconds": _GRACE}),
        "alerts": _alerts((*CONTAINER_ALERT_RULES, SCHEDULED_ALERT_RULE)),
    },
    exclusive=(SOURCES,),
)
SERVICE = Record(
    {
        **_CONTAINER,
        **_ROUTED,
        "http_port": Scalar(type="int", minimum=1, maximum=65535, filled=True),
        "protocol": Scalar(choices=("HTTP", "HTTP2"), default="HTTP"),
        "internal_ports": Listing(Scalar(type="int", minimum=1, maximum=65535)),
        "health_check": _health_check(50, services_only=True),
        "liveness_health_check": _health_check(1, services_only=False),
        "autoscaling": _autoscaling(services_only=True),
        "termination": Record(
            {"drain_seconds": Scalar(type="int", minimum=1, maximum=110), "grace_period_seconds": _GRACE}
        ),
        "inactivity_sleep": Record(
            {
                "after_seconds": Scalar(type="int", minimum=600, maximum=86400),
                "loading_page": Record({"enabled": _BOOL, "custom_url": _URL}),
            }
        ),
        "alerts": _alerts(SERVICE_ALERT_RULES),
    },
    exclusive=(SOURCES, ("instance_count", "autoscaling")),
    implied={"http_port": (DEFAULT_HTTP_PORT, "internal_ports")},
    overruled={"instance_count": "autoscaling"},
)
WORKER = Record(
    {
        **_CONTAINER,
        "liveness_health_check": _health_check(1, services_only=False),
        "autoscaling": _autoscaling(services_only=False),
        "termination": Record({"grace_period_seconds": _GRACE}),
        "alerts": _alerts(CONTAINER_ALERT_RULES),
    },
    exclusive=(SOURCES, ("instance_count", "autoscaling")),
    overruled={"instance_count": "autoscaling"},
)
STATIC_SITE = Record(
    {
        "name": COMPONENT_NAME,
        **_REPOSITORIES,
        **_BUILT,
        **_ROUTED,
        "index_document": Scalar(default="index.html"),
        "error_document": Scalar(default="404.html"),
        "catchall_document": _TEXT,
        "output_dir": _TEXT,
    },
    exclusive=(SOURCES, ("error_document", "catchall_document")),
)
FUNCTION = Record(
    {
        "name": COMPONENT_NAME,
        **_REPOSITORIES,
        **_ROUTED,
        "source_dir": Scalar(type="directory"),
        "envs": ENVS,
        "alerts": _alerts(FUNCTION_ALERT_RULES),
        "log_destinations": LOG_DESTINATIONS,
    },
    exclusive=(SOURCES,),
)
DATABASE = Record(
    {
        "name": COMPONENT_NAME,
        "engine": Scalar(choices=("MYSQL", "PG", "REDIS", "MONGODB", "KAFKA", "OPENSEARCH", "VALKEY"), unset="UNSET"),
        "version": Scalar(filled=True),
        "production": _BOOL,
        "cluster_name": _TEXT,
        "db_name": _TEXT,
        "db_user": _TEXT,
        "size": Scalar(deprecated=True),
        "num_nodes": Scalar(type="int", deprecated=True),
    }
)

#: section of the spec -> (the name of this kind of component, its fields)
COMPONENTS: Mapping[str, tuple[str, Record]] = {
    "services": ("service", SERVICE),
    "static_sites": ("static site", STATIC_SITE),
    "workers": ("worker", WORKER),
    "jobs": ("job", JOB),
    "functions": ("functions component", FUNCTION),
    "databases": ("database", DATABASE),
}
ROUTABLE = ("services", "static_sites", "functions")

INGRESS_RULE = Record(
    {
        "match": Record(
            {
                "path": Record(
                    {"prefix": Scalar(max_length=256, empty_counts=True), "exact": Scalar(max_length=256)},
                    exclusive=(("prefix", "exact"),),
                ),
                "authority": Record(
                    {"exact": Scalar(max_length=256), "prefix": Scalar(max_length=256)},
                    exclusive=(("exact", "prefix"),),
                ),
            }
        ),
        "component": Record(
            {"name": Scalar(required=True), "preserve_path_prefix": _BOOL, "rewrite": _TEXT},
            exclusive=(("preserve_path_prefix", "rewrite"),),
            dependents={"name": ("preserve_path_prefix", "rewrite")},
        ),
        "redirect": Record(
            {
                "uri": _URL,
                "authority": _TEXT,
                "port": Scalar(type="int", minimum=1, maximum=65535),
                "scheme": Scalar(choices=("http", "https"), default="https"),
                "redirect_code": Scalar(type="int", default=302),
            }
        ),
        "cors": CORS,
    },
    exclusive=(("component", "redirect"),),
)
INGRESS = Record(
    {
        "rules": Listing(INGRESS_RULE, key=("match",), ordered=True, filled=True),
        "secure_header": Record({"key": _TEXT, "value": Scalar(secret=True), "remove_header": _BOOL}),
        "load_balancer": Scalar(choices=("DIGITALOCEAN",), unset="UNKNOWN"),
        "load_balancer_size": _INT,
        "custom_error_page_url": Scalar(pattern=r"^https://", url=True),
    },
    filled=True,
)
DOMAIN = Record(
    {
        "domain": Scalar(type="hostname", required=True, pattern=DOMAIN_PATTERN, min_length=4, max_length=253),
        "type": Scalar(choices=("DEFAULT", "PRIMARY", "ALIAS"), unset="UNSPECIFIED", filled=True),
        "wildcard": Scalar(type="bool", filled=True),
        "zone": _TEXT,
        "minimum_tls_version": Scalar(choices=("1.2", "1.3")),
        "certificate": _TEXT,
    }
)

SPEC = Record(
    {
        "name": Scalar(required=True, pattern=NAME_PATTERN, min_length=2, max_length=32),
        "region": Scalar(choices=REGIONS, filled=True),
        "disable_edge_cache": _BOOL,
        "disable_email_obfuscation": _BOOL,
        "enhanced_threat_control_enabled": _BOOL,
        **{section: Listing(record, key=("name",)) for section, (_label, record) in COMPONENTS.items()},
        "domains": Listing(DOMAIN, key=("domain",)),
        "ingress": INGRESS,
        "egress": Record({"type": Scalar(choices=("AUTOASSIGN", "DEDICATED_IP"), default="AUTOASSIGN")}),
        "maintenance": Record({"enabled": _BOOL, "archive": _BOOL, "offline_page_url": _URL}),
        "vpc": Record(
            {"id": _TEXT, "egress_ips": Listing(Record({"ip": _TEXT}), ordered=True, filled=True, read_only=True)}
        ),
        "envs": ENVS,
        "alerts": Listing(
            Record({"rule": Scalar(required=True, choices=APP_ALERT_RULES), "disabled": _BOOL}), key=("rule",)
        ),
        "features": Listing(_TEXT, filled=True),
    }
)
