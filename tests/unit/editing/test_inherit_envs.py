"""The option inherit_envs_from: which envs come along, and which can't."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from ansible_collections.oceanops.app_platform.plugins.module_utils._edit.inherit_envs import (
    INHERIT_ENVS_OPTION,
    inherit_envs,
)
from ansible_collections.oceanops.app_platform.plugins.module_utils._spec.secret_fields import FINGERPRINT_KEY

EV = "EV[1:AAAAAAAAAAAAAAAA:AAAAAAAAAAAAAAAAAAAAAAAA]"


def env(key: str, value: Any = "1", **more: Any) -> dict[str, Any]:
    return {"key": key, **({} if value is None else {"value": value}), **more}


def secret(key: str, value: Any = EV) -> dict[str, Any]:
    return env(key, value, type="SECRET")


def heir(*envs: dict[str, Any], sources: Any = "web") -> dict[str, Any]:
    return {"name": "job", INHERIT_ENVS_OPTION: sources, **({"envs": list(envs)} if envs else {})}


def app(*envs: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"name": "shop", "services": [{"name": "web", "envs": list(envs)}], **more}


@pytest.mark.parametrize(
    ("mine", "desired", "current", "inherited"),
    [
        ((), app(env("A"), env("B", "2")), None, [env("A"), env("B", "2")]),
        ((), {}, app(env("A")), [env("A")]),
        # What the task declares of the source comes before what the app has.
        ((), app(env("A", "new"), env("B")), app(env("A", "old"), env("C")), [env("A", "new"), env("C"), env("B")]),
        # What the component declares itself stays, and comes last.
        ((env("A", "mine"),), app(env("A"), env("B")), None, [env("B"), env("A", "mine")]),
        # One key with two scopes is two variables.
        (
            (),
            app(env("A", scope="RUN_TIME"), env("A", "2", scope="BUILD_TIME")),
            None,
            [env("A", scope="RUN_TIME"), env("A", "2", scope="BUILD_TIME")],
        ),
        ((), app(env(FINGERPRINT_KEY, "v2:x"), env("A")), None, [env("A")]),
        ((), app(secret("S", "plain")), None, [secret("S", "plain")]),
    ],
)
def test_envs_of_another_component(
    mine: tuple[dict[str, Any], ...],
    desired: dict[str, Any],
    current: dict[str, Any] | None,
    inherited: list[dict[str, Any]],
) -> None:
    given = {**desired, "jobs": [heir(*mine), {"name": "other"}, 5]}
    before = copy.deepcopy((given, current))
    spec, problems = inherit_envs(given, current)
    assert problems == []
    assert spec == {**desired, "jobs": [{"name": "job", "envs": inherited}, {"name": "other"}, 5]}
    assert (given, current) == before


def test_the_first_source_counts() -> None:
    desired = app(env("A", "web"), workers=[{"name": "mail", "envs": [env("A", "mail"), env("B", "mail")]}])
    spec, problems = inherit_envs({**desired, "jobs": [heir(sources=["web", "mail"])]}, None)
    assert (spec["jobs"][0]["envs"], problems) == ([env("A", "web"), env("B", "mail")], [])


@pytest.mark.parametrize("desired", [{}, app(secret("S", None))])
def test_an_encrypted_secret_is_inherited_where_the_component_has_one(desired: dict[str, Any]) -> None:
    current = app(secret("S"), jobs=[{"name": "job", "envs": [secret("S", "EV[other]")]}])
    spec, problems = inherit_envs({**desired, "jobs": [heir()]}, current)
    assert (spec["jobs"][0]["envs"], problems) == ([secret("S", None)], [])


@pytest.mark.parametrize("there", [[], [env("S", "readable")]])
def test_an_encrypted_secret_cannot_be_copied(there: list[dict[str, Any]]) -> None:
    current = app(secret("S"), env("A"), jobs=[{"name": "job", "envs": there}])
    spec, problems = inherit_envs({"jobs": [{"name": "x"}, heir()]}, current)
    (problem,) = problems
    assert problem == (
        f"jobs[1].{INHERIT_ENVS_OPTION}: the secret S of web is stored encrypted and can't be copied to another "
        "component: declare its value here too, or make it an env of the app"
    )
    assert spec["jobs"][1]["envs"] == [env("A")]


def test_a_source_that_is_not_there() -> None:
    spec, problems = inherit_envs({"jobs": [heir(sources=["web", "api"])]}, app(env("A")))
    assert problems == [f"jobs[0].{INHERIT_ENVS_OPTION}: there is no component 'api' in this app"]
    assert spec["jobs"][0] == {"name": "job", "envs": [env("A")]}


@pytest.mark.parametrize("sources", [None, [], 5])
def test_no_source(sources: Any) -> None:
    desired = {"jobs": [heir(env("A"), sources=sources)]}
    spec, problems = inherit_envs(desired, app(env("B")))
    assert problems == []
    assert spec["jobs"][0].get("envs") == [env("A")]


def test_without_the_option_the_declaration_stays() -> None:
    desired = {"jobs": [{"name": "job", "envs": [env("A")]}], "services": "x"}
    assert inherit_envs(desired, None) == (desired, [])
