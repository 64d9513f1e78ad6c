"""The role app puts one spec together from a file and from variables, and loses nothing of either."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.both_paths.running import PATHS, run_play
from tests.platform import Platform

pytestmark = pytest.mark.both_paths

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


def made(folder: Path, platform: Platform, path: str, **variables: Any) -> dict[str, Any]:
    """The spec of the app that the role made."""
    defaults = {"api_url": platform.url, "token": platform.token}
    given = {"app_name": "shop", "app_wait_interval": 0.1, **variables}
    played = run_play(folder, ROLE, path, defaults=defaults, variables=given)
    assert played.rc == 0, played.output
    spec: dict[str, Any] = platform.apps()["shop"]["spec"]
    return spec


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("wrapped", [False, True])
def test_a_whole_spec_arrives_whole(path: str, wrapped: bool, tmp_path: Path, platform: Platform) -> None:
    spec = made(tmp_path, platform, path, app_spec={"spec": FILE} if wrapped else FILE)
    assert [one["name"] for one in spec["services"]] == ["web"]
    assert [one["name"] for one in spec["jobs"]] == ["migrate"]
    assert (spec["region"], spec["envs"][0]["key"]) == ("ams", "LOG")


@pytest.mark.parametrize("path", PATHS)
def test_variables_go_over_the_spec_field_by_field(path: str, tmp_path: Path, platform: Platform) -> None:
    spec = made(tmp_path, platform, path, app_spec=FILE, app_region="fra", app_jobs=[{**JOB, "name": "other"}])
    assert [one["name"] for one in spec["services"]] == ["web"]
    assert [one["name"] for one in spec["jobs"]] == ["other"]
    assert spec["region"] == "fra"


@pytest.mark.parametrize("path", PATHS)
def test_without_a_spec_the_variables_are_all(path: str, tmp_path: Path, platform: Platform) -> None:
    spec = made(tmp_path, platform, path, app_services=FILE["services"], app_domains=[], app_envs=None)
    assert [one["name"] for one in spec["services"]] == ["web"]
    assert "envs" not in spec
