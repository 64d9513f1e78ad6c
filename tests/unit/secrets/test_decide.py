"""The decision about each secret, rule by rule, and the promises of the policies over many runs."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.oceanops.app_platform.plugins.module_utils._masking.secret_register import DIFF_CHANGED, MASK
from ansible_collections.oceanops.app_platform.plugins.module_utils._secrets import slow_hash
from ansible_collections.oceanops.app_platform.plugins.module_utils._secrets.decisions import (
    Action,
    Choice,
    Decision,
    Declared,
    Fingerprint,
    Owner,
    Policy,
    decide,
    describe_problems,
    is_encrypted,
    plaintext_length,
)
from tests.unit.secrets.cheap import cheap_hashes
from tests.unit.secrets.evs import ev

HERE = Owner("shop", "migrate")
CANARY = "c4nary-Secret-0815"


@pytest.fixture(autouse=True, scope="module")
def cheap_hash() -> Iterator[None]:
    """The decision doesn't depend on what the hash costs; its cost has tests of its own."""
    with cheap_hashes():
        yield


def one(value: str | None, stored: str | None = None, policy: Policy = "fingerprint", **options: bool) -> Decision:
    """The decision about a single secret without a fingerprint."""
    return decide(policy, {"A": Declared(value)}, {"A": stored}, None, HERE, **options)


@dataclass
class Remote:
    """One component of an app: what is stored, and what it really holds."""

    stored: dict[str, str] = field(default_factory=dict)
    plain: dict[str, str] = field(default_factory=dict)
    fingerprint: str | None = None
    writes: int = 0

    def put(self, name: str, value: str) -> None:
        """Somebody sets a secret by hand."""
        self.plain[name] = value
        self.stored[name] = ev(value)

    def apply(self, policy: Policy, secrets: dict[str, str | None], owner: Owner = HERE) -> Decision:
        """A task's run: decide, and write if anything is to be written."""
        decision = decide(
            policy,
            {name: Declared(value) for name, value in secrets.items()},
            self.stored,
            self.fingerprint,
            owner,
            allow_empty=True,
        )
        assert not decision.problems
        if decision.changed:
            self.writes += 1
            for name, choice in decision.choices.items():
                if not is_encrypted(choice.value):
                    self.put(name, choice.value)
                else:
                    assert choice.value == self.stored[name], "an encrypted value goes back as it came"
            self.fingerprint = decision.fingerprint
        else:
            assert decision.fingerprint == self.fingerprint, "without a write the fingerprint stays"
        return decision


# --- one secret -------------------------------------------------------------------------------------------------------


def test_no_value_keeps_the_stored_one() -> None:
    stored = ev("x")
    choice = one(None, stored).choices["A"]
    assert (choice.action, choice.value, choice.reason) == (Action.KEEP, stored, "kept")


@pytest.mark.parametrize("stored", [None, ""])
@pytest.mark.parametrize("creating", [True, False])
def test_no_value_and_none_stored_is_refused(stored: str | None, creating: bool) -> None:
    decision = one(None, stored, creating=creating)
    assert [problem.code for problem in decision.problems] == ["no_value"]
    assert decision.choices == {}


def test_an_empty_value_is_refused_unless_allowed() -> None:
    assert [problem.code for problem in one("").problems] == ["empty"]
    choice = one("", allow_empty=True).choices["A"]
    assert (choice.action, choice.value) == (Action.SEND, "")


def test_a_value_of_white_space_is_a_value() -> None:
    assert one(" ").choices["A"].value == " "


@pytest.mark.parametrize("masked", [MASK, DIFF_CHANGED, "SECRET (removed)", "$REDACTED$", "********"])
@pytest.mark.parametrize("policy", ["fingerprint", "on_create", "always"])
def test_a_masked_value_is_never_sent(masked: str, policy: Policy) -> None:
    decision = one(masked, ev("x"), policy)
    assert [problem.code for problem in decision.problems] == ["masked"]
    assert not decision.changed


def test_the_stored_encrypted_value_passes_through() -> None:
    stored = ev("x")
    for given_value in (stored, f"  {stored}\n"):
        choice = one(given_value, stored).choices["A"]
        assert (choice.action, choice.value) == (Action.KEEP, stored)


def test_another_encrypted_value_is_stale() -> None:
    assert [problem.code for problem in one(ev("x"), ev("x")).problems] == ["stale_encrypted"]


def test_a_stale_value_is_sent_when_allowed() -> None:
    old = ev("x")
    choice = one(old, ev("y"), allow_stale=True).choices["A"]
    assert (choice.action, choice.value, choice.reason) == (Action.SEND, old, "encrypted")


def test_an_encrypted_value_in_a_new_place_must_be_known_to_the_app() -> None:
    known = ev("x")
    assert [problem.code for problem in one(known).problems] == ["foreign_encrypted"]
    decision = decide("fingerprint", {"A": Declared(known)}, {}, None, HERE, known={known})
    assert (decision.choices["A"].action, decision.choices["A"].value) == (Action.SEND, known)
    assert decision.fingerprint is None


def test_a_known_value_does_not_replace_another_one() -> None:
    known = ev("x")
    decision = decide("fingerprint", {"A": Declared(known)}, {"A": ev("y")}, None, HERE, known={known})
    assert [problem.code for problem in decision.problems] == ["stale_encrypted"]


@pytest.mark.parametrize("allow_stale", [True, False])
def test_no_app_is_created_with_an_encrypted_value(allow_stale: bool) -> None:
    decision = one(ev("x"), creating=True, allow_stale=allow_stale)
    assert [problem.code for problem in decision.problems] == ["encrypted_on_create"]


@pytest.mark.parametrize("policy", ["fingerprint", "on_create", "always"])
def test_a_secret_that_is_not_stored_is_sent(policy: Policy) -> None:
    choice = one("x", None, policy).choices["A"]
    assert (choice.action, choice.value, choice.reason) == (Action.SEND, "x", "new")


@pytest.mark.parametrize("policy", ["fingerprint", "on_create", "always"])
def test_an_equal_value_stored_in_clear_is_kept(policy: Policy) -> None:
    decision = one("x", "x", policy)
    assert not decision.changed
    assert decision.fingerprint is None


@pytest.mark.parametrize(("policy", "sent"), [("fingerprint", True), ("always", True), ("on_create", False)])
def test_another_value_stored_in_clear(policy: Policy, sent: bool) -> None:
    choice = one("x", "y", policy).choices["A"]
    assert choice.changed is sent
    assert choice.value == ("x" if sent else "y")


def test_a_value_stored_in_clear_counts_more_than_the_fingerprint() -> None:
    """Somebody replaced the secret that this task wrote with a readable value."""
    fingerprint = one("x").fingerprint
    choice = decide("fingerprint", {"A": Declared("x")}, {"A": "y"}, fingerprint, HERE).choices["A"]
    assert (choice.action, choice.value, choice.reason) == (Action.SEND, "x", "changed")


def test_on_create_keeps_whatever_is_stored_and_writes_no_fingerprint() -> None:
    stored = ev("longer than x")
    decision = one("x", stored, "on_create")
    assert decision.choices["A"].value == stored
    assert decision.fingerprint is None
    assert one("x", None, "on_create").fingerprint is None


def test_always_sends_and_writes_no_fingerprint() -> None:
    decision = one("x", ev("x"), "always")
    assert (decision.choices["A"].reason, decision.fingerprint) == ("policy", None)


# --- problems and warnings --------------------------------------------------------------------------------------------


def test_every_fault_is_reported_and_named() -> None:
    decision = decide(
        "fingerprint",
        {
            "A": Declared(None, "jobs[migrate].envs[A]"),
            "B": Declared("", "jobs[migrate].envs[B]"),
            "C": Declared(ev(CANARY), "jobs[migrate].envs[C]"),
            "D": Declared(None, "jobs[migrate].envs[D]"),
            "E": Declared(CANARY),
        },
        {"C": ev(CANARY)},
        None,
        HERE,
    )
    lines = describe_problems(decision.problems)
    assert len(lines) == 3
    assert lines[0].startswith("jobs[migrate].envs[A], jobs[migrate].envs[D] has no value and none is stored")
    assert "allow_empty_secrets" in lines[1]
    assert "allow_stale_secrets" in lines[2]
    assert decision.choices.keys() == {"E"}
    assert decision.fingerprint is None, "a refused task leaves the fingerprint alone"


def test_creation_faults_of_all_components_become_one_sentence() -> None:
    problems = [
        problem
        for part in ("web", "migrate")
        for problem in decide(
            "fingerprint", {"A": Declared(ev("x"), f"{part}.A")}, {}, None, Owner("shop", part), creating=True
        ).problems
    ]
    lines = describe_problems(problems)
    assert len(lines) == 1
    assert lines[0].startswith("web.A, migrate.A holds an encrypted value")


def test_no_value_in_any_text() -> None:
    stored = ev(CANARY)
    for declared, held in ((CANARY, stored), (stored, ev("x")), (CANARY, None), (CANARY, CANARY), (None, ev(""))):
        for policy in ("fingerprint", "on_create", "always"):
            decision = decide(policy, {"A": Declared(declared)}, {"A": held}, None, HERE)
            said = repr(decision) + repr(Declared(declared)) + "".join(describe_problems(decision.problems))
            assert CANARY not in said
            assert stored not in said


@pytest.mark.parametrize(
    ("value", "policy", "warned"),
    [(None, "fingerprint", True), ("x", "on_create", True), ("x", "fingerprint", False), ("", "on_create", False)],
)
def test_a_stored_empty_secret_is_warned_about_unless_repaired(value: str | None, policy: Policy, warned: bool) -> None:
    decision = one(value, ev(""), policy, allow_empty=True)
    assert bool(decision.warnings) is warned
    assert all("A" in warning for warning in decision.warnings)


# --- fingerprint over many runs ---------------------------------------------------------------------------------------


def test_a_rotated_secret_of_ten_is_one_write_then_none() -> None:
    remote = Remote()
    secrets: dict[str, str | None] = {f"S{number}": f"value {number}" for number in range(10)}
    remote.apply("fingerprint", secrets)
    assert remote.writes == 1
    for _again in range(5):
        assert not remote.apply("fingerprint", secrets).changed
    secrets["S3"] = "value X"
    remote.apply("fingerprint", secrets)
    assert (remote.writes, remote.plain["S3"]) == (2, "value X")
    assert not remote.apply("fingerprint", secrets).changed


def test_an_app_without_a_fingerprint_costs_one_write() -> None:
    remote = Remote()
    remote.put("A", "1")
    assert remote.apply("fingerprint", {"A": "1"}).choices["A"].reason == "changed"
    assert not remote.apply("fingerprint", {"A": "1"}).changed


@pytest.mark.parametrize("fingerprint", [None, "", "broken", "v1:AAAAAAAAAAAAAAAAAAAAAA:"])
def test_a_lost_or_broken_fingerprint_costs_one_write(fingerprint: str | None) -> None:
    remote = Remote()
    remote.apply("fingerprint", {"A": "1", "B": "2"})
    remote.fingerprint = fingerprint
    remote.apply("fingerprint", {"A": "1", "B": "2"})
    assert remote.writes == 2
    assert not remote.apply("fingerprint", {"A": "1", "B": "2"}).changed


def test_a_value_changed_by_hand_to_another_length_is_sent_alone() -> None:
    remote = Remote()
    remote.apply("fingerprint", {"A": "1", "B": "2"})
    fingerprint = remote.fingerprint
    remote.put("B", "by hand")
    decision = remote.apply("fingerprint", {"A": "1", "B": "2"})
    assert {name: choice.reason for name, choice in decision.choices.items()} == {"A": "same", "B": "length"}
    assert remote.fingerprint == fingerprint, "the fingerprint was right all the time"
    assert not remote.apply("fingerprint", {"A": "1", "B": "2"}).changed


def test_a_secret_removed_by_hand_is_sent_alone() -> None:
    remote = Remote()
    remote.apply("fingerprint", {"A": "1", "B": "2"})
    del remote.stored["B"]
    decision = remote.apply("fingerprint", {"A": "1", "B": "2"})
    assert {name: choice.reason for name, choice in decision.choices.items()} == {"A": "same", "B": "new"}


def test_two_tasks_with_different_secrets_leave_each_other_alone() -> None:
    remote = Remote()
    for _again in range(3):
        remote.apply("fingerprint", {"A": "1"})
        remote.apply("fingerprint", {"B": "2", "C": "3"})
    assert remote.writes == 2


def test_values_and_valueless_secrets_mix() -> None:
    remote = Remote()
    remote.put("UI", "set in the control panel")
    remote.apply("fingerprint", {"A": "1", "UI": None})
    decision = remote.apply("fingerprint", {"A": "1", "UI": None})
    assert not decision.changed
    assert remote.plain["UI"] == "set in the control panel"


def test_a_rename_costs_one_write() -> None:
    remote = Remote()
    remote.apply("fingerprint", {"A": "1"})
    remote.apply("fingerprint", {"A": "1"}, Owner("renamed", "migrate"))
    assert remote.writes == 2
    assert not remote.apply("fingerprint", {"A": "1"}, Owner("renamed", "migrate")).changed


def test_a_forced_rotation_updates_the_fingerprint() -> None:
    """`always` once, then `fingerprint` again: with the new value no further write, with the old one a write back."""
    remote = Remote()
    remote.apply("fingerprint", {"A": "old"})
    remote.apply("always", {"A": "new"})
    assert not remote.apply("fingerprint", {"A": "new"}).changed
    remote.apply("fingerprint", {"A": "old"})
    assert remote.plain["A"] == "old"


def test_a_forced_value_leaves_no_hash_where_there_was_none() -> None:
    """A secret that can be guessed, beside others that have a fingerprint."""
    remote = Remote()
    remote.apply("fingerprint", {"A": "1"})
    remote.apply("on_create", {"PIN": "4711"})
    before = remote.fingerprint
    remote.apply("always", {"PIN": "0815"})
    assert (remote.plain["PIN"], remote.fingerprint) == ("0815", before)
    assert not remote.apply("on_create", {"PIN": "0815"}).changed


def test_a_forced_rotation_updates_a_fingerprint_of_the_first_version() -> None:
    remote = Remote()
    remote.put("A", "old")
    remote.fingerprint = "v1:MDEyMzQ1Njc4OWFiY2RlZg:VZrq0A/cUO3YZZBYynZNzolMk_A6g"
    remote.apply("always", {"A": "new", "B": "2"})
    fingerprint = Fingerprint.parse(remote.fingerprint)
    assert fingerprint is not None
    assert fingerprint.v1 is None
    assert fingerprint.known(HERE, {"A": "new", "B": "2"}) == {"A"}


def test_a_write_by_on_create_makes_the_fingerprint_forget() -> None:
    remote = Remote()
    remote.apply("fingerprint", {"A": "old"})
    del remote.stored["A"]
    remote.apply("on_create", {"A": "new"})
    assert remote.fingerprint is None
    remote.apply("fingerprint", {"A": "old"})
    assert remote.plain["A"] == "old"


def test_a_stale_value_that_is_allowed_makes_the_fingerprint_forget() -> None:
    remote = Remote()
    remote.apply("fingerprint", {"A": "new"})
    decision = decide(
        "fingerprint", {"A": Declared(ev("old"))}, remote.stored, remote.fingerprint, HERE, allow_stale=True
    )
    assert decision.changed
    assert decision.fingerprint is None


def test_a_dropped_secret_leaves_the_entries_of_others() -> None:
    remote = Remote()
    remote.apply("fingerprint", {"A": "1"})
    remote.apply("fingerprint", {"B": "2"})
    decision = decide(
        "fingerprint", {"B": Declared(ev("x"))}, remote.stored, remote.fingerprint, HERE, allow_stale=True
    )
    left = Fingerprint.parse(decision.fingerprint)
    assert left is not None
    assert left.matches(HERE, {"A": "1"})
    assert not left.matches(HERE, {"B": "2"})


def test_values_that_come_back_in_clear_need_no_fingerprint() -> None:
    declared = {"log": Declared("token", returned_unencrypted=True)}
    assert decide("fingerprint", declared, {}, None, HERE, creating=True).fingerprint is None
    assert not decide("fingerprint", declared, {"log": "token"}, None, HERE).changed
    assert decide("fingerprint", declared, {"log": "other"}, None, HERE).choices["log"].reason == "changed"


def test_values_that_come_back_encrypted_against_expectation_settle_after_one_write() -> None:
    declared = {"log": Declared("token", returned_unencrypted=True), "A": Declared("1")}
    first = decide("fingerprint", declared, {}, None, HERE, creating=True)
    stored = {"log": ev("token"), "A": ev("1")}
    second = decide("fingerprint", declared, stored, first.fingerprint, HERE)
    assert second.changed
    assert not decide("fingerprint", declared, stored, second.fingerprint, HERE).changed


def test_clear_and_encrypted_values_mix() -> None:
    declared = {"log": Declared("token", returned_unencrypted=True), "A": Declared("1")}
    first = decide("fingerprint", declared, {}, None, HERE, creating=True)
    stored = {"log": "token", "A": ev("1")}
    assert not decide("fingerprint", declared, stored, first.fingerprint, HERE).changed
    changed = decide(
        "fingerprint", {**declared, "log": Declared("new", returned_unencrypted=True)}, stored, first.fingerprint, HERE
    )
    assert [name for name, choice in changed.choices.items() if choice.changed] == ["log"]
    assert changed.fingerprint == first.fingerprint


def test_a_write_of_others_adds_no_hash_of_a_value_that_is_stored_in_clear() -> None:
    declared = {"log": Declared("new", returned_unencrypted=True), "A": Declared("1")}
    decision = decide("fingerprint", declared, {"log": "old", "A": "1"}, None, HERE)
    assert [name for name, choice in decision.choices.items() if choice.changed] == ["log"]
    assert decision.fingerprint is None


def test_choices_come_in_the_declared_order() -> None:
    names = ["Z", "A", "M"]
    declared = {"Z": Declared("1"), "A": Declared(None), "M": Declared("2")}
    assert list(decide("fingerprint", declared, {"A": ev("x")}, None, HERE).choices) == names


def test_one_slow_hash_for_any_number_of_secrets_that_are_unchanged(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []
    scrypt = hashlib.scrypt

    def counted(data: bytes, **options: object) -> bytes:
        if data != b"probe":
            calls.append(data)
        return scrypt(data, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(hashlib, "scrypt", counted)
    remote = Remote()
    secrets: dict[str, str | None] = {f"S{number}": str(number) for number in range(30)}
    remote.apply("fingerprint", secrets)
    for _again in range(3):
        calls.clear()
        slow_hash.computed_digests.clear()
        assert not remote.apply("fingerprint", secrets).changed
        assert len(calls) == 1


# --- properties -------------------------------------------------------------------------------------------------------

VALUES = st.text(max_size=6).filter(lambda value: not value.startswith("EV["))
TASKS = st.dictionaries(st.sampled_from("ABCD"), VALUES, min_size=1, max_size=4)
POLICIES: st.SearchStrategy[Policy] = st.sampled_from(["fingerprint", "on_create", "always"])


@settings(max_examples=300)
@given(st.lists(st.tuples(POLICIES, TASKS), max_size=8), TASKS)
def test_fingerprint_converges_after_anything(
    history: list[tuple[Policy, dict[str, str]]], task: dict[str, str]
) -> None:
    """Whatever tasks ran before: one more run makes every declared value true, and the run after it writes nothing."""
    remote = Remote()
    for policy, secrets in history:
        remote.apply(policy, dict(secrets))
    remote.apply("fingerprint", dict(task))
    assert {name: remote.plain[name] for name in task} == task
    writes = remote.writes
    assert not remote.apply("fingerprint", dict(task)).changed
    assert remote.writes == writes


@settings(max_examples=200)
@given(TASKS, st.dictionaries(st.sampled_from("ABCD"), VALUES, max_size=3))
def test_a_change_by_hand_of_another_length_is_undone(task: dict[str, str], by_hand: dict[str, str]) -> None:
    remote = Remote()
    remote.apply("fingerprint", dict(task))
    for name, value in by_hand.items():
        remote.put(name, value)
    remote.apply("fingerprint", dict(task))
    for name, value in task.items():
        held = plaintext_length(remote.stored[name])
        assert held == len(value.encode("utf-8", "surrogatepass"))


STORED = st.one_of(st.none(), st.just(""), VALUES, VALUES.map(ev), st.text().map(lambda text: f"EV[{text}]"))
GIVEN = st.one_of(st.none(), VALUES, VALUES.map(ev), st.text().map(lambda text: f"EV[{text}]"), st.sampled_from([MASK]))


@settings(max_examples=300)
@given(
    POLICIES,
    st.dictionaries(st.text(max_size=3), st.tuples(GIVEN, STORED, st.booleans()), max_size=5),
    st.one_of(st.none(), st.text()),
    st.booleans(),
    st.booleans(),
    st.booleans(),
)
def test_every_secret_gets_a_choice_or_a_fault(
    policy: Policy,
    secrets: dict[str, tuple[str | None, str | None, bool]],
    fingerprint: str | None,
    creating: bool,
    allow_empty: bool,
    allow_stale: bool,
) -> None:
    declared = {name: Declared(value, returned_unencrypted=clear) for name, (value, _held, clear) in secrets.items()}
    stored = {name: held for name, (_value, held, _clear) in secrets.items()}
    decision = decide(
        policy, declared, stored, fingerprint, HERE, creating=creating, allow_empty=allow_empty, allow_stale=allow_stale
    )
    assert len(decision.choices) + len(decision.problems) == len(secrets)
    for name, choice in decision.choices.items():
        value = declared[name].value
        if choice.action is Action.KEEP:
            assert choice.value == stored[name]
        else:
            assert value is not None
            assert choice.value == (value.strip() if is_encrypted(value.strip()) else value)
            assert choice.value != "" or allow_empty
    if not decision.changed or decision.problems:
        assert decision.fingerprint == fingerprint


def test_choices_that_keep_what_is_stored() -> None:
    stored = ev("other")
    assert one("x", stored, "on_create").choices == {"A": Choice(Action.KEEP, stored, "policy")}
    for policy in ("fingerprint", "on_create", "always"):
        decision = one("x", "x", policy)  # type: ignore[arg-type]
        assert decision.choices == {"A": Choice(Action.KEEP, "x", "same")}
        assert not decision.changed


def test_the_stored_encrypted_value_may_be_declared() -> None:
    stored = ev("x")
    for policy in ("fingerprint", "on_create", "always"):
        assert one(stored, stored, policy).choices == {"A": Choice(Action.KEEP, stored, "same")}  # type: ignore[arg-type]
