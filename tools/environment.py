# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``make env``: the development environment in ``.venv``, made once, made again only when the pins change.

Runs with whatever Python is at hand, before anything is installed: the standard library only.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PINS = ROOT / "requirements-dev.txt"
LINK = VENV / "collections" / "ansible_collections" / "oceanops" / "app_platform"
STAMP = VENV / ".environment"
LOWEST = (3, 11)


def main() -> int:
    """Bring the environment up to date; exit status 0 when it is."""
    if sys.version_info < LOWEST:
        wanted = ".".join(map(str, LOWEST))
        print(
            f"The development environment needs Python {wanted} or newer; {sys.executable} is "
            f"{sys.version.split()[0]}. Name another one: make env PYTHON=/path/to/python{wanted}",
            file=sys.stderr,
        )
        return 2
    python = VENV / "bin" / "python"
    stamp = f"{ROOT}\n{hashlib.sha256(PINS.read_bytes()).hexdigest()}\n"
    before = STAMP.read_text() if STAMP.exists() else ""
    here = not before or before.startswith(f"{ROOT}\n")  # the scripts in it name the folder that it was made in
    usable = here and _starts(python)
    if not usable or before != stamp:
        print("Making the development environment in .venv (about a minute)", flush=True)
        if not usable:
            made = subprocess.run([sys.executable, "-m", "venv", "--clear", str(VENV)], check=False)
            if made.returncode:
                print(
                    "Python's venv module could not make .venv; see above. On Debian and Ubuntu it is a package of "
                    f"its own: python{sys.version_info[0]}.{sys.version_info[1]}-venv.",
                    file=sys.stderr,
                )
                return made.returncode
        pip = [str(python), "-m", "pip", "install", "-qq", "--disable-pip-version-check"]
        # The pins are complete: pip has nothing to find out, only to compare each archive with its hash.
        pinned = ["--require-hashes", "--no-deps", "-r", str(PINS)]
        installed = subprocess.run([*pip, *pinned], check=False, stdin=subprocess.DEVNULL)
        if installed.returncode:
            return installed.returncode
        STAMP.write_text(stamp)
    _link()
    return 0


def _starts(python: Path) -> bool:
    """Whether there is an environment whose interpreter works and is new enough."""
    if not python.exists():
        return False
    probe = "import sys; print(sys.prefix); sys.exit(sys.version_info < (3, 11))"
    answer = subprocess.run([str(python), "-c", probe], check=False, capture_output=True, text=True)
    return answer.returncode == 0 and os.path.realpath(answer.stdout.strip()) == os.path.realpath(VENV)


def _link() -> None:
    """Let ansible and Python find the checkout under the collection's full name, whatever its folder is called."""
    if LINK.is_symlink() and LINK.resolve() == ROOT:
        return
    LINK.parent.mkdir(parents=True, exist_ok=True)
    if LINK.is_symlink():
        LINK.unlink()
    LINK.symlink_to(ROOT, target_is_directory=True)


if __name__ == "__main__":
    sys.exit(main())
