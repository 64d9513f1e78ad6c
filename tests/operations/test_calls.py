"""How many calls an estate of 200 apps costs."""

from __future__ import annotations

import math
from typing import Any

import pytest

from tests.operations.conftest import Run
from tests.platform import Platform

APPS = 200
WORKER = {
    "name": "queue",
    "image": {"registry_type": "DOCR", "repository": "shop", "tag": "1.0"},
    "run_command": "work",
}


@pytest.fixture(params=[200, 50])
def page(request: pytest.FixtureRequest, platform: Platform) -> int:
    """200 apps, and how many the API gives at once at most."""
    platform.settings(largest_page=request.param)
    platform.seed([{"name": f"app-{number:03}", "workers": [WORKER]} for number in range(APPS)])
    platform.forget_requests()
    return int(request.param)


def calls(platform: Platform) -> list[str]:
    """Those that were answered: a page that is larger than the API allows is refused, once, and made smaller."""
    found = platform.requests()
    assert len([one for one in found if one["status"] != 200]) <= 1
    return [f"{one['method']} {one['operation']}" for one in found if one["status"] == 200]


def test_all_apps_are_read_in_as_many_calls_as_there_are_pages(run: Run, platform: Platform, page: int) -> None:
    assert len(run("app_info")["apps"]) == APPS
    assert calls(platform) == ["GET apps_list"] * math.ceil(APPS / page)


def test_an_app_by_its_name_costs_the_list_and_one_get(run: Run, platform: Platform, page: int) -> None:
    job: dict[str, Any] = {**WORKER, "name": "queue"}
    assert run("app_worker", app="app-199", **job)["changed"] is False
    assert calls(platform) == ["GET apps_list"] * math.ceil(APPS / page) + ["GET apps_get"]


def test_an_app_by_its_id_costs_one_get(run: Run, platform: Platform, page: int) -> None:
    app_id = platform.apps()["app-100"]["id"]
    assert run("app_worker", app_id=app_id, **WORKER)["changed"] is False
    assert calls(platform) == ["GET apps_get"]
