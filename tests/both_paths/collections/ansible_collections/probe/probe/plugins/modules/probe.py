# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# ruff: noqa: E402  # the documentation comes first
"""A module that needs no API: it shows what the execution layer gives to an operation and makes of its results."""

from __future__ import annotations

DOCUMENTATION = r"""
module: probe
short_description: Tests of the execution layer
description: Says what an operation was given, and behaves badly on demand.
author: oceanops.app_platform contributors
options:
  act: {description: How to behave., type: str}
"""

import os
from typing import Any

from ansible_collections.oceanops.app_platform.plugins.module_utils._ansible.arguments import (
    API,
    WAIT,
    ArgumentSpec,
    merge,
)
from ansible_collections.oceanops.app_platform.plugins.module_utils._ansible.context import Context
from ansible_collections.oceanops.app_platform.plugins.module_utils._ansible.module import run_module
from ansible_collections.oceanops.app_platform.plugins.module_utils._ansible.operation import Operation
from ansible_collections.oceanops.app_platform.plugins.module_utils._api.errors import (
    AppPlatformError,
    NotFoundError,
    UsageError,
)
from ansible_collections.oceanops.app_platform.plugins.module_utils._secrets.redact import register_secrets

ENVS = {
    "key": {"type": "str", "required": True, "no_log": False},
    "value": {"type": "str", "no_log": False},
    "type": {"type": "str", "choices": ["GENERAL", "SECRET"]},
    "scope": {"type": "str"},
}
OPTIONS = ArgumentSpec(
    {
        "act": {"type": "str", "default": "echo", "choices": ["echo", "fail", "refuse", "crash", "warn", "watch"]},
        "name": {"type": "str", "aliases": ["label"]},
        "number": {"type": "int"},
        "switch": {"type": "bool", "default": False},
        "any": {"type": "raw"},
        "text": {"type": "str"},
        "variable": {"type": "str"},
        "envs": {"type": "list", "elements": "dict", "options": ENVS},
        "spec": {"type": "dict"},
        "secrets": {"type": "dict", "no_log": False},
        "registry_credentials": {"type": "str", "no_log": False},
        "log_destinations": {"type": "list", "elements": "dict"},
    },
    required_if=(("act", "refuse", ("name",)),),
)


class Broken:
    """A value that no JSON has."""

    def __str__(self) -> str:
        return "broken"


def run(params: dict[str, Any], context: Context) -> dict[str, Any]:
    act = params["act"]
    secrets = [one["value"] for one in params["envs"] or () if one["type"] == "SECRET"]
    register_secrets(context.register, params["spec"] or {})
    said = " ".join(map(str, [params["token"], *secrets, params["registry_credentials"], params["secrets"]]))
    if context.progress:
        context.progress(f"progress of {params['name']} with {said}")
    if act == "warn":
        context.warn(f"a warning about {params['name']} with {said}")
        context.warn(f"a warning about {params['name']} with {said}")
    if act == "fail":
        error = NotFoundError(f"no app with {said}", status=404, request_id="r-1", method="GET", path="/v2/apps/x")
        error.details.update(changed=True, app={"id": "a-1", "echo": said})
        raise error
    if act == "refuse":
        raise UsageError([f"name: {params['name']} is bad", f"text: {said} is worse"])
    if act == "crash":
        try:
            raise KeyError(said)
        except KeyError:
            raise RuntimeError(f"lost {said}") from AppPlatformError(said)
    return {
        "changed": True,
        "in_process": context.in_process,
        "check_mode": context.check_mode,
        "with_diff": context.diff,
        "folder": context.names.find("nothing"),
        "variable": os.environ.get(params["variable"] or "", ""),
        "had_token": len(params["token"] or ""),
        "lengths": [len(one) for one in secrets],
        "types": sorted({type(one).__name__ for one in _leaves(params)}),
        "echo": {name: params[name] for name in OPTIONS.options},
        "said": said,
        "tuple": (1, 2),
        "diff": {"before": {"name": "old"}, "after": {"name": params["name"], "said": said}},
    }


def _leaves(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return [value, *(leaf for one in value.values() for leaf in _leaves(one))]
    return [value, *(leaf for one in value for leaf in _leaves(one))] if isinstance(value, list) else [value]


OPERATION = Operation(merge(API, WAIT, OPTIONS), run)


def main() -> None:
    run_module(OPERATION)


if __name__ == "__main__":
    main()
