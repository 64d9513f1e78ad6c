"""Values without end, and secrets where nobody looks for them."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.oceanops.app_platform.plugins.module_utils._spec.lint.check import (
    check_changes,
    check_spec,
    check_structure,
)
from ansible_collections.oceanops.app_platform.plugins.module_utils._spec.schema import SPEC
from ansible_collections.oceanops.app_platform.plugins.module_utils._spec.schema_types import (
    Listing,
    Node,
    Record,
    Scalar,
)

CANARY = "canary7f3a"


def filled(node: Node, value: str) -> Any:
    if isinstance(node, Scalar):
        return value
    if isinstance(node, Listing):
        return [filled(node.item, value)]
    return {name: filled(child, value) for name, child in node.fields.items()}


@pytest.mark.parametrize("length", [5_000, pytest.param(50_000, marks=pytest.mark.slow)])
@pytest.mark.parametrize("piece", ["a", "a:", "${", "-", "a.", "a-", "'", "(", "9", "1m", "* ", "/", "\\", "a@", " "])
def test_long_texts_are_read_in_one_pass(piece: str, length: int) -> None:
    """An expression whose work grows with the square of the length would take minutes here."""
    spec = filled(SPEC, piece * (length // len(piece)))
    findings = [*check_structure(SPEC, spec), *check_spec(spec)]
    assert max(len(one.message) for one in findings) < 1000


@pytest.mark.parametrize("name", [f"TOKEN={CANARY}", f"TOKEN:{CANARY}", f"TOKEN: {CANARY}"])
def test_what_stands_behind_a_name_is_not_shown(name: str) -> None:
    web = {"name": "web", "github": {"repo": "a/b"}, "envs": [{name: "x", "key": "A"}], name: 1}
    findings = check_structure(SPEC, {"services": [web], name: {}})
    assert [one.rule for one in findings] == ["unknown_field"] * 3
    assert [one for one in findings if CANARY in f"{one.path} {one.message}"] == []
    keyed = check_structure(SPEC, {"envs": [{"key": name, "value": "x"}]})
    assert [one.rule for one in keyed] == ["wrong_form"]
    assert [one for one in keyed if CANARY in f"{one.path} {one.message}"] == []


@pytest.mark.parametrize(
    "value", [f"${{web.{CANARY}}}", f"${{x.{CANARY}.x}}", f"${{app.web.{CANARY}}}", f"${{{CANARY}}}"]
)
def test_a_secret_that_looks_like_a_reference_is_not_shown(value: str) -> None:
    env = {"key": "A", "value": value, "type": "SECRET"}
    spec = {"name": "shop", "services": [{"name": "web", "github": {"repo": "a/b"}, "envs": [env]}]}
    findings = check_spec(spec)
    assert {one.path for one in findings} == {"services[web].envs[A]"}
    assert [one for one in findings if CANARY in one.message] == []


@pytest.mark.parametrize("value", [f"EV[1:{CANARY}:x]", f"user:{CANARY}@host/x", f"https://{CANARY}@host/x"])
def test_credentials_in_a_wrong_place_are_not_shown(value: str) -> None:
    findings = check_structure(SPEC, {"name": value, "region": value, "jobs": [{"name": "job", "kind": value}]})
    assert [one.rule for one in findings] == ["wrong_form", "unknown_word", "unknown_word"]
    assert all(one.message.startswith("the value is") for one in findings)
    domain, key = check_structure(SPEC, {"domains": [{"domain": value}], "envs": [{"key": value}]})[-2:]
    assert [domain.rule, key.rule] == ["wrong_form", "wrong_form"]
    assert CANARY not in str([*findings, domain, key])


@pytest.mark.parametrize(
    ("value", "shape"), [({}, "a mapping"), ([], "a list"), (True, "a boolean"), (1.5, "a number"), ("x", "a text")]
)
def test_a_message_says_which_shape_a_value_has(value: Any, shape: str) -> None:
    wanted = "a list" if not isinstance(value, list) else "a mapping"
    field = "jobs" if wanted == "a list" else "egress"
    (finding,) = check_structure(SPEC, {field: value})
    assert (finding.rule, finding.message.partition(";")[0]) == ("wrong_shape", f"it is {shape}")
    assert f"give {wanted}" in finding.message


def test_a_line_end_behind_a_name_is_a_fault() -> None:
    assert [(one.rule, one.path) for one in check_structure(SPEC, {"name": "shop\n"})] == [("wrong_form", "name")]


def test_the_shortest_text() -> None:
    node = Record({"word": Scalar(min_length=3)})
    assert check_structure(node, {"word": "abc"}) == []
    assert [(one.rule, one.message) for one in check_structure(node, {"word": "ab"})] == [
        ("wrong_length", "'ab' is too short: give 3 characters or more")
    ]


@pytest.mark.parametrize(
    ("folders", "rules"), [(("app", "app/"), ["no_command"]), (("app", "jobs"), []), (("", "jobs"), [])]
)
def test_a_job_of_another_folder_runs_another_program(folders: tuple[str, str], rules: list[str]) -> None:
    web, job = (
        {"name": name, "github": {"repo": "a/b"}, "source_dir": folder}
        for name, folder in zip(("web", "job"), folders, strict=True)
    )
    spec = {"name": "shop", "services": [web], "jobs": [{**job, "kind": "POST_DEPLOY"}]}
    assert [one.rule for one in check_spec(spec)] == rules


@pytest.mark.parametrize("tag", [1.2, 7, "1.2"])
def test_a_number_is_a_tag_too(tag: Any) -> None:
    image = {"registry_type": "DOCR", "repository": "shop", "tag": tag}
    assert check_spec({"name": "shop", "services": [{"name": "web", "image": image}]}) == []


def test_an_alert_that_is_there_three_times_is_one_finding() -> None:
    web = {"name": "web", "github": {"repo": "a/b"}}
    found = check_spec({"name": "shop", "services": [web], "alerts": [{"rule": "no rule"}] * 3})
    assert [(one.rule, one.path) for one in found] == [("duplicate_alert", "alerts[1]")]


@pytest.mark.parametrize("scopes", [("RUN_TIME", None), (None, "RUN_TIME"), ("BUILD_TIME", "RUN_TIME", None)])
def test_the_default_scope_overlaps_every_other_one(scopes: tuple[str | None, ...]) -> None:
    envs = [{"key": "A", "value": "1", **({"scope": scope} if scope else {})} for scope in scopes]
    found = check_spec({"name": "shop", "services": [{"name": "web", "github": {"repo": "a/b"}}], "envs": envs})
    assert [(one.rule, one.path) for one in found] == [("overlapping_env", "envs[A]")]


@pytest.mark.parametrize(
    ("ours", "theirs", "same"),
    [
        ({}, {"tag": "latest"}, True),
        ({"tag": "1", "digest": "sha256:1"}, {"tag": "2", "digest": "sha256:1"}, True),
        ({"digest": "sha256:1"}, {"digest": "sha256:2"}, False),
        ({"tag": "1"}, {"tag": "2"}, False),
    ],
)
def test_versions_of_an_image(ours: dict[str, Any], theirs: dict[str, Any], same: bool) -> None:
    image = {"registry_type": "DOCR", "repository": "shop"}
    job = {"name": "migrate", "kind": "PRE_DEPLOY", "image": {**image, **ours}, "run_command": "migrate"}
    found = check_spec({"name": "shop", "services": [{"name": "web", "image": {**image, **theirs}}], "jobs": [job]})
    assert ("other_version" in [one.rule for one in found]) is not same


def test_a_component_without_a_name_was_not_another_one_before() -> None:
    before, after = ({"name": "shop", section: [{}]} for section in ("services", "workers"))
    assert check_changes(before, after) == []


def test_booleans_are_no_numbers() -> None:
    service = {"name": "web", "github": {"repo": "a/b"}, "http_port": True}
    assert [one.message for one in check_structure(SPEC, {"services": [service]})] == [
        "true is not an integer: give an integer"
    ]
    assert check_structure(SPEC, {"services": [{**service, "http_port": False}]})[0].message.startswith("false is not")


@pytest.mark.parametrize(("name", "shown"), [(None, "nothing"), (("a", 1), "nothing"), (1, "1"), (True, "true")])
def test_names_that_only_yaml_has(name: Any, shown: str) -> None:
    assert [(one.rule, one.path) for one in check_structure(SPEC, {name: "x"})] == [("unknown_field", shown)]


def test_what_a_rule_matches_is_no_name_of_it() -> None:
    (finding,) = check_structure(SPEC, {"ingress": {"rules": [{"match": CANARY}]}})
    assert finding.path == "ingress.rules[0].match"
    assert CANARY not in str(finding)
