# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.
"""Checks of bindable variables in the values of envs: ``${db.DATABASE_URL}``, ``${APP_URL}`` (API reference 4.5).

The platform replaces the variables that it knows and leaves others unchanged: a misspelt one reaches the app as text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from ..secret_fields import is_secret_env
from ..suggestion import question
from .rules import Finding, finding
from .values import Component, components, item_path, listed, mappings, nearest, suggestion, text

APP_VARIABLES = ("APP_DOMAIN", "APP_ID", "APP_URL")
_PUBLIC = ("COMMIT_HASH", "PUBLIC_ROUTE_PATH", "PUBLIC_URL")
_SERVICE = (*_PUBLIC, "PRIVATE_DOMAIN", "PRIVATE_PORT", "PRIVATE_URL")
_DATABASE = (
    "CA_CERT",
    "DATABASE",
    "DATABASE_URL",
    "HOSTNAME",
    "JDBC_DATABASE_URL",
    "PASSWORD",
    "PORT",
    "REDIS_URL",
    "USERNAME",
)
#: section -> the bindable variables of its components
VARIABLES: Mapping[str, tuple[str, ...]] = {
    "services": _SERVICE,
    "static_sites": _PUBLIC,
    "workers": ("COMMIT_HASH",),
    "jobs": (),
    "functions": (*_SERVICE, "FUNCTIONS_LOG_DESTINATION_JSON"),
    "databases": _DATABASE,
}
_ALL_VARIABLES = frozenset(word for words in VARIABLES.values() for word in words)
SELF = "_self"
REFERENCE = re.compile(r"\$\{([^${}]{1,200})\}")
_WORD = re.compile(r"[\w.-]+")


def check_bindables(spec: Mapping[str, Any]) -> Iterator[Finding]:
    """Check each reference in the values of envs against the components of the spec."""
    parts = components(spec)
    by_name = {part.name: part for part in parts if part.name}
    app_keys = _keys(spec)
    yield from _envs(spec, "envs", None, by_name, app_keys)
    for part in parts:
        yield from _envs(part.fields, f"{part.path}.envs", part, by_name, app_keys | _keys(part.fields))


def _keys(holder: Mapping[str, Any]) -> set[str]:
    return {text(env.get("key")) for _index, env in mappings(holder.get("envs"))}


def _envs(
    holder: Mapping[str, Any], path: str, owner: Component | None, by_name: Mapping[str, Component], keys: set[str]
) -> Iterator[Finding]:
    for index, env in mappings(holder.get("envs")):
        value, where = text(env.get("value")), item_path(path, index, env, "key")
        references = REFERENCE.findall(value)
        if is_secret_env(env):
            # A password may contain the syntax of a reference, so only a value that consists of one is checked.
            references = references if REFERENCE.fullmatch(value) and _WORD.fullmatch(references[0]) else []
        for reference in references:
            alone = len(reference) + 3 == len(value)
            shown = "the reference in the value" if is_secret_env(env) else f"${{{reference}}}"
            if "." in reference:
                part = owner if reference.startswith(f"{SELF}.") else by_name.get(reference.partition(".")[0])
                if part is None:
                    message = _no_component(reference, shown, by_name, secret=is_secret_env(env))
                    yield finding(_rule_without_component(reference), where, message)
                else:
                    yield from _variable(reference, shown, where, part, text(env.get("scope")))
            elif reference not in APP_VARIABLES and reference not in keys:
                yield from _plain(reference, shown, where, alone=alone)


def _plain(reference: str, shown: str, where: str, *, alone: bool) -> Iterator[Finding]:
    near = nearest(reference, APP_VARIABLES, 0.8)
    if near or alone:
        advice = question(f"${{{near}}}") if near else f"of the app there are {listed(APP_VARIABLES, 'and')}"
        yield finding("unresolved_reference", where, f"{shown} is not known, so it arrives as it is written; {advice}")


def _variable(reference: str, shown: str, where: str, part: Component, scope: str) -> Iterator[Finding]:
    _name, *rest = reference.split(".")
    variables, last = VARIABLES[part.section], rest[-1]
    fits = len(rest) == 1 or (len(rest) == 2 and part.section == "databases")
    if not fits or (last not in variables and last not in _keys(part.fields)):
        advice = suggestion(last, variables)
        pool = ", or of a pool with its name before" if part.section == "databases" else ""
        message = f"{shown} names nothing that the {part.kind} {part.name} has{pool}, and arrives as it is written"
        yield finding("unknown_variable", where, f"{message}; {advice}")
    elif part.section == "databases" and scope == "BUILD_TIME":
        message = f"{shown} is known at run time only, and the scope is BUILD_TIME: give it the scope RUN_TIME"
        yield finding("build_reference", where, message)


def _rule_without_component(reference: str) -> str:
    """The rule for an unknown component: ``${spring.application}`` may be a placeholder of the app's own framework."""
    name, *_between, last = reference.split(".")
    return "unknown_component" if name != SELF and last in _ALL_VARIABLES else "unknown_reference"


def _no_component(reference: str, shown: str, by_name: Mapping[str, Component], *, secret: bool) -> str:
    name, *rest = reference.split(".")
    if name == SELF:
        return f"{shown} is an env of the app, which has no variables of its own: name the component instead of {SELF}"
    message = f"{shown} names no component of this app, so it arrives as it is written"
    inner = next((one for one in rest[:-1] if one in by_name), None)
    if inner and not secret:
        return f"{message}; {question(f'${{{inner}.{rest[-1]}}}')}"
    return f"{message}; {suggestion(name, sorted(by_name))}"
