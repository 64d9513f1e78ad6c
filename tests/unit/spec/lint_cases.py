"""The cases of lint_*.yaml: specs that people write, what is found, and the corrected ones."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from ansible_collections.oceanops.app_platform.plugins.module_utils._spec.lint.check import (
    Finding,
    check_changes,
    check_spec,
    check_structure,
)
from ansible_collections.oceanops.app_platform.plugins.module_utils._spec.schema import SPEC

FILES = ("lint_fields.yaml", "lint_relations.yaml")
APP = {
    "name": "shop",
    "services": [{"name": "web", "image": {"registry_type": "DOCR", "repository": "web", "tag": "1.2"}}],
}
#: What would be too long to be written into the files.
LONG = {"LONG": "/" + "a" * 300, "MANY": [{"domain": f"d{number}.example.com"} for number in range(501)]}


@dataclass(frozen=True)
class Case:
    """One wrong spec. ``also``: rules that find something too."""

    name: str
    rule: str
    path: str
    says: list[str]
    wrong: dict[str, Any]
    right: dict[str, Any]
    also: list[str]
    sizes: list[str] | None
    before: dict[str, Any] | None

    def findings(self, spec: dict[str, Any]) -> list[Finding]:
        """All that the lint finds in a spec of this case."""
        changes = [] if self.before is None else check_changes(_app(self.before), spec)
        return [*check_structure(SPEC, spec), *check_spec(spec, self.sizes), *changes]


def cases() -> list[Case]:
    """Every case, in the order of the files."""
    result = []
    for file in FILES:
        data = yaml.safe_load((Path(__file__).parent / file).read_text())
        for name, case in data["cases"].items():
            before = _app(case["before"]) if "before" in case else None
            result.append(
                Case(
                    name,
                    case["rule"],
                    case["path"],
                    case["says"],
                    _app(case["wrong"]),
                    _app(case["right"]),
                    case.get("also", []),
                    case.get("sizes"),
                    before,
                )
            )
    return result


def _app(overlay: dict[str, Any]) -> dict[str, Any]:
    return _filled({**copy.deepcopy(APP), **overlay})


def _filled(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _filled(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_filled(inner) for inner in value]
    return copy.deepcopy(LONG.get(value, value)) if isinstance(value, str) else value
