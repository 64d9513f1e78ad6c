# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.
"""Edits of elements of one list of a spec that have a key: envs, alerts, log destinations, domains."""

from __future__ import annotations

import copy
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from .._secrets.apply import SecretRules, apply_secrets
from .._spec.canonical import key_of
from .._spec.merge import MERGE, REPLACE_COMPONENT_LISTS, REPLACE_LISTS
from .._spec.schema import COMPONENTS, SPEC
from .._spec.schema_types import Listing, Record
from .._types.api_objects import Spec
from .declaration import Declaration, component_names, section_of
from .edit import Edit, Edited, Review


@dataclass(frozen=True)
class Elements(Edit):
    """Elements of one list, such as ``envs``, of a component or (``component`` None) of the app, to set or remove.

    ``list_name``: the field of the list. ``purge``: other elements are removed. ``absent``: the elements are removed;
    then only the fields of their keys count.
    """

    list_name: str
    items: tuple[Mapping[str, Any], ...]
    component: str | None = None
    absent: bool = False
    purge: bool = False
    secrets: SecretRules = field(default_factory=SecretRules)

    def for_replay(self) -> Elements:
        """The edit as it applies to a spec that this task wrote (see SecretRules.for_replay)."""
        secrets = self.secrets.for_replay()
        return self if secrets is self.secrets else replace(self, secrets=secrets)

    def apply(self, current: Spec | None) -> Edited:
        """The spec with, or without, the elements."""
        spec = current or {}
        section = self._section(spec)
        problem = self._misplaced(spec, section)
        if problem:
            return Edited(spec, (problem,))
        return self._without(spec, section) if self.absent else self._declaration(section).apply(current)

    def review(self, current: Spec | None, edited: Edited, sizes: Collection[str] | None = None) -> Review:
        """See Edit: elements to set are reviewed as a declaration."""
        spec = current or {}
        section = self._section(spec)
        if self.absent or self._misplaced(spec, section):
            return super().review(current, edited, sizes)
        return self._declaration(section).review(current, edited, sizes)

    def _section(self, spec: Spec) -> str | None:
        """The section of the component; None: there is no such component, or the elements are the app's own."""
        return None if self.component is None else section_of(spec, self.component)

    def _declaration(self, section: str | None) -> Declaration:
        items = [dict(item) for item in self.items]
        mode = MERGE if not self.purge else REPLACE_LISTS if section is None else REPLACE_COMPONENT_LISTS
        desired: Spec = {self.list_name: items}
        under = named = self.list_name
        if section is not None:
            desired = {section: [{"name": self.component, self.list_name: items}]}
            under, named = f"{section}[0].{self.list_name}", f"{section}[{self.component}].{self.list_name}"
        prefixes = (f"{under}[0]", f"{named}[{_name(items[0])}]") if len(items) == 1 else (under, named)
        return Declaration(desired, mode, self.secrets, prefixes)

    def _misplaced(self, spec: Spec, section: str | None) -> str | None:
        """Why the elements can't be in the declared component; None: they can."""
        if self.component is None:
            return None
        if section is None:
            known = ", ".join(sorted(component_names(spec))) or "none"
            return f"component: this app has no component {self.component!r}; it has {known}"
        label, node = COMPONENTS[section]
        if self.list_name not in node.fields:
            return f"component: {self.component} is a {label}, which takes no {self.list_name}"
        return None

    def _without(self, spec: Spec, section: str | None) -> Edited:
        target = copy.deepcopy(spec)
        holder: dict[str, Any] = target
        node: Record = SPEC
        if section is not None:
            holder = next(one for one in target[section] if one.get("name") == self.component)
            node = COMPONENTS[section][1]
        listing = node.fields[self.list_name]
        if isinstance(listing, Listing):
            keys = [_given_key(listing, item) for item in self.items]
            remaining = [
                one for one in holder.get(self.list_name) or () if not any(_has_key(listing, one, key) for key in keys)
            ]
            if remaining:
                holder[self.list_name] = remaining
            else:
                holder.pop(self.list_name, None)
        secrets = apply_secrets(target, {}, spec, self.secrets, str(target.get("name")))
        return Edited(target, secrets.problems, secrets.warnings)


def _name(item: Mapping[str, Any]) -> Any:
    """The name of an item, as in brackets in the paths of findings."""
    return item.get("key") or item.get("rule") or item.get("name") or item.get("domain")


def _given_key(listing: Listing, item: Mapping[str, Any]) -> Mapping[str, Any]:
    """The key's fields that are declared; without a scope, all scopes match."""
    return {name: item[name] for name in listing.key if item.get(name) is not None}


def _has_key(listing: Listing, item: Any, key: Mapping[str, Any]) -> bool:
    """Whether an item of the list has these values in the fields of its key, in any spelling."""
    if not isinstance(item, Mapping):
        return False
    narrow = replace(listing, key=tuple(key))
    return key_of(narrow, item) == key_of(narrow, key)
