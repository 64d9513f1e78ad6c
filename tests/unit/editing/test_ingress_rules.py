"""The edit of one ingress rule: where it comes to stand, and which removal is refused."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from ansible_collections.oceanops.app_platform.plugins.module_utils._edit.ingress_rules import IngressRuleEdit
from tests.unit.editing.evaluate import evaluate

REPO = {"github": {"repo": "acme/shop", "branch": "main"}}


def match(prefix: str) -> dict[str, Any]:
    return {"path": {"prefix": prefix}}


def rule(prefix: str, to: str = "web", **more: Any) -> dict[str, Any]:
    return {"match": match(prefix), "component": {"name": to, **more}}


def app(*prefixes: str, **more: Any) -> dict[str, Any]:
    rules = [rule(prefix) for prefix in prefixes]
    return {
        "name": "shop",
        "services": [{"name": "web", **REPO, "http_port": 8080}],
        **({"ingress": {"rules": rules}} if rules else {}),
        **more,
    }


def order(spec: dict[str, Any]) -> list[str]:
    return [one["match"]["path"]["prefix"] for one in spec.get("ingress", {}).get("rules", ())]


@pytest.mark.parametrize(
    ("new", "place", "expected"),
    [
        ("/new", {}, ["/a", "/b", "/c", "/new"]),
        ("/new", {"position": "first"}, ["/new", "/a", "/b", "/c"]),
        ("/new", {"position": "last"}, ["/a", "/b", "/c", "/new"]),
        ("/new", {"before": match("/a")}, ["/new", "/a", "/b", "/c"]),
        ("/new", {"before": match("/b")}, ["/a", "/new", "/b", "/c"]),
        ("/new", {"after": match("/b")}, ["/a", "/b", "/new", "/c"]),
        ("/new", {"after": match("/c")}, ["/a", "/b", "/c", "/new"]),
        # A rule that is there stays where it is, unless that is on the wrong side.
        ("/b", {}, ["/a", "/b", "/c"]),
        ("/b", {"position": "first"}, ["/b", "/a", "/c"]),
        ("/b", {"position": "last"}, ["/a", "/c", "/b"]),
        ("/a", {"before": match("/b")}, ["/a", "/b", "/c"]),
        ("/a", {"before": match("/c")}, ["/a", "/b", "/c"]),
        ("/c", {"before": match("/b")}, ["/a", "/c", "/b"]),
        ("/c", {"before": match("/a")}, ["/c", "/a", "/b"]),
        ("/c", {"after": match("/b")}, ["/a", "/b", "/c"]),
        ("/c", {"after": match("/a")}, ["/a", "/b", "/c"]),
        ("/a", {"after": match("/b")}, ["/b", "/a", "/c"]),
        ("/a", {"after": match("/c")}, ["/b", "/c", "/a"]),
    ],
)
def test_places(new: str, place: dict[str, Any], expected: list[str]) -> None:
    current = app("/a", "/b", "/c", x_future=1)
    before = copy.deepcopy(current)
    edited = evaluate(IngressRuleEdit(rule(new), **place), current)
    assert edited.problems == ()
    assert order(edited.spec) == expected
    assert {**edited.spec, "ingress": 0} == {**current, "ingress": 0}
    assert current == before
    assert evaluate(IngressRuleEdit(rule(new), **place), edited.spec).spec == edited.spec


def test_the_first_rule_and_a_changed_one() -> None:
    first = evaluate(IngressRuleEdit(rule("/a")), app()).spec
    assert first == app("/a")
    changed = evaluate(
        IngressRuleEdit(rule("/a", preserve_path_prefix=True)), {**first, "ingress": {**first["ingress"], "x": 1}}
    )
    assert changed.spec["ingress"] == {"rules": [rule("/a", preserve_path_prefix=True)], "x": 1}


@pytest.mark.parametrize("side", ["before", "after"])
def test_a_place_beside_a_rule_that_is_not_there(side: str) -> None:
    edited = evaluate(IngressRuleEdit(rule("/a"), **{side: match("/z")}), app("/a", "/b"))
    assert edited.problems == (f"{side}: no rule of this app has this match",)


def test_the_faults_of_a_rule_come_before_its_place() -> None:
    edited = evaluate(IngressRuleEdit(rule("/a", to="nobody"), before=match("/z")), app("/b"))
    assert len(edited.problems) == 1
    assert "nobody" in edited.problems[0]
    assert edited.problems[0].startswith("component.name: ")


def test_removal() -> None:
    current = app("/a", "/b")
    edited = evaluate(IngressRuleEdit(rule("/a"), absent=True), current)
    assert (edited.spec, edited.problems) == (app("/b"), ())
    assert evaluate(IngressRuleEdit(rule("/z"), absent=True), current).spec is current
    assert evaluate(IngressRuleEdit(rule("/z"), absent=True), None).spec == {}
    assert evaluate(IngressRuleEdit(rule("/a"), absent=True), {"name": "x", "ingress": {"rules": "x"}}).problems == ()


@pytest.mark.parametrize(
    ("components", "public"),
    [
        ({"services": [{"name": "web"}]}, "web"),
        ({"services": [{"name": "web", "http_port": 80, "internal_ports": [1]}]}, "web"),
        ({"static_sites": [{"name": "docs"}], "services": [{"name": "web"}]}, "web, docs"),
        ({"functions": [{"name": "fn"}]}, "fn"),
        ({"services": [{"name": "web", "internal_ports": [1]}]}, None),
        ({"workers": [{"name": "mail"}]}, None),
    ],
)
def test_the_last_rule_stays_where_the_platform_would_make_one(components: dict[str, Any], public: str | None) -> None:
    current = {"name": "shop", **components, "ingress": {"rules": [rule("/a")]}}
    edited = evaluate(IngressRuleEdit(rule("/a"), absent=True), current)
    if public is None:
        assert (edited.spec, edited.problems) == ({"name": "shop", **components}, ())
        beside = {**current, "ingress": {**current["ingress"], "x": 1}}
        assert evaluate(IngressRuleEdit(rule("/a"), absent=True), beside).spec["ingress"] == {"x": 1}
    else:
        assert edited.spec is current
        told = edited.problems[0]
        assert told.startswith("match: it is the last rule, and without any the platform makes one for / by itself; ")
        assert told.endswith(
            f"give {public} another rule first, remove the component, or give it internal_ports in place of http_port"
        )
