"""Operations against the simulator, in this process: fast, with every write counted and without a pause."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from tests.platform import Platform
from tests.tasks import perform_task
from tests.unit.secrets.cheap import cheap_hashes

Run = Callable[..., dict[str, Any]]


@pytest.fixture(autouse=True, scope="module")
def a_quick_hash() -> Iterator[None]:
    """The hash of secrets is slow on purpose; the tasks here compute hundreds of them."""
    with cheap_hashes():
        yield


class SteppingClock:
    """Nobody sleeps: a pause only moves the clock."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.start = datetime.now(timezone.utc)
        self.before_sleep: list[Callable[[], None]] = []

    def monotonic(self) -> float:
        return self.seconds

    def now(self) -> datetime:
        return self.start + timedelta(seconds=self.seconds)

    def sleep(self, seconds: float) -> None:
        if self.before_sleep:
            self.before_sleep.pop(0)()
        self.seconds += seconds


@pytest.fixture
def clock() -> SteppingClock:
    return SteppingClock()


@pytest.fixture
def run(platform: Platform, clock: SteppingClock) -> Run:
    """``run(module, check=False, **options)``: the result of a task, as a playbook would register it."""

    def call(module: str, check: bool = False, **options: Any) -> dict[str, Any]:
        done = perform_task(platform, module, options, clock, check=check, diff=True)
        return {**done.result, "warned": done.warnings}

    return call


IMAGE = {"registry_type": "DOCR", "repository": "shop", "tag": "1.0"}
SHOP: dict[str, Any] = {
    "name": "shop",
    "region": "ams",
    "services": [{"name": "web", "image": IMAGE, "routes": [{"path": "/"}], "envs": [{"key": "LOG", "value": "info"}]}],
    "workers": [{"name": "queue", "image": IMAGE, "run_command": "work"}],
    "jobs": [{"name": "migrate", "kind": "PRE_DEPLOY", "image": IMAGE, "run_command": "migrate"}],
}


@pytest.fixture
def shop(platform: Platform) -> dict[str, Any]:
    """An app that is there and deployed."""
    app = platform.seed([SHOP])[0]
    platform.forget_requests()
    return app
