# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Answers without a field x modules that change something: each call in turn answers without each of the fields that a
task rests on, or with one of another type.

What is right: the task ends with the same as if nothing had been wrong, or it fails with a message; in both cases all
is there that was there before. No exception, and never a green result for something that is not in place.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from ansible_collections.oceanops.app_platform.plugins.module_utils._api.client import Client
from tests.platform import Platform
from tests.reliability.faults import CASES, IMAGE, Case, Run, Table

#: In the place of a wrong value: the field is not there.
ABSENT: Any = object()
WRONG: tuple[Any, ...] = (ABSENT, None, "", [], {}, 0, "a text")
#: Sections may be absent or empty: that is what an empty one looks like on the wire, and one answer alone doesn't tell.
#: Where an app is read twice before it is written, the two have to agree.
SECTIONS = ("services", "workers", "jobs", "domains", "alerts", "envs")
_OF_SPEC = ("name", *SECTIONS, "services.0", "services.0.name", "services.0.envs", "services.0.envs.0.key", "jobs.1")
_OF_DEPLOYMENT = ("", "id", "spec", "created_at", "phase", *(f"spec.{name}" for name in _OF_SPEC))
_OF_APP = (
    "",
    "id",
    "spec",
    *(f"spec.{name}" for name in _OF_SPEC),
    *(f"active_deployment{name and f'.{name}'}" for name in ("", "id", "spec", "created_at", "phase")),
    *(f"pending_deployment{name and f'.{name}'}" for name in ("", "id", "spec", "created_at", "phase")),
    "last_deployment_created_at",
    "updated_at",
)
FIELDS: dict[str, tuple[str, ...]] = {
    "app": _OF_APP,
    "apps": ("", "0", "0.id", "0.spec", "0.spec.name"),
    "deployment": _OF_DEPLOYMENT,
    "deployments": ("", *(f"{row}{name and f'.{name}'}" for row in (0, 1) for name in _OF_DEPLOYMENT)),
    "alerts": ("", "0", "0.id", "0.spec", "0.spec.rule", "0.emails", "0.slack_webhooks"),
    "job_invocations": ("", "0", "0.id", "0.phase", "0.job_name"),
    "job_invocation": ("", "id", "phase", "job_name"),
    "valid": ("",),
}
#: What it declares would do for an app of its own: an empty spec in its place would not be refused by the lint.
WHOLE = Case("app", {"spec": {"name": "shop", "workers": [{"name": "queue", "image": IMAGE, "run_command": "other"}]}})
EDITING = (WHOLE, *(case for case in CASES[1:] if case.write is not None))


@dataclass(frozen=True)
class Cell:
    """One call of a task that answers wrongly in one field. ``wrong``: everything that should not be so."""

    case: Case
    call: str
    number: int
    field: str
    value: Any
    wrong: tuple[str, ...] = ()
    said: str = ""

    @property
    def name(self) -> str:
        """What tells it from the others."""
        value = "absent" if self.value is ABSENT else json.dumps(self.value)
        return f"{self.case.name}: {self.call} ({self.number}) {self.field} {value}"


class Answers(Table):
    """The cells of each task, on one platform."""

    def calls(self, case: Case) -> list[tuple[str, dict[str, Any]]]:
        """The calls of the task when nothing goes wrong, each with its answer."""
        made: list[tuple[str, dict[str, Any]]] = []
        self._begin(case)

        def note(method: str, path: str, answer: dict[str, Any]) -> dict[str, Any]:
            made.append((f"{method} {path}", copy.deepcopy(answer)))
            return answer

        with _answering(note):
            self._task(case)
        return made

    def planned(self, case: Case) -> Iterator[Cell]:
        """All cells of the task, not done yet."""
        calls = self.calls(case)
        looks = next((at for at, (call, _answer) in enumerate(calls) if call.startswith("PUT")), 0) - 1
        for number, (call, answer) in enumerate(calls):
            for key, fields in FIELDS.items():
                for field in fields if key in answer else ():
                    path = f"{key}.{field}".rstrip(".")
                    there = _get(answer, path)
                    for value in WRONG if there is not ABSENT else ():
                        if _is_wrong(path, there, value, twice=case.write == "PUT" and number == looks):
                            yield Cell(case, call, number, path, value)

    def done(self, cell: Cell) -> Cell:
        """Do it, and look at what is there."""
        old, new = self._ends(cell.case)
        self._begin(cell.case)
        seen: list[str] = []

        def spoil(method: str, path: str, answer: dict[str, Any]) -> dict[str, Any]:
            seen.append(f"{method} {path}")
            return _without(answer, cell.field, cell.value) if len(seen) - 1 == cell.number else answer

        with _answering(spoil):
            result = self._task(cell.case)
        wrong = list(self._wrong(cell, result, old, new))
        return Cell(cell.case, cell.call, cell.number, cell.field, cell.value, tuple(wrong), str(result.get("msg", "")))

    def _wrong(self, cell: Cell, result: dict[str, Any], old: Any, new: Any) -> Iterator[str]:
        there = self._there(cell.case)
        code = (result.get("failure") or {}).get("code")
        if "Traceback" in str(result) or code == "unexpected_error":
            yield f"an exception: {result.get('msg')}"
        if not result.get("failed") and there != new:
            yield f"it is green, and what is declared is not in place: {_difference(there, new)}"
        if result.get("failed") and there not in (old, new):
            lost = [one for one in _names(old) if one in _names(new) and one not in _names(there)]
            if lost:
                yield f"lost: {lost}"
        if result.get("failed") and len(str(result.get("msg"))) < 20:
            yield f"the message says nothing: {result.get('msg')}"


class _answering:  # noqa: N801 - reads as a word
    """Within it, each answer of the API passes a function."""

    def __init__(self, change: Callable[[str, str, dict[str, Any]], dict[str, Any]]) -> None:
        self._change = change

    def __enter__(self) -> None:
        self._send: Any = Client._call
        send, change = self._send, self._change

        def odd(client: Client, method: str, path: str, *args: Any, **more: Any) -> Any:
            return change(method, path, send(client, method, path, *args, **more))

        Client._call = odd  # type: ignore[method-assign]

    def __exit__(self, *_error: object) -> None:
        Client._call = self._send  # type: ignore[method-assign]


def _is_wrong(path: str, there: Any, value: Any, *, twice: bool) -> bool:
    """Whether the value says something else than what is there, and what can't be. ``twice``: see SECTIONS."""
    last = path.rsplit(".", 1)[-1]
    if last in ("phase", "job_name", "component_name") and value in (ABSENT, ""):
        # The zero value of a word.
        return False
    shorter = value is ABSENT or value == []
    if shorter and (last in (*SECTIONS, "emails", "slack_webhooks") or last.isdigit()) and not twice:
        return False
    if last.endswith("_deployment") and (value is ABSENT or value in (None, {})):
        # There is none. Whether that is so, one answer alone doesn't tell.
        return False
    if path.split(".", maxsplit=1)[0] in ("apps", "deployments", "alerts", "job_invocations") and "." not in path:
        return not (value is ABSENT or value in ([], None))
    if last in ("updated_at", "last_deployment_created_at") and value is ABSENT:
        return False
    if isinstance(value, list) and isinstance(there, list) and value == []:
        return False
    if isinstance(there, str) and value == "a text" and last not in ("created_at", "id", "updated_at"):
        return False
    return type(value) is not type(there) or value != there


def _get(value: Any, path: str) -> Any:
    for name in path.split("."):
        if isinstance(value, list):
            value = value[int(name)] if name.isdigit() and int(name) < len(value) else ABSENT
        else:
            value = value.get(name, ABSENT) if isinstance(value, dict) else ABSENT
    return value


def _without(answer: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    """The answer with the wrong value; as it is where it has no such field."""
    result = copy.deepcopy(answer)
    *way, last = path.split(".")
    holder = _get(result, ".".join(way)) if way else result
    key: Any = int(last) if isinstance(holder, list) else last
    if _get(result, path) is ABSENT:
        return result
    if value is ABSENT:
        del holder[key]
    else:
        holder[key] = copy.deepcopy(value)
    return result


def _names(there: Any, path: str = "") -> set[str]:
    """All that has a name in what is there, by where it stands."""
    if isinstance(there, dict):
        own = next((str(there[name]) for name in ("name", "key", "domain", "rule") if name in there), "")
        here = f"{path}/{own}" if own else path
        return {here} | {one for name, inner in there.items() for one in _names(inner, f"{here}.{name}")}
    return {one for inner in there for one in _names(inner, path)} if isinstance(there, list) else set()


def _difference(there: Any, new: Any) -> str:
    missing, more = _names(new) - _names(there), _names(there) - _names(new)
    return f"without {sorted(missing)[:3]}, with {sorted(more)[:3]}" if missing or more else "values differ"


def selection(answers: Answers, case: Case, share: int) -> list[Cell]:
    """Some cells of a task, every call and each kind of wrong value among them."""
    cells = list(answers.planned(case))
    step = max(1, len(cells) // share)
    return cells[:: step + (step % len(WRONG) == 0)]


def cells(run: Run, platform: Platform) -> Iterator[Cell]:
    """The whole table: module, which call, field, wrong value, and what is wrong with what came of it."""
    answers = Answers(run, platform)
    for case in EDITING:
        for cell in list(answers.planned(case)):
            yield answers.done(cell)
