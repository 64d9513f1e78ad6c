"""Who may call: names, origins, the key, and what a browser is told."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

import pytest

from app_platform_simulator.web.access import API, HEADER, Access
from tests.simulator.world import TOKEN, World, shop

PAGES = ("/", "/_simulator/report", "/_simulator/report.json")
PLACES = (*PAGES, "/_simulator/health", "/_simulator/requests", "/v2/apps")
WRITES = ("faults", "seed", "reset", "outcomes", "clock", "assumptions", "settings", "tokens", "happen")
BEARER = {"Authorization": f"Bearer {TOKEN}"}


def status(world: World, path: str, method: str = "GET", headers: Mapping[str, str] | None = None, **more: Any) -> int:
    return world.client.open(
        path, method=method, headers={**BEARER, **world.key, **(headers or {})}, **more
    ).status_code


@pytest.fixture
def away(world: World) -> World:
    """At a port of its own, as a process has it."""
    world.server.access.listen("127.0.0.1", 8642)
    world.key["Host"] = "127.0.0.1:8642"
    return world


@pytest.fixture(autouse=True)
def _back(world: World) -> Any:
    yield
    world.server.access.listen("127.0.0.1", 80)
    world.key.pop("Host", None)
    world.client.delete_cookie(world.server.access.cookie)


@pytest.mark.parametrize("path", PLACES)
@pytest.mark.parametrize(
    "host",
    [
        "evil.example", "evil.example:8642", "127.0.0.1", "127.0.0.1:80", "localhost:8643",
        "localhost.evil.example:8642",
        "127.0.0.1.evil.example:8642", "192.0.2.1:8642", "x@127.0.0.1:8642", "127.0.0.1:8642/", "127.0.0.1:8642,evil",
        "", ":8642", "[::1", "127.0.0.1:x", "localhost.:8642", "0x7f.1:8642", "2130706433:8642",
    ],
)  # fmt: skip
def test_names_that_are_not_ours(away: World, path: str, host: str):
    assert status(away, path, headers={"Host": host}) == 403


@pytest.mark.parametrize("path", PLACES)
@pytest.mark.parametrize("host", ["127.0.0.1:8642", "localhost:8642", "LocalHost:8642", "127.1.2.3:8642", "[::1]:8642"])
def test_names_that_are_ours(away: World, path: str, host: str):
    assert status(away, path, headers={"Host": host, "Origin": f"http://{host}"}) == 200


@pytest.mark.parametrize("path", PLACES)
@pytest.mark.parametrize(
    "origin",
    [
        "http://evil.example",
        "https://127.0.0.1:8642",
        "http://127.0.0.1:8643",
        "http://127.0.0.1",
        "null",
        "",
        "file://",
    ],
)
def test_web_pages_of_others(away: World, path: str, origin: str):
    assert status(away, path, headers={"Origin": origin}) == 403


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_pictures_and_forms_in_web_pages_of_others(away: World, site: str):
    """They come without Origin; a picture of `/v2/…` used up a fault, or filled the record."""
    away.fault("error")
    for path in PLACES:
        wanted = 200 if path in PAGES else 403
        assert status(away, path, headers={"Sec-Fetch-Site": site, "Host": "127.0.0.1:8642"}) == wanted
    assert len(away.control("GET", "faults")["faults"]) == 1
    assert away.control("GET", "requests")["requests"] == []
    assert status(away, "/_simulator/health", headers={"Sec-Fetch-Site": "same-origin"}) == 200


@pytest.mark.parametrize(
    "origin", ["http://192.0.2.66", "http://192.0.2.66:9000", "http://localhost:1", "http://simulator:81"]
)
def test_a_page_at_another_address_of_ours(world: World, origin: str):
    """Whatever names lead here: a page that is served elsewhere is none of ours."""
    world.server.access.listen("0.0.0.0", 8642, ["simulator"])

    assert status(world, "/_simulator/health", headers={"Host": "localhost:8642", "Origin": origin}) == 403
    assert status(world, "/_simulator/health", headers={"Host": "simulator:81", "Origin": "http://simulator:81"}) == 200


def test_the_signed_address_of_a_log_from_elsewhere(away: World):
    away.headers["Host"] = "127.0.0.1:8642"
    app, _deployment = away.deployed(shop())
    (url, *_more) = away.get(f"/v2/apps/{app['id']}/logs", type="RUN")["historic_urls"]
    path = url.removeprefix("http://127.0.0.1:8642")

    assert away.client.get(path, headers={"Host": "127.0.0.1:8642"}).status_code == 200
    assert away.client.get(path, headers={"Host": "evil.example"}).status_code == 403
    assert away.client.get(path, headers={"Host": "127.0.0.1:8642", "Origin": "http://evil.example"}).status_code == 403
    forged = re.sub(r"signature=\w+", "signature=%C3%A4", path)
    assert away.client.get(forged, headers={"Host": "127.0.0.1:8642"}).status_code == 403


def test_what_was_refused_did_nothing(world: World):
    world.fault("error")

    answer = world.client.post("/v2/apps", json={"spec": shop()}, headers={**BEARER, "Origin": "http://evil.example"})

    assert answer.status_code == 403
    assert world.control("GET", "requests")["requests"] == []
    assert len(world.control("GET", "faults")["faults"]) == 1
    assert world.control("GET", "apps")["apps"] == []


def test_every_address_but_the_api_and_signed_logs_needs_the_key(world: World):
    for rule in world.flask.url_map.iter_rules():
        if rule.rule.startswith(API) or rule.endpoint in {"logs.log_file", "logs.live_log"}:
            continue
        for method in rule.methods or ():
            for key in ({}, {HEADER: "wrong"}, {HEADER: ""}, {"Cookie": f"{world.server.access.cookie}=x"}):
                answer = world.client.open(rule.rule, method=method, headers={**BEARER, **key})
                assert answer.status_code == 401, (method, rule.rule)
    assert world.client.get("/nowhere").status_code == 404
    assert world.client.get("/nowhere", headers=world.key).status_code == 404


@pytest.mark.parametrize("path", WRITES)
def test_what_a_web_page_may_send_unasked(world: World, path: str):
    body = json.dumps({"apps": [shop()]})
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""):
        answer = world.client.post(f"/_simulator/{path}", data=body, content_type=kind, headers=world.key)
        assert answer.status_code == 415
        assert "application/json" in answer.get_json()["error"]
    assert world.control("GET", "apps")["apps"] == []


def test_each_start_has_its_own_key():
    keys = {Access().key for _turn in range(20)}

    assert len(keys) == 20
    assert min(map(len, keys)) >= 43


# The pages.


def test_the_address_for_people(world: World):
    access = world.server.access
    link = access.page("http://localhost").removeprefix("http://localhost")

    answer = world.client.get(link + "&app=x%22%3E")

    cookie = answer.headers["Set-Cookie"]
    assert answer.status_code == 200
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert 'content="0;url=/?app=x%22%3E"' in answer.get_data(as_text=True)
    assert access.page_key not in answer.get_data(as_text=True)
    # With the cookie: the pages, and nothing else.
    assert [world.client.get(path).status_code for path in PAGES] == [200, 200, 200]
    assert world.client.get("/_simulator/requests").status_code == 401
    assert world.client.post("/_simulator/reset", json={}).status_code == 401


def test_the_key_of_the_pages_is_not_the_key(world: World):
    access = world.server.access

    assert access.key not in access.page("http://localhost")
    assert world.client.get("/_simulator/requests", headers={HEADER: access.page_key}).status_code == 401
    assert world.client.get(f"/_simulator/requests?key={access.page_key}").status_code == 401
    assert world.client.get(f"/?key={access.key}").status_code == 401


def test_what_a_browser_is_told(world: World):
    for path in (*PLACES[:5], "/nowhere"):
        for key in ({}, world.key):
            headers = world.client.get(path, headers=key).headers
            assert headers["Cache-Control"] == "no-store"
            assert headers["X-Content-Type-Options"] == "nosniff"
            assert headers["X-Frame-Options"] == "DENY"
            assert headers["Referrer-Policy"] == "no-referrer"
            policy = headers["Content-Security-Policy"]
            assert policy.startswith("default-src 'none'; ")
            assert policy.endswith("frame-ancestors 'none'")
            assert "unsafe" not in policy


# Names by option.


def allowed(access: Access, world: World, host: str) -> bool:
    world.server.access, before = access, world.server.access
    try:
        key = {HEADER: access.key, "Host": host}
        return world.client.get("/_simulator/health", headers=key).status_code == 200
    finally:
        world.server.access = before


def test_further_names(world: World):
    access = Access("127.0.0.1", 8642, ["Simulator"])

    assert allowed(access, world, "simulator:80")
    assert allowed(access, world, "simulator")
    assert not allowed(access, world, "other:8642")


def test_the_address_that_it_listens_at(world: World):
    assert allowed(Access("192.0.2.7", 8642), world, "192.0.2.7:8642")
    assert not allowed(Access("192.0.2.7", 8642), world, "192.0.2.8:8642")


def test_in_a_container(world: World):
    access = Access("0.0.0.0", 8642)

    assert allowed(access, world, "192.0.2.7:9000")
    assert allowed(access, world, "localhost:9000")
    assert not allowed(access, world, "evil.example:8642")
