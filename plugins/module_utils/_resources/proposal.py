# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.

"""The module app_proposal_info: check a spec, alone or as a change of an app."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from .._ansible.context import Context
from .._ansible.find_app import require_app
from .._api.errors import AppPlatformError, InvalidRequestError, UsageError
from .._deployments.deployment import app_name, id_of, spec_of
from .._edit.app_input import full_spec, with_secrets
from .._edit.converge import diff_of
from .._edit.declaration import Declaration
from .._edit.proposal import PLATFORM, Examined, declared, examine, without_fingerprint
from .._masking.secret_register import MASK
from .._secrets.apply import SecretRules
from .._secrets.redact import redact
from .._spec.canonical import same_spec
from .._spec.lint.check import Finding
from .._spec.merge import MERGE, PURGE
from .._spec.schema import SPEC
from .._spec.secret_fields import mask_secrets
from .._spec.sizes import unpublished_sizes
from .._types.api_objects import Spec

#: The values of fields that the platform leaves out of its response.
EMPTY: dict[str, Any] = {"app_cost": 0.0, "app_name_available": False, "app_name_suggestion": None}


def propose(params: dict[str, Any], context: Context) -> dict[str, Any]:
    """The findings about a spec, of the lint and of the platform. Raises AppPlatformError (spec_refused)."""
    app = require_app(context, params) if params["app"] or params["app_id"] else None
    current = spec_of(app)
    context.register_secrets(current or {})
    examined, findings = _examined(params, context, current, "" if app is None else app_name(app))
    result: dict[str, Any] = {"changed": False, "spec": mask_secrets(SPEC, without_fingerprint(examined.spec), MASK)}
    if current is not None:
        result["would_change"] = not same_spec(current, examined.spec)
        result["changes"] = result["diff"] = diff_of(current, examined.spec)
    if params["propose"]:
        try:
            response = context.api.propose(examined.spec, id_of(app) or None)
            result["proposal"] = _shown_proposal(response, context)
        except InvalidRequestError as error:
            result["proposal"] = None
            findings.insert(0, declared("error", error.message, PLATFORM))
    result["findings"] = [asdict(one) for one in findings]
    result["valid"] = all(one.level != "error" for one in findings)
    failing = {"never": (), "error": ("error",), "warning": ("error", "warning")}[params["fail_on"]]
    messages = [f"{one.path}: {one.message}" if one.path else one.message for one in findings if one.level in failing]
    if messages:
        raise AppPlatformError("\n".join(messages), code="spec_refused", details=result)
    return result


def _examined(
    params: dict[str, Any], context: Context, current: Spec | None, name: str
) -> tuple[Examined, list[Finding]]:
    """The spec that would be sent, and the findings: first those about the options themselves."""
    given, findings = params["spec"], []
    inner = given.get("spec") if "name" not in given and isinstance(given.get("spec"), dict) else given
    try:
        desired = full_spec(given, None if inner.get("name") is not None else name or None)
        desired = with_secrets(desired, params["secrets"] or {}, current)
    except UsageError as error:
        findings = [declared("error", problem) for problem in error.problems]
        desired = dict(inner)
    context.register_secrets(desired)
    mode = PURGE if params["purge"] else MERGE
    rules = SecretRules.from_params(params)
    edit = Declaration(desired, mode, rules, confirm_destroy=frozenset(params["confirm_destroy"]))
    needs_sizes = (params["propose"] or current is not None) and unpublished_sizes(desired)
    examined = examine(edit, current, context.sizes if needs_sizes else None)
    context.register_secrets(examined.spec)
    return examined, [*findings, *examined.findings]


def _shown_proposal(response: dict[str, Any], context: Context) -> dict[str, Any]:
    result = {**EMPTY, **redact(context.register, response)}
    result["spec"] = without_fingerprint(spec_of(result) or {})
    for name, value in result.items():
        if isinstance(value, str) and value.isdigit():
            result[name] = int(value)
    return result
