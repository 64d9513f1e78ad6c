# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no stable interface.
"""From a declaration to the whole spec that would be written: merge, routes, secrets, lint. Pure: no I/O.

An edit is a function of the current spec, so that it can be replayed whenever another writer was faster.
"""

from __future__ import annotations

import copy
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from .._secrets.apply import SecretRules, settle_secrets
from .._spec.canonical import canonical
from .._spec.job_kind import SCHEDULED, job_kind
from .._spec.lint.check import Finding, check_changes, check_spec, check_structure
from .._spec.merge import MERGE, Mode, merge, whole_lists, without_nulls
from .._spec.nodes import Spec, objects
from .._spec.rebase import rebase
from .._spec.routes import apply_routes, both_ways, take_routes, with_default_rule, without_rule, without_rules_of
from .._spec.schema import COMPONENTS, SCHEDULED_ALERT_RULE, SPEC
from .inherit_envs import inherit_envs

_LAST = (
    ", and the platform takes no app without one: add another component first, or remove the app with the module app "
    "and state: absent"
)
_CONFIRM = "name it in confirm_destroy if that is meant, else declare it"


@dataclass(frozen=True)
class Edited:
    """What an edit makes of a spec. ``problems``: reasons not to write it."""

    spec: Spec
    problems: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


class Planner(Protocol):
    """An edit: from the current spec (None: there is no app yet) to what it becomes."""

    def __call__(self, current: Spec | None, sizes: Collection[str] | None = None) -> Edited:
        """The edited spec. *current* is not changed. *sizes*: the platform's instance sizes where they are known."""

    def settled(self) -> Planner:
        """The same, for a look at what was just written: what was sent once counts as sent."""


@dataclass(frozen=True)
class Declaration:
    """A part of a spec that a task declares.

    ``prefixes``: paths of the one thing that the task is about, where it is not the whole app: messages name its
    options without them. ``keeps_name``: the app's name in it is no declaration, but the name as it was found.
    """

    desired: Spec
    mode: Mode = MERGE
    secrets: SecretRules = field(default_factory=SecretRules)
    prefixes: tuple[str, ...] = ()
    confirm_destroy: frozenset[str] = frozenset()
    keeps_name: bool = False

    def settled(self) -> Declaration:
        """The same, for a look at what was just written (see SecretRules.settled)."""
        return replace(self, secrets=self.secrets.settled())

    def __call__(self, current: Spec | None, sizes: Collection[str] | None = None) -> Edited:
        """See Planner."""
        desired, problems = inherit_envs(without_nulls(self.desired), current)
        if self.keeps_name and current is not None:
            desired = {**desired, "name": current.get("name")}
        structure = check_structure(SPEC, desired)
        problems += [self._told(one) for one in structure if one.level == "error"]
        warnings = [self._told(one) for one in structure if one.level == "warning"]
        told = {one.path for one in structure if one.level == "error"}
        problems += [
            f"{name} declares routes or cors while ingress.rules is declared too: declare the rules in one place"
            for name in both_ways(desired)
        ]
        plain, routes = take_routes(desired)
        target: Spec = merge(SPEC, current, plain, self.mode) or {}
        target = apply_routes(target, routes, self.mode)
        problems += [
            f"{name} declares cors, which is a part of ingress rules, and none leads to it: give its routes too"
            for name in without_rule(target, routes)
        ]
        gone = component_names(current or {}) - component_names(target)
        target = without_rules_of(target, gone)
        routed, target = target, with_default_rule(target, current)
        if routed is not target:
            warnings.append(
                "ingress: the rule to the only component that takes requests stays, since the platform makes it by "
                "itself where there is no other"
            )
        warnings += _leave_schedule(target, desired, current)
        settled = settle_secrets(target, desired, current, self.secrets, str(target.get("name")))
        problems += settled.faults
        warnings += settled.warnings
        problems += self._databases(current or {}, target)
        changed = current is None or canonical(SPEC, current) != canonical(SPEC, target)
        known = set(check_spec(current, sizes)) if current else set()
        found = [*check_spec(target, sizes), *(check_changes(current, target) if current else ())]
        for one in found:
            if one.path in told:
                # It is known already that this value can't be read; what follows from it would only confuse.
                continue
            if one.level == "error" and one not in known and changed:
                problems.append(self._told(one))
            elif one.level == "warning" and (one not in known or self._is_about(one)):
                warnings.append(self._told(one))
        return Edited(target, tuple(dict.fromkeys(problems)), tuple(dict.fromkeys(warnings)))

    def _is_about(self, finding: Finding) -> bool:
        """Whether a warning is about what the task declares: it is then said in every run."""
        return not self.prefixes or any(_is_under(finding.path, prefix) for prefix in self.prefixes)

    def _told(self, finding: Finding) -> str:
        path = finding.path
        for prefix in self.prefixes:
            if _is_under(path, prefix):
                rest = path[len(prefix) :].lstrip(".")
                # An item of the list that the task is about is told with the list's name.
                path = f"{prefix.rpartition('.')[2]}{rest}" if rest.startswith("[") else rest
        return f"{path}: {finding.message}" if path else finding.message

    def _databases(self, current: Spec, target: Spec) -> list[str]:
        left = _names(target, "databases")
        return [
            f"databases[{name}] would be removed, and a dev database with its data: {_CONFIRM}"
            for name in _names(current, "databases")
            if name not in left and name not in self.confirm_destroy
        ]


@dataclass(frozen=True)
class Removal:
    """A component that is not to be there."""

    section: str
    name: str

    def settled(self) -> Removal:
        """The same: there is nothing in it that only the first look could tell."""
        return self

    def __call__(self, current: Spec | None, sizes: Collection[str] | None = None) -> Edited:
        """The spec without the component, the rules that lead to it included."""
        spec = copy.deepcopy(current or {})
        if self.name not in _names(spec, self.section):
            elsewhere = section_of(spec, self.name)
            if elsewhere is None:
                return Edited(spec)
            kind, label = COMPONENTS[elsewhere][0], COMPONENTS[self.section][0]
            return Edited(spec, (f"name: {self.name} is a {kind} of this app and not a {label}",))
        left = [one for one in spec[self.section] if not (isinstance(one, dict) and one.get("name") == self.name)]
        spec[self.section] = left
        if not left:
            del spec[self.section]
        spec = without_rules_of(spec, {self.name})
        if not component_names(spec) - set(_names(spec, "databases")):
            return Edited(
                spec,
                (f"{self.name} is the last component of this app{_LAST}",),
            )
        known = set(check_spec(current or {}, sizes))
        found = [one for one in check_spec(spec, sizes) if one not in known]
        return Edited(
            spec,
            tuple(f"{one.path}: {one.message}" for one in found if one.level == "error"),
            tuple(f"{one.path}: {one.message}" for one in found if one.level == "warning"),
        )


@dataclass(frozen=True)
class Return:
    """The way back from the spec ``left`` to ``back``, past what others have changed since."""

    left: Spec
    back: Spec

    def settled(self) -> Return:
        """The same: there is nothing in it that only the first look could tell."""
        return self

    def __call__(self, current: Spec | None, sizes: Collection[str] | None = None) -> Edited:  # noqa: ARG002
        """The spec with all that differs between the two as it was; what another writer changed too stays theirs."""
        return Edited(rebase(SPEC, self.left, self.back, current or {}) or {})


def declare_component(
    section: str, component: Mapping[str, Any], secrets: SecretRules, purge_lists: Collection[str] = ()
) -> Declaration:
    """The declaration of one component. *purge_lists*: which of its lists have nothing but what it declares."""
    prefixes = (f"{section}[0]", f"{section}[{component.get('name')}]")
    return Declaration({section: [dict(component)]}, whole_lists(purge_lists), secrets, prefixes)


def _is_under(path: str, prefix: str) -> bool:
    return path == prefix or path.startswith((f"{prefix}.", f"{prefix}["))


def component_names(spec: Mapping[str, Any]) -> set[str]:
    """The names of all components of a spec, databases included."""
    return {name for section in COMPONENTS for name in _names(spec, section)}


def section_of(spec: Mapping[str, Any], name: str) -> str | None:
    """The section that holds the component *name*."""
    return next((section for section in COMPONENTS if name in _names(spec, section)), None)


def find_component(spec: Mapping[str, Any], section: str, name: str) -> dict[str, Any] | None:
    """A component of a spec by its section and name."""
    found: dict[str, Any] | None = next((one for one in objects(spec.get(section)) if one.get("name") == name), None)
    return found


def _names(spec: Mapping[str, Any], section: str) -> list[str]:
    return [str(one.get("name")) for one in objects(spec.get(section))]


def _leave_schedule(target: Spec, desired: Spec, current: Spec | None) -> list[str]:
    """A job that is no longer SCHEDULED takes neither a schedule nor the alert of failed runs (API reference 5.1)."""
    told = []
    for job in objects(target.get("jobs")):
        old = find_component(current or {}, "jobs", job.get("name"))
        if old is None or job_kind(old) != SCHEDULED or job_kind(job) == SCHEDULED:
            continue
        given = find_component(desired, "jobs", job.get("name")) or {}
        dropped = []
        if "schedule" not in given and job.pop("schedule", None) is not None:
            dropped.append("schedule")
        alerts = [one for one in objects(job.get("alerts")) if one.get("rule") != SCHEDULED_ALERT_RULE]
        wished = [one.get("rule") for one in objects(given.get("alerts"))]
        if SCHEDULED_ALERT_RULE not in wished and len(alerts) < len(objects(job.get("alerts"))):
            dropped.append(f"alert {SCHEDULED_ALERT_RULE}")
            job["alerts"] = alerts
            if not alerts:
                del job["alerts"]
        if dropped:
            told.append(
                f"jobs[{job.get('name')}].kind: the job is no longer SCHEDULED, so its {' and its '.join(dropped)} "
                "are dropped; the history of its runs stays with the platform"
            )
    return told
