# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Scripted outcomes: what a run, a build or a start of a component comes to, when somebody said so beforehand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from fnmatch import fnmatchcase
from typing import Any

from ..wire import Json

STEPS = ("deploy", "build")
OUTCOMES = ("succeed", "fail", "hang")


@dataclass
class Outcome:
    """One instruction.

    `app` and `component` are names, with * and ? as wildcards. `step` is build or deploy; a job's run, a scheduled one
    too, is its deploy step. `count` is how many times it holds, None for always.
    """

    app: str = "*"
    component: str = "*"
    step: str = "deploy"
    outcome: str = "fail"
    exit_code: int | None = None
    reason_code: str = ""
    message: str = ""
    logs: list[str] = field(default_factory=list)
    seconds: float | None = None
    count: int | None = None

    def matches(self, app: str, component: str, step: str) -> bool:
        """Whether it speaks of this step."""
        return step == self.step and fnmatchcase(app, self.app) and fnmatchcase(component, self.component)


def parse(given: Any) -> Outcome:
    """An instruction as JSON; ValueError says what is wrong with it."""
    if not isinstance(given, Mapping):
        raise ValueError(f"outcome: expected an object, got a value of type {type(given).__name__}")
    values = dict(given)
    for other in ("job", "name"):
        if other in values:
            values.setdefault("component", values.pop(other))
    if values.get("step") in {"run", "start"}:
        values["step"] = "deploy"
    known = set(Outcome.__dataclass_fields__)
    unknown = sorted(set(values) - known)
    if unknown:
        raise ValueError(f"outcome: unknown field {unknown[0]!r}; known: {', '.join(sorted(known))}, job")
    values = {key: value for key, value in values.items() if value is not None}
    if isinstance(values.get("logs"), str):
        values["logs"] = values["logs"].splitlines()
    _check(values)
    return Outcome(**values)


def _check(values: Json) -> None:
    """ValueError for a value of the wrong type or range."""
    for key, allowed in (("step", STEPS), ("outcome", OUTCOMES)):
        if values.get(key, allowed[0]) not in allowed:
            raise ValueError(f"outcome.{key}: {values[key]!r} is not one of {', '.join(allowed)}")
    for key in ("app", "component", "reason_code", "message"):
        if not isinstance(values.get(key, ""), str):
            raise ValueError(f"outcome.{key}: expected a string, got {values[key]!r}")
    for key, lowest in (("exit_code", 0), ("count", 1), ("seconds", 0)):
        value = values.get(key, lowest)
        if isinstance(value, bool) or not isinstance(value, int if key != "seconds" else int | float) or value < lowest:
            raise ValueError(f"outcome.{key}: expected a number of at least {lowest}, got {value!r}")
    logs = values.get("logs", [])
    if not isinstance(logs, list) or not all(isinstance(line, str) for line in logs):
        raise ValueError("outcome.logs: expected a list of lines")


class Outcomes:
    """All instructions; a later one wins over an earlier one."""

    def __init__(self) -> None:
        self.all: list[Outcome] = []

    def add(self, given: Any) -> list[Outcome]:
        """One instruction or a list of them; nothing is added when one is wrong."""
        parsed = [parse(item) for item in (given if isinstance(given, list) else [given])]
        self.all.extend(parsed)
        return parsed

    def take(self, app: str, component: str, step: str) -> Json:
        """What this step comes to, {} when nobody said; used up once."""
        for item in reversed(self.all):
            if item.matches(app, component, step):
                if item.count is not None:
                    item.count -= 1
                    if item.count == 0:
                        self.all.remove(item)
                return {key: value for key, value in asdict(item).items() if value not in (None, "", [])}
        return {}

    def peek(self, app: str, component: str, step: str) -> Json:
        """What this step would come to now; nothing is used up."""
        found = next((item for item in reversed(self.all) if item.matches(app, component, step)), None)
        return {} if found is None else {key: value for key, value in asdict(found).items() if value is not None}

    def clear(self) -> None:
        """Forget all."""
        self.all.clear()

    def dump(self) -> list[Json]:
        """As JSON."""
        return [asdict(item) for item in self.all]
