"""The marker beside the secrets: what it recognises, what it survives, what it costs."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.oceanops.app_platform.plugins.module_utils import _fingerprint
from ansible_collections.oceanops.app_platform.plugins.module_utils._fingerprint import (
    Context,
    Entry,
    Marker,
    text_after_removal,
)

HERE = Context("shop", "migrate")
SECRETS = {"DB_URL": "postgres://u:p@h/db", "TOKEN": "t0ken"}


def salt() -> bytes:
    return b"0123456789abcdef"


@pytest.fixture
def cheap(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The same code with a hash that costs nothing: for tests that try many values."""
    monkeypatch.setattr(_fingerprint, "_SCRYPT", {"n": 2, "r": 1, "p": 1})
    _fingerprint._digests.clear()
    yield
    _fingerprint._digests.clear()


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
    _fingerprint._digests.clear()
    return calls


def written(secrets: dict[str, str] | None = None, context: Context = HERE) -> Marker:
    return Marker.fresh(salt).with_set(context, SECRETS if secrets is None else secrets)


def reread(marker: Marker) -> Marker:
    found = Marker.parse(marker.text)
    assert found is not None
    return found


def test_a_written_set_is_recognised_from_its_text() -> None:
    assert reread(written()).matches(HERE, SECRETS)


def test_the_order_of_secrets_does_not_matter() -> None:
    assert reread(written()).matches(HERE, dict(reversed(SECRETS.items())))


@pytest.mark.parametrize(
    "other",
    [
        {**SECRETS, "TOKEN": "t0kem"},
        {"DB_URL": SECRETS["DB_URL"]},
        {**SECRETS, "MORE": "x"},
        {"DB_URL": SECRETS["TOKEN"], "TOKEN": SECRETS["DB_URL"]},
        {},
    ],
)
def test_another_set_is_not(other: dict[str, str]) -> None:
    assert not reread(written()).matches(HERE, other)


@pytest.mark.parametrize("context", [Context("shop", "web"), Context("shop"), Context("shop2", "migrate")])
def test_a_marker_copied_elsewhere_matches_nothing(context: Context) -> None:
    assert not reread(written()).matches(context, SECRETS)


def test_values_can_not_be_read_as_names_or_contexts() -> None:
    one = written({"A": 'x","B","y'}, Context("a", "b"))
    assert not one.matches(Context("a", "b"), {"A": "x", "B": "y"})
    assert not written({"A": "x"}, Context("ab", "")).matches(Context("a", "b"), {"A": "x"})


def test_no_value_and_no_name_is_in_the_text() -> None:
    text = written().text
    for word in ("postgres", "t0ken", "DB_URL", "TOKEN", "shop", "migrate"):
        assert word not in text
    assert "t0ken" not in repr(written())


def test_two_salts_give_two_texts() -> None:
    one, two = Marker.fresh(), Marker.fresh()
    assert one.salt != two.salt
    assert one.with_set(HERE, SECRETS).text != two.with_set(HERE, SECRETS).text


def test_disjoint_sets_live_side_by_side() -> None:
    both = reread(written({"A": "1"}).with_set(HERE, {"B": "2", "C": "3"}))
    assert both.matches(HERE, {"A": "1"})
    assert both.matches(HERE, {"B": "2", "C": "3"})
    assert not both.matches(HERE, {"A": "1", "B": "2", "C": "3"})


def test_writing_a_set_replaces_its_entry() -> None:
    marker = written({"A": "1"}).with_set(HERE, {"B": "2"}).with_set(HERE, {"A": "new"})
    assert len(marker.entries) == 2
    assert marker.matches(HERE, {"A": "new"})
    assert not marker.matches(HERE, {"A": "1"})
    assert marker.matches(HERE, {"B": "2"})


def test_writing_a_set_drops_the_entries_that_share_a_secret() -> None:
    marker = written({"A": "1", "B": "2"}).with_set(HERE, {"C": "3"}).with_set(HERE, {"B": "9"})
    assert not marker.matches(HERE, {"A": "1", "B": "2"})
    assert marker.matches(HERE, {"C": "3"})
    assert marker.matches(HERE, {"B": "9"})


def test_equal_markers_have_equal_texts() -> None:
    one = written({"A": "1"}).with_set(HERE, {"B": "2"})
    two = written({"B": "2"}).with_set(HERE, {"A": "1"})
    assert one.text == two.text


def test_removal_drops_entries_and_in_the_end_the_env() -> None:
    text = written({"A": "1", "B": "2"}).with_set(HERE, {"C": "3"}).text
    left = text_after_removal(text, ["A"])
    assert left is not None
    assert Marker.parse(left) == reread(written({"C": "3"}))
    assert text_after_removal(left, ["C"]) is None


def test_removal_of_something_else_changes_nothing() -> None:
    spaced = "  " + written().text + "\n"
    assert text_after_removal(spaced, ["OTHER"]) == spaced
    assert text_after_removal("broken", ["A"]) == "broken"
    assert text_after_removal(None, ["A"]) is None


@pytest.mark.parametrize("edit", ["{}\n", "  {}  ", '"{}"', "'{}'", "{} ,", "{},rubbish", "{},,"])
def test_hand_editing_is_survived(edit: str) -> None:
    found = Marker.parse(edit.format(written().text))
    assert found is not None
    assert found.matches(HERE, SECRETS)


def test_a_text_folded_over_lines_is_survived() -> None:
    text = written().text
    found = Marker.parse(text[:30] + "\n      " + text[30:])
    assert found is not None
    assert found.matches(HERE, SECRETS)


@pytest.mark.parametrize(
    "text", [None, "", " ", "v1", "v1:", "v2:AAAAAAAAAAAAAAAAAAAAAA:", "hello", "v1:short:", "v1:" + "A" * 70_000]
)
def test_a_broken_marker_is_none(text: str | None) -> None:
    assert Marker.parse(text) is None


def test_a_broken_entry_costs_only_itself() -> None:
    text = written({"A": "1"}).with_set(HERE, {"B": "2"}).text
    head, entries = text.rsplit(":", 1)
    first, second = entries.split(",")
    found = Marker.parse(f"{head}:{first[:-3]},{second}")
    assert found is not None
    assert [found.matches(HERE, {"A": "1"}), found.matches(HERE, {"B": "2"})].count(True) == 1


@given(st.text())
def test_any_text_is_parsed_or_refused(text: str) -> None:
    found = Marker.parse(text)
    assert found is None or Marker.parse(found.text) == found


@given(st.text(alphabet="v1p:AZaz09-_./, \n", max_size=120))
def test_any_nearly_right_text_is_parsed_or_refused(text: str) -> None:
    found = Marker.parse("v1:AAAAAAAAAAAAAAAAAAAAAA:" + text)
    assert found is not None
    assert Marker.parse(found.text) == found


NAMES = st.text(min_size=1, max_size=8)
SETS = st.dictionaries(NAMES, st.text(max_size=12), max_size=4)


@settings(max_examples=200)
@given(SETS, SETS, st.text(max_size=5), st.text(max_size=5))
def test_two_sets_match_only_when_they_are_equal(one: dict[str, str], two: dict[str, str], app: str, part: str) -> None:
    _digests_are_cheap = pytest.MonkeyPatch()
    _digests_are_cheap.setattr(_fingerprint, "_SCRYPT", {"n": 2, "r": 1, "p": 1})
    try:
        _fingerprint._digests.clear()
        context = Context(app, part)
        marker = reread(written(one, context)) if one else Marker.fresh(salt)
        if one:
            assert marker.matches(context, one)
        assert marker.matches(context, two) is (one == two and bool(one))
    finally:
        _fingerprint._digests.clear()
        _digests_are_cheap.undo()


@given(st.lists(SETS.filter(bool), min_size=1, max_size=6))
def test_after_any_writes_no_entry_is_untrue(writes: list[dict[str, str]]) -> None:
    """Whatever tasks write one after the other: a set matches only if all its values were written last."""
    patch = pytest.MonkeyPatch()
    patch.setattr(_fingerprint, "_SCRYPT", {"n": 2, "r": 1, "p": 1})
    try:
        _fingerprint._digests.clear()
        marker, remote = Marker.fresh(salt), dict[str, str]()
        for secrets in writes:
            marker = reread(marker.with_set(HERE, secrets))
            remote.update(secrets)
        assert marker.matches(HERE, writes[-1])
        for secrets in writes:
            if marker.matches(HERE, secrets):
                assert {name: remote[name] for name in secrets} == secrets
    finally:
        _fingerprint._digests.clear()
        patch.undo()


def test_one_slow_hash_recognises_a_set(count: list[str]) -> None:
    marker = written()
    assert count == ["scrypt"]
    _fingerprint._digests.clear()
    assert reread(marker).matches(HERE, SECRETS)
    assert reread(marker).matches(HERE, SECRETS)
    assert count == ["scrypt", "scrypt"]


def test_no_slow_hash_where_the_names_differ(count: list[str]) -> None:
    marker = written()
    count.clear()
    assert not reread(marker).matches(HERE, {"A": "1"})
    assert count == []


def test_the_memory_of_hashes_is_bounded(cheap: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_fingerprint, "_MOST_DIGESTS", 5)
    for number in range(12):
        assert written({"A": str(number)}).matches(HERE, {"A": str(number)})
        assert len(_fingerprint._digests) <= 5


def test_no_value_stays_in_the_memory_of_hashes() -> None:
    written({"A": "CANARY-0815"})
    assert "CANARY-0815" not in repr(_fingerprint._digests)


def test_the_hash_is_slow_but_not_too_slow() -> None:
    """Between 4 ms (a guesser's delight) and half a second (a user's pain) on whatever runs this."""
    _fingerprint._digests.clear()
    best = 1.0
    for number in range(3):
        start = time.perf_counter()
        Marker.fresh(salt).entry(HERE, {"A": str(number)})
        best = min(best, time.perf_counter() - start)
    assert 0.004 < best < 0.5


def without_scrypt(monkeypatch: pytest.MonkeyPatch, how: str) -> None:
    if how == "absent":
        monkeypatch.delattr(hashlib, "scrypt")
    else:

        def refuse(*_args: object, **_options: object) -> bytes:
            raise ValueError("unsupported in FIPS mode")

        monkeypatch.setattr(hashlib, "scrypt", refuse)


@pytest.mark.parametrize("how", ["absent", "refused"])
def test_without_scrypt_another_hash_is_used_and_named(monkeypatch: pytest.MonkeyPatch, how: str) -> None:
    old = written().text
    without_scrypt(monkeypatch, how)
    assert Marker.parse(old) is None
    fresh = Marker.fresh(salt).with_set(HERE, SECRETS)
    assert fresh.text.startswith("v1p:")
    assert reread(fresh).matches(HERE, SECRETS)
    assert not reread(fresh).matches(HERE, {**SECRETS, "TOKEN": "x"})


def test_controllers_with_and_without_scrypt_agree_in_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """A marker made without scrypt is kept by those who have it: no endless exchange of writes."""
    with monkeypatch.context() as patch:
        without_scrypt(patch, "absent")
        text = Marker.fresh(salt).with_set(HERE, SECRETS).text
    found = Marker.parse(text)
    assert found is not None
    assert found.matches(HERE, SECRETS)
    assert found.with_set(HERE, {"B": "2"}).text.startswith("v1p:")


def test_entries_compare_whole() -> None:
    marker = written()
    mine = marker.entries[0]
    assert marker.holds(mine)
    assert not marker.holds(Entry(mine.names, mine.digest[:-1]))
    assert not marker.holds(Entry(frozenset(), mine.digest))


def test_the_format_stays_what_it_is() -> None:
    """Markers live in apps for years: this text must be read for ever."""
    text = Marker.fresh(salt).with_set(Context("shop", "migrate"), {"A": "1"}).text
    assert text == FORMAT_V1
    found = Marker.parse(FORMAT_V1P)
    assert found is not None
    assert found.matches(Context("shop", "migrate"), {"A": "1"})


FORMAT_V1 = "v1:MDEyMzQ1Njc4OWFiY2RlZg:VZrq0A/cUO3YZZBYynZNzolMk_A6g"
FORMAT_V1P = "v1p:MDEyMzQ1Njc4OWFiY2RlZg:VZrq0A/iniTgFDm44cssrWurhsznw"
