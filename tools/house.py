# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where things are in the checkout, and the environment variables of the programs that the gates run."""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import subprocess
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
BIN = VENV / "bin"
CACHE = ROOT / ".cache"
COLLECTIONS = VENV / "collections"
NAMESPACE, NAME = "oceanops", "app_platform"
COLLECTION = COLLECTIONS / "ansible_collections" / NAMESPACE / NAME

# Settings of the caller's shell that would change what a gate sees: their Ansible configuration, their account.
_FOREIGN = ("ANSIBLE_", "DIGITALOCEAN_", "DO_API_", "APP_PLATFORM_", "MOLECULE_", "PYTEST_", "COVERAGE_")


def process_environment(extra: Mapping[str, str] | None = None, *, bin_directory: Path = BIN) -> dict[str, str]:
    """Environment variables for a child process: the checkout's own tools and collection, nothing of the caller's."""
    env = {key: value for key, value in os.environ.items() if not key.startswith(_FOREIGN)}
    env.pop("PYTHONPATH", None)
    env.pop("PYTHONHOME", None)
    env["PATH"] = os.pathsep.join((str(bin_directory), env.get("PATH", os.defpath)))
    env["VIRTUAL_ENV"] = str(bin_directory.parent)
    env["ANSIBLE_COLLECTIONS_PATH"] = str(COLLECTIONS)
    env["ANSIBLE_HOME"] = str(CACHE / "ansible")
    env["ANSIBLE_NOCOLOR"] = env["NO_COLOR"] = "1"
    env.setdefault("LC_ALL", "C.UTF-8")
    env.update(extra or {})
    return env


def interpreter_folders() -> list[str]:
    """Folders of the interpreters that pyenv keeps, the oldest first.

    On PATH it has scripts that refuse to start a version that isn't chosen; nox and ansible-test take them for broken.
    """
    versions = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv") / "versions"
    minors = {path / "bin": re.match(r"3\.(\d+)\.\d+$", path.name) for path in versions.glob("3.*")}
    found = {path: int(match[1]) for path, match in minors.items() if match and int(match[1]) >= 10}
    return [str(path) for path in sorted(found, key=lambda path: found[path])]


def tool(name: str) -> str:
    """A program of the development environment."""
    return str(BIN / name)


def run(command: Sequence[str], *, cwd: Path = ROOT, env: Mapping[str, str] | None = None) -> int:
    """Run a program with its output going where ours goes; its exit status."""
    return subprocess.run(
        list(command), cwd=cwd, env=env or process_environment(), stdin=subprocess.DEVNULL, check=False
    ).returncode


def tracked_files() -> list[Path]:
    """The files that git tracks, as they are now in the work tree, relative to the checkout."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True).stdout
    return [Path(name) for name in listed.split("\0") if name and (ROOT / name).exists()]


def source_files() -> list[Path]:
    """The tracked files and those that git would track (new and not ignored), relative to the checkout."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True).stdout
    return [Path(name) for name in sorted(set(listed.split("\0"))) if name and (ROOT / name).is_file()]


def copy_tracked(destination: Path) -> int:
    """Make ``destination`` a copy of the tracked files (what was there before is removed); how many files that is."""
    if destination.exists():
        shutil.rmtree(destination)
    files = tracked_files()
    for name in files:
        target = destination / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, target, follow_symlinks=False)
    return len(files)


@contextmanager
def alone(name: str) -> Iterator[None]:
    """One at a time among everything that runs in this checkout: programs that share a folder under ``.cache``."""
    CACHE.mkdir(exist_ok=True)
    with (CACHE / f"{name}.lock").open("w", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f"Another {name} is running in this checkout; waiting for its end")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def paragraph(text: str) -> str:
    """A paragraph of a page that is generated, in lines of at most 120 characters."""
    return textwrap.fill(text, 120, break_long_words=False, break_on_hyphens=False)


def say(text: str = "") -> None:
    """Print one line at once, so that it stands in its place among the output of child processes."""
    print(text, flush=True)


def heading(text: str) -> None:
    """Print a line that separates one piece of work from the next."""
    say()
    say(f"==== {text} ".ljust(100, "="))
