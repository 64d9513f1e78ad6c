"""The findings about a spec, with an app and alone."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from ansible_collections.oceanops.app_platform.plugins.module_utils._edit.declaration import Declaration
from ansible_collections.oceanops.app_platform.plugins.module_utils._edit.proposal import (
    DECLARATION,
    PLATFORM,
    declared,
    examine,
    without_fingerprint,
)
from ansible_collections.oceanops.app_platform.plugins.module_utils._secrets.apply import SecretRules
from ansible_collections.oceanops.app_platform.plugins.module_utils._spec.secret_fields import FINGERPRINT_KEY

from ..spec.strategies import encrypted

EV = encrypted("stored-secret")
REPO = {"github": {"repo": "acme/shop", "branch": "main"}}
NO_VALUE = "the secret has no value here: an app that has one keeps it, and a new app needs one"
ENCRYPTED = "the secret is encrypted: only the app that it comes from takes it, and a new app needs the plain text"


def job(*envs: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"name": "warm", "kind": "POST_DEPLOY", "run_command": "bin/warm", **REPO, "envs": list(envs), **more}


def spec(*envs: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"name": "shop", "jobs": [job(*envs, **more)]}


def secret(key: str, value: Any = None) -> dict[str, Any]:
    return {"key": key, "type": "SECRET", **({} if value is None else {"value": value})}


def said(edit: Declaration, current: dict[str, Any] | None) -> list[tuple[str, str, str]]:
    return [(one.level, one.path, one.rule) for one in examine(edit, current).findings]


def test_secrets_without_plain_text_are_warnings_where_there_is_no_app() -> None:
    desired = spec(secret("A"), secret("B", EV), secret("C", "plain"))
    before = copy.deepcopy(desired)
    found = examine(Declaration(desired), None)
    told = [one for one in found.findings if one.rule == DECLARATION]
    assert [(one.level, one.path, one.message) for one in told] == [
        ("warning", "jobs[warm].envs[A]", NO_VALUE),
        ("warning", "jobs[warm].envs[B]", ENCRYPTED),
    ]
    envs = {env["key"]: env.get("value", "absent") for env in found.spec["jobs"][0]["envs"]}
    assert envs == {"A": "absent", "B": EV, "C": "plain"}
    assert desired == before


def test_with_an_app_the_rules_about_secrets_count() -> None:
    found = said(Declaration(spec(secret("A", encrypted("other")))), spec(secret("A", EV)))
    assert ("error", "jobs[warm].envs[A]", DECLARATION) in found or [one for one in found if one[0] == "error"]
    kept = examine(Declaration(spec(secret("A"))), spec(secret("A", EV)))
    assert [one for one in kept.findings if one.level == "error"] == []
    assert kept.spec == spec(secret("A", EV))


def test_a_new_app_gets_no_fingerprint() -> None:
    rules = SecretRules("fingerprint")
    found = examine(Declaration(spec(secret("A", "plain")), secrets=rules), None)
    assert [env["key"] for env in found.spec["jobs"][0]["envs"]] == ["A"]


def test_findings_of_the_lint_keep_their_rule_and_errors_come_first() -> None:
    image = {"registry_type": "DOCR", "repository": "warm", "tag": "latest"}
    wrong = {"name": "shop", "jobs": [{"name": "warm", "kind": "post", "run_command": "x", "image": image}]}
    found = said(Declaration(wrong), None)
    assert [level for level, _path, _rule in found] == sorted(level for level, _path, _rule in found)
    paths = {path: rule for _level, path, rule in found}
    assert paths["jobs[warm].kind"] not in ("", DECLARATION)
    assert paths["jobs[warm].image.tag"] not in ("", DECLARATION)
    assert len(found) == len(set(found))


def test_a_database_that_would_go() -> None:
    current = {**spec(), "databases": [{"name": "db", "engine": "PG"}]}
    found = examine(Declaration({"name": "shop", "databases": []}), current).findings
    assert [(one.level, one.path, one.rule) for one in found if one.rule == DECLARATION] == [
        ("error", "databases[db]", DECLARATION)
    ]


@pytest.mark.parametrize(
    ("text", "path", "message"),
    [
        ("jobs[warm].kind: it is wrong", "jobs[warm].kind", "it is wrong"),
        ("databases[db] would be removed", "databases[db]", "would be removed"),
        ("name: one\ntwo", "name", "one\ntwo"),
        ("It is all wrong", "", "It is all wrong"),
    ],
)
def test_a_message_as_a_finding(text: str, path: str, message: str) -> None:
    found = declared("error", text)
    assert (found.level, found.path, found.message, found.rule) == ("error", path, message, DECLARATION)
    assert declared("warning", text, PLATFORM).rule == PLATFORM


def test_the_spec_without_the_fingerprint() -> None:
    mark = {"key": FINGERPRINT_KEY, "value": "v2:x"}
    given = {**spec(mark, {"key": "A"}), "envs": [mark], "workers": [{"name": "w", "envs": "x"}]}
    before = copy.deepcopy(given)
    assert without_fingerprint(given) == {**spec({"key": "A"}), "workers": [{"name": "w", "envs": "x"}]}
    assert given == before
