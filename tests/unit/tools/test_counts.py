"""The closing line of a run: read from reports, added up, honest about what is missing."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools import counts
from tools.counts import Counts, of_pytest

REPORT = (
    '<testsuites><testsuite tests="{tests}" failures="{failures}" errors="{errors}" skipped="{skipped}"/></testsuites>'
)


@pytest.fixture
def report(tmp_path: Path) -> Path:
    return tmp_path / "report.xml"


def write(report: Path, tests: int, failures: int = 0, errors: int = 0, skipped: int = 0) -> Path:
    report.write_text(REPORT.format(tests=tests, failures=failures, errors=errors, skipped=skipped))
    return report


def test_outcomes_are_told_apart(report: Path) -> None:
    assert of_pytest(write(report, 10, 1, 2, 3), status=1) == Counts(4, 3, 3)


def test_a_good_run_has_no_failure(report: Path) -> None:
    assert of_pytest(write(report, 5), status=0) == Counts(5)


def test_a_bad_ending_without_a_failed_test_is_a_failure(report: Path) -> None:
    assert of_pytest(write(report, 5), status=3) == Counts(5, failed=1)


def test_a_run_without_a_report_is_a_failure(report: Path) -> None:
    assert of_pytest(report, status=4) == Counts(failed=1)


@pytest.fixture
def reports(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(counts, "REPORTS", tmp_path)
    return tmp_path


@pytest.mark.usefixtures("reports")
def test_the_closing_line_adds_up(capsys: pytest.CaptureFixture[str]) -> None:
    Counts(3, 0, 1).save("gates")
    Counts(4).save("matrix")
    assert counts.main(["gates", "matrix"]) == 0
    assert capsys.readouterr().out == "7 passed, 0 failed, 1 skipped\n"


@pytest.mark.usefixtures("reports")
def test_a_failure_fails_the_run() -> None:
    Counts(3, 1).save("gates")
    assert counts.main(["gates"]) == 1


@pytest.mark.usefixtures("reports")
def test_a_program_that_never_reported_fails_the_run(capsys: pytest.CaptureFixture[str]) -> None:
    Counts(3).save("gates")
    assert counts.main(["gates", "matrix"]) == 1
    assert capsys.readouterr().out == "3 passed, 1 failed, 0 skipped\n"


@pytest.mark.usefixtures("reports")
def test_nothing_at_all_is_no_success() -> None:
    Counts().save("gates")
    assert counts.main(["gates"]) == 1
