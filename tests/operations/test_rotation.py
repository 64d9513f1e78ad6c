"""Secrets that change, stay, and lose their fingerprint: exactly the writes that are needed."""

from __future__ import annotations

from typing import Any

import pytest

from tests.operations.conftest import IMAGE, Run
from tests.platform import Platform
from tests.reliability.rotation import MARKER, steps


def env(key: str, value: str | None = None) -> dict[str, Any]:
    return {"key": key, "type": "SECRET", **({} if value is None else {"value": value})}


def puts(platform: Platform) -> int:
    """How many PUTs there were since the last look; nothing else was written."""
    written = [one["method"] for one in platform.writes()]
    platform.forget_requests()
    assert set(written) <= {"PUT"}
    return len(written)


def envs(platform: Platform, component: str = "web") -> dict[str, dict[str, Any]]:
    (app,) = platform.apps().values()
    spec = app["spec"]
    found = [one for part in ("services", "workers", "jobs") for one in spec.get(part, ()) if one["name"] == component]
    return {one["key"]: one for one in found[0].get("envs", ())}


def test_one_of_ten_secrets(run: Run, platform: Platform) -> None:
    found = steps(run, platform, reruns=5)
    assert [(one.runs, one.puts, one.reported) for one in found] == [
        (1, 1, 1),  # made
        (5, 0, 0),
        (1, 1, 1),  # rotated
        (5, 0, 0),
        (1, 1, 1),  # the fingerprint is gone
        (5, 0, 0),
    ]


def test_a_rotation_leaves_every_other_secret_as_it_is_stored(run: Run, platform: Platform, shop: Any) -> None:
    declared = [env("ONE", "first-secret"), env("TWO", "other-secret")]
    run("app_env", app="shop", component="web", envs=declared)
    run("app_env", app="shop", component="queue", envs=[env("THREE", "third-secret")])
    before, elsewhere = envs(platform), envs(platform, "queue")
    run("app_env", app="shop", component="web", envs=[declared[0], env("TWO", "OTHER-secret")])
    after = envs(platform)
    assert after["TWO"]["value"] != before["TWO"]["value"]
    assert after[MARKER]["value"] != before[MARKER]["value"]
    assert after["LOG"] == before["LOG"]
    assert envs(platform, "queue") == elsewhere


def test_two_tasks_with_different_secrets_of_one_component(run: Run, platform: Platform, shop: Any) -> None:
    """Neither undoes what the other one knows."""
    one: dict[str, Any] = {
        "app": "shop",
        "component": "web",
        "envs": [env("A", "secret-of-one"), env("B", "its-other")],
    }
    two: dict[str, Any] = {"app": "shop", "component": "web", "envs": [env("C", "secret-of-two")]}
    assert run("app_env", **one)["changed"]
    assert run("app_env", **two)["changed"]
    assert puts(platform) == 2
    for options in (one, two, one, two):
        assert not run("app_env", **options)["changed"]
    assert puts(platform) == 0
    two["envs"] = [env("C", "SECRET-of-two")]
    assert run("app_env", **two)["changed"]
    assert not run("app_env", **one)["changed"]
    assert not run("app_env", **two)["changed"]
    assert puts(platform) == 1


def test_two_tasks_that_share_a_secret(run: Run, platform: Platform, shop: Any) -> None:
    """Each value is known by itself, whichever task sent it. More of it: test_overlapping_secrets.py"""
    one: dict[str, Any] = {"app": "shop", "component": "web", "envs": [env("A", "shared"), env("B", "of-one")]}
    two: dict[str, Any] = {"app": "shop", "component": "web", "envs": [env("A", "shared"), env("C", "of-two")]}
    assert [run("app_env", **options)["changed"] for options in (one, two, one, two)] == [True, True, False, False]
    assert puts(platform) == 2
    assert set(envs(platform)) == {"LOG", "A", "B", "C", MARKER}


def test_the_app_is_renamed_by_a_task(run: Run, platform: Platform, shop: dict[str, Any]) -> None:
    """The renaming PUT carries the secrets and their new fingerprint; then there is nothing to write."""
    spec: dict[str, Any] = {"name": "shop", "services": [{"name": "web", "envs": [env("KEY", "secret-of-web")]}]}
    run("app", spec=spec)
    puts(platform)
    new = {**spec, "name": "store"}
    assert run("app", app_id=shop["id"], spec=new, rename=True)["changed"]
    assert puts(platform) == 1
    assert list(platform.apps()) == ["store"]
    assert not run("app", app_id=shop["id"], spec=new)["changed"]
    assert not run("app_env", app="store", component="web", envs=[env("KEY", "secret-of-web")])["changed"]
    assert puts(platform) == 0


def test_the_app_is_renamed_elsewhere(run: Run, platform: Platform, shop: dict[str, Any]) -> None:
    """The fingerprint belongs to the name: one write, then none."""
    declared = [env("KEY", "secret-of-web")]
    run("app_env", app="shop", component="web", envs=declared)
    spec = {**platform.apps()["shop"]["spec"], "name": "store"}
    platform.call("PUT", f"/v2/apps/{shop['id']}", {"spec": spec}).raise_for_status()
    puts(platform)
    assert run("app_env", app="store", component="web", envs=declared)["changed"]
    assert not run("app_env", app="store", component="web", envs=declared)["changed"]
    assert puts(platform) == 1


def test_on_create_never_sends_what_is_stored(run: Run, platform: Platform, shop: dict[str, Any]) -> None:
    options: dict[str, Any] = {"app": "shop", "component": "web", "update_secrets": "on_create"}
    assert run("app_env", **options, envs=[env("KEY", "first-secret")])["changed"]
    stored = envs(platform)["KEY"]["value"]
    assert MARKER not in envs(platform)
    assert puts(platform) == 1
    assert not run("app_env", **options, envs=[env("KEY", "another, longer secret")])["changed"]
    assert puts(platform) == 0
    assert run("app_env", **options, envs=[env("KEY", "first-secret"), env("NEW", "second")])["changed"]
    assert puts(platform) == 1
    assert envs(platform)["KEY"]["value"] == stored


def test_always_sends_once_in_every_run(run: Run, platform: Platform, shop: dict[str, Any]) -> None:
    options: dict[str, Any] = {"app": "shop", "component": "web", "update_secrets": "always"}
    for _number in range(3):
        assert run("app_env", **options, envs=[env("KEY", "the-secret")])["changed"]
        assert puts(platform) == 1
    assert MARKER not in envs(platform)


def test_from_always_to_fingerprint_and_back(run: Run, platform: Platform, shop: dict[str, Any]) -> None:
    """What `always` writes beside a fingerprint is known to it."""
    options: dict[str, Any] = {"app": "shop", "component": "web"}
    run("app_env", **options, envs=[env("KEY", "first-secret")])
    run("app_env", **options, envs=[env("KEY", "other-secret")], update_secrets="always")
    puts(platform)
    assert not run("app_env", **options, envs=[env("KEY", "other-secret")])["changed"]
    assert run("app_env", **options, envs=[env("KEY", "first-secret")])["changed"]
    assert puts(platform) == 1


def test_a_secret_changed_in_the_panel_is_seen_by_its_length(run: Run, platform: Platform, shop: Any) -> None:
    declared = [env("KEY", "the-secret")]
    run("app_env", app="shop", component="web", envs=declared)
    spec = platform.apps()["shop"]["spec"]
    next(one for one in spec["services"][0]["envs"] if one["key"] == "KEY")["value"] = "somebody's, and longer"
    platform.call("PUT", f"/v2/apps/{shop['id']}", {"spec": spec}).raise_for_status()
    puts(platform)
    assert run("app_env", app="shop", component="web", envs=declared)["changed"]
    assert not run("app_env", app="shop", component="web", envs=declared)["changed"]
    assert puts(platform) == 1


@pytest.mark.parametrize("policy", ["fingerprint", "on_create", "always"])
def test_a_secret_without_a_value_stays_or_is_refused(
    policy: str, run: Run, platform: Platform, shop: dict[str, Any]
) -> None:
    options: dict[str, Any] = {"app": "shop", "component": "web", "update_secrets": policy}
    refused = run("app_env", **options, envs=[env("KEY")])
    assert refused["failure"]["code"] == "usage"
    assert "has no value and none is stored" in refused["msg"]
    assert puts(platform) == 0
    run("app_env", **options, envs=[env("KEY", "the-secret")])
    stored = envs(platform)
    puts(platform)
    assert not run("app_env", **options, envs=[env("KEY")])["changed"]
    assert envs(platform) == stored
    assert puts(platform) == 0


def test_the_same_key_twice_with_different_scopes(run: Run, platform: Platform, shop: dict[str, Any]) -> None:
    both = [
        {**env("KEY", "build-secret"), "scope": "BUILD_TIME"},
        {**env("KEY", "run-secret-1"), "scope": "RUN_TIME"},
    ]
    job = {"app": "shop", "name": "two", "kind": "POST_DEPLOY", "image": IMAGE, "run_command": "x"}
    assert run("app_job", **job, envs=both)["changed"]
    assert not run("app_job", **job, envs=both)["changed"]
    assert puts(platform) == 1
    rotated = [both[0], {**both[1], "value": "run-secret-2"}]
    assert run("app_job", **job, envs=rotated)["changed"]
    assert not run("app_job", **job, envs=rotated)["changed"]
    assert puts(platform) == 1
