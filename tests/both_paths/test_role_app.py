"""The role app puts one spec together from a file and from variables, and loses nothing of either."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.both_paths.conftest import Play
from tests.platform import Platform

IMAGE = {"registry_type": "GHCR", "registry": "example", "repository": "shop", "tag": "1.0"}
JOB = {"name": "migrate", "kind": "PRE_DEPLOY", "image": IMAGE, "run_command": "bin/migrate"}
FILE = {
    "name": "shop",
    "region": "ams",
    "services": [{"name": "web", "image": IMAGE}],
    "envs": [{"key": "LOG", "value": "info"}],
    "jobs": [JOB],
}
ROLE = [{"ansible.builtin.include_role": {"name": "oceanops.app_platform.app"}}]


Made = Callable[..., dict[str, Any]]


@pytest.fixture
def made(play: Play, platform: Platform) -> Made:
    """``made(**variables)``: the spec of the app that the role makes of them."""

    def run(**variables: Any) -> dict[str, Any]:
        played = play(ROLE, variables={"app_name": "shop", "app_wait_interval": 0.1, **variables})
        assert played.rc == 0, played.output
        spec: dict[str, Any] = platform.apps()["shop"]["spec"]
        return spec

    return run


@pytest.mark.parametrize("wrapped", [False, True])
def test_a_whole_spec_arrives_whole(wrapped: bool, made: Made) -> None:
    spec = made(app_spec={"spec": FILE} if wrapped else FILE)
    assert [one["name"] for one in spec["services"]] == ["web"]
    assert [one["name"] for one in spec["jobs"]] == ["migrate"]
    assert (spec["region"], spec["envs"][0]["key"]) == ("ams", "LOG")


def test_variables_go_over_the_spec_field_by_field(made: Made) -> None:
    spec = made(app_spec=FILE, app_region="fra", app_jobs=[{**JOB, "name": "other"}])
    assert [one["name"] for one in spec["services"]] == ["web"]
    assert [one["name"] for one in spec["jobs"]] == ["other"]
    assert spec["region"] == "fra"


def test_without_a_spec_the_variables_are_all(made: Made) -> None:
    spec = made(app_services=FILE["services"], app_domains=[], app_envs=None)
    assert [one["name"] for one in spec["services"]] == ["web"]
    assert "envs" not in spec
