"""What the server makes of a submitted spec: API reference 8, row by row."""

from __future__ import annotations

from typing import Any

import pytest

from tests.simulator.world import IMAGE, World, job, scheduled, service, shop

GIT = {"git": {"repo_clone_url": "https://example.com/x.git", "branch": "main"}}


def app_of(**more: Any) -> dict[str, Any]:
    return {"name": "shop", **more}


# 8.1: rewritten or filled.


def test_row_3_type_general_is_dropped(world: World):
    spec = world.stored(app_of(workers=[service("w1", envs=[{"key": "A", "value": "1", "type": "GENERAL"}])]))

    assert spec["workers"][0]["envs"] == [{"key": "A", "value": "1", "scope": "RUN_AND_BUILD_TIME"}]


@pytest.mark.parametrize("scope", [None, "UNSET"])
def test_row_4_scope_is_filled(world: World, scope: str | None):
    env = {"key": "A", "value": "1", **({"scope": scope} if scope else {})}

    spec = world.stored(app_of(workers=[service("w1")], envs=[env]))

    assert spec["envs"] == [{"key": "A", "value": "1", "scope": "RUN_AND_BUILD_TIME"}]


@pytest.mark.parametrize("scope", ["RUN_TIME", "BUILD_TIME", "RUN_AND_BUILD_TIME"])
def test_row_4_given_scopes_stay(world: World, scope: str):
    spec = world.stored(app_of(workers=[service("w1", envs=[{"key": "A", "value": "1", "scope": scope}])]))

    assert spec["workers"][0]["envs"][0]["scope"] == scope


def test_row_5_routes_and_cors_become_ingress_rules(world: World):
    cors = {"allow_origins": [{"exact": "https://example.com"}], "max_age": "1h"}
    spec = world.stored(
        app_of(
            services=[
                service("api", routes=[{"path": "/api", "preserve_path_prefix": True}, {"path": "/v2"}], cors=cors)
            ],
            static_sites=[{"name": "site", **GIT, "routes": [{"path": "/"}]}],
            functions=[{"name": "fn", **GIT, "routes": [{"path": "/fn"}]}],
        )
    )

    assert spec["ingress"]["rules"] == [
        {
            "match": {"path": {"prefix": "/api"}},
            "component": {"name": "api", "preserve_path_prefix": True},
            "cors": cors,
        },
        {"match": {"path": {"prefix": "/v2"}}, "component": {"name": "api"}, "cors": cors},
        {"match": {"path": {"prefix": "/"}}, "component": {"name": "site"}},
        {"match": {"path": {"prefix": "/fn"}}, "component": {"name": "fn"}},
    ]
    assert not {"routes", "cors"} & {*spec["services"][0], *spec["static_sites"][0], *spec["functions"][0]}


def test_row_6_a_public_component_gets_a_rule(world: World):
    spec = world.stored(app_of(services=[service()]))

    assert spec["ingress"] == {"rules": [{"match": {"path": {"prefix": "/"}}, "component": {"name": "web"}}]}


def test_row_6_given_rules_stay(world: World):
    rules = [
        {"match": {"path": {"prefix": ""}, "authority": {"exact": ""}}, "component": {"name": "web", "rewrite": "/x"}},
        {"match": {"path": {"prefix": "/old"}}, "redirect": {"uri": "/new", "redirect_code": 301}},
    ]

    spec = world.stored(app_of(services=[service()], ingress={"rules": rules}))

    assert spec["ingress"]["rules"] == rules


def test_row_6_no_rule_without_a_public_component(world: World):
    assert "ingress" not in world.stored(app_of(workers=[service("w1")], jobs=[job("once")]))


def test_row_6_several_public_components(world: World):
    spec = world.stored(app_of(services=[service("web"), service("api")]))

    found = [(rule["component"]["name"], rule["match"]["path"]["prefix"]) for rule in spec["ingress"]["rules"]]
    assert found == [("web", "/"), ("api", "/api")]


def test_row_7_http_port_is_filled(world: World):
    assert world.stored(app_of(services=[service()]))["services"][0]["http_port"] == 8080


def test_row_7_a_given_port_stays(world: World):
    assert world.stored(app_of(services=[service(http_port=3000)]))["services"][0]["http_port"] == 3000


def test_row_8_internal_ports_alone(world: World):
    spec = world.stored(app_of(services=[service(internal_ports=[9000])]))

    assert "http_port" not in spec["services"][0]
    assert spec["ingress"] == {}


@pytest.mark.parametrize("kind", ["", "UNSPECIFIED", "POST_DEPLOY"])
def test_row_9_kind_is_filled(world: World, kind: str):
    assert world.stored(app_of(jobs=[job("once", kind)]))["jobs"][0]["kind"] == "POST_DEPLOY"


def test_row_10_image_sources_stay_as_they_are(world: World):
    assert world.stored(app_of(workers=[service("w1")]))["workers"][0]["image"] == IMAGE


def test_row_11_types_of_domains(world: World):
    spec = world.stored(
        app_of(services=[service()], domains=[{"domain": "a.com"}, {"domain": "b.com", "type": "UNSPECIFIED"}])
    )

    assert spec["domains"] == [{"domain": "a.com", "type": "PRIMARY"}, {"domain": "b.com", "type": "ALIAS"}]


def test_row_11_a_given_primary_stays(world: World):
    spec = world.stored(
        app_of(services=[service()], domains=[{"domain": "a.com"}, {"domain": "b.com", "type": "PRIMARY"}])
    )

    assert [domain["type"] for domain in spec["domains"]] == ["ALIAS", "PRIMARY"]


@pytest.mark.parametrize(
    ("component", "filled"),
    [
        ({"name": "w1", **GIT}, True),
        ({"name": "w1", **GIT, "dockerfile_path": "Dockerfile"}, False),
        ({"name": "w1", "image": IMAGE}, False),
    ],
)
def test_row_12_features_of_buildpack_apps(world: World, component: dict, filled: bool):
    spec = world.stored(app_of(workers=[component]))

    assert spec.get("features") == (["buildpack-stack=ubuntu-22"] if filled else None)


def test_row_12_given_features_stay(world: World):
    spec = world.stored(app_of(workers=[{"name": "w1", **GIT}], features=["buildpack-stack=ubuntu-18"]))

    assert spec["features"] == ["buildpack-stack=ubuntu-18"]


def test_row_13_a_region_is_chosen_but_not_written(world: World):
    app = world.create(app_of(workers=[service("w1")]))

    assert "region" not in app["spec"]
    assert app["region"]["slug"] == "nyc"
    assert app["region"]["default"] is True


def test_rows_14_and_15_number_and_size_stay_absent(world: World):
    assert set(world.stored(app_of(workers=[service("w1")]))["workers"][0]) == {"name", "image"}


def test_row_16_addresses_of_a_vpc(world: World):
    spec = world.stored(app_of(workers=[service("w1")], vpc={"id": "c22d8f48-4bc4-49f5-8ca0-58e7164427ac"}))

    assert spec["vpc"]["egress_ips"] == [{"ip": "203.0.113.10"}, {"ip": "203.0.113.11"}]


def test_row_17_timeout_and_time_zone_stay(world: World):
    spec = world.stored(app_of(jobs=[scheduled(zone="", timeout="1h30m")]))

    assert spec["jobs"][0]["timeout"] == "1h30m"
    assert spec["jobs"][0]["schedule"] == {"cron": "0 3 * * *"}


def test_row_18_zeros_are_dropped(world: World):
    spec = world.stored(
        app_of(
            services=[
                service(
                    run_command="",
                    instance_count=0,
                    envs=[],
                    alerts=[{"rule": "CPU_UTILIZATION", "disabled": False, "value": 0}],
                )
            ],
            jobs=[{"name": "once", "github": {"repo": "a/b", "branch": "main", "deploy_on_push": False}}],
            disable_edge_cache=False,
            databases=[{"name": "db", "engine": "PG", "production": False, "version": ""}],
            domains=[],
            ingress=None,
        )
    )

    assert spec["services"][0] == {
        "name": "web",
        "image": IMAGE,
        "alerts": [{"rule": "CPU_UTILIZATION"}],
        "http_port": 8080,
    }
    assert spec["jobs"][0]["github"] == {"repo": "a/b", "branch": "main"}
    assert spec["databases"] == [{"name": "db", "engine": "PG"}]
    assert not {"disable_edge_cache", "domains"} & set(spec)


def test_row_18_empty_objects_stay(world: World):
    spec = world.stored(app_of(workers=[{"name": "w1", "image": {**IMAGE, "deploy_on_push": {}}}]))

    assert spec["workers"][0]["image"]["deploy_on_push"] == {}


# 8.3: not filled.


def test_nothing_else_is_filled(world: World):
    health = {"http_path": "/ok"}
    spec = world.stored(
        app_of(
            services=[service(health_check=health, liveness_health_check={})],
            workers=[
                service("w1", autoscaling=AUTOSCALING, instance_size_slug="apps-d-1vcpu-1gb"),
            ],
            static_sites=[{"name": "site", **GIT, "dockerfile_path": "D"}],
            databases=[{"name": "db", "engine": "PG"}],
            ingress={"rules": [{"match": {"path": {"prefix": "/"}}, "redirect": {"uri": "/x"}}]},
        )
    )

    assert spec["services"][0] == {**service(), "health_check": health, "liveness_health_check": {}, "http_port": 8080}
    assert spec["workers"][0] == service("w1", autoscaling=AUTOSCALING, instance_size_slug="apps-d-1vcpu-1gb")
    assert spec["static_sites"][0] == {"name": "site", **GIT, "dockerfile_path": "D"}
    assert spec["databases"] == [{"name": "db", "engine": "PG"}]
    assert spec["ingress"]["rules"][0]["redirect"] == {"uri": "/x"}
    assert not {"alerts", "egress", "maintenance", "features", "region"} & set(spec)


AUTOSCALING = {"min_instance_count": 1, "max_instance_count": 3, "metrics": {"cpu": {"percent": 70}}}


# 8.4: unchanged.


def test_everything_that_round_trips(world: World):
    logs = [
        {"name": "papers", "papertrail": {"endpoint": "syslog+tls://example.com:12345"}},
        {"name": "dogs", "datadog": {"api_key": "in clear"}},
        {"name": "tails", "logtail": {"token": "in clear, too"}},
        {"name": "search", "open_search": {"cluster_name": "c", "basic_auth": {"user": "u", "password": "p"}}},
    ]
    sent = app_of(
        region="ams",
        services=[
            service(
                "web",
                instance_size_slug="basic-xxs",
                http_port=3000,
                internal_ports=[9000, 9001],
                protocol="HTTP2",
                run_command="set -e\nbin/migrate\nbin/web",
                health_check={"http_path": "/ok", "port": 9000, "success_threshold": 2},
                termination={"drain_seconds": 10, "grace_period_seconds": 60},
                log_destinations=logs,
                envs=[
                    {"key": "Z", "value": "${db.DATABASE_URL}", "scope": "RUN_TIME"},
                    {"key": "A", "value": "1", "scope": "RUN_TIME"},
                ],
                alerts=[
                    {"rule": "MEM_UTILIZATION", "operator": "GREATER_THAN", "value": 80.5, "window": "FIVE_MINUTES"}
                ],
            )
        ],
        workers=[{"name": "w1", "image": {**IMAGE, "tag": "latest"}}, {"name": "a1", "image": DIGEST}],
        jobs=[
            job("pre", "PRE_DEPLOY", termination={"grace_period_seconds": 5}),
            job("post", "POST_DEPLOY"),
            job("failed", "FAILED_DEPLOY"),
            scheduled(timeout="21600s", alerts=[{"rule": "JOB_INVOCATION_FAILED"}]),
        ],
        static_sites=[{"name": "site", **GIT, "catchall_document": "index.html", "dockerfile_path": "Dockerfile"}],
        databases=[{"name": "db", "engine": "PG", "production": True, "cluster_name": "pg-1", "db_user": "u"}],
        domains=[{"domain": "example.com", "type": "PRIMARY", "minimum_tls_version": "1.3", "zone": "example.com"}],
        alerts=[{"rule": "DEPLOYMENT_FAILED"}, {"rule": "DOMAIN_LIVE", "disabled": True}],
        features=["buildpack-stack=ubuntu-18", "x"],
        ingress={
            "rules": [
                {
                    "match": {"path": {"prefix": "/b"}, "authority": {"exact": "example.com"}},
                    "component": {"name": "site"},
                    "cors": {"allow_origins": [{"regex": ".*"}], "max_age": "1h", "allow_credentials": True},
                },
                {"match": {"path": {"prefix": "/a"}}, "component": {"name": "web"}},
            ],
            "secure_header": {"key": "X-K", "value": "in clear"},
            "custom_error_page_url": "https://example.com/e",
        },
        maintenance={"enabled": True, "offline_page_url": "https://example.com/off"},
        egress={"type": "DEDICATED_IP"},
        disable_email_obfuscation=True,
    )

    assert world.stored(sent) == sent


DIGEST = {"registry_type": "GHCR", "registry": "acme", "repository": "web", "digest": "sha256:" + "0" * 64}


def test_normalisation_is_idempotent(world: World):
    app = world.create(
        shop(services=[service(routes=[{"path": "/x"}])], envs=[{"key": "K", "value": "v", "type": "SECRET"}])
    )

    again = world.put(app)

    assert again["spec"] == app["spec"]


# 17: the sample.


def test_the_sample_of_the_reference(world: World):
    image = {"registry_type": "DOCR", "repository": "web", "tag": "1.2"}
    sent = {
        "name": "shop",
        "region": "nyc",
        "services": [{"name": "web", "image": image, "instance_size_slug": "apps-s-1vcpu-0.5gb", "instance_count": 1}],
        "jobs": [
            {
                "name": "migrate",
                "kind": "PRE_DEPLOY",
                "image": image,
                "run_command": "./migrate",
                "envs": [{"key": "DB", "value": "s3cr3t", "type": "SECRET"}],
            },
            {"name": "warm", "image": image, "run_command": "./warm"},
            {
                "name": "nightly",
                "kind": "SCHEDULED",
                "schedule": {"cron": "0 3 * * *", "time_zone": "Europe/Berlin"},
                "timeout": "1h30m",
                "image": image,
                "run_command": "./nightly",
                "alerts": [{"rule": "JOB_INVOCATION_FAILED"}],
            },
        ],
    }

    app = world.create(sent)

    secret = app["spec"]["jobs"][0]["envs"][0].pop("value")
    assert app["spec"] == {
        **sent,
        "services": [{**sent["services"][0], "http_port": 8080}],
        "jobs": [
            {**sent["jobs"][0], "envs": [{"key": "DB", "scope": "RUN_AND_BUILD_TIME", "type": "SECRET"}]},
            {**sent["jobs"][1], "kind": "POST_DEPLOY"},
            sent["jobs"][2],
        ],
        "ingress": {"rules": [{"match": {"path": {"prefix": "/"}}, "component": {"name": "web"}}]},
    }
    assert secret.startswith("EV[1:")
    assert app["region"] == {
        "slug": "nyc",
        "label": "New York",
        "flag": "usa",
        "continent": "North America",
        "data_centers": ["nyc1", "nyc3"],
        "default": True,
    }
    progress = app["pending_deployment"]["progress"]
    assert (progress["pending_steps"], progress["total_steps"]) == (12, 12)
