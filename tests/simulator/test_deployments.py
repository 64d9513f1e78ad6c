"""Deployments: phases, steps, causes, superseding, cancelling, restarts (API reference 6)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.simulator.world import NOWHERE, World, job, service, shop, statuses, steps

GIT = {"git": {"repo_clone_url": "https://example.com/x.git", "branch": "main"}}
PATH = ["PENDING_BUILD", "BUILDING", "PENDING_DEPLOY", "DEPLOYING", "ACTIVE"]


def make(world: World, app: Any, **body: Any) -> Any:
    return world.call("POST", f"/v2/apps/{app['id']}/deployments", body)["deployment"]


def listed(world: World, app: Any, **query: Any) -> list[Any]:
    return world.get(f"/v2/apps/{app['id']}/deployments", **query)["deployments"]


def test_phases(world: World):
    app = world.create()

    found, phases = world.follow(app, app["pending_deployment"])

    assert phases == PATH
    assert found["phase_last_updated_at"] == found["updated_at"] > found["created_at"]


def test_steps_at_the_start(world: World):
    app = world.create()

    progress = app["pending_deployment"]["progress"]

    assert progress["pending_steps"] == progress["total_steps"] == 3 + 3 * 4
    assert not {"success_steps", "running_steps", "error_steps"} & set(progress)
    assert set(statuses(app["pending_deployment"]).values()) == {"PENDING"}


def test_steps_at_the_end(world: World):
    _app, found = world.deployed()

    assert statuses(found) == {
        "build/initialize": "SUCCESS",
        "build/components/web": "SUCCESS",
        "build/components/migrate": "SUCCESS",
        "build/components/warm": "SUCCESS",
        "build/components/tidy": "SUCCESS",
        "deploy/initialize": "SUCCESS",
        "deploy/components/web/deploy": "SUCCESS",
        "deploy/components/web/wait": "SUCCESS",
        "deploy/components/migrate/deploy": "SUCCESS",
        "deploy/components/migrate/wait": "SUCCESS",
        "deploy/components/warm/deploy": "SUCCESS",
        "deploy/components/warm/wait": "SUCCESS",
        "deploy/components/tidy/deploy": "PENDING",
        "deploy/components/tidy/wait": "PENDING",
        "deploy/finalize": "SUCCESS",
    }
    assert [step["status"] for step in found["progress"]["steps"]] == ["SUCCESS", "SUCCESS"]
    assert found["progress"]["success_steps"] == 13
    assert found["progress"]["pending_steps"] == 2


def test_what_a_step_says(world: World):
    _app, found = world.deployed({"name": "shop", "workers": [{"name": "w1", **GIT}], "jobs": [job("once")]})
    leaves = steps(found)

    built, waited = leaves["build/components/w1"], leaves["deploy/components/once/wait"]

    assert built["message_base"] == "Building worker"
    assert built["component_name"] == "w1"
    assert "reason" not in built
    assert waited["message_base"] == "Waiting for job"
    assert leaves["deploy/components/w1/deploy"]["message_base"] == "Deploying worker"
    assert leaves["build/components/once"]["reason"] == {
        "code": "PreBuiltImage",
        "message": "Your build job was skipped because you specified a pre-built image.",
    }
    assert built["started_at"].endswith("000Z")
    assert len(built["started_at"]) == len("2026-08-01T10:00:00.000000000Z")
    assert built["started_at"] < built["ended_at"]


def test_counters_add_up_at_every_moment(world: World):
    app = world.create()
    names = ("pending_steps", "running_steps", "success_steps", "error_steps")
    for _turn in range(60):
        found = world.deployment(app, app["pending_deployment"])
        progress = found["progress"]
        counted = list(statuses(found).values())
        assert sum(progress.get(name, 0) for name in names) == progress["total_steps"] == len(counted)
        for name, word in zip(names, ("PENDING", "RUNNING", "SUCCESS", "ERROR"), strict=True):
            assert progress.get(name, 0) == counted.count(word)
        world.advance(0.7)


def test_sources_of_a_deployment(world: World):
    spec = {
        "name": "shop",
        "services": [service()],
        "workers": [{"name": "w1", **GIT}],
        "jobs": [job("once")],
        "functions": [{"name": "fn", **GIT}],
    }

    _app, found = world.deployed(spec)

    assert len(found["workers"][0]["source_commit_hash"]) == 40
    assert found["services"][0]["source_image_digest"] == found["jobs"][0]["source_image_digest"]
    assert found["services"][0]["source_image_digest"].startswith("sha256:")
    assert found["functions"][0]["name"] == "fn"


def test_timing(world: World):
    _app, found = world.deployed({"name": "shop", "workers": [{"name": "w1", **GIT}]})

    timing = found["timing"]

    assert timing == {
        "pending": "2s",
        "build_total": "21s",
        "build_billable": "20s",
        "deploying": "11s",
        "components": [{"name": "w1", "build_billable": "20s"}],
    }


def test_causes(world: World):
    app, first = world.deployed()
    second = make(world, app)

    assert first["cause"] == "app spec updated"
    assert first["cause_details"]["type"] == "MANUAL"
    assert first["cause_details"]["digitalocean_user_action"]["name"] == "UPDATE_SPEC"
    assert (second["cause"], second["previous_deployment_id"]) == ("manual", first["id"])
    assert second["cause_details"]["digitalocean_user_action"]["name"] == "CREATE_DEPLOYMENT"


def test_an_update_without_a_change_deploys(world: World):
    app, first = world.deployed()

    updated = world.put(app)

    assert updated["pending_deployment"]["id"] != first["id"]
    assert len(listed(world, app)) == 2


def test_a_new_name_alone_does_not_deploy(world: World):
    app, _first = world.deployed()

    updated = world.put(app, {**app["spec"], "name": "store"})

    assert updated["spec"]["name"] == "store"
    assert "pending_deployment" not in updated
    assert len(listed(world, app)) == 1


def test_the_newer_one_becomes_active(world: World):
    app, first = world.deployed()
    second = make(world, app)

    found, phases = world.follow(app, second)

    assert found["phase"] == "ACTIVE"
    assert phases == PATH
    assert world.deployment(app, first)["phase"] == "SUPERSEDED"
    assert world.app(app)["active_deployment"]["id"] == second["id"]


def test_overtaken_on_its_way(world: World):
    app = world.create()
    world.advance(5)

    updated = world.put(app, {**app["spec"], "workers": [service("w1")]})

    old = world.deployment(app, app["pending_deployment"])
    assert old["phase"] == "SUPERSEDED"
    assert statuses(old)["deploy/finalize"] == "PENDING"
    found, _phases = world.follow(app, updated["pending_deployment"])
    assert found["phase"] == "ACTIVE"
    assert world.deployment(app, old)["phase"] == "SUPERSEDED"


def test_cancel(world: World):
    app = world.create()
    deployment = app["pending_deployment"]
    world.advance(3)

    answer = world.call("POST", f"/v2/apps/{app['id']}/deployments/{deployment['id']}/cancel")["deployment"]

    assert answer["phase"] == "CANCELED"
    stopped = steps(answer)["build/components/web"]
    assert (stopped["status"], stopped["reason"]["code"]) == ("ERROR", "InternalError")
    world.advance(1000)
    assert world.deployment(app, deployment)["phase"] == "CANCELED"
    assert "active_deployment" not in world.app(app)


def test_cancel_of_a_finished_one(world: World):
    app, found = world.deployed()

    message = world.refused("POST", f"/v2/apps/{app['id']}/deployments/{found['id']}/cancel")

    assert "in phase ACTIVE" in message


@pytest.mark.parametrize("data", [b"", b"null\n", b"{}"])
@pytest.mark.parametrize("path", ["deployments", "restart"])
def test_bodies_of_nothing(world: World, data: bytes, path: str):
    app, _first = world.deployed()

    answer = world.raw("POST", f"/v2/apps/{app['id']}/{path}", data=data, content_type="application/json")

    assert answer.status_code == 200
    assert answer.get_json()["deployment"]["phase"] == "PENDING_BUILD"


def test_bodies_of_the_wrong_type(world: World):
    app, _first = world.deployed()

    assert "true or false" in world.refused("POST", f"/v2/apps/{app['id']}/deployments", {"force_build": "yes"})
    assert "list of strings" in world.refused("POST", f"/v2/apps/{app['id']}/restart", {"components": "web"})


# Versions of the sources.


def pushed(world: World, app: Any) -> None:
    world.control("POST", "happen", {"what": "push", "app": app["id"]})


def digest(deployment: Any) -> str:
    return deployment["services"][0]["source_image_digest"]


def test_an_update_keeps_the_version(world: World):
    app, first = world.deployed()
    pushed(world, app)

    updated = world.put(app, {**app["spec"], "workers": [service("w1")]})

    made = updated["pending_deployment"]
    assert digest(made) == digest(first)
    assert made["workers"][0]["source_image_digest"] != digest(first)


def test_update_all_source_versions(world: World):
    app, first = world.deployed()
    pushed(world, app)

    updated = world.put(app, update_all_source_versions=True)

    assert digest(updated["pending_deployment"]) != digest(first)


def test_a_deployment_by_hand_takes_the_newest(world: World):
    app, first = world.deployed()
    pushed(world, app)

    assert digest(make(world, app)) != digest(first)


def test_another_tag_is_another_version(world: World):
    app, first = world.deployed()

    updated = world.put(app, {**app["spec"], "services": [service(image={**IMAGE_1, "tag": "1.3"})]})

    assert digest(updated["pending_deployment"]) != digest(first)


IMAGE_1 = {"registry_type": "DOCR", "repository": "web"}


# Lists.


def test_list_newest_first(world: World):
    app = world.create()
    for _turn in range(4):
        world.advance(100)
        world.put(app)

    found = listed(world, app)

    assert [item["created_at"] for item in found] == sorted((item["created_at"] for item in found), reverse=True)
    assert [item["phase"] for item in found] == ["PENDING_BUILD", "ACTIVE", *["SUPERSEDED"] * 3]
    page = world.get(f"/v2/apps/{app['id']}/deployments", per_page=2, page=2)
    assert [item["id"] for item in page["deployments"]] == [item["id"] for item in found[2:4]]
    assert page["meta"] == {"total": 5}


def test_list_by_type_of_cause(world: World):
    app, _first = world.deployed()
    world.control("POST", "happen", {"what": "maintenance", "app": "shop"})

    assert [item["cause"] for item in listed(world, app, deployment_types="MAINTENANCE")] == ["maintenance"]
    assert len(listed(world, app, deployment_types=["MAINTENANCE", "MANUAL"])) == 2
    assert listed(world, app, deployment_types="AUTO_ROLLBACK") == []


def test_unknown_deployments(world: World):
    app = world.create()
    other = world.create(shop(name="other"))

    world.call("GET", f"/v2/apps/{app['id']}/deployments/{NOWHERE}", status=404)
    world.call("GET", f"/v2/apps/{app['id']}/deployments/last", status=400)
    world.call("GET", f"/v2/apps/{app['id']}/deployments/{other['pending_deployment']['id']}", status=404)


# Restarts.


def test_restart(world: World):
    app, first = world.deployed(shop(workers=[service("mailer")]))

    made = world.call("POST", f"/v2/apps/{app['id']}/restart")["deployment"]
    found, phases = world.follow(app, made)

    assert phases == ["PENDING_BUILD", "PENDING_DEPLOY", "DEPLOYING", "ACTIVE"]
    assert found["cloned_from"] == first["id"]
    assert found["cause_details"]["digitalocean_user_action"]["name"] == "RESTART"
    assert found["services"] == first["services"]
    leaves = statuses(found)
    assert leaves["deploy/components/web/wait"] == leaves["deploy/components/mailer/wait"] == "SUCCESS"
    assert leaves["deploy/components/migrate/wait"] == leaves["deploy/components/warm/wait"] == "PENDING"


def test_restart_of_one(world: World):
    app, _first = world.deployed(shop(workers=[service("mailer")]))

    made = world.call("POST", f"/v2/apps/{app['id']}/restart", {"components": ["mailer"]})["deployment"]

    leaves = statuses(world.follow(app, made)[0])
    assert leaves["deploy/components/mailer/wait"] == "SUCCESS"
    assert leaves["deploy/components/web/wait"] == "PENDING"


def test_restarts_that_are_refused(world: World):
    path = f"/v2/apps/{world.deployed()[0]['id']}/restart"
    new = world.create(shop(name="other"))

    assert "'migrate' cannot be restarted" in world.refused("POST", path, {"components": ["migrate"]})
    assert "'gone' not found" in world.refused("POST", path, {"components": ["gone"]})
    assert "no active deployment" in world.refused("POST", f"/v2/apps/{new['id']}/restart")


def test_a_restart_serves_what_was_active(world: World):
    app, _first = world.deployed()
    world.outcome("web", step="build")
    broken = world.put(app, {**app["spec"], "workers": [service("w1")]})
    assert world.follow(app, broken["pending_deployment"])[0]["phase"] == "ERROR"

    made = world.call("POST", f"/v2/apps/{app['id']}/restart")["deployment"]

    assert "workers" not in made["spec"]
    assert world.app(app)["spec"]["workers"]
