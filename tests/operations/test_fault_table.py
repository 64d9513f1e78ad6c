"""Faults x modules: a task recovers, or fails with a clear message; nothing is lost, and the next run makes it good.

Here is a selection with every fault and every task; `make reliability` does the whole table.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.operations.conftest import Run
from tests.platform import Platform
from tests.reliability.faults import CASES, FAULTS, Case, Fault, Table, covering

pytestmark = pytest.mark.slow

SELECTION = list(covering())


@pytest.fixture(scope="module")
def ends() -> dict[str, object]:
    """What each task makes of the app when nothing goes wrong: found out once."""
    return {}


@pytest.mark.parametrize(
    ("fault", "case"), SELECTION, ids=[f"{case.name}: {fault.on} {fault.name}" for fault, case in SELECTION]
)
def test_cell(fault: Fault, case: Case, run: Run, platform: Platform, ends: dict[str, tuple[object, object]]) -> None:
    cell = Table(run, platform, ends).cell(fault, case)
    assert cell.wrong == ()


def test_the_selection_has_every_fault_and_every_task() -> None:
    assert {fault.name for fault, _case in SELECTION} == {fault.name for fault in FAULTS}
    assert {case.name for _fault, case in SELECTION} == {case.name for case in CASES}


def test_the_table_has_every_module() -> None:
    modules = {path.stem for path in (Path(__file__).parents[2] / "plugins" / "modules").glob("*.py")}
    assert {case.module for case in CASES} == modules
