# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.

"""Argument specs as values that merge: groups of options that several modules share, one doc fragment each."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ansible.module_utils.errors import AnsibleFallbackNotFound

from .._api.settings import TOKEN_VARIABLES, ClientSettings
from .._deployments.wait_options import DEFAULT_WAIT_TIMEOUT
from .._secrets.refused_options import Options

API_URL_VARIABLE = "DIGITALOCEAN_API_URL"


@dataclass(frozen=True)
class ArgumentSpec:
    """Options of a module and the relations between them, with the names of AnsibleModule's arguments.

    Adding two of them merges their options; raises ValueError when both define the same option differently.
    """

    options: Options = field(default_factory=dict)
    mutually_exclusive: Sequence[Sequence[str]] = ()
    required_together: Sequence[Sequence[str]] = ()
    required_one_of: Sequence[Sequence[str]] = ()
    required_if: Sequence[Sequence[Any]] = ()
    required_by: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def __add__(self, other: ArgumentSpec) -> ArgumentSpec:
        both = self.options.keys() & other.options.keys()
        clash = sorted(name for name in both if self.options[name] != other.options[name])
        if clash:
            raise ValueError(f"options defined twice: {', '.join(clash)}")
        return ArgumentSpec(
            options={**self.options, **other.options},
            mutually_exclusive=(*self.mutually_exclusive, *other.mutually_exclusive),
            required_together=(*self.required_together, *other.required_together),
            required_one_of=(*self.required_one_of, *other.required_one_of),
            required_if=(*self.required_if, *other.required_if),
            required_by={**self.required_by, **other.required_by},
        )

    def without(self, *names: str) -> ArgumentSpec:
        """A copy without these options and the relations that name them."""

        def kept(groups: Sequence[Sequence[Any]]) -> list[Sequence[Any]]:
            return [group for group in groups if not set(names) & {one for one in group if isinstance(one, str)}]

        return ArgumentSpec(
            options={name: option for name, option in self.options.items() if name not in names},
            mutually_exclusive=kept(self.mutually_exclusive),
            required_together=kept(self.required_together),
            required_one_of=kept(self.required_one_of),
            required_if=[one for one in self.required_if if one[0] not in names and not set(names) & set(one[2])],
            required_by={name: needed for name, needed in self.required_by.items() if name not in names},
        )

    def as_arguments(self) -> dict[str, Any]:
        """Keyword arguments for ``AnsibleModule`` and ``ArgumentSpecValidator``, with lists, as core requires."""
        return {
            "argument_spec": {name: _mutable_copy(option) for name, option in self.options.items()},
            "mutually_exclusive": [list(group) for group in self.mutually_exclusive],
            "required_together": [list(group) for group in self.required_together],
            "required_one_of": [list(group) for group in self.required_one_of],
            "required_if": [list(rule) for rule in self.required_if],
            "required_by": {name: list(needed) for name, needed in self.required_by.items()},
        }


def merge(*specs: ArgumentSpec) -> ArgumentSpec:
    """All of them as one. Raises ValueError when two define the same option differently."""
    return sum(specs, ArgumentSpec())


def _mutable_copy(option: Mapping[str, Any]) -> dict[str, Any]:
    """A copy that core may change, sub-options included, without ``no_log``.

    Core would mask the value of a ``no_log`` option even within other words, since 2.22 for the rest of the run: with
    the token ``any``, ``company`` would be masked. SecretRegister masks it instead, with rules for short values.
    """
    copy = dict(option)
    if copy.get("no_log"):
        copy["no_log"] = False
    if isinstance(copy.get("options"), Mapping):
        copy["options"] = {name: _mutable_copy(inner) for name, inner in copy["options"].items()}
    return copy


def first_in_environment(*names: str) -> str:
    """A fallback for an option: the first of these environment variables that is set and not empty."""
    for name in names:
        if os.environ.get(name):
            return os.environ[name]
    raise AnsibleFallbackNotFound


API = ArgumentSpec(
    {
        "token": {"type": "str", "no_log": True, "fallback": (first_in_environment, list(TOKEN_VARIABLES))},
        "api_url": {
            "type": "str",
            "default": ClientSettings.api_url,
            "fallback": (first_in_environment, [API_URL_VARIABLE]),
        },
        "api_timeout": {"type": "float", "default": 30.0},
        "api_connect_timeout": {"type": "float", "default": 10.0},
        "api_deadline": {"type": "float"},
        "api_retries": {"type": "int", "default": 5},
        "rate_limit_wait": {"type": "float", "default": 60.0},
        "validate_certs": {"type": "bool", "default": True},
        "ca_path": {"type": "path"},
    }
)
"""The API's address and how to call it; documentation fragment ``api``."""

SELECTOR = ArgumentSpec(
    {"app": {"type": "str"}, "app_id": {"type": "str"}},
    mutually_exclusive=(("app", "app_id"),),
    required_one_of=(("app", "app_id"),),
)
"""Which app; documentation fragment ``app_selector``."""

WAIT = ArgumentSpec(
    {
        "wait": {"type": "bool", "default": True},
        "wait_timeout": {"type": "float", "default": DEFAULT_WAIT_TIMEOUT},
        "wait_interval": {"type": "float"},
        "wait_for_idle": {"type": "bool", "default": False},
        "fail_on_post_deploy": {"type": "bool", "default": True},
        "redeploy_on_failed": {"type": "bool", "default": True},
        "log_lines": {"type": "int", "default": 50},
        "on_failure": {"type": "str", "choices": ["keep", "restore_spec"], "default": "keep"},
    }
)
"""How to wait for a deployment; documentation fragment ``wait``."""


def client_settings(params: Mapping[str, Any]) -> ClientSettings:
    """The connection settings of validated options; Client checks them."""
    return ClientSettings(
        token=params.get("token") or "",
        api_url=params["api_url"],
        timeout=params["api_timeout"],
        connect_timeout=params["api_connect_timeout"],
        retries=params["api_retries"],
        rate_limit_wait=params["rate_limit_wait"],
        validate_certs=params["validate_certs"],
        ca_path=params["ca_path"],
        deadline=params["api_deadline"],
    )
