"""The summary of a run: counts read from reports, added up, honest about what is missing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tools import gates
from tools.gates import Counts, of_pytest

REPORT = (
    '<testsuites><testsuite tests="{tests}" failures="{failures}" errors="{errors}" skipped="{skipped}"/></testsuites>'
)


@pytest.fixture
def reports(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(gates, "REPORTS", tmp_path)
    return tmp_path


@pytest.fixture
def report(reports: Path) -> Path:
    return reports / "tests.xml"


def write(report: Path, tests: int, failures: int = 0, errors: int = 0, skipped: int = 0) -> Path:
    report.write_text(REPORT.format(tests=tests, failures=failures, errors=errors, skipped=skipped))
    return report


def ran(reports: Path, name: str, **results: str) -> None:
    """What nox writes at the end of a run."""
    sessions = [{"name": session, "result": result, "duration": 1.5} for session, result in results.items()]
    (reports / f"{name}.json").write_text(json.dumps({"sessions": sessions, "seconds": 3.0}))


def test_outcomes_are_told_apart(report: Path) -> None:
    assert of_pytest(write(report, 10, 1, 2, 3), "failed") == Counts(4, 3, 3)


def test_a_good_run_has_no_failure(report: Path) -> None:
    assert of_pytest(write(report, 5), "success") == Counts(5)


def test_a_bad_ending_without_a_failed_test_is_a_failure(report: Path) -> None:
    assert of_pytest(write(report, 5), "failed") == Counts(5, failed=1)


def test_a_session_without_a_report_counts_as_one_test(report: Path) -> None:
    assert of_pytest(report, "success") == Counts(1)
    assert of_pytest(report, "failed") == Counts(failed=1)
    assert of_pytest(report, "skipped") == Counts(skipped=1)


def test_the_closing_line_adds_up(reports: Path, report: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(report, 4, skipped=1)
    ran(reports, "test", lint="success", tests="success")
    ran(reports, "check", sanity="success", matrix="skipped")

    assert gates.summary(["test", "check"]) == 0

    lines = capsys.readouterr().out.splitlines()
    assert lines[-1] == "5 passed, 0 failed, 2 skipped"
    assert lines[-2].split() == ["together", "6.0", "s"]
    assert lines[-3].startswith("LEFT OUT matrix")


def test_the_short_run_says_what_the_long_one_adds(reports: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ran(reports, "test", lint="success")
    assert gates.summary(["test"]) == 0
    assert "make check` adds" in capsys.readouterr().out


def test_a_failure_fails_the_run(reports: Path) -> None:
    ran(reports, "test", lint="success", types="failed")
    assert gates.summary(["test"]) == 1


def test_a_run_that_never_reported_fails_the_run(reports: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ran(reports, "test", lint="success")
    assert gates.summary(["test", "check"]) == 1
    assert capsys.readouterr().out.splitlines()[-1] == "1 passed, 1 failed, 0 skipped"


def test_nothing_at_all_is_no_success(reports: Path) -> None:
    ran(reports, "test", lint="skipped")
    assert gates.summary(["test"]) == 1
