# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``make test``, ``make check``: run nox's sessions, and say of each how long it took and what it counted.

nox runs the sessions and knows how each one ended; pytest's own reports have the number of tests. A failed session does
not stop the next one: one run shows everything that is wrong.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import Any, NamedTuple
from xml.etree import ElementTree

from antsibull_nox.ansible import get_supported_core_versions

from tools.house import CACHE, heading, run, say, tool

REPORTS = CACHE / "reports"
TEST = ("lint", "types", "docs-lint", "tests", "scenario")
CHECK = ("slow", "molecule", "sanity")  # and the matrix
MORE = """\
`make check` adds: tests that are marked slow, laws on many examples, whole tables, a real browser (pytest -m "slow or
law or long"), all molecule scenarios, ansible-test sanity, and the tests on every ansible-core."""


class Counts(NamedTuple):
    """Outcomes of tests; a session that is not a pytest run counts as one test."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def __str__(self) -> str:
        """The closing line."""
        return f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped"


def add_up(counts: Iterator[Counts]) -> Counts:
    """All of them together."""
    return Counts(*map(sum, zip(Counts(), *counts, strict=True)))


def of_pytest(report: Path, status: str) -> Counts:
    """The counts of a session from pytest's JUnit report, if it has one.

    A session that failed without a failed test (a usage error, a crash, coverage below its floor) has one failure.
    """
    if status == "skipped":
        return Counts(skipped=1)
    counts = Counts()
    for suite in ElementTree.parse(report).getroot().iter("testsuite") if report.exists() else ():
        tests, skipped = int(suite.get("tests", 0)), int(suite.get("skipped", 0))
        failed = int(suite.get("failures", 0)) + int(suite.get("errors", 0))
        counts = Counts(max(tests - failed - skipped, 0), failed, skipped)
    if status != "success" and not counts.failed:
        return counts._replace(failed=1)
    return counts if any(counts) else Counts(passed=1)


def reported(name: str) -> dict[str, Any]:
    """What nox reported of a run: sessions, and the seconds that it took. No report counts as one failed session."""
    file = REPORTS / f"{name}.json"
    content: dict[str, Any] = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    if not content.get("sessions"):
        content["sessions"] = [{"name": name, "result": "failed", "duration": 0.0}]
    return content


def summary(names: list[str]) -> int:
    """Print the table and the closing line of these runs; exit status 1 on a failure or when nothing passed."""
    heading("summary")
    counted = []
    runs = [reported(name) for name in names]
    for session in [session for ran in runs for session in ran["sessions"]]:
        counts = of_pytest(REPORTS / f"{session['name']}.xml", session["result"])
        counted.append(counts)
        state = "FAILED" if counts.failed else "ok" if session["result"] == "success" else "LEFT OUT"
        why = f"   {session['reason']}" if state == "LEFT OUT" and session.get("reason") else ""
        say(f"{state:9}{session['name']:13}{session['duration']:7.1f} s   {counts}{why}")
    say(f"{'':9}{'together':13}{sum(ran.get('seconds', 0.0) for ran in runs):7.1f} s")
    total = add_up(iter(counted))
    if names == ["test"]:
        say()
        say(MORE)
    say(str(total))
    return 1 if total.failed or not total.passed else 0


def main(names: list[str]) -> int:
    """Run ``test`` or ``check``; ``summary NAME...`` only shows what these runs reported."""
    if names[:1] == ["summary"]:
        return summary(names[1:])
    name = names[0] if names else "test"
    wanted = {"test": TEST, "check": CHECK}[name]
    REPORTS.mkdir(parents=True, exist_ok=True)
    report = REPORTS / f"{name}.json"
    report.unlink(missing_ok=True)
    chosen = ["--sessions", *wanted, *(matrix() if name == "check" else ())]
    # Without its interpreter a session is skipped, and the summary says so.
    options = ["--parallel", "2", "--no-error-on-missing-interpreters", "--report", str(report)]
    began = time.monotonic()
    run([tool("python"), "-m", "nox", *options, *chosen])
    took = time.monotonic() - began
    if report.exists():
        content = json.loads(report.read_text(encoding="utf-8"))
        report.write_text(json.dumps({**content, "seconds": took}), encoding="utf-8")
    return summary([name])


def matrix() -> list[str]:
    """The sessions of the matrix without that of the development environment, on which `make test` ran."""
    here = metadata.version("ansible-core")
    return [f"matrix-{core}" for core in get_supported_core_versions() if not here.startswith(f"{core}.")]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
