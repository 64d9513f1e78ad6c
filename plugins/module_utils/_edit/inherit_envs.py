# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.
"""The option ``inherit_envs_from`` of components, which the API does not have: it is resolved to a list of envs."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from .._secrets.decisions import is_encrypted
from .._spec.merge import MERGE, merge
from .._spec.schema import COMPONENTS, ENVS
from .._spec.schema_types import objects
from .._spec.secret_fields import is_fingerprint, is_secret_env
from .._types.api_objects import Spec

INHERIT_ENVS_OPTION = "inherit_envs_from"


def inherit_envs(desired: Spec, current: Spec | None) -> tuple[Spec, list[str]]:
    """The declaration with inherited envs resolved, and problems, one sentence each.

    An env that the component declares itself takes precedence. A secret is inherited if the declaration has its plain
    text, or if the component already has a secret with this key, which is kept.
    """
    spec: Spec = dict(desired)
    problems: list[str] = []
    for section in COMPONENTS:
        components = spec.get(section)
        if not isinstance(components, list):
            continue
        if any(isinstance(one, Mapping) and one.get(INHERIT_ENVS_OPTION) for one in components):
            spec[section] = [
                _with_inherited(one, f"{section}[{index}]", desired, current, problems)
                if isinstance(one, Mapping) and INHERIT_ENVS_OPTION in one
                else one
                for index, one in enumerate(components)
            ]
    return spec, problems


def _with_inherited(
    component: Mapping[str, Any], path: str, desired: Spec, current: Spec | None, problems: list[str]
) -> dict[str, Any]:
    result = {name: value for name, value in component.items() if name != INHERIT_ENVS_OPTION}
    given = component[INHERIT_ENVS_OPTION]
    sources = [given] if isinstance(given, str) else given if isinstance(given, list) else []
    taken = {str(env.get("key")) for env in objects(component.get("envs"))}
    stored = {str(env.get("key")): env for env in _envs(current, str(component.get("name")))}
    inherited = []
    for source in sources:
        current_envs, declared_envs = _envs(current, str(source)), _envs(desired, str(source))
        if not _exists(desired, source) and not _exists(current, source):
            problems.append(f"{path}.{INHERIT_ENVS_OPTION}: there is no component {source!r} in this app")
            continue
        # One key with several scopes is several variables.
        envs = [
            env
            for env in merge(ENVS, current_envs, declared_envs or None, MERGE) or ()
            if str(env.get("key")) not in taken
        ]
        taken.update(str(env.get("key")) for env in envs)
        for env in envs:
            key = str(env.get("key"))
            if is_fingerprint(env):
                continue
            copied = _copied(env, stored.get(key))
            if copied is None:
                problems.append(
                    f"{path}.{INHERIT_ENVS_OPTION}: the secret {key} of {source} is stored encrypted and can't be "
                    "copied to another component: declare its value here too, or make it an env of the app"
                )
            else:
                inherited.append(copied)
    if inherited:
        result["envs"] = [*inherited, *objects(component.get("envs"))]
    return result


def _copied(env: Mapping[str, Any], stored: Mapping[str, Any] | None) -> dict[str, Any] | None:
    result = copy.deepcopy(dict(env))
    if is_secret_env(env) and (is_encrypted(env.get("value")) or env.get("value") is None):
        if stored is None or not is_secret_env(stored):
            return None
        # The component inherited it in an earlier run: the stored value is kept.
        result.pop("value", None)
    return result


def _envs(spec: Spec | None, name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for section in COMPONENTS:
        for one in objects((spec or {}).get(section)):
            if one.get("name") == name:
                found += objects(one.get("envs"))
    return found


def _exists(spec: Spec | None, name: Any) -> bool:
    return any(one.get("name") == name for section in COMPONENTS for one in objects((spec or {}).get(section)))
