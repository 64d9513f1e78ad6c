"""How much of the collection one task passes through: each limit is what a reader of the code has to follow."""

from __future__ import annotations

from tests.platform import Platform
from tools.trace_task import CHANGES, seed, trace

MOST_FILES = 56
MOST_FUNCTIONS = 310


def test_a_task_that_changes_nothing(platform: Platform) -> None:
    seed(platform)
    found = trace(platform)
    assert found.result["changed"] is False
    assert (found.evaluations, found.reviews) == (1, 1)
    assert found.requests == ["GET apps_get"]
    assert len(found.files) <= MOST_FILES, found.files
    assert found.functions <= MOST_FUNCTIONS, sorted(found.calls)


def test_a_task_that_changes_something(platform: Platform) -> None:
    """The app is read to find it, right before the PUT, and right after it to see whether the write is in place."""
    seed(platform)
    found = trace(platform, **CHANGES["changed"], wait=False)
    assert found.result["changed"] is True
    assert (found.evaluations, found.reviews) == (2, 1)
    assert found.app_reads == 3


def test_waiting_reads_the_app_once_more(platform: Platform) -> None:
    """Its addresses are known only when the deployment is over."""
    seed(platform)
    found = trace(platform, **CHANGES["changed"])
    assert (found.evaluations, found.reviews, found.app_reads) == (2, 1, 4)
