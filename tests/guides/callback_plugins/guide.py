# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# ruff: noqa: E402  # the documentation comes first
"""Prepares the platform when an example begins, and writes down what became of its tasks."""

from __future__ import annotations

DOCUMENTATION = r"""
name: guide
type: aggregate
short_description: Examples of the guides, for the tests
description:
  - A play called C(@@ NUMBER PASS) begins an example; E(GUIDE_EXAMPLES) names the file that describes them.
  - Time that the collection waits passes at once.
"""

import json
import os
from datetime import datetime, timedelta, timezone
from typing import Any

import requests
from ansible.plugins.callback import CallbackBase

from ansible_collections.oceanops.app_platform.plugins.module_utils._system import clock as clock_module


class _Quick(clock_module.SystemClock):
    """A pause is over at once, and has lasted as long as it should all the same; the date is the platform's."""

    passed = 0.0
    ahead = timedelta()

    def monotonic(self) -> float:
        return _real() + _Quick.passed

    def now(self) -> datetime:
        return datetime.now(timezone.utc) + _Quick.ahead

    def sleep(self, seconds: float) -> None:
        _Quick.passed += max(seconds, 0.0)


_real = clock_module.time.monotonic


class CallbackModule(CallbackBase):
    """One line for each result, and one for each example that has ended."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "guide"
    CALLBACK_NEEDS_ENABLED = True

    def __init__(self) -> None:
        super().__init__()
        clock_module.SystemClock.monotonic = _Quick.monotonic
        clock_module.SystemClock.sleep = _Quick.sleep
        clock_module.SystemClock.now = _Quick.now
        with open(os.environ["GUIDE_EXAMPLES"], encoding="utf-8") as file:
            self._plan: dict[str, Any] = json.load(file)
        self._current = ""
        self._session = requests.Session()
        self._session.trust_env = False

    def _control(self, method: str, path: str, body: Any = None, **query: Any) -> Any:
        url = f"{self._plan['url']}/_simulator/{path}"
        head = {"X-Simulator-Key": self._plan["key"]}
        answer = self._session.request(method, url, json=body, params=query, headers=head, timeout=60)
        answer.raise_for_status()
        return answer.json()

    def _write(self, **line: Any) -> None:
        with open(os.environ["GUIDE_RESULTS"], "a", encoding="utf-8") as file:
            file.write(json.dumps({"example": self._current, "at": _real(), **line}, default=str) + "\n")

    def v2_playbook_on_play_start(self, play: Any) -> None:
        name = play.get_name()
        if not name.startswith("@@ "):
            return
        self._end()
        self._current = name.removeprefix("@@ ")
        number, which = self._current.split()
        if which == "first":
            self._prepare(self._plan["examples"][number])
        self._control("DELETE", "requests")

    def _prepare(self, example: dict[str, Any]) -> None:
        if not example["continues"]:
            self._control("POST", "reset", {})
            if example["seed"]:
                self._control("POST", "seed", {"apps": [example["seed"]]})
                for tag in example["past"]:
                    self._release(example["seed"]["id"], tag)
                self._control("POST", "clock", {"advance": example["night"]})
        self._control("DELETE", "outcomes")
        if example["outcomes"]:
            self._control("POST", "outcomes", example["outcomes"])
        if example["later"]:
            self._control("POST", "clock", {"advance": example["later"]})
        there = datetime.fromisoformat(self._control("GET", "health")["now"].replace("Z", "+00:00"))
        _Quick.ahead = there - datetime.now(timezone.utc)

    def _release(self, app_id: str, tag: str) -> None:
        url, head = f"{self._plan['url']}/v2/apps/{app_id}", {"Authorization": "Bearer any"}
        spec = self._session.get(url, headers=head, timeout=60).json()["app"]["spec"]
        for one in [*spec["services"], *spec["workers"], *spec["jobs"]]:
            one["image"]["tag"] = tag
        self._session.put(url, json={"spec": spec}, headers=head, timeout=60).raise_for_status()
        self._control("POST", "clock", {"advance": 3600})

    def _end(self) -> None:
        if self._current:
            calls = self._control("GET", "requests", writes="true")["requests"]
            self._write(writes=[f"{call['method']} {call['path']}" for call in calls])

    def v2_playbook_on_stats(self, stats: Any) -> None:
        self._end()

    def _result(self, status: str, result: Any) -> None:
        answer = getattr(result, "result", None) or result._result
        kept = {key: answer.get(key) for key in ("changed", "msg", "failure")}
        self._write(task=result._task.get_name(), status=status, **kept)

    def v2_runner_on_ok(self, result: Any) -> None:
        self._result("ok", result)

    def v2_runner_on_failed(self, result: Any, ignore_errors: bool = False) -> None:
        rescued = getattr(result._task._parent, "rescue", None)
        self._result("ignored" if ignore_errors or rescued else "failed", result)

    def v2_runner_on_unreachable(self, result: Any) -> None:
        self._result("failed", result)
