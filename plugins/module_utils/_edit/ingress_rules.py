# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.
"""The edit of one ingress rule: add, change, move or remove the rule that has a match (API reference 4.9, 8.1)."""

from __future__ import annotations

import copy
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

from .._spec.routes import canonical_match, routable_components, with_rules
from .._types.api_objects import Spec
from .declaration import Declaration
from .edit import Edit, Edited, Review

FIRST = "first"
_LAST_RULE = (
    "match: it is the last rule, and without any the platform makes one for / by itself; give {} another rule first, "
    "remove the component, or give it internal_ports in place of http_port"
)


@dataclass(frozen=True)
class IngressRuleEdit(Edit):
    """One ingress rule, identified by its match. ``before``, ``after``: the match of another rule.

    ``position``: `first` or `last`. Without any of the three, an existing rule keeps its position, and a new one is
    appended.
    """

    rule: Mapping[str, Any]
    absent: bool = False
    before: Mapping[str, Any] | None = None
    after: Mapping[str, Any] | None = None
    position: str | None = None

    def apply(self, current: Spec | None) -> Edited:
        """The spec with the rule, or without it if ``absent``."""
        spec = current or {}
        if self.absent:
            return self._without(spec)
        edited = self._declaration().apply(current)
        rules = _rules(edited.spec)
        match = canonical_match(self.rule.get("match"))
        index = next((at for at, one in enumerate(rules) if _has_match(one, match)), None)
        if edited.problems or index is None:
            return edited
        rule = rules.pop(index)
        position, problem = self._position(rules, index, new=len(_rules(spec)) != len(rules) + 1)
        if problem:
            return replace(edited, problems=(problem,))
        rules.insert(position, rule)
        return replace(edited, spec=with_rules(copy.deepcopy(edited.spec), rules))

    def review(self, current: Spec | None, edited: Edited, sizes: Collection[str] | None = None) -> Review:
        """See Edit: the declared rule is reviewed where the merge puts it; then its position counts."""
        if self.absent:
            return super().review(current, edited, sizes)
        declaration = self._declaration()
        review = declaration.review(current, declaration.apply(current), sizes)
        return review if review.problems else replace(review, problems=edited.problems)

    def _declaration(self) -> Declaration:
        return Declaration({"ingress": {"rules": [dict(self.rule)]}}, prefixes=("ingress.rules[0]",))

    def _without(self, spec: Spec) -> Edited:
        rules = _rules(spec)
        match = canonical_match(self.rule.get("match"))
        remaining = [one for one in rules if not _has_match(one, match)]
        if rules and not remaining and routable_components(spec):
            return Edited(spec, (_LAST_RULE.format(", ".join(routable_components(spec))),))
        return Edited(spec if len(remaining) == len(rules) else with_rules(copy.deepcopy(spec), remaining))

    def _position(self, rules: list[Any], index: int, *, new: bool) -> tuple[int, str | None]:
        """The rule's index among the others, or why it has none. ``index``: where it is now."""
        if self.position is not None:
            return (0 if self.position == FIRST else len(rules)), None
        for option, other in (("before", self.before), ("after", self.after)):
            if other is None:
                continue
            at = next((at for at, one in enumerate(rules) if _has_match(one, canonical_match(other))), None)
            if at is None:
                return 0, f"{option}: no rule of this app has this match"
            if option == "before":
                return (index if not new and index <= at else at), None
            return (index if not new and index > at else at + 1), None
        return (len(rules) if new else index), None


def _rules(spec: Spec) -> list[Any]:
    """A copy of the list of rules; empty where there is none."""
    ingress = spec.get("ingress")
    rules = ingress.get("rules") if isinstance(ingress, Mapping) else None
    return copy.deepcopy(rules) if isinstance(rules, list) else []


def _has_match(rule: Any, match: Any) -> bool:
    """Whether an item of the list of rules is a rule with this canonical match."""
    return isinstance(rule, Mapping) and canonical_match(rule.get("match")) == match
