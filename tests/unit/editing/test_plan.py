"""An edit is evaluated once for each spec, and reviewed once."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import pytest

from ansible_collections.oceanops.app_platform.plugins.module_utils._api.errors import UsageError
from ansible_collections.oceanops.app_platform.plugins.module_utils._edit.edit import Edit, Edited, Review
from ansible_collections.oceanops.app_platform.plugins.module_utils._edit.plan import Plan

from .fake_platform import FakeApps, context


class Counting(Edit):
    """Sets a field, and counts. ``refused``: specs with this name are refused."""

    def __init__(self, value: str = "first", refused: str | None = None) -> None:
        self.value = value
        self.refused = refused
        self.applied: list[Any] = []
        self.reviewed: list[Any] = []
        self.sizes: list[Any] = []
        self.after: Counting | None = None

    def apply(self, current: dict[str, Any] | None) -> Edited:
        self.applied.append(current)
        return Edited({**(current or {}), "x": self.value})

    def review(self, current: dict[str, Any] | None, edited: Edited, sizes: Collection[str] | None = None) -> Review:
        self.reviewed.append((current, edited.spec))
        self.sizes.append(sizes)
        problems = ("one", "two") if self.refused and (current or {}).get("name") == self.refused else ()
        return Review(problems, ("look",))

    def for_replay(self) -> Edit:
        return self.after or self


def test_once_for_each_spec() -> None:
    edit = Counting()
    task_context = context(FakeApps())
    plan = Plan(task_context, edit)
    for name in ("a", "a", "b", "a"):
        assert plan.target({"name": name}) == {"name": name, "x": "first"}
        assert plan.apply({"name": name}).spec == {"name": name, "x": "first"}
    assert edit.applied == [{"name": "a"}, {"name": "b"}]
    assert [current for current, _spec in edit.reviewed] == [{"name": "a"}, {"name": "b"}]
    assert task_context.warnings == ["look"]


def test_the_settled_edit_is_another_one() -> None:
    edit, edit_after = Counting(), Counting("second")
    edit.after = edit_after
    plan = Plan(context(FakeApps()), edit)
    assert plan.target({"name": "a"})["x"] == "first"
    assert plan.target({"name": "a"}, replay=True)["x"] == "second"
    assert plan.apply({"name": "a"}, replay=True).spec["x"] == "second"
    assert plan.apply({"name": "a"}).spec["x"] == "first"
    assert (len(edit.applied), len(edit.reviewed)) == (1, 1)
    assert (len(edit_after.applied), len(edit_after.reviewed)) == (1, 1)


def test_an_edit_that_does_not_change_once_it_is_settled_is_evaluated_once() -> None:
    edit = Counting()
    plan = Plan(context(FakeApps()), edit)
    plan.target({"name": "a"})
    plan.target({"name": "a"}, replay=True)
    assert (len(edit.applied), len(edit.reviewed)) == (1, 1)


def test_the_last_four_specs_are_remembered() -> None:
    edit = Counting()
    plan = Plan(context(FakeApps()), edit)
    for name in "abcd":
        plan.apply({"name": name})
    plan.apply({"name": "a"})
    assert len(edit.applied) == 4
    plan.apply({"name": "e"})
    plan.apply({"name": "b"})
    assert len(edit.applied) == 5
    plan.apply({"name": "a"})
    assert len(edit.applied) == 6


def test_a_refusal_has_all_problems_each_time() -> None:
    edit = Counting(refused="a")
    plan = Plan(context(FakeApps()), edit)
    for _time in range(2):
        with pytest.raises(UsageError) as caught:
            plan.target({"name": "a"})
        assert list(caught.value.problems) == ["one", "two"]
    assert len(edit.applied) == 1
    assert plan.target(None) == {"x": "first"}


def test_the_platform_is_asked_for_sizes_that_were_not_published() -> None:
    edit = Counting()
    api = FakeApps()
    plan = Plan(context(api), edit)
    for size in ("apps-s-1vcpu-1gb", "apps-z-new"):
        plan.target({"workers": [{"name": "w", "instance_size_slug": size}]})
    assert edit.sizes == [None, frozenset({"apps-s-1vcpu-1gb", "apps-z-new"})]
