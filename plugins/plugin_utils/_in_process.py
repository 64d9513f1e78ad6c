# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.

"""Runs an operation inside Ansible's worker process, without building a module and starting another Python.

Other tasks than local ones run as an ordinary module; docs/execution.md has the conditions. The result is the same.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from typing import Any, ClassVar

from ansible import constants as C  # noqa: N812  # its usual name
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.module_utils.parsing.convert_bool import boolean
from ansible.plugins.action.normal import ActionModule as NormalAction
from ansible.utils.display import Display

from ..module_utils._ansible.context import Context
from ..module_utils._ansible.operation import Operation, Result, perform, redact_invocation, refused_result
from ..module_utils._ansible.validation import unreadable_messages, validation_messages
from ..module_utils._api.transport import HAS_REQUESTS
from ..module_utils._masking.secret_register import register_with_core
from ..module_utils._secrets.task_options import secrets_in
from ..module_utils._system.json_types import to_json_types
from ._vaulted import VaultedValues, find_vaulted

IN_PROCESS_VARIABLE = "app_platform_in_process"
PROGRESS_VARIABLE = "app_platform_progress"

#: Values of `ansible_python_interpreter` that let Ansible choose. Its choice may be this Python.
_AUTOMATIC = frozenset({"auto", "auto_legacy", "auto_silent", "auto_legacy_silent"})


class InProcessAction(NormalAction):
    """The base of all action plugins. A subclass has the ``operation`` of its module."""

    operation: ClassVar[Operation]

    def run(self, tmp: Any = None, task_vars: dict[str, Any] | None = None) -> Result:
        """The task's result."""
        variables = {} if task_vars is None else task_vars
        given = to_json_types(self._task.args)
        vaulted = find_vaulted(self._task.args)
        register_with_core(secrets_in(given, certain=True).distinctive | vaulted.values)
        reason = self.fallback_reason(variables)
        if reason is not None:
            Display().vvv(f"{self._task.action}: runs as an ordinary module: {reason}")
            for text in vaulted.warnings:
                Display().warning(text)
            return vaulted.mask(super().run(tmp, task_vars))
        Display().vvv(f"{self._task.action}: runs in process")
        return self._run_in_process(given, variables, vaulted)

    def fallback_reason(self, variables: Mapping[str, Any]) -> str | None:
        """The first reason why the task can't run in process; None: it can."""
        return next(self._obstacles(variables), None)

    def _obstacles(self, variables: Mapping[str, Any]) -> Iterator[str]:
        if not HAS_REQUESTS:
            yield "requests is not installed for the Python that runs Ansible"
        if not self._switch(variables, IN_PROCESS_VARIABLE):
            yield f"{IN_PROCESS_VARIABLE} is false"
        if self._connection.transport.rpartition(".")[2] != "local":
            yield f"the connection is {self._connection.transport}"
        if self._task.become or self._connection.become:
            yield "it uses become"
        if self._task.async_val:
            yield "it is asynchronous"
        if self._has_environment():
            yield "it sets environment variables"
        interpreter = self._interpreter(variables)
        if interpreter not in _AUTOMATIC and not _same_python(interpreter, sys.executable):
            yield f"ansible_python_interpreter is {interpreter}"

    def _run_in_process(self, given: dict[str, Any], variables: Mapping[str, Any], vaulted: VaultedValues) -> Result:
        params, messages = validated(self.operation, given)
        warnings = [*_alias_warnings(self.operation, given), *vaulted.warnings]
        if messages:
            register = secrets_in(params)
            register.add(*vaulted.values)
            result = refused_result(messages, register)
        else:
            context = self._context(self._with_absolute_paths(params), variables, vaulted)
            result = perform(self.operation, context.params, context)
            warnings += context.warnings
        if warnings:
            result["warnings"] = warnings
        if _wants_invocation(variables):
            result["invocation"] = redact_invocation(
                params, self.operation.arguments.options, result, also=vaulted.values
            )
        return result

    def _context(self, params: dict[str, Any], variables: Mapping[str, Any], vaulted: VaultedValues) -> Context:
        register = secrets_in(params, certain=True)
        register.add(*vaulted.values)
        register_with_core(register.distinctive)
        return Context(
            params,
            check_mode=bool(self._task.check_mode),
            diff=bool(self._task.diff),
            register=register,
            progress=self._progress(variables),
            in_process=True,
            folder=C.DEFAULT_LOCAL_TMP,  # type: ignore[attr-defined]
        )

    def _progress(self, variables: Mapping[str, Any]) -> Callable[[str], None] | None:
        """Writes progress lines to stderr, so that programs which read the results don't see them."""
        if self._task.no_log or not self._switch(variables, PROGRESS_VARIABLE):
            return None
        host = str(variables.get("inventory_hostname") or "localhost")
        display = Display()
        return lambda text: display.display(f"{host}: {text}", stderr=True)

    def _with_absolute_paths(self, params: dict[str, Any]) -> dict[str, Any]:
        """Options of type path relative to the playbook's folder, where a module would start."""
        options = self.operation.arguments.options
        return {
            name: os.path.join(self._loader.get_basedir(), value)
            if options.get(name, {}).get("type") == "path" and isinstance(value, str)
            else value
            for name, value in params.items()
        }

    def _switch(self, variables: Mapping[str, Any], name: str) -> bool:
        """The value of a boolean variable; its default is true."""
        value = to_json_types(self._templar.template(variables.get(name, True)))
        return bool(boolean(value, strict=False))

    def _has_environment(self) -> bool:
        environments = self._task.environment or []
        return any(
            self._templar.template(one)
            for one in (environments if isinstance(environments, list) else [environments])
            if one
        )

    def _interpreter(self, variables: Mapping[str, Any]) -> str:
        """The configured Python for modules, or the method of finding one, such as ``auto``."""
        if self._task.delegate_to:
            variables = variables.get("ansible_delegated_vars", {}).get(self._task.delegate_to, variables)
        configured = C.config.get_config_value("INTERPRETER_PYTHON", variables=variables)
        return str(to_json_types(self._templar.template(configured)) or "auto").strip()


def validated(operation: Operation, given: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """The validated options of a task, and the messages of errors in them. ``given``: as the task has them."""
    arguments = operation.arguments
    try:
        checked = ArgumentSpecValidator(**arguments.as_arguments()).validate(given)
    except Exception as error:  # noqa: BLE001  # core's validation fails on some types
        return given, unreadable_messages(arguments.options, given, str(error))
    return to_json_types(checked.validated_parameters), validation_messages(checked, arguments.options, given)


def _same_python(configured: str, running: str) -> bool:
    """Whether two paths are the same Python with the same packages.

    A virtual environment's `python` is a link to the system's, with other packages: so the folder must be the same too.
    """
    found = shutil.which(configured)
    if found is None:
        return False

    def identity(path: str) -> tuple[str, str]:
        return os.path.realpath(os.path.dirname(path)), os.path.realpath(path)

    return identity(found) == identity(running)


def _alias_warnings(operation: Operation, given: Mapping[str, Any]) -> list[str]:
    """Core's warning for a module, for options given by their name and an alias."""
    return [
        f"Both option {name} and its alias {alias} are set."
        for name, option in operation.arguments.options.items()
        for alias in option.get("aliases", ())
        if name in given and alias in given
    ]


def _wants_invocation(variables: Mapping[str, Any]) -> bool:
    """Whether core would add the options to a module's result: since 2.21 only if configured."""
    if "INJECT_INVOCATION" not in C.config.get_configuration_definitions():
        return True
    return bool(C.config.get_config_value("INJECT_INVOCATION", variables=variables))
