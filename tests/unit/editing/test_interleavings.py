"""Many writers of one app at once, in random interleavings that repeat for a seed: nothing of anybody is lost."""

from __future__ import annotations

import copy
import random
from typing import Any

import pytest

from ansible_collections.oceanops.app_platform.plugins.module_utils._edit import write
from ansible_collections.oceanops.app_platform.plugins.module_utils._edit.declaration import Declaration
from ansible_collections.oceanops.app_platform.plugins.module_utils._edit.plan import Plan
from ansible_collections.oceanops.app_platform.plugins.module_utils._spec.merge import REPLACE_COMPONENT_LISTS
from ansible_collections.oceanops.app_platform.plugins.module_utils._system import locks

from .fake_platform import FakeApps, World, context

REPO = {"github": {"repo": "acme/shop"}}
SHOP: dict[str, Any] = {
    "name": "shop",
    "services": [{"name": "web", **REPO, "x_future": {"a": 1}}],
    "domains": [{"domain": "a.example.com"}, {"domain": "old.example.com"}],
    "jobs": [{"name": "nightly", **REPO, "kind": "SCHEDULED", "schedule": {"cron": "0 3 * * *"}}],
    "envs": [{"key": "TOKEN", "value": "x", "type": "SECRET"}],
}


@pytest.fixture(autouse=True)
def writers_that_share_no_lock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locks, "fcntl", None)


def edit(number: int) -> Declaration:
    """Most add a job, some change what others may change as well."""
    job = {"name": f"job-{number}", **REPO, "kind": "PRE_DEPLOY", "run_command": f"bin/{number}"}
    desired: dict[str, Any] = {"jobs": [job]}
    if number % 4 == 1:
        desired["envs"] = [{"key": f"KEY_{number}", "value": str(number)}]
    if number % 4 == 2:
        desired["services"] = [{"name": "web", "envs": [{"key": f"KEY_{number}", "value": str(number)}]}]
    return Declaration(desired)


def race(seed: int, writers: int, **options: Any) -> tuple[World, FakeApps, str]:
    world = World(seed)
    jitter = random.Random(seed).random
    api = FakeApps(world)
    api.takes = 30
    app_id = api.add(SHOP)
    for name, value in options.items():
        setattr(api, name, value)
    api.pause = world.pause

    def task(number: int) -> Any:
        task_context = context(api, jitter=jitter)
        return lambda: write.write(Plan(task_context, edit(number)), api.get_app(app_id))

    world.run([*(task(number) for number in range(writers)), lambda: somebody_else(world, api, app_id)])
    return world, api, app_id


def somebody_else(world: World, api: FakeApps, app_id: str) -> None:
    """One with other tools, who reads and writes at once and does not look back."""
    world.sleep(world.random.random() * 2)
    api.write(app_id, lambda spec: spec["domains"].pop())
    world.sleep(world.random.random() * 2)
    api.write(app_id, lambda spec: spec.update(workers=[{"name": "theirs", **REPO}], disable_edge_cache=True))


def check(api: FakeApps, app_id: str, writers: int) -> None:
    spec = api.spec(app_id)
    before = copy.deepcopy(SHOP)
    jobs = {job["name"]: job for job in spec["jobs"]}
    assert sorted(jobs) == sorted(["nightly", *(f"job-{number}" for number in range(writers))])
    for number in range(writers):
        assert jobs[f"job-{number}"]["run_command"] == f"bin/{number}"
    app_keys = {"TOKEN", *(f"KEY_{number}" for number in range(writers) if number % 4 == 1)}
    assert {env["key"] for env in spec["envs"]} == app_keys
    web = spec["services"][0]
    assert {env["key"] for env in web.get("envs", ())} == {f"KEY_{n}" for n in range(writers) if n % 4 == 2}
    assert web["x_future"] == before["services"][0]["x_future"]
    assert [domain["domain"] for domain in spec["domains"]] == ["a.example.com"]
    assert [worker["name"] for worker in spec["workers"]] == ["theirs"]
    assert spec["disable_edge_cache"] is True
    assert jobs["nightly"]["schedule"] == before["jobs"][0]["schedule"]


@pytest.mark.parametrize("seed", range(25))
def test_four_writers(seed: int) -> None:
    world, api, app_id = race(seed, 4)
    assert world.failures == []
    check(api, app_id, 4)


@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize("options", [{"tells": False}, {"takes": 0.4}, {"fails": lambda spec: "workers" in spec}])
def test_platforms(seed: int, options: dict[str, Any]) -> None:
    world, api, app_id = race(seed, 3, **options)
    assert world.failures == []
    check(api, app_id, 3)


def test_twenty_writers() -> None:
    world, api, app_id = race(20, 20)
    assert world.failures == []
    check(api, app_id, 20)


def test_the_same_seed_is_the_same_race() -> None:
    first, second = (race(3, 3) for attempt in range(2))
    assert first[1].calls == second[1].calls
    assert first[0].passed == second[0].passed


def test_components_declared_whole() -> None:
    """Each writer owns one job, and replaces its lists."""
    world = World(11)
    jitter = random.Random(1).random
    api = FakeApps(world)
    app_id = api.add(
        {"name": "shop", "jobs": [{"name": f"job-{n}", **REPO, "envs": [{"key": "OLD"}]} for n in range(3)]}
    )
    api.pause = world.pause

    def task(number: int) -> Any:
        job = {"name": f"job-{number}", "envs": [{"key": "NEW", "value": str(number)}]}
        plan = Plan(context(api, jitter=jitter), Declaration({"jobs": [job]}, REPLACE_COMPONENT_LISTS))
        return lambda: write.write(plan, api.get_app(app_id))

    world.run([task(number) for number in range(3)])
    assert world.failures == []
    envs = [[(env["key"], env["value"]) for env in job["envs"]] for job in api.spec(app_id)["jobs"]]
    assert envs == [[("NEW", str(number))] for number in range(3)]
