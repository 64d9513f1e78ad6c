# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no stable interface.
"""What users hand to the module ``app``: a spec in one of its published forms, and secrets that are kept elsewhere."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from .._api.errors import UsageError
from .._spec.lint.values import is_unquoted
from .._spec.nodes import as_text, objects
from .._spec.suggestion import did_you_mean
from .._types.api_objects import Spec
from .declaration import component_names, find_component, section_of

#: The word of the option ``secrets`` for the app's own envs: no component can have this name.
APP_ENVS = "_app"
CREDENTIALS = "image.registry_credentials"
#: An address as a whole may be a secret too.
CLONE_URL = "git.repo_clone_url"
#: What ``log_destinations.NAME`` is followed by; the longest first, since the last one is the end of others.
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
    """The spec with its name: as in ``.do/app.yaml``, or a deploy template's ``spec:`` around it.

    Raises UsageError when there is no name, or two.
    """
    inner = given.get("spec")
    spec = dict(inner) if isinstance(inner, Mapping) and "name" not in given else dict(given)
    own = spec.get("name")
    if own is not None and name is not None and own != name:
        raise UsageError(f"name: it is {name!r} while spec.name is {own!r}; give one of them, or the same in both")
    if not own and not name:
        raise UsageError("spec.name: missing; an app is found by its name, which is also an option of its own: name")
    if own is not None and not isinstance(own, str):
        raise UsageError(f"spec.name: {own!r} is not a text; put it in quotes")
    return {**spec, "name": own or name}


def with_secrets(desired: Spec, secrets: Mapping[str, Any], current: Spec | None) -> Spec:
    """The declaration with the values of the option ``secrets`` (component -> key -> value) at their places.

    A key is an env's; ``image.registry_credentials``, ``git.repo_clone_url`` and ``log_destinations.NAME.PATH``
    (``logtail.token``, ``open_search.endpoint``) are the other places. Raises UsageError, with every fault; no message
    holds a value.
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
            problem = _place(holder, str(key), value)
            if problem:
                problems.append(f"secrets[{component}][{key}]: {problem}")
    if problems:
        raise UsageError(problems)
    return result


def _holder(spec: Spec, component: str, current: Spec | None) -> dict[str, Any] | None:
    """The component in the declaration; one that only the app has is added to it by its name."""
    if component == APP_ENVS:
        return spec
    section = section_of(spec, component)
    if section is None:
        section = section_of(current or {}, component)
        there = spec.get(section or "") or []
        if section is None or not isinstance(there, list):
            return None
        spec[section] = [*there, {"name": component}]
    return find_component(spec, section, component)


def _no_component(component: str, spec: Spec, current: Spec | None) -> str:
    known = sorted(component_names(spec) | component_names(current or {}))
    hint = did_you_mean(component, known) or f"there are {', '.join(known) or 'none'}"
    return f"secrets[{component}]: no component has this name; {hint} ({APP_ENVS} means the app's own envs)"


def _place(holder: dict[str, Any], key: str, value: Any) -> str | None:
    """Put one value in its place; a sentence when there is none."""
    if isinstance(value, (Mapping, list)):
        return "give a text"
    # What YAML may have changed is told by the lint, as for a value in the spec.
    text = value if value is None or is_unquoted(value) else as_text(value)
    if key == CREDENTIALS:
        if not isinstance(holder.get("image"), Mapping):
            return "this component declares no image"
        holder["image"] = {**holder["image"], "registry_credentials": text}
        return None
    if key == CLONE_URL:
        # Without a value the stored one stays, also where nothing else is said of the repository.
        git = holder.get("git")
        holder.update(
            {} if text is None else {"git": {**(git if isinstance(git, Mapping) else {}), "repo_clone_url": text}}
        )
        return None
    if key.startswith(_LOG_DESTINATIONS):
        return _place_in_destination(holder, key[len(_LOG_DESTINATIONS) :], text)
    return _place_env(holder, key, text)


def _place_env(holder: dict[str, Any], key: str, text: Any) -> str | None:
    envs = holder.get("envs") or []
    if not isinstance(envs, list):
        return "the envs here are no list"
    mine = [env for env in objects(envs) if env.get("key") == key]
    if not mine:
        mine = [{"key": key}]
        holder["envs"] = [*envs, *mine]
    for env in mine:
        env.update(value=text, type="SECRET")
    return None


def _place_in_destination(holder: dict[str, Any], path: str, text: Any) -> str | None:
    name, _dot, rest = path.partition(".")
    kind, _dot, leaf = rest.rpartition(".")
    found = find_component(holder, "log_destinations", name)
    if found is None or not leaf:
        return f"this component declares no log destination {name!r}"
    if text is None:
        # It keeps what is stored. A part of it that were there without anything in it would be taken for an empty one.
        return None
    place = found
    for step in filter(None, kind.split(".")):
        inner = place.get(step)
        place[step] = dict(inner) if isinstance(inner, Mapping) else {}
        place = place[step]
    place[leaf] = text
    return None
