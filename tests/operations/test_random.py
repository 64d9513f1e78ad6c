"""Whatever people declare and whatever the platform answers: a result or a message, no write of what is refused, and
nothing of what nobody knows is lost.
"""

from __future__ import annotations

import copy
import json
import random
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ansible_collections.oceanops.app_platform.plugins.module_utils._api.apps import AppsApi
from ansible_collections.oceanops.app_platform.plugins.module_utils._api.client import Client
from ansible_collections.oceanops.app_platform.plugins.module_utils._edit.ingress_rules import IngressRuleEdit
from tests.operations.conftest import Run
from tests.platform import Platform
from tests.reliability.faults import APP, CASES, Case, options_of
from tests.unit.editing.evaluate import evaluate
from tests.unit.spec.strategies import Maker, makers

JUNK: list[Any] = [None, True, 0, -1, 1.5, "", "x", [], {}, ["x"], [None], [[]], {"a": 1}, {"name": None}, [{"id": []}]]
CHECKED = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
EDITS = [case for case in CASES if case.write == "PUT" and case.declares]


def spoiled(value: Any, pick: random.Random, share: float) -> Any:
    """The value with junk, gaps and unknown fields in some places."""
    if pick.random() < share:
        return copy.deepcopy(pick.choice(JUNK))
    if isinstance(value, dict):
        found = {name: spoiled(inner, pick, share) for name, inner in value.items() if pick.random() >= share / 2}
        return {**found, "x_unknown": pick.choice(JUNK)} if pick.random() < share else found
    return [spoiled(inner, pick, share) for inner in value] if isinstance(value, list) else value


def do(run: Run, case: Case, **more: Any) -> dict[str, Any]:
    """A task of the table of faults."""
    app = {"app": "shop"} if "app" in options_of(case.module) else {}
    wait = {"wait_timeout": 60} if "wait_timeout" in options_of(case.module) else {}
    with tempfile.TemporaryDirectory() as folder:
        into = {"directory": folder} if "directory" in options_of(case.module) else {}
        return run(case.module, **{**app, **wait, **into, **case.options, **more})


@given(makers(), st.sampled_from([0.0, 0.03, 0.2]), st.booleans())
@CHECKED
def test_a_spec_that_is_refused_is_not_written(
    run: Run, platform: Platform, maker: Maker, share: float, there: bool
) -> None:
    platform.reset()
    if there:
        platform.seed([APP])
    before = platform.apps()
    platform.forget_requests()
    spec = {name: spoiled(value, maker.random, share) for name, value in maker.declaration().items()}
    spec["name"] = "shop"
    result = run("app", spec=spec, wait=False)
    code = (result.get("failure") or {}).get("code")
    assert code != "unexpected_error", result["msg"]
    if code == "usage":
        assert platform.writes() == []
    if result.get("failed"):
        assert len(result["msg"]) > 20
        assert not result["changed"]
        assert platform.apps() == before
    else:
        again = run("app", spec=spec, wait=False)
        assert not again["changed"], again


@given(st.sampled_from(CASES), st.integers(0, 2**32), st.sampled_from([0.01, 0.05, 0.3]), st.booleans())
@settings(CHECKED, max_examples=150)
def test_whatever_the_platform_answers(
    run: Run, platform: Platform, case: Case, seed: int, share: float, check: bool
) -> None:
    pick = random.Random(seed)
    platform.reset()
    platform.seed([APP])
    platform.forget_requests()
    send = Client._call

    def odd(client: Client, *args: Any, **more: Any) -> Any:
        answer = send(client, *args, **more)
        return {name: spoiled(value, pick, share) for name, value in answer.items() if pick.random() >= share / 4}

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Client, "_call", odd)
        result = do(run, case, check=check)
    failure = result.get("failure") or {}
    assert failure.get("code") != "unexpected_error", result["msg"]
    assert not result.get("failed") or len(result["msg"]) > 10
    json.dumps(result)
    if check:
        assert platform.writes() == []


@pytest.mark.parametrize(
    ("module", "options", "method", "answer"),
    [
        ("app_health_info", {}, "get_health", {"components": [{"name": "web", "replicas_desired": ["x"]}]}),
        ("app_health_info", {}, "get_health", {"components": [{"name": ["web"]}]}),
        ("app_job_invocation_info", {}, "list_job_invocations", [{"id": "i", "phase": ["x"]}]),
        ("app_alert_info", {}, "list_alerts", [{"id": "a", "spec": {"rule": "X"}, "emails": 5, "slack_webhooks": 5}]),
        ("app_domain", {"domain": "x.example.com"}, "list_apps", [{"id": "a", "spec": {"name": "a", "domains": 1.5}}]),
        ("app_domain", {"domain": "x.example.com"}, "list_apps", [{"id": "a", "spec": ["x"]}]),
        ("app_alert_info", {}, "list_alerts", [{"id": "a", "spec": 5, "component_name": 5}, {"component_name": "w"}]),
    ],
)
def test_odd_answers(module: str, options: Any, method: str, answer: Any, run: Run, platform: Platform) -> None:
    """Each of these ended in an exception once."""
    app = platform.seed([APP])[0]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(AppsApi, method, lambda *_args, **_more: iter(answer) if isinstance(answer, list) else answer)
        result = run(module, app_id=app["id"], **options)
    assert result.get("failed") is None, result["msg"]


@contextmanager
def answered(app: dict[str, Any]) -> Iterator[None]:
    """The platform answers with this app, whatever it has."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(AppsApi, "get_app", lambda *_args: copy.deepcopy(app))
        patch.setattr(AppsApi, "list_apps", lambda *_args: iter([copy.deepcopy(app)]))
        yield


@pytest.mark.parametrize("spec", [["x"], 5, None])
def test_apps_whose_spec_is_no_object(spec: Any, run: Run, platform: Platform) -> None:
    app = {**platform.seed([APP])[0], "spec": spec}
    with answered(app):
        exported = do(run, next(case for case in CASES if case.module == "app_export"))
    assert (exported.get("failure") or {}).get("code") != "unexpected_error", exported["msg"]


def test_ingress_rules_that_are_no_list(run: Run, platform: Platform) -> None:
    app = platform.seed([APP])[0]
    app["spec"]["ingress"] = {"rules": 1.5}
    with answered(app):
        result = do(run, next(case for case in CASES if case.module == "app_ingress_rule"), check=True)
    assert (result.get("failure") or {}).get("code") != "unexpected_error", result["msg"]


@pytest.mark.parametrize("key", [{"a": 1}, ["x"]])
def test_an_env_whose_key_is_no_text(key: Any, run: Run, platform: Platform) -> None:
    """In the answers: nobody can write one."""
    app = platform.seed([APP])[0]
    app["spec"]["services"][0]["envs"].append({"key": key, "value": "x"})
    with answered(app):
        for module, options in (("app_env", {"component": "web", "key": "LOG", "value": "info"}), ("app_info", {})):
            result = run(module, app_id=app["id"], **options)
            assert (result.get("failure") or {}).get("code") != "unexpected_error", result["msg"]
        exported = do(run, next(case for case in CASES if case.module == "app_export"))
    assert (exported.get("failure") or {}).get("code") != "unexpected_error", exported["msg"]


def marked(value: Any, path: str = "") -> Any:
    """The value with a field that nobody knows in each of its objects."""
    if isinstance(value, dict):
        inner = {name: marked(one, f"{path}.{name}") for name, one in value.items()}
        return {**inner, "x_future": {"of": path, "list": [1, {"deep": True}]}}
    return [marked(one, f"{path}[]") for one in value] if isinstance(value, list) else value


def marks(value: Any) -> list[str]:
    """Where those fields are."""
    if isinstance(value, dict):
        own = [json.dumps(value["x_future"], sort_keys=True)] if "x_future" in value else []
        return sorted(own + [mark for name, one in value.items() if name != "x_future" for mark in marks(one)])
    return sorted(mark for one in value for mark in marks(one)) if isinstance(value, list) else []


@pytest.mark.parametrize("case", [case for case in CASES if case.write == "PUT"], ids=lambda case: case.name)
@pytest.mark.parametrize("fault", [None, "other_writer"])
def test_unknown_fields_survive(case: Case, fault: str | None, run: Run, platform: Platform) -> None:
    platform.assume(unknown_field="keep")
    platform.seed([marked(APP)])
    before = marks(platform.apps()["shop"]["spec"])
    assert len(before) > 10
    if fault:
        platform.fault(fault, method="PUT", when="before", edit={"envs": [{"key": "THEIRS", "value": "x"}]})
    platform.forget_requests()
    result = do(run, case)
    assert result.get("failed") is None, result["msg"]
    assert result["changed"]
    assert marks(platform.apps()["shop"]["spec"]) == before
    if case.declares:
        platform.forget_requests()
        assert not do(run, case)["changed"]
        assert platform.writes() == []


def test_what_is_no_rule_stays_among_the_rules() -> None:
    old, kept = (
        {"match": {"path": {"prefix": "/old"}}},
        {"match": {"path": {"prefix": "/"}}, "component": {"name": "web"}},
    )
    spec = {"name": "shop", "ingress": {"rules": [5, old, kept]}}
    assert evaluate(IngressRuleEdit(old, absent=True), spec).spec["ingress"]["rules"] == [5, kept]
