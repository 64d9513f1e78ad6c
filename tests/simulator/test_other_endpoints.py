"""The other endpoints: alerts, domains, events, instances, health, databases, sizes, regions, and the rest."""

from __future__ import annotations

from typing import Any

import pytest

from tests.simulator.world import NOWHERE, World, job, scheduled, service, shop

REGIONS = ["ams", "atl", "blr", "fra", "lon", "nyc", "sfo", "sgp", "syd", "tor"]
GIT = {"git": {"repo_clone_url": "https://example.com/x.git", "branch": "main"}}
SCALING = {"min_instance_count": 2, "max_instance_count": 5, "metrics": {"cpu": {"percent": 80}}}


def base(app: Any, tail: str = "") -> str:
    return f"/v2/apps/{app['id']}{tail}"


# Alerts.


@pytest.fixture
def alerting() -> dict[str, Any]:
    return {
        "name": "shop",
        "alerts": [{"rule": "DEPLOYMENT_FAILED"}],
        "workers": [service("w1", alerts=[{"rule": "CPU_UTILIZATION", "value": 80}])],
        "jobs": [scheduled(alerts=[{"rule": "JOB_INVOCATION_FAILED"}])],
    }


def test_alerts(world: World, alerting: dict):
    app = world.create(alerting)

    found = world.get(base(app, "/alerts"))["alerts"]

    assert [(item.get("component_name"), item["spec"]["rule"]) for item in found] == [
        (None, "DEPLOYMENT_FAILED"),
        ("w1", "CPU_UTILIZATION"),
        ("nightly", "JOB_INVOCATION_FAILED"),
    ]
    assert found[0]["phase"] == "PENDING"
    assert found[0]["progress"]["steps"][0]["name"] == "alert-configure-insight-alert"
    world.advance(3)
    assert world.get(base(app, "/alerts"))["alerts"][0]["phase"] == "CONFIGURING"
    world.advance(3)
    assert world.get(base(app, "/alerts"))["alerts"][0]["phase"] == "ACTIVE"


def test_destinations(world: World, alerting: dict):
    app = world.create(alerting)
    alert = world.get(base(app, "/alerts"))["alerts"][1]
    path = base(app, f"/alerts/{alert['id']}/destinations")
    hook = {"url": "https://hooks.example.com/x", "channel": "ops"}

    answer = world.call("POST", path, {"emails": ["a@example.com"], "slack_webhooks": [hook]})["alert"]

    assert (answer["emails"], answer["slack_webhooks"]) == (["a@example.com"], [hook])
    assert world.get(base(app, "/alerts"))["alerts"][1]["emails"] == ["a@example.com"]
    cleared = world.call("POST", path, {"emails": [], "slack_webhooks": []})["alert"]
    assert not {"emails", "slack_webhooks"} & set(cleared)


def test_destinations_that_are_refused(world: World, alerting: dict):
    app = world.create(alerting)
    alert = world.get(base(app, "/alerts"))["alerts"][0]
    path = base(app, f"/alerts/{alert['id']}/destinations")

    assert "list of strings" in world.refused("POST", path, {"emails": "a@example.com"})
    assert "objects with a url" in world.refused("POST", path, {"slack_webhooks": [{"channel": "x"}]})
    world.call("POST", base(app, f"/alerts/{NOWHERE}/destinations"), {}, status=404)


def test_destinations_survive_an_update_and_go_with_the_alert(world: World, alerting: dict):
    app = world.create(alerting)
    before = world.get(base(app, "/alerts"))["alerts"]
    world.call("POST", base(app, f"/alerts/{before[1]['id']}/destinations"), {"emails": ["a@example.com"]})

    world.put(app, {**app["spec"], "workers": [service("w1", alerts=[{"rule": "CPU_UTILIZATION", "value": 90}])]})
    kept = world.get(base(app, "/alerts"))["alerts"]
    world.put(app, {**app["spec"], "workers": [service("w1")]})
    gone = world.get(base(app, "/alerts"))["alerts"]
    world.put(app)
    again = world.get(base(app, "/alerts"))["alerts"]

    assert [item["id"] for item in kept] == [item["id"] for item in before]
    assert (kept[1]["emails"], kept[1]["spec"]["value"]) == (["a@example.com"], 90)
    assert len(gone) == 2
    assert again[1]["id"] != before[1]["id"]
    assert "emails" not in again[1]


# Domains.


def test_domains(world: World):
    app = world.create(shop(domains=[{"domain": "shop.example.com"}]))
    (new,) = app["domains"]
    world.advance(40)
    (configuring,) = world.app(app)["domains"]
    assert world.app(app)["live_domain"].endswith("ondigitalocean.app")
    world.advance(40)
    found = world.app(app)
    (ready,) = found["domains"]

    assert [new["phase"], configuring["phase"], ready["phase"]] == ["PENDING", "CONFIGURING", "ACTIVE"]
    assert new["spec"] == {"domain": "shop.example.com", "type": "PRIMARY"}
    assert new["validations"][0]["txt_name"] == "_acme-challenge.shop.example.com"
    assert ready["certificate_expires_at"].startswith("2026-10-30")
    assert ready["id"] == new["id"]
    assert (found["live_domain"], found["live_url"]) == ("shop.example.com", "https://shop.example.com")
    assert found["default_ingress"].startswith("https://shop-")


def test_dedicated_addresses(world: World):
    app = world.create(shop(egress={"type": "DEDICATED_IP"}))

    assert [item["status"] for item in app["dedicated_ips"]] == ["ASSIGNED", "ASSIGNED"]
    assert "dedicated_ips" not in world.create(shop(name="other"))


# Events.


def test_events(world: World):
    app, first = world.deployed()
    second = world.put(app)["pending_deployment"]

    found = world.get(base(app, "/events"))

    assert [(item["type"], item["deployment_id"]) for item in found["events"]] == [
        ("DEPLOYMENT", second["id"]),
        ("DEPLOYMENT", first["id"]),
    ]
    assert found["events"][1]["deployment"]["phase"] == "ACTIVE"
    assert found["meta"] == {"total": 2}
    event = found["events"][0]
    assert world.get(base(app, f"/events/{event['id']}"))["event"] == event
    assert "only autoscaling" in world.refused("POST", base(app, f"/events/{event['id']}/cancel"))
    world.call("GET", base(app, f"/events/{NOWHERE}"), status=404)


@pytest.fixture
def scaled(world: World) -> tuple[World, Any, str]:
    worker = service("w1", autoscaling=SCALING, instance_size_slug="apps-d-1vcpu-1gb")
    app, _first = world.deployed({"name": "shop", "workers": [worker], "jobs": [job("once")]})
    made = world.control("POST", "happen", {"what": "autoscale", "app": "shop", "component": "w1", "to": 4})
    return world, app, made["event_id"]


def test_autoscaling(scaled: tuple[World, Any, str]):
    world, app, event_id = scaled
    assert len(world.get(base(app, "/instances"))["instances"]) == 2

    event = world.get(base(app, f"/events/{event_id}"))["event"]
    done, phases = world.follow(app, {"id": event["deployment_id"]})

    assert event["autoscaling"] == {
        "phase": "IN_PROGRESS",
        "components": {"w1": {"from": 2, "to": 4, "triggering_metric": "cpu"}},
    }
    assert done["cause_details"]["autoscaler"]["scaled_components"]["w1"]["to"] == 4
    assert "BUILDING" not in phases
    assert world.get(base(app, f"/events/{event_id}"))["event"]["autoscaling"]["phase"] == "SUCCEEDED"
    assert len(world.get(base(app, "/instances"))["instances"]) == 4
    assert world.get(base(app, "/health"))["app_health"]["components"][0]["replicas_ready"] == 4
    assert len(world.get(base(app, "/events"), event_types="AUTOSCALING")["events"]) == 1
    assert len(world.get(base(app, "/events"), deployment_types="AUTOSCALED")["events"]) == 2
    urls = world.get(base(app, f"/events/{event_id}/logs"), type="AUTOSCALE_EVENT")["historic_urls"]
    assert "w1: 2 -> 4 (cpu)" in world.client.get(urls[0].removeprefix("http://localhost")).get_data(as_text=True)


def test_autoscaling_canceled(scaled: tuple[World, Any, str]):
    world, app, event_id = scaled

    event = world.call("POST", base(app, f"/events/{event_id}/cancel"))["event"]

    assert event["autoscaling"]["phase"] == "CANCELED"
    assert world.deployment(app, {"id": event["deployment_id"]})["phase"] == "CANCELED"
    assert len(world.get(base(app, "/instances"))["instances"]) == 2


def test_only_what_scales_is_scaled(world: World):
    world.seed()

    assert (
        "no component"
        in world.control("POST", "happen", {"what": "autoscale", "app": "shop", "component": "web"}, status=400)[
            "error"
        ]
    )


# Instances and health.


def test_instances(world: World):
    spec = shop(services=[service(instance_count=2, instance_size_slug="apps-s-1vcpu-1gb")], workers=[service("w1")])
    app = world.create(spec)
    assert world.get(base(app, "/instances")) == {"instances": []}
    assert world.get(base(app, "/health")) == {"app_health": {}}
    world.follow(app, app["pending_deployment"])

    found = world.get(base(app, "/instances"))["instances"]

    assert [(item["component_name"], item["component_type"], item["instance_alias"]) for item in found] == [
        ("web", "SERVICE", "web-0"),
        ("web", "SERVICE", "web-1"),
        ("w1", "WORKER", "w1-0"),
    ]
    assert len({item["instance_name"] for item in found}) == 3


def test_a_running_job_has_an_instance(world: World):
    app = world.seed()
    world.outcome("nightly", "hang")
    world.control("POST", "happen", {"what": "run_job", "app": "shop", "job": "nightly"})
    world.advance(5)

    types = [item["component_type"] for item in world.get(base(app, "/instances"))["instances"]]

    assert types == ["SERVICE", "JOB"]


def test_health(world: World):
    app = world.seed(shop(functions=[{"name": "fn", **GIT}], ingress={"rules": [{"component": {"name": "web"}}]}))

    health = world.get(base(app, "/health"))["app_health"]

    (web,) = health["components"]
    assert (web["name"], web["state"], web["replicas_desired"], web["replicas_ready"]) == ("web", "HEALTHY", 1, 1)
    assert 0 < web["cpu_usage_percent"] < 100
    assert health["functions_components"][0]["functions_component_health_metrics"][0]["time_window"] == "1h"


# Databases.


@pytest.fixture
def stored(world: World) -> tuple[World, Any]:
    return world, world.seed(shop(databases=[{"name": "db", "engine": "PG", "db_user": "u"}]))


def test_connection_details(stored: tuple[World, Any]):
    world, app = stored

    (found,) = world.get(base(app, "/database_connection_details"))["connection_details"]

    assert (found["component_name"], found["username"], found["database_name"]) == ("db", "u", "db")
    assert found["password"] in found["database_url"]


def test_reset_password(stored: tuple[World, Any]):
    world, app = stored
    path = base(app, "/database_connection_details")
    before = world.get(path)["connection_details"][0]["password"]

    made = world.call("POST", base(app, "/components/db/reset_password"))["deployment"]

    assert made["cause_details"]["digitalocean_user_action"]["name"] == "RESET_DATABASE_PASSWORD"
    assert world.get(path)["connection_details"][0]["password"] != before
    world.call("POST", base(app, "/components/web/reset_password"), status=404)


def test_trusted_sources(stored: tuple[World, Any]):
    world, app = stored
    path = base(app, "/components/db/trusted_sources")

    assert world.call("POST", path, {"enable": True}) == {"is_enabled": True}
    newest = world.get(base(app, "/deployments"))["deployments"][0]
    assert newest["cause_details"]["type"] == "UPDATE_DATABASE_TRUSTED_SOURCES"
    assert world.call("POST", path, {"Enable": True}) == {"is_enabled": True}
    assert len(world.get(base(app, "/deployments"))["deployments"]) == 2
    assert world.call("POST", path, {"enable": False}) == {}
    assert len(world.get(base(app, "/deployments"))["deployments"]) == 3
    world.call("POST", base(app, "/components/web/trusted_sources"), {"enable": True}, status=404)


# Lists that the platform publishes.


def test_sizes(world: World):
    sizes = world.get("/v2/apps/tiers/instance_sizes")["instance_sizes"]

    assert len(sizes) == 14
    assert [size["slug"] for size in sizes if size.get("single_instance_only")] == [
        "apps-s-1vcpu-0.5gb",
        "apps-s-1vcpu-1gb-fixed",
    ]
    assert all(size.get("scalable", False) == (size["cpu_type"] == "DEDICATED") for size in sizes)


def test_one_size(world: World):
    old = world.get("/v2/apps/tiers/instance_sizes/basic-xxs")["instance_size"]

    assert (old["slug"], old["usd_per_month"], old["memory_bytes"]) == ("basic-xxs", "5.00", "536870912")
    world.call("GET", "/v2/apps/tiers/instance_sizes/huge", status=404)


def test_regions(world: World):
    regions = world.get("/v2/apps/regions")["regions"]

    assert sorted(region["slug"] for region in regions) == sorted(
        ["ams", "atl", "blr", "fra", "lon", "nyc", "sfo", "sgp", "syd", "tor"]
    )
    assert [region["slug"] for region in regions if region.get("default")] == ["nyc"]


def test_tiers(world: World):
    tiers = world.get("/v2/apps/tiers")["tiers"]

    assert [tier["slug"] for tier in tiers] == ["starter", "basic", "professional"]
    assert world.get("/v2/apps/tiers/basic")["tier"] == tiers[1]
    world.call("GET", "/v2/apps/tiers/gold", status=404)


@pytest.mark.parametrize(
    ("spec", "tier"),
    [
        ({"static_sites": [{"name": "site", **GIT}]}, "starter"),
        ({"workers": [service("w1")]}, "basic"),
        ({"workers": [service("w1", instance_size_slug="apps-d-1vcpu-1gb")]}, "professional"),
        ({"functions": [{"name": "fn", **GIT}]}, "basic"),
    ],
)
def test_tier_of_an_app(world: World, spec: dict, tier: str):
    assert world.create({"name": "shop", **spec})["tier_slug"] == tier


# The rest.


def test_bandwidth(world: World):
    app = world.seed()
    world.advance(86400 * 3)

    one = world.get(base(app, "/metrics/bandwidth_daily"))
    many = world.call("POST", "/v2/apps/metrics/bandwidth_daily", {"app_ids": [app["id"]]})
    day = world.get(base(app, "/metrics/bandwidth_daily"), date="2026-08-02T10:00:00Z")

    assert one == many
    assert one["date"] == "2026-08-03T00:00:00Z"
    assert one["app_bandwidth_usage"][0]["app_id"] == app["id"]
    assert one["app_bandwidth_usage"][0]["bandwidth_bytes"].isdigit()
    assert day["date"] == "2026-08-02T00:00:00Z"
    assert "1 to 100" in world.refused("POST", "/v2/apps/metrics/bandwidth_daily", {"app_ids": []})
    world.call("GET", base(app, "/metrics/bandwidth_daily"), status=400, date="yesterday")


def test_detect(world: World):
    answer = world.call("POST", "/v2/apps/detect", {"github": {"repo": "acme/shop", "branch": "main"}})

    assert answer["components"][0]["name"] == "shop"
    assert answer["components"][0]["strategy"] == "BUILDPACK"
    assert "exactly one" in world.refused("POST", "/v2/apps/detect", {})
    assert "repository is required" in world.refused("POST", "/v2/apps/detect", {"git": {}})


def test_buildpacks(world: World):
    app = world.seed({"name": "shop", "workers": [{"name": "w1", **GIT}, service("w2")]})
    (pack, *_other) = world.get("/v2/apps/buildpacks")["buildpacks"]
    path = base(app, "/upgrade_buildpack")

    only = world.call("POST", path, {"buildpack_id": pack["id"], "major_version": pack["major_version"]})
    deployed = world.call("POST", path, {"buildpack_id": pack["id"], "trigger_deployment": True})

    assert only == {"affected_components": ["w1"]}
    assert deployed["deployment"]["cause_details"]["digitalocean_user_action"]["name"] == "UPGRADE_BUILDPACK"
    assert "unknown buildpack" in world.refused("POST", path, {"buildpack_id": "x"})


# Pushes.


@pytest.mark.parametrize(
    ("component", "cause"),
    [
        ({"github": {"repo": "acme/shop", "branch": "main", "deploy_on_push": True}}, "pushed to github/acme/shop"),
        ({"gitlab": {"repo": "acme/x/y", "branch": "main", "deploy_on_push": True}}, "pushed to gitlab/acme/x/y"),
        (
            {"image": {"registry_type": "DOCR", "repository": "web", "deploy_on_push": {"enabled": True}}},
            "web:latest pushed",
        ),
        ({"github": {"repo": "acme/shop", "branch": "main"}}, None),
        ({"image": {"registry_type": "DOCR", "repository": "web"}}, None),
        (GIT, None),
    ],
)
def test_push(world: World, component: dict, cause: str | None):
    app = world.seed({"name": "shop", "workers": [{"name": "w1", **component}]})

    answer = world.control("POST", "happen", {"what": "push", "app": "shop"})

    newest = world.get(base(app, "/deployments"))["deployments"][0]
    assert bool(answer) == bool(cause)
    if cause:
        assert newest["cause"].endswith(cause)
        assert newest["cause_details"]["type"] == "DEPLOY_ON_PUSH"
        assert newest["workers"] != app["active_deployment"]["workers"]


def test_another_person_edits(world: World):
    app = world.seed()

    world.control("POST", "happen", {"what": "edit", "app": app["id"], "edit": {"workers": [service("w1")]}})

    assert world.app(app)["spec"]["workers"] == [service("w1")]


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({}, "what: one of push"),
        ({"what": "push", "app": "gone"}, "there is no 'gone'"),
        ({"what": "push", "app": "shop", "component": "gone"}, "no 'gone'"),
        ({"what": "crash", "app": "shop", "component": "gone"}, "no component"),
        ({"what": "edit", "app": "shop", "edit": {"color": "red"}}, "unknown field"),
        ({"what": "edit", "app": "shop", "spec": {}}, "spec: unknown; edit takes app, edit"),
        ([], "expected an object"),
    ],
)
def test_happenings_that_cannot_be(world: World, given: Any, reason: str):
    world.seed()

    assert reason in world.control("POST", "happen", given, status=400)["error"]


def test_happenings_can_be_listed(world: World):
    assert set(world.control("GET", "happen")["happenings"]) == {
        "push",
        "autoscale",
        "maintenance",
        "run_job",
        "edit",
        "crash",
    }


# Projects.


def test_an_app_moves_to_another_project(world: World):
    app = world.create()
    project = "22222222-2222-4222-8222-222222222222"

    answer = world.call("POST", f"/v2/projects/{project}/resources", {"resources": [f"do:app:{app['id']}"]})

    assert [(one["urn"], one["status"]) for one in answer["resources"]] == [(f"do:app:{app['id']}", "assigned")]
    assert world.app(app)["project_id"] == project
    world.call("POST", f"/v2/projects/{project}/resources", {"resources": [f"do:app:{NOWHERE}"]}, status=404)
