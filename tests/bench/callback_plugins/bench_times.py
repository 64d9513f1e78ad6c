# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes how long each task took, from its start to the start of the next one, and prints nothing."""

from __future__ import annotations

DOCUMENTATION = r"""
name: bench_times
type: stdout
short_description: Times of tasks, for the benchmark
description:
  - Writes one JSON object with the seconds of every task, by its name, into the file that E(BENCH_TIMES) names.
"""

import json
import os
import time
from pathlib import Path
from typing import Any

from ansible.plugins.callback import CallbackBase


class CallbackModule(CallbackBase):
    """The stdout callback of the benchmark."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "stdout"
    CALLBACK_NAME = "bench_times"

    def __init__(self) -> None:
        super().__init__()
        self._seconds: dict[str, list[float]] = {}
        self._failures: list[str] = []
        self._current: tuple[str, float] | None = None

    def _close(self) -> None:
        if self._current:
            name, started = self._current
            self._seconds.setdefault(name, []).append(time.monotonic() - started)
        self._current = None

    def v2_playbook_on_task_start(self, task: Any, is_conditional: bool) -> None:
        self._close()
        self._current = (task.get_name(), time.monotonic())

    def v2_runner_on_failed(self, result: Any, ignore_errors: bool = False) -> None:
        answer = getattr(result, "result", None) or result._result
        items = [item.get("msg") for item in answer.get("results", []) if item.get("failed")]
        self._failures.append(f"{self._current[0] if self._current else '?'}: {(items or [answer.get('msg')])[0]}")

    def v2_runner_on_unreachable(self, result: Any) -> None:
        self.v2_runner_on_failed(result)

    def v2_playbook_on_stats(self, stats: Any) -> None:
        self._close()
        written = {"seconds": self._seconds, "failures": self._failures}
        Path(os.environ["BENCH_TIMES"]).write_text(json.dumps(written), encoding="utf-8")
