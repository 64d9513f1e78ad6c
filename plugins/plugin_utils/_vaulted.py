# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.

"""Finds option values that come from a vault, to mask them and to warn where they are stored in plain text.

Core 2.19 and newer mark a single vaulted value, also where a template consists of only its variable. Older ones mark it
only in the task itself. No core marks the values of an encrypted file.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..module_utils._ansible.arguments import API
from ..module_utils._masking.secret_register import SecretRegister
from ..module_utils._secrets.redact import is_name, register_secrets
from ..module_utils._secrets.task_options import is_readable, path_key
from ..module_utils._system.json_types import to_json_types

try:
    from ansible.parsing.vault import VaultHelper

    def _is_vaulted(value: Any) -> bool:
        return VaultHelper.get_ciphertext(value, with_tags=False) is not None

except ImportError:  # before ansible-core 2.19
    from ansible.parsing.yaml.objects import AnsibleVaultEncryptedUnicode

    def _is_vaulted(value: Any) -> bool:
        return isinstance(value, AnsibleVaultEncryptedUnicode)


@dataclass(frozen=True)
class VaultedValues:
    """The vaulted values of a task.

    ``values``: those that can be distinguished from ordinary words. ``readable``: the options whose vaulted value is
    stored in plain text.
    """

    values: frozenset[str] = frozenset()
    readable: tuple[str, ...] = ()

    @property
    def warnings(self) -> list[str]:
        """One warning for all values that will be stored in plain text; empty when there are none."""
        if not self.readable:
            return []
        text = (
            "the value comes from a vault and is kept on the platform as a text that all who may see the app can read."
            " Values of envs are encrypted there with type: SECRET; other fields can't be"
        )
        return [f"{', '.join(self.readable)}: {text}"]

    def mask(self, result: dict[str, Any]) -> dict[str, Any]:
        """Mask the result of an ordinary module, which doesn't know what came from a vault."""
        if not self.values:
            return result
        register = SecretRegister()
        register.add(*self.values)
        for spec in _specs(result):
            register_secrets(register, spec)
        masked: dict[str, Any] = register.mask(result)
        return masked


def find_vaulted(args: Mapping[str, Any]) -> VaultedValues:
    """The vaulted values of a task's options, as core passes them to the action plugin."""
    found = list(_walk(args, (), ""))
    register = SecretRegister()
    # A value that is a name in one option and not in another one is a secret.
    register.add(*(one.text for one in found if not one.is_name))
    return VaultedValues(register.distinctive, tuple(dict.fromkeys(one.label for one in found if one.is_readable)))


@dataclass(frozen=True)
class _Value:
    """One vaulted value.

    ``label``: its path. ``is_readable``: it is stored in plain text. ``is_name``: see `is_name`.
    """

    label: str
    text: str
    is_readable: bool
    is_name: bool


def _specs(value: Any) -> Iterator[dict[str, Any]]:
    """Every spec in a result."""
    if isinstance(value, dict):
        for key, item in value.items():
            if key == "spec" and isinstance(item, dict):
                yield item
            else:
                yield from _specs(item)
    elif isinstance(value, list):
        for item in value:
            yield from _specs(item)


def _walk(value: Any, path: tuple[str, ...], label: str) -> Iterator[_Value]:
    """All vaulted values below *value*. ``path``: names only. ``label``: the path with indices."""
    if _is_vaulted(value):
        readable = path[0] not in API.options and is_readable(path)
        yield _Value(label, str(to_json_types(value)), readable, readable and is_name(path[-1]))
    elif isinstance(value, Mapping):
        for key, item in value.items():
            name = str(key)
            yield from _walk(item, (*path, path_key(name, value)), f"{label}.{name}" if label else name)
    elif isinstance(value, Sequence) and not isinstance(value, (str, bytes)):
        for index, item in enumerate(value):
            yield from _walk(item, path, f"{label}[{index}]")
