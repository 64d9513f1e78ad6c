"""Every endpoint: the request that is sent, and what is taken out of its envelope."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from ansible_collections.oceanops.app_platform.plugins.module_utils._api.apps import AppsApi
from ansible_collections.oceanops.app_platform.plugins.module_utils._api.errors import TransportError, UsageError
from ansible_collections.oceanops.app_platform.tests.unit.client.conftest import ClientFor, Serve
from ansible_collections.oceanops.app_platform.tests.unit.client.endpoint_cases import CASES, SPEC, THING
from ansible_collections.oceanops.app_platform.tests.unit.client.raw_server import cut, reply
from ansible_collections.oceanops.app_platform.tests.unit.fake_clock import FakeClock
from tests.simulator import contract

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
    open_ones = (
        "propose",
        "assign_to_project",
        "validate",
        "delete",
        "commit",
        "get_logs",
        "get_job_invocation_logs",
        "get_health",
        "set_trusted",
    )
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


@pytest.mark.parametrize("name", ["propose", "propose for an app", "validate_rollback", "assign_to_project"])
def test_posts_that_may_be_repeated_are_sent_again(
    name: str, serve: Serve, client_for: ClientFor, clock: FakeClock
) -> None:
    _name, call, _method, _target, _body, answer, result = next(case for case in CASES if case[0] == name)
    server = serve(cut, reply(503, {}), reply(200, answer))
    assert call(AppsApi(client_for(server))) == result
    assert len(server.requests) == 3


WRITES = [case for case in CASES if case[2] != "GET" and not case[0].startswith(("propose", "validate", "assign"))]


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
        lambda: api.get_logs("a1", component=app_id, type="RUN"),
    ]
    for call in calls:
        with pytest.raises(UsageError, match="empty or dots"):
            call()
    assert server.connections == 0


@pytest.fixture(scope="module")
def published() -> Any:
    return contract.published()


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
    if name == "assign_to_project":
        assert not [
            path for path in published["paths"] if "projects" in path
        ]  # the Projects API has its own description
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
