# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A home for ansible-test, in which it finds pip without a download.

ansible-test makes its environments without pip and then runs a script from a host of its own, which a machine that
reaches the package index only cannot download. Python's ensurepip does the same with the pip of the interpreter.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

STAND_IN = "import ensurepip\n\nensurepip.bootstrap(default_pip=True)\n"


def offer(environment: Path, home: Path) -> Path:
    """Put the stand-in where the ansible-test of a virtual environment keeps its download; `home` itself.

    ansible-test passes hardly any environment variables on: pip's settings reach it as files in `home`.
    """
    for source in environment.glob("lib/python3*/site-packages/ansible_test/_internal/python_requirements.py"):
        for version in re.findall(r"pip='([0-9.]+)'", source.read_text(encoding="utf-8")):
            script = home / ".ansible" / "test" / "cache" / f"get_pip_{version.replace('.', '_')}.py"
            script.parent.mkdir(parents=True, exist_ok=True)
            script.write_text(STAND_IN, encoding="utf-8")
    own = Path(os.environ.get("PIP_CONFIG_FILE", Path.home() / ".config" / "pip" / "pip.conf"))
    link, plain = home / ".config" / "pip" / "pip.conf", home / ".pip" / "pip.conf"
    for path in (link, plain):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
    if own.is_file():
        link.symlink_to(own.resolve())
    plain.touch(mode=0o600)  # an index's address may hold a password
    names = sorted(name for name in os.environ if name.startswith("PIP_") and name != "PIP_CONFIG_FILE")
    lines = [f"{name.removeprefix('PIP_').lower().replace('_', '-')} = {os.environ[name]}" for name in names]
    plain.write_text("\n".join(["[global]", *lines, ""]), encoding="utf-8")
    return home
