"""Answers without a field that an edit rests on, or with one of another type: nothing is lost, nothing is green that is
not in place. Here is a selection, a larger one with APP_PLATFORM_LONG=1 and in `make reliability`.
"""

from __future__ import annotations

import os

import pytest

from tests.operations.conftest import Run
from tests.platform import Platform
from tests.reliability.answers import ABSENT, EDITING, WHOLE, Answers, selection
from tests.reliability.faults import APP, Case

#: Of each task, so many cells are in the selection.
SHARE = 50 if os.environ.get("APP_PLATFORM_LONG") == "1" else 12


@pytest.mark.slow
@pytest.mark.long
@pytest.mark.parametrize("case", EDITING, ids=lambda case: case.name)
def test_an_answer_without_a_field(case: Case, run: Run, platform: Platform) -> None:
    answers = Answers(run, platform)
    chosen = selection(answers, case, SHARE)
    assert len(chosen) > 5
    done = [answers.done(cell) for cell in chosen]
    assert {cell.name: cell.wrong for cell in done if cell.wrong} == {}


@pytest.mark.parametrize("value", [ABSENT, None, {}, [], "x"])
@pytest.mark.parametrize("number", [2, 3, 4])
def test_an_app_without_its_spec(number: int, value: object, run: Run, platform: Platform) -> None:
    """In merge mode, all that the task did not declare was gone after that: workers, jobs, secrets."""
    answers = Answers(run, platform)
    found = [one for one in answers.planned(WHOLE) if one.field == "app.spec" and one.number == number]
    for cell in found:
        if cell.value is value or cell.value == value:
            assert answers.done(cell).wrong == ()
    assert set(platform.apps()["shop"]["spec"]) >= {name for name in APP if name != "region"} or not found
