# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which Python interpreters this machine really has."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

from tools.house import CACHE

VERSIONS = ("3.10", "3.11", "3.12", "3.13", "3.14")

# Prints the version and the interpreter underneath a virtual environment, if it can make environments itself.
_PROBE = (
    "import os, sys, venv, ensurepip;"
    "print('%d.%d' % sys.version_info[:2], os.path.realpath(getattr(sys, '_base_executable', '') or sys.executable))"
)


def interpreters() -> dict[str, Path]:
    """Minor version ("3.12") -> interpreter; each one has been started, so no version manager's dead shim is here."""
    found: dict[str, Path] = {}
    seen: set[str] = set()
    for candidate in _candidates():
        real = os.path.realpath(candidate)
        if real in seen:
            continue
        if "shims" not in candidate.parts:  # shims are one script under many names
            seen.add(real)
        try:
            answer = subprocess.run(
                [str(candidate), "-c", _PROBE], capture_output=True, text=True, timeout=30, check=False, cwd="/"
            )
        except (OSError, subprocess.TimeoutExpired):
            continue
        version, path = (*answer.stdout.split(maxsplit=1), "", "")[:2]
        if answer.returncode == 0 and version in VERSIONS:
            found.setdefault(version, Path(path.strip()))
    return dict(sorted(found.items()))


def _candidates() -> Iterator[Path]:
    """Places where interpreters are: PATH first, then what version managers keep beside it."""
    names = [*(f"python{version}" for version in VERSIONS), "python3", "python"]
    for directory in os.environ.get("PATH", os.defpath).split(os.pathsep):
        for name in names:
            path = Path(directory or ".") / name
            if os.access(path, os.X_OK):
                yield path
    home = Path.home()
    managers = [
        Path(os.environ.get("PYENV_ROOT") or home / ".pyenv") / "versions",
        home / ".local" / "share" / "uv" / "python",
        home / ".local" / "share" / "mise" / "installs" / "python",
        home / ".asdf" / "installs" / "python",
    ]
    for manager in managers:
        for version in VERSIONS:
            yield from sorted(manager.glob(f"*/bin/python{version}"), reverse=True)


def interpreter_directory() -> Path:
    """A folder of ``python3.X`` links to them, to be put in front of PATH for tools that look versions up by name."""
    directory = CACHE / "interpreters"
    directory.mkdir(parents=True, exist_ok=True)
    for stale in directory.iterdir():
        stale.unlink()
    for version, path in interpreters().items():
        (directory / f"python{version}").symlink_to(path)
    return directory
