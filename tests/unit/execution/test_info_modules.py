"""app_info and app_deployment_info, without a platform."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.oceanops.app_platform.plugins.module_utils._ansible.operation import Operation, Result, perform
from ansible_collections.oceanops.app_platform.plugins.module_utils._masking.secret_register import MASK
from ansible_collections.oceanops.app_platform.plugins.modules import app_deployment_info, app_info
from tests.unit.docs.documented import keys_of, returned
from tests.unit.execution.fake import FakeApps, app, context

SECRET_SPEC = {
    "name": "shop",
    "region": "ams",
    "jobs": [
        {
            "name": "migrate",
            "kind": "PRE_DEPLOY",
            "log_destinations": [{"name": "logs", "logtail": {"token": "CANARY-logtail-token"}}],
        }
    ],
}
SHOP = {"id": "id-shop", "spec": SECRET_SPEC, "region": {"slug": "ams"}, "project_id": "p1"}
BLOG = app("blog", "id-blog", region={"slug": "nyc"}, project_id="p2")
FAILED = {
    "id": "d3",
    "phase": "ERROR",
    "created_at": "2026-03-02T10:00:00Z",
    "updated_at": "2026-03-02T10:01:30Z",
    "spec": SECRET_SPEC,
    "progress": {
        "steps": [
            {
                "name": "deploy",
                "status": "ERROR",
                "steps": [
                    {
                        "name": "migrate",
                        "component_name": "migrate",
                        "status": "ERROR",
                        "reason": {"code": "DeployContainerExitNonZero", "message": "saw CANARY-logtail-token"},
                    }
                ],
            }
        ]
    },
}
DEPLOYMENTS = [
    FAILED,
    {"id": "d2", "phase": "ACTIVE", "spec": {"name": "shop"}},
    {"id": "d1", "phase": "SUPERSEDED", "spec": {"name": "shop"}},
]


def result(operation: Operation, api: FakeApps, **given: Any) -> Result:
    """The result of a task with these options."""
    found = ArgumentSpecValidator(**operation.arguments.as_arguments()).validate({"token": "t", **given})
    if found.error_messages:
        return {"failed": True, "msg": "\n".join(found.error_messages)}
    options = dict(found.validated_parameters)
    answer = perform(operation, options, context(api, params=options))
    assert "CANARY" not in json.dumps(answer)
    return answer


def apps(*given_apps: dict[str, Any], **given: Any) -> list[str]:
    answer = result(app_info.OPERATION, FakeApps(*(given_apps or (SHOP, BLOG))), **given)
    assert answer["changed"] is False
    return [one["id"] for one in answer["apps"]]


# app_info


def test_all_apps_sorted_by_name() -> None:
    assert apps() == ["id-blog", "id-shop"]


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ({"app": "shop"}, ["id-shop"]),
        ({"app": "gone"}, []),
        ({"app_id": "id-blog"}, ["id-blog"]),
        ({"app_id": "gone"}, []),
        ({"region": "ams"}, ["id-shop"]),
        ({"region": "fra"}, []),
        ({"project_id": "p2"}, ["id-blog"]),
        ({"project_id": "p2", "region": "ams"}, []),
        ({"app": "shop", "region": "nyc"}, []),
    ],
)
def test_filters(given: dict[str, Any], found: list[str]) -> None:
    assert apps(**given) == found


def test_an_app_without_a_region_yet_counts_by_its_spec() -> None:
    assert apps({"id": "new", "spec": {"name": "new", "region": "fra"}}, region="fra") == ["new"]
    assert apps({"id": "odd", "spec": None, "region": "ams"}, region="ams") == []


def test_projects_are_asked_for_only_where_they_are_needed() -> None:
    for given, call in (({}, "list"), ({"with_projects": True}, "list with projects")):
        api = FakeApps(SHOP)
        result(app_info.OPERATION, api, **given)
        assert api.calls == [call]
    api = FakeApps(SHOP)
    result(app_info.OPERATION, api, project_id="p1")
    assert api.calls == ["list with projects"]


def test_tokens_that_the_platform_gives_back_are_masked() -> None:
    answer = result(app_info.OPERATION, FakeApps(SHOP), app="shop")
    assert answer["apps"][0]["spec"]["jobs"][0]["log_destinations"][0]["logtail"]["token"] == MASK
    assert answer["apps"][0]["spec"]["jobs"][0]["name"] == "migrate"


def test_an_export_goes_into_a_file_without_secrets() -> None:
    job = {
        "name": "migrate",
        "kind": "PRE_DEPLOY",
        "instance_count": 1,
        "envs": [{"key": "KEY", "type": "SECRET", "value": "EV[1:abc:def]"}, {"key": "MODE", "value": "fast"}],
        "log_destinations": [{"name": "logs", "logtail": {"token": "tok"}}],
    }
    answer = result(app_info.OPERATION, FakeApps({"id": "x", "spec": {"name": "shop", "jobs": [job]}}), export=True)
    (exported,) = answer["apps"][0]["export"]["jobs"]
    assert exported["envs"] == [{"key": "KEY", "type": "SECRET"}, {"key": "MODE", "value": "fast"}]
    assert "instance_count" not in exported
    # A token may be too short to be found by its value.
    assert '"tok"' not in json.dumps(answer)
    assert "export" not in result(app_info.OPERATION, FakeApps(SHOP), app="shop")["apps"][0]


def test_an_export_warns_of_a_password_that_it_cannot_have() -> None:
    job = {"name": "build", "git": {"repo_clone_url": "https://robot:CANARY-clone-token@git.example.com/a.git"}}
    api = FakeApps({"id": "x", "spec": {"name": "shop", "jobs": [job, {"name": "other", "git": None}]}})
    one = context(api)
    options = {"app_id": "x", "app": None, "region": None, "project_id": None, "with_projects": False, "export": True}
    answer = perform(app_info.OPERATION, options, one)
    assert "git" not in answer["apps"][0]["export"]["jobs"][0]
    assert MASK in answer["apps"][0]["spec"]["jobs"][0]["git"]["repo_clone_url"]
    assert "CANARY" not in json.dumps(answer)
    (warning,) = one.warnings
    assert warning.startswith("shop: jobs[build].git.repo_clone_url carries a password or a token and is left out")


def test_name_and_id_exclude_each_other() -> None:
    assert "mutually exclusive" in result(app_info.OPERATION, FakeApps(), app="a", app_id="b")["msg"]


# app_deployment_info


def deployments(**given: Any) -> tuple[Result, list[str]]:
    api = FakeApps(SHOP, deployments=DEPLOYMENTS)
    answer = result(app_deployment_info.OPERATION, api, **{"app_id": "id-shop", **given})
    return answer, api.calls[1:]


def test_the_newest_deployment_explained() -> None:
    answer, calls = deployments()
    (one,) = answer["deployments"]
    assert answer["app_id"] == "id-shop"
    assert (one["id"], one["phase"], one["duration"]) == ("d3", "ERROR", 90.0)
    assert one["failures"][0]["code"] == "DeployContainerExitNonZero"
    assert one["failures"][0]["message"] == f"saw {MASK}"
    assert one["jobs"][0]["name"] == "migrate"
    assert one["logs"] == []
    assert "details" not in one
    assert calls == ["deployments of id-shop, types , 1 a page"]


def test_logs_on_demand() -> None:
    answer, calls = deployments(log_lines=10)
    assert answer["deployments"][0]["logs"][0]["component"] == "migrate"
    assert any(one == "logs of migrate" for one in calls)


def test_details_on_demand_without_secrets() -> None:
    answer, _calls = deployments(details=True)
    assert answer["deployments"][0]["details"]["progress"]["steps"][0]["name"] == "deploy"
    assert answer["deployments"][0]["details"]["spec"]["name"] == "shop"


def test_no_reason_shows_what_a_secret_variable_has() -> None:
    """Whose value the task doesn't know: the jobs, the failures, and what the API has given as it is."""
    spec = {**SECRET_SPEC, "envs": [{"key": "API_KEY", "type": "SECRET", "value": "EV[1:abc:def]"}]}
    failed = json.loads(json.dumps({**FAILED, "spec": spec}).replace("saw CANARY-logtail-token", "bad API_KEY=CANARY"))
    assert "bad API_KEY=CANARY" in json.dumps(failed)
    api = FakeApps({**SHOP, "spec": spec, "active_deployment": failed}, deployments=[failed])
    for found in (
        result(app_deployment_info.OPERATION, api, app_id="id-shop", details=True),
        result(app_info.OPERATION, api, app_id="id-shop"),
    ):
        assert "=CANARY" not in json.dumps(found)
        assert f"bad API_KEY={MASK}" in json.dumps(found)


@pytest.mark.parametrize(
    ("given", "found", "call"),
    [
        ({"limit": 2}, ["d3", "d2"], "deployments of id-shop, types , 2 a page"),
        ({"limit": 100}, ["d3", "d2", "d1"], "deployments of id-shop, types , 20 a page"),
        ({"phases": ["ACTIVE"]}, ["d2"], "deployments of id-shop, types , 20 a page"),
        ({"phases": ["CANCELED"]}, [], "deployments of id-shop, types , 20 a page"),
        ({"types": ["MANUAL", "AUTOSCALED"]}, ["d3"], "deployments of id-shop, types MANUAL+AUTOSCALED, 1 a page"),
        ({"deployment_id": "d1"}, ["d1"], "deployment d1"),
    ],
)
def test_which_ones(given: dict[str, Any], found: list[str], call: str) -> None:
    answer, calls = deployments(**given)
    assert [one["id"] for one in answer["deployments"]] == found
    assert calls == [call]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"limit": 0}, "limit: 0 is not possible; give 1 or more"),
        ({"deployment_id": "gone"}, "no such thing"),
        ({"app_id": "gone"}, "there is no app with the id 'gone'"),
        ({"phases": ["DONE"]}, "Got no match for: DONE"),
        ({"deployment_id": "d1", "phases": ["ACTIVE"]}, "mutually exclusive: deployment_id|phases"),
        ({"log_lines": -1}, "log_lines: -1 is not possible"),
    ],
)
def test_refusals(given: dict[str, Any], message: str) -> None:
    answer, _calls = deployments(**given)
    assert answer["failed"] is True
    assert message in answer["msg"]


# Documentation


@pytest.mark.parametrize("module", [app_info, app_deployment_info])
def test_the_documentation_has_every_option_and_every_key(module: Any) -> None:
    described = yaml.safe_load(module.DOCUMENTATION)["options"]
    for name, option in module.OPTIONS.options.items():
        told = described[name]
        assert (told.get("type"), told.get("default")) == (option.get("type"), option.get("default")), name
        assert told.get("choices", []) == list(option.get("choices", [])), name
    assert set(described) == set(module.OPTIONS.options)


def test_every_key_of_a_deployment_is_documented() -> None:
    answer, _calls = deployments(details=True)
    assert set(answer) - {"changed"} == set(returned("app_deployment_info"))
    assert set(answer["deployments"][0]) == set(keys_of("app_deployment_info", "deployments"))
