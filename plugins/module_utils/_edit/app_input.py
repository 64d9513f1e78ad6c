# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.
"""The options ``spec`` and ``secrets`` of the module ``app``: a spec in its published forms, and its secrets."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from .._api.errors import UsageError
from .._spec.lint.values import is_unquoted
from .._spec.scalars import as_text
from .._spec.schema_types import objects
from .._spec.suggestion import did_you_mean
from .._types.api_objects import Spec
from .declaration import component_names, find_component, section_of

#: The key of the option ``secrets`` for the app's own envs: no component can have this name.
APP_ENVS = "_app"
CREDENTIALS = "image.registry_credentials"
CLONE_URL = "git.repo_clone_url"
#: Paths of secrets below ``log_destinations/NAME``; the longest first, since the last one is the end of others.
SECRETS_OF_DESTINATIONS = (
    "/datadog/api_key",
    "/logtail/token",
    "/open_search/basic_auth/password",
    "/papertrail/endpoint",
    "/datadog/endpoint",
    "/open_search/endpoint",
    "/endpoint",
)
_LOG_DESTINATIONS = "log_destinations."


def full_spec(given: Mapping[str, Any], name: str | None) -> Spec:
    """The option ``spec`` with the app's name in it.

    ``given``: a spec as in ``.do/app.yaml``, or a deploy template with ``spec:`` around it. ``name``: the option
    ``name``. Raises UsageError when there is no name, or two different ones.
    """
    inner = given.get("spec")
    spec = dict(inner) if isinstance(inner, Mapping) and "name" not in given else dict(given)
    declared = spec.get("name")
    if declared is not None and name is not None and declared != name:
        raise UsageError(f"name: it is {name!r} while spec.name is {declared!r}; give one of them, or the same in both")
    if not declared and not name:
        raise UsageError("spec.name: missing; an app is found by its name, which is also an option of its own: name")
    if declared is not None and not isinstance(declared, str):
        raise UsageError(f"spec.name: {declared!r} is not a text; put it in quotes")
    return {**spec, "name": declared or name}


def with_secrets(desired: Spec, secrets: Mapping[str, Any], current: Spec | None) -> Spec:
    """A copy of the declaration with the values of the option ``secrets`` in it.

    ``secrets``: component -> key -> value. A key is an env's, ``image.registry_credentials``, ``git.repo_clone_url`` or
    ``log_destinations.NAME.PATH`` (``logtail.token``, ``open_search.endpoint``). Raises UsageError with all problems;
    no message has a value in it.
    """
    result = copy.deepcopy(desired)
    problems: list[str] = []
    for component, values in secrets.items():
        if not isinstance(values, Mapping):
            problems.append(f"secrets[{component}]: give a mapping of keys to values")
            continue
        holder = _holder(result, str(component), current)
        if holder is None:
            problems.append(_no_component(str(component), result, current))
            continue
        for key, value in values.items():
            problem = _set_secret(holder, str(key), value)
            if problem:
                problems.append(f"secrets[{component}][{key}]: {problem}")
    if problems:
        raise UsageError(problems)
    return result


def _holder(spec: Spec, component: str, current: Spec | None) -> dict[str, Any] | None:
    """The component in the declaration. One that only the current app has is added to it, with its name only."""
    if component == APP_ENVS:
        return spec
    section = section_of(spec, component)
    if section is None:
        section = section_of(current or {}, component)
        components = spec.get(section or "") or []
        if section is None or not isinstance(components, list):
            return None
        spec[section] = [*components, {"name": component}]
    return find_component(spec, section, component)


def _no_component(component: str, spec: Spec, current: Spec | None) -> str:
    known = sorted(component_names(spec) | component_names(current or {}))
    hint = did_you_mean(component, known) or f"there are {', '.join(known) or 'none'}"
    return f"secrets[{component}]: no component has this name; {hint} ({APP_ENVS} means the app's own envs)"


def _set_secret(holder: dict[str, Any], key: str, value: Any) -> str | None:
    """Set one value in a component; returns the problem if the component has no such key."""
    if isinstance(value, (Mapping, list)):
        return "give a text"
    # The lint warns of a value that YAML may have changed, as it does for one in the spec.
    text = value if value is None or is_unquoted(value) else as_text(value)
    if key == CREDENTIALS:
        if not isinstance(holder.get("image"), Mapping):
            return "this component declares no image"
        holder["image"] = {**holder["image"], "registry_credentials": text}
        return None
    if key == CLONE_URL:
        # Without a value the stored one is kept, so a source that is otherwise undeclared stays undeclared.
        git = holder.get("git")
        holder.update(
            {} if text is None else {"git": {**(git if isinstance(git, Mapping) else {}), "repo_clone_url": text}}
        )
        return None
    if key.startswith(_LOG_DESTINATIONS):
        return _set_in_destination(holder, key[len(_LOG_DESTINATIONS) :], text)
    return _set_env(holder, key, text)


def _set_env(holder: dict[str, Any], key: str, text: Any) -> str | None:
    envs = holder.get("envs") or []
    if not isinstance(envs, list):
        return "the envs here are no list"
    matching = [env for env in objects(envs) if env.get("key") == key]
    if not matching:
        matching = [{"key": key}]
        holder["envs"] = [*envs, *matching]
    for env in matching:
        env.update(value=text, type="SECRET")
    return None


def _set_in_destination(holder: dict[str, Any], path: str, text: Any) -> str | None:
    name, _dot, rest = path.partition(".")
    kind, _dot, leaf = rest.rpartition(".")
    found = find_component(holder, "log_destinations", name)
    if found is None or not leaf:
        return f"this component declares no log destination {name!r}"
    if text is None:
        # The stored value is kept. An empty object on the path to it would count as a declared empty one.
        return None
    target = found
    for step in filter(None, kind.split(".")):
        inner = target.get(step)
        target[step] = dict(inner) if isinstance(inner, Mapping) else {}
        target = target[step]
    target[leaf] = text
    return None
