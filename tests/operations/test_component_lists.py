"""One rule for the lists of a component, whichever module declares them: what is not mentioned stays."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.oceanops.app_platform.plugins.module_utils._resources.component import purge_choices
from tests.operations.conftest import IMAGE, Run
from tests.operations.test_rotation import env, envs, puts
from tests.platform import Platform

JOB: dict[str, Any] = {"app": "shop", "name": "migrate"}
ALERTS = [{"rule": "CPU_UTILIZATION", "operator": "GREATER_THAN", "value": 80.0, "window": "FIVE_MINUTES"}]
MEMORY = {**ALERTS[0], "rule": "MEM_UTILIZATION"}
LOGS = [{"name": "one-logs", "logtail": {"token": "token-of-one"}}, {"name": "two-logs", "logtail": {"token": "other"}}]


def component(platform: Platform, section: str, name: str) -> dict[str, Any]:
    spec = platform.apps()["shop"]["spec"]
    return next(one for one in spec[section] if one["name"] == name)


def fail_safe(result: dict[str, Any]) -> dict[str, Any]:
    assert result.get("failed") is None, result["msg"]
    return result


@pytest.fixture
def job(run: Run, platform: Platform, shop: Any) -> dict[str, Any]:
    """A job with a secret that was set long ago, and a variable."""
    stored = [env("API_KEY", "of-last-year"), {"key": "LOG_LEVEL", "value": "info"}]
    fail_safe(run("app_job", **JOB, envs=stored))
    platform.forget_requests()
    return envs(platform, "migrate")


@pytest.mark.parametrize("module", ["app_job", "app_env", "app"])
def test_a_shorter_list_removes_nothing(module: str, run: Run, platform: Platform, job: dict[str, Any]) -> None:
    """The most usual edit of all, by each module that can make it."""
    shorter = [{"key": "LOG_LEVEL", "value": "debug"}]
    options: dict[str, dict[str, Any]] = {
        "app_job": {**JOB, "envs": shorter},
        "app_env": {"app": "shop", "component": "migrate", "envs": shorter},
        "app": {"spec": {"name": "shop", "jobs": [{"name": "migrate", "envs": shorter}]}},
    }
    for check in (True, False):
        result = fail_safe(run(module, check=check, **options[module]))
        assert result["changed"]
        assert "API_KEY" not in str(result["diff"])
    after = envs(platform, "migrate")
    assert after["LOG_LEVEL"]["value"] == "debug"
    assert after["API_KEY"] == job["API_KEY"]
    assert not run(module, **options[module])["changed"]


@pytest.mark.parametrize(
    ("module", "options"),
    [
        ("app_job", {**JOB, "envs": [{"key": "LOG_LEVEL", "value": "info"}], "purge_lists": ["envs"]}),
        ("app_job", {**JOB, "envs": []}),
        ("app_env", {"app": "shop", "component": "migrate", "key": "API_KEY", "state": "absent"}),
        ("app_env", {"app": "shop", "component": "migrate", "envs": [{"key": "LOG_LEVEL"}], "purge": True}),
        ("app", {"spec": {"name": "shop", "jobs": [{"name": "migrate", "envs": []}]}}),
        ("app_job", {**JOB, "state": "absent"}),
    ],
)
def test_a_removal_is_said_and_shown(
    module: str, options: dict[str, Any], run: Run, platform: Platform, job: dict[str, Any]
) -> None:
    """In the diff of check mode, and of the run itself, each secret that goes has a line."""
    for check in (True, False):
        result = fail_safe(run(module, check=check, **options))
        assert result["changed"]
        (before,) = result["diff"]["before"]["jobs"]
        gone = {"key": "API_KEY", "type": "SECRET", "value": "SECRET (removed)"}
        assert [one for one in before["envs"] if gone.items() <= one.items()]
        assert "SECRET (removed)" not in str(result["diff"]["after"])
    assert "API_KEY" not in str(platform.apps()["shop"]["spec"].get("jobs"))
    assert not fail_safe(run(module, **options))["changed"]


def test_every_list_with_a_key_is_merged(run: Run, platform: Platform, shop: Any) -> None:
    web: dict[str, Any] = {"app": "shop", "name": "web"}
    first = {"alerts": ALERTS, "log_destinations": LOGS[:1], "envs": [env("A", "1")], "routes": [{"path": "/one"}]}
    second = {"alerts": [MEMORY], "log_destinations": LOGS[1:], "envs": [env("B", "2")], "routes": [{"path": "/two"}]}
    for options in (first, second):
        assert fail_safe(run("app_service", **web, **options))["changed"]
    for options in (first, second):
        assert not fail_safe(run("app_service", **web, **options))["changed"]
    now = component(platform, "services", "web")
    assert {one["rule"] for one in now["alerts"]} == {"CPU_UTILIZATION", "MEM_UTILIZATION"}
    assert [one["name"] for one in now["log_destinations"]] == ["one-logs", "two-logs"]
    rules = platform.apps()["shop"]["spec"]["ingress"]["rules"]
    assert {one["match"]["path"]["prefix"] for one in rules} == {"/", "/one", "/two"}
    puts(platform)
    for name in purge_choices("services"):
        result = fail_safe(run("app_service", **web, **first, purge_lists=[name]))
        assert result["changed"], name
        assert not run("app_service", **web, **first, purge_lists=[name])["changed"]
    now = component(platform, "services", "web")
    assert [one["rule"] for one in now["alerts"]] == ["CPU_UTILIZATION"]
    assert [one["name"] for one in now["log_destinations"]] == ["one-logs"]
    assert "B" not in envs(platform)
    rules = platform.apps()["shop"]["spec"]["ingress"]["rules"]
    assert [one["match"]["path"]["prefix"] for one in rules] == ["/one"]
    assert puts(platform) == 4


def test_a_list_that_is_not_declared_is_not_purged(run: Run, platform: Platform, job: dict[str, Any]) -> None:
    assert not fail_safe(run("app_job", **JOB, purge_lists=["envs", "alerts"]))["changed"]
    assert envs(platform, "migrate") == job


def test_other_components_are_never_purged(run: Run, platform: Platform, job: dict[str, Any]) -> None:
    options = {"app": "shop", "name": "web", "envs": [{"key": "ONLY", "value": "1"}], "purge_lists": ["envs"]}
    assert fail_safe(run("app_service", **options))["changed"]
    assert set(envs(platform)) == {"ONLY"}
    assert envs(platform, "migrate") == job


def test_headers_of_a_destination_are_purged_with_their_list(run: Run, platform: Platform, shop: Any) -> None:
    def logs(*keys: str) -> list[dict[str, Any]]:
        headers = [{"key": key, "value": f"value of {key}"} for key in keys]
        return [{"name": "own-logs", "endpoint": "https://logs.example.com", "headers": headers}]

    worker: dict[str, Any] = {"app": "shop", "name": "queue"}
    fail_safe(run("app_worker", **worker, log_destinations=logs("X-One", "X-Two")))
    assert not fail_safe(run("app_worker", **worker, log_destinations=logs("X-One")))["changed"]
    assert fail_safe(run("app_worker", **worker, log_destinations=logs("X-One"), purge_lists=["log_destinations"]))[
        "changed"
    ]
    (there,) = component(platform, "workers", "queue")["log_destinations"]
    assert [one["key"] for one in there["headers"]] == ["X-One"]


def test_lists_without_a_key_are_one_value(run: Run, platform: Platform, shop: Any) -> None:
    web: dict[str, Any] = {"app": "shop", "name": "web", "image": IMAGE}
    origins = [{"exact": "https://a.example.com"}, {"exact": "https://b.example.com"}]
    fail_safe(run("app_service", **web, internal_ports=[9000, 9001], cors={"allow_origins": origins}))
    fail_safe(run("app_service", **web, internal_ports=[9001], cors={"allow_origins": origins[:1]}))
    assert component(platform, "services", "web")["internal_ports"] == [9001]
    (rule,) = platform.apps()["shop"]["spec"]["ingress"]["rules"]
    assert rule["cors"]["allow_origins"] == origins[:1]


def test_which_lists_can_be_purged() -> None:
    assert purge_choices("jobs") == ["alerts", "envs", "log_destinations"]
    assert purge_choices("services") == ["alerts", "envs", "log_destinations", "routes"]
    assert purge_choices("static_sites") == ["envs", "routes"]
    assert purge_choices("databases") == []
