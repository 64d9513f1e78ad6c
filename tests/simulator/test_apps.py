"""Apps: create, read, list, update, delete, and the answers to what is wrong."""

from __future__ import annotations

import pytest

from tests.simulator.world import NOWHERE, World, job, service, shop


def test_create_answers_with_the_whole_app(world: World):
    app = world.create(shop(region="fra"))

    assert app["spec"]["region"] == "fra"
    assert app["region"]["label"] == "Frankfurt"
    assert app["created_at"] == app["updated_at"] == app["last_deployment_created_at"] == "2026-08-01T10:00:00Z"
    assert app["pending_deployment"]["phase"] == "PENDING_BUILD"
    assert app["pending_deployment"]["spec"] == app["spec"]
    assert app["pending_deployment"]["cause"] == "app spec updated"
    assert app["build_config"] == {}
    assert app["tier_slug"] == "basic"
    assert "active_deployment" not in app
    assert "in_progress_deployment" not in app
    assert "live_url" not in app


def test_an_active_app_has_an_address(world: World):
    app, deployment = world.deployed()

    assert app["active_deployment"]["id"] == deployment["id"]
    assert app["live_url"] == app["default_ingress"]
    assert app["live_url"].startswith("https://shop-")
    assert app["live_url"].endswith(".ondigitalocean.app")
    assert "pending_deployment" not in app


def test_an_app_of_workers_never_gets_an_address(world: World):
    app, _first = world.deployed({"name": "back", "workers": [service("mailer")]})

    assert "active_deployment" in app
    assert not {"live_url", "live_domain", "default_ingress"} & set(app)


def test_get_shows_the_deployment_on_its_way(world: World):
    app = world.create()

    world.advance(3)

    found = world.app(app)
    assert found["in_progress_deployment"]["phase"] == "BUILDING"
    assert "pending_deployment" not in found


def test_names_are_unique_in_the_account(world: World):
    world.create()

    answer = world.call("POST", "/v2/apps", {"spec": shop()}, status=409)

    assert (answer["id"], answer["message"]) == ("conflict", "App name already exists")


def test_an_app_can_be_renamed_to_a_free_name_only(world: World):
    first, second = world.create(), world.create(shop(name="other"))

    assert world.put(second, shop(name="shop"), status=409)["message"] == "App name already exists"
    assert world.put(first, shop(name="store"))["spec"]["name"] == "store"
    assert world.put(second, shop(name="shop"))["id"] == second["id"]


def test_update_replaces_the_whole_spec(world: World):
    app = world.create()
    world.advance(60)

    updated = world.put(app, {"name": "shop", "workers": [service("mailer")]})

    assert set(updated["spec"]) == {"name", "workers"}
    assert updated["updated_at"] == "2026-08-01T10:01:00Z"
    assert updated["created_at"] == app["created_at"]
    assert updated["pending_deployment"]["id"] != app["pending_deployment"]["id"]


def test_delete(world: World):
    app = world.create()

    assert world.call("DELETE", f"/v2/apps/{app['id']}") == {"id": app["id"]}

    assert world.refused("GET", f"/v2/apps/{app['id']}", status=404) == "The resource you requested could not be found."
    assert world.refused("DELETE", f"/v2/apps/{app['id']}", status=404)
    assert world.create()["id"] != app["id"]


def test_a_refused_update_changes_nothing(world: World):
    app = world.create()

    world.put(app, {"name": "shop", "services": []}, status=400)

    found = world.app(app)
    assert found["spec"] == app["spec"]
    assert len(world.get(f"/v2/apps/{app['id']}/deployments")["deployments"]) == 1


def test_project_of_an_app(world: World):
    project = "11111111-2222-4333-8444-555555555555"
    app = world.create(project_id=project)

    assert world.app(app)["project_id"] == project
    assert "project_id" not in world.get("/v2/apps")["apps"][0]
    assert world.get("/v2/apps", with_projects="true")["apps"][0]["project_id"] == project


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v2/apps/{}"),
        ("PUT", "/v2/apps/{}"),
        ("DELETE", "/v2/apps/{}"),
        ("GET", "/v2/apps/{}/deployments"),
        ("POST", "/v2/apps/{}/restart"),
        ("GET", "/v2/apps/{}/job-invocations"),
    ],
)
def test_ids_that_are_unknown_or_none(world: World, method: str, path: str):
    assert world.call(method, path.format(NOWHERE), status=404)["id"] == "not_found"
    assert world.call(method, path.format("shop"), status=400)["id"] == "bad_request"


def test_unknown_paths_and_methods(world: World):
    assert world.call("GET", "/v2/droplets", status=404)["id"] == "not_found"
    assert world.call("PATCH", "/v2/apps", status=405)["id"] == "method_not_allowed"


@pytest.mark.parametrize("body", ["{", "[]", '"text"', "\xff"])
def test_bodies_that_are_no_object(world: World, body: str):
    answer = world.raw("POST", "/v2/apps", data=body.encode("latin-1"), content_type="application/json")

    assert answer.status_code == 400
    assert answer.get_json()["message"].startswith("error parsing request body")


def test_a_spec_is_needed(world: World):
    assert "spec is required" in world.refused("POST", "/v2/apps", {})
    assert "expected an object" in world.refused("POST", "/v2/apps", {"spec": []})


def test_yaml_is_understood_where_it_is_announced(world: World):
    text = "spec:\n  name: shop\n  workers:\n  - name: mailer\n    git: {repo_clone_url: 'https://example.com/x.git'}\n"

    answer = world.raw("POST", "/v2/apps", data=text, content_type="application/yaml")

    assert answer.status_code == 200
    assert answer.get_json()["app"]["spec"]["workers"][0]["name"] == "mailer"


# Tokens and scopes.


def test_without_a_token(world: World):
    world.headers = {}

    answer = world.call("GET", "/v2/apps", status=401)

    assert (answer["id"], answer["message"]) == ("unauthorized", "Unable to authenticate you.")


def test_only_known_tokens_once_some_are_named(world: World):
    world.control("POST", "tokens", {"right": []})

    assert world.call("GET", "/v2/apps", status=401)["id"] == "unauthorized"
    world.headers = {"Authorization": "Bearer right"}
    assert world.get("/v2/apps")["apps"] == []


@pytest.mark.parametrize(
    ("scopes", "method", "path", "status"),
    [
        (["app:read"], "GET", "/v2/apps", 200),
        (["app:update"], "GET", "/v2/apps", 403),
        (["app:read"], "POST", "/v2/apps", 403),
        (["app:create"], "POST", "/v2/apps", 400),
        (["app:read"], "POST", "/v2/apps/propose", 400),
        (["app:create"], "POST", "/v2/apps/propose", 403),
        (["app:read"], "DELETE", f"/v2/apps/{NOWHERE}", 403),
        (["app:delete"], "DELETE", f"/v2/apps/{NOWHERE}", 404),
        (["app:read"], "PUT", f"/v2/apps/{NOWHERE}", 403),
        (["app:update"], "PUT", f"/v2/apps/{NOWHERE}", 404),
        (["app:read"], "GET", f"/v2/apps/{NOWHERE}/components/web/exec", 403),
        (["app:access_console"], "GET", f"/v2/apps/{NOWHERE}/components/web/exec", 404),
    ],
)
def test_scopes(world: World, scopes: list[str], method: str, path: str, status: int):
    world.control("POST", "tokens", {"t": scopes})
    world.headers = {"Authorization": "Bearer t"}

    assert world.raw(method, path).status_code == status


def test_projects_need_scopes_of_their_own(world: World):
    world.control("POST", "tokens", {"t": ["app:create", "app:read"]})
    world.headers = {"Authorization": "Bearer t"}

    world.call("POST", "/v2/apps", {"spec": shop(), "project_id": NOWHERE}, status=403)
    app = world.create()

    assert "project_id" not in app


# Pages.


def names(answer: dict) -> list[str]:
    return [app["spec"]["name"] for app in answer["apps"]]


@pytest.fixture
def crowd(world: World) -> World:
    for number in range(45):
        world.seed({"name": f"app-{number:02}", "workers": [service("w1")]})
        world.advance(1)
    return world


def test_first_page(crowd: World):
    answer = crowd.get("/v2/apps")

    assert names(answer) == [f"app-{number:02}" for number in range(44, 24, -1)]
    assert answer["meta"] == {"total": 45}
    assert answer["links"]["pages"] == {
        "next": "http://localhost/v2/apps?page=2",
        "last": "http://localhost/v2/apps?page=3",
    }


def test_page_in_the_middle_and_the_last_one(crowd: World):
    middle = crowd.get("/v2/apps", page=2, per_page=20)["links"]["pages"]
    last = crowd.get("/v2/apps", page=3)

    assert list(middle) == ["first", "prev", "next", "last"]
    assert middle["prev"] == "http://localhost/v2/apps?page=1&per_page=20"
    assert list(last["links"]["pages"]) == ["first", "prev"]
    assert len(last["apps"]) == 5


def test_page_beyond_the_last(crowd: World):
    answer = crowd.get("/v2/apps", page=9)

    assert answer["apps"] == []
    assert answer["links"]["pages"]["prev"].endswith("page=3")


def test_all_on_one_page(crowd: World):
    answer = crowd.get("/v2/apps", per_page=200)

    assert len(answer["apps"]) == 45
    assert answer["links"] == {"pages": {}}


@pytest.mark.parametrize("query", [{"page": "0"}, {"page": "x"}, {"per_page": "-1"}, {"per_page": "201"}])
def test_pages_that_cannot_be(crowd: World, query: dict[str, str]):
    answer = crowd.call("GET", "/v2/apps", status=400, **query)

    assert answer["id"] == "bad_request"


def test_a_smaller_limit_can_be_set(crowd: World):
    crowd.control("POST", "settings", {"largest_page": 25})

    message = crowd.call("GET", "/v2/apps", status=400, per_page=26)["message"]

    assert message == "cannot retrieve more than 25 items per page"


# propose.


def test_propose_stores_nothing(world: World):
    answer = world.call("POST", "/v2/apps/propose", {"spec": shop()})

    assert answer["app_name_available"] is True
    assert answer["spec"]["services"][0]["http_port"] == 8080
    assert answer["app_cost"] == 5
    assert answer["existing_static_apps"] == "0"
    assert world.get("/v2/apps")["apps"] == []


def test_propose_for_a_name_that_is_taken(world: World):
    app = world.create()

    new = world.call("POST", "/v2/apps/propose", {"spec": shop()})
    own = world.call("POST", "/v2/apps/propose", {"spec": shop(), "app_id": app["id"]})

    assert "app_name_available" not in new
    assert new["app_name_suggestion"] == "shop-2"
    assert own["app_name_available"] is True


def test_propose_refuses_as_create_does(world: World):
    assert "at least one component" in world.refused("POST", "/v2/apps/propose", {"spec": {"name": "shop"}})


def test_propose_knows_the_secrets_of_the_app_that_it_is_for(world: World):
    app = world.create(shop(envs=[{"key": "K", "value": "v", "type": "SECRET"}]))

    message = world.refused("POST", "/v2/apps/propose", {"spec": app["spec"]})
    answer = world.call("POST", "/v2/apps/propose", {"spec": app["spec"], "app_id": app["id"]})

    assert message.endswith("secret env value must not be encrypted before app is created")
    assert answer["spec"]["envs"] == app["spec"]["envs"]


@pytest.mark.parametrize(
    ("spec", "cost"),
    [
        ({"static_sites": [{"name": "site", "git": {"repo_clone_url": "https://example.com/x.git"}}]}, None),
        ({"services": [service(instance_size_slug="apps-s-1vcpu-1gb", instance_count=3)]}, 36),
        ({"services": [service(instance_size_slug="basic-s")]}, 25),
        ({"workers": [service("w1")], "databases": [{"name": "db", "engine": "PG"}]}, 12),
        ({"jobs": [job("once")]}, None),
        ({"services": [service()], "egress": {"type": "DEDICATED_IP"}}, 30),
    ],
)
def test_cost(world: World, spec: dict, cost: int | None):
    answer = world.call("POST", "/v2/apps/propose", {"spec": {"name": "shop", **spec}})

    assert answer.get("app_cost") == cost
