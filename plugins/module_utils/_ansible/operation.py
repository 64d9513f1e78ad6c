# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.

"""Run an operation and make its result: the one place that turns an exception into a failed result, for both paths."""

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
#: Keys of a result that say something by themselves.
RESULT_KEYS = ("changed", "failed", "msg", "diff", "before", "after", "failure", "deployment", "warnings", "invocation")

Result = dict[str, Any]


@dataclass(frozen=True)
class Operation:
    """What a module does.

    ``run`` gets the validated options and returns the result: ``changed`` plus the module's own keys; optional
    ``diff``: {"before": ..., "after": ...}, dropped unless the user asked for it. It raises AppPlatformError
    (UsageError for bad options), whose details are merged into the failed result.
    ``only_shows``: it shows what the platform answers, whatever is missing in it, and decides nothing by it. All others
    get answers that have what they rest on, or an error (see AppsApi).
    """

    arguments: ArgumentSpec
    run: Callable[[dict[str, Any], Context], Result]
    only_shows: bool = False


def perform(operation: Operation, params: dict[str, Any], context: Context) -> Result:
    """The result of a run, good or failed, in plain JSON types and masked. Never raises."""
    result: Result
    context.only_shows = operation.only_shows
    try:
        result = {"changed": False, **operation.run(params, context)}
        if not context.diff:
            result.pop("diff", None)
        result = _safe(result, context.register)
    except AppPlatformError as error:
        result = failed(error, context.register)
    except Exception as error:  # noqa: BLE001  # a bug is reported as a failed task too
        result = failed(_bug(error, context.register), context.register)
    return result


def refused(messages: Sequence[str], register: SecretRegister) -> Result:
    """The failed result for options that core's validation refused, with every message."""
    return failed(UsageError([message.strip() for message in messages]), register)


def invocation(params: Any, options: Options, result: Mapping[str, Any], also: Iterable[str] = ()) -> Result:
    """The result's ``invocation``: the options without their secrets; ``also``: further secret values.

    Where options were refused, a secret may stand anywhere, and only what is known to be harmless is shown.
    """
    refused = result.get("failed") and result.get("failure", {}).get("code") == UsageError.default_code
    register = secrets_in(params, certain=True)
    register.add(*also)
    return {"module_args": register.mask(hide_possible_secrets(options, params) if refused else hide_secrets(params))}


def failed(error: AppPlatformError, register: SecretRegister) -> Result:
    """The failed result for an error, masked."""
    return _safe(
        {**error.details, "failed": True, "changed": bool(error.details.get("changed", False)), "msg": error.message}
        | {"failure": error.failure()},
        register,
    )


def _safe(result: Mapping[str, Any], register: SecretRegister) -> Result:
    register.protect_names(*RESULT_KEYS, *result)
    told: Result = to_json_types(result)
    masked: Result = register.mask({**told, **_words(told, register)})
    return masked


def _words(result: Mapping[str, Any], register: SecretRegister) -> Result:
    """What a result says to people, safe for a terminal; its data stay what they are."""
    said: Result = {key: register.mask_untrusted(result[key]) for key in ("msg",) if isinstance(result.get(key), str)}
    failure = result.get("failure")
    if isinstance(failure, Mapping):
        said["failure"] = {
            key: register.mask_untrusted(one) if isinstance(one, str) else one for key, one in failure.items()
        }
    return said


def _bug(error: Exception, register: SecretRegister) -> AppPlatformError:
    """What a user should know about an exception that nobody expected."""
    places = traceback.extract_tb(error.__traceback__)
    place = f" in {places[-1].name}, {_file(places[-1].filename)} line {places[-1].lineno}" if places else ""
    own = [one for one in places if "app_platform" in one.filename]
    if own and own[-1] is not places[-1]:
        place += f", called by {own[-1].name}, {_file(own[-1].filename)} line {own[-1].lineno}"
    try:
        said = register.mask_untrusted_line(error)
    except Exception:  # noqa: BLE001  # a broken __str__ must not hide the error
        said = ""
    return AppPlatformError(
        f"An unexpected error, which is a bug in oceanops.app_platform {VERSION}:"
        f" {type(error).__name__}{f': {said}' if said else ''}{place}."
        f" Please report this message and the task at {ISSUES}",
        code="unexpected_error",
    )


def _file(path: str) -> str:
    return "/".join(path.replace("\\", "/").split("/")[-2:])
