"""Each rule of the lint: what it finds in specs that people write, and that it is silent about the corrected ones."""

from __future__ import annotations

import pytest

from ansible_collections.oceanops.app_platform.plugins.module_utils._spec.lint.check import RULES
from ansible_collections.oceanops.app_platform.tests.unit.spec import render_lint
from ansible_collections.oceanops.app_platform.tests.unit.spec.lint_cases import Case, cases

CASES = cases()
SECRET = "hunter2"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_fault_is_found_and_the_corrected_spec_is_silent(case: Case) -> None:
    findings = case.findings(case.wrong)
    told = [f"{one.rule}: {one.path}: {one.message}" for one in findings]
    mine = [one for one in findings if (one.rule, one.path) == (case.rule, case.path)]
    assert len(mine) == 1, told
    assert [part for part in case.says if part not in mine[0].message] == [], told
    assert mine[0].level == RULES[case.rule][0]
    assert {one.rule for one in findings} == {case.rule, *case.also}, told
    assert [one for one in findings if SECRET in one.message or SECRET in one.path] == []
    assert case.findings(case.right) == []


def test_the_cases_hold_secrets() -> None:
    assert SECRET in str(CASES)


def test_every_rule_has_a_case() -> None:
    assert set(RULES) == {case.rule for case in CASES}
    assert len(CASES) >= 60


def test_the_page_of_the_rules_is_up_to_date() -> None:
    assert render_lint.PAGE.read_text() == render_lint.render(), "run make pages"
