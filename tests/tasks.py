"""A task of the collection in this process, against a simulator, with a clock of the test's own."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.oceanops.app_platform.plugins.module_utils._ansible.context import Context
from ansible_collections.oceanops.app_platform.plugins.module_utils._ansible.operation import Operation, perform
from ansible_collections.oceanops.app_platform.plugins.module_utils._secrets.task_options import secrets_in
from tests.platform import Platform

MODULES = "ansible_collections.oceanops.app_platform.plugins.modules"


@dataclass(frozen=True)
class Task:
    """What became of one: its result as a playbook would register it, what it warned of and how it got on."""

    result: dict[str, Any]
    warnings: list[str]
    progress: list[str]


def perform_task(
    platform: Platform,
    module: str,
    options: Mapping[str, Any],
    clock: Any,
    *,
    check: bool = False,
    diff: bool = False,
    in_process: bool = False,
) -> Task:
    """The module's operation with these options, validated as Ansible validates them; AssertionError says why not."""
    operation: Operation = importlib.import_module(f"{MODULES}.{module}").OPERATION
    given = {"token": platform.token, "api_url": platform.url, **options}
    validated = ArgumentSpecValidator(**operation.arguments.as_arguments()).validate(given)
    assert not validated.error_messages, validated.error_messages
    params = validated.validated_parameters
    progress: list[str] = []
    context = Context(
        params,
        check_mode=check,
        diff=diff,
        clock=clock,
        register=secrets_in(params, certain=True),
        progress=progress.append,
        in_process=in_process,
    )
    return Task(perform(operation, params, context), context.warnings, progress)
