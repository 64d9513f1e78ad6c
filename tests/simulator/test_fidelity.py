"""docs/fidelity.md speaks of the simulator as it is."""

from __future__ import annotations

import ast
import re

from tests.platform import ROOT
from tests.simulator import fidelity
from tests.simulator.behaviours import BEHAVIOURS

PAGE = fidelity.PAGE.read_text()


def written_in(file: str) -> set[str]:
    tree = ast.parse((ROOT / "tests" / "simulator" / f"{file}.py").read_text())
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")}


def test_each_behaviour_is_shown_by_tests_that_are_there():
    known = written_in("test_mutations") | written_in("test_secrets")
    named = [test for one in BEHAVIOURS for test in one.tests]
    assert len(set(named)) == len(named)
    assert set(named) <= known
    assert written_in("test_mutations") <= set(named), "a test of a change of the spec belongs to a behaviour"


def test_the_page_tells_them():
    assert "\n".join(fidelity.of_behaviours()) in PAGE


def test_the_page_has_every_operation_each_called_by_tests():
    rows = re.findall(r"^\| `(\w+)` \| `([^`]+)` \| (?:yes)? \| (?:yes)? \| (?:yes)? \| (\d+) \|$", PAGE, re.MULTILINE)
    assert {name: request for name, request, _tests in rows} == fidelity.operations()
    assert [name for name, _request, tests in rows if int(tests) == 0] == []
