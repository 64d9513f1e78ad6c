# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``make matrix``: the tests on every supported ansible-core that this machine can run.

Each version has a virtual environment of its own under ``.cache/matrix``. A version whose interpreter or package is not
to be had is left out, and the summary says so. What the tests import is pinned with hashes; ansible-core itself floats
within its version on purpose, so that its fixes are met here first. The oldest ansible-core is tested with the lowest
versions of everything else that requirements.txt promises. The version that the development environment has is tested
by the unit gate, and here only when it is named.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from tools.counts import REPORTS, Counts, of_pytest
from tools.house import CACHE, ROOT, VENV, heading, run, say, surroundings
from tools.interpreters import interpreters
from tools.pins import LOWEST, MATRIX

# What does not depend on ansible-core is tested once, by the unit gate; so are the longest runs.
LEFT_OUT = ("tests/simulator", "tests/browser", "tests/reliability", "tests/estate", "tests/runner", "tests/ee")
# What is pure Python runs on the oldest and the newest version, which have the oldest and the newest interpreter.
PURE = (
    *(
        f"tests/unit/{name}"
        for name in ("client", "deployments", "docs", "editing", "operations", "secrets", "spec", "tools")
    ),
    "tests/operations",
)


@dataclass(frozen=True)
class Version:
    """One ansible-core, with the interpreters that it supports on the controller, the preferred one first."""

    core: str
    requirement: str
    pythons: tuple[str, ...]
    pins: tuple[str, ...] = (MATRIX,)
    pure: bool = True


VERSIONS = (
    Version("2.16", "ansible-core>=2.16.0,<2.17", ("3.11", "3.12"), (MATRIX, LOWEST)),
    Version("2.19", "ansible-core>=2.19.0,<2.20", ("3.11", "3.12", "3.13"), pure=False),
    Version("2.21", "ansible-core>=2.21.0,<2.22", ("3.12", "3.13", "3.14"), pure=False),
    Version("2.22", "ansible-core>=2.22.0rc1,<2.23", ("3.13", "3.14")),
)


def main(names: list[str]) -> int:
    """Test on the versions called ``names`` (all when empty); exit status 1 on a failure or when nothing could run."""
    unknown = set(names) - {version.core for version in VERSIONS}
    if unknown:
        say(f"Not in the matrix: {', '.join(sorted(unknown))}; there are: {', '.join(v.core for v in VERSIONS)}")
        return 2
    REPORTS.mkdir(parents=True, exist_ok=True)
    present = interpreters()
    say(f"interpreters: {', '.join(f'{version} ({path})' for version, path in present.items())}")
    total, ran, lines = Counts(), 0, []
    for version in VERSIONS:
        if names and version.core not in names:
            continue
        if not names and _installed(VENV).startswith(f"{version.core}."):
            lines.append(f"{'ok':8} ansible-core {_installed(VENV):10} tested by the unit gate")
            continue
        heading(f"ansible-core {version.core}")
        started = time.monotonic()
        python = next((name for name in version.pythons if name in present), None)
        environment = _environment(version, present[python]) if python else None
        if python is None:
            lines.append(f"LEFT OUT ansible-core {version.core}: none of Python {', '.join(version.pythons)} is here")
        elif environment is None:
            lines.append(f"LEFT OUT ansible-core {version.core}: its packages could not be installed (see above)")
        else:
            counts = _test(version, environment)
            ran += 1
            total += counts
            took = time.monotonic() - started
            state = "FAILED" if counts.failed else "ok"
            full = _installed(environment)
            lines.append(f"{state:8} ansible-core {full:10} Python {python}  {took:6.1f} s   {counts}")
        say(lines[-1])
    heading("matrix")
    for line in lines:
        say(line)
    if not ran:
        say("Nothing of the matrix could run here.")
        total += Counts(failed=1)
    total.save("matrix")
    say(str(total))
    return 1 if total.failed else 0


def _environment(version: Version, interpreter: Path) -> Path | None:
    """The virtual environment of one version, made when it is not there or its requirements moved."""
    directory = CACHE / "matrix" / f"core-{version.core}"
    wanted = [
        str(interpreter),
        version.requirement,
        *((ROOT / name).read_text(encoding="utf-8") for name in version.pins),
    ]
    stamp, content = directory / "stamp", hashlib.sha256("\n".join(wanted).encode()).hexdigest()
    if not (stamp.exists() and stamp.read_text(encoding="utf-8") == content):
        say(f"Making {directory.relative_to(ROOT)}")
        pip = [str(directory / "bin" / "python"), "-m", "pip", "install", "-qq", "--disable-pip-version-check"]
        steps = [
            [str(interpreter), "-m", "venv", "--clear", str(directory)],
            *([*pip, "--require-hashes", "--no-deps", "-r", str(ROOT / name)] for name in version.pins),
            [*pip, version.requirement],
        ]
        if any(run(step) for step in steps):
            return None
        stamp.write_text(content, encoding="utf-8")
    return directory


def _test(version: Version, environment: Path) -> Counts:
    """Run the tests in one environment."""
    report = REPORTS / f"matrix-{version.core}.xml"
    report.unlink(missing_ok=True)
    tests = ["tests", *(f"--ignore={path}" for path in (*LEFT_OUT, *(() if version.pure else PURE)))]
    python = str(environment / "bin" / "python")
    command = [
        python,
        "-m",
        "pytest",
        "-q",
        "-n",
        "2",
        "--dist=worksteal",
        "-o",
        f"cache_dir={environment / 'pytest'}",
        *tests,
    ]
    env = surroundings({"ANSIBLE_HOME": str(environment / "ansible")}, bin_directory=environment / "bin")
    status = run([*command, f"--junitxml={report}"], env=env)
    return of_pytest(report, status)


def _installed(environment: Path) -> str:
    """The full version of ansible-core in an environment."""
    code = "import importlib.metadata as m; print(m.version('ansible-core'))"
    answer = subprocess.run(
        [environment / "bin" / "python", "-c", code], capture_output=True, text=True, check=True, cwd=environment
    )
    return answer.stdout.strip()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
