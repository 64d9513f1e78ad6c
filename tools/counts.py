# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How many tests passed, failed and were skipped: read from pytest's reports, kept between programs, added up."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from xml.etree import ElementTree

from tools.house import CACHE, say

REPORTS = CACHE / "reports"


@dataclass(frozen=True)
class Counts:
    """Outcomes of tests; a gate that is not a pytest run counts as one test."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def __add__(self, other: Counts) -> Counts:
        """Both together."""
        return Counts(self.passed + other.passed, self.failed + other.failed, self.skipped + other.skipped)

    def __str__(self) -> str:
        """The closing line."""
        return f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped"

    def save(self, name: str) -> None:
        """Keep the counts of one program for the closing line of a run that consists of several."""
        REPORTS.mkdir(parents=True, exist_ok=True)
        (REPORTS / f"{name}.json").write_text(json.dumps(asdict(self)), encoding="utf-8")


def of_pytest(report: Path, status: int) -> Counts:
    """The counts of a pytest run from its JUnit report.

    A run that ended badly without a failed test (a usage error, a crash, nothing collected) has one failure.
    """
    counts = Counts()
    if report.exists():
        for suite in ElementTree.parse(report).getroot().iter("testsuite"):
            tests, skipped = int(suite.get("tests", 0)), int(suite.get("skipped", 0))
            failed = int(suite.get("failures", 0)) + int(suite.get("errors", 0))
            counts += Counts(max(tests - failed - skipped, 0), failed, skipped)
    return counts + Counts(failed=1) if status and not counts.failed else counts


def main(names: list[str]) -> int:
    """Print the closing line over the saved counts called ``names``; exit status 1 on a failure or a missing report."""
    total = Counts()
    for name in names:
        report = REPORTS / f"{name}.json"
        total += Counts(**json.loads(report.read_text(encoding="utf-8"))) if report.exists() else Counts(failed=1)
    say(str(total))
    return 1 if total.failed or not total.passed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
