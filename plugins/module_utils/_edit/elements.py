# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no stable interface.
"""Edits of one element of a spec: an env, an alert, a log destination, a domain, an ingress rule."""

from __future__ import annotations

import copy
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from .._secrets.apply import SecretRules, settle_secrets
from .._spec.canonical import canonical, key_of
from .._spec.merge import MERGE, REPLACE_LISTS, WHOLE_COMPONENTS
from .._spec.nodes import Listing, Record, Spec, objects
from .._spec.schema import COMPONENTS, INGRESS_RULE, ROUTABLE, SPEC
from .declaration import Declaration, Edited, component_names, section_of

FIRST = "first"
_LAST_RULE = (
    "match: it is the last rule, and without any the platform makes one for / by itself; give {} another rule first, "
    "remove the component, or give it internal_ports in place of http_port"
)


@dataclass(frozen=True)
class Elements:
    """Elements of one list, such as ``envs``, of a component or (``component`` None) of the app, to be there or not.

    ``whole``: the list has no others. ``absent``: they are not to be there; only their keys count then.
    """

    place: str
    items: tuple[Mapping[str, Any], ...]
    component: str | None = None
    absent: bool = False
    whole: bool = False
    secrets: SecretRules = field(default_factory=SecretRules)

    def settled(self) -> Elements:
        """See Planner."""
        return replace(self, secrets=self.secrets.settled())

    def __call__(self, current: Spec | None, sizes: Collection[str] | None = None) -> Edited:
        """The spec with, or without, the elements."""
        spec = current or {}
        section = None if self.component is None else section_of(spec, self.component)
        problem = self._misplaced(spec, section)
        if problem:
            return Edited(spec, (problem,))
        if self.absent:
            return self._without(spec, section)
        items = [dict(item) for item in self.items]
        mode = MERGE if not self.whole else REPLACE_LISTS if section is None else WHOLE_COMPONENTS
        desired: Spec = {self.place: items}
        under = named = self.place
        if section is not None:
            desired = {section: [{"name": self.component, self.place: items}]}
            under, named = f"{section}[0].{self.place}", f"{section}[{self.component}].{self.place}"
        prefixes = (f"{under}[0]", f"{named}[{_name(items[0])}]") if len(items) == 1 else (under, named)
        return Declaration(desired, mode, self.secrets, prefixes)(current, sizes)

    def _misplaced(self, spec: Spec, section: str | None) -> str | None:
        if self.component is None:
            return None
        if section is None:
            known = ", ".join(sorted(component_names(spec))) or "none"
            return f"component: this app has no component {self.component!r}; it has {known}"
        label, node = COMPONENTS[section]
        if self.place not in node.fields:
            return f"component: {self.component} is a {label}, which takes no {self.place}"
        return None

    def _without(self, spec: Spec, section: str | None) -> Edited:
        target = copy.deepcopy(spec)
        holder: dict[str, Any] = target
        node: Record = SPEC
        if section is not None:
            holder = next(one for one in target[section] if one.get("name") == self.component)
            node = COMPONENTS[section][1]
        listing = node.fields[self.place]
        if isinstance(listing, Listing):
            gone = [_asked(listing, item) for item in self.items]
            left = [one for one in holder.get(self.place) or () if not any(_meant(listing, one, ask) for ask in gone)]
            if left:
                holder[self.place] = left
            else:
                holder.pop(self.place, None)
        settled = settle_secrets(target, {}, spec, self.secrets, str(target.get("name")))
        return Edited(target, settled.faults, settled.warnings)


@dataclass(frozen=True)
class Rule:
    """One ingress rule, known by its match. ``before``, ``after``: the match of another rule, or `first`/`last`."""

    rule: Mapping[str, Any]
    absent: bool = False
    before: Mapping[str, Any] | None = None
    after: Mapping[str, Any] | None = None
    position: str | None = None

    def settled(self) -> Rule:
        """See Planner."""
        return self

    def __call__(self, current: Spec | None, sizes: Collection[str] | None = None) -> Edited:
        """The spec with, or without, the rule."""
        spec = current or {}
        ingress = spec.get("ingress")
        listed = ingress.get("rules") if isinstance(ingress, Mapping) else None
        there = copy.deepcopy(listed) if isinstance(listed, list) else []
        mine = _match(self.rule.get("match"))
        if self.absent:
            left = [one for one in there if not _has_match(one, mine)]
            if there and not left and _public(spec):
                return Edited(spec, (_LAST_RULE.format(", ".join(_public(spec))),))
            return Edited(spec if len(left) == len(there) else _with_rules(spec, left))
        edited = Declaration({"ingress": {"rules": [dict(self.rule)]}}, prefixes=("ingress.rules[0]",))(current, sizes)
        if edited.problems:
            return edited
        rules = list(edited.spec["ingress"]["rules"])
        index = next(at for at, one in enumerate(rules) if _has_match(one, mine))
        rule = rules.pop(index)
        place, problem = self._place(rules, index, new=len(there) != len(rules) + 1)
        if problem:
            return replace(edited, problems=(problem,))
        rules.insert(place, rule)
        return replace(edited, spec=_with_rules(edited.spec, rules))

    def _place(self, rules: list[Any], index: int, *, new: bool) -> tuple[int, str | None]:
        """Where among the other rules it belongs; a rule that is there and has no wish stays."""
        if self.position is not None:
            return (0 if self.position == FIRST else len(rules)), None
        for option, wish in (("before", self.before), ("after", self.after)):
            if wish is None:
                continue
            at = next((at for at, one in enumerate(rules) if _has_match(one, _match(wish))), None)
            if at is None:
                return 0, f"{option}: no rule of this app has this match"
            if option == "before":
                return (index if not new and index <= at else at), None
            return (index if not new and index > at else at + 1), None
        return (len(rules) if new else index), None


def _public(spec: Spec) -> list[str]:
    """Components that the platform makes reachable by itself when there is no rule at all (API reference 8.1)."""
    return [
        str(one.get("name"))
        for section in ROUTABLE
        for one in objects(spec.get(section))
        if section != "services" or not one.get("internal_ports") or one.get("http_port")
    ]


def _with_rules(spec: Spec, rules: list[Any]) -> Spec:
    ingress = {**(spec.get("ingress") or {}), "rules": rules}
    if not rules:
        del ingress["rules"]
    result = {**copy.deepcopy(spec), "ingress": ingress}
    if not ingress:
        del result["ingress"]
    return result


def _match(match: Any) -> Any:
    return canonical(INGRESS_RULE.fields["match"], match)


def _has_match(rule: Any, match: Any) -> bool:
    """Whether what stands among the rules is a rule with this canonical match."""
    return isinstance(rule, Mapping) and _match(rule.get("match")) == match


def _name(item: Mapping[str, Any]) -> Any:
    return item.get("key") or item.get("rule") or item.get("name") or item.get("domain")


def _asked(listing: Listing, item: Mapping[str, Any]) -> Mapping[str, Any]:
    """The fields of the key that the task gives; a scope that it doesn't give stands for every scope."""
    return {name: item[name] for name in listing.key if item.get(name) is not None}


def _meant(listing: Listing, item: Any, asked: Mapping[str, Any]) -> bool:
    if not isinstance(item, Mapping):
        return False
    narrow = replace(listing, key=tuple(asked))
    return key_of(narrow, item) == key_of(narrow, asked)
