"""The fingerprint beside the secrets: what it recognises, what it survives, what it costs."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.oceanops.app_platform.plugins.module_utils._secrets import slow_hash
from ansible_collections.oceanops.app_platform.plugins.module_utils._secrets.fingerprint import (
    MAX_SETS,
    Fingerprint,
    Owner,
    text_after_removal,
)
from ansible_collections.oceanops.app_platform.plugins.module_utils._secrets.fingerprint_v1 import short_name_v1
from tests.unit.secrets.cheap import cheap_hashes

HERE = Owner("shop", "migrate")
SECRETS = {"DB_URL": "postgres://u:p@h/db", "TOKEN": "t0ken"}


def salt() -> bytes:
    return b"0123456789abcdef"


@pytest.fixture
def cheap() -> Iterator[None]:
    """See cheap_hashes."""
    with cheap_hashes():
        yield


@pytest.fixture
def count(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Counts the slow hashes."""
    calls: list[str] = []
    scrypt, pbkdf2 = hashlib.scrypt, hashlib.pbkdf2_hmac

    def counted(data: bytes, **options: object) -> bytes:
        if options["n"] != 2:  # not the probe
            calls.append("scrypt")
        return scrypt(data, **options)  # type: ignore[arg-type]

    def counted_too(*args: object) -> bytes:
        calls.append("pbkdf2")
        return pbkdf2(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(hashlib, "scrypt", counted)
    monkeypatch.setattr(hashlib, "pbkdf2_hmac", counted_too)
    slow_hash.computed_digests.clear()
    return calls


def written(secrets: dict[str, str] | None = None, owner: Owner = HERE) -> Fingerprint:
    return Fingerprint.create(salt).with_values(owner, SECRETS if secrets is None else secrets)


def reread(fingerprint: Fingerprint) -> Fingerprint:
    found = Fingerprint.parse(fingerprint.text)
    assert found is not None
    return found


def test_a_written_set_is_recognised_from_its_text() -> None:
    assert reread(written()).matches(HERE, SECRETS)


def test_a_text_of_more_than_64_kib_is_none(cheap: None) -> None:
    text = written().text
    assert Fingerprint.parse(text.ljust(65_536)) is not None
    assert Fingerprint.parse(text.ljust(65_537)) is None


def test_the_order_of_secrets_does_not_matter() -> None:
    assert reread(written()).matches(HERE, dict(reversed(SECRETS.items())))


@pytest.mark.parametrize(
    "other",
    [
        {**SECRETS, "TOKEN": "t0kem"},
        {**SECRETS, "MORE": "x"},
        {"DB_URL": SECRETS["TOKEN"], "TOKEN": SECRETS["DB_URL"]},
        {},
    ],
)
def test_another_set_is_not(other: dict[str, str]) -> None:
    assert not reread(written()).matches(HERE, other)


@pytest.mark.parametrize("owner", [Owner("shop", "web"), Owner("shop"), Owner("shop2", "migrate")])
def test_a_fingerprint_copied_elsewhere_matches_nothing(owner: Owner) -> None:
    assert not reread(written()).matches(owner, SECRETS)


def test_values_can_not_be_read_as_names_or_contexts() -> None:
    one = written({"A": 'x","B","y'}, Owner("a", "b"))
    assert not one.matches(Owner("a", "b"), {"A": "x", "B": "y"})
    assert not written({"A": "x"}, Owner("ab", "")).matches(Owner("a", "b"), {"A": "x"})


def test_no_value_and_no_name_is_in_the_text() -> None:
    text = written().text
    for word in ("postgres", "t0ken", "DB_URL", "TOKEN", "shop", "migrate"):
        assert word not in text
    assert "t0ken" not in repr(written())


def test_two_salts_give_two_texts() -> None:
    one, two = Fingerprint.create(), Fingerprint.create()
    assert one.salt != two.salt
    assert one.with_values(HERE, SECRETS).text != two.with_values(HERE, SECRETS).text


def test_disjoint_sets_live_side_by_side() -> None:
    both = reread(written({"A": "1"}).with_values(HERE, {"B": "2", "C": "3"}))
    assert both.matches(HERE, {"A": "1"})
    assert both.matches(HERE, {"B": "2", "C": "3"})
    assert both.matches(HERE, {"A": "1", "C": "3"})


def test_writing_a_value_replaces_its_digest() -> None:
    fingerprint = written({"A": "1"}).with_values(HERE, {"B": "2"}).with_values(HERE, {"A": "new"})
    assert len(fingerprint.digests) == 2
    assert fingerprint.matches(HERE, {"A": "new"})
    assert not fingerprint.matches(HERE, {"A": "1"})
    assert fingerprint.matches(HERE, {"B": "2"})


def test_each_value_is_known_by_itself() -> None:
    fingerprint = written({"A": "1", "B": "2"}).with_values(HERE, {"C": "3"}).with_values(HERE, {"B": "9"})
    assert not fingerprint.matches(HERE, {"A": "1", "B": "2"})
    assert fingerprint.known(HERE, {"A": "1", "B": "2", "C": "3"}) == {"A", "C"}
    assert fingerprint.matches(HERE, {"A": "1", "B": "9"})
    assert fingerprint.matches(HERE, {"C": "3"})
    assert fingerprint.matches(HERE, {"B": "9"})


def test_equal_markers_have_equal_texts() -> None:
    one = written({"A": "1"}).with_values(HERE, {"B": "2"})
    two = written({"B": "2"}).with_values(HERE, {"A": "1"})
    assert one.text == two.text


def test_removal_drops_entries_and_in_the_end_the_env() -> None:
    text = written({"A": "1"}).with_values(HERE, {"C": "3"}).text
    left = text_after_removal(text, ["A"])
    assert left is not None
    assert Fingerprint.parse(left) == reread(written({"C": "3"}))
    assert text_after_removal(left, ["C"]) is None


def test_removal_of_something_else_changes_nothing() -> None:
    spaced = "  " + written().text + "\n"
    assert text_after_removal(spaced, ["OTHER"]) == spaced
    assert text_after_removal("broken", ["A"]) == "broken"
    assert text_after_removal(None, ["A"]) is None


@pytest.mark.parametrize("edit", ["{}\n", "  {}  ", '"{}"', "'{}'", "{} ,", "{},rubbish", "{},,"])
def test_hand_editing_is_survived(edit: str) -> None:
    found = Fingerprint.parse(edit.format(written().text))
    assert found is not None
    assert found.matches(HERE, SECRETS)


def test_a_text_folded_over_lines_is_survived() -> None:
    text = written().text
    found = Fingerprint.parse(text[:30] + "\n      " + text[30:])
    assert found is not None
    assert found.matches(HERE, SECRETS)


@pytest.mark.parametrize(
    "text", [None, "", " ", "v1", "v2:", "v3:AAAAAAAAAAAAAAAAAAAAAA:", "hello", "v1:short:", "v2:" + "A" * 70_000]
)
def test_a_broken_fingerprint_is_none(text: str | None) -> None:
    assert Fingerprint.parse(text) is None


def test_a_broken_entry_costs_only_itself() -> None:
    text = written({"A": "1"}).with_values(HERE, {"B": "2"}).text
    head, entries = text.rsplit(":", 1)
    first, second = entries.split(",")
    found = Fingerprint.parse(f"{head}:{first[:-3]},{second}")
    assert found is not None
    assert [found.matches(HERE, {"A": "1"}), found.matches(HERE, {"B": "2"})].count(True) == 1


@given(st.text())
def test_any_text_is_parsed_or_refused(text: str) -> None:
    found = Fingerprint.parse(text)
    assert found is None or Fingerprint.parse(found.text) == found


@given(st.text(alphabet="v12p:AZaz09-_./,=|hs \n", max_size=120))
def test_any_nearly_right_text_is_parsed_or_refused(text: str) -> None:
    for version in ("v1", "v1p", "v2"):
        found = Fingerprint.parse(f"{version}:AAAAAAAAAAAAAAAAAAAAAA:{text}")
        assert found is not None
        assert Fingerprint.parse(found.text) == found


NAMES = st.text(min_size=1, max_size=8)
SETS = st.dictionaries(NAMES, st.text(max_size=12), max_size=4)


@given(SETS, SETS, st.text(max_size=5), st.text(max_size=5))
def test_a_value_is_known_only_if_it_was_written(one: dict[str, str], two: dict[str, str], app: str, part: str) -> None:
    with cheap_hashes():
        owner = Owner(app, part)
        fingerprint = reread(written(one, owner)) if one else Fingerprint.create(salt)
        assert fingerprint.matches(owner, one) is bool(one)
        assert fingerprint.known(owner, two) == {name for name in two if one.get(name) == two[name]}


@given(st.lists(SETS.filter(bool), min_size=1, max_size=6), SETS)
def test_after_any_writes_just_the_last_values_are_known(writes: list[dict[str, str]], asked: dict[str, str]) -> None:
    """Whatever tasks write one after the other."""
    with cheap_hashes():
        fingerprint, remote = Fingerprint.create(salt), dict[str, str]()
        for secrets in writes:
            fingerprint = reread(fingerprint.with_values(HERE, secrets))
            remote.update(secrets)
        for secrets in (*writes, asked, remote):
            right = {name for name in secrets if remote.get(name) == secrets[name]}
            assert fingerprint.known(HERE, secrets) == right


def test_one_slow_hash_recognises_what_a_task_wrote(count: list[str]) -> None:
    fingerprint = written()
    assert count == ["scrypt"] * 3
    count.clear()
    for _again in range(2):
        slow_hash.computed_digests.clear()
        assert reread(fingerprint).matches(HERE, SECRETS)
    assert reread(fingerprint).matches(HERE, SECRETS)
    assert count == ["scrypt"] * 2


def test_a_part_of_what_a_task_wrote_costs_a_hash_for_each(count: list[str]) -> None:
    secrets = {name: name for name in "ABCD"}
    fingerprint = written(secrets)
    count.clear()
    slow_hash.computed_digests.clear()
    assert reread(fingerprint).matches(HERE, {"A": "A", "B": "B"})
    assert count == ["scrypt"] * 2


RANDOM = ["vE7q2XbT9sKd4LmR8wZc1FhJ6pYg3NaU", "kP3z9Vt6Qw1Xr8Lc5Bn2Hs7Jd4Mf0Gy+Tb6Ru9Ze3A="]


def test_random_values_need_no_slow_hash(count: list[str]) -> None:
    secrets = dict(zip("AB", RANDOM, strict=True))
    fingerprint = written(secrets)
    assert reread(fingerprint).matches(HERE, secrets)
    assert not reread(fingerprint).matches(HERE, {**secrets, "A": RANDOM[1]})
    assert count == []
    mixed = {**secrets, "PIN": "4711"}
    assert reread(fingerprint.with_values(HERE, mixed)).matches(HERE, mixed)
    assert count == ["scrypt"]


def test_the_number_of_sets_is_bounded(cheap: None) -> None:
    fingerprint = Fingerprint.create(salt)
    for number in range(20):
        before, fingerprint = fingerprint, fingerprint.with_values(HERE, {"A": str(number), "B": "x"})
    assert len(reread(fingerprint).sets) == MAX_SETS
    # The oldest one makes room for the newest.
    assert fingerprint.sets[:-1] == before.sets[1:]
    assert reread(fingerprint).matches(HERE, {"A": "19", "B": "x"})


def test_the_fingerprint_of_fifty_secrets_is_short(cheap: None) -> None:
    secrets = {f"SECRET_{number}": f"value {number}" for number in range(50)}
    assert len(written(secrets).text) < 2000


def test_no_slow_hash_where_the_names_differ(count: list[str]) -> None:
    fingerprint = written()
    count.clear()
    assert not reread(fingerprint).matches(HERE, {"A": "1"})
    assert count == []


def test_the_memory_of_hashes_is_bounded(cheap: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slow_hash, "MAX_DIGESTS", 5)
    for number in range(12):
        assert written({"A": str(number)}).matches(HERE, {"A": str(number)})
        assert len(slow_hash.computed_digests) <= 5
    requests = [slow_hash.HashRequest(slow_hash.HMAC, salt(), bytes([number])) for number in range(12)]
    assert len(set(slow_hash.digests_of(requests))) == 12
    assert len(slow_hash.computed_digests) <= 5


def test_no_value_stays_in_the_memory_of_hashes() -> None:
    written({"A": "CANARY-0815"})
    assert "CANARY-0815" not in repr(slow_hash.computed_digests)


def test_the_hash_is_slow_but_not_too_slow() -> None:
    """Between 30 ms (a guesser's delight) and two seconds (a user's pain) on whatever runs this."""
    slow_hash.computed_digests.clear()
    best = 1.0
    for number in range(3):
        start = time.perf_counter()
        Fingerprint.create(salt).with_values(HERE, {"A": str(number)})
        best = min(best, time.perf_counter() - start)
    assert 0.03 < best < 2


def without_scrypt(monkeypatch: pytest.MonkeyPatch, how: str) -> None:
    if how == "absent":
        monkeypatch.delattr(hashlib, "scrypt")
    else:

        def refuse(*_args: object, **_options: object) -> bytes:
            raise ValueError("unsupported in FIPS mode")

        monkeypatch.setattr(hashlib, "scrypt", refuse)


@pytest.mark.parametrize("how", ["absent", "refused"])
def test_a_hash_of_the_set_that_cannot_be_computed_counts_for_nothing(
    cheap: None, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    without_scrypt(monkeypatch, how)
    ((tie, digest),) = (fingerprint := written()).sets
    assert replace(fingerprint, sets=((tie, f"s{digest[1:]}"),)).matches(HERE, SECRETS)


@pytest.mark.parametrize("how", ["absent", "refused"])
def test_without_scrypt_another_hash_is_used_and_named(monkeypatch: pytest.MonkeyPatch, how: str) -> None:
    old = written()
    without_scrypt(monkeypatch, how)
    assert reread(old).known(HERE, SECRETS) == frozenset()
    assert Fingerprint.parse(FORMAT_V1).known(MIGRATE, {"A": "1"}) == frozenset()  # type: ignore[union-attr]
    for before in (Fingerprint.create(salt), old, reread(old)):
        fresh = before.with_values(HERE, SECRETS)
        assert {digest[0] for digest in fresh.digests.values()} == {"p"}
        assert reread(fresh).matches(HERE, SECRETS)
        assert not reread(fresh).matches(HERE, {**SECRETS, "TOKEN": "x"})


@pytest.mark.parametrize("old", [False, True])
def test_controllers_with_and_without_scrypt_agree_in_the_end(monkeypatch: pytest.MonkeyPatch, old: bool) -> None:
    """A fingerprint made without scrypt is kept by those who have it: no endless exchange of writes."""
    with monkeypatch.context() as patch:
        without_scrypt(patch, "absent")
        text = FORMAT_V1P if old else Fingerprint.create(salt).with_values(MIGRATE, {"A": "1"}).text
    found = Fingerprint.parse(text)
    assert found is not None
    assert found.matches(MIGRATE, {"A": "1"})
    assert {digest[0] for digest in found.with_values(MIGRATE, {"B": "2"}).digests.values()} == {"p"}


MIGRATE = Owner("shop", "migrate")
FORMAT_V1 = "v1:MDEyMzQ1Njc4OWFiY2RlZg:VZrq0A/cUO3YZZBYynZNzolMk_A6g"
FORMAT_V1P = "v1p:MDEyMzQ1Njc4OWFiY2RlZg:VZrq0A/iniTgFDm44cssrWurhsznw"
FORMAT_V2 = "v2:MDEyMzQ1Njc4OWFiY2RlZg:VZrq0IJksOD87wOZkW2YtDF-B4j2_pw"
FORMAT_V2P = "v2:MDEyMzQ1Njc4OWFiY2RlZg:VZrq0IJkpKG_S6_DUlVdirDAI3clVgQ"


@pytest.mark.parametrize("text", [FORMAT_V1, FORMAT_V1P, FORMAT_V2, FORMAT_V2P])
def test_the_format_stays_what_it_is(text: str) -> None:
    """Markers live in apps for years: these texts must be read for ever."""
    found = Fingerprint.parse(text)
    assert found is not None
    assert found.matches(MIGRATE, {"A": "1"})
    assert not found.matches(MIGRATE, {"A": "2"})
    assert not found.matches(HERE.__class__("shop", "web"), {"A": "1"})


def test_the_format_that_is_written() -> None:
    assert Fingerprint.create(salt).with_values(MIGRATE, {"A": "1"}).text == FORMAT_V2


# --- fingerprints of the first version -----------------------------------------------------------------------------

OLD = "v1:MDEyMzQ1Njc4OWFiY2RlZg:"


def test_an_old_fingerprint_is_renewed_where_its_secrets_are_written() -> None:
    found = Fingerprint.parse(FORMAT_V1)
    assert found is not None
    renewed = found.with_values(MIGRATE, {"A": "1"})
    assert renewed.text == FORMAT_V2, "with the salt that was there"


def test_an_old_entry_stays_until_one_of_its_secrets_is_written() -> None:
    found = Fingerprint.parse(FORMAT_V1)
    assert found is not None
    beside = reread(found.with_values(MIGRATE, {"B": "2"}))
    assert beside.v1 is not None
    assert beside.matches(MIGRATE, {"A": "1", "B": "2"})
    changed = reread(beside.with_values(MIGRATE, {"A": "3"}))
    assert changed.v1 is None
    assert changed.matches(MIGRATE, {"A": "3", "B": "2"})


def test_an_old_fingerprint_goes_with_its_secrets() -> None:
    assert text_after_removal(FORMAT_V1, ["A"]) is None
    assert text_after_removal(FORMAT_V1, ["B", "\ud800"]) == FORMAT_V1
    assert text_after_removal(OLD, ["B"]) is None


def test_an_old_fingerprint_of_thousands_of_sets_costs_a_hash_for_each_secret(count: list[str]) -> None:
    """Who may write the app may write the fingerprint; sets that share names were written by no version."""
    names = [f"K{number}" for number in range(12)]
    sets = [some for size in range(1, 5) for some in combinations(map(short_name_v1, names), size)]
    text = f"v1:{'A' * 22}:" + ",".join(f"{'.'.join(some)}/{'A' * 22}" for some in sets)
    fingerprint = Fingerprint.parse(text)
    assert fingerprint is not None
    assert fingerprint.known(HERE, dict.fromkeys(names, "value")) == frozenset()
    assert len(count) <= len(names)
