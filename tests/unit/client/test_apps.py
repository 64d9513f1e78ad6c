"""Every endpoint: the request that is sent, and what is taken out of its envelope."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from ansible_collections.oceanops.app_platform.plugins.module_utils._apps import AppsApi
from ansible_collections.oceanops.app_platform.plugins.module_utils._client import Client
from ansible_collections.oceanops.app_platform.plugins.module_utils._errors import TransportError, UsageError
from ansible_collections.oceanops.app_platform.tests.unit.client.conftest import FakeClock
from ansible_collections.oceanops.app_platform.tests.unit.client.raw_server import RawServer, cut, reply

Serve = Callable[..., RawServer]
ClientFor = Callable[..., Client]
SPEC = {"name": "shop", "future": {"field": [1]}}
THING = {"id": "x1", "unknown_field": {"a": 1}}
RUNS = [{"id": "i1", "trigger": {"type": "SCHEDULE"}}, {"id": "i2", "trigger": {"type": "SCHEDULED"}}]

#: name, call, method, target, body, answer, result
CASES: list[tuple[str, Callable[[AppsApi], Any], str, str, Any, Any, Any]] = [
    (
        "list_apps",
        lambda api: list(api.list_apps()),
        "GET",
        "/v2/apps?page=1&per_page=200",
        None,
        {"apps": [THING]},
        [THING],
    ),
    (
        "list_apps with projects",
        lambda api: list(api.list_apps(with_projects=True)),
        "GET",
        "/v2/apps?with_projects=true&page=1&per_page=200",
        None,
        {"apps": [THING]},
        [THING],
    ),
    ("get_app", lambda api: api.get_app("a1"), "GET", "/v2/apps/a1", None, {"app": THING}, THING),
    ("create_app", lambda api: api.create_app(SPEC), "POST", "/v2/apps", {"spec": SPEC}, {"app": THING}, THING),
    (
        "create_app in a project",
        lambda api: api.create_app(SPEC, "p1"),
        "POST",
        "/v2/apps",
        {"spec": SPEC, "project_id": "p1"},
        {"app": THING},
        THING,
    ),
    (
        "update_app",
        lambda api: api.update_app("a1", SPEC),
        "PUT",
        "/v2/apps/a1",
        {"spec": SPEC, "update_all_source_versions": False},
        {"app": THING},
        THING,
    ),
    (
        "update_app with sources",
        lambda api: api.update_app("a1", SPEC, update_all_source_versions=True),
        "PUT",
        "/v2/apps/a1",
        {"spec": SPEC, "update_all_source_versions": True},
        {"app": THING},
        THING,
    ),
    ("delete_app", lambda api: api.delete_app("a1"), "DELETE", "/v2/apps/a1", None, {"id": "A1"}, "A1"),
    ("delete_app without an answer", lambda api: api.delete_app("a1"), "DELETE", "/v2/apps/a1", None, "", "a1"),
    (
        "propose",
        lambda api: api.propose(SPEC),
        "POST",
        "/v2/apps/propose",
        {"spec": SPEC},
        {"spec": SPEC},
        {"spec": SPEC},
    ),
    (
        "propose for an app",
        lambda api: api.propose(SPEC, "a1"),
        "POST",
        "/v2/apps/propose",
        {"spec": SPEC, "app_id": "a1"},
        {"spec": SPEC},
        {"spec": SPEC},
    ),
    ("restart", lambda api: api.restart("a1"), "POST", "/v2/apps/a1/restart", {}, {"deployment": THING}, THING),
    (
        "restart of some",
        lambda api: api.restart("a1", ("web", "w")),
        "POST",
        "/v2/apps/a1/restart",
        {"components": ["web", "w"]},
        {"deployment": THING},
        THING,
    ),
    (
        "list_deployments",
        lambda api: list(api.list_deployments("a1")),
        "GET",
        "/v2/apps/a1/deployments?page=1&per_page=20",
        None,
        {"deployments": [THING]},
        [THING],
    ),
    (
        "list_deployments of types",
        lambda api: list(api.list_deployments("a1", ["MANUAL", "AUTOSCALED"], per_page=1)),
        "GET",
        "/v2/apps/a1/deployments?deployment_types=MANUAL&deployment_types=AUTOSCALED&page=1&per_page=1",
        None,
        {"deployments": [THING]},
        [THING],
    ),
    (
        "get_deployment",
        lambda api: api.get_deployment("a1", "d1"),
        "GET",
        "/v2/apps/a1/deployments/d1",
        None,
        {"deployment": THING},
        THING,
    ),
    (
        "create_deployment",
        lambda api: api.create_deployment("a1", force_build=True),
        "POST",
        "/v2/apps/a1/deployments",
        {"force_build": True},
        {"deployment": THING},
        THING,
    ),
    (
        "cancel_deployment",
        lambda api: api.cancel_deployment("a1", "d1"),
        "POST",
        "/v2/apps/a1/deployments/d1/cancel",
        None,
        {"deployment": THING},
        THING,
    ),
    (
        "rollback",
        lambda api: api.rollback("a1", "d1", skip_pin=True),
        "POST",
        "/v2/apps/a1/rollback",
        {"deployment_id": "d1", "skip_pin": True},
        {"deployment": THING},
        THING,
    ),
    (
        "validate_rollback",
        lambda api: api.validate_rollback("a1", "d1"),
        "POST",
        "/v2/apps/a1/rollback/validate",
        {"deployment_id": "d1", "skip_pin": False},
        {"valid": True},
        {"valid": True},
    ),
    ("commit_rollback", lambda api: api.commit_rollback("a1"), "POST", "/v2/apps/a1/rollback/commit", None, "", None),
    (
        "revert_rollback",
        lambda api: api.revert_rollback("a1"),
        "POST",
        "/v2/apps/a1/rollback/revert",
        None,
        {"deployment": THING},
        THING,
    ),
    (
        "logs",
        lambda api: api.logs("a1", type="RUN"),
        "GET",
        "/v2/apps/a1/logs?type=RUN",
        None,
        {"live_url": "wss://x", "historic_urls": ["https://y"]},
        {"live_url": "wss://x", "historic_urls": ["https://y"]},
    ),
    (
        "logs of a deployment",
        lambda api: api.logs("a1", deployment_id="d1", type="BUILD", tail_lines=5),
        "GET",
        "/v2/apps/a1/deployments/d1/logs?type=BUILD&tail_lines=5",
        None,
        {"live_url": "", "historic_urls": None},
        {"live_url": None, "historic_urls": []},
    ),
    (
        "logs of a component",
        lambda api: api.logs("a1", deployment_id="d1", component="web", type="DEPLOY"),
        "GET",
        "/v2/apps/a1/deployments/d1/components/web/logs?type=DEPLOY",
        None,
        {},
        {"live_url": None, "historic_urls": []},
    ),
    (
        "logs of an active component",
        lambda api: api.logs("a1", component="web", type="RUN_RESTARTED"),
        "GET",
        "/v2/apps/a1/components/web/logs?type=RUN_RESTARTED",
        None,
        {"historic_urls": ["https://y", 7]},
        {"live_url": None, "historic_urls": ["https://y"]},
    ),
    (
        "job_invocation_logs",
        lambda api: api.job_invocation_logs("a1", "nightly", "i1", tail_lines=10),
        "GET",
        "/v2/apps/a1/jobs/nightly/invocations/i1/logs?type=JOB_INVOCATION&tail_lines=10",
        None,
        {"historic_urls": ["https://y"]},
        {"live_url": None, "historic_urls": ["https://y"]},
    ),
    (
        "list_job_invocations",
        lambda api: list(api.list_job_invocations("a1")),
        "GET",
        "/v2/apps/a1/job-invocations?page=1&per_page=200",
        None,
        {
            "job_invocations": [
                {"id": "i1", "trigger": {"type": "SCHEDULE"}},
                {"id": "i2", "trigger": {"type": "SCHEDULED"}},
            ]
        },
        [{"id": "i1", "trigger": {"type": "SCHEDULE"}}, {"id": "i2", "trigger": {"type": "SCHEDULED"}}],
    ),
    (
        "list_job_invocations of jobs",
        lambda api: list(api.list_job_invocations("a1", ["a", "b"], "d1")),
        "GET",
        "/v2/apps/a1/job-invocations?job_names=a&job_names=b&deployment_id=d1&page=1&per_page=200",
        None,
        {"job_invocations": []},
        [],
    ),
    (
        "get_job_invocation",
        lambda api: api.get_job_invocation("a1", "i1"),
        "GET",
        "/v2/apps/a1/job-invocations/i1",
        None,
        {"job_invocation": THING},
        THING,
    ),
    (
        "get_job_invocation without envelope",
        lambda api: api.get_job_invocation("a1", "i1", "nightly"),
        "GET",
        "/v2/apps/a1/job-invocations/i1?job_name=nightly",
        None,
        THING,
        THING,
    ),
    (
        "cancel_job_invocation",
        lambda api: api.cancel_job_invocation("a1", "i1", "nightly"),
        "POST",
        "/v2/apps/a1/job-invocations/i1/cancel?job_name=nightly",
        None,
        {"job_invocation": THING},
        THING,
    ),
    (
        "cancel_job_invocation without envelope",
        lambda api: api.cancel_job_invocation("a1", "i1"),
        "POST",
        "/v2/apps/a1/job-invocations/i1/cancel",
        None,
        THING,
        THING,
    ),
    (
        "list_events",
        lambda api: list(api.list_events("a1", ["DEPLOYMENT"])),
        "GET",
        "/v2/apps/a1/events?event_types=DEPLOYMENT&page=1&per_page=200",
        None,
        {"events": [THING]},
        [THING],
    ),
    ("list_alerts", lambda api: api.list_alerts("a1"), "GET", "/v2/apps/a1/alerts", None, {"alerts": [THING]}, [THING]),
    ("list_alerts, none", lambda api: api.list_alerts("a1"), "GET", "/v2/apps/a1/alerts", None, {}, []),
    (
        "set_alert_destinations",
        lambda api: api.set_alert_destinations("a1", "l1", ["a@b"], [{"url": "https://h", "channel": "#c"}]),
        "POST",
        "/v2/apps/a1/alerts/l1/destinations",
        {"emails": ["a@b"], "slack_webhooks": [{"url": "https://h", "channel": "#c"}]},
        {"alert": THING},
        THING,
    ),
    (
        "set_alert_destinations to none",
        lambda api: api.set_alert_destinations("a1", "l1"),
        "POST",
        "/v2/apps/a1/alerts/l1/destinations",
        {"emails": [], "slack_webhooks": []},
        {"alert": THING},
        THING,
    ),
    (
        "list_instances",
        lambda api: api.list_instances("a1"),
        "GET",
        "/v2/apps/a1/instances",
        None,
        {"instances": [THING]},
        [THING],
    ),
    ("get_health", lambda api: api.get_health("a1"), "GET", "/v2/apps/a1/health", None, {"app_health": THING}, THING),
    ("get_health without envelope", lambda api: api.get_health("a1"), "GET", "/v2/apps/a1/health", None, THING, THING),
    (
        "set_trusted_sources",
        lambda api: api.set_trusted_sources("a1", "db", True),
        "POST",
        "/v2/apps/a1/components/db/trusted_sources",
        {"enable": True},
        {"is_enabled": True},
        True,
    ),
    (
        "set_trusted_sources off",
        lambda api: api.set_trusted_sources("a1", "db", False),
        "POST",
        "/v2/apps/a1/components/db/trusted_sources",
        {"enable": False},
        {},
        False,
    ),
    (
        "list_instance_sizes",
        lambda api: api.list_instance_sizes(),
        "GET",
        "/v2/apps/tiers/instance_sizes",
        None,
        {"instance_sizes": [THING], "discount_percent": 5},
        [THING],
    ),
    ("list_regions", lambda api: api.list_regions(), "GET", "/v2/apps/regions", None, {"regions": [THING]}, [THING]),
]
every_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case[0])


@every_case
def test_endpoint(case: Any, serve: Serve, client_for: ClientFor) -> None:
    _name, call, method, target, body, answer, result = case
    server = serve(reply(200, answer))
    assert call(AppsApi(client_for(server))) == result
    assert len(server.requests) == 1
    request = server.requests[0]
    assert (request.method, request.target) == (method, target)
    assert (json.loads(request.body) if request.body else None) == body


def test_every_method_has_a_case() -> None:
    methods = {name for name in vars(AppsApi) if not name.startswith("_")}
    assert {case[0].split()[0].rstrip(",") for case in CASES} == methods


def strict(case: Any) -> bool:
    """Whether the answer must have an envelope of a certain shape."""
    open_ones = ("propose", "validate", "delete", "commit", "logs", "job_invocation_logs", "get_health", "set_trusted")
    return not case[0].startswith(open_ones)


@pytest.mark.parametrize("case", [case for case in CASES if strict(case)], ids=lambda case: case[0])
def test_wrong_envelope(case: Any, serve: Serve, client_for: ClientFor) -> None:
    """JSON of another shape is an error that names the call, never a KeyError and never an empty success."""
    _name, call, method, target, _body, answer, _result = case
    key = "job_invocation" if answer == THING else next(iter(answer), "alerts")
    with pytest.raises(TransportError) as caught:
        call(AppsApi(client_for(serve(reply(200, {key: "text"})))))
    error = caught.value
    assert error.reason == "wrong_envelope"
    assert error.method == method
    assert error.path == urlsplit(target).path
    assert f"{method} {error.path}" in error.message
    assert error.maybe_applied is (method != "GET")
    assert ("unknown whether the change took effect" in error.message) is error.maybe_applied


@pytest.mark.parametrize("name", ["propose", "propose for an app", "validate_rollback"])
def test_posts_that_read_are_sent_again(name: str, serve: Serve, client_for: ClientFor, clock: FakeClock) -> None:
    _name, call, _method, _target, _body, answer, result = next(case for case in CASES if case[0] == name)
    server = serve(cut, reply(503, {}), reply(200, answer))
    assert call(AppsApi(client_for(server))) == result
    assert len(server.requests) == 3


WRITES = [case for case in CASES if case[2] != "GET" and not case[0].startswith(("propose", "validate"))]


@pytest.mark.parametrize("case", WRITES, ids=lambda case: case[0])
def test_writes_are_not_sent_again(case: Any, serve: Serve, client_for: ClientFor) -> None:
    server = serve(cut)
    with pytest.raises(TransportError) as caught:
        case[1](AppsApi(client_for(server)))
    assert caught.value.maybe_applied
    assert len(server.requests) == 1


HOSTILE = ["a/b", "../x", "a?b=c", "a#b", "a%2Fb", "ä b", "a;b", "a\nb", "...", "-"]


@pytest.mark.parametrize("app_id", HOSTILE)
def test_ids_stay_one_part_of_the_path(app_id: str, serve: Serve, client_for: ClientFor) -> None:
    server = serve(reply(200, {"deployment": THING}))
    AppsApi(client_for(server)).get_deployment(app_id, "d1")
    target = server.requests[0].target
    assert target.startswith("/v2/apps/")
    assert target.endswith("/deployments/d1")
    assert len(target.split("/")) == 6
    assert "?" not in target


@pytest.mark.parametrize("app_id", ["", " ", ".", "..", " .. "])
def test_ids_that_lead_elsewhere(app_id: str, serve: Serve, client_for: ClientFor) -> None:
    """An empty id would turn the update of one app into a call about all of them."""
    server = serve(reply(200, {}))
    api = AppsApi(client_for(server))
    calls: list[Callable[[], Any]] = [
        lambda: api.get_app(app_id),
        lambda: api.delete_app(app_id),
        lambda: api.update_app(app_id, SPEC),
        lambda: api.get_deployment("a1", app_id),
        lambda: list(api.list_deployments(app_id)),
        lambda: api.logs("a1", component=app_id, type="RUN"),
    ]
    for call in calls:
        with pytest.raises(UsageError, match="empty or dots"):
            call()
    assert server.connections == 0


@pytest.fixture(scope="module")
def published() -> Any:
    path = Path(__file__).resolve().parents[4] / "shared" / "facts" / "openapi-apps.json"
    if not path.exists():
        pytest.skip(f"the published description of the API is not at {path}")
    return json.loads(path.read_text())


def resolved(document: dict[str, Any], thing: Any) -> Any:
    """What a $ref stands for."""
    while "$ref" in thing:
        found: Any = document
        for step in thing["$ref"].removeprefix("#/").split("/"):
            found = found[step]
        thing = found
    return thing


@pytest.mark.contract
@every_case
def test_paths_methods_and_queries_are_published(case: Any, published: dict[str, Any]) -> None:
    name, _call, method, target, body, _answer, _result = case
    if name.startswith("set_trusted_sources"):
        assert not [path for path in published["paths"] if "trusted" in path]  # known from DigitalOcean's clients only
        return
    parts = urlsplit(target).path.split("/")
    fits = []
    for path, operations in published["paths"].items():
        template = path.split("/")
        pairs = list(zip(template, parts, strict=False))
        if len(template) == len(parts) and all(one.startswith("{") or one == other for one, other in pairs):
            fits.append((sum(one == other for one, other in pairs), operations))
    operation = max(fits, key=lambda fit: fit[0])[1][method.lower()]
    parameters = [resolved(published, one) for one in operation.get("parameters", [])]
    known = {one["name"] for one in parameters if one["in"] == "query"}
    used = set(parse_qs(urlsplit(target).query))
    # tail_lines: DigitalOcean's own clients send it to every logs endpoint.
    assert used - known <= {"tail_lines"}
    if body:
        request = resolved(published, operation["requestBody"])
        schema = resolved(published, request["content"]["application/json"]["schema"])
        assert set(body) <= set(schema["properties"])
        assert set(schema.get("required", [])) <= set(body)
