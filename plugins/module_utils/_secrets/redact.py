# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.

"""Apps and deployments as results show them: the API's objects without the secrets that it returns in plain text."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from .._masking.log_secrets import mask_log_text
from .._masking.secret_register import MASK, SecretRegister
from .._spec.schema import SPEC
from .._spec.secret_fields import all_secret_fields, mask_secrets, parts, plain_env_values, secret_keys, secret_urls
from .._spec.url_secrets import is_secret_field, url_secrets
from .._types.api_objects import DEPLOYMENT_FIELDS, Spec
from .refused_options import NAME_OPTIONS

#: Fields whose values are names or enum values.
_NAMES = frozenset(
    {"name", "key", "region", "domain", "rule", "kind", "scope", "type", "registry", "registry_type", "repository"}
    | {"tag", "digest", "repo", "branch", "engine", "cluster_name", "db_name", "db_user", "instance_size_slug"}
    | {"environment_slug", "time_zone", "cron", "slug"}
)


def is_name(field: str) -> bool:
    """Whether the values of a field or an option are names, which stay readable."""
    return field in _NAMES or field in NAME_OPTIONS


def redact(register: SecretRegister, value: Mapping[str, Any], keys: Collection[str] = ()) -> dict[str, Any]:
    """A copy of an app or a deployment, with a mask in place of each secret that its specs have in plain text.

    Log destinations and the secure header have such secrets (API reference 8.4), which are registered as well, since
    messages of the platform may quote them. Messages of steps are masked where they name a secret env of the specs or
    one of ``keys``.
    """
    result = dict(value)
    spec = value.get("spec")
    if isinstance(spec, dict):
        keys = secret_keys(spec).union(keys)
        register_secrets(register, spec)
        result["spec"] = mask_secrets(SPEC, spec, MASK)
    for key in DEPLOYMENT_FIELDS:
        if isinstance(value.get(key), Mapping):
            result[key] = redact(register, value[key], keys)
    if "progress" in value:
        result["progress"] = _progress(value["progress"], keys)
    return result


def _progress(value: Any, keys: Collection[str]) -> Any:
    """A copy of a deployment's ``progress`` with its messages masked."""
    if isinstance(value, Mapping):
        return {
            name: mask_log_text(item, keys) if name == "message" and isinstance(item, str) else _progress(item, keys)
            for name, item in value.items()
        }
    return [_progress(item, keys) for item in value] if isinstance(value, list) else value


def register_secrets(register: SecretRegister, spec: Spec) -> None:
    """Register the secrets that a spec has in plain text, and keep its names and readable values readable."""
    register.add(
        *(str(secret_field.value) for secret_field in all_secret_fields(spec) if secret_field.value is not None)
    )
    register.protect_names(*(value for key, value in _texts(spec) if key in _NAMES and not value.startswith("EV[")))
    for part in parts(spec):
        for secret_field in secret_urls(part):
            register.add(*url_secrets(secret_field.value))
    register.add(*(value for key, value in _texts(spec) if is_secret_field(key)))
    keep_words_readable(register, *plain_env_values(spec))


def keep_words_readable(register: SecretRegister, *values: str) -> None:
    """Keep the short words of readable values (GENERAL envs, commands) from being masked as weak secrets.

    A long secret inside such a value, such as a password in a command, is masked all the same.
    """
    register.protect_words(*values)


def urls_with_secrets(spec: Spec) -> list[str]:
    """The paths of URLs with a secret in them, such as ``jobs[migrate].git.repo_clone_url``."""
    return [secret_field.label for part in parts(spec) for secret_field in secret_urls(part)]


def _texts(value: Any, key: str = "") -> Iterator[tuple[str, str]]:
    """(field, text) for every text in a value."""
    if isinstance(value, Mapping):
        for name, item in value.items():
            yield from _texts(item, str(name))
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item, key)
    elif isinstance(value, str):
        yield key, value
