"""Whatever core hands over becomes what JSON has."""

from __future__ import annotations

import datetime
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.oceanops.app_platform.plugins.module_utils._system.json_types import to_json_types


class Text(str):
    __slots__ = ()


class Number(int):
    pass


class Mapping(dict[str, Any]):
    pass


class Vaulted:
    """As before 2.19: no str, but a text when it is read."""

    def __str__(self) -> str:
        return "decrypted"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, None),
        (True, True),
        (Number(3), 3),
        (1.5, 1.5),
        (Text("a"), "a"),
        (Vaulted(), "decrypted"),
        (b"bytes", "bytes"),
        (b"\xff", "\udcff"),
        (("a", {"b"}), ["a", ["b"]]),
        (datetime.date(2026, 3, 2), "2026-03-02"),
        (datetime.datetime(2026, 3, 2, 1, 2, tzinfo=datetime.timezone.utc), "2026-03-02T01:02:00+00:00"),
        (Mapping({Text("k"): Text("v")}), {"k": "v"}),
        ({7: "i", True: "t", None: "n", 1.5: "f"}, {"7": "i", "true": "t", "null": "n", "1.5": "f"}),
        ({False: 0}, {"false": 0}),
    ],
)
def test_values(value: Any, expected: Any) -> None:
    assert to_json_types(value) == expected


def exact(value: Any) -> bool:
    if value.__class__ is dict:
        return all(key.__class__ is str and exact(item) for key, item in value.items())
    if value.__class__ is list:
        return all(map(exact, value))
    return value.__class__ in (str, int, float, bool, type(None))


def test_types_are_exactly_the_built_in_ones() -> None:
    assert exact(to_json_types(Mapping({Text("a"): [Number(1), Text("b"), (Vaulted(), Mapping())]})))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
)


@given(JSON)
def test_json_stays_as_it_is_and_is_copied(value: Any) -> None:
    copy = to_json_types(value)
    assert json.dumps(copy) == json.dumps(value)
    assert exact(copy)
    if isinstance(value, (dict, list)):
        assert copy is not value
