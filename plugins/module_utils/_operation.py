# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.

"""What a module is made of: an Operation, the Context that it runs in, and ``run_module`` for its ``main()``."""

from __future__ import annotations

from ._context import Context
from ._module import run_module
from ._running import Operation, Result

__all__ = ["Context", "Operation", "Result", "run_module"]
