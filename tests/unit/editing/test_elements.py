"""Edits of elements of one list: added, changed, removed, and where they can't be."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from ansible_collections.oceanops.app_platform.plugins.module_utils._edit.elements import Elements
from ansible_collections.oceanops.app_platform.plugins.module_utils._secrets.apply import SecretRules
from ansible_collections.oceanops.app_platform.plugins.module_utils._spec.secret_fields import FINGERPRINT_KEY
from tests.unit.editing.evaluate import evaluate

REPO = {"github": {"repo": "acme/shop", "branch": "main"}}
A, B = {"key": "A", "value": "1"}, {"key": "B", "value": "2"}
SCOPES = [{"key": "S", "value": "1", "scope": "RUN_TIME"}, {"key": "S", "value": "2", "scope": "BUILD_TIME"}]
SHOP: dict[str, Any] = {
    "name": "shop",
    "services": [{"name": "web", **REPO, "envs": [A, B]}],
    "databases": [{"name": "db", "engine": "PG"}],
    "envs": [A, *SCOPES],
    "domains": [{"domain": "a.example.com"}, {"domain": "b.example.com"}],
    "alerts": [{"rule": "DOMAIN_FAILED"}],
    "ingress": {"rules": [{"match": {"path": {"prefix": "/"}}, "component": {"name": "web"}}]},
}


def web(envs: list[dict[str, Any]]) -> dict[str, Any]:
    service = {"name": "web", **REPO, **({"envs": envs} if envs else {})}
    return {**SHOP, "services": [service]}


def changed(**sections: Any) -> dict[str, Any]:
    return {name: value for name, value in {**SHOP, **sections}.items() if value is not None}


NEW = {"key": "NEW", "value": "n"}


@pytest.mark.parametrize(
    ("edit", "spec"),
    [
        (Elements("envs", (NEW,), "web"), web([A, B, NEW])),
        (Elements("envs", ({"key": "A", "value": "x"},), "web"), web([{"key": "A", "value": "x"}, B])),
        (Elements("envs", (NEW, A), "web", purge=True), web([A, NEW])),
        (Elements("envs", (NEW,)), changed(envs=[A, *SCOPES, NEW])),
        (Elements("envs", (NEW,), purge=True), changed(envs=[NEW])),
        (
            Elements("domains", ({"domain": "c.example.com"},)),
            changed(domains=[*SHOP["domains"], {"domain": "c.example.com"}]),
        ),
        # Absent ones are known by their keys, in any spelling; without a scope by every scope.
        (Elements("envs", (A,), "web", absent=True), web([B])),
        (Elements("envs", ({"key": "A", "value": "other"}, B), "web", absent=True), web([])),
        (Elements("envs", ({"key": "S"},), absent=True), changed(envs=[A])),
        (Elements("envs", ({"key": "S", "scope": None},), absent=True), changed(envs=[A])),
        (Elements("envs", ({"key": "S", "scope": "RUN_TIME"},), absent=True), changed(envs=[A, SCOPES[1]])),
        (Elements("domains", ({"domain": "A.example.com."},), absent=True), changed(domains=[SHOP["domains"][1]])),
        (Elements("alerts", ({"rule": "DOMAIN_FAILED"},), absent=True), changed(alerts=None)),
        (Elements("envs", (NEW,), "web", absent=True), SHOP),
        (Elements("log_destinations", ({"name": "l"},), "web", absent=True), SHOP),
    ],
)
def test_elements(edit: Elements, spec: dict[str, Any]) -> None:
    before = copy.deepcopy(SHOP)
    edited = evaluate(edit, SHOP)
    assert edited.problems == ()
    assert edited.spec == spec
    assert before == SHOP
    assert evaluate(edit, edited.spec).spec == spec


@pytest.mark.parametrize("absent", [False, True])
@pytest.mark.parametrize(
    ("place", "component", "problem"),
    [
        ("envs", "wbe", "component: this app has no component 'wbe'; it has db, web"),
        ("envs", "db", "component: db is a database, which takes no envs"),
    ],
)
def test_where_they_cannot_be(place: str, component: str, problem: str, absent: bool) -> None:
    edited = evaluate(Elements(place, (A,), component, absent), SHOP)
    assert edited.problems == (problem,)
    assert edited.spec == SHOP


def test_an_app_without_components() -> None:
    edited = evaluate(Elements("envs", (A,), "web"), None)
    assert edited.problems == ("component: this app has no component 'web'; it has none",)


@pytest.mark.parametrize(
    ("items", "component", "path"),
    [
        (({"key": "A", "value": "1", "scope": "x"},), "web", "scope"),
        (({"key": "A", "value": "1", "scope": "x"},), None, "scope"),
        ((B, {"key": "A", "value": "1", "scope": "x"}), "web", "envs[A].scope"),
    ],
)
def test_messages_name_the_options_of_the_task(items: tuple[dict[str, Any], ...], component: str, path: str) -> None:
    warnings = evaluate(Elements("envs", items, component), SHOP).warnings
    assert [one.partition(": ")[0] for one in warnings] == [path]


@pytest.mark.parametrize(
    ("place", "item", "named"),
    [
        ("alerts", {"rule": "DOMAIN_FAILED", "disabled": "x"}, "disabled"),
        ("domains", {"domain": "a.example.com", "type": "x"}, "type"),
        ("envs", {"key": "A", "type": "x"}, "type"),
    ],
)
def test_findings_about_an_item_by_its_key(place: str, item: dict[str, Any], named: str) -> None:
    edited = evaluate(Elements(place, (item,)), SHOP)
    assert [one for one in (*edited.problems, *edited.warnings) if one.startswith(f"{named}: ")]
    assert not [one for one in (*edited.problems, *edited.warnings) if one.startswith(place)]


def test_a_removed_secret_leaves_the_fingerprint() -> None:
    rules = SecretRules(salt=lambda: b"0" * 16)
    secrets = tuple({"key": key, "value": f"secret-{key}", "type": "SECRET"} for key in "XY")
    with_both = evaluate(Elements("envs", secrets, "web", secrets=rules), SHOP).spec
    with_one = evaluate(Elements("envs", (secrets[0],), "web", absent=True, secrets=rules), with_both).spec
    marks = [
        next(env["value"] for env in spec["services"][0]["envs"] if env["key"] == FINGERPRINT_KEY)
        for spec in (with_both, with_one)
    ]
    assert len(marks[1]) < len(marks[0])
    without = evaluate(Elements("envs", (secrets[1],), "web", absent=True, secrets=rules), with_one).spec
    assert without == SHOP


def test_settled() -> None:
    plain = Elements("envs", (A,), "web")
    assert plain.for_replay() is plain
    always = Elements("envs", (A,), "web", secrets=SecretRules("always"))
    assert always.for_replay().secrets.update_secrets == "on_create"
