# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.

"""Runs an operation as an ordinary module: the adapter to AnsibleModule."""

from __future__ import annotations

from typing import Any, NoReturn

from ansible.module_utils.basic import AnsibleModule

from .._secrets.task_options import secrets_in
from .._system.json_types import to_json_types
from .context import Context
from .operation import Operation, Result, perform, redact_invocation, refused_result
from .raw_options import conversion_errors
from .validation import unreadable_messages, validation_messages


class Module(AnsibleModule):  # type: ignore[misc, unused-ignore]
    """AnsibleModule whose results and system log entries contain no secrets.

    Core masks only options marked ``no_log``, and their values everywhere. The value of an env can't be marked, since
    the same option also contains readable values.
    """

    def __init__(self, operation: Operation) -> None:
        self._operation = operation
        self._given: dict[str, Any] = {}
        self._broken: str | None = None
        try:
            super().__init__(supports_check_mode=True, **operation.arguments.as_arguments())
        except (AttributeError, LookupError, TypeError, ValueError) as error:
            # Core's validation fails on some types, before 2.19 on a string in place of a mapping.
            self._broken = str(error)
        if self._broken is not None:
            self.fail_json(self._broken)
        elif conversion_errors(operation.arguments.options, self._given):
            self.fail_json("")

    def _load_params(self) -> None:
        """Keep the options as they were given, before core converts numbers and lists to strings."""
        super()._load_params()
        self._given = {
            name: to_json_types(value) for name, value in self.params.items() if not name.startswith("_ansible_")
        }

    def log(self, msg: str, log_args: dict[str, Any] | None = None) -> None:  # noqa: ARG002  # core's signature
        """Log only that the module ran; core would log all options."""
        super().log("Invoked")

    def fail_json(self, msg: str, **kwargs: Any) -> NoReturn:  # noqa: ARG002  # core's signature
        """Called by core, for options that don't validate or an earlier failure."""
        known = getattr(self, "params", {})
        params = {name: to_json_types(value) for name, value in known.items() if not name.startswith("_ansible_")}
        checked = getattr(self, "validation_result", None)
        messages = [str(msg)]
        options = self._operation.arguments.options
        if self._broken is not None:
            messages = unreadable_messages(options, self._given, self._broken)
        elif checked is not None:
            messages = validation_messages(checked, options, self._given) or messages
        self.finish(refused_result(messages, secrets_in(params)), params)

    def finish(self, result: Result, params: dict[str, Any]) -> NoReturn:
        """Exit with this result, which is masked already."""
        complete = {"invocation": redact_invocation(params, self._operation.arguments.options, result), **result}
        if complete.get("failed"):
            super().fail_json(**complete)
        super().exit_json(**complete)


def run_module(operation: Operation) -> None:
    """Run an operation as a module: ``main()`` of every module."""
    module = Module(operation)
    params = to_json_types(module.params)
    register = secrets_in(params, certain=True)
    context = Context(params, check_mode=module.check_mode, diff=module._diff, register=register)
    result = perform(operation, params, context)
    for text in context.warnings:
        module.warn(text)
    module.finish(result, params)
