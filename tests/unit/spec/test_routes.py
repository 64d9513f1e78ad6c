"""Routes of components as ingress rules."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.oceanops.app_platform.plugins.module_utils._spec.merge import PURGE, REPLACE_LISTS
from ansible_collections.oceanops.app_platform.plugins.module_utils._spec.routes import (
    apply_routes,
    components_with_routes_beside_rules,
    cors_without_rule,
    extract_routes,
    rules_of,
    target_of,
    with_default_rule,
    without_rules_of,
)


def rule(path: Any, name: str = "web", **more: Any) -> dict[str, Any]:
    return {"match": {"path": {"prefix": path}}, "component": {"name": name, **more}}


def spec(*rules: dict[str, Any]) -> dict[str, Any]:
    return {"ingress": {"rules": list(rules)}} if rules else {}


def test_routes_are_taken_out_of_the_declaration() -> None:
    desired = {
        "services": [{"name": "web", "routes": [{"path": "/"}], "cors": {"max_age": "1h"}}, {"name": "api"}, "x"]
    }
    plain, found = extract_routes(desired)
    assert plain == {"services": [{"name": "web"}, {"name": "api"}, "x"]}
    assert found == {"web": ([{"path": "/"}], {"max_age": "1h"})}
    assert extract_routes({"services": "x", "jobs": [{"name": "a", "routes": []}]})[1] == {}


@pytest.mark.parametrize(
    ("before", "routes", "after"),
    [
        ([], [{"path": "/"}], [rule("/")]),
        ([], ["/a"], [rule("/a")]),
        ([], "/a", [rule("/a")]),
        ([], [{}], [rule("/")]),
        ([rule("/")], [{"path": "/"}], [rule("/")]),
        ([rule("/", new=1)], [{"path": "/"}], [rule("/", new=1)]),
        ([rule("/", "front")], [{"path": "/api"}], [rule("/api"), rule("/", "front")]),
        ([rule("/", "front")], ["/"], [rule("/", "front"), rule("/")]),
        ([rule(5, "front")], ["/"], [rule(5, "front"), rule("/")]),
        ([rule("/a", "x"), rule("/b"), rule("/", "y")], ["/c"], [rule("/a", "x"), rule("/c"), rule("/", "y")]),
        ([rule("/a"), rule("/b"), rule("/", "y")], [{"path": "/b"}], [rule("/b"), rule("/", "y")]),
        ([rule("/a"), rule("/", "y")], [], [rule("/", "y")]),
        ([], ["/", "/a"], [rule("/a"), rule("/")]),
        ([rule("/"), rule("/a")], ["/a", "/"], [rule("/"), rule("/a")]),
        ([{"redirect": {"uri": "/x"}}], ["/"], [{"redirect": {"uri": "/x"}}, rule("/")]),
        ([{"match": {"path": {"exact": "/x"}}}], ["/"], [{"match": {"path": {"exact": "/x"}}}, rule("/")]),
        ([], [{"path": "/a", "preserve_path_prefix": True}], [rule("/a", preserve_path_prefix=True)]),
    ],
)  # fmt: skip
def test_rules_of_one_component_are_replaced(before: list[Any], routes: Any, after: list[Any]) -> None:
    once = apply_routes(spec(*before), {"web": (routes, None)}, REPLACE_LISTS)
    assert list(rules_of(once)) == after
    assert apply_routes(once, {"web": (routes, None)}, REPLACE_LISTS) == once


@pytest.mark.parametrize(
    ("before", "routes", "after"),
    [
        ([rule("/api"), rule("/")], ["/"], [rule("/api"), rule("/")]),
        ([rule("/")], ["/api"], [rule("/api"), rule("/")]),
        ([rule("/api", preserve_path_prefix=True)], ["/api"], [rule("/api", preserve_path_prefix=True)]),
        ([rule("/api"), rule("/", "front")], [], [rule("/", "front")]),
    ],
)
def test_other_rules_of_the_component_stay_where_lists_are_merged(
    before: list[Any], routes: Any, after: list[Any]
) -> None:
    once = apply_routes(spec(*before), {"web": (routes, None)})
    assert list(rules_of(once)) == after
    assert apply_routes(once, {"web": (routes, None)}) == once


def test_the_last_rule_takes_ingress_with_it() -> None:
    assert apply_routes(spec(rule("/")), {"web": ([], None)}) == {}
    kept = {"ingress": {"rules": [rule("/")], "load_balancer": "DIGITALOCEAN"}}
    assert apply_routes(kept, {"web": ([], None)}) == {"ingress": {"load_balancer": "DIGITALOCEAN"}}
    assert apply_routes({"name": "x"}, {}) == {"name": "x"}


def test_cors_goes_to_the_rules_that_are_there() -> None:
    cors = {"allow_methods": ["GET"]}
    there = spec(rule("/", "front"), rule("/api"))
    assert list(rules_of(apply_routes(there, {"web": (None, cors)}))) == [
        rule("/", "front"),
        {**rule("/api"), "cors": cors},
    ]
    with_cors = apply_routes({}, {"web": (["/api"], cors)})
    assert list(rules_of(with_cors)) == [{**rule("/api"), "cors": cors}]
    assert list(rules_of(apply_routes(with_cors, {"web": (None, {})}))) == [rule("/api")]
    assert list(rules_of(apply_routes(with_cors, {"web": (["/api"], None)}, PURGE))) == [rule("/api")]


def test_cors_without_routes_go_to_the_rule_that_the_server_would_make() -> None:
    cors = {"allow_methods": ["GET"]}
    alone = {"static_sites": [{"name": "web"}]}
    made = apply_routes(alone, {"web": (None, cors)})
    assert made == {**alone, "ingress": {"rules": [{**rule("/"), "cors": cors}]}}
    assert cors_without_rule(made, {"web": (None, cors)}) == []
    for spec_before in (
        {"static_sites": [{"name": "web"}, {"name": "docs"}]},
        {"services": [{"name": "web", "internal_ports": [80]}], "ingress": {}},
        {"services": [{"name": "web", "internal_ports": [80]}]},
        {"services": "odd"},
        {**alone, **spec(rule("/", "docs"))},
    ):
        assert apply_routes(spec_before, {"web": (None, cors)}) is spec_before
        assert cors_without_rule(spec_before, {"web": (None, cors), "x": (["/"], {})}) == ["web"]


def test_the_rule_that_the_server_would_make_again_stays() -> None:
    alone = {"name": "shop", "services": [{"name": "web", "internal_ports": [80], "http_port": 8080}]}
    there = {**alone, **spec(rule("/"))}
    assert with_default_rule(alone, there) == there
    assert with_default_rule(alone, None) is alone
    assert with_default_rule(alone, {**alone, **spec(rule("/api"))}) is alone
    assert with_default_rule(alone, {**alone, **spec(rule("/"), rule("/api"))}) is alone
    assert with_default_rule({**alone, "ingress": {}}, there) == {**alone, "ingress": {}}
    several = {**alone, "functions": [{"name": "hooks"}]}
    assert with_default_rule(several, there) is several


def test_rules_are_declared_in_one_place() -> None:
    routed = {"services": [{"name": "web", "routes": ["/"]}, {"name": "api", "routes": []}]}
    assert components_with_routes_beside_rules({**routed, **spec(rule("/"))}) == ["web"]
    assert components_with_routes_beside_rules(routed) == []
    assert components_with_routes_beside_rules({**routed, "ingress": "x"}) == []
    assert components_with_routes_beside_rules({**routed, "ingress": {"rules": []}}) == []


def test_a_rule_does_not_outlive_its_component() -> None:
    there = spec(rule("/"), rule("/api", "api"))
    assert without_rules_of(there, {"gone"}) is there
    assert without_rules_of(there, {"api"}) == spec(rule("/"))
    assert without_rules_of({"name": "x", **spec(rule("/"))}, {"web"}) == {"name": "x"}
    kept = {"ingress": {"rules": [rule("/")], "secure_header": {"key": "k"}}}
    assert without_rules_of(kept, {"web"}) == {"ingress": {"secure_header": {"key": "k"}}}


def test_shapes() -> None:
    assert list(rules_of({"ingress": {"rules": ["x", {"a": 1}]}})) == [{"a": 1}]
    assert list(rules_of({"ingress": {"rules": "x"}})) == []
    assert target_of({"redirect": {}}) is None
    assert target_of({"component": {}}) is None


@given(
    st.lists(
        st.tuples(st.sampled_from(["web", "api", "docs"]), st.sampled_from(["/", "/a", "/a/b", "/c"])), unique=True
    )
)
def test_a_longer_path_never_comes_after_a_shorter_one_that_takes_it(pairs: list[tuple[str, str]]) -> None:
    result: dict[str, Any] = {}
    declared: dict[str, tuple[Any, Any]] = {}
    seen: set[str] = set()
    for name, path in pairs:
        if path not in seen:
            seen.add(path)
            declared.setdefault(name, ([], None))[0].append(path)
    for name, one in declared.items():
        result = apply_routes(result, {name: one})
    paths = [one["match"]["path"]["prefix"] for one in rules_of(result)]
    for index, path in enumerate(paths):
        assert not [later for later in paths[index + 1 :] if later != path and later.startswith(path)]
