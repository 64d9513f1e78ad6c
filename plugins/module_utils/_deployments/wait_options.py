# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.

"""The options of waiting for a deployment."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Literal

from .._api.errors import UsageError

#: Seconds. A build may take 60 minutes, followed by the deployment.
DEFAULT_WAIT_TIMEOUT = 4800.0


@dataclass(frozen=True)
class WaitOptions:
    """The wait options of a task, named as the modules' options. All times in seconds.

    ``wait_interval`` None: the interval grows from 1 to 10 s. ``log_lines`` 0: no logs are read.
    Raises UsageError, with every problem.
    """

    wait: bool = True
    wait_timeout: float = DEFAULT_WAIT_TIMEOUT
    wait_interval: float | None = None
    wait_for_idle: bool = False
    fail_on_post_deploy: bool = True
    redeploy_on_failed: bool = True
    log_lines: int = 50
    on_failure: Literal["keep", "restore_spec"] = "keep"

    def __post_init__(self) -> None:
        problems = []
        if not 0 <= self.wait_timeout < math.inf:
            problems.append(
                f"wait_timeout: {self.wait_timeout!r} is not possible; give seconds, 0 or more (0: look once)"
            )
        if self.wait_interval is not None and not 0.1 <= self.wait_interval < math.inf:
            problems.append(
                f"wait_interval: {self.wait_interval!r} is not possible; give seconds, 0.1 or more, or leave it out "
                "for an interval that grows from 1 to 10 seconds"
            )
        if self.log_lines < 0:
            problems.append(f"log_lines: {self.log_lines!r} is not possible; give a number of lines, 0 for no logs")
        if self.on_failure not in ("keep", "restore_spec"):
            problems.append(f"on_failure: {self.on_failure!r} is not possible; give keep or restore_spec")
        if problems:
            raise UsageError(problems)

    @classmethod
    def from_params(cls, params: Mapping[str, Any]) -> WaitOptions:
        """The wait options in a module's parameters; one that is absent or None has its default.

        Raises UsageError, with every problem.
        """
        known = {one.name for one in fields(cls)}
        return cls(**{key: value for key, value in params.items() if key in known and value is not None})
