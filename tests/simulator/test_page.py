"""The page and the report: what they tell, that they leak nothing and load nothing (docs/simulator.md)."""

from __future__ import annotations

import copy
import re
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from app_platform_simulator.report import diagram, lanes, render
from app_platform_simulator.report.differing import places_of, unified
from app_platform_simulator.report.gather import gather
from app_platform_simulator.report.masking import CHANGED, EMPTY, SECRET, Mask
from app_platform_simulator.report.model import AppReport, Change, Component, Link, Release, Rule, Shape
from app_platform_simulator.report.shape import shape_of
from app_platform_simulator.spec.secrets import Vault
from tests.simulator.world import NOWHERE, World, job, scheduled, service, shop, statuses

PASSWORD = "correct-horse-battery"
VOID = {"meta", "link", "br", "input", "img", "hr"}
# Elements and attributes that make a browser fetch something.
LOADING = {
    "src", "srcset", "data", "poster", "action", "formaction", "background", "ping", "manifest", "cite", "codebase",
}  # fmt: skip


class Page(HTMLParser):
    """A parsed page. Fails on what is not closed."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.texts: list[str] = []
        self.words: dict[str, list[str]] = {}
        self._open: list[str] = []
        self.feed(text)
        self.close()
        assert not self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1] not in {"style", "script"} and data.strip():
            self.texts.append(data.strip())
            for tag in self._open:
                self.words.setdefault(tag, []).append(data.strip())

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.texts).split())

    def all(self, tag: str, **attributes: str) -> list[dict[str, str]]:
        return [found for name, found in self.elements if name == tag and attributes.items() <= found.items()]


def html(world: World, path: str = "/_simulator/report", status: int = 200, **query: str) -> str:
    answer = world.client.get(path, query_string=query, headers=world.key)
    assert (answer.status_code, answer.mimetype) == (status, "text/html")
    return answer.get_data(as_text=True)


def told(world: World, **query: str) -> Any:
    """The only app of the report."""
    (app,) = world.control("GET", "report.json?" + "&".join(f"{key}={value}" for key, value in query.items()))["apps"]
    return app


def release(world: World, app: Any, **changes: Any) -> Any:
    """Another spec, deployed to its end."""
    spec = {**world.app(app)["spec"], **changes}
    return world.follow(app, world.put(app, spec)["pending_deployment"])[0]


def wait_of(world: World, app: Any, deployment: Any) -> str:
    """The status of the migration's run."""
    return statuses(world.deployment(app, deployment))["deploy/components/migrate/wait"]


def failed(world: World, **more: Any) -> Any:
    """A shop whose release failed in its migration."""
    app = world.seed(shop(**more))
    world.outcome("migrate", exit_code=3, logs=["no such table"])
    release(world, app, region="fra")
    return app


# The verdict.


def test_a_failed_migration(world: World):
    failed(world)

    app = told(world)

    assert not app["ok"]
    assert app["verdict"] == "The release failed: the PRE_DEPLOY job migrate exited 3; FAILED_DEPLOY job tidy ran."
    newest, seeded = app["deployments"]
    assert (newest["phase"], newest["before"], seeded["before"]) == ("ERROR", False, True)
    assert {job["name"]: (job["kind"], job["status"], job["exit_code"]) for job in newest["jobs"]} == {
        "migrate": ("PRE_DEPLOY", "ERROR", 3),
        "warm": ("POST_DEPLOY", "SKIPPED", None),
        "tidy": ("FAILED_DEPLOY", "SUCCESS", 0),
    }
    migrate = newest["jobs"][0]
    assert migrate["reason"]["code"] == "DeployContainerExitNonZero"
    assert [line.split(" ", 1)[1] for line in migrate["log"]] == [
        "starting: ./migrate", "no such table", "exit status 3",
    ]  # fmt: skip
    assert migrate["seconds"] == 7.0 < newest["seconds"]


def test_a_good_release(world: World):
    app = world.seed()
    release(world, app, region="fra")

    found = told(world)

    assert (found["verdict"], found["ok"]) == ("The release succeeded; 2 jobs ran: migrate, warm.", True)
    assert found["phase"] == "ACTIVE"


def test_nothing_done(world: World):
    world.seed()

    found = told(world)

    assert (found["verdict"], found["ok"]) == ("Nothing changed, nothing was deployed.", True)
    assert found["change"] == {"changed": False, "new": False, "diff": []}
    assert "No change." in Page(html(world)).text


def test_a_new_app(world: World):
    world.deployed(shop())

    found = told(world)

    assert found["verdict"] == "The new app shop is live; 2 jobs ran: migrate, warm."
    assert (found["change"]["new"], found["cost"]["before"]) == (True, None)
    assert all(line.startswith(("+", "@@")) for line in found["change"]["diff"])


def test_on_its_way(world: World):
    app = world.seed()
    world.put(app)
    world.advance(6)

    found = told(world)

    assert (found["ok"], found["phase"]) == (False, "DEPLOYING")
    assert found["verdict"] == "The release is on its way: DEPLOYING."
    assert found["deployments"][0]["seconds"] is None


def test_post_deploy_jobs_still_to_run():
    world = World(post_deploy_timing="after_active")
    app = world.seed()
    made = world.put(app)["pending_deployment"]
    world.follow(app, made)

    found = told(world)

    assert (found["phase"], found["ok"]) == ("ACTIVE", False)
    assert found["verdict"] == "The release is live; its POST_DEPLOY jobs are still to run."
    world.advance(60)
    assert told(world)["ok"]


def test_a_failed_post_deploy_job(world: World):
    app = world.seed()
    world.outcome("warm", exit_code=9)
    release(world, app)

    found = told(world)

    assert found["verdict"] == "The release is live, but the POST_DEPLOY job warm exited 9."
    assert (found["phase"], found["ok"]) == ("ACTIVE", False)


def test_a_job_that_takes_too_long(world: World):
    app = world.seed()
    world.outcome("migrate", "hang")
    release(world, app)

    found = told(world)

    assert found["deployments"][0]["jobs"][0]["exit_code"] == 143
    assert found["verdict"].startswith("The release failed: the PRE_DEPLOY job migrate ran longer than its timeout")


def test_a_failed_job_for_failures(world: World):
    app = failed(world)
    world.outcome("tidy", exit_code=2)
    release(world, app)

    assert told(world)["verdict"].endswith("migrate exited 3; the FAILED_DEPLOY job tidy exited 2.")


def test_a_failed_build(world: World):
    app = world.seed()
    world.outcome("web", step="build")
    release(world, app)

    found = told(world)

    assert found["verdict"] == "The release failed: the build of web failed (BuildJobFailed)."
    assert [(step["name"], step["status"]) for step in found["deployments"][0]["errors"]] == [("web", "ERROR")]


def test_a_component_that_does_not_come_up(world: World):
    app = world.seed()
    world.outcome("web", "hang")
    release(world, app)

    assert "web did not come up (DeployContainerHealthChecksFailed)" in told(world)["verdict"]


def test_canceled(world: World):
    app = world.seed()
    made = world.put(app)["pending_deployment"]
    world.advance(6)
    world.call("POST", f"/v2/apps/{app['id']}/deployments/{made['id']}/cancel")

    found = told(world)

    assert (found["verdict"], found["ok"]) == ("The release was canceled.", False)
    assert "RUNNING" not in {step["status"] for step in found["deployments"][0]["jobs"]}


def test_a_job_that_was_stopped(world: World):
    app = world.seed()
    made = world.put(app)["pending_deployment"]
    while wait_of(world, app, made) != "RUNNING":
        world.next()
    world.call("POST", f"/v2/apps/{app['id']}/deployments/{made['id']}/cancel")

    migrate = told(world)["deployments"][0]["jobs"][0]

    assert (migrate["status"], migrate["exit_code"]) == ("ERROR", None)
    assert "migrate PRE_DEPLOY stopped" in Page(html(world)).text


def test_a_job_of_an_overtaken_deployment_is_not_running():
    """Its POST_DEPLOY jobs ran after it was active, when the next one became active."""
    other = World(post_deploy_timing="after_active")
    other.outcome("warm", "hang")
    app = other.seed()
    first = other.put(app)["pending_deployment"]
    other.follow(app, first)
    second = other.put(app)["pending_deployment"]
    other.follow(app, second)

    overtaken = told(other)["deployments"][1]

    assert (overtaken["id"], overtaken["phase"]) == (first["id"], "SUPERSEDED")
    assert "RUNNING" not in {step["status"] for step in overtaken["jobs"]}


def test_rolled_back_by_the_platform():
    world = World(automatic_rollback="on")
    app = world.seed()
    world.outcome("migrate", count=1)
    release(world, app)
    world.follow(app, world.get(f"/v2/apps/{app['id']}/deployments")["deployments"][0])

    found = told(world)

    assert not found["ok"]
    assert found["verdict"].endswith("The platform went back to the release before.")


def test_a_failed_run_of_a_scheduled_job(world: World):
    app = world.seed()
    release(world, app)
    world.outcome("nightly")
    world.until("2026-08-03T12:00:00Z")

    found = told(world)

    assert not found["ok"]
    assert found["verdict"].endswith("2 of 2 runs of the scheduled job nightly failed.")


def test_failed_runs_from_before_the_change_do_not_count(world: World):
    app = world.seed()
    world.outcome("nightly", count=1)
    world.until("2026-08-02T12:00:00Z")
    before = told(world)
    first = release(world, app)

    found = told(world, since=first["id"])

    assert (before["ok"], found["ok"]) == (False, True)
    assert [run["phase"] for run in found["schedules"][0]["runs"]] == ["FAILED"]
    assert "exit status 1" in found["schedules"][0]["runs"][0]["log"][-1]


def test_a_restart(world: World):
    app = world.seed()
    made = world.call("POST", f"/v2/apps/{app['id']}/restart", {})["deployment"]
    world.follow(app, made)

    found = told(world)

    assert (found["verdict"], found["ok"]) == ("The release succeeded; no job ran.", True)
    assert "This kind of deployment runs no jobs." in Page(html(world)).text
    newest = gather(world.state).apps[0].releases[0]
    assert [row.title for row in lanes.chart(newest).lanes] == ["Build", "Deploy"]


# The change.


def test_the_difference(world: World):
    app = world.seed()
    spec = copy.deepcopy(world.app(app)["spec"])
    spec["services"][0]["image"]["tag"] = "1.3"
    world.follow(app, world.put(app, spec)["pending_deployment"])

    diff = told(world)["change"]["diff"]

    assert [line for line in diff if line[0] in "+-"] == ["-    tag: '1.2'", "+    tag: '1.3'"]
    assert diff[0].endswith("@@ services, web, image")


def test_another_order_of_fields_is_no_change(world: World):
    app = world.seed()
    spec = world.app(app)["spec"]
    world.put(app, {key: spec[key] for key in sorted(spec, reverse=True)})

    assert not told(world)["change"]["changed"]


def test_since_a_deployment(world: World):
    app = world.seed()
    first = release(world, app, region="fra")
    release(world, app, region="ams")

    found = told(world, since=first["id"])

    assert [line for line in found["change"]["diff"] if line[0] in "+-"] == ["-region: fra", "+region: ams"]
    assert [item["before"] for item in found["deployments"]] == [False, True, True]


def test_places():
    lines = ["name: shop", "envs:", "- key: A", "  value: x", "services:", "- name: web", "  envs:", "  - key: B",
             "    value: y", "  image:", "    tag: '1'", "vpc:", "  id: z"]  # fmt: skip

    assert places_of(lines) == [
        "", "", "envs, A", "envs, A", "", "services, web", "services, web", "services, web, envs, B",
        "services, web, envs, B", "services, web", "services, web, image", "", "vpc",
    ]  # fmt: skip


def test_a_difference_says_where_it_is():
    old = ["services:", "- name: web", "  a: 1", "  b: 2", "  c: 3", "  d: 4", "  e: 5"]

    assert unified(old, [*old[:-1], "  e: 6"])[0] == "@@ -4,4 +4,4 @@ services, web"
    assert unified([], ["name: shop"]) == ["@@ -0,0 +1 @@", "+name: shop"]
    assert unified(old, old[:3])[0].endswith("services, web")


# Secrets.


def secretive() -> dict[str, Any]:
    return shop(
        envs=[
            {"key": "PASSWORD", "value": PASSWORD, "type": "SECRET"},
            {"key": "DATABASE", "value": "${db.DATABASE_URL}", "type": "SECRET"},
            {"key": "OTHER", "value": f"postgres://someone:{PASSWORD}-too@db.example.com/x"},
            {"key": "EMPTY", "value": "", "type": "SECRET"},
        ],
        databases=[{"name": "db", "engine": "PG"}],
        services=[
            service(
                image={"registry_type": "GHCR", "repository": "web", "registry_credentials": f"me:{PASSWORD}-ghcr"},
                log_destinations=[
                    {"name": "dog", "datadog": {"api_key": f"{PASSWORD}-dog"}},
                    {"name": "tail", "logtail": {"token": f"{PASSWORD}-tail"}},
                    {"name": "open", "open_search": {
                        "endpoint": "https://x.example.com", "basic_auth": {"user": "u", "password": f"{PASSWORD}-o"}}},
                ],
            )
        ],
    )  # fmt: skip


def test_no_secret_anywhere(world: World):
    app = world.seed(secretive())
    world.outcome("migrate", logs=[f"connecting with {PASSWORD}", "EV[1:abcd:efgh] it says"], message=f"bad {PASSWORD}")
    world.outcome("nightly", logs=[f"nightly with {PASSWORD}"])
    spec = world.app(app)["spec"]
    spec["envs"][0]["value"] = f"{PASSWORD}-new"
    world.follow(app, world.put(app, spec)["pending_deployment"])
    world.until("2026-08-03T12:00:00Z")
    ciphers = [env["value"][10:40] for env in world.app(app)["spec"]["envs"] if env.get("type") == "SECRET"]

    pages = [
        html(world),
        html(world, "/"),
        world.client.get("/_simulator/report.json", headers=world.key).get_data(as_text=True),
    ]

    assert len(ciphers) == 3
    for page in pages:
        assert PASSWORD not in page
        assert "EV[" not in page
        assert not [cipher for cipher in ciphers if cipher in page]
        assert SECRET in page
        assert CHANGED in page
    assert EMPTY in pages[0]
    assert "postgres://someone:(secret)@db.example.com/x" in pages[0]
    assert f"connecting with {SECRET}" in pages[0]
    assert f"nightly with {SECRET}" in pages[0]
    assert f"bad {SECRET}" in pages[0]


def test_a_secret_sent_again_is_no_change(world: World):
    app = world.seed(secretive())
    spec = world.app(app)["spec"]
    spec["envs"][0]["value"] = PASSWORD
    world.put(app, spec)

    assert world.app(app)["spec"]["envs"][0]["value"] != spec["envs"][0]["value"]
    assert not told(world)["change"]["changed"]


def test_another_secret_is_a_change(world: World):
    app = world.seed(secretive())
    spec = world.app(app)["spec"]
    spec["envs"][0]["value"] = "another"
    world.put(app, spec)

    changed = [line for line in told(world)["change"]["diff"] if line[0] in "+-"]

    assert changed == [f"-  value: {SECRET}", f"+  value: {CHANGED}"]


def test_a_secret_of_the_real_platform(world: World):
    value = "EV[1:" + "A" * 32 + ":" + "B" * 44 + "]"
    world.seed(shop(envs=[{"key": "REAL", "value": value, "type": "SECRET"}]))

    page = html(world)

    assert "A" * 12 not in page
    assert SECRET in page


def test_masking_of_texts():
    spec = {"envs": [{"key": "A", "value": "hunter2", "type": "SECRET"}, {"key": "B", "value": "abc", "type": "SECRET"},
                     {"key": "C", "value": "${db.PASSWORD}", "type": "SECRET"}]}  # fmt: skip
    mask = Mask(Vault(), NOWHERE, [spec])

    assert mask.text("hunter2!") == f"{SECRET}!"
    assert mask.text("alphabetical abc") == "alphabetical abc"
    assert mask.text("${db.PASSWORD}") == "${db.PASSWORD}"
    assert mask.text("redis://:pass@host:1") == f"redis://:{SECRET}@host:1"
    assert mask.text("postgres://${db.USERNAME}:${db.PASSWORD}@x") == "postgres://${db.USERNAME}:${db.PASSWORD}@x"
    assert mask.text("https://ghp_0123456789abcdef@github.com/x") == f"https://{SECRET}@github.com/x"
    assert mask.text("EV[1:cut off") == f"{SECRET} off"


# The parts of the app.


def test_shape(world: World):
    world.seed(
        shop(
            domains=[{"domain": "shop.example.com"}],
            databases=[{"name": "db", "engine": "PG", "version": "16"}],
            envs=[{"key": "D", "value": "${db.DATABASE_URL}", "type": "SECRET"}],
            services=[service(envs=[{"key": "A", "value": "${api.PRIVATE_URL}/x ${api.PRIVATE_PORT} ${_self.ID}"}]),
                      service("api", instance_size_slug="apps-s-1vcpu-1gb", instance_count=2)],
            ingress={"rules": [
                {"match": {"path": {"prefix": "/api"}}, "component": {"name": "api"}},
                {"match": {"path": {"prefix": "/old"}}, "redirect": {"uri": "/new", "redirect_code": 301}},
                {"match": {"path": {"prefix": "/"}, "authority": {"exact": "shop.example.com"}},
                 "component": {"name": "web"}},
            ]},
        )
    )  # fmt: skip

    shape = gather(world.state).apps[0].shape

    assert shape.domains == ("shop.example.com",)
    assert shape.rules == (Rule("/api", "api"), Rule("/old", "", "301 to /new"), Rule("shop.example.com/", "web"))
    assert set(shape.links) == {
        Link("", "db", ("DATABASE_URL",)),
        Link("web", "api", ("PRIVATE_URL", "PRIVATE_PORT")),
    }
    assert {item.name: (item.kind, item.usd) for item in shape.components} == {
        "web": ("service", 5.0), "api": ("service", 24.0), "migrate": ("PRE_DEPLOY", None),
        "warm": ("POST_DEPLOY", None), "tidy": ("FAILED_DEPLOY", None), "nightly": ("SCHEDULED", None),
        "db": ("database", 7.0),
    }  # fmt: skip
    text = Page(html(world)).text
    for words in ("reached at /api", "takes from api: PRIVATE_URL, PRIVATE_PORT", "used by web", "301 to /new"):
        assert words in text


def many(count: int) -> Shape:
    components = tuple(Component(f"part-{number}", "service", "1 x small") for number in range(count))
    rules = tuple(Rule(f"/{item.name}", item.name) for item in components)
    links = tuple(Link(item.name, "db", ("URL",)) for item in components)
    around = tuple(Link(item.name, "part-0", ("PRIVATE_URL",)) for item in components[1:])
    return Shape(("x.example.com",), rules, (*components, Component("db", "database")), (*links, *around))


@pytest.mark.parametrize("count", [1, 25])
def test_the_picture(count: int):
    picture = diagram.draw(many(count))

    for number, one in enumerate(picture.boxes):
        assert one.x >= 0
        assert one.x + one.width <= picture.width
        assert one.y + one.height <= picture.height
        for other in picture.boxes[number + 1 :]:
            apart = (
                one.x + one.width <= other.x or other.x + other.width <= one.x
                or one.y + one.height <= other.y or other.y + other.height <= one.y
            )  # fmt: skip
            assert apart, (one, other)
    assert len([edge for edge in picture.edges if edge.look == "route"]) == count
    assert len([edge for edge in picture.edges if edge.look == "binding"]) == 2 * count - 1


def test_the_picture_of_nothing():
    picture = diagram.draw(Shape())

    assert (picture.boxes, picture.edges) == ((), ())


def test_a_redirect_leads_to_no_component():
    picture = diagram.draw(Shape((), (Rule("/old", "", "302 to /new"),), (Component("web", "service"),),
                                 (Link("", "web", ("URL",)),)))  # fmt: skip

    assert [edge.look for edge in picture.edges if edge.look != "trunk"] == ["binding"]


def test_bindings_to_what_is_not_there():
    spec = {"name": "x", "envs": [{"key": "A", "value": "${gone.URL} ${APP_URL}"}], "workers": [{"name": "w"}]}

    assert shape_of(spec, lambda value: value).links == ()


# The time line.


def test_lanes(world: World):
    failed(world)
    newest, seeded = gather(world.state).apps[0].releases

    rows = lanes.chart(newest).lanes

    assert [(row.title, row.kind, row.status) for row in rows] == [
        ("Build", "4 components", "SUCCESS"),
        ("migrate", "PRE_DEPLOY", "ERROR"),
        ("Deploy", "web", "SKIPPED"),
        ("warm", "POST_DEPLOY", "SKIPPED"),
        ("tidy", "FAILED_DEPLOY", "SUCCESS"),
    ]
    build, migrate, _deploy, warm, tidy = rows
    assert 0 < build.x < build.x + build.width <= migrate.x < migrate.x + migrate.width <= tidy.x
    assert tidy.x + tidy.width == pytest.approx(100, abs=0.01)
    assert warm.width == 0
    assert [row.width for row in lanes.chart(seeded).lanes] == [0.0] * 5
    assert lanes.chart(newest).ticks[0].seconds == 0


@pytest.mark.parametrize("length", [0.4, 7.0, 61.0, 3599.0, 86400.0, 30 * 86400.0])
def test_ticks(length: float):
    ticks = lanes.chart(Release("x", "ACTIVE", "", 0.0, length, length, ())).ticks

    assert 1 <= len(ticks) <= 8
    assert all(0 <= tick.x <= 100 for tick in ticks)


def test_newest_first_and_not_all(world: World):
    app = world.seed()
    for number in range(60):
        world.put(app, {**app["spec"], "envs": [{"key": "N", "value": str(number)}]})

    found = told(world)

    assert (len(found["deployments"]), found["deployments_omitted"]) == (50, 11)
    times = [item["created_at"] for item in found["deployments"]]
    assert times == sorted(times, reverse=True)
    assert not any(item["before"] for item in found["deployments"])
    assert ["open" in item for item in Page(html(world)).all("details", **{"class": "release"})] == [
        True,
        *[False] * 49,
    ]
    assert "11 older deployments not shown" in Page(html(world)).text


# Schedules and cost.


def test_schedules(world: World):
    app = world.seed()
    world.outcome("nightly", "succeed", seconds=90)
    world.until("2026-10-23T12:00:00Z")
    world.put(app, {**app["spec"], "jobs": [*app["spec"]["jobs"], scheduled("soon", "0 12 * * *", "")]})

    nightly, soon = told(world)["schedules"]

    assert (nightly["job"], nightly["cron"], nightly["time_zone"]) == ("nightly", "0 3 * * *", "Europe/Berlin")
    # Summer time ends in between.
    assert nightly["next_runs"] == [
        "2026-10-24T03:00:00+02:00", "2026-10-25T03:00:00+01:00", "2026-10-26T03:00:00+01:00",
        "2026-10-27T03:00:00+01:00", "2026-10-28T03:00:00+01:00",
    ]  # fmt: skip
    assert (nightly["runs"][0]["phase"], nightly["runs"][0]["seconds"]) == ("SUCCEEDED", 90.0)
    assert nightly["runs"][0]["created_at"] == "2026-10-23T01:00:00Z"
    assert len(nightly["runs"]) == 50
    assert (soon["time_zone"], soon["runs"]) == ("UTC", [])
    text = Page(html(world)).text
    assert "Not in what serves now" in text
    assert "Sun 2026-10-25 03:00 UTC+01:00" in text


def test_cost(world: World):
    app = world.seed()
    release(world, app, databases=[{"name": "db", "engine": "PG"}])

    assert told(world)["cost"] == {"before": 5, "after": 12}
    text = Page(html(world)).text
    assert "Before $5.00 After $12.00 Difference +$7.00" in text


# The interface.


def keys_of(value: Any) -> set[str]:
    if isinstance(value, dict):
        return set(value) | {key for item in value.values() for key in keys_of(item)}
    return {key for item in value for key in keys_of(item)} if isinstance(value, list) else set()


def test_the_documentation_names_every_field(world: World):
    failed(world)
    world.outcome("web", step="build")
    release(world, world.control("GET", "apps")["apps"][0])
    world.until("2026-08-03T12:00:00Z")
    text = (Path(__file__).parents[2] / "docs" / "simulator.md").read_text("utf-8")
    table = text.split("In `report.json`:", 1)[1].split("## Open questions", 1)[0]

    assert keys_of(world.control("GET", "report.json")) - {"apps"} <= set(re.findall(r"\w+", table))


# The page.


def test_it_loads_nothing(world: World):
    failed(world)

    text = html(world)
    page = Page(text)

    for tag, attributes in page.elements:
        assert not LOADING & set(attributes), (tag, attributes)
        assert not [name for name in attributes if name.startswith("on") or name == "style"], (tag, attributes)
        assert tag not in {"iframe", "object", "embed", "img", "base", "form", "video", "audio", "image", "use"}
        for name in ("href", "xlink:href"):
            if name in attributes:
                assert attributes[name].startswith(("#", "data:,")), (tag, attributes)
    css = re.findall(r"<style>(.*?)</style>", text, re.DOTALL)[0]
    script = re.findall(r"<script>(.*?)</script>", text, re.DOTALL)[0]
    assert not re.search(r"https?:|//[a-z]|@import|@font-face", css)
    assert re.findall(r"url\(([^)]*)\)", css) == ["#stripes"]
    assert not re.search(r"fetch|XMLHttp|import\b|https?:|src\b|innerHTML|eval", script)


def test_the_policy_allows_what_is_in_it(world: World):
    world.seed()
    text = html(world)
    css = re.findall(r"<style>(.*?)</style>", text, re.DOTALL)[0]
    script = re.findall(r"<script>(.*?)</script>", text, re.DOTALL)[0]

    (policy,) = Page(text).all("meta", **{"http-equiv": "Content-Security-Policy"})

    assert policy["content"] == render.policy(css, script)
    assert policy["content"].startswith("default-src 'none'; ")


def test_structure(world: World):
    failed(world)
    world.seed({"name": "other", "services": [service()]})

    text = html(world)
    page = Page(text)

    assert text.startswith("<!DOCTYPE html>")
    assert page.all("html") == [{"lang": "en"}]
    for landmark in ("header", "main", "footer", "nav", "h1"):
        assert len(page.all(landmark)) == 1, landmark
    levels = [int(tag[1]) for tag, _attributes in page.elements if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert all(later <= earlier + 1 for earlier, later in pairwise(levels))
    ids = [attributes["id"] for _tag, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    for tag, attributes in page.elements:
        assert set(attributes.get("aria-labelledby", "").split()) <= set(ids)
        if attributes.get("href", "").startswith("#"):
            assert attributes["href"][1:] in ids
        if "tabindex" in attributes and attributes["tabindex"] != "-1":
            assert attributes["role"] == "group", attributes
            assert attributes["aria-label"]
        if tag == "svg":
            assert attributes.get("aria-hidden") == "true" or attributes["aria-label"]
    for place in re.findall(r"url\(#([^)]*)\)", text):
        assert place in ids


def test_each_step_is_told_in_words(world: World):
    failed(world)

    page = Page(html(world))

    for words in (
        "The release failed: the PRE_DEPLOY job migrate exited 3; FAILED_DEPLOY job tidy ran.",
        "failed, exit code 3", "did not run", "no such table", "DeployContainerExitNonZero", "app spec updated",
        "there from the start", "images were ready",
    ):  # fmt: skip
        assert words in page.text, words


def test_hostile_texts(world: World):
    nasty = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'&"
    app = world.seed(shop(envs=[{"key": "NASTY", "value": nasty}]))
    world.outcome("migrate", logs=[nasty], message=nasty, reason_code="<b>")
    release(world, app, jobs=[job("migrate", "PRE_DEPLOY", run_command=nasty), job("tidy", "FAILED_DEPLOY")])
    stored = world.state.apps[app["id"]]
    # No API call takes such names; a page must not depend on that.
    stored.spec = {**stored.spec, "name": nasty, "domains": [{"domain": nasty}], "services": [
        {**stored.spec["services"][0], "name": nasty}]}  # fmt: skip
    stored.deployments[-1].cause = nasty

    for path in ("/", "/_simulator/report"):
        page = Page(html(world, path, title=nasty))

        assert len(page.all("script")) == 1
        assert not page.all("img")
        assert nasty in page.words["h1"]
        assert nasty in page.words["h2"]
        assert nasty in page.words["h4"]
        assert any(nasty in line for line in page.words["pre"])
    page = Page(html(world, "/", status=404, app=f"{nasty}!"))
    assert len(page.all("script")) == 1
    assert "onerror=alert(2)>" in page.text


def test_one_app_or_all(world: World):
    app = world.seed()
    alone = Page(html(world, "/"))
    world.seed({"name": "other", "services": [service()]})

    listed = Page(html(world, "/"))
    chosen = Page(html(world, "/", app="shop"))

    assert alone.words["h2"] == ["shop"]
    assert not alone.all("nav")
    assert {item["href"] for item in listed.all("a")} >= {f"/?app={app['id']}", "/_simulator/report"}
    assert "h2" not in listed.words
    assert chosen.words["h2"] == Page(html(world, "/", app=app["id"])).words["h2"] == ["shop"]
    assert chosen.all("a", href="/")
    assert Page(html(world)).words["h2"] == ["other", "shop"]


def test_no_apps(world: World):
    assert "There is no app." in Page(html(world, "/")).text
    assert "There is no app." in Page(html(world)).text
    assert world.control("GET", "report.json") == {
        "title": "App Platform rehearsal", "now": "2026-08-01T10:00:00Z", "ok": True, "apps": [],
    }  # fmt: skip


@pytest.mark.parametrize("query", [{"app": "gone"}, {"since": NOWHERE}, {"app": "shop", "since": NOWHERE}])
def test_what_is_not_there(world: World, query: dict[str, str]):
    world.seed()
    answer = world.client.get("/_simulator/report.json", headers=world.key, query_string=query)

    assert answer.status_code == 404
    error = answer.get_json()["error"]
    assert list(query.values())[-1] in error
    for path in ("/", "/_simulator/report"):
        assert error in Page(html(world, path, status=404, **query)).text


def test_many_apps_are_listed(world: World):
    for number in range(render.MOST_IN_FULL + 1):
        world.seed({"name": f"app-{number}", "services": [service()]})

    page = Page(html(world))

    assert "h2" not in page.words
    assert sum("app=" in item.get("href", "") for item in page.all("a")) == render.MOST_IN_FULL + 1


def test_looking_changes_nothing(world: World):
    app = world.seed()
    world.put(app)
    before = world.deployment(app, {"id": world.state.apps[app["id"]].deployments[-1].id})

    for path in ("/", "/_simulator/report", "/_simulator/report.json"):
        assert world.client.get(path, headers=world.key).status_code == 200

    assert world.deployment(app, before) == before
    assert world.control("GET", "requests")["total"] > 0
    assert not [call for call in world.control("GET", "requests")["requests"] if not call["path"].startswith("/v2/")]


def test_the_baseline_survives_a_restart(world: World):
    from app_platform_simulator import storage

    app = world.seed()
    release(world, app, region="fra")
    before = told(world)
    other = World()
    storage.load(other.state, storage.dump(world.state))

    assert told(other)["change"] == before["change"]
    assert not before["change"]["new"]


# Words.


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.42, "0.4 s"), (7.0, "7 s"), (59.6, "1 min"), (65, "1 min 5 s"), (3600, "1 h"), (7260, "2 h 1 min"),
     (97200, "1 d 3 h"), (86405, "1 d")],
)  # fmt: skip
def test_durations(seconds: float, text: str):
    assert render.duration(seconds) == text


@pytest.mark.parametrize(
    ("before", "after", "words", "difference"),
    [(None, 12.0, "$12.00", "+$12.00"), (12.0, 12.0, "$12.00", "none"), (24.0, 5.0, "$24.00 → $5.00", "-$19.00")],
)
def test_costs_in_words(before: float | None, after: float, words: str, difference: str):
    app = AppReport("x", "", "", "", True, Shape(), Change(False), (), 0, (), before, after)

    assert render.cost_words(app) == words
    assert render.cost_difference(app) == difference


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def themes() -> list[dict[str, str]]:
    css = (render._TEMPLATES / "report.css").read_text("utf-8")
    return [
        dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6})", block))
        for block in re.findall(r":root \{(.*?)\}", css, re.DOTALL)
    ]


@pytest.mark.parametrize("number", [0, 1, 2], ids=["light", "dark", "print"])
def test_contrast(number: int):
    """WCAG 2.2 AA: 4.5 for text, 3 for what must be seen of bars, borders of controls and lines."""
    theme = themes()[number]
    assert set(theme) == set(themes()[0])

    for ground in ("page", "panel"):
        for text in ("text", "soft", "link", "good", "bad", "busy"):
            assert contrast(theme[ground], theme[text]) >= 4.5, (ground, text)
        for shape in ("bar-good", "bar-bad", "bar-busy", "strong"):
            assert contrast(theme[ground], theme[shape]) >= 3, (ground, shape)
    for text, ground in (("good", "good-panel"), ("bad", "bad-panel"), ("text", "good-panel"), ("text", "bad-panel"),
                         ("text", "busy-panel")):  # fmt: skip
        assert contrast(theme[ground], theme[text]) >= 4.5, (ground, text)
