"""Whatever people, or the server, put into a spec: an edit ends in a spec or in a message, and changes no argument."""

from __future__ import annotations

import contextlib
import copy
import random
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.oceanops.app_platform.plugins.module_utils._api.errors import UsageError
from ansible_collections.oceanops.app_platform.plugins.module_utils._edit.app_input import full_spec, with_secrets
from ansible_collections.oceanops.app_platform.plugins.module_utils._edit.declaration import Declaration, Removal
from ansible_collections.oceanops.app_platform.plugins.module_utils._spec.canonical import canonical
from ansible_collections.oceanops.app_platform.plugins.module_utils._spec.diff import difference
from ansible_collections.oceanops.app_platform.plugins.module_utils._spec.export import export
from ansible_collections.oceanops.app_platform.plugins.module_utils._spec.merge import (
    MERGE,
    PURGE,
    REPLACE_COMPONENT_LISTS,
    REPLACE_LISTS,
)
from ansible_collections.oceanops.app_platform.plugins.module_utils._spec.rebase import rebase
from ansible_collections.oceanops.app_platform.plugins.module_utils._spec.schema import SPEC
from tests.unit.editing.evaluate import evaluate

from ..spec.strategies import Maker, makers, server_fills

JUNK: list[Any] = [
    None, True, 0, -1, 1.5, 10**400, float("nan"), "", "x", [], {}, ["x"], [None], [[]], {"a": 1}, {"name": None},
    [{"name": ["x"]}], {"key": ["x"]}, [{"key": ["x"]}], b"x",
]  # fmt: skip
SECRETS = {
    "web": {"A": "s", "image.registry_credentials": "u:p", "log_destinations.logs.logtail.token": "t"},
    "warm": {"A": 1, "B": [1]},
    "_app": {"A": "x"},
    "nobody": {"A": 1},
    "db": 3,
}


def spoiled(value: Any, pick: random.Random, share: float) -> Any:
    """The value with junk in some places."""
    if pick.random() < share:
        return copy.deepcopy(pick.choice(JUNK))
    if isinstance(value, dict):
        return {name: spoiled(inner, pick, share) for name, inner in value.items()}
    return [spoiled(inner, pick, share) for inner in value] if isinstance(value, list) else value


def everything(desired: Any, current: Any, other: Any) -> Iterator[Callable[[], Any]]:
    for mode in (MERGE, PURGE, REPLACE_COMPONENT_LISTS, REPLACE_LISTS):
        yield lambda mode=mode: evaluate(Declaration(desired, mode), current)
    heir = {**desired, "jobs": [{"name": "heir", "inherit_envs_from": ["web", ["x"], None]}]}
    yield lambda: evaluate(Declaration(heir), current)
    yield lambda: evaluate(Declaration(desired).for_replay(), desired)
    yield lambda: evaluate(Removal("jobs", "warm"), current)
    yield lambda: evaluate(Removal("jobs", "web"), desired)
    yield lambda: full_spec({"spec": desired}, None)
    yield lambda: export(desired)
    for component, values in SECRETS.items():
        yield lambda component=component, values=values: with_secrets(desired, {component: values}, current)
    yield lambda: difference(SPEC, current or {}, desired, unchanged="*", changed="*", removed="*")
    yield lambda: canonical(SPEC, rebase(SPEC, current or {}, desired, other))
    yield lambda: canonical(SPEC, rebase(SPEC, other, current or {}, desired))


@given(makers(), st.booleans())
@settings(max_examples=120)
def test_nothing_raises_but_with_a_message(maker: Maker, new: bool) -> None:
    pick = maker.random
    current = None if new else spoiled(server_fills(maker.declaration(), pick), pick, 0.02)
    current = current if isinstance(current, dict) else None
    desired = {name: spoiled(value, pick, 0.06) for name, value in maker.declaration().items()}
    other = maker.spec()
    before = repr((desired, current, other))
    for number, one in enumerate(everything(desired, current, other)):
        with contextlib.suppress(UsageError):
            one()
        assert repr((desired, current, other)) == before, number


@pytest.mark.parametrize("section", ["jobs", "services", "databases"])
@pytest.mark.parametrize("junk", ["x", 5, 1.5, True, ["x"], [5], {"a": 1}, [{"name": ["x"]}, {"envs": 5}]])
def test_what_is_no_list_of_components_is_told(section: str, junk: Any) -> None:
    edited = evaluate(Declaration({"name": "shop", section: junk}), {"name": "shop", "jobs": [{"name": "a"}]})
    assert any(section in problem for problem in edited.problems)
