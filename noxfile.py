# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The gates as nox sessions; ``make test`` and ``make check`` run them through ``tools/gates.py``.

Most sessions run in the development environment (``.venv``), whose packages are pinned with hashes. ``matrix-VERSION``
and ``sanity`` have environments of their own under ``.cache/nox``. antsibull-nox says which versions of ansible-core
meta/runtime.yml admits and which Pythons they support, and prepares the collection for ansible-test. Its other sessions
are not used: they install packages without pins, or repeat the lint gate.
"""

from __future__ import annotations

import functools
import os
import shutil
from pathlib import Path

import antsibull_nox
import nox
from antsibull_nox.ansible import AnsibleCoreVersion, get_ansible_core_info, get_supported_core_versions
from antsibull_nox.utils import Version
from nox.command import CommandFailed

from tools import chromium, get_pip
from tools.house import CACHE, COLLECTION, ROOT, alone, interpreter_folders, process_environment, tool
from tools.pins import LOWEST, MATRIX

NOX = CACHE / "nox"
REPORTS = CACHE / "reports"

nox.needs_version = ">=2026.8"
nox.options.envdir = str(NOX)
nox.options.reuse_venv = "yes"
nox.options.download_python = "never"
nox.options.allow_parallel = True
nox.options.sessions = ["lint", "types", "docs-lint", "tests", "scenario"]

# uv has certificates of its own; pip and a gateway's administrator expect the system's.
os.environ.setdefault("UV_SYSTEM_CERTS", "1")
os.environ["PATH"] = os.pathsep.join([*interpreter_folders(), os.environ.get("PATH", os.defpath)])

# The newest stable ansible-core; sanity runs on it.
STABLE = Version(2, 21)
CORES = get_supported_core_versions()
# Both ends of the matrix run everything that depends on ansible-core, Python or a library; the others run a part.
EDGES = (CORES[0], CORES[-1])
WHOLE = ("tests/unit", "--ignore=tests/unit/tools", "tests/both_paths")
# What has tests with the marker `every_core` (tests/conftest.py).
PART = ("tests/unit/execution", "tests/unit/inventory", "tests/both_paths", "tests/site")

FLOOR_SPEC_ENGINE = 100
FLOOR_PLUGINS = 90


# In the development environment. Two that use one core each run side by side; pytest takes both cores by itself.
gate = functools.partial(nox.session, venv_backend="none")
pytest_gate = functools.partial(gate, allow_parallel=False)


def run(session: nox.Session, *command: str, env: dict[str, str] | None = None, cwd: Path = ROOT) -> None:
    """Run a program of the development environment with nothing of the caller's Ansible settings."""
    with session.chdir(cwd):
        session.run(
            tool(command[0]), *command[1:], env=process_environment(env), include_outer_env=False, external=True
        )


def pytest(session: nox.Session, name: str, *arguments: str, env: dict[str, str] | None = None) -> None:
    """Run pytest on both cores; its report is kept for the summary."""
    report = REPORTS / f"{name}.xml"
    report.unlink(missing_ok=True)
    run(
        session, "python", "-m", "pytest", "-q", "-n", "2", "--dist=worksteal", f"--junitxml={report}",
        *arguments, *session.posargs, env=env,
    )  # fmt: skip


def run_all(session: nox.Session, *commands: tuple[str, ...]) -> None:
    """Run every program, even after one that failed: one run shows everything that is wrong."""
    failed = []
    for command in commands:
        try:
            run(session, *command)
        except CommandFailed:
            failed.append(command[0])
    if failed:
        session.error(f"failed: {', '.join(failed)}")


@gate(name="lint")
def lint(session: nox.Session) -> None:
    """Ruff, names that pylint refuses, licences, yamllint, ansible-lint production."""
    run_all(
        session,
        ("ruff", "check"),
        ("ruff", "format", "--check"),
        ("python", "-m", "tools.names"),
        ("reuse", "lint", "--quiet"),
        ("yamllint", "--strict", "."),
        ("ansible-lint", "--offline", "--strict", "--profile", "production", "-q"),
    )


@gate(name="types")
def types(session: nox.Session) -> None:
    """Mypy strict; the plugins once more as Python 3.10 reads them."""
    run_all(session, ("mypy",), ("mypy", "--python-version", "3.10", str(COLLECTION / "plugins")))


@gate(name="docs-lint")
def docs_lint(session: nox.Session) -> None:
    """Antsibull-docs and antsibull-changelog."""
    run(
        session, "antsibull-docs", "lint-collection-docs", "--plugin-docs", "--validate-collection-refs", "self",
        "--disallow-unknown-collection-refs", ".", cwd=COLLECTION,
    )  # fmt: skip
    run(session, "antsibull-changelog", "lint")


@pytest_gate(name="tests")
def tests(session: nox.Session) -> None:
    """Pytest without what is slow, with branch coverage."""
    data = CACHE / "coverage"
    data.mkdir(parents=True, exist_ok=True)
    for old in data.iterdir():
        old.unlink()
    env = {"COVERAGE_FILE": str(data / "data")}
    with alone("tests"):
        pytest(session, "tests", "-m", "not slow", "--cov", "--cov-report=", env=env)
        spec = ("--include=plugins/module_utils/_spec/*", f"--fail-under={FLOOR_SPEC_ENGINE}")
        run(session, "coverage", "report", *spec, env=env)
        run(session, "coverage", "report", "--format=total", f"--fail-under={FLOOR_PLUGINS}", env=env)


@gate(name="scenario")
def scenario(session: nox.Session) -> None:
    """One molecule scenario."""
    with alone("molecule"):
        run(session, "molecule", "test", "--scenario-name", "jobs")


@pytest_gate(name="slow")
def slow(session: nox.Session) -> None:
    """Pytest: what is slow, laws on many examples, whole tables, a real browser."""
    # In a hosted run the browser's tests must not be left out; a developer decides what is installed on their machine.
    if chromium.find() is None and os.environ.get("CI") == "true":
        chromium.install()
    pytest(session, "slow", "-m", "slow or law or long", env={"APP_PLATFORM_LONG": "1"})


@gate(name="molecule")
def molecule(session: nox.Session) -> None:
    """All molecule scenarios."""
    with alone("molecule"):
        run(session, "molecule", "test", "--all", "--workers", "2")


def matrix(core: AnsibleCoreVersion) -> None:
    """Register the tests on one ansible-core. It floats within its version; what the tests import is pinned."""
    pythons = get_ansible_core_info(core).controller_python_versions
    oldest = max(min(pythons), Version(3, 11))  # what the tests themselves need
    newest = max(pythons).next_minor_version()
    pins = (MATRIX, LOWEST) if core == CORES[0] else (MATRIX,)
    paths = WHOLE if core in EDGES else PART
    wanted = f"{'' if core in EDGES else 'every_core and '}not slow and not law and not long"

    @nox.session(
        name=f"matrix-{core}",
        python=f">={oldest},<{newest}",
        venv_backend="uv",
        tags=["matrix"],
        allow_parallel=False,
    )
    def tested(session: nox.Session) -> None:
        for file in pins:
            session.install("--require-hashes", "--no-deps", "-r", file)
        session.install(f"ansible-core~={core}.0{'rc1' if core == CORES[-1] else ''}")
        bin_directory = Path(session.bin)
        report = REPORTS / f"{session.name}.xml"
        report.unlink(missing_ok=True)
        session.run(
            "python", "-m", "pytest", "-q", "-n", "2", "--dist=worksteal", f"--junitxml={report}",
            "-o", f"cache_dir={session.create_tmp()}", "-m", wanted, *paths, *session.posargs,
            env=process_environment(
                {"ANSIBLE_HOME": str(bin_directory.parent / "ansible")}, bin_directory=bin_directory,
            ),
            include_outer_env=False,
        )  # fmt: skip

    tested.__doc__ = f"tests on ansible-core {core}{' with the lowest libraries' if LOWEST in pins else ''}"


for version in CORES:
    matrix(version)


def prepare_sanity() -> None:
    """Give ansible-test a home of its own, so that its environments are kept in ``.cache`` and not in the user's."""
    os.environ["HOME"] = str(get_pip.offer(NOX / "sanity", CACHE / "sanity"))
    # antsibull-nox copies what ansible-test left there, and makes a folder only where its parent is.
    (ROOT / "tests" / "output" / ".tmp").mkdir(parents=True, exist_ok=True)
    os.environ.pop("ANSIBLE_COLLECTIONS_PATH", None)


# Imports and compiles the plugins on one Python that is here; the matrix imports them on the others.
supported = [str(python) for python in get_ansible_core_info(STABLE).controller_python_versions]
python = next((one for one in supported if shutil.which(f"python{one}")), "default")

antsibull_nox.load_antsibull_nox_toml()
antsibull_nox.add_ansible_test_session(
    name="sanity",
    description=f"ansible-test sanity of ansible-core {STABLE}, without an ignore file",
    ansible_test_params=["sanity", "--color", "no", "--python", python],
    default=False,
    ansible_core_version=STABLE,
    ansible_core_source="pypi",
    callback_before=prepare_sanity,
)
