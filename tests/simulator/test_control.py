"""The control plane: reset, seed, the record of requests, clock, settings; the state file."""

from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import Any

import pytest

from app_platform_simulator import storage
from app_platform_simulator.engine.clock import Clock
from app_platform_simulator.state import State
from tests.simulator.world import START, World, scheduled, service, shop


def test_health(world: World):
    world.seed()

    answer = world.control("GET", "health")

    assert answer["status"] == "ok"
    assert answer["apps"] == 1
    assert answer["now"] == "2026-08-01T10:00:00Z"


def test_the_control_plane_needs_no_token(world: World):
    world.control("POST", "tokens", {"only": []})

    assert world.control("GET", "apps") == {"apps": []}


# Seeds.


def test_a_seeded_app_is_deployed(world: World):
    app = world.seed()

    assert app["active_deployment"]["phase"] == "ACTIVE"
    assert app["live_url"]
    assert app["active_deployment"]["progress"]["pending_steps"] == 2
    assert "pending_deployment" not in app
    assert world.control("GET", "requests")["total"] == 0


def test_seeds_of_every_form(world: World):
    app_id = "2f5c0000-0000-4000-8000-000000000001"
    listed = [shop(), {"spec": shop(name="other"), "id": app_id, "deployed": False}]

    answer = world.control("POST", "seed", {"apps": listed})["apps"]

    assert [app["spec"]["name"] for app in answer] == ["shop", "other"]
    assert answer[1]["id"] == app_id
    assert answer[1]["pending_deployment"]["phase"] == "PENDING_BUILD"


@pytest.mark.parametrize(
    ("given", "status", "reason"),
    [
        ({}, 400, "expected a list of apps"),
        (["x"], 400, "expected an object"),
        ([{"spec": {"name": "x"}}], 400, "error validating app spec"),
        ([{"spec": shop(), "colour": 1}], 400, "unknown field 'colour'"),
        ([{"spec": shop(), "id": "x"}], 400, "invalid uuid"),
        ([shop(), shop()], 409, "already exists"),
    ],
)
def test_seeds_that_are_refused(world: World, given: Any, status: int, reason: str):
    assert reason in world.control("POST", "seed", given, status=status)["error"]


def test_the_same_id_twice(world: World):
    app = world.seed()

    answer = world.control("POST", "seed", [{"spec": shop(name="other"), "id": app["id"]}], status=409)

    assert app["id"] in answer["error"]


@pytest.mark.slow
def test_a_thousand_apps(world: World):
    world.control("POST", "seed", [{"name": f"app-{number}", "workers": [service("w1")]} for number in range(1000)])

    assert world.get("/v2/apps", per_page=1)["meta"] == {"total": 1000}


# Reset.


def test_reset(world: World):
    world.create()
    world.outcome("migrate")
    world.fault("cut")
    world.control("POST", "assumptions", {"noop_put": "skip"})
    world.control("POST", "settings", {"log_delay": 5, "pace": {"job": 100}})
    world.control("POST", "tokens", {"t": []})
    world.control("POST", "clock", {"clock": "real", "speed": 2})

    world.control("POST", "reset", {})

    assert world.control("GET", "health")["apps"] == 0
    assert world.control("GET", "outcomes") == {"outcomes": []}
    assert world.control("GET", "faults")["faults"] == []
    assert world.state.assume.changed() == {}
    assert world.control("GET", "settings")["log_delay"] == 0
    assert world.control("GET", "settings")["pace"]["job"] == 5
    assert world.control("GET", "clock")["clock"] == "manual"
    assert world.control("GET", "requests") == {"requests": [], "total": 0, "last": 1}
    assert world.create()["id"]


def test_reset_comes_back_to_the_start(world: World):
    world.server.start.seed = [shop()]
    world.server.start.outcomes = [{"component": "migrate", "outcome": "fail"}]
    world.server.start.tokens = ["t"]

    world.control("POST", "reset", {})

    assert [app["spec"]["name"] for app in world.control("GET", "apps")["apps"]] == ["shop"]
    assert len(world.control("GET", "outcomes")["outcomes"]) == 1
    world.call("GET", "/v2/apps", status=401)


def test_reset_keeps_what_is_named(world: World):
    world.get("/v2/apps")
    world.control("POST", "assumptions", {"noop_put": "skip"})

    world.control("POST", "reset", {"keep": ["assumptions", "requests"]})

    assert world.state.assume.changed() == {"noop_put": "skip"}
    assert world.control("GET", "requests")["total"] == 1
    assert "not one of" in world.control("POST", "reset", {"keep": ["apps"]}, status=400)["error"]


def test_an_old_appointment_does_nothing_after_a_reset(world: World):
    world.create()
    world.control("POST", "reset", {})

    world.advance(1000)

    assert world.get("/v2/apps")["apps"] == []


# The record.


def test_requests(world: World):
    app = world.create()
    world.raw("PUT", f"/v2/apps/{app['id']}", {"spec": {"name": "x"}}, query_string={"a": ["1", "2"]})

    first, second = world.control("GET", "requests")["requests"]

    assert (first["method"], first["path"], first["status"], first["operation"]) == (
        "POST",
        "/v2/apps",
        200,
        "apps_create",
    )
    assert first["body"] == {"spec": shop()}
    assert (second["status"], second["query"], second["writes"]) == (400, {"a": ["1", "2"]}, True)
    assert world.headers["Authorization"] not in json.dumps([first, second])


def test_what_writes(world: World):
    app, done = world.deployed()
    world.control("DELETE", "requests")
    body = {"deployment_id": done["id"]}
    world.get(f"/v2/apps/{app['id']}")
    world.call("POST", "/v2/apps/propose", {"spec": shop()})
    world.call("POST", f"/v2/apps/{app['id']}/rollback/validate", body)
    world.call("POST", "/v2/apps/metrics/bandwidth_daily", {"app_ids": [app["id"]]})
    world.call("POST", "/v2/apps/detect", {"git": {"repo_clone_url": "x"}})
    assert world.control("GET", "requests?writes=true")["requests"] == []
    assert world.control("GET", "requests?writes=false")["total"] == 5

    world.call("POST", f"/v2/apps/{app['id']}/rollback", body)
    world.call("DELETE", f"/v2/apps/{app['id']}")

    writes = world.control("GET", "requests?writes=true")["requests"]
    assert [call["operation"] for call in writes] == ["apps_create_rollback", "apps_delete"]


def test_requests_can_be_selected(world: World):
    world.get("/v2/apps")
    last = world.control("GET", "requests")["last"]
    world.get("/v2/apps/regions")
    world.create()

    assert world.control("GET", f"requests?since={last}")["total"] == 2
    assert world.control("GET", "requests?method=post")["total"] == 1
    assert world.control("GET", "requests?path=regions")["total"] == 1
    world.control("DELETE", "requests")
    assert world.control("GET", "requests")["total"] == 0


def test_bodies_that_are_no_json_are_recorded_as_text_where_secrets_are(world: World):
    world.server.record_secrets = True
    world.raw("POST", "/v2/apps", data="spec: [")
    world.raw("POST", "/v2/apps/propose", data="null")

    assert [call["body"] for call in world.control("GET", "requests")["requests"]] == ["spec: [", None]


# The clock.


def test_clock(world: World):
    app = world.create()

    answer = world.control("POST", "clock", {"advance": 1000})

    assert answer["now"] == "2026-08-01T10:16:40Z"
    assert world.app(app)["active_deployment"]["updated_at"] < "2026-08-01T10:02:00Z"
    assert world.control("POST", "clock", {"to": "2027-01-01T00:00:00Z"})["now"] == "2027-01-01T00:00:00Z"


def test_clock_tells_what_is_next(world: World):
    world.seed({"name": "shop", "jobs": [scheduled()]})

    assert world.control("GET", "clock")["next"] == "2026-08-02T01:00:00Z"


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"advance": -1}, "turn the clock back"),
        ({"to": "2020-01-01T00:00:00Z"}, "turn the clock back"),
        ({"to": "soon"}, "Invalid isoformat"),
        ({"clock": "sun"}, "not one of auto, real, manual"),
        ({"clock": "real", "speed": 0}, "not above 0"),
        ({"tick": 1}, "unknown field 'tick'"),
        ([], "expected an object"),
    ],
)
def test_clocks_that_cannot_be(world: World, given: Any, reason: str):
    assert reason in world.control("POST", "clock", given, status=400)["error"]
    assert world.control("GET", "clock")["now"] == "2026-08-01T10:00:00Z"


def test_a_real_clock_goes_by_itself():
    clock = Clock("real", speed=1e6, now=START)

    while clock.now() == START:
        pass
    assert clock.now() > START
    clock.become("manual")
    assert clock.now() == clock.now()


def test_a_step_of_an_automatic_clock_can_be_set():
    world = World("auto")
    world.control("POST", "settings", {"step": 1000})
    app = world.create()

    assert world.deployment(app, app["pending_deployment"])["phase"] == "ACTIVE"


def test_lists_of_deployments_are_looks_too():
    world = World("auto")
    app = world.create()

    phases = [world.get(f"/v2/apps/{app['id']}/deployments")["deployments"][0]["phase"] for _turn in range(6)]

    assert phases[-1] == "ACTIVE"


def test_a_look_at_the_app_moves_nothing():
    world = World("auto")
    app = world.create()

    for _turn in range(10):
        world.app(app)

    assert world.app(app)["pending_deployment"]["phase"] == "PENDING_BUILD"


# Settings and assumptions.


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"colour": 1}, "'colour' is no setting"),
        ({"step": "x"}, "a number of at least 0"),
        ({"rate_limits": 1}, "true or false"),
        ({"pace": {"lunch": 1}}, "unknown name 'lunch'"),
        ({"pace": {"job": -1}}, "at least 0"),
        ({"pace": 5}, "expected an object"),
        ({"log_delay": 5, "step": -1}, "at least 0"),
    ],
)
def test_settings_that_are_refused(world: World, given: Any, reason: str):
    before = world.control("GET", "settings")

    assert reason in world.control("POST", "settings", given, status=400)["error"]
    assert world.control("GET", "settings") == before


def test_assumptions_can_be_listed(world: World):
    world.control("POST", "assumptions", {"noop_put": "skip"})

    listed = {item["name"]: item for item in world.control("GET", "assumptions")["assumptions"]}

    assert listed["noop_put"]["value"] == "skip"
    assert listed["noop_put"]["default"] == "deploy"
    assert listed["noop_put"]["values"] == ["deploy", "skip"]
    assert listed["noop_put"]["question"].endswith("?")
    assert listed["noop_put"]["evidence"]


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"lunch": "late"}, "'lunch' is no assumption"),
        ({"noop_put": "maybe"}, "noop_put: 'maybe' is not one of deploy, skip"),
        ({"rename_put": "deploy", "cron_minimum_minutes": "x"}, "a whole number"),
    ],
)
def test_assumptions_that_are_refused(world: World, given: Any, reason: str):
    assert reason in world.control("POST", "assumptions", given, status=400)["error"]
    assert world.state.assume.changed() == {}


def test_control_calls_that_are_no_json(world: World):
    answer = world.client.post("/_simulator/seed", data="{", headers=world.key, content_type="application/json")

    assert (answer.status_code, "body: " in answer.get_json()["error"]) == (400, True)


def test_unknown_control_calls(world: World):
    assert world.control("GET", "nothing", status=404)["id"] == "not_found"


def test_index(world: World):
    assert "/v2/apps" in world.client.get("/", headers=world.key).get_data(as_text=True)


# The state file.


def filled() -> tuple[World, Any]:
    """A world with something of everything in it, in the middle of it all."""
    world = World()
    spec = shop(
        envs=[{"key": "K", "value": "s3cr3t", "type": "SECRET"}],
        alerts=[{"rule": "DEPLOYMENT_FAILED"}],
        domains=[{"domain": "a.com"}],
        databases=[{"name": "db", "engine": "PG"}],
    )
    app, _first = world.deployed(spec)
    world.until("2026-08-02T01:00:03Z")
    world.outcome("warm", count=2)
    world.control("POST", "settings", {"log_delay": 0.5})
    world.put(app)
    world.advance(10)
    return world, app


def test_state_survives(tmp_path: Path):
    world, app = filled()
    before = {
        path: world.get(f"/v2/apps/{app['id']}{path}") for path in ("", "/deployments", "/job-invocations", "/events")
    }

    storage.save(world.state, tmp_path / "state.json")
    other = World()
    storage.load(other.state, storage.read(tmp_path / "state.json"))

    for path, content in before.items():
        assert other.get(f"/v2/apps/{app['id']}{path}") == content
    assert storage.dump(other.state) == storage.dump(world.state)


def test_life_goes_on_after_a_restart(tmp_path: Path):
    world, app = filled()
    storage.save(world.state, tmp_path / "state.json")
    other = World()
    storage.load(other.state, storage.read(tmp_path / "state.json"))

    other.advance(86400)

    found = other.app(app)
    assert "in_progress_deployment" not in found
    assert [step["status"] for step in found["active_deployment"]["progress"]["steps"]] == ["SUCCESS", "ERROR"]
    runs = other.get(f"/v2/apps/{app['id']}/job-invocations")["job_invocations"]
    assert [run["phase"] for run in runs] == ["SUCCEEDED", "SUCCEEDED"]
    assert other.put(app, found["spec"])["spec"] == found["spec"]


def test_the_file_is_replaced_as_a_whole(tmp_path: Path):
    world, _app = filled()
    path = tmp_path / "state.json"

    storage.save(world.state, path)
    storage.save(world.state, path)

    assert [item.name for item in tmp_path.iterdir()] == ["state.json"]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert storage.read(tmp_path / "none.json") is None


def test_files_of_another_version(tmp_path: Path):
    with pytest.raises(ValueError, match="version 99"):
        storage.load(State(), {"version": 99})
