"""Operations against the simulator, in this process: fast, with every write counted and without a pause."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.oceanops.app_platform.plugins.module_utils._ansible.context import Context
from ansible_collections.oceanops.app_platform.plugins.module_utils._ansible.operation import Operation, perform
from tests.platform import Platform, start_platform

Run = Callable[..., dict[str, Any]]
MODULES = "ansible_collections.oceanops.app_platform.plugins.modules"


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


@pytest.fixture(scope="session")
def platform_process() -> Iterator[Platform]:
    with start_platform() as started:
        yield started


@pytest.fixture
def platform(platform_process: Platform) -> Platform:
    """The simulator, without apps, faults and recorded requests."""
    platform_process.reset()
    return platform_process


@pytest.fixture
def clock() -> SteppingClock:
    return SteppingClock()


@pytest.fixture
def run(platform: Platform, clock: SteppingClock) -> Run:
    """``run(module, check=False, **options)``: the result of a task, as a playbook would register it."""

    def call(module: str, check: bool = False, **options: Any) -> dict[str, Any]:
        operation: Operation = importlib.import_module(f"{MODULES}.{module}").OPERATION
        arguments = operation.arguments.as_arguments()
        given = {"token": platform.token, "api_url": platform.url, **options}
        validated = ArgumentSpecValidator(arguments.pop("argument_spec"), **arguments).validate(given)
        assert not validated.error_messages, validated.error_messages
        context = Context(validated.validated_parameters, check_mode=check, diff=True, clock=clock)
        result = perform(operation, validated.validated_parameters, context)
        return {**result, "warned": context.warnings}

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
