"""The law that everything else serves: what was brought into an app once is no change the next time.

In between lies the server, which fills in, drops, converts and encrypts (API reference 8).
"""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from ansible_collections.oceanops.app_platform.plugins.module_utils._edit.declaration import (
    Declaration,
    Removal,
)
from ansible_collections.oceanops.app_platform.plugins.module_utils._edit.edit import Edited
from ansible_collections.oceanops.app_platform.plugins.module_utils._secrets.apply import SecretRules
from ansible_collections.oceanops.app_platform.plugins.module_utils._spec.canonical import canonical, same_spec
from ansible_collections.oceanops.app_platform.plugins.module_utils._spec.diff import difference
from ansible_collections.oceanops.app_platform.plugins.module_utils._spec.merge import (
    MERGE,
    PURGE,
    REPLACE_COMPONENT_LISTS,
    REPLACE_LISTS,
    Mode,
)
from ansible_collections.oceanops.app_platform.plugins.module_utils._spec.schema import COMPONENTS, SPEC
from ansible_collections.oceanops.app_platform.plugins.module_utils._spec.secret_fields import (
    FINGERPRINT_KEY,
    all_secret_fields,
)
from tests.unit.editing.evaluate import evaluate

from ..spec.strategies import NAMES, Maker, makers, respelled, server, server_fills, shuffled, wrongly_typed

MODES = [MERGE, PURGE, REPLACE_COMPONENT_LISTS, REPLACE_LISTS]
SALT = b"0123456789abcdef"
RULES = SecretRules(salt=lambda: SALT, allow_empty_secrets=True)
CLEAR = "clear-secret"

modes = st.sampled_from(MODES)


def declare(desired: dict[str, Any], mode: Mode = MERGE, rules: SecretRules = RULES) -> Declaration:
    return Declaration(desired, mode, rules, confirm_destroy=frozenset(NAMES))


def shown_change(before: dict[str, Any], after: dict[str, Any]) -> str:
    return json.dumps(
        difference(SPEC, before, after, unchanged="SECRET", changed="SECRET (changed)", removed="SECRET (removed)")
    )


def app_and_task(maker: Maker, new: bool) -> tuple[dict[str, Any] | None, dict[str, Any]]:
    """What is there (None: nothing), and what a task declares."""
    current = None if new else server_fills(maker.declaration(), maker.random)
    return current, maker.declaration() if maker.random.random() < 0.5 else maker.part()


@given(makers(), st.booleans(), modes, st.sampled_from(["fingerprint", "on_create"]))
@settings(max_examples=400)
def test_the_second_run_changes_nothing(maker: Maker, new: bool, mode: Mode, policy: Any) -> None:
    current, desired = app_and_task(maker, new)
    task = declare(desired, mode, SecretRules(policy, allow_empty_secrets=True, salt=lambda: SALT))
    before = copy.deepcopy((current, desired))
    first = evaluate(task, current)
    assert (current, desired) == before
    told = " ".join((*first.problems, *first.warnings, shown_change(current or {}, first.spec)))
    assert CLEAR not in told
    assume(not first.problems)
    assert wrongly_typed(SPEC, first.spec) == []
    there = server_fills(first.spec, maker.random)
    second = evaluate(task, there)
    assert second.problems == ()
    assert second.spec == there
    # Nor does it when it is written in another way.
    other = declare(shuffled(SPEC, respelled(SPEC, desired), maker.random), mode, task.secrets)
    assume("rules" not in (desired.get("ingress") or {}))
    assert shown_change(there, evaluate(other, there).spec) == "[{}, {}]"


def test_most_tasks_are_taken() -> None:
    """Else the law above would say little."""
    taken = 0
    for seed in range(200):
        maker = Maker(seed, seed % 6)
        current, desired = app_and_task(maker, seed % 5 == 0)
        taken += not evaluate(declare(desired, MODES[seed % 4]), current).problems
    assert taken > 140


@given(makers(), modes)
@settings(max_examples=150)
def test_what_is_there_already_is_no_change(maker: Maker, mode: Mode) -> None:
    there = server_fills(maker.declaration(), maker.random)
    assert evaluate(declare({"name": "shop"}, MERGE), there).spec == there
    assert same_spec(evaluate(declare(there, mode), there).spec, there)


@given(makers(), st.sampled_from([MERGE, REPLACE_COMPONENT_LISTS]))
@settings(max_examples=200)
def test_what_is_not_declared_stays_byte_for_byte(maker: Maker, mode: Mode) -> None:
    current = server_fills(maker.declaration(), maker.random)
    desired = maker.part()
    edited = evaluate(declare(desired, mode), current)
    assume(not edited.problems)
    for name, value in current.items():
        if name not in desired and name not in ("ingress", "envs"):
            assert edited.spec[name] == value
    for section in COMPONENTS:
        declared = {one["name"] for one in desired.get(section, ())}
        for component in current.get(section, ()):
            kept = next(one for one in edited.spec[section] if one["name"] == component["name"])
            if component["name"] not in declared:
                assert kept == component
            given_one = next((one for one in desired.get(section, ()) if one["name"] == component["name"]), {})
            future = set(component) - set(COMPONENTS[section][1].fields) - set(given_one)
            assert {name: kept[name] for name in future} == {name: component[name] for name in future}
    routed = {one["name"] for section in COMPONENTS for one in desired.get(section, ()) if "routes" in one}
    if "ingress" not in desired:
        theirs = [rule for rule in current.get("ingress", {}).get("rules", ()) if not _leads_to(rule, routed)]
        now = [rule for rule in edited.spec.get("ingress", {}).get("rules", ()) if not _leads_to(rule, routed)]
        declared_cors = any("cors" in one for section in COMPONENTS for one in desired.get(section, ()))
        assert now == theirs or declared_cors


def _leads_to(rule: dict[str, Any], names: set[str]) -> bool:
    return rule.get("component", {}).get("name") in names


# --- secrets --------------------------------------------------------------------------------------------------------


def clear(values: dict[str, str]) -> dict[str, Any]:
    return {
        "name": "shop",
        "envs": [{"key": "APP_TOKEN", "value": values["app"], "type": "SECRET"}],
        "workers": [
            {
                "name": "mail",
                "image": {
                    "registry_type": "GHCR",
                    "registry": "acme",
                    "repository": "mail",
                    "tag": "1",
                    "registry_credentials": values["credentials"],
                },
                "envs": [
                    {"key": "A", "value": values["a"], "type": "SECRET", "scope": "RUN_TIME"},
                    {"key": "A", "value": values["a_build"], "type": "SECRET", "scope": "BUILD_TIME"},
                    {"key": "OPEN", "value": "readable"},
                ],
                "log_destinations": [{"name": "logs", "logtail": {"token": values["log"]}}],
            }
        ],
    }


VALUES = {name: f"{CLEAR}-of-{name}" for name in ("app", "credentials", "a", "a_build", "log")}


def run(task: Any, there: dict[str, Any] | None) -> tuple[Edited, dict[str, Any]]:
    edited: Edited = evaluate(task, there)
    assert edited.problems == ()
    return edited, server(edited.spec)


def sent(edited: Edited) -> list[str]:
    return sorted(
        str(place.value) for place in all_secret_fields(edited.spec) if not str(place.value).startswith("EV[")
    )


@pytest.mark.parametrize("mode", MODES)
def test_each_secret_is_sent_once(mode: Mode) -> None:
    first, there = run(declare(clear(VALUES), mode), None)
    assert sent(first) == sorted(VALUES.values())
    second, _after = run(declare(clear(VALUES), mode), there)
    assert sent(second) == [VALUES["log"]]  # this one is answered in clear
    assert second.spec == there


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("rotated", list(VALUES))
@pytest.mark.parametrize("new", ["another length: 12345", "clear-secret-of-"], ids=["longer", "shorter"])
def test_a_rotated_secret_is_one_change_and_then_none(mode: Mode, rotated: str, new: str) -> None:
    _first, there = run(declare(clear(VALUES), mode), None)
    task = declare(clear({**VALUES, rotated: new}), mode)
    changed, after = run(task, there)
    assert new in sent(changed)
    assert not same_spec(changed.spec, there)
    assert "SECRET (changed)" in shown_change(there, changed.spec)
    assert new not in shown_change(there, changed.spec)
    again, _later = run(task, after)
    assert again.spec == after


def test_a_rotated_secret_of_the_same_length_is_one_change() -> None:
    _first, there = run(declare(clear(VALUES)), None)
    turned = {**VALUES, "a": VALUES["a"][::-1]}
    changed, after = run(declare(clear(turned)), there)
    assert turned["a"] in sent(changed)
    assert run(declare(clear(turned)), after)[0].spec == after


def test_without_its_fingerprint_the_secrets_are_sent_once_more() -> None:
    _first, there = run(declare(clear(VALUES)), None)
    worker = there["workers"][0]
    worker["envs"] = [env for env in worker["envs"] if env["key"] != FINGERPRINT_KEY]
    changed, after = run(declare(clear(VALUES)), there)
    assert sent(changed) == sorted([VALUES["a"], VALUES["a_build"], VALUES["credentials"], VALUES["log"]])
    assert run(declare(clear(VALUES)), after)[0].spec == after


def test_a_secret_removed_and_declared_again() -> None:
    _first, there = run(declare(clear(VALUES), REPLACE_COMPONENT_LISTS), None)
    fewer = clear(VALUES)
    del fewer["workers"][0]["envs"][1]
    changed, after = run(declare(fewer, REPLACE_COMPONENT_LISTS), there)
    assert [env["key"] for env in changed.spec["workers"][0]["envs"]] == ["A", "OPEN", FINGERPRINT_KEY]
    assert run(declare(fewer, REPLACE_COMPONENT_LISTS), after)[0].spec == after
    back, last = run(declare(clear(VALUES), REPLACE_COMPONENT_LISTS), after)
    assert VALUES["a_build"] in sent(back)
    assert run(declare(clear(VALUES), REPLACE_COMPONENT_LISTS), last)[0].spec == last


def test_the_fingerprint_goes_with_the_last_secret() -> None:
    _first, there = run(declare(clear(VALUES)), None)
    bare = {
        "name": "shop",
        "envs": [],
        "workers": [{"name": "mail", "envs": [], "log_destinations": [], "image": {"registry_type": "DOCR"}}],
    }
    bare["workers"][0]["image"].update(registry="", repository="mail", tag="2")  # type: ignore[index]
    edited, after = run(declare(bare), there)
    assert FINGERPRINT_KEY not in json.dumps(edited.spec)
    assert "envs" not in edited.spec
    assert run(declare(bare), after)[0].spec == after


def test_two_tasks_with_different_secrets_of_one_component_leave_each_other_alone() -> None:
    def task(key: str) -> Declaration:
        env = {"key": key, "value": f"{CLEAR}-{key}", "type": "SECRET"}
        return declare({"name": "shop", "jobs": [{"name": "warm", "envs": [env]}]})

    there: dict[str, Any] = {"name": "shop", "jobs": [{"name": "warm", "github": {"repo": "a/b"}}]}
    for key in "AB":
        changed, there = run(task(key), there)
        assert sent(changed) == [f"{CLEAR}-{key}"]
    for key in "ABAB":
        assert run(task(key), there)[0].spec == there


@given(makers())
@settings(max_examples=100)
def test_a_component_removed_and_declared_again(maker: Maker) -> None:
    current = server_fills(maker.declaration(), maker.random)
    section = next((one for one in COMPONENTS if one in current and one != "databases"), "jobs")
    name = current[section][0]["name"]
    removed = evaluate(Removal(section, name), current)
    assume(not removed.problems)
    assert all(one["name"] != name for one in removed.spec.get(section, ()))
    assert not any(_leads_to(rule, {name}) for rule in removed.spec.get("ingress", {}).get("rules", ()))
    assert evaluate(Removal(section, name), removed.spec).spec == removed.spec
    there = server_fills(removed.spec, maker.random)
    fields = {"name": name, "github": {"repo": "acme/shop"}}
    back = declare({"name": "shop", section: [fields]}, REPLACE_COMPONENT_LISTS)
    after = server_fills(evaluate(back, there).spec, maker.random)
    assert evaluate(back, after).spec == after
    assert same_spec({**evaluate(back, there).spec, section: there.get(section, [])}, there)
    assert canonical(SPEC, after) != canonical(SPEC, there)
