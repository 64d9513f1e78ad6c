# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where secrets stand in a spec and in request bodies, and how they are taken out of what is shown."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote, quote_plus

from .fields import SPEC, Field, Many, Message
from .secrets import looks_encrypted

SECRET = "(secret)"  # noqa: S105 - what stands in its place
UNKNOWN = "(not shown: an unknown field)"
MISSHAPEN = "(not shown: of another type than the field)"
NO_OBJECT = "(not shown: a body that is no object)"
# Fields that hold a secret as plain text.
FIELDS = frozenset({"api_key", "token", "password", "registry_credentials"})
# Fields that hold an address which may have a secret anywhere after its host.
_ADDRESSES = frozenset({"endpoint"})
_ENCRYPTED = re.compile(r"EV\[[^\]\s]*\]?")
# user:password@ of an address, either of which may have an @; a binding there is no secret.
_USERINFO = re.compile(r"(?<=://)([^\s/:$]*):((?:[^\s/$]|\$(?!\{))+)@|(?<=https://)([^\s/@:$]{12,})@")
# Fields of bodies beside the spec; what stands in any other could be anything.
_BODY = frozenset(
    {"app_id", "app_ids", "bitbucket", "buildpack_id", "components", "date", "deployment_id", "emails", "enable"}
    | {"Enable", "force_build", "git", "github", "gitlab", "project_id", "resources", "skip_pin", "source_dir"}
    | {"trigger_deployment", "update_all_source_versions"}
)
_ADDRESS = re.compile(
    r"(?P<host>(?:[A-Za-z][A-Za-z0-9+.-]*://)?(?:[^\s/?#@]*@)?[^\s/?#@]*)(?P<rest>[/?#].*)?", re.DOTALL
)
_BETWEEN = re.compile(r"[/?#&=]")
# Shorter ones would blot out half of a log.
_SHORTEST = 4
_SHORTEST_LINE = 8

Place = tuple[str, ...]


def without_credentials(text: str) -> str:
    """A text without encrypted values and without the passwords of addresses."""
    return _USERINFO.sub(_without_password, _ENCRYPTED.sub(SECRET, text))


def _without_password(found: re.Match[str]) -> str:
    return f"{found[1]}:{SECRET}@" if found[2] is not None else f"{SECRET}@"


def address_parts(text: str) -> tuple[str, str]:
    """An address up to its host, and the rest, which may be a key; ("", all of it) where it can't be told."""
    found = _ADDRESS.fullmatch(text)
    if found is None:
        return "", text
    rest = found["rest"] or ""
    return found["host"], "" if rest == "/" else rest


def address_without_secrets(text: str, word: str = SECRET) -> str:
    """Which host it is, and whether there is more."""
    host, rest = address_parts(text)
    return without_credentials(host) + (f"{rest[0] if host else ''}{word}" if rest else "")


def is_address(place: Place) -> bool:
    """Whether an address stands there of which no more than the host may be shown."""
    return place[-1:] != () and place[-1] in _ADDRESSES


def secrets_of(value: Any, place: Place = (), found: dict[Place, str] | None = None) -> dict[Place, str]:
    """Place -> value of all secrets of a spec, addresses of log destinations included."""
    found = {} if found is None else found
    if isinstance(value, dict):
        hidden = value.get("type") == "SECRET" and "key" in value
        header = len(place) > 1 and place[-2] == "headers"
        hook = len(place) > 1 and place[-2] == "slack_webhooks"
        for key, item in value.items():
            here = (*place, str(key))
            secret = (
                (key == "value" and (hidden or header))
                or key in FIELDS
                or place[-1:] == ("secure_header",)
                or (hook and key == "url")
                or (key in _ADDRESSES and isinstance(item, str) and bool(address_parts(item)[1]))
            )
            if isinstance(item, str) and (looks_encrypted(item) or (secret and key != "key")):
                found[here] = item
            else:
                secrets_of(item, here, found)
    elif isinstance(value, list):
        for name, item in named(value):
            if isinstance(item, str) and looks_encrypted(item):
                found[(*place, name)] = item
            else:
                secrets_of(item, (*place, name), found)
    return found


def passwords_of(value: Any) -> list[str]:
    """The passwords in addresses, wherever they are."""
    if isinstance(value, dict | list):
        return [word for item in (value.values() if isinstance(value, dict) else value) for word in passwords_of(item)]
    if not isinstance(value, str) or "://" not in value:
        return []
    return [found[2] or found[3] for found in _USERINFO.finditer(value)]


def named(items: list[Any]) -> list[tuple[str, Any]]:
    """Elements of a list with what stays the same when others come and go: a name or key, else the number."""
    result: list[tuple[str, Any]] = []
    for number, item in enumerate(items):
        name = (item.get("name") or item.get("key")) if isinstance(item, dict) else None
        result.append((f"={name}" if name else f"#{number}", item))
    return result


def words_of(secrets: Iterable[str]) -> re.Pattern[str] | None:
    """What finds these secrets in a text: whole, line by line, and as programs write them elsewhere; None for none."""
    words: set[str] = set()
    for secret in secrets:
        rest = address_parts(secret)[1] if "://" in secret else ""
        whole = {secret, rest, *(part for part in _BETWEEN.split(rest) if len(part) >= _SHORTEST_LINE)}
        name, colon, password = secret.partition(":")
        if colon and name.isidentifier() and len(password) >= _SHORTEST_LINE:
            whole.add(password)
        # A secret that is a binding alone names no secret.
        for word in (one for one in whole if len(one) >= _SHORTEST and "${" not in one):
            words |= {
                word,
                quote(word, safe="", errors="replace"),
                quote_plus(word, errors="replace"),
                json.dumps(word)[1:-1],
            }
            words |= {json.dumps(word, ensure_ascii=False)[1:-1], repr(word)[1:-1]}
            words.add(b64encode(word.encode("utf-8", "surrogatepass")).decode().rstrip("="))
            lines = word.splitlines()
            words |= {line.strip() for line in lines if len(lines) > 1 and len(line.strip()) >= _SHORTEST_LINE}
    listed = sorted(words, key=lambda word: (-len(word), word))
    return re.compile("|".join(re.escape(word) for word in listed)) if listed else None


def hidden_text(text: str, words: re.Pattern[str] | None) -> str:
    """A text without these words and without what looks like a credential."""
    return without_credentials(words.sub(SECRET, text) if words else text)


def told(message: str, given: Any) -> str:
    """A message about what was given, without its secrets."""
    return hidden_text(message, words_of(_all_secrets(given)))


def hidden_body(body: Any) -> Any:
    """A request body as it may be recorded. What is no field, or not of its type, could be anything: it is left out."""
    if body is None:
        return None
    if not isinstance(body, dict):
        return NO_OBJECT
    words = words_of(_all_secrets(body))
    return {key: _hidden_field(key, item, words) for key, item in body.items()}


def _hidden_field(key: Any, item: Any, words: re.Pattern[str] | None) -> Any:
    if key == "slack_webhooks":
        hooks = isinstance(item, list) and all(isinstance(one, dict) for one in item)
        return _hidden(item, None, (key,), words) if hooks or item is None else MISSHAPEN
    if key != "spec" and key not in _BODY:
        return UNKNOWN
    return _hidden(item, SPEC if key == "spec" else None, (key,), words)


def hidden_spec(spec: Any) -> Any:
    """The same for a spec, or a part of one."""
    return _hidden(spec, SPEC, (), words_of(_all_secrets(spec)))


def _hidden(value: Any, schema: Field | None, place: Place, words: re.Pattern[str] | None) -> Any:
    if isinstance(value, dict):
        if schema is not None and not isinstance(schema, Message):
            return MISSHAPEN
        secret = _secret_fields(value, place)
        result: dict[str, Any] = {}
        for key, item in value.items():
            known = schema.fields.get(key) if schema is not None else None
            if key in secret:
                result[key] = _blotted(item)
            elif schema is not None and known is None:
                result[key] = UNKNOWN
            elif key in _ADDRESSES and isinstance(item, str):
                result[key] = address_without_secrets(item)
            else:
                result[key] = _hidden(item, known, (*place, str(key)), words)
        return result
    if isinstance(value, list):
        if schema is not None and not isinstance(schema, Many):
            return MISSHAPEN
        return [_hidden(item, schema.of if schema is not None else None, place, words) for item in value]
    if isinstance(schema, Message | Many) and value is not None:
        return MISSHAPEN
    return hidden_text(value, words) if isinstance(value, str) else value


def _secret_fields(value: dict[str, Any], place: Place) -> frozenset[str]:
    """The fields of an object that hold secrets, whatever their type."""
    last = place[-1] if place else ""
    open_ = value.get("type") in (None, "", "GENERAL") and last not in {"secure_header", "headers"}
    found = {key for key in value if key in FIELDS}
    if last in {"envs", "headers", "secure_header"} and not open_:
        found |= set(value) - {"key", "scope", "type", "remove_header"}
    if last == "slack_webhooks":
        found |= set(value) - {"channel"}
    return frozenset(found)


def _blotted(value: Any) -> Any:
    """Nothing but whether there is something."""
    return SECRET if value not in (None, "") else value


def _all_secrets(value: Any) -> list[str]:
    """All texts that stand where secrets do, in whatever shape."""
    found = [*secrets_of(value).values(), *passwords_of(value)]
    _gather(value, (), found)
    return found


def _gather(value: Any, place: Place, found: list[str]) -> None:
    if isinstance(value, dict):
        secret = _secret_fields(value, place)
        for key, item in value.items():
            if key in secret:
                found.extend(_scalars(item))
            else:
                _gather(item, (*place, str(key)), found)
    elif isinstance(value, list):
        for item in value:
            _gather(item, place, found)


def _scalars(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for item in value.values() for text in _scalars(item)]
    if isinstance(value, list):
        return [text for item in value for text in _scalars(item)]
    return [] if value is None or isinstance(value, bool) else [str(value)]
