# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.

"""Where a task's options hold secrets, known before they are validated: by the names of options and fields.

An env's ``value`` is certainly a secret when its ``type`` is SECRET, certainly none when it is GENERAL, and possibly
one when the task gives no type, since the stored env may be a SECRET.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from .._masking.secret_register import MASK, SecretRegister
from .._spec.addresses import address_secrets, hide_in_address, is_secret_field
from .._spec.secret_fields import address_fields
from .decisions import is_encrypted

#: Fields with an address that may carry a secret.
_ADDRESSES = frozenset({*address_fields(), "api_url"})
#: Options in which everything is secret but the keys.
_SECRET_TREES = frozenset({"secrets"})
#: An address of which every part is a secret, wherever it stands.
_WEBHOOKS = ("slack_webhooks", "url")
#: Fields whose items are pairs of key and value.
_ENVS = "envs"
_PAIRS = frozenset({_ENVS, "headers", "secure_header"})


def secrets_in(params: Any, *, certain: bool = False) -> SecretRegister:
    """A register of the secrets in a task's options, as they were given. ``certain``: without the possible ones."""
    register = SecretRegister()
    for value, sure in _walk(params, ()):
        if sure or not certain:
            register.add(value)
    return register


def hide_secrets(params: Any) -> Any:
    """A copy of a task's options with a mask in the place of every secret, certain or possible."""
    return _hidden(params, ())


def _walk(value: Any, path: tuple[str, ...]) -> Iterator[tuple[str, bool]]:
    """(secret, certain) for every secret at or below a place; ``path`` are the keys that lead to it."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from _walk(item, (*path, mark(str(key), value)))
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from _walk(item, path)
    elif value is not None and not isinstance(value, bool):
        yield from _walk_text(str(value), path)


def _walk_text(text: str, path: tuple[str, ...]) -> Iterator[tuple[str, bool]]:
    sure = _verdict(path)
    if sure is not None:
        yield text, sure
    if path and path[-1] in _ADDRESSES:
        yield from ((one, True) for one in address_secrets(text))
    inner = structure(text)
    if inner is not None:
        yield from _walk(inner, path)
    elif path and path[-1] in (*_PAIRS, *_SECRET_TREES):
        # A mapping or list written as text: KEY=value,OTHER=value.
        yield text, True
        for part in text.split(","):
            if "=" in part:
                yield part.partition("=")[2].strip(), True


def mark(key: str, record: Mapping[Any, Any]) -> str:
    """The key, or for an env's value what its type says of it."""
    if key != "value":
        return key
    kind = str(record.get("type") or "").upper()
    return {"SECRET": "value SECRET", "GENERAL": "value GENERAL"}.get(kind, "value")


def is_shown(path: tuple[str, ...]) -> bool:
    """Whether what stands at a path is kept as readable text, and is no address, of which a part may be secret."""
    return not _verdict(path) and path[-1] not in _ADDRESSES


def _verdict(path: tuple[str, ...]) -> bool | None:
    """Whether what stands at a path is a secret: True, False: possibly, None: no."""
    if not path:
        return None
    last = path[-1]
    if any(map(is_secret_field, path)) or last == "value SECRET" or _SECRET_TREES & set(path) or path[-2:] == _WEBHOOKS:
        return True
    if last == "value":
        around = [key for key in path[:-1] if key in _PAIRS]
        return around[-1] != _ENVS if around else None
    if last != "value GENERAL" and path[-2:-1] == (_ENVS,) and last not in ("key", "scope", "type", "state"):
        return False  # envs given as a mapping of key to value
    return None


def structure(text: str) -> Any:
    """What a text holds that is JSON of an object or a list: options may be given so."""
    if text.lstrip()[:1] not in ("{", "["):
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _hidden(value: Any, path: tuple[str, ...]) -> Any:
    if isinstance(value, Mapping):
        return {key: _hidden(item, (*path, mark(str(key), value))) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_hidden(item, path) for item in value]
    if value in (None, "") or isinstance(value, bool) or is_encrypted(value):
        return value
    if path and path[-1] in _ADDRESSES and isinstance(value, str):
        return hide_in_address(value, MASK)
    return MASK if _verdict(path) is not None or any(True for _found in _walk(value, path)) else value
