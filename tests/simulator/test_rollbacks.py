"""Rollbacks: rules, pins, commit and revert; the platform's own rollback (API reference 6.5)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.simulator.world import NOWHERE, World, job, service, shop, statuses

GIT = {"git": {"repo_clone_url": "https://example.com/x.git", "branch": "main"}}


def path(app: Any, *parts: str) -> str:
    return "/".join(("/v2/apps", app["id"], "rollback", *parts))


@pytest.fixture
def two(world: World) -> tuple[World, Any, Any, Any]:
    """An app whose second deployment has a worker more."""
    app, first = world.deployed()
    updated = world.put(app, {**app["spec"], "workers": [service("w1")]})
    second, _phases = world.follow(app, updated["pending_deployment"])
    return world, app, first, second


def test_validate(two: tuple[World, Any, Any, Any]):
    world, app, first, _second = two

    assert world.call("POST", path(app, "validate"), {"deployment_id": first["id"]}) == {"valid": True}
    assert len(world.get(f"/v2/apps/{app['id']}/deployments")["deployments"]) == 2


def test_rollback_pins(two: tuple[World, Any, Any, Any]):
    world, app, first, second = two

    made = world.call("POST", path(app), {"deployment_id": first["id"]})["deployment"]

    assert made["spec"] == first["spec"]
    assert made["cloned_from"] == first["id"]
    assert made["cause_details"]["type"] == "MANUAL_ROLLBACK"
    assert made["cause_details"]["digitalocean_user_action"]["name"] == "ROLLBACK_APP"
    assert made["services"] == first["services"]
    found = world.app(app)
    assert found["pinned_deployment"]["id"] == made["id"]
    assert found["spec"] == second["spec"]
    ended, phases = world.follow(app, made)
    assert ended["phase"] == "ACTIVE"
    assert "BUILDING" not in phases
    assert world.app(app)["active_deployment"]["spec"] == first["spec"]


def test_jobs_run_in_a_rollback(two: tuple[World, Any, Any, Any]):
    world, app, first, _second = two

    made = world.call("POST", path(app), {"deployment_id": first["id"]})["deployment"]

    assert statuses(world.follow(app, made)[0])["deploy/components/migrate/wait"] == "SUCCESS"


@pytest.mark.parametrize(
    ("method", "tail", "body"),
    [
        ("PUT", "", {"spec": shop()}),
        ("POST", "/deployments", {}),
        ("POST", "/restart", {}),
    ],
)
def test_a_pinned_app_takes_no_deployment(two: tuple[World, Any, Any, Any], method: str, tail: str, body: dict):
    world, app, first, second = two
    world.call("POST", path(app), {"deployment_id": first["id"]})

    answer = world.call(method, f"/v2/apps/{app['id']}{tail}", body, status=409)

    assert answer["id"] == "conflict"
    assert "pinned" in answer["message"]
    assert world.app(app)["spec"] == second["spec"]
    assert len(world.get(f"/v2/apps/{app['id']}/deployments")["deployments"]) == 3


def test_a_push_does_not_deploy_a_pinned_app(world: World):
    source = {"github": {"repo": "a/b", "branch": "main", "deploy_on_push": True}}
    app, first = world.deployed({"name": "shop", "workers": [{"name": "w1", **source}]})
    world.call("POST", path(app), {"deployment_id": first["id"]})

    assert world.control("POST", "happen", {"what": "push", "app": "shop"}) == {}


def test_commit(two: tuple[World, Any, Any, Any]):
    world, app, first, _second = two
    world.call("POST", path(app), {"deployment_id": first["id"]})

    assert world.call("POST", path(app, "commit")) == ""

    assert "pinned_deployment" not in world.app(app)
    assert world.put(app)["pending_deployment"]


def test_revert(two: tuple[World, Any, Any, Any]):
    world, app, first, second = two
    world.follow(app, world.call("POST", path(app), {"deployment_id": first["id"]})["deployment"])

    made = world.call("POST", path(app, "revert"))["deployment"]

    assert made["spec"] == second["spec"]
    assert made["cause_details"]["digitalocean_user_action"]["name"] == "REVERT_APP_ROLLBACK"
    assert "pinned_deployment" not in world.app(app)
    assert world.follow(app, made)[0]["phase"] == "ACTIVE"


def test_without_a_pin(two: tuple[World, Any, Any, Any]):
    world, app, first, _second = two

    world.call("POST", path(app), {"deployment_id": first["id"], "skip_pin": True})

    assert "pinned_deployment" not in world.app(app)
    assert "not pinned" in world.refused("POST", path(app, "commit"))
    assert "not pinned" in world.refused("POST", path(app, "revert"))


# Why not.


def invalid(world: World, app: Any, deployment: Any, code: str) -> str:
    """Both calls agree that it is not possible; the message."""
    answer = world.call("POST", path(app, "validate"), {"deployment_id": deployment["id"]})
    assert not answer["valid"]
    assert answer["error"]["code"] == code
    status = 409 if code == "app_pinned" else 400
    message = world.refused("POST", path(app), {"deployment_id": deployment["id"]}, status=status)
    assert message == answer["error"]["message"]
    return message


def test_to_a_failed_one(two: tuple[World, Any, Any, Any]):
    world, app, *_others = two
    world.outcome("migrate", count=1)
    failed, _phases = world.follow(app, world.put(app)["pending_deployment"])

    message = invalid(world, app, failed, "incompatible_result")

    assert message == 'deployment result "failed" is unsuitable for rollback'


def test_to_a_canceled_one(two: tuple[World, Any, Any, Any]):
    world, app, *_others = two
    made = world.put(app)["pending_deployment"]
    world.call("POST", f"/v2/apps/{app['id']}/deployments/{made['id']}/cancel")

    assert 'result "canceled"' in invalid(world, app, made, "incompatible_result")


def test_to_one_on_its_way(two: tuple[World, Any, Any, Any]):
    world, app, *_others = two

    assert "PENDING_BUILD" in invalid(world, app, world.put(app)["pending_deployment"], "incompatible_phase")


def test_while_pinned(two: tuple[World, Any, Any, Any]):
    world, app, first, second = two
    world.follow(app, world.call("POST", path(app), {"deployment_id": first["id"]})["deployment"])

    assert "commit or revert" in invalid(world, app, second, "app_pinned")


def test_ten_successful_ones_back(world: World):
    app, first = world.deployed()
    for _turn in range(9):
        world.follow(app, world.put(app)["pending_deployment"])
    world.outcome("migrate", count=1)
    world.follow(app, world.put(app)["pending_deployment"])
    assert world.call("POST", path(app, "validate"), {"deployment_id": first["id"]})["valid"]

    world.follow(app, world.put(app)["pending_deployment"])

    assert "historical revision limit of 10" in invalid(world, app, first, "exceeded_revision_limit")


def test_another_region(world: World):
    app, first = world.deployed(shop(region="fra"))
    world.follow(app, world.put(app, shop(region="ams"))["pending_deployment"])

    assert "fra" in invalid(world, app, first, "region_conflict")


def test_other_databases(world: World):
    app, first = world.deployed(shop(databases=[{"name": "db", "engine": "PG"}]))
    world.follow(
        app, world.put(app, shop(databases=[{"name": "db", "engine": "PG", "version": "16"}]))["pending_deployment"]
    )

    assert "databases" in invalid(world, app, first, "database_config_conflict")


def test_requests_that_name_nothing(two: tuple[World, Any, Any, Any]):
    world, app, first, _second = two

    assert "deployment_id is required" in world.refused("POST", path(app), {})
    world.call("POST", path(app), {"deployment_id": NOWHERE}, status=404)
    world.call("POST", path(app, "validate"), {"deployment_id": "last"}, status=400)
    assert "true or false" in world.refused("POST", path(app), {"deployment_id": first["id"], "skip_pin": 1})


def test_warnings(world: World):
    hub = {"registry_type": "DOCKER_HUB", "registry": "library", "repository": "nginx"}
    spec = {
        "name": "shop",
        "workers": [service("w1"), service("w2", image=hub)],
        "static_sites": [{"name": "site", **GIT}],
    }
    app, first = world.deployed(spec)

    answer = world.call("POST", path(app, "validate"), {"deployment_id": first["id"]})

    assert answer["valid"] is True
    assert [(item["code"], item["components"]) for item in answer["warnings"]] == [
        ("static_site_requires_rebuild", ["site"]),
        ("image_source_missing_digest", ["w2"]),
    ]


# The platform's own.


def test_no_automatic_rollback_by_default(two: tuple[World, Any, Any, Any]):
    world, app, _first, second = two
    world.outcome("migrate")
    failed, _phases = world.follow(app, world.put(app)["pending_deployment"])

    assert world.get(f"/v2/apps/{app['id']}/deployments")["deployments"][0]["id"] == failed["id"]
    assert world.app(app)["active_deployment"]["id"] == second["id"]


def test_automatic_rollback():
    world = World(automatic_rollback="on")
    app, first = world.deployed(shop(jobs=[job("migrate", "PRE_DEPLOY")]))
    world.outcome("migrate", count=1)
    changed = {**app["spec"], "workers": [service("w1")]}

    failed, _phases = world.follow(app, world.put(app, changed)["pending_deployment"])

    newest = world.get(f"/v2/apps/{app['id']}/deployments")["deployments"][0]
    assert newest["cause"] == f'automated rollback after failed deployment of "{failed["id"]}"'
    assert newest["cause_details"]["type"] == "AUTO_ROLLBACK"
    assert newest["previous_deployment_id"] == failed["id"]
    assert newest["cloned_from"] == first["id"]
    assert newest["spec"] == first["spec"]
    assert world.follow(app, newest)[0]["phase"] == "ACTIVE"
    assert world.app(app)["spec"]["workers"]


def test_an_automatic_rollback_that_fails_is_not_repeated():
    world = World(automatic_rollback="on")
    app, _first = world.deployed()
    world.outcome("migrate")

    world.follow(app, world.put(app)["pending_deployment"])
    world.advance(1000)

    assert len(world.get(f"/v2/apps/{app['id']}/deployments")["deployments"]) == 3
