"""Secrets in a spec that is about to be written: sent, kept, refused."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.oceanops.app_platform.plugins.module_utils._edit.declaration import Declaration
from ansible_collections.oceanops.app_platform.plugins.module_utils._secrets.apply import SecretRules
from ansible_collections.oceanops.app_platform.plugins.module_utils._spec.merge import MERGE, PURGE, REPLACE_LISTS
from ansible_collections.oceanops.app_platform.plugins.module_utils._spec.secret_fields import FINGERPRINT_KEY
from tests.unit.editing.evaluate import evaluate

from ..spec.strategies import encrypted, server

IMAGE = {"registry_type": "GHCR", "registry": "acme", "repository": "mail", "tag": "1"}
SOURCE = {"github": {"repo": "acme/shop"}}
EV = encrypted("stored-secret")
OTHER_EV = encrypted("older-secret")
EMPTY_EV = encrypted("")


def app(**fields: Any) -> dict[str, Any]:
    source = {} if "image" in fields else SOURCE
    return {"name": "shop", "jobs": [{"name": "warm", "kind": "POST_DEPLOY", **source, **fields}]}


def envs(*found: dict[str, Any]) -> dict[str, Any]:
    return app(envs=list(found))


def secret(value: Any = None, key: str = "A", **more: Any) -> dict[str, Any]:
    return {"key": key, "type": "SECRET", **({} if value is None else {"value": value}), **more}


def edited(desired: dict[str, Any], current: dict[str, Any] | None, mode: Any = MERGE, **rules: Any) -> Any:
    return evaluate(Declaration(desired, mode, SecretRules(salt=lambda: b"0" * 16, **rules)), current)


def values(spec: dict[str, Any]) -> dict[str, Any]:
    return {env["key"]: env.get("value") for env in spec["jobs"][0].get("envs", ())}


def test_a_key_that_is_not_equal_to_itself_is_no_exception() -> None:
    nan: Any = float("nan")
    stored = {"key": nan, "value": "1", "scope": "BUILD_TIME"}
    found = edited(envs(secret("x", key=nan)), envs(stored))
    assert isinstance(found.problems, tuple)


@pytest.mark.parametrize("mode", [MERGE, PURGE, REPLACE_LISTS])
def test_without_a_value_the_stored_one_stays(mode: Any) -> None:
    found = edited(envs(secret()), envs(secret(EV)), mode)
    assert (found.problems, values(found.spec)) == ((), {"A": EV})


def test_of_two_variables_with_one_key_the_secret_one_is_stored() -> None:
    found = edited(envs(secret()), envs({"key": "A", "value": "1"}, secret(EV)))
    assert [env["value"] for env in found.spec["jobs"][0]["envs"]] == ["1", EV]


def test_a_readable_variable_becomes_a_secret_with_the_value_that_it_has() -> None:
    found = edited(envs(secret()), envs({"key": "A", "value": "1"}))
    assert (found.problems, found.spec["jobs"][0]["envs"]) == ((), [secret("1")])


def test_where_nothing_is_stored_a_readable_value_may_look_encrypted() -> None:
    found = edited(envs({"key": "A", "value": EV}), None)
    assert (found.problems, values(found.spec)) == ((), {"A": EV})


@pytest.mark.parametrize(
    ("desired", "current", "told"),
    [
        (envs(secret()), None, "jobs[warm].envs[A] has no value and none is stored"),
        (envs(secret()), envs({"key": "B", "value": "1"}), "jobs[warm].envs[A] has no value and none is stored"),
        (envs(secret("")), envs(secret(EV)), "jobs[warm].envs[A] is empty: give a value, or set allow_empty_secrets"),
        (envs(secret(EV)), None, "jobs[warm].envs[A] holds an encrypted value (EV[...]), which belongs to another app"),
        (envs(secret(OTHER_EV)), envs(secret(EV)), "jobs[warm].envs[A] holds an encrypted value (EV[...]) other than"),
        (envs(secret(OTHER_EV, "B")), envs(secret(EV)), "jobs[warm].envs[B] holds an encrypted value (EV[...]) that"),
        (envs(secret("SECRET (changed)")), envs(secret(EV)), "jobs[warm].envs[A] holds a masked text"),
        (app(image={**IMAGE, "registry_credentials": ""}), app(image={**IMAGE, "registry_credentials": EV}),
         "jobs[warm].image.registry_credentials is empty"),
        (app(image={**IMAGE, "registry_credentials": ""}), None, "jobs[warm].image.registry_credentials is empty"),
        (app(log_destinations=[{"name": "logs", "logtail": {"token": ""}}]),
         app(log_destinations=[{"name": "logs", "logtail": {"token": "t"}}]),
         "jobs[warm].log_destinations[logs].logtail.token is empty"),
        ({"name": "shop", "ingress": {"secure_header": {"key": "K", "value": ""}}},
         {**app(), "ingress": {"secure_header": {"key": "K", "value": "v"}}}, "ingress.secure_header.value is empty"),
        (envs({"key": "A", "type": "GENERAL"}), envs(secret(EV)), "jobs[warm].envs[A] is to be of type GENERAL"),
        (envs({"key": "B", "value": EV}), envs(secret(EV)), "jobs[warm].envs[B] is to be of type GENERAL"),
        ({"name": "shop", "envs": [{"key": "B", "value": EV}]}, app(), "envs[B] is to be of type GENERAL"),
    ],
)  # fmt: skip
def test_refused(desired: dict[str, Any], current: dict[str, Any] | None, told: str) -> None:
    problems = edited(desired, current).problems
    assert [problem for problem in problems if told in problem], problems
    assert EV not in str(problems)
    assert OTHER_EV not in str(problems)


def test_all_keys_of_one_fault_are_one_sentence() -> None:
    found = edited({"name": "shop", "jobs": [{"name": "warm", **SOURCE, "envs": [secret(EV), secret(EV, "B")]}]}, None)
    assert len(found.problems) == 1
    assert found.problems[0].startswith("jobs[warm].envs[A], jobs[warm].envs[B] holds an encrypted value")


def test_what_is_allowed() -> None:
    empty = edited(envs(secret("")), envs(secret(EV)), allow_empty_secrets=True)
    assert empty.problems == ()
    assert not values(empty.spec)["A"]
    image = {**IMAGE, "registry_credentials": EV}
    bare = edited(app(image={**IMAGE, "registry_credentials": ""}), app(image=image), allow_empty_secrets=True)
    assert bare.spec["jobs"][0]["image"] == IMAGE
    stale = edited(envs(secret(OTHER_EV)), envs(secret(EV)), allow_stale_secrets=True)
    assert values(stale.spec)["A"] == OTHER_EV


def test_an_encrypted_value_of_the_app_may_go_to_another_place() -> None:
    found = edited(envs(secret(EV, "B")), envs(secret(EV)))
    assert (found.problems, values(found.spec)) == ((), {"A": EV, "B": EV})


def test_a_stored_empty_secret_is_told() -> None:
    found = edited(envs(secret()), envs(secret(EMPTY_EV)))
    assert found.problems == ()
    assert "The stored secret of jobs[warm].envs[A] is empty." in found.warnings[0]


@pytest.mark.parametrize(
    ("policy", "sent"), [("fingerprint", [True, False]), ("on_create", [False, False]), ("always", [True, True])]
)
def test_policies(policy: Any, sent: list[bool]) -> None:
    there = envs(secret(encrypted("value")))
    for expected in sent:
        found = edited(envs(secret("value")), there, update_secrets=policy)
        assert (values(found.spec)["A"] == "value") is expected
        there = server(found.spec)
    assert (FINGERPRINT_KEY in values(there)) is (policy == "fingerprint")


def test_an_env_of_the_type_secret_only_there_is_a_secret() -> None:
    found = edited(envs({"key": "A", "value": "new"}), envs(secret(EV, scope="RUN_TIME")))
    assert values(found.spec)["A"] == "new"
    assert FINGERPRINT_KEY in values(found.spec)
    again = edited(envs({"key": "A", "value": "new"}), server(found.spec))
    assert again.spec == server(found.spec) or values(again.spec)["A"].startswith("EV[")


def test_numbers_and_booleans_are_their_texts() -> None:
    there = server(edited(envs(secret(True), secret(1234, "B")), None).spec)
    assert edited(envs(secret("true"), secret("1234", "B")), there).spec == there


@pytest.mark.parametrize("mode", [PURGE, REPLACE_LISTS])
def test_a_purged_secret_is_not_wiped_by_a_forgotten_type(mode: Any) -> None:
    wiped = edited(envs({"key": "A"}), envs(secret(EV)), mode)
    if mode is PURGE:
        assert "\n".join(wiped.problems) == (
            "jobs[warm].envs[A] would lose its stored secret, as neither type nor value is declared: give type: SECRET "
            "to keep it, a value to replace it, or leave the variable out to remove it"
        )
    else:
        assert wiped.problems == ()
        assert values(wiped.spec) == {"A": EV}
    assert edited(envs({"key": "B", "value": "1"}), envs(secret(EV)), mode).problems == ()


def test_a_secret_that_becomes_readable_is_told() -> None:
    found = edited(envs({"key": "A", "value": "x"}), envs(secret(EV)), PURGE)
    assert found.problems == ()
    assert "jobs[warm].envs[A] was a secret and becomes readable" in " ".join(found.warnings)
    meant = edited(envs({"key": "A", "value": "x", "type": "GENERAL"}), envs(secret(EV)))
    assert "becomes readable" not in " ".join(meant.warnings)


def test_a_declared_fingerprint_counts_for_nothing() -> None:
    there = server(edited(envs(secret("value")), None).spec)
    old = values(there)[FINGERPRINT_KEY]
    found = edited(envs(secret("value"), {"key": FINGERPRINT_KEY, "value": "v1:old"}), there)
    assert values(found.spec)[FINGERPRINT_KEY] == old
    assert FINGERPRINT_KEY not in values(edited(envs({"key": FINGERPRINT_KEY, "value": "v1:old"}), app()).spec)


def test_a_fingerprint_that_somebody_made_a_secret_is_readable_after_the_next_write() -> None:
    there = server(edited(envs(secret("value")), None).spec)
    mark = next(env for env in there["jobs"][0]["envs"] if env["key"] == FINGERPRINT_KEY)
    mark.update(type="SECRET", value=EV)
    found = edited(envs(secret("value")), there)
    assert found.problems == ()
    after = next(env for env in found.spec["jobs"][0]["envs"] if env["key"] == FINGERPRINT_KEY)
    assert "type" not in after
    assert after["value"].startswith("v2:")


def test_a_fingerprint_that_somebody_made_a_secret_is_left_alone_by_other_changes() -> None:
    there = envs({"key": FINGERPRINT_KEY, "value": EV, "type": "SECRET", "scope": "RUN_TIME"})
    assert edited(app(), there).spec == there


def test_a_declared_fingerprint_needs_no_value() -> None:
    there = server(edited(envs(secret("value")), None).spec)
    found = edited(envs(secret("value"), {"key": FINGERPRINT_KEY, "type": "SECRET"}), there)
    assert found.problems == ()


def test_a_declared_fingerprint_is_no_secret_of_the_task() -> None:
    there = server(edited(envs(secret("value")), None).spec)
    next(env for env in there["jobs"][0]["envs"] if env["key"] == FINGERPRINT_KEY).update(type="SECRET", value=EV)
    found = edited(envs(secret("value"), {"key": FINGERPRINT_KEY, "type": "SECRET", "value": OTHER_EV}), there)
    assert found.problems == ()


def test_of_two_envs_of_one_name_the_secret_is_the_secret() -> None:
    there = server(envs({"key": "A", "value": "readable"}, secret("hidden")))
    found = edited(there, there)
    assert found.problems == ()
    assert found.spec == there


def test_a_token_that_is_returned_in_clear_needs_no_fingerprint() -> None:
    logs = [{"name": "logs", "logtail": {"token": "a-token-of-logs"}}]
    found = edited(app(log_destinations=logs), app())
    assert found.problems == ()
    assert found.spec["jobs"][0]["log_destinations"] == logs
    assert "envs" not in found.spec["jobs"][0]


def test_rules_for_what_this_task_wrote() -> None:
    always = SecretRules("always", allow_empty_secrets=True)
    assert always.for_replay() == SecretRules("on_create", allow_empty_secrets=True)
    for policy in ("fingerprint", "on_create"):
        rules = SecretRules(policy)  # type: ignore[arg-type]
        assert rules.for_replay() is rules
