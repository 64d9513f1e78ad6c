"""Specs that are refused, and with which words."""

from __future__ import annotations

from typing import Any

import pytest

from tests.simulator.world import IMAGE, World, job, scheduled, service, shop

GIT = {"git": {"repo_clone_url": "https://example.com/x.git"}}


def refusal(world: World, spec: dict[str, Any]) -> str:
    return world.refused("POST", "/v2/apps", {"spec": spec})


def image(**more: Any) -> dict[str, Any]:
    return {"name": "shop", "workers": [{"name": "w1", "image": {**IMAGE, **more}}]}


def worker(**more: Any) -> dict[str, Any]:
    return {"name": "shop", "workers": [service("w1", **more)]}


def web(**more: Any) -> dict[str, Any]:
    return {"name": "shop", "services": [service(**more)]}


def one_job(**more: Any) -> dict[str, Any]:
    return {"name": "shop", "jobs": [job("once", **more)]}


def ruled(*rules: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"name": "shop", "services": [service()], "ingress": {"rules": list(rules)}, **more}


SCALING = {"min_instance_count": 1, "max_instance_count": 3, "metrics": {"cpu": {"percent": 80}}}
CASES: list[tuple[str, dict[str, Any], str, str]] = [
    # name, spec, path in the message, part of the reason
    ("no name", {"workers": [service("w1")]}, "name", "required"),
    ("empty name", {"name": "", "workers": [service("w1")]}, "name", "required"),
    ("short name", {"name": "x", "workers": [service("w1")]}, "name", "at least 2"),
    ("long name", {"name": "x" * 33, "workers": [service("w1")]}, "name", "at most 32"),
    ("upper case", {"name": "Shop", "workers": [service("w1")]}, "name", "does not match"),
    ("dash at the end", {"name": "shop-", "workers": [service("w1")]}, "name", "does not match"),
    ("digit first", {"name": "1shop", "workers": [service("w1")]}, "name", "does not match"),
    ("nothing in it", {"name": "shop"}, "components", "at least one component"),
    ("unknown region", {**worker(), "region": "mars"}, "region", "'mars' is not one of ams"),
    ("data centre", {**worker(), "region": "nyc1"}, "region", "not one of"),
    ("unknown field", {**worker(), "color": "red"}, "color", "an app spec has no 'color'"),
    ("unknown field below", worker(http_port=80), "workers.http_port", "a worker has no 'http_port'"),
    ("wrong type", worker(instance_count="2"), "workers.instance_count", "expected a number, got a string"),
    ("a fraction", worker(instance_count=1.5), "workers.instance_count", "whole number"),
    ("a number for a text", worker(run_command=5), "workers.run_command", "expected a string, got a number"),
    ("a text for a flag", {**worker(), "disable_edge_cache": "no"}, "disable_edge_cache", "true or false"),
    ("an object for a list", {"name": "shop", "workers": {}}, "workers", "expected a list, got an object"),
    ("a list for an object", {**worker(), "egress": []}, "egress", "expected an object, got a list"),
    ("same name twice", {"name": "shop", "workers": [service("w1")], "jobs": [job("w1")]},
     "jobs.name", "more than once"),
    ("name of a database", {**worker(), "databases": [{"name": "w1", "engine": "PG"}]},
     "databases.name", "more than once"),
    ("no source", {"name": "shop", "jobs": [{"name": "once"}]}, "jobs.<source>", "exactly one of git"),
    ("two sources", {"name": "shop", "jobs": [job("once", **GIT)]}, "jobs.<source>", "got git and image"),
    ("tag and digest", image(digest="sha256:" + "0" * 64), "workers.image", "only one of workers.image.tag"),
    ("bad digest", image(tag="", digest="sha256:0"), "workers.image.digest", "does not match"),
    ("no repository", {"name": "shop", "workers": [{"name": "w1", "image": {"registry_type": "DOCR"}}]},
     "workers.image.repository", "required"),
    ("unknown registry type", image(registry_type="QUAY"), "workers.image.registry_type", "not one of"),
    ("registry for DOCR", image(registry="acme"), "workers.image.registry", "must be empty"),
    ("no registry for the hub", image(registry_type="DOCKER_HUB"), "workers.image.registry", "required"),
    ("push from elsewhere", image(registry_type="GHCR", registry="a", deploy_on_push={"enabled": True}),
     "workers.image.deploy_on_push", "only supported"),
    ("bad repository", {"name": "shop", "workers": [{"name": "w1", "github": {"repo": "acme"}}]},
     "workers.github.repo", "does not match"),
    ("env without a key", worker(envs=[{"value": "1"}]), "workers.envs.key", "required"),
    ("bad env key", worker(envs=[{"key": "1A"}]), "workers.envs.key", "does not match"),
    ("bad env type", worker(envs=[{"key": "A", "type": "PLAIN"}]), "workers.envs.type", "'PLAIN' is not one of"),
    ("number as a value", worker(envs=[{"key": "A", "value": 5}]), "workers.envs.value", "expected a string"),
    ("env twice", worker(envs=[{"key": "A"}, {"key": "A"}]), "workers.envs.key", "more than once"),
    ("unknown size", worker(instance_size_slug="huge"), "workers.instance_size_slug", "not one of"),
    ("too many", worker(instance_count=251), "workers.instance_count", "between 1 and 250"),
    ("two of a single one", worker(instance_count=2), "workers.instance_count", "supports only 1 instance"),
    ("autoscaling of a shared size", worker(autoscaling=SCALING), "workers.autoscaling", "cannot be autoscaled"),
    ("autoscaling and a number", worker(autoscaling=SCALING, instance_count=2, instance_size_slug="apps-d-1vcpu-1gb"),
     "workers.instance_count", "must not be set"),
    ("autoscaling the wrong way", worker(autoscaling={**SCALING, "min_instance_count": 3},
     instance_size_slug="apps-d-1vcpu-1gb"), "workers.autoscaling.max_instance_count", "above min_instance_count"),
    ("autoscaling by nothing", worker(autoscaling={"min_instance_count": 1, "max_instance_count": 2},
     instance_size_slug="apps-d-1vcpu-1gb"), "workers.autoscaling.metrics", "at least one metric"),
    ("requests of a worker", worker(autoscaling={**SCALING, "metrics": {"requests_per_second": {"per_instance": 5}}},
     instance_size_slug="apps-d-1vcpu-1gb"), "workers.autoscaling.metrics.requests_per_second", "unknown field"),
    ("health port", web(health_check={"port": 9090}), "services.health_check.port",
     'health check port "9090" not found in internal_ports'),
    ("port twice", web(http_port=80, internal_ports=[80]), "services.internal_ports", "is the http_port, too"),
    ("liveness threshold", web(liveness_health_check={"success_threshold": 2}),
     "services.liveness_health_check.success_threshold", "between 1 and 1"),
    ("drain of a job", one_job(termination={"drain_seconds": 5}), "jobs.termination.drain_seconds", "unknown field"),
    ("grace", one_job(termination={"grace_period_seconds": 601}), "jobs.termination.grace_period_seconds",
     "between 1 and 600"),
    ("routes of a job", one_job(routes=[{"path": "/"}]), "jobs.routes", "a job has no 'routes'"),
    ("port of a job", one_job(http_port=80), "jobs.http_port", "a job has no 'http_port'"),
    ("cron trigger", one_job(kind="CRON_TRIGGER"), "jobs.kind", "'CRON_TRIGGER' is not one of"),
    ("kind in lower case", one_job(kind="pre_deploy"), "jobs.kind", "not one of"),
    ("no schedule", one_job(kind="SCHEDULED"), "jobs.schedule", "is required for kind SCHEDULED"),
    ("schedule of another kind", one_job(kind="PRE_DEPLOY", schedule={"cron": "0 3 * * *"}), "jobs.schedule",
     "only allowed for kind SCHEDULED, got PRE_DEPLOY"),
    ("schedule of no kind", one_job(schedule={"cron": "0 3 * * *"}), "jobs.schedule", "got UNSPECIFIED"),
    ("no cron", one_job(kind="SCHEDULED", schedule={}), "jobs.schedule.cron", "required"),
    ("unknown zone", {"name": "shop", "jobs": [scheduled(zone="Mars/Base")]}, "jobs.schedule.time_zone", "Mars/Base"),
    ("timeout of nothing", one_job(timeout="0s"), "jobs.timeout", "above 0"),
    ("timeout without a unit", one_job(timeout="30"), "jobs.timeout", "invalid duration '30'"),
    ("alert of a scheduled job", one_job(alerts=[{"rule": "JOB_INVOCATION_FAILED"}]), "jobs.alerts.rule",
     "only allowed on a job of kind SCHEDULED"),
    ("alert of the app on a worker", worker(alerts=[{"rule": "DEPLOYMENT_FAILED"}]), "workers.alerts.rule",
     "not allowed on a worker"),
    ("alert of a worker on the app", {**worker(), "alerts": [{"rule": "CPU_UTILIZATION"}]}, "alerts.rule",
     "a rule for components"),
    ("requests of a worker's alert", worker(alerts=[{"rule": "REQUESTS_PER_SECOND"}]), "workers.alerts.rule",
     "not allowed on a worker"),
    ("unknown rule", worker(alerts=[{"rule": "BOREDOM"}]), "workers.alerts.rule", "not one of"),
    ("two places for logs", worker(log_destinations=[{"name": "logs", "papertrail": {"endpoint": "x"},
     "logtail": {"token": "y"}}]), "workers.log_destinations", "exactly one of"),
    ("logs twice", worker(log_destinations=[{"name": "logs", "logtail": {"token": "y"}}] * 2),
     "workers.log_destinations.name", "more than once"),
    ("search in two places", worker(log_destinations=[{"name": "logs", "open_search": {"endpoint": "https://x:1",
     "cluster_name": "c"}}]), "workers.log_destinations.open_search", "exactly one of endpoint or cluster_name"),
    ("documents", {"name": "shop", "static_sites": [{"name": "site", **GIT, "error_document": "e",
     "catchall_document": "c"}]}, "static_sites.catchall_document", "only one of"),
    ("image of a site", {"name": "shop", "static_sites": [{"name": "site", "image": IMAGE}]}, "", "unknown field"),
    ("rule to nowhere", ruled({"component": {"name": "gone"}}), "ingress.rules.component.name", "'gone' not found"),
    ("rule to a job", ruled({"component": {"name": "once"}}, jobs=[job("once")]), "ingress.rules.component.name",
     "is a job and cannot receive requests"),
    ("rule to an internal service", {"name": "shop", "services": [service(internal_ports=[1])],
     "ingress": {"rules": [{"component": {"name": "web"}}]}}, "ingress.rules.component.name", "has no http_port"),
    ("rule with both", ruled({"component": {"name": "web"}, "redirect": {"uri": "/"}}), "ingress.rules",
     "exactly one of component or redirect"),
    ("rewrite and preserve", ruled({"component": {"name": "web", "rewrite": "/", "preserve_path_prefix": True}}),
     "ingress.rules.component", "only one of preserve_path_prefix or rewrite"),
    ("same path twice", ruled(*[{"match": {"path": {"prefix": "/"}}, "component": {"name": "web"}}] * 2),
     "ingress.rules.match", "more than one rule"),
    ("same route twice", {"name": "shop", "services": [service(routes=[{}]), service("api", routes=[{"path": "/"}])]},
     "ingress.rules.match", "path '/' is used by more than one rule"),
    ("authority of nobody", ruled({"match": {"authority": {"exact": "a.com"}}, "component": {"name": "web"}}),
     "ingress.rules.match.authority.exact", 'Authority "a.com" does not have a matching custom domain'),
    ("routes and rules", {"name": "shop", "services": [service(routes=[{"path": "/"}])],
     "ingress": {"rules": [{"component": {"name": "web"}}]}}, "ingress.rules", "cannot be used together"),
    ("two primaries", web() | {"domains": [{"domain": "a.com", "type": "PRIMARY"},
     {"domain": "b.com", "type": "PRIMARY"}]}, "domains", "only one domain"),
    ("domain twice", web() | {"domains": [{"domain": "a.com"}, {"domain": "A.com"}]},
     "domains.domain", "more than once"),
    ("no domain", web() | {"domains": [{"domain": "nonsense"}]}, "domains.domain", "does not match"),
    ("production database", {**worker(), "databases": [{"name": "db", "engine": "PG", "production": True}]},
     "databases.cluster_name", "required for a production database"),
    ("functions in a VPC", {"name": "shop", "functions": [{"name": "fn", **GIT}], "vpc": {"id": "x"}}, "vpc", "VPC"),
    ("TLS as a number", web() | {"domains": [{"domain": "a.com", "minimum_tls_version": 1.2}]},
     "domains.minimum_tls_version", "expected a string"),
]  # fmt: skip


@pytest.mark.parametrize(("spec", "path", "reason"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_refused(world: World, spec: dict, path: str, reason: str):
    message = refusal(world, spec)

    if path:
        assert message.startswith(f'error validating app spec field "{path}": ')
    assert reason in message
    assert world.get("/v2/apps")["apps"] == []


@pytest.mark.parametrize(
    ("cron", "reason"),
    [
        ("*/14 * * * *", "more often than once every 15 minutes"),
        ("* * * * *", "more often"),
        ("0,10 3 * * *", "more often"),
        ("59 23 * * *,0 0 * * *", "five fields"),
        ("0 3 * *", "five fields are needed, got 4"),
        ("0 0 3 * * *", "five fields are needed, got 6"),
        ("@daily", "five fields"),
        ("0 3 L * *", "cannot read 'L'"),
        ("0 3 * * 1#2", "cannot read '1#2'"),
        ("60 3 * * *", "invalid cron expression"),
        ("0 3 * * funday", "cannot read 'funday'"),
    ],
)
def test_schedules_that_are_refused(world: World, cron: str, reason: str):
    message = refusal(world, {"name": "shop", "jobs": [scheduled(cron=cron)]})

    assert message.startswith('error validating app spec field "jobs.schedule.cron": ')
    assert reason in message


@pytest.mark.parametrize(
    "cron", ["*/15 * * * *", "0 3 * * *", "0,15,30,45 * * * *", "5 4 * jan-mar mon-fri", "0 0 29 2 *", "0 0 31 2 *"]
)
def test_schedules_that_are_accepted(world: World, cron: str):
    assert world.stored({"name": "shop", "jobs": [scheduled(cron=cron)]})["jobs"][0]["schedule"]["cron"] == cron


def test_a_database_cannot_be_exchanged(world: World):
    app = world.create(shop(databases=[{"name": "one", "engine": "PG"}]))

    answer = world.put(app, shop(databases=[{"name": "two", "engine": "PG"}]), status=400)

    assert "cannot create and delete a database in a single spec change" in answer["message"]
    world.put(app, shop())
    world.put(app, shop(databases=[{"name": "two", "engine": "PG"}]))


def test_several_problems(world: World):
    message = refusal(world, {"name": "shop", "jobs": [job("a1", kind="X"), job("b1", kind="Y")]})

    assert message.startswith('errors validating app spec; first error in field "jobs.0.kind": ')


def test_an_authority_below_a_wildcard(world: World):
    rule = {"match": {"authority": {"exact": "x.a.com"}}, "component": {"name": "web"}}

    spec = world.stored(ruled(rule, domains=[{"domain": "a.com", "wildcard": True}]))

    assert spec["ingress"]["rules"] == [rule]
