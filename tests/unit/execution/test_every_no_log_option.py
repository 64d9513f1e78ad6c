"""What an argument spec calls `no_log` is hidden on the in-process path as well, where core does not do it."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.oceanops.app_platform.plugins.module_utils._secrets.task_options import (
    hide_secrets,
    secrets_in,
)
from ansible_collections.oceanops.app_platform.plugins.module_utils._spec.schema import ENV, SPEC
from ansible_collections.oceanops.app_platform.plugins.module_utils._spec.schema_types import Listing, Record

ROOT = Path(__file__).resolve().parents[3]
MODULES = "ansible_collections.oceanops.app_platform.plugins.modules"
NAMES = sorted(one.stem for one in (ROOT / "plugins" / "modules").glob("app*.py"))
CANARY = "CANARY-of-this-test"


def examples(options: dict[str, Any], path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """For each `no_log` option at any depth: its path, and parameters that have a value just there."""
    for name, option in options.items():
        here = f"{path}.{name}" if path else name
        many = option.get("type") == "list"
        if option.get("no_log"):
            yield here, {name: [CANARY] if many else CANARY}
        for where, inner in examples(option.get("options") or {}, here):
            yield where, {name: [inner] if many else inner}


def places(node: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """For each secret field of a spec at any depth: its path, and a spec that has a value just there."""
    if isinstance(node, Record):
        for name, field in node.fields.items():
            for where, inner in places(field, f"{path}.{name}"):
                yield where, {"type": "SECRET", name: inner} if node is ENV else {name: inner}
    elif isinstance(node, Listing):
        for where, inner in places(node.item, path):
            yield where, [inner]
    elif node.secret or path.endswith("envs.value"):
        yield path, CANARY


CASES = [
    pytest.param(params, id=f"{name} {path}")
    for name in NAMES
    for path, params in examples(importlib.import_module(f"{MODULES}.{name}").OPERATION.arguments.options)
    # The token is an option of the connection, which no result shows.
    if path != "token"
] + [pytest.param(spec, id=f"spec{path}") for path, spec in places(SPEC)]


def test_there_are_such_options() -> None:
    assert [one.id for one in CASES if str(one.id).startswith("app_alert ")] == ["app_alert slack_webhooks.url"]
    assert {str(one.id).rpartition(".")[2] for one in CASES} >= {"registry_credentials", "value", "token", "password"}


@pytest.mark.parametrize("params", CASES)
def test_it_is_hidden_and_known(params: dict[str, Any]) -> None:
    assert CANARY not in str(hide_secrets(params))
    assert CANARY not in secrets_in(params).mask_text(f"the value is {CANARY}.")
