# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``make pins``: resolve what is wished for into exact versions with the hashes of their archives.

One resolution holds for every Python and platform. A version stays as it is unless it is moved on purpose:
``python -m tools.pins --upgrade`` moves all, ``--upgrade-package NAME`` one. pip refuses an archive with another hash.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass

from tools.house import ROOT, run, say, tool

DEVELOPMENT = "requirements-dev.txt"
MATRIX = "tools/matrix.txt"
LOWEST = "tools/lowest.txt"


@dataclass(frozen=True)
class File:
    """A file of pins: what it is made from, for which Python and newer, and with what else."""

    target: str
    source: str
    python: str
    options: tuple[str, ...] = ()
    note: str = ""


FILES = (
    File(
        DEVELOPMENT,
        "requirements-dev.in",
        "3.11",
        note="The development environment: `make env` installs exactly this.",
    ),
    File(
        MATRIX,
        "tools/matrix.in",
        "3.11",
        ("--constraint", DEVELOPMENT),
        "What `make matrix` installs beside ansible-core, in the versions of requirements-dev.txt.",
    ),
    File(
        LOWEST,
        "requirements.txt",
        "3.10",
        ("--resolution", "lowest-direct"),
        "The lowest versions that requirements.txt promises: `make matrix` tests its oldest ansible-core with them.",
    ),
    File(
        "tools/mutants.txt",
        "tools/mutants.in",
        "3.11",
        ("--constraint", DEVELOPMENT),
        "What `make mutants` installs beside the development environment.",
    ),
)


def main(options: list[str]) -> int:
    """Rewrite every file of pins; exit status 0 when all of them could be."""
    for file in FILES:
        fixed = file.target != DEVELOPMENT  # the others follow from their source alone
        if run(_command(file, ["--upgrade"] if fixed else options)):
            return 1
        path = ROOT / file.target
        head = f"# {file.note}\n# Made by `make pins` from {file.source}; not to be edited.\n"
        path.write_text(head + path.read_text(encoding="utf-8"), encoding="utf-8")
        say(f"{file.target}: {sum('==' in line for line in path.read_text(encoding='utf-8').splitlines())} pins")
    return 0


def _command(file: File, options: list[str]) -> list[str]:
    """uv, without a header and without the address of an index: where packages come from is each machine's affair."""
    return [
        tool("uv"), "pip", "compile", "--quiet", "--universal", "--no-config",
        "--generate-hashes", "--no-annotate", "--no-header", "--no-emit-index-url", "--no-emit-find-links",
        "--python-version", file.python, *file.options, *options, "--output-file", file.target, file.source,
    ]  # fmt: skip


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
