"""What an edit rests on is there and of its type, or the answer is refused: each field, each wrong value."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.oceanops.app_platform.plugins.module_utils._ansible.context import Context
from ansible_collections.oceanops.app_platform.plugins.module_utils._ansible.operation import Operation, perform
from ansible_collections.oceanops.app_platform.plugins.module_utils._api.apps import AppsApi
from ansible_collections.oceanops.app_platform.plugins.module_utils._api.errors import TransportError
from ansible_collections.oceanops.app_platform.plugins.module_utils._api.response_checks import ResponseChecks
from ansible_collections.oceanops.app_platform.plugins.module_utils._deployments.deployment import require_spec

TIME = "2026-03-01T10:00:00Z"
SPEC: dict[str, Any] = {
    "name": "shop",
    "services": [
        {"name": "web", "image": {"tag": "1"}, "envs": [{"key": "A", "value": "EV[1:x]"}], "x_future": [None]}
    ],
    "features": ["one"],
    "domains": [{"domain": "a.example.com"}],
    "ingress": {"rules": [{"match": {}, "component": {"name": "web"}}]},
    "x_future": {"deep": [None, {}]},
}
DEPLOYMENT: dict[str, Any] = {"id": "d-1", "spec": SPEC, "phase": "ACTIVE", "created_at": TIME}
APP: dict[str, Any] = {
    "id": "a-1",
    "spec": SPEC,
    "active_deployment": DEPLOYMENT,
    "pending_deployment": {},
    "in_progress_deployment": None,
    "last_deployment_created_at": TIME,
}
ALERT: dict[str, Any] = {
    "id": "r-1",
    "spec": {"rule": "CPU_UTILIZATION"},
    "component_name": "web",
    "emails": ["a@example.com"],
    "slack_webhooks": [{"url": "https://hooks.example.com/x", "channel": "c"}],
}
RUN: dict[str, Any] = {"id": "i-1", "phase": "RUNNING", "job_name": "report"}
GET = ResponseChecks("GET", "/v2/apps/x")
CHECKS: dict[str, tuple[Callable[[Any], None], dict[str, Any]]] = {
    "app": (lambda app: GET.app(app, "A-1", "shop"), APP),
    "listed": (GET.listed_app, APP),
    "deployment": (lambda one: GET.deployment(one, deployment_id="d-1"), DEPLOYMENT),
    "alert": (GET.alert, ALERT),
    "run": (lambda one: GET.job_invocation(one, "run"), RUN),
}
#: Of each check: a field, and whether it may be absent.
FIELDS = [
    ("app", "id", False),
    ("app", "spec", False),
    ("app", "spec.name", False),
    ("app", "spec.services", True),
    ("app", "spec.services.0", True),
    ("app", "spec.services.0.name", False),
    ("app", "spec.services.0.image", True),
    ("app", "spec.services.0.envs", True),
    ("app", "spec.services.0.envs.0", True),
    ("app", "spec.services.0.envs.0.key", False),
    ("app", "spec.features", True),
    ("app", "spec.domains.0.domain", False),
    ("app", "spec.ingress", True),
    ("app", "spec.ingress.rules.0", True),
    ("app", "active_deployment.id", False),
    ("app", "active_deployment.created_at", False),
    ("app", "active_deployment.spec", True),
    ("app", "last_deployment_created_at", True),
    ("listed", "id", False),
    ("listed", "spec", False),
    ("listed", "spec.name", False),
    ("deployment", "id", False),
    ("deployment", "spec", True),
    ("deployment", "phase", True),
    ("deployment", "created_at", False),
    ("alert", "id", False),
    ("alert", "spec", False),
    ("alert", "spec.rule", False),
    ("alert", "component_name", True),
    ("alert", "emails", True),
    ("alert", "emails.0", True),
    ("alert", "slack_webhooks", True),
    ("alert", "slack_webhooks.0", True),
    ("alert", "slack_webhooks.0.url", False),
    ("run", "id", False),
    ("run", "phase", True),
    ("run", "job_name", True),
]
ABSENT = object()


def spoiled(value: dict[str, Any], path: str, wrong: Any) -> dict[str, Any]:
    result = copy.deepcopy(value)
    *way, last = path.split(".")
    holder: Any = result
    for name in way:
        holder = holder[int(name) if isinstance(holder, list) else name]
    key: Any = int(last) if isinstance(holder, list) else last
    if wrong is ABSENT:
        del holder[key]
    else:
        holder[key] = wrong
    return result


@pytest.mark.parametrize(("check", "path", "optional"), FIELDS)
def test_each_field(check: str, path: str, optional: bool) -> None:
    ask, whole = CHECKS[check]
    ask(whole)
    there: Any = whole
    for name in path.split("."):
        there = there[int(name) if isinstance(there, list) else name]
    for wrong in (None, "", " ", [], {}, 0, True, ["x"]):
        if type(wrong) is type(there) and not (isinstance(there, str) and not optional) and wrong not in (["x"], " "):
            continue
        if (isinstance(there, list) and wrong == ["x"] and path.endswith(("features", "emails"))) or (
            isinstance(there, str) and isinstance(wrong, str) and path.endswith(("phase", "job_name", "component_name"))
        ):
            continue
        if path.endswith("emails.0") and isinstance(wrong, str):
            continue
        with pytest.raises(TransportError, match="the answer holds") as caught:
            ask(spoiled(whole, path, wrong))
        error = caught.value
        assert (error.code, error.method, error.path, error.maybe_applied) == (
            "wrong_envelope",
            "GET",
            "/v2/apps/x",
            False,
        )
        assert path.rsplit(".", 1)[-1].strip("0") in error.message
    if optional:
        ask(spoiled(whole, path, ABSENT))
    else:
        with pytest.raises(TransportError, match="the answer holds nothing"):
            ask(spoiled(whole, path, ABSENT))


@pytest.mark.parametrize(
    ("check", "given"),
    [
        (lambda: GET.app(APP, "another"), "'a-1' under 'app.id', where 'another'"),
        (lambda: GET.app(APP, name="other"), "'shop' under 'app.spec.name', where 'other'"),
        (lambda: GET.deployment(DEPLOYMENT, deployment_id="d-2"), "where 'd-2' was expected"),
        (lambda: GET.job_invocation(RUN, "run", "i-2"), "where 'i-2' was expected"),
        (lambda: GET.app({**APP, "spec": {**SPEC, "features": [None]}}), "nothing under 'app.spec.features"),
        (lambda: ResponseChecks("PUT", "/x", maybe_applied=True).app({}), "unknown whether the change took effect"),
    ],
)
def test_the_answer_of_another_call(check: Callable[[], None], given: str) -> None:
    with pytest.raises(TransportError) as caught:
        check()
    assert given in caught.value.message


def test_what_stands_in_the_place_is_not_told() -> None:
    with pytest.raises(TransportError) as caught:
        GET.app({**APP, "spec": "a-secret-value"})
    assert "a-secret-value" not in caught.value.message


def test_the_unset_time() -> None:
    GET.app({**APP, "last_deployment_created_at": "0001-01-01T00:00:00Z"})


def test_a_spec_is_asked_for() -> None:
    assert require_spec(APP) is SPEC
    with pytest.raises(TransportError, match="without its spec"):
        require_spec({"id": "a-1"})


@pytest.mark.parametrize("display_only", [True, False])
def test_only_what_just_shows_is_tolerant(display_only: bool) -> None:
    """An operation says so; without a word, it is strict."""
    from ansible_collections.oceanops.app_platform.plugins.module_utils._ansible.arguments import API

    seen: list[AppsApi] = []

    def run(_params: dict[str, Any], context: Context) -> dict[str, Any]:
        seen.append(context.api)
        return {}

    params = {name: option.get("default") for name, option in API.options.items()}
    perform(Operation(API, run, display_only=display_only), params, Context({**params, "token": "a-token-of-tests"}))
    assert seen[0].strict is not display_only
