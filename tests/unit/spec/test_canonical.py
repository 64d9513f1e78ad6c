"""When two specs mean the same."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from ansible_collections.oceanops.app_platform.plugins.module_utils._spec.canonical import (
    canonical,
    frozen,
    key_of,
    same_order,
    same_spec,
)
from ansible_collections.oceanops.app_platform.plugins.module_utils._spec.duration import parse_duration
from ansible_collections.oceanops.app_platform.plugins.module_utils._spec.scalars import (
    Unparsable,
    as_text,
    canonical_scalar,
    coerce,
    is_zero,
)
from ansible_collections.oceanops.app_platform.plugins.module_utils._spec.schema import (
    ENVS,
    IMAGE,
    INGRESS,
    INGRESS_RULE,
    SERVICE,
    SPEC,
)
from ansible_collections.oceanops.app_platform.plugins.module_utils._spec.schema_types import Listing, Record, Scalar

from .strategies import respelled, specs


@given(specs())
def test_another_spelling_means_the_same(spec: dict[str, Any]) -> None:
    assert same_spec(spec, respelled(SPEC, spec))


@given(specs())
def test_another_name_means_something_else(spec: dict[str, Any]) -> None:
    assert not same_spec(spec, {**spec, "name": spec["name"] + "-2"})
    assert not same_spec(spec, {**spec, "field_from_elsewhere": 1})
    assert same_spec(spec, {**spec, "field_from_elsewhere": 0, "domains_of_tomorrow": []})


@pytest.mark.parametrize(
    ("node", "one", "other"),
    [
        (ENVS, [{"key": "A", "value": "1"}], [{"key": "A", "value": 1, "type": "GENERAL", "scope": "UNSET"}]),
        (SERVICE, {"name": "a", "http_port": 8080}, {"name": "a"}),
        (SERVICE, {"name": "a", "instance_count": 1}, {"name": "a"}),
        (SERVICE, {"name": "a", "autoscaling": {"min_instance_count": 1}, "instance_count": 7},
         {"name": "a", "autoscaling": {"min_instance_count": 1}}),
        (SERVICE, {"name": "a", "protocol": "HTTP", "routes": []}, {"name": "a"}),
        (IMAGE, {"repository": "a", "tag": "latest", "deploy_on_push": {}}, {"repository": "a"}),
        (INGRESS_RULE, {"match": {"authority": {"exact": ""}, "path": {"prefix": "/"}}},
         {"match": {"path": {"prefix": "/"}}}),
        (INGRESS_RULE, {"redirect": {"uri": "/", "scheme": "https", "redirect_code": 302}}, {"redirect": {"uri": "/"}}),
        (INGRESS, {}, None),
        (SERVICE, {"name": "a", "future": {"on": False, "deep": [{"x": 0, "y": 1}], "none": None, "empty": {}}},
         {"name": "a", "future": {"deep": [{"y": 1}]}}),
        (SERVICE, {"name": "a", "future": {"off": {"x": False}}}, {"name": "a"}),
        (SPEC, {"name": "a", "egress": {"type": "AUTOASSIGN"}, "ingress": {}}, {"name": "a"}),
    ],
)  # fmt: skip
def test_the_same(node: Any, one: Any, other: Any) -> None:
    assert canonical(node, one) == canonical(node, other)


@pytest.mark.parametrize(
    ("node", "one", "other"),
    [
        (SERVICE, {"name": "a", "http_port": 8080, "internal_ports": [1]}, {"name": "a", "internal_ports": [1]}),
        (IMAGE, {"repository": "a", "tag": "latest", "digest": "sha256:x"}, {"repository": "a", "digest": "sha256:x"}),
        (INGRESS, {"rules": [{"match": {"path": {"prefix": ""}}}]}, {"rules": [{"match": {"path": {}}}]}),
        (INGRESS, {"rules": [{"match": {"path": {"prefix": "/a"}}}, {"match": {"path": {"prefix": "/b"}}}]},
         {"rules": [{"match": {"path": {"prefix": "/b"}}}, {"match": {"path": {"prefix": "/a"}}}]}),
        (SERVICE, {"name": "a", "future": [0, 1]}, {"name": "a", "future": [1]}),
        (SPEC, {"name": "a", "jobs": "x"}, {"name": "a"}),
        (SPEC, {"name": ["a"]}, {"name": "a"}),
        (SERVICE, {"name": "a", "instance_count": "two"}, {"name": "a"}),
    ],
)  # fmt: skip
def test_not_the_same(node: Any, one: Any, other: Any) -> None:
    assert canonical(node, one) != canonical(node, other)


def listings(node: Any) -> list[Listing]:
    """Every list of the schema below *node*."""
    if isinstance(node, Listing):
        return [node, *listings(node.item)]
    return [one for child in node.fields.values() for one in listings(child)] if isinstance(node, Record) else []


def test_the_canonical_form_of_an_item_has_the_fields_of_its_key() -> None:
    """What identifies an item is taken from its canonical form, so no other field may make it disappear there."""
    for listing in listings(SPEC):
        if listing.key:
            assert not {*listing.item.implied, *listing.item.overruled} & {*listing.key}
            assert set(listing.key) <= set(listing.item.fields)


def test_the_order_of_a_set_has_no_meaning() -> None:
    one, other = ({"name": "a", "features": features} for features in (["x", "y"], ["y", "x"]))
    assert same_spec(one, other)
    assert not same_order(one, other)
    assert same_order(one, {**one, "egress": {"type": "AUTOASSIGN"}})


def test_shapes_that_nobody_expects() -> None:
    assert canonical(SPEC, ["x"]) == ["x"]
    assert canonical(SPEC, []) is None
    assert canonical(Scalar(), {"a": 1}) == {"a": 1}
    assert key_of(ENVS, "text") == ("text",)
    assert key_of(Listing(Scalar()), {"a": 1}) == ()
    assert canonical(Listing(Record({"a": Scalar()})), [{"a": "1"}, {}]) == [{"a": "1"}]
    assert isinstance(frozen({1, 2}), str)
    assert hash(frozen({"a": [1, {"b": None}]})) == hash(frozen({"a": [1, {"b": None}]}))


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("1h30m", 5400), ("90", 90), (90, 90), ("1.5h", 5400), ("300ms", 0.3), ("1m1s", 61)]
    + [("20us", 2e-5), ("20µs", 2e-5), ("20ns", 2e-8), ("1.5", 1.5)]
    + [(wrong, None) for wrong in ("soon", "", True, None, "5m x")],
)  # fmt: skip
def test_durations(text: Any, seconds: float | None) -> None:
    assert parse_duration(text) == pytest.approx(seconds) if seconds is not None else parse_duration(text) is None


@pytest.mark.parametrize(
    ("node", "value", "read"),
    [
        (Scalar("int"), "5", 5),
        (Scalar("int"), 5.0, 5),
        (Scalar("int"), "5.5", Unparsable("an integer")),
        (Scalar("int"), True, Unparsable("an integer")),
        (Scalar("int"), "x", Unparsable("an integer")),
        (Scalar("float"), "1.5", 1.5),
        (Scalar("float"), [], Unparsable("a number")),
        (Scalar("float"), "x", Unparsable("a number")),
        (Scalar("float"), "nan", Unparsable("a number")),
        (Scalar("float"), float("inf"), Unparsable("a number")),
        (Scalar("int"), "1e400", Unparsable("an integer")),
        (Scalar("bool"), "Yes", True),
        (Scalar("bool"), "off", False),
        (Scalar("bool"), "maybe", Unparsable("a boolean")),
        (Scalar("bool"), True, True),
        (Scalar(), True, "true"),
        (Scalar(), 5, "5"),
        (Scalar(), ["x"], Unparsable("a string")),
        (Scalar("duration"), 90, "90s"),
        (Scalar("duration"), "1800", "1800s"),
        (Scalar("duration"), "1h30m", "1h30m"),
        (Scalar("int"), 10**400, Unparsable("an integer")),
        (Scalar("duration"), 31536000, "31536000s"),
        (Scalar("duration"), 0.5, "0.5s"),
        (Scalar("duration"), 0, "0s"),
        (Scalar("duration"), True, "true"),
        (Scalar("any"), ["x"], ["x"]),
        (Scalar(), None, None),
    ],
)
def test_reading(node: Scalar, value: Any, read: Any) -> None:
    assert coerce(node, value) == read


@pytest.mark.parametrize(
    ("node", "value", "form"),
    [
        (Scalar("duration"), "soon", "soon"),
        (Scalar("command"), "a\r\nb\n", "a\nb"),
        (Scalar("directory"), "./", None),
        (Scalar("directory"), "/srv/", "/srv"),
        (Scalar("hostname"), "A.B.", "a.b"),
        (Scalar(empty_counts=True), "", ""),
        (Scalar(default="x"), "x", None),
        (Scalar(unset="NONE"), "NONE", None),
        (Scalar("int"), "x", "x"),
    ],
)
def test_forms(node: Scalar, value: Any, form: Any) -> None:
    assert canonical_scalar(node, value) == form


def test_zero() -> None:
    assert all(is_zero(value) for value in (None, False, 0, 0.0, "", [], {}))
    assert not any(is_zero(value) for value in (True, 1, "0", [0], {"a": None}))
    assert as_text(False) == "false"
