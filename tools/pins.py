# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``make pins``: what is installed in ``.venv`` becomes what ``make env`` installs."""

from __future__ import annotations

import subprocess
import sys

from tools.house import BIN, ROOT, say

PINS = ROOT / "requirements-dev.txt"


def main() -> int:
    """Rewrite the pins; comments and lines with an environment marker are kept as they are."""
    frozen = subprocess.run([BIN / "pip", "freeze"], capture_output=True, text=True, check=True).stdout.splitlines()
    before = PINS.read_text(encoding="utf-8").splitlines()
    comments = [line for line in before if line.startswith("#")]
    conditional = [line for line in before if ";" in line and line not in comments]
    fixed = {line.split("==")[0].lower() for line in conditional}
    plain = [line for line in frozen if "==" in line and line.split("==")[0].lower() not in fixed]
    PINS.write_text("\n".join([*comments, *sorted([*plain, *conditional], key=str.lower), ""]), encoding="utf-8")
    say(f"{len(plain)} pins; set by hand, look at them too: {'; '.join(sorted(fixed))}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
