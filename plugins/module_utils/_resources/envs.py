# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.

"""The module app_env: variables of an app or of a component."""

from __future__ import annotations

from typing import Any

from .._ansible.context import Context
from .._ansible.find_app import require_app
from .._ansible.spec_arguments import record_options
from .._edit.converge import converge
from .._edit.declaration import component_or_app
from .._edit.elements import Elements
from .._edit.plan import Plan
from .._masking.secret_register import MASK
from .._secrets.apply import SecretRules
from .._spec.schema import ENV, ENVS
from .._spec.schema_types import objects
from .._spec.secret_fields import is_fingerprint, mask_secrets

ENV_OPTIONS = record_options(ENV)


def converge_envs(params: dict[str, Any], context: Context) -> dict[str, Any]:
    """Set or remove variables. The result has all variables of the component or the app."""
    given = [params] if params["key"] else params["envs"]
    items = tuple({name: env[name] for name in ENV_OPTIONS if env.get(name) is not None} for env in given)
    edit = Elements(
        "envs",
        items,
        params["component"],
        absent=params["state"] == "absent",
        purge=params["purge"],
        secrets=SecretRules.from_params(params),
    )
    result = converge(Plan(context, edit), params, require_app(context, params))
    holder = component_or_app(result.after, params["component"])
    envs = [env for env in objects((holder or {}).get("envs")) if not is_fingerprint(env)]
    return result.result(envs=mask_secrets(ENVS, envs, MASK))
