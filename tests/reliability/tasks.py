# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tasks in this process, without a pause, for measurements that are not tests."""

from __future__ import annotations

import importlib
from datetime import datetime, timedelta, timezone
from typing import Any

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.oceanops.app_platform.plugins.module_utils._ansible.context import Context
from ansible_collections.oceanops.app_platform.plugins.module_utils._ansible.operation import Operation, perform
from tests.platform import Platform

MODULES = "ansible_collections.oceanops.app_platform.plugins.modules"


class Clock:
    """Nobody sleeps: a pause only moves the clock."""

    def __init__(self) -> None:
        self._seconds = 0.0
        self._start = datetime.now(timezone.utc)

    def monotonic(self) -> float:
        return self._seconds

    def now(self) -> datetime:
        return self._start + timedelta(seconds=self._seconds)

    def sleep(self, seconds: float) -> None:
        self._seconds += seconds


class Tasks:
    """``tasks(module, check=False, **options)``: the result of a task, as a playbook would register it."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform

    def __call__(self, module: str, check: bool = False, **options: Any) -> dict[str, Any]:
        operation: Operation = importlib.import_module(f"{MODULES}.{module}").OPERATION
        arguments = operation.arguments.as_arguments()
        given = {"token": self._platform.token, "api_url": self._platform.url, **options}
        # ansible-core's own annotations leave this class out.
        validator: Any = ArgumentSpecValidator
        validated = validator(arguments.pop("argument_spec"), **arguments).validate(given)
        if validated.error_messages:
            raise AssertionError(f"{module}: {validated.error_messages}")
        context = Context(validated.validated_parameters, check_mode=check, diff=True, clock=Clock())
        result = perform(operation, validated.validated_parameters, context)
        return {**result, "warned": context.warnings}
