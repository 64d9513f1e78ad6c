# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.
"""Edits of components and of whole apps: declare, remove, revert. Pure: no I/O."""

from __future__ import annotations

import copy
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from .._secrets.apply import SecretRules, apply_secrets
from .._spec.canonical import same_spec
from .._spec.job_kind import SCHEDULED, job_kind
from .._spec.lint.check import Finding, check_changes, check_spec, check_structure
from .._spec.merge import MERGE, Mode, merge, replacing_lists, without_nulls
from .._spec.rebase import rebase
from .._spec.routes import (
    apply_routes,
    components_with_routes_beside_rules,
    cors_without_rule,
    extract_routes,
    with_default_rule,
    without_rules_of,
)
from .._spec.schema import COMPONENTS, SCHEDULED_ALERT_RULE, SPEC
from .._spec.schema_types import objects
from .._types.api_objects import Spec
from .edit import Edit, Edited, Review
from .inherit_envs import inherit_envs

_LAST = (
    ", and the platform takes no app without one: add another component first, or remove the app with the module app "
    "and state: absent"
)
_CONFIRM = "name it in confirm_destroy if that is meant, else declare it"


@dataclass(frozen=True)
class Declaration(Edit):
    """A part of a spec that a task declares.

    ``prefixes``: paths of the component or element that the task is about; empty: the whole app. Messages leave them
    out, so that they begin with the task's own option. ``confirm_destroy``: names of databases that may be removed.
    ``keeps_name``: the app keeps its current name, whatever ``desired`` has.
    """

    desired: Spec
    mode: Mode = MERGE
    secrets: SecretRules = field(default_factory=SecretRules)
    prefixes: tuple[str, ...] = ()
    confirm_destroy: frozenset[str] = frozenset()
    keeps_name: bool = False

    def for_replay(self) -> Declaration:
        """The edit as it applies to a spec that this task wrote (see SecretRules.for_replay)."""
        secrets = self.secrets.for_replay()
        return self if secrets is self.secrets else replace(self, secrets=secrets)

    def apply(self, current: Spec | None) -> Edited:
        """The current spec with the declaration merged in, routes converted to ingress rules, and secrets decided."""
        desired, problems = self._desired(current)
        plain, routes = extract_routes(desired)
        target: Spec = merge(SPEC, current, plain, self.mode) or {}
        target = apply_routes(target, routes, self.mode)
        problems += [
            f"{name} declares cors, which is a part of ingress rules, and none leads to it: give its routes too"
            for name in cors_without_rule(target, routes)
        ]
        removed = component_names(current or {}) - component_names(target)
        target = without_rules_of(target, removed)
        routed, target = target, with_default_rule(target, current)
        warnings: list[str] = []
        if routed is not target:
            warnings.append(
                "ingress: the rule to the only component that takes requests stays, since the platform makes it by "
                "itself where there is no other"
            )
        warnings += _drop_schedules(target, desired, current)
        secrets = apply_secrets(target, desired, current, self.secrets, str(target.get("name")))
        return Edited(target, (*problems, *secrets.problems), (*warnings, *secrets.warnings))

    def review(self, current: Spec | None, edited: Edited, sizes: Collection[str] | None = None) -> Review:
        """See Edit. An error that is already in the current spec does not prevent the change of something else."""
        desired, problems = self._desired(current)
        target = edited.spec
        structure = check_structure(SPEC, desired)
        unreadable = {one.path for one in structure if one.level == "error"}
        problems += [self._message(one) for one in structure if one.level == "error"]
        problems += [
            f"{name} declares routes or cors while ingress.rules is declared too: declare the rules in one place"
            for name in components_with_routes_beside_rules(desired)
        ]
        problems += edited.problems
        problems += self._removed_databases(current or {}, target)
        # Findings that follow from an unreadable value would only confuse.
        linted = [*check_spec(target, sizes), *(check_changes(current, target) if current else ())]
        linted = [one for one in linted if one.path not in unreadable]
        known = set(check_spec(current, sizes)) if current and linted else set()
        new_errors = [one for one in linted if one.level == "error" and one not in known]
        if new_errors and current is not None and same_spec(current, target):
            new_errors = []
        warned = [one for one in linted if one.level == "warning" and (one not in known or self._is_about(one))]
        problems += [self._message(one) for one in new_errors]
        warnings = [self._message(one) for one in structure if one.level == "warning"]
        warnings += [*edited.warnings, *(self._message(one) for one in warned)]
        return Review(_once(problems), _once(warnings), (*structure, *new_errors, *warned))

    def _desired(self, current: Spec | None) -> tuple[Spec, list[str]]:
        """The declaration with inherited envs resolved, and the problems of those that can't be."""
        desired, problems = inherit_envs(without_nulls(self.desired), current)
        if self.keeps_name and current is not None:
            desired = {**desired, "name": current.get("name")}
        return desired, problems

    def _is_about(self, finding: Finding) -> bool:
        """Whether a warning is about what the task declares: it is then given in every run."""
        return not self.prefixes or any(_is_under(finding.path, prefix) for prefix in self.prefixes)

    def _message(self, finding: Finding) -> str:
        """The finding with its path as the task's options name it."""
        path = finding.path
        for prefix in self.prefixes:
            if _is_under(path, prefix):
                rest = path[len(prefix) :].lstrip(".")
                # The path of an item of the task's own list begins with the list's name.
                path = f"{prefix.rpartition('.')[2]}{rest}" if rest.startswith("[") else rest
        return f"{path}: {finding.message}" if path else finding.message

    def _removed_databases(self, current: Spec, target: Spec) -> list[str]:
        """A problem for each database that would be removed without being named in ``confirm_destroy``."""
        remaining = _names(target, "databases")
        return [
            f"databases[{name}] would be removed, and a dev database with its data: {_CONFIRM}"
            for name in _names(current, "databases")
            if name not in remaining and name not in self.confirm_destroy
        ]


@dataclass(frozen=True)
class Removal(Edit):
    """The removal of a component. ``section``: the list of the spec that has it, such as ``jobs``."""

    section: str
    name: str

    def apply(self, current: Spec | None) -> Edited:
        """The spec without the component and the ingress rules that lead to it."""
        spec = copy.deepcopy(current or {})
        if self.name not in _names(spec, self.section):
            elsewhere = section_of(spec, self.name)
            if elsewhere is None:
                return Edited(spec)
            kind, label = COMPONENTS[elsewhere][0], COMPONENTS[self.section][0]
            return Edited(spec, (f"name: {self.name} is a {kind} of this app and not a {label}",))
        remaining = [one for one in spec[self.section] if not (isinstance(one, dict) and one.get("name") == self.name)]
        spec[self.section] = remaining
        if not remaining:
            del spec[self.section]
        spec = without_rules_of(spec, {self.name})
        if not component_names(spec) - set(_names(spec, "databases")):
            return Edited(spec, (f"{self.name} is the last component of this app{_LAST}",))
        return Edited(spec)

    def review(self, current: Spec | None, edited: Edited, sizes: Collection[str] | None = None) -> Review:
        """See Edit: the findings that result from the removal."""
        if edited.problems or self.name not in _names(current or {}, self.section):
            return Review(edited.problems)
        known = set(check_spec(current or {}, sizes))
        found = [one for one in check_spec(edited.spec, sizes) if one not in known]
        return Review(
            tuple(f"{one.path}: {one.message}" for one in found if one.level == "error"),
            tuple(f"{one.path}: {one.message}" for one in found if one.level == "warning"),
        )


@dataclass(frozen=True)
class Revert(Edit):
    """Reverts the change from the spec ``original`` to ``changed``; later changes of other writers are kept."""

    changed: Spec
    original: Spec

    def apply(self, current: Spec | None) -> Edited:
        """The spec with the original values, except where another writer has changed them since."""
        return Edited(rebase(SPEC, self.changed, self.original, current or {}) or {})


def declare_component(
    section: str, component: Mapping[str, Any], secrets: SecretRules, purge_lists: Collection[str] = ()
) -> Declaration:
    """The declaration of one component. *purge_lists*: those of its lists that are replaced by the declared ones."""
    prefixes = (f"{section}[0]", f"{section}[{component.get('name')}]")
    return Declaration({section: [dict(component)]}, replacing_lists(purge_lists), secrets, prefixes)


def _once(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(texts))


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


def component_or_app(spec: Spec, component: str | None) -> dict[str, Any] | None:
    """The component with this name, or (``component`` None) the spec itself; None where there is no such component."""
    if component is None:
        return spec
    section = section_of(spec, component)
    return None if section is None else find_component(spec, section, component)


def _names(spec: Mapping[str, Any], section: str) -> list[str]:
    return [str(one.get("name")) for one in objects(spec.get(section))]


def _drop_schedules(target: Spec, desired: Spec, current: Spec | None) -> list[str]:
    """Drop what only a SCHEDULED job may have from jobs that no longer are one (API reference 5.1); the warnings.

    These are the schedule and the alert for failed runs, unless the task declares them. *target* is changed in place.
    """
    warnings = []
    for job in objects(target.get("jobs")):
        old = find_component(current or {}, "jobs", job.get("name"))
        if old is None or job_kind(old) != SCHEDULED or job_kind(job) == SCHEDULED:
            continue
        given = find_component(desired, "jobs", job.get("name")) or {}
        dropped = []
        if "schedule" not in given and job.pop("schedule", None) is not None:
            dropped.append("schedule")
        alerts = [one for one in objects(job.get("alerts")) if one.get("rule") != SCHEDULED_ALERT_RULE]
        declared_rules = [one.get("rule") for one in objects(given.get("alerts"))]
        if SCHEDULED_ALERT_RULE not in declared_rules and len(alerts) < len(objects(job.get("alerts"))):
            dropped.append(f"alert {SCHEDULED_ALERT_RULE}")
            job["alerts"] = alerts
            if not alerts:
                del job["alerts"]
        if dropped:
            warnings.append(
                f"jobs[{job.get('name')}].kind: the job is no longer SCHEDULED, so its {' and its '.join(dropped)} "
                "are dropped; the history of its runs stays with the platform"
            )
    return warnings
