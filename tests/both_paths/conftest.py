"""The two ways to run a task, as fixtures."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.both_paths.running import PATHS, Played, run_play

Play = Callable[..., Played]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.both_paths)


@pytest.fixture(scope="module", params=PATHS)
def path(request: pytest.FixtureRequest) -> str:
    """Every test that uses it runs twice."""
    return str(request.param)


@pytest.fixture
def play(path: str, tmp_path: Path) -> Play:
    """``play(tasks, **options) -> Played``: the tasks, on one of the two paths."""
    return partial(_play, tmp_path, path)


def _play(folder: Path, path: str, tasks: list[dict[str, Any]], **options: Any) -> Played:
    return run_play(folder, tasks, path, **options)


@pytest.fixture(scope="session")
def platform_process() -> Iterator[Any]:
    """A simulator that runs for the whole session."""
    from tests.platform import start_platform

    with start_platform() as platform:
        yield platform


@pytest.fixture
def platform(platform_process: Any) -> Any:
    """The simulator, empty, and reached with a token of its own."""
    platform_process.reset()
    return platform_process
