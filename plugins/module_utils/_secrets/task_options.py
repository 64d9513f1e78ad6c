# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.

"""Secrets in a task's options before these are validated, found by the names of options and fields.

An env's ``value`` is certainly a secret if its ``type`` is SECRET, certainly none if it is GENERAL, and possibly one
without a type, since the stored env may be a SECRET.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from .._masking.secret_register import MASK, SecretRegister
from .._spec.secret_fields import url_field_names
from .._spec.url_secrets import is_secret_field, mask_url, url_secrets
from .decisions import is_encrypted

#: Fields with a URL that may have a secret in it.
_URL_FIELDS = frozenset({*url_field_names(), "api_url"})
#: Options of which every value is a secret.
_SECRET_TREES = frozenset({"secrets"})
#: The end of the path of a URL that is itself a secret.
_WEBHOOKS = ("slack_webhooks", "url")
#: Fields whose items are pairs of key and value.
_ENVS = "envs"
_PAIRS = frozenset({_ENVS, "headers", "secure_header"})


def secrets_in(params: Any, *, certain: bool = False) -> SecretRegister:
    """A register of the secrets in a task's options. ``certain``: without those that are only possibly secrets."""
    register = SecretRegister()
    for value, is_certain in _walk(params, ()):
        if is_certain or not certain:
            register.add(value)
    return register


def hide_secrets(params: Any) -> Any:
    """A copy of a task's options with a mask in place of every certain or possible secret."""
    return _hidden(params, ())


def _walk(value: Any, path: tuple[str, ...]) -> Iterator[tuple[str, bool]]:
    """(secret, certain) for every secret in a value. ``path``: the keys that lead to it."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from _walk(item, (*path, path_key(str(key), value)))
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from _walk(item, path)
    elif value is not None and not isinstance(value, bool):
        yield from _walk_text(str(value), path)


def _walk_text(text: str, path: tuple[str, ...]) -> Iterator[tuple[str, bool]]:
    certain = _certainty(path)
    if certain is not None:
        yield text, certain
    if path and path[-1] in _URL_FIELDS:
        yield from ((one, True) for one in url_secrets(text))
    inner = parse_structure(text)
    if inner is not None:
        yield from _walk(inner, path)
    elif path and path[-1] in (*_PAIRS, *_SECRET_TREES):
        # A mapping or list written as text: KEY=value,OTHER=value.
        yield text, True
        for part in text.split(","):
            if "=" in part:
                yield part.partition("=")[2].strip(), True


def path_key(key: str, record: Mapping[Any, Any]) -> str:
    """The key as an element of a path; an env's ``value`` gets its type, such as ``value SECRET``."""
    if key != "value":
        return key
    type_name = str(record.get("type") or "").upper()
    return {"SECRET": "value SECRET", "GENERAL": "value GENERAL"}.get(type_name, "value")


def is_readable(path: tuple[str, ...]) -> bool:
    """Whether the value at a path is readable text, and no URL, which may have a secret in it."""
    return not _certainty(path) and path[-1] not in _URL_FIELDS


def _certainty(path: tuple[str, ...]) -> bool | None:
    """Whether the value at a path is a secret. True: certainly, False: possibly, None: no."""
    if not path:
        return None
    last = path[-1]
    if any(map(is_secret_field, path)) or last == "value SECRET" or _SECRET_TREES & set(path) or path[-2:] == _WEBHOOKS:
        return True
    if last == "value":
        containers = [key for key in path[:-1] if key in _PAIRS]
        return containers[-1] != _ENVS if containers else None
    if last != "value GENERAL" and path[-2:-1] == (_ENVS,) and last not in ("key", "scope", "type", "state"):
        return False  # envs given as a mapping of key to value
    return None


def parse_structure(text: str) -> Any:
    """The object or list in a text of JSON, as options may be given; None for other texts."""
    if text.lstrip()[:1] not in ("{", "["):
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _hidden(value: Any, path: tuple[str, ...]) -> Any:
    if isinstance(value, Mapping):
        return {key: _hidden(item, (*path, path_key(str(key), value))) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_hidden(item, path) for item in value]
    if value in (None, "") or isinstance(value, bool) or is_encrypted(value):
        return value
    if path and path[-1] in _URL_FIELDS and isinstance(value, str):
        return mask_url(value, MASK)
    return MASK if _certainty(path) is not None or any(True for _found in _walk(value, path)) else value
