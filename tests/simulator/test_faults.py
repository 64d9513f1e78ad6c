"""Faults on demand, rate limits, and what every answer carries."""

from __future__ import annotations

import time
from typing import Any

import pytest

from app_platform_simulator.web.faults import KINDS
from app_platform_simulator.web.limits import Limits
from tests.simulator.world import World, service, shop

WRITE = {"method": "PUT", "path": "/v2/apps/*"}


@pytest.fixture
def app(world: World) -> Any:
    return world.seed()


def changed(world: World, app: Any) -> bool:
    return "workers" in world.app(app)["spec"]


def edit(app: Any) -> Any:
    return {"spec": {**app["spec"], "workers": [service("w1")]}}


# In the place of an answer.


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 422, 500, 502, 503])
def test_errors_before_the_effect(world: World, app: Any, status: int):
    world.fault("error", status=status, **WRITE)

    answer = world.raw("PUT", f"/v2/apps/{app['id']}", edit(app))

    assert answer.status_code == status
    assert set(answer.get_json()) == {"id", "message"}
    assert not changed(world, app)


def test_an_error_after_the_effect(world: World, app: Any):
    world.fault("error", status=502, when="after", **WRITE)

    assert world.raw("PUT", f"/v2/apps/{app['id']}", edit(app)).status_code == 502
    assert changed(world, app)


def test_a_create_that_fails_although_it_worked(world: World):
    world.fault("error", status=500, when="after", method="POST", path="/v2/apps")

    assert world.raw("POST", "/v2/apps", {"spec": shop()}).status_code == 500
    assert len(world.get("/v2/apps")["apps"]) == 1
    world.call("POST", "/v2/apps", {"spec": shop()}, status=409)


def test_own_words(world: World):
    world.fault("error", status=409, id="busy", message="later", headers={"Retry-After": "3"})

    answer = world.raw("GET", "/v2/apps")

    assert answer.get_json() == {"id": "busy", "message": "later"}
    assert answer.headers["Retry-After"] == "3"


def test_html_errors(world: World):
    world.fault("error", status=503, html=True)

    answer = world.raw("GET", "/v2/apps")

    assert (answer.status_code, answer.mimetype) == (503, "text/html")


def test_524(world: World):
    world.fault("timeout_524")

    answer = world.raw("GET", "/v2/apps")

    assert answer.status_code == 524
    assert "cloudflare" in answer.get_data(as_text=True)


def test_html_and_lists_with_status_200(world: World):
    world.fault("html")
    page = world.raw("GET", "/v2/apps")
    world.fault("list")
    listed = world.raw("GET", "/v2/apps")

    assert (page.status_code, page.mimetype) == (200, "text/html")
    assert (listed.status_code, listed.get_json()) == (200, [])


def test_limit_per_minute(world: World, app: Any):
    world.fault("rate_limit", retry_after=7, **WRITE)

    answer = world.raw("PUT", f"/v2/apps/{app['id']}", edit(app))

    assert answer.status_code == 429
    assert answer.get_json() == {"id": "too_many_requests", "message": "API rate limit exceeded."}
    assert (answer.headers["retry-after"], answer.headers["ratelimit-remaining"]) == ("7", "0")
    assert not changed(world, app)


def test_limit_without_a_hint(world: World):
    world.fault("rate_limit", retry_after=None)

    answer = world.raw("GET", "/v2/apps")

    assert answer.status_code == 429
    assert "retry-after" not in answer.headers
    assert int(answer.headers["ratelimit-remaining"]) > 0


def test_limit_per_hour(world: World):
    world.fault("hourly_limit", reset_in=600)

    answer = world.raw("GET", "/v2/apps")

    assert answer.status_code == 429
    assert "retry-after" not in answer.headers
    assert answer.headers["ratelimit-remaining"] == "0"
    assert 590 < int(answer.headers["ratelimit-reset"]) - time.time() <= 600


# Without a network, a cut connection is an exception.


@pytest.mark.parametrize(("when", "effect"), [("before", False), ("after", True)])
def test_cut(world: World, app: Any, when: str, effect: bool):
    world.fault("cut", when=when, **WRITE)

    with pytest.raises(ConnectionResetError):
        world.raw("PUT", f"/v2/apps/{app['id']}", edit(app))

    assert changed(world, app) == effect


def test_truncated(world: World, app: Any):
    world.fault("truncated", **WRITE)

    with pytest.raises(ConnectionResetError):
        world.raw("PUT", f"/v2/apps/{app['id']}", edit(app)).get_data()

    assert changed(world, app)


@pytest.mark.parametrize(("when", "effect"), [("before", False), ("after", True)])
def test_hang(world: World, app: Any, when: str, effect: bool):
    world.fault("hang", seconds=0, when=when, **WRITE)

    with pytest.raises(ConnectionResetError):
        world.raw("PUT", f"/v2/apps/{app['id']}", edit(app))

    assert changed(world, app) == effect


def test_a_hanging_request_is_let_go(world: World):
    import threading

    world.fault("hang", seconds=600)
    ended = threading.Event()

    def ask() -> None:
        with pytest.raises(ConnectionResetError):
            world.client.get("/v2/apps", headers=world.headers)
        ended.set()

    thread = threading.Thread(target=ask)
    thread.start()
    while not world.server.record.calls:  # until it has arrived
        pass
    world.control("DELETE", "faults")
    thread.join(timeout=30)

    assert ended.is_set()


def test_delay(world: World):
    world.fault("delay", seconds=0)

    assert world.get("/v2/apps")["apps"] == []
    assert world.server.record.calls[-1]["faults"] == ["delay"]


# In the answer.


def test_no_pending_deployment(world: World, app: Any):
    world.fault("no_pending", **WRITE)

    answer = world.call("PUT", f"/v2/apps/{app['id']}", edit(app))["app"]

    assert "pending_deployment" not in answer
    assert world.app(app)["pending_deployment"]


def test_no_progress(world: World, app: Any):
    world.fault("no_progress", operation="apps_get_deployment")
    path = f"/v2/apps/{app['id']}/deployments/{app['active_deployment']['id']}"

    assert "progress" not in world.get(path)["deployment"]
    assert "progress" in world.get(path)["deployment"]


# Other people.


def deployments(world: World, app: Any) -> list[Any]:
    return world.get(f"/v2/apps/{app['id']}/deployments")["deployments"]


def test_superseded_by_the_same_spec(world: World, app: Any):
    world.fault("supersede", **WRITE)

    made = world.call("PUT", f"/v2/apps/{app['id']}", edit(app))["app"]["pending_deployment"]

    newest, mine = deployments(world, app)[:2]
    assert (mine["id"], mine["phase"]) == (made["id"], "SUPERSEDED")
    assert newest["spec"] == made["spec"]


def test_superseded_by_another_spec(world: World, app: Any):
    world.fault("supersede", edit={"workers": [{"name": "w1", "run_command": "other"}]}, **WRITE)

    made = world.call("PUT", f"/v2/apps/{app['id']}", edit(app))["app"]["pending_deployment"]

    newest = deployments(world, app)[0]
    assert "run_command" not in made["spec"]["workers"][0]
    assert newest["spec"]["workers"][0]["run_command"] == "other"


def test_another_writer_between_get_and_put(world: World, app: Any):
    world.fault("other_writer", method="GET", operation="apps_get")

    seen = world.app(app)

    assert seen["spec"] == app["spec"]
    now = world.app(app)
    assert [env["key"] for env in now["spec"]["envs"]] == ["OTHER_WRITER"]


def test_another_writer_after_the_put(world: World, app: Any):
    world.fault("other_writer", edit={"workers": None, "jobs": [{"name": "tidy", "run_command": "x"}]}, **WRITE)

    world.call("PUT", f"/v2/apps/{app['id']}", edit(app))

    spec = world.app(app)["spec"]
    assert "workers" not in spec
    assert [job.get("run_command") for job in spec["jobs"]] == ["./migrate", "./warm", "x", "./nightly"]


def test_another_writer_before_the_put(world: World, app: Any):
    world.fault("other_writer", when="before", **WRITE)

    world.call("PUT", f"/v2/apps/{app['id']}", edit(app))

    assert "envs" not in world.app(app)["spec"]
    assert len(deployments(world, app)) == 3


def test_the_app_is_deleted_in_between(world: World, app: Any):
    world.fault("delete_app", method="GET", operation="apps_get", when="after")

    world.app(app)

    world.call("GET", f"/v2/apps/{app['id']}", status=404)


# Which requests are struck.


def test_count_and_skip(world: World):
    world.fault("error", status=503, count=2, skip=1)

    assert [world.raw("GET", "/v2/apps").status_code for _turn in range(5)] == [200, 503, 503, 200, 200]


def test_always(world: World):
    world.fault("error", status=503, count=None, path="/v2/apps/regions")

    assert [world.raw("GET", "/v2/apps/regions").status_code for _turn in range(3)] == [503] * 3
    assert world.raw("GET", "/v2/apps").status_code == 200
    world.control("DELETE", "faults")
    assert world.raw("GET", "/v2/apps/regions").status_code == 200


def test_by_method_path_and_operation(world: World, app: Any):
    world.fault("error", status=503, method="put", path="/v2/apps/*", operation="apps_update")

    assert world.raw("GET", f"/v2/apps/{app['id']}").status_code == 200
    assert world.raw("POST", "/v2/apps/propose", {"spec": app["spec"]}).status_code == 200
    assert world.raw("PUT", f"/v2/apps/{app['id']}", edit(app)).status_code == 503


def test_several_at_once(world: World, app: Any):
    world.control("POST", "faults", [{"fault": "other_writer", **WRITE}, {"fault": "no_pending", **WRITE}])

    answer = world.call("PUT", f"/v2/apps/{app['id']}", edit(app))["app"]

    assert "pending_deployment" not in answer
    assert len(deployments(world, app)) == 3


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"fault": "earthquake"}, "'earthquake' is not one of error"),
        ({}, "is not one of"),
        ({"fault": "error", "colour": 1}, "unknown field 'colour'"),
        ({"fault": "error", "when": "later"}, "not one of before, after"),
        ({"fault": "error", "count": -1}, "at least 0"),
        ({"fault": "hang", "seconds": "long"}, "at least 0"),
        ({"fault": "hang", "seconds": None}, "at least 0"),
        ({"fault": "error", "status": 99}, "from 200 to 599"),
        ({"fault": "error", "status": "503"}, "from 200 to 599"),
        ({"fault": "error", "headers": {"a": 1}}, "object of strings"),
        ({"fault": "error", "html": "yes"}, "true or false"),
        ({"fault": "error", "path": None}, "expected a string"),
        ({"fault": "other_writer", "edit": []}, "expected an object"),
        ([{"fault": "cut"}, 5], "expected an object"),
    ],
)
def test_faults_that_are_refused(world: World, given: Any, reason: str):
    assert reason in world.control("POST", "faults", given, status=400)["error"]
    assert world.control("GET", "faults")["faults"] == []


def test_faults_can_be_listed(world: World):
    world.fault("cut")

    answer = world.control("GET", "faults")

    assert [fault["fault"] for fault in answer["faults"]] == ["cut"]
    assert answer["kinds"] == KINDS


# Rate limits as the platform has them.


def test_headers_of_every_answer(world: World):
    for status, path in ((200, "/v2/apps"), (404, "/v2/nothing")):
        answer = world.raw("GET", path)
        assert answer.status_code == status
        assert answer.headers["ratelimit-limit"] == "5000"
        assert int(answer.headers["ratelimit-remaining"]) > 0
        assert int(answer.headers["ratelimit-reset"]) > time.time()
        assert len(answer.headers["x-request-id"]) == 36
    assert answer.get_json()["request_id"] == answer.headers["x-request-id"]


def test_remaining_goes_down(world: World):
    first, second = (int(world.raw("GET", "/v2/apps").headers["ratelimit-remaining"]) for _turn in range(2))

    assert second == first - 1


class Seconds:
    now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def limited(world: World) -> tuple[World, Seconds]:
    seconds = Seconds()
    world.server.limits = Limits(world.state.settings, seconds)
    world.control("POST", "settings", {"rate_limits": True, "per_hour": 6, "per_minute": 4})
    return world, seconds


def test_the_limit_per_minute(limited: tuple[World, Seconds]):
    world, seconds = limited
    assert [world.raw("GET", "/v2/apps").status_code for _turn in range(4)] == [200] * 4
    seconds.now += 10

    answer = world.raw("GET", "/v2/apps")

    assert answer.status_code == 429
    assert answer.headers["retry-after"] == "51"
    seconds.now += 51
    assert world.raw("GET", "/v2/apps").status_code == 200


def test_the_limit_per_hour(limited: tuple[World, Seconds]):
    world, seconds = limited
    for _turn in range(6):
        assert world.raw("GET", "/v2/apps").status_code == 200
        seconds.now += 60

    answer = world.raw("GET", "/v2/apps")

    assert answer.status_code == 429
    assert "retry-after" not in answer.headers
    assert answer.headers["ratelimit-remaining"] == "0"
    assert answer.headers["ratelimit-reset"] == str(1_000_000 + 3600)
    seconds.now = 1_000_000 + 3601
    assert world.raw("GET", "/v2/apps").status_code == 200


def test_without_limits_a_crowd_is_welcome(world: World):
    assert {world.raw("GET", "/v2/apps/regions").status_code for _turn in range(300)} == {200}
