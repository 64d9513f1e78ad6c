"""A key with several scopes is several variables: what a task says of one is said of no other."""

from __future__ import annotations

from typing import Any

import pytest

from tests.operations.conftest import Run
from tests.operations.test_rotation import MARKER, puts
from tests.platform import Platform

JOB: dict[str, Any] = {"app": "shop", "name": "migrate"}
RUN, BUILD = (
    {"key": "TOKEN", "type": "SECRET", "value": f"of the {scope}", "scope": scope}
    for scope in ("RUN_TIME", "BUILD_TIME")
)


def stored(platform: Platform) -> dict[Any, dict[str, Any]]:
    envs = platform.apps()["shop"]["spec"]["jobs"][0]["envs"]
    return {one["scope"]: one for one in envs if one["key"] != MARKER}


def done(result: dict[str, Any]) -> dict[str, Any]:
    assert result.get("failed") is None, result["msg"]
    return result


@pytest.fixture
def both(run: Run, platform: Platform, shop: Any) -> dict[Any, dict[str, Any]]:
    done(run("app_job", **JOB, envs=[RUN, BUILD]))
    platform.forget_requests()
    return stored(platform)


@pytest.mark.parametrize("policy", ["fingerprint", "always"])
def test_the_other_scope_keeps_its_secret(policy: str, run: Run, platform: Platform, both: dict[Any, Any]) -> None:
    """It was overwritten with the value of the one that the task declared."""
    assert not done(run("app_job", **JOB, envs=[RUN]))["changed"]
    done(run("app_job", **JOB, envs=[{**RUN, "value": "a new one"}], update_secrets=policy))
    assert puts(platform) == 1
    now = stored(platform)
    assert now["BUILD_TIME"] == both["BUILD_TIME"]
    assert now["RUN_TIME"] != both["RUN_TIME"]
    assert not done(run("app_env", app="shop", component="migrate", envs=[BUILD]))["changed"]


def test_a_readable_one_beside_them(run: Run, platform: Platform, both: dict[Any, Any]) -> None:
    third = {"key": "TOKEN", "value": "x", "type": "GENERAL", "scope": "RUN_AND_BUILD_TIME"}
    done(run("app_job", **JOB, envs=[third]))
    now = stored(platform)
    assert now.pop("RUN_AND_BUILD_TIME")["value"] == "x"
    assert now == both


@pytest.mark.parametrize("policy", ["fingerprint", "on_create", "always"])
def test_a_new_scope_is_a_new_secret(policy: str, run: Run, platform: Platform, shop: Any) -> None:
    """Nothing is stored of it, although there is one of that key."""
    done(run("app_job", **JOB, envs=[RUN]))
    before = stored(platform)["RUN_TIME"]
    task = {**JOB, "envs": [{name: RUN[name] for name in ("key", "type", "scope")}, BUILD], "update_secrets": policy}
    assert done(run("app_job", **task))["changed"]
    now = stored(platform)
    assert now["RUN_TIME"] == before
    assert now["BUILD_TIME"]["value"] != before["value"]
    without = {**RUN, "scope": "BUILD_TIME", "value": None}
    assert not done(run("app_job", **JOB, envs=[without]))["changed"]


def test_a_new_scope_without_a_value_is_refused(run: Run, platform: Platform, shop: Any) -> None:
    done(run("app_job", **JOB, envs=[RUN]))
    keys = [{"key": "TOKEN", "type": "SECRET", "scope": scope} for scope in ("RUN_TIME", "BUILD_TIME")]
    assert "has no value and none is stored" in run("app_job", **JOB, envs=keys)["msg"]


@pytest.mark.parametrize("type", ["SECRET", "GENERAL"])
def test_of_two_that_become_one_the_diff_names_the_one_that_goes(type: str, run: Run, both: Any) -> None:
    one = {"key": "TOKEN", "type": type, "value": "another", "scope": "RUN_AND_BUILD_TIME"}
    result = done(run("app_job", check=True, **JOB, envs=[one], purge_lists=["envs"]))
    envs = result["diff"]["before"]["jobs"][0]["envs"]
    assert sorted(env["value"] for env in envs) == ["SECRET", "SECRET (removed)"]


def test_a_moved_one_is_the_same_variable(run: Run, platform: Platform, shop: Any) -> None:
    """The key is there once: another scope moves it, and two tasks with two scopes move it to and fro."""
    done(run("app_job", **JOB, envs=[RUN]))
    before = stored(platform)["RUN_TIME"]["value"]
    moved = {"key": "TOKEN", "type": "SECRET", "scope": "BUILD_TIME"}
    done(run("app_env", app="shop", component="migrate", envs=[moved]))
    assert {scope: one["value"] for scope, one in stored(platform).items()} == {"BUILD_TIME": before}


def test_all_scopes_are_inherited(run: Run, platform: Platform, shop: Any) -> None:
    scopes = [{"key": "MODE", "value": scope.lower(), "scope": scope} for scope in ("RUN_TIME", "BUILD_TIME")]
    done(run("app_service", app="shop", name="web", envs=scopes))
    done(run("app_job", **JOB, inherit_envs_from=["web"]))
    values = [(one["key"], one["value"]) for one in platform.apps()["shop"]["spec"]["jobs"][0]["envs"]]
    assert sorted(values) == [("LOG", "info"), ("MODE", "build_time"), ("MODE", "run_time")]


def test_a_warning_names_the_list(run: Run, platform: Platform, shop: Any) -> None:
    readable = [{**one, "type": "GENERAL"} for one in (RUN, BUILD, {**RUN, "scope": "RUN_AND_BUILD_TIME"})]
    for component in (None, "migrate"):
        result = done(run("app_env", app="shop", component=component, envs=readable))
        assert [one.partition(":")[0] for one in result["warned"]] == ["envs[TOKEN]"]
