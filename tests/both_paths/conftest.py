"""The two ways to run a task, as fixtures."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.both_paths.running import PATHS, Played, run_play
from tests.platform import Platform

Play = Callable[..., Played]


#: What compares the two ways with each other runs both of them in the fast tests; the others run there in process.
COMPARED = ("test_leaks.py", "test_same_result.py", "test_ways.py")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.both_paths)
            if "[module" in item.name and item.path.name not in COMPARED:
                item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="module", params=PATHS)
def path(request: pytest.FixtureRequest) -> str:
    """Every test that uses it runs twice."""
    return str(request.param)


@pytest.fixture
def play(path: str, tmp_path: Path, request: pytest.FixtureRequest) -> Play:
    """``play(tasks, **options) -> Played``: the tasks on one of the two paths.

    In a test that has a ``platform`` too, the modules of the collection use it unless the tasks say otherwise. Each
    call is a run of its own, thus remembers no names of the one before.
    """
    given: dict[str, Any] = {}
    if "platform" in request.fixturenames:
        platform: Platform = request.getfixturevalue("platform")
        given = {"token": platform.token, "api_url": platform.url}

    def run(tasks: list[dict[str, Any]], *, defaults: Mapping[str, Any] | None = None, **options: Any) -> Played:
        return run_play(tmp_path, tasks, path, defaults={**given, **(defaults or {})}, **options)

    return run
