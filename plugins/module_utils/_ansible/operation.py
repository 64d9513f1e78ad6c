# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.

"""Runs an operation and builds its result, for modules and action plugins alike.

The only place that turns an exception into a failed result.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .._api.errors import AppPlatformError, UsageError
from .._masking.secret_register import SecretRegister
from .._secrets.refused_options import Options, hide_possible_secrets
from .._secrets.task_options import hide_secrets, secrets_in
from .._system.json_types import to_json_types
from .._system.version import VERSION
from .arguments import ArgumentSpec
from .context import Context

ISSUES = "https://github.com/oceanops/ansible-collection-app_platform/issues"
#: Keys that every module's result may have: these words are never masked, even if a weak secret equals one.
COMMON_KEYS = ("changed", "failed", "msg", "diff", "before", "after", "failure", "deployment", "warnings", "invocation")

Result = dict[str, Any]


@dataclass(frozen=True)
class Operation:
    """What a module does.

    ``run`` gets the validated options and returns the result: ``changed`` plus the module's own keys; optional
    ``diff``: {"before": ..., "after": ...}, dropped unless the user asked for it. It raises AppPlatformError
    (UsageError for bad options), whose details are merged into the failed result.
    ``display_only``: the operation only returns the platform's responses, even incomplete ones. For any other operation
    a response without the fields that it relies on is an error (AppsApi's ``strict``).
    """

    arguments: ArgumentSpec
    run: Callable[[dict[str, Any], Context], Result]
    display_only: bool = False


def perform(operation: Operation, params: dict[str, Any], context: Context) -> Result:
    """Run the operation. Returns its result or the failed result, in plain JSON types and masked. Never raises."""
    result: Result
    context.display_only = operation.display_only
    try:
        result = {"changed": False, **operation.run(params, context)}
        if not context.diff:
            result.pop("diff", None)
        result = _masked_result(result, context.register)
    except AppPlatformError as error:
        result = failed_result(error, context.register)
    except Exception as error:  # noqa: BLE001  # a bug is reported as a failed task too
        result = failed_result(_unexpected_error(error, context.register), context.register)
    return result


def refused_result(messages: Sequence[str], register: SecretRegister) -> Result:
    """The failed result for options that core's validation rejected, with all messages."""
    return failed_result(UsageError([message.strip() for message in messages]), register)


def redact_invocation(params: Any, options: Options, result: Mapping[str, Any], also: Iterable[str] = ()) -> Result:
    """The result's ``invocation``: the options without their secrets; ``also``: further secret values.

    Where options were refused, a secret may be in any of them, so only values that are certainly harmless are shown.
    """
    refused = result.get("failed") and result.get("failure", {}).get("code") == UsageError.default_code
    register = secrets_in(params, certain=True)
    register.add(*also)
    return {"module_args": register.mask(hide_possible_secrets(options, params) if refused else hide_secrets(params))}


def failed_result(error: AppPlatformError, register: SecretRegister) -> Result:
    """The failed result for an error, masked."""
    return _masked_result(
        {**error.details, "failed": True, "changed": bool(error.details.get("changed", False)), "msg": error.message}
        | {"failure": error.failure()},
        register,
    )


def _masked_result(result: Mapping[str, Any], register: SecretRegister) -> Result:
    """A result in plain JSON types, masked, its messages safe for a terminal."""
    register.protect_names(*COMMON_KEYS, *result)
    converted: Result = to_json_types(result)
    masked: Result = register.mask({**converted, **_safe_messages(converted, register)})
    return masked


def _safe_messages(result: Mapping[str, Any], register: SecretRegister) -> Result:
    """The messages of a result, made safe for a terminal; its other data are unchanged."""
    messages: Result = {}
    if isinstance(result.get("msg"), str):
        messages["msg"] = register.mask_untrusted(result["msg"])
    failure = result.get("failure")
    if isinstance(failure, Mapping):
        messages["failure"] = {
            key: register.mask_untrusted(one) if isinstance(one, str) else one for key, one in failure.items()
        }
    return messages


def _unexpected_error(error: Exception, register: SecretRegister) -> AppPlatformError:
    """The error for an unexpected exception: its text and place, and where to report it."""
    frames = traceback.extract_tb(error.__traceback__)
    location = f" in {frames[-1].name}, {_file(frames[-1].filename)} line {frames[-1].lineno}" if frames else ""
    own_frames = [one for one in frames if "app_platform" in one.filename]
    if own_frames and own_frames[-1] is not frames[-1]:
        location += f", called by {own_frames[-1].name}, {_file(own_frames[-1].filename)} line {own_frames[-1].lineno}"
    try:
        text = register.mask_untrusted_line(error)
    except Exception:  # noqa: BLE001  # a broken __str__ must not hide the error
        text = ""
    return AppPlatformError(
        f"An unexpected error, which is a bug in oceanops.app_platform {VERSION}:"
        f" {type(error).__name__}{f': {text}' if text else ''}{location}."
        f" Please report this message and the task at {ISSUES}",
        code="unexpected_error",
    )


def _file(path: str) -> str:
    return "/".join(path.replace("\\", "/").split("/")[-2:])
