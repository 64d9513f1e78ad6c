"""Law: tasks that declare the same secrets, in any sets and order, come to rest; a change is one write."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.oceanops.app_platform.plugins.module_utils._edit.declaration import Declaration
from ansible_collections.oceanops.app_platform.plugins.module_utils._secrets import slow_hash
from ansible_collections.oceanops.app_platform.plugins.module_utils._secrets.apply import SecretRules
from ansible_collections.oceanops.app_platform.plugins.module_utils._secrets.decisions import (
    Fingerprint,
    Owner,
    Policy,
)
from ansible_collections.oceanops.app_platform.plugins.module_utils._secrets.fingerprint_v1 import (
    EntryV1,
    FingerprintV1,
    _canonical,
    short_name_v1,
)
from ansible_collections.oceanops.app_platform.plugins.module_utils._spec.secret_fields import FINGERPRINT_KEY
from tests.unit.editing.evaluate import evaluate
from tests.unit.secrets.cheap import cheap_hashes
from tests.unit.secrets.test_decide import HERE, Remote
from tests.unit.spec.strategies import server


@pytest.fixture(autouse=True, scope="module")
def a_quick_hash() -> Iterator[None]:
    with cheap_hashes():
        yield


def old_fingerprint(*sets: dict[str, str], owner: Owner = HERE, how: str = "v1") -> str:
    """What the first version wrote of these sets, which have no name in common."""
    made = []
    for one in sets:
        data = _canonical(owner.app, owner.component, one)
        (digest,) = slow_hash.digests_of([slow_hash.HashRequest(how, b"0" * 16, data)])
        made.append(EntryV1(frozenset(map(short_name_v1, one)), digest))
    return FingerprintV1(b"0" * 16, tuple(made), how).text


NAMES = [f"S{number}" for number in range(8)]
WEAK = st.text(max_size=5)
STRONG = st.text(alphabet="abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", min_size=32, max_size=40)
VALUES = st.fixed_dictionaries({name: st.one_of(WEAK, STRONG) for name in NAMES})
SUBSETS = st.sets(st.sampled_from(NAMES), min_size=1).map(lambda names: tuple(sorted(names)))
TASKS = st.lists(
    st.tuples(st.sampled_from(["fingerprint", "fingerprint", "on_create"]), SUBSETS), min_size=1, max_size=6
)
Tasks = list[tuple[Policy, tuple[str, ...]]]


@st.composite
def worlds(draw: st.DrawFn) -> tuple[Remote, dict[str, str], Tasks]:
    """What is stored at first, in any way; the values that are declared; and the tasks."""
    values, tasks = draw(VALUES), draw(TASKS)
    remote = Remote()
    for name in draw(st.sets(st.sampled_from(NAMES))):
        remote.put(name, draw(st.sampled_from([values[name], "other"])))
    start = draw(st.sampled_from(["none", "broken", "v1", "v1p", "v2"]))
    first, second = NAMES[:3], NAMES[3:5]
    sets = [{name: remote.plain[name] for name in names if name in remote.plain} for names in (first, second)]
    sets = [one for one in sets if one]
    if start == "broken":
        remote.fingerprint = "v2:broken"
    elif start in ("v1", "v1p") and sets:
        remote.fingerprint = old_fingerprint(*sets, how=start)
    elif start == "v2":
        fingerprint = Fingerprint.create()
        for one in sets:
            fingerprint = fingerprint.with_values(HERE, one)
        remote.fingerprint = fingerprint.text if sets else None
    return remote, values, tasks


def apply(remote: Remote, task: tuple[Policy, tuple[str, ...]], values: dict[str, str], at: Owner = HERE) -> bool:
    """A task's run; whether it wrote."""
    policy, names = task
    return remote.apply(policy, {name: values[name] for name in names}, at).changed


@pytest.mark.law
@given(worlds(), st.data())
def test_tasks_with_the_same_values_come_to_rest(world: Any, data: st.DataObject) -> None:
    remote, values, tasks = world
    for task in data.draw(st.permutations(tasks)):
        apply(remote, task, values)
    for task in data.draw(st.lists(st.sampled_from(tasks), min_size=1, max_size=12)):
        assert not apply(remote, task, values)
    for policy, names in tasks:
        if policy == "fingerprint":
            assert {name: remote.plain[name] for name in names} == {name: values[name] for name in names}


@pytest.mark.law
@given(worlds(), st.sampled_from(NAMES), st.one_of(WEAK, STRONG), st.data())
def test_a_changed_value_is_one_write(world: Any, name: str, value: str, data: st.DataObject) -> None:
    remote, values, tasks = world
    for task in tasks:
        apply(remote, task, values)
    new = {**values, name: value}
    before = remote.writes
    for task in data.draw(st.permutations(tasks)) + tasks:
        apply(remote, task, new)
    declared = any(policy == "fingerprint" and name in names for policy, names in tasks)
    assert remote.writes - before == int(declared and values[name] != value)


@pytest.mark.law
@given(worlds(), st.sampled_from(["gone", "broken", "renamed", "by hand"]), st.data())
def test_after_a_disturbance_each_task_writes_once_at_most(world: Any, what: str, data: st.DataObject) -> None:
    remote, values, tasks = world
    for task in tasks:
        apply(remote, task, values)
    at = HERE
    if what == "renamed":
        at = Owner("renamed", "migrate")
    elif what == "by hand":
        for name in remote.plain:
            remote.put(name, remote.plain[name] + "x")
    else:
        remote.fingerprint = None if what == "gone" else "v1:broken"
    for task in data.draw(st.permutations(tasks)):
        apply(remote, task, values, at)
    for task in tasks + data.draw(st.permutations(tasks)):
        assert not apply(remote, task, values, at)


def test_two_tasks_of_the_issue() -> None:
    """A whole app with two secrets, and a task for one of them with the same value."""
    remote = Remote()
    values = {"DB_PASSWORD": "hunter2", "API_KEY": "key-1"}
    tasks: Tasks = [("fingerprint", ("API_KEY", "DB_PASSWORD")), ("fingerprint", ("DB_PASSWORD",))]
    assert [apply(remote, task, values) for task in tasks * 3] == [True, False, False, False, False, False]


def test_only_what_changed_is_sent() -> None:
    remote = Remote()
    remote.apply("fingerprint", {"A": "1", "B": "2", "C": "3"})
    decision = remote.apply("fingerprint", {"A": "1", "B": "9", "C": "3"})
    assert {name: choice.reason for name, choice in decision.choices.items()} == {
        "A": "same",
        "B": "changed",
        "C": "same",
    }


def test_an_old_fingerprint_is_known_set_by_set() -> None:
    remote = Remote()
    for name, value in (("A", "1"), ("B", "2"), ("C", "3")):
        remote.put(name, value)
    remote.fingerprint = old = old_fingerprint({"A": "1"}, {"B": "2", "C": "3"})
    for task in ({"A": "1"}, {"B": "2", "C": "3"}, {"A": "1", "B": "2", "C": "3"}):
        assert not remote.apply("fingerprint", dict(task)).changed
    assert remote.fingerprint == old
    assert remote.apply("fingerprint", {"A": "1", "B": "2"}).choices["A"].reason == "same"
    assert remote.fingerprint is not None
    assert remote.fingerprint.startswith("v2:")
    assert not remote.apply("fingerprint", {"A": "1", "B": "2"}).changed


# --- in a spec --------------------------------------------------------------------------------------------------------

IMAGE = {"registry_type": "GHCR", "registry": "acme", "repository": "shop", "tag": "1"}


def desired(**fields: Any) -> dict[str, Any]:
    return {"name": "shop", "workers": [{"name": "queue", "image": IMAGE, **fields}]}


def run(there: dict[str, Any] | None, spec: dict[str, Any], **rules: Any) -> tuple[dict[str, Any], bool]:
    edited = evaluate(Declaration(spec, secrets=SecretRules(salt=lambda: b"0" * 16, **rules)), there)
    assert edited.problems == ()
    return server(edited.spec), edited.spec != there


def fingerprint_of(spec: dict[str, Any]) -> str:
    return str(next(env["value"] for env in spec["workers"][0]["envs"] if env["key"] == FINGERPRINT_KEY))


def env(key: str, value: str, **more: Any) -> dict[str, Any]:
    return {"key": key, "value": value, "type": "SECRET", **more}


def test_secrets_of_every_place_in_overlapping_tasks() -> None:
    login = {"image": {**IMAGE, "registry_credentials": "user:token"}}
    logs = {"log_destinations": [{"name": "logs", "logtail": {"token": "in-clear"}}]}
    tasks = [
        desired(**login, **logs, envs=[env("A", "1"), env("B", "2")]),
        desired(**login, envs=[env("A", "1"), env("C", "", scope="RUN_TIME")]),
        desired(**logs, envs=[env("C", "", scope="RUN_TIME"), env("B", "2")]),
        desired(**login),
    ]
    there: dict[str, Any] | None = None
    for task in tasks:
        there, _changed = run(there, task, allow_empty_secrets=True)
    for task in (*tasks, *reversed(tasks)):
        after, changed = run(there, task, allow_empty_secrets=True)
        assert not changed
        assert after == there


def with_old_fingerprint() -> dict[str, Any]:
    there, _changed = run(None, desired(envs=[env("A", "1"), env("B", "2"), {"key": "LOG", "value": "info"}]))
    names = {"envs/A/RUN_AND_BUILD_TIME": "1", "envs/B/RUN_AND_BUILD_TIME": "2"}
    old = old_fingerprint(names, owner=Owner("shop", "queue"))
    for one in there["workers"][0]["envs"]:
        if one["key"] == FINGERPRINT_KEY:
            one["value"] = old
    return there


def test_an_old_fingerprint_is_renewed_at_the_next_write_and_not_before() -> None:
    there = with_old_fingerprint()
    secrets = [env("A", "1"), env("B", "2")]
    after, changed = run(there, desired(envs=secrets))
    assert not changed
    assert fingerprint_of(after).startswith("v1:")
    unaware, _changed = run(there, desired(envs=[{"key": "LOG", "value": "debug"}]))
    assert fingerprint_of(unaware) == fingerprint_of(there), "who knows no values renews nothing"
    renewed, changed = run(there, desired(envs=[*secrets, {"key": "LOG", "value": "debug"}]))
    assert changed
    assert fingerprint_of(renewed).startswith("v2:")
    assert "|" not in fingerprint_of(renewed)
    kept = {one["key"]: one["value"] for one in renewed["workers"][0]["envs"]}
    assert [kept[key] for key in "AB"] == [one["value"] for one in there["workers"][0]["envs"][:2]]
    assert not run(renewed, desired(envs=secrets))[1]
    assert not run(renewed, desired(envs=secrets[:1]))[1]


def test_a_refused_task_renews_nothing() -> None:
    there = with_old_fingerprint()
    spec = desired(envs=[env("A", "1"), env("B", "2"), {"key": "NEW", "type": "SECRET"}])
    edited = evaluate(Declaration(spec, secrets=SecretRules()), there)
    assert edited.problems
    assert fingerprint_of(edited.spec) == fingerprint_of(there)
