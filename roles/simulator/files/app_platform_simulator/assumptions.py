# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Questions that no source answers, each with the answer that the simulator gives, and the others that it can give."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ._assumptions_table import TABLE


@dataclass(frozen=True)
class Assumption:
    """One open question. `values` starts with the default; "N" stands for a whole number."""

    name: str
    values: tuple[str, ...]
    question: str
    evidence: str

    @property
    def default(self) -> str:
        """The answer unless told otherwise."""
        return self.values[0]

    def check(self, value: str) -> None:
        """ValueError when this is no possible answer."""
        if value in self.values or ("N" in self.values and value.isdecimal()):
            return
        allowed = ", ".join("a whole number" if item == "N" else item for item in self.values)
        raise ValueError(f"{self.name}: {value!r} is not one of {allowed}")


ASSUMPTIONS: dict[str, Assumption] = {
    name: Assumption(name, tuple(values.split(" | ")), question, evidence) for name, values, question, evidence in TABLE
}


class Assumptions:
    """The answers in force."""

    def __init__(self, chosen: Mapping[str, str] | None = None) -> None:
        self._values = {name: item.default for name, item in ASSUMPTIONS.items()}
        self.update(chosen or {})

    def __getitem__(self, name: str) -> str:
        return self._values[name]

    def number(self, name: str) -> int:
        """An answer that is a whole number."""
        return int(self._values[name])

    def update(self, chosen: Mapping[str, str]) -> None:
        """Give other answers; ValueError, before anything is changed, when a name or value is not known."""
        for name, value in chosen.items():
            if name not in ASSUMPTIONS:
                raise ValueError(f"{name!r} is no assumption; see --assume help or GET /_simulator/assumptions")
            ASSUMPTIONS[name].check(str(value))
        self._values.update({name: str(value) for name, value in chosen.items()})

    def reset(self) -> None:
        """Back to the defaults."""
        self._values = {name: item.default for name, item in ASSUMPTIONS.items()}

    def changed(self) -> dict[str, str]:
        """The answers that are not the default ones."""
        return {name: value for name, value in self._values.items() if value != ASSUMPTIONS[name].default}

    def describe(self) -> list[dict[str, object]]:
        """All of them, for people and programs."""
        return [
            {
                "name": item.name,
                "value": self._values[item.name],
                "default": item.default,
                "values": list(item.values),
                "question": item.question,
                "evidence": item.evidence,
            }
            for item in ASSUMPTIONS.values()
        ]


def help_text() -> str:
    """The list as text for a terminal."""
    blocks = [
        f"{item.name}={item.default}\n    {item.question}\n"
        f"    values: {', '.join(item.values)}\n    evidence: {item.evidence}"
        for item in ASSUMPTIONS.values()
    ]
    return "\n".join(blocks)


def markdown() -> str:
    """The list as a table for docs/simulator.md."""
    rows = ["| switch | values | question | evidence |", "|---|---|---|---|"]
    rows.extend(
        f"| `{item.name}` | {', '.join(f'`{value}`' for value in item.values)} | {item.question} | {item.evidence} |"
        for item in ASSUMPTIONS.values()
    )
    return "\n".join(rows)
