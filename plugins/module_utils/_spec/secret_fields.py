# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.
"""The fields of a spec that contain secrets (API reference 4.4, 4.5, 4.9, 4.11), and masking of them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from .._types.api_objects import Spec
from .canonical import canonical
from .schema import COMPONENTS, DEFAULT_SCOPE, ENV, IMAGE, SPEC
from .schema_types import UNKNOWN, Listing, Node, Record, Scalar, objects
from .url_secrets import is_secret_field, mask_url, url_secrets

ENVS = "envs"
#: Key of the GENERAL env with the fingerprint of the secrets of the same component, or of the app itself
#: (_secrets/fingerprint.py). It is internal: declared lists never remove it, and it is neither shown nor copied.
FINGERPRINT_KEY = "ANSIBLE_SECRETS_FINGERPRINT"


@dataclass(frozen=True)
class SecretField:
    """A field with a secret: ``holder[field]`` is its value.

    ``name``: a stable identifier, ``envs/KEY/SCOPE`` or the path of the field with the keys of list items.
    ``label``: the path for messages. ``unencrypted``: the server returns the value unencrypted (API reference 4.11).
    """

    name: str
    label: str
    holder: dict[str, Any]
    field: str
    unencrypted: bool = False

    @property
    def value(self) -> Any:
        return self.holder.get(self.field)


@dataclass(frozen=True)
class Part:
    """A component of a spec, or the app without its components (``section`` is empty)."""

    section: str
    name: str
    label: str
    node: Record
    value: dict[str, Any]


#: A bindable variable that the platform replaces by a password or by a URL with one (API reference 4.5).
_BOUND_PASSWORD = re.compile(r"\$\{[^}]*(?:PASSWORD|_URL|_URI)\}")
_SECRET = Scalar(secret=True)
_ANYTHING = Record({})
_APP = Record({name: node for name, node in SPEC.fields.items() if name not in COMPONENTS})


def parts(spec: Spec) -> Iterator[Part]:
    """The app, then each component; each of them can have envs."""
    yield Part("", "", "", _APP, spec)
    for section, (_label, node) in COMPONENTS.items():
        for component in objects(spec.get(section)):
            name = str(component.get("name"))
            yield Part(section, name, f"{section}[{name}]", node, component)


def secret_fields(part: Part) -> Iterator[SecretField]:
    """The secret fields of a part, with or without a value."""
    yield from (secret for node, secret in _scalar_fields(part.node, part.value, "", part.label) if node.secret)


def secret_urls(part: Part) -> Iterator[SecretField]:
    """The URL fields of a part whose value contains a secret.

    The platform returns them unencrypted, so they are compared and written like other fields.
    """
    for node, secret in _scalar_fields(part.node, part.value, "", part.label):
        if node.url and isinstance(secret.value, str) and url_secrets(secret.value):
            yield secret


def all_secret_fields(spec: Spec) -> Iterator[SecretField]:
    """The secret fields of a spec."""
    for part in parts(spec):
        yield from secret_fields(part)


def url_field_names(node: Node = SPEC) -> Iterator[str]:
    """The names of all URL fields; no field with another meaning has one of these names."""
    if isinstance(node, Listing):
        yield from url_field_names(node.item)
    elif isinstance(node, Record):
        for name, child in node.fields.items():
            if isinstance(child, Scalar) and child.url and not child.deprecated:
                yield name
            yield from url_field_names(child)


def is_fingerprint(item: Any) -> bool:
    """Whether an item of a list is the env of the fingerprint."""
    return isinstance(item, Mapping) and item.get("key") == FINGERPRINT_KEY


def is_secret_env(env: Mapping[str, Any]) -> bool:
    """Whether an env's value is a secret."""
    kind = env.get("type")
    return isinstance(kind, str) and kind.strip().upper() == "SECRET"


def env_scope(env: Mapping[str, Any]) -> str:
    """The scope of an env; the default where it is not set."""
    return str(canonical(ENV.fields["scope"], env.get("scope")) or DEFAULT_SCOPE)


def plain_env_values(spec: Spec) -> Iterator[str]:
    """The values of the envs that are no secrets, which masking must leave readable."""
    for part in parts(spec):
        for env in objects(part.value.get(ENVS)):
            if not is_secret_env(env) and isinstance(env.get("value"), str):
                yield env["value"]


def secret_keys(spec: Spec) -> set[str]:
    """The keys of all envs whose values are secrets: by type, or by a reference to a password of the platform."""
    return {
        str(env["key"])
        for part in parts(spec)
        for env in objects(part.value.get(ENVS))
        if env.get("key") and (is_secret_env(env) or _BOUND_PASSWORD.search(str(env.get("value") or "")))
    }


def mask_secrets(node: Node, value: Any, mask: str, *, encrypted: bool = True) -> Any:
    """A copy of *value* with *mask* in place of its secrets; ``encrypted``: ``EV[...]`` values are left unmasked."""
    if node is UNKNOWN and isinstance(value, (Mapping, list)):
        node = _ANYTHING if isinstance(value, Mapping) else Listing(UNKNOWN)
    if isinstance(node, Record) and isinstance(value, Mapping):
        hide_value = node is ENV and is_secret_env(value)
        return {
            name: mask_secrets(
                _SECRET if hide_value and name == "value" else node.fields.get(name) or _unknown(name),
                inner,
                mask,
                encrypted=encrypted,
            )
            for name, inner in value.items()
        }
    if isinstance(node, Listing) and isinstance(value, list):
        return [mask_secrets(node.item, inner, mask, encrypted=encrypted) for inner in value]
    if isinstance(node, Scalar) and node.secret and value not in (None, ""):
        return value if encrypted and isinstance(value, str) and value.startswith("EV[") else mask
    if isinstance(node, Scalar) and node.url and isinstance(value, str):
        return mask_url(value, mask)
    return value


def _unknown(name: Any) -> Scalar:
    """The node of a field that the schema does not have: a secret if its name says so."""
    return _SECRET if is_secret_field(str(name)) else UNKNOWN


def _scalar_fields(node: Node, value: Any, path: str, label: str) -> Iterator[tuple[Scalar, SecretField]]:
    """(node, field) of every scalar that is present; of an env only its value, and only if it is a secret."""
    if isinstance(node, Record) and isinstance(value, dict):
        if node is ENV:
            if is_secret_env(value):
                yield _SECRET, SecretField(f"{ENVS}/{value.get('key')}/{env_scope(value)}", label, value, "value")
            return
        for name, child in node.fields.items():
            if name not in value:
                continue
            inner_label = f"{label}.{name}" if label else name
            inner_path = f"{path}/{name}" if path else name
            if isinstance(child, Scalar):
                yield child, SecretField(inner_path, inner_label, value, name, unencrypted=node is not IMAGE)
            else:
                yield from _scalar_fields(child, value[name], inner_path, inner_label)
    elif isinstance(node, Listing) and isinstance(value, list):
        for index, item in enumerate(value):
            given = item.get(node.key[0]) if node.key and isinstance(item, Mapping) else None
            key = given if isinstance(given, (str, int)) else index
            yield from _scalar_fields(node.item, item, f"{path}/{key}", f"{label}[{key}]")
