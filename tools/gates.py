# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``make test``: every gate in order, the fast ones first, and what each one took.

A failed gate does not stop the next one: one run shows everything that is wrong.
"""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

from tools import sanity
from tools.counts import REPORTS, Counts, of_pytest
from tools.house import BIN, CACHE, COLLECTION, COLLECTIONS, ROOT, alone, heading, run, say, surroundings, tool

SPEC_ENGINE = "plugins/module_utils/_spec/*"
FLOOR_SPEC_ENGINE = 100
FLOOR_PLUGINS = 90


def lint() -> Counts:
    """Ruff (rules and format), what else pylint refuses, yamllint, ansible-lint's production profile."""
    return _each(
        [tool("ruff"), "check"],
        [tool("ruff"), "format", "--check"],
        [tool("python"), "-m", "tools.names"],
        [tool("yamllint"), "--strict", "."],
        [tool("ansible-lint"), "--offline", "--strict", "--profile", "production", "-q"],
    )


def types() -> Counts:
    """Mypy strict; the plugins once more as the oldest Python that they support reads them."""
    return _each([tool("mypy")], [tool("mypy"), "--python-version", "3.10", str(COLLECTION / "plugins")])


def unit() -> Counts:
    """Pytest on pure code and on both execution paths, with branch coverage and its floors."""
    with alone("unit"):
        return _unit()


def _unit() -> Counts:
    data = CACHE / "coverage"
    shutil.rmtree(data, ignore_errors=True)
    data.mkdir(parents=True)
    report = REPORTS / "unit.xml"
    report.unlink(missing_ok=True)
    # The page is tested in a real browser; where there is none to be had, those tests are skipped and say so.
    run([tool("python"), "-m", "tools.chromium"])
    command = [
        tool("python"),
        "-m",
        "pytest",
        "-q",
        "-n",
        "2",
        "--dist=worksteal",
        "--cov",
        "--cov-report=",
        f"--junitxml={report}",
    ]
    status = run(command, env=surroundings({"COVERAGE_FILE": str(data / "data")}))
    counts = of_pytest(report, status)
    env = surroundings({"COVERAGE_FILE": str(data / "data")})
    coverage = [tool("coverage"), "report"]
    say(f"\nThe spec engine: every branch (floor {FLOOR_SPEC_ENGINE} %)")
    engine = run([*coverage, f"--include={SPEC_ENGINE}", f"--fail-under={FLOOR_SPEC_ENGINE}"], env=env)
    say(f"\nAll plugins (floor {FLOOR_PLUGINS} %)")
    plugins = run([*coverage, f"--fail-under={FLOOR_PLUGINS}"], env=env)
    return counts + _outcome(engine) + _outcome(plugins)


def long_run() -> Counts:
    """The laws on thousands of examples, and the tables of which the unit gate takes a part."""
    report = REPORTS / "long.xml"
    report.unlink(missing_ok=True)
    command = [tool("python"), "-m", "pytest", "-q", "-n", "2", "--dist=worksteal", "-m", "law or long"]
    status = run([*command, f"--junitxml={report}"], env=surroundings({"APP_PLATFORM_LONG": "1"}))
    return of_pytest(report, status)


def run_sanity() -> Counts:
    """The real ansible-test sanity, without an ignore file."""
    return _outcome(sanity.main([]))


def docs_lint() -> Counts:
    """The documentation of the collection and of its plugins: every reference leads somewhere."""
    command = [tool("antsibull-docs"), "lint-collection-docs", "--plugin-docs", "--validate-collection-refs", "self"]
    changelog = [tool("antsibull-changelog"), "lint"]
    return _outcome(run([*command, "--disallow-unknown-collection-refs", "."], cwd=COLLECTION)) + _each(changelog)


def molecule() -> Counts:
    """The scenarios of the roles, played against the simulator."""
    scenarios = sorted((ROOT / "extensions" / "molecule").glob("**/molecule.yml"))
    if not scenarios:
        say("There is no scenario under extensions/molecule.")
        return Counts(failed=1)
    with alone("molecule"):
        return _outcome(run([tool("molecule"), "test", "--all"]))


@dataclass(frozen=True)
class Gate:
    """One gate of ``make test``."""

    name: str
    about: str
    check: Callable[[], Counts]
    in_test: bool = True


GATES = (
    Gate("lint", "ruff, yamllint, ansible-lint production", lint),
    Gate("types", "mypy strict", types),
    Gate("docs-lint", "antsibull-docs, antsibull-changelog", docs_lint),
    Gate("unit", "pytest, both execution paths, branch coverage", unit),
    Gate("sanity", "ansible-test sanity", run_sanity),
    Gate("molecule", "role scenarios against the simulator", molecule),
    Gate("long", "laws on thousands of examples, whole tables", long_run, in_test=False),
)


def main(names: list[str]) -> int:
    """Run the gates called ``names`` (those of ``make test`` when empty); exit status 1 when one of them failed."""
    known = {gate.name: gate for gate in GATES}
    unknown = [name for name in names if name not in known]
    if unknown:
        say(f"No gate is called {', '.join(unknown)}; there are: {', '.join(known)}")
        return 2
    REPORTS.mkdir(parents=True, exist_ok=True)
    chosen = [known[name] for name in names] or [gate for gate in GATES if gate.in_test]
    lines: list[str] = []
    total = Counts()
    began = time.monotonic()
    for gate in chosen:
        heading(f"{gate.name}: {gate.about}")
        started = time.monotonic()
        counts = gate.check()
        took = time.monotonic() - started
        lines.append(f"{'FAILED' if counts.failed else 'ok':8}{gate.name:12}{took:7.1f} s   {counts}")
        say(lines[-1])
        total += counts
    if len(chosen) > 1:
        heading("summary")
        for line in lines:
            say(line)
        say(f"{'':8}{'together':12}{time.monotonic() - began:7.1f} s")
        say(str(total))
    total.save("-".join(names) or "gates")
    return 1 if total.failed else 0


def _each(*commands: list[str]) -> Counts:
    """Run every command, even after one that failed."""
    total = Counts()
    for command in commands:
        say(f"$ {' '.join(_short(word) for word in command)}")
        total += _outcome(run(command))
    return total


def _short(word: str) -> str:
    """A command's word as a reader would type it."""
    return word.removeprefix(f"{BIN}/").removeprefix(f"{COLLECTIONS}/")


def _outcome(status: int) -> Counts:
    """One program that is not pytest: passed or failed."""
    return Counts(failed=1) if status else Counts(passed=1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
