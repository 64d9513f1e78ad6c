"""app_job_run and kill -9: whenever it strikes, the next run leaves the app as it was before the first one."""

from __future__ import annotations

import json
import os
import random
import signal
import traceback
from collections.abc import Callable
from typing import Any

import pytest
from urllib3.connectionpool import HTTPConnectionPool

from tests.platform import Platform
from tests.unit.operations.conftest import Runner

KILLS = 200


def in_a_process(act: Callable[[], object], at_most: float = 60) -> int:
    """What ended a process of its own: 0, or the number of the signal."""
    pid = os.fork()
    if pid == 0:
        signal.alarm(int(at_most))
        try:
            act()
            os._exit(0)
        finally:
            traceback.print_exc()
            os._exit(1)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def killed_at(platform: Platform, number: int, *, sent: bool) -> Callable[[], object]:
    """A run that is killed at its n-th call of the API: before it was sent, or when it was answered."""

    app_id = platform.apps()["shop"]["id"]

    def act() -> None:
        ask, calls = HTTPConnectionPool.urlopen, [0]

        def deadly(pool: HTTPConnectionPool, method: str, url: str, *more: Any, **named: Any) -> Any:
            calls[0] += "/_simulator/" not in url
            if calls[0] == number and not sent:
                os.kill(os.getpid(), signal.SIGKILL)
            answer = ask(pool, method, url, *more, **named)
            if calls[0] == number:
                os.kill(os.getpid(), signal.SIGKILL)
            return answer

        HTTPConnectionPool.urlopen = deadly  # type: ignore[method-assign,assignment]
        Runner(platform)("app_job_run", job="migrate", app_id=app_id, wait_interval=15)

    return act


def left(platform: Platform) -> str:
    return json.dumps(platform.apps()["shop"]["spec"])


@pytest.mark.slow
@pytest.mark.parametrize("sent", [False, True], ids=["before a call", "after a call"])
def test_killed_at_each_call(platform: Platform, shop: dict[str, Any], sent: bool) -> None:
    before = left(platform)
    points = 0
    with_copy = 0
    while in_a_process(killed_at(platform, points + 1, sent=sent)) == -signal.SIGKILL:
        points += 1
        with_copy += left(platform) != before
        result = Runner(platform)("app_job_run", job="migrate", app_id=shop["id"], wait_interval=15)
        assert result.get("failed") is None, (points, result["msg"])
        assert result["run"]["status"] == "SUCCESS"
        assert left(platform) == before, points
    # It came to its end by itself, after many points at which the copy was there and some at which it was not.
    assert left(platform) == before
    assert points - with_copy > 3
    assert with_copy > 5


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(10))
def test_killed_at_random_moments(platform: Platform, shop: dict[str, Any], seed: int) -> None:
    before = left(platform)
    chance = random.Random(seed)
    died = 0
    for turn in range(KILLS // 10):
        act = killed_at(platform, chance.randint(1, 16), sent=chance.random() < 0.5)
        died += in_a_process(act) == -signal.SIGKILL
        if chance.random() < 0.3:
            # Sometimes nobody comes for hours, or somebody else works on the app in between.
            platform.advance(chance.randint(1, 20_000))
        if chance.random() < 0.2:
            workers = [{"name": "mailer", "instance_count": chance.randint(1, 9)}]
            platform.happen("edit", "shop", edit={"workers": workers})
            spec = platform.apps()["shop"]["spec"]
            spec["jobs"] = [job for job in spec["jobs"] if "-run-" not in job["name"]]
            before = json.dumps(spec)
        result = Runner(platform)("app_job_run", job="migrate", app_id=shop["id"], wait_interval=15)
        assert result.get("failed") is None, (turn, result["msg"])
        assert left(platform) == before, turn
    assert died >= KILLS // 20


@pytest.mark.slow
def test_ten_runs_at_once(platform: Platform, shop: dict[str, Any]) -> None:
    """They take turns: each has two deployments, and none takes the place of another one's."""
    before = left(platform)
    platform.clock("auto")

    def act() -> None:
        runner = Runner(platform)
        platform.clock("auto")
        result = runner("app_job_run", job="migrate", app_id=shop["id"], wait_interval=0.1)
        if result.get("failed"):
            os.kill(os.getpid(), signal.SIGUSR1)

    children = []
    for _child in range(10):
        pid = os.fork()
        if pid == 0:
            signal.alarm(120)
            try:
                act()
            finally:
                os._exit(0)
        children.append(pid)
    ends = [os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in children]
    assert ends == [0] * 10
    assert left(platform) == before
    made = platform.call("GET", f"/v2/apps/{shop['id']}/deployments", per_page=100).json()["deployments"]
    assert len(made) == 21
    assert {one["progress"]["steps"][-1]["status"] for one in made} == {"SUCCESS"}
