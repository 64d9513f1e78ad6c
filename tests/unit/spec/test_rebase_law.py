"""Law: whatever another writer changes, and whatever we change elsewhere, both are there after a rebase.

A change is one of the kinds of `KINDS` at one place of the spec. The oracle does not look at how the rebase works: it
makes both changes one after the other on the same spec, in both orders, and where these give the same, the rebase has
to give that. Where they do not, both writers changed the same thing, and what becomes of it is in the table below.
"""

from __future__ import annotations

import copy
import random
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.oceanops.app_platform.plugins.module_utils._spec.canonical import same_order, same_spec
from ansible_collections.oceanops.app_platform.plugins.module_utils._spec.rebase import rebase
from ansible_collections.oceanops.app_platform.plugins.module_utils._spec.schema import SPEC

Spec = dict[str, Any]
SHOP: Spec = {
    "name": "shop",
    "region": "ams",
    "disable_edge_cache": True,
    "features": ["one", "two", "three"],
    "domains": [{"domain": f"{name}.example.com", "type": "ALIAS"} for name in ("a", "b", "c")],
    "envs": [{"key": key, "value": key.lower(), "scope": "RUN_TIME"} for key in ("K", "L", "M")],
    "alerts": [{"rule": "DEPLOYMENT_FAILED"}, {"rule": "DOMAIN_FAILED", "disabled": True}],
    "services": [
        {
            "name": name,
            # By this field, which nobody knows, the oracle knows a component whatever it is called.
            "x_id": name,
            "image": {"registry_type": "DOCR", "repository": name, "tag": "1"},
            "http_port": 8080,
            "instance_count": 2,
            "internal_ports": [1, 2, 3],
            "health_check": {"http_path": "/up", "period_seconds": 7},
            "envs": [{"key": key, "value": f"{name}-{key}", "type": "SECRET"} for key in ("A", "B", "C")],
            "log_destinations": [{"name": f"{name}-logs", "papertrail": {"endpoint": "x:1"}}],
            "x_future": {"a": 1, "b": [1, 2]},
        }
        for name in ("web", "api", "front")
    ],
    "workers": [{"name": "queue", "x_id": "queue", "run_command": "work", "instance_count": 3}],
    "jobs": [
        {"name": name, "x_id": name, "kind": "PRE_DEPLOY", "run_command": name, "timeout": "60s"}
        for name in ("up", "down", "in")
    ],
    "ingress": {
        "rules": [
            {"match": {"path": {"prefix": f"/{name}"}}, "component": {"name": name}} for name in ("web", "api", "front")
        ]
    },
}
ORDER = "the order"
LISTS = ("domains", "envs", "services", "jobs", "features")


def _component(spec: Spec, pick: random.Random) -> dict[str, Any]:
    found = [one for section in ("services", "workers", "jobs") for one in spec.get(section, ())]
    return pick.choice(found) if found else {}


def _env(spec: Spec, pick: random.Random) -> dict[str, Any]:
    found = [env for one in (spec, *spec.get("services", ())) for env in one.get("envs", ())]
    return pick.choice(found) if found else {}


def add_component(spec: Spec, pick: random.Random, mark: str) -> None:
    place = spec.setdefault(pick.choice(("services", "jobs", "static_sites")), [])
    place.insert(pick.randint(0, len(place)), {"name": f"new-{mark}", "run_command": mark})


def remove_component(spec: Spec, pick: random.Random, mark: str) -> None:
    place = spec.get(pick.choice(("services", "workers", "jobs")))
    if place:
        place.pop(pick.randrange(len(place)))


def rename_component(spec: Spec, pick: random.Random, mark: str) -> None:
    _component(spec, pick)["name"] = f"renamed-{mark}"


def rename_app(spec: Spec, pick: random.Random, mark: str) -> None:
    spec["name"] = f"app-{mark}"


def change_field(spec: Spec, pick: random.Random, mark: str) -> None:
    _component(spec, pick)[pick.choice(("run_command", "instance_size_slug"))] = mark


def change_inside(spec: Spec, pick: random.Random, mark: str) -> None:
    for one in spec.get("services", ())[:1]:
        one.setdefault("health_check", {})[pick.choice(("http_path", "timeout_seconds"))] = mark


def zero_field(spec: Spec, pick: random.Random, mark: str) -> None:
    one = _component(spec, pick)
    if "instance_count" in one:
        one["instance_count"] = 0


def remove_field(spec: Spec, pick: random.Random, mark: str) -> None:
    _component(spec, pick).pop(pick.choice(("health_check", "internal_ports", "timeout", "x_future")), None)


def change_future(spec: Spec, pick: random.Random, mark: str) -> None:
    spec.setdefault(f"x_{mark}", {})["of"] = mark


def add_env(spec: Spec, pick: random.Random, mark: str) -> None:
    holder = pick.choice((spec, *spec.get("services", ())))
    holder.setdefault("envs", []).append({"key": f"NEW_{mark.upper()}", "value": mark})


def change_env(spec: Spec, pick: random.Random, mark: str) -> None:
    _env(spec, pick)["value"] = mark


def remove_env(spec: Spec, pick: random.Random, mark: str) -> None:
    envs = pick.choice((spec, *spec.get("services", ()))).get("envs")
    if envs:
        envs.pop(pick.randrange(len(envs)))


def change_scope(spec: Spec, pick: random.Random, mark: str) -> None:
    _env(spec, pick)["scope"] = "BUILD_TIME"


def change_type(spec: Spec, pick: random.Random, mark: str) -> None:
    env = _env(spec, pick)
    env["type"] = "GENERAL" if env.get("type") == "SECRET" else "SECRET"


def add_port(spec: Spec, pick: random.Random, mark: str) -> None:
    for one in spec.get("services", ())[:1]:
        one.setdefault("internal_ports", []).append(pick.randint(10, 99))


def remove_port(spec: Spec, pick: random.Random, mark: str) -> None:
    for one in spec.get("services", ())[:1]:
        if len(one.get("internal_ports", ())) > 1:
            one["internal_ports"].pop(0)


def remove_section(spec: Spec, pick: random.Random, mark: str) -> None:
    spec.pop(pick.choice(("domains", "alerts", "envs", "workers")), None)


def reorder(spec: Spec, pick: random.Random, mark: str) -> None:
    holder = pick.choice((spec, *spec.get("services", ())))
    names = [name for name in (*LISTS, "internal_ports") if len(holder.get(name, ())) > 1]
    if names:
        holder[pick.choice(names)].reverse()


def reorder_rules(spec: Spec, pick: random.Random, mark: str) -> None:
    spec["ingress"]["rules"].reverse()


KINDS: tuple[Callable[[Spec, random.Random, str], None], ...] = (
    add_component,
    remove_component,
    rename_component,
    rename_app,
    change_field,
    change_inside,
    zero_field,
    remove_field,
    change_future,
    add_env,
    change_env,
    remove_env,
    change_scope,
    change_type,
    add_port,
    remove_port,
    remove_section,
    reorder,
    reorder_rules,
)


def changed(spec: Spec, kind: Callable[[Spec, random.Random, str], None], seed: int, mark: str) -> Spec:
    result = copy.deepcopy(spec)
    kind(result, random.Random(seed), mark)
    return {name: value for name, value in result.items() if value != []}


def changes(before: Any, after: Any, path: tuple[Any, ...] = ()) -> list[tuple[tuple[Any, ...], Any]]:
    """What leads from one spec to the other: (path, new value or None), of lists by what stands in them and where."""
    if isinstance(before, dict) and isinstance(after, dict):
        names = sorted({*before, *after})
        both = [[name for name in one if name in before and name in after] for one in (before, after)]
        turned = [((*path, ORDER), both[1])] if both[0] != both[1] else []
        return turned + [one for name in names for one in changes(before.get(name), after.get(name), (*path, name))]
    return [] if before == after else [(path, after)]


@given(st.sampled_from(KINDS), st.sampled_from(KINDS), st.integers(0, 2**32), st.integers(0, 2**32))
@pytest.mark.law
def test_both_changes_are_there(theirs: Any, ours: Any, seed: int, other_seed: int) -> None:
    base = SHOP
    their_spec, our_spec = changed(base, theirs, seed, "t"), changed(base, ours, other_seed, "o")
    first, second = by_identity(their_spec), by_identity(our_spec)
    origin = by_identity(base)
    here, there = dict(changes(origin, first)), dict(changes(origin, second))
    result = rebase(SPEC, base, their_spec, our_spec)
    found = by_identity(result)
    for path, value in there.items():
        # What is current stays, whatever the other one did, but for the name that another one gave to it.
        if not _touched(path, here):
            assert _is_there(found, path, value), (path, value)
    for path, value in here.items():
        if not _touched(path, there):
            assert _is_there(found, path, value), (path, value)
    if not any(_touched(path, there) for path in here):
        assert {path for path, _value in changes(origin, found)} == {*here, *there}
    assert same_order(rebase(SPEC, base, their_spec, result), result)


def _touched(path: tuple[Any, ...], others: dict[tuple[Any, ...], Any]) -> bool:
    """Whether the other one changed the same thing, or something of which it is a part, or a part of it."""
    return any(path[: len(one)] == one[: len(path)] for one in others)


def _is_there(found: Any, path: tuple[Any, ...], value: Any) -> bool:
    for name in path:
        if name == ORDER:
            both = [[one for one in value if one in found], [one for one in found if one in value]]
            return both[0] == both[1]
        found = found.get(name) if isinstance(found, dict) else None
    return bool(found == value)


#: What stays the same of an item whatever is changed: the oracle's own idea of which one it is.
def _who(item: Any) -> str:
    if not isinstance(item, dict):
        return str(item)
    return next(f"{name} {item[name]}" for name in ("x_id", "match", "key", "domain", "rule", "name") if name in item)


def by_identity(value: Any) -> Any:
    """Objects as they are, lists of objects by who their items are, with the order of each list beside it."""
    if isinstance(value, dict):
        return {name: inner for name, one in value.items() if (inner := by_identity(one)) not in (None, 0, {}, "")}
    if isinstance(value, list):
        return {_who(item): by_identity(item) if isinstance(item, dict) else True for item in value}
    return value


def order_of(spec: Spec, name: str) -> list[str]:
    return [_who(item) for item in spec.get(name, ())]


@given(st.sampled_from(KINDS), st.sampled_from(LISTS), st.integers(0, 2**32), st.booleans())
@pytest.mark.law
def test_a_new_order_and_any_other_change_are_both_there(ours: Any, name: str, seed: int, we: bool) -> None:
    if ours in (reorder, reorder_rules):
        return
    turned = {**SHOP, name: SHOP[name][::-1]}
    other = changed(SHOP, ours, seed, "o")
    result = rebase(SPEC, SHOP, other, turned) if we else rebase(SPEC, SHOP, turned, other)
    known = [one for one in order_of(turned, name) if one in order_of(result, name)]
    assert [one for one in order_of(result, name) if one in known] == known
    assert set(order_of(result, name)) == set(order_of(other, name))


@pytest.mark.parametrize(
    ("theirs", "ours", "expected"),
    [
        # One value: the later one, ours, stays.
        ({"region": "fra"}, {"region": "nyc"}, {"region": "nyc"}),
        # Removed by one, changed by the other: the later one stays.
        ({"jobs": []}, {"jobs": [{"name": "up", "timeout": "1h"}]}, {"jobs": [{"name": "up", "timeout": "1h"}]}),
        ({"jobs": [{"name": "up", "timeout": "1h"}]}, {"jobs": []}, {}),
        # Renamed by both: the later name.
        ({"jobs": [{"name": "a", "timeout": "60s"}]}, {"jobs": [{"name": "b", "timeout": "60s"}]},
         {"jobs": [{"name": "b", "timeout": "60s"}]}),
        # Renamed by one, changed by the other: both.
        ({"jobs": [{"name": "a", "timeout": "60s"}]}, {"jobs": [{"name": "up", "timeout": "1h"}]},
         {"jobs": [{"name": "a", "timeout": "1h"}]}),
        ({"jobs": [{"name": "up", "timeout": "1h"}]}, {"jobs": [{"name": "a", "timeout": "60s"}]},
         {"jobs": [{"name": "a", "timeout": "1h"}]}),
        # Renamed and changed at once: as removed and added.
        ({"jobs": [{"name": "a", "timeout": "9s"}]}, {"jobs": [{"name": "up", "timeout": "1h"}]},
         {"jobs": [{"name": "up", "timeout": "1h"}, {"name": "a", "timeout": "9s"}]}),
        # Both new orders: the later one.
        ({"features": ["c", "b", "a"]}, {"features": ["b", "a", "c"]}, {"features": ["b", "a", "c"]}),
        # A value that both add, or both remove.
        ({"features": ["a", "b", "c", "d"]}, {"features": ["d", "a", "b", "c"]}, {"features": ["d", "a", "b", "c"]}),
        ({"features": ["a"]}, {"features": ["a", "c"]}, {"features": ["a"]}),
        # Odd shapes of what another writer has.
        ({"features": [{"odd": 1}]}, {"features": ["a", "b", "c", "x"]}, {"features": ["x", {"odd": 1}]}),
        ({"jobs": ["odd"]}, {"jobs": [{"name": "up", "timeout": "1h"}]},
         {"jobs": [{"name": "up", "timeout": "1h"}, "odd"]}),
    ],
)  # fmt: skip
def test_where_both_changed_the_same(theirs: Spec, ours: Spec, expected: Spec) -> None:
    base = {"name": "s", "region": "ams", "jobs": [{"name": "up", "timeout": "60s"}], "features": ["a", "b", "c"]}
    result = rebase(SPEC, base, {**base, **theirs}, {**base, **ours})
    assert {name: result[name] for name in {*theirs, *ours} if name in result} == expected
    assert same_spec(rebase(SPEC, base, {**base, **theirs}, result), result)


def test_a_new_order_inside_of_what_the_other_one_removes_is_a_change() -> None:
    base = {"services": [{"name": "web", "envs": [{"key": "A", "value": "1"}, {"key": "B", "value": "2"}]}]}
    turned = {"services": [{"name": "web", "envs": base["services"][0]["envs"][::-1]}]}
    assert rebase(SPEC, base, {}, turned) == turned
    assert rebase(SPEC, base, turned, {}) == {}


def test_a_list_of_elements_without_names_is_one_value() -> None:
    def origins(*hosts: str) -> Spec:
        return {"ingress": {"rules": [{"match": {}, "cors": {"allow_origins": [{"exact": host} for host in hosts]}}]}}

    assert rebase(SPEC, origins("a"), origins("a", "b"), origins("a", "c")) == origins("a", "c")
    assert rebase(SPEC, origins("a"), origins("a", "b"), origins("a")) == origins("a", "b")


def test_an_order_as_it_was_at_the_beginning_is_no_change_of_theirs() -> None:
    origin, base = {"features": ["a", "b"]}, {"features": ["b", "a"]}
    assert rebase(SPEC, base, {"features": ["a", "b", "c"]}, base, origin) == {"features": ["b", "c", "a"]}


def test_one_that_has_both_names_is_not_renamed() -> None:
    base, theirs = {"jobs": [{"name": "up", "timeout": "1s"}]}, {"jobs": [{"name": "a", "timeout": "1s"}]}
    both = {"jobs": [{"name": "up", "timeout": "2s"}, {"name": "a", "timeout": "3s"}]}
    assert rebase(SPEC, base, theirs, both) == both
