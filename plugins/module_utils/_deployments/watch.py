# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.

"""The dependencies of a wait for a deployment."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from .._api.apps import AppsApi
from .._system.clock import Clock
from .._system.system_random import SYSTEM_RANDOM
from .deployment import SameSpec
from .wait_options import WaitOptions


def discard(_text: str) -> None:
    """The receiver of texts that nobody reads."""


def _unchanged(text: str) -> str:
    return text


@dataclass(frozen=True)
class Watch:
    """Dependencies of a wait.

    ``same_spec``: compares two specs as the API returns them. ``progress``: gets one line for each change of state.
    ``warn``: gets warnings for the user. ``mask``: makes texts of the platform (reasons, errors) safe to show;
    ``mask_log``: the same for a piece of a log. ``jitter``: returns numbers from 0 to 1.
    """

    api: AppsApi
    clock: Clock
    same_spec: SameSpec
    options: WaitOptions = field(default_factory=WaitOptions)
    progress: Callable[[str], None] = discard
    warn: Callable[[str], None] = discard
    mask: Callable[[str], str] = _unchanged
    mask_log: Callable[[str], str] = _unchanged
    jitter: Callable[[], float] = SYSTEM_RANDOM.random
