"""One browser and one simulator for all tests of the page; skipped, and said so, where there is no Chromium."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.platform import Platform, start_platform
from tools import chromium


@pytest.fixture(scope="session")
def program() -> str:
    found = chromium.find()
    if found is None:
        pytest.skip("no Chromium here: python -m tools.chromium installs one, or says how")
    return found


@pytest.fixture(scope="session")
def started(program: str) -> Iterator[chromium.Browser]:
    with chromium.start(program) as browser:
        yield browser


@pytest.fixture
def browser(started: chromium.Browser) -> chromium.Browser:
    """An empty page, and nothing of what earlier tests did."""
    started.clear()
    return started


@pytest.fixture(scope="session")
def platform(started: chromium.Browser) -> Iterator[Platform]:
    """A simulator with an app whose release failed in its migration."""
    from tools.screenshots import rehearse

    with start_platform("--clock", "manual", "--now", "2026-08-01T10:00:00Z") as found:
        rehearse(found)
        started.go(found.page)
        yield found
