"""What every suite's simulators answer is compared with the published description: the comparison itself."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests import platform as platform_module
from tests.platform import start_platform
from tests.simulator import contract, recorded
from tests.simulator.world import World, shop

pytestmark = pytest.mark.contract


def recording(path: Path, **assume: str) -> World:
    world = World(**assume)
    recorded.record(world.server, world.flask, path)
    world.check_contract = False
    return world


def lines(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_each_kind_of_answer_is_written_down_once(tmp_path: Path):
    world = recording(tmp_path / "answers")
    app = world.create()
    for _turn in range(3):
        world.app(app)
        world.refused("GET", "/v2/apps/x")

    found = [(line["operation"], line["status"]) for line in lines(tmp_path / "answers")]

    assert found == [("apps_create", 200), ("apps_get", 200), ("apps_get", 400)]


def test_a_new_word_is_another_kind(tmp_path: Path):
    world = recording(tmp_path / "answers")
    app = world.create()
    world.deployment(app, app["pending_deployment"])
    world.advance(3)
    world.deployment(app, app["pending_deployment"])

    found = [line["content"]["deployment"]["phase"] for line in lines(tmp_path / "answers")[1:]]

    assert len(set(found)) == 2


def test_faults_are_no_answers_of_the_platform(tmp_path: Path):
    world = recording(tmp_path / "answers")
    app = world.create()
    world.fault("error")
    world.fault("list", skip=1)
    world.raw("GET", f"/v2/apps/{app['id']}")
    world.raw("GET", f"/v2/apps/{app['id']}")

    found = [line["operation"] for line in lines(tmp_path / "answers")]

    assert found == ["apps_create", "apps_get"]
    assert contract.wrong_in(tmp_path / "answers") == []


def test_switches_that_leave_the_description(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    recording(tmp_path / "left_out", data_centre_slugs="accept").create(shop(region="nyc1"))
    monkeypatch.setattr(recorded, "NOT_DESCRIBED", {})
    recording(tmp_path / "taken", data_centre_slugs="accept").create(shop(region="nyc1"))

    (problem,) = contract.wrong_in(tmp_path / "taken")

    assert contract.wrong_in(tmp_path / "left_out") == []
    assert "nyc1" in problem


def test_a_wrong_answer_fails_whoever_started_the_simulator(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(
        platform_module.contract, "wrong", lambda operation, status, content: f"{operation} {status}: {sorted(content)}"
    )

    told = pytest.raises(AssertionError, match=r"not as described:\napps_list_regions 200: \['regions'\]$")
    with told, start_platform() as platform:
        platform.call("GET", "/v2/apps/regions")


def test_programs_that_are_no_tests_start_the_simulator_itself(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("PYTEST_VERSION")
    monkeypatch.setattr(contract, "wrong_in", lambda path: ["wrong"])

    with start_platform() as platform:
        assert platform.call("GET", "/v2/apps/regions").status_code == 200
