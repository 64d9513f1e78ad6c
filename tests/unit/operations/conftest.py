"""Operations as they are run, in this process, against a simulator; time passes only where they sleep."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.platform import Platform, start_platform
from tests.tasks import perform_task

IMAGE = {"registry_type": "GHCR", "registry": "example", "repository": "shop", "tag": "2.4.1"}
SHOP: dict[str, Any] = {
    "name": "shop",
    "region": "ams",
    "services": [{"name": "web", "image": IMAGE, "http_port": 8080, "instance_size_slug": "apps-s-1vcpu-1gb"}],
    "workers": [{"name": "mailer", "image": IMAGE, "instance_size_slug": "apps-s-1vcpu-1gb"}],
    "jobs": [
        {
            "name": "migrate",
            "kind": "PRE_DEPLOY",
            "image": IMAGE,
            "run_command": "bin/migrate",
            "envs": [
                {"key": "MODE", "value": "safe"},
                {"key": "DATABASE_URL", "value": "postgres://shop:CANARY-stored@db/shop", "type": "SECRET"},
            ],
        },
        {
            "name": "nightly-report",
            "kind": "SCHEDULED",
            "schedule": {"cron": "0 5 * * *", "time_zone": "UTC"},
            "image": IMAGE,
            "run_command": "bin/report",
            "alerts": [{"rule": "JOB_INVOCATION_FAILED"}],
        },
    ],
}


def _now(platform: Platform) -> datetime.datetime:
    return datetime.datetime.fromisoformat(platform.control("GET", "clock")["now"].replace("Z", "+00:00"))


@pytest.fixture(scope="session")
def simulator() -> Iterator[Platform]:
    """One of their own: its clock stands still, and goes on by a day with each test."""
    with start_platform("--clock", "manual") as started:
        yield started


@pytest.fixture
def platform(simulator: Platform) -> Platform:
    """The simulator without anything in it, at the same hour in every test."""
    simulator.reset()
    noon = _now(simulator).replace(hour=12, minute=0, second=0, microsecond=0) + datetime.timedelta(days=1)
    simulator.control("POST", "clock", {"to": noon.isoformat().replace("+00:00", "Z")})
    return simulator


@pytest.fixture
def shop(platform: Platform) -> dict[str, Any]:
    """An app with a service, a worker, a migration and a scheduled job, whose first deployment is long over."""
    (app,) = platform.seed([SHOP])
    platform.advance(3600)
    platform.forget_requests()
    return app


class PlatformClock:
    """The platform's time, which passes only when somebody sleeps. ``passed``: seconds."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        platform.clock("manual")
        self._began = _now(platform)
        self.passed = 0.0
        self._planned: list[tuple[float, Callable[[], object]]] = []

    def at(self, seconds: float, act: Callable[[], object]) -> None:
        """Let something happen so many seconds from now, while somebody sleeps."""
        self._planned.append((self.passed + seconds, act))

    def monotonic(self) -> float:
        return 1000.0 + self.passed

    def now(self) -> datetime.datetime:
        return self._began + datetime.timedelta(seconds=self.passed)

    def sleep(self, seconds: float) -> None:
        end = self.passed + seconds
        for one in sorted(self._planned, key=lambda pair: pair[0]):
            if one[0] <= end:
                self._planned.remove(one)
                self._forward(one[0])
                one[1]()
        self._forward(end)

    def _forward(self, moment: float) -> None:
        if moment > self.passed:
            self._platform.advance(moment - self.passed)
            self.passed = moment


class Runner:
    """``run("app_restart", app="shop") -> result``. ``warnings`` and ``progress``: of the last run."""

    def __init__(self, platform: Platform) -> None:
        self.platform = platform
        self.clock = PlatformClock(platform)
        self.warnings: list[str] = []
        self.progress: list[str] = []

    def __call__(self, module: str, *, check: bool = False, diff: bool = False, **options: Any) -> dict[str, Any]:
        given = {"api_retries": 1, **options}
        if "app_id" not in given:
            given.setdefault("app", "shop")
        done = perform_task(self.platform, module, given, self.clock, check=check, diff=diff, in_process=True)
        self.warnings, self.progress = done.warnings, done.progress
        return done.result


@pytest.fixture
def run(platform: Platform) -> Runner:
    return Runner(platform)


def writes(platform: Platform) -> list[str]:
    """What was written: operations of the API, in their order."""
    return [str(one["operation"]) for one in platform.writes()]
