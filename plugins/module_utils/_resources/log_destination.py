# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.

"""The module app_log_destination: one log destination of a component."""

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
from .._spec.schema import LOG_DESTINATIONS
from .._spec.schema_types import Record, objects
from .._spec.secret_fields import mask_secrets

NODE = LOG_DESTINATIONS.item if isinstance(LOG_DESTINATIONS.item, Record) else Record({})
DESTINATION_OPTIONS = record_options(NODE, required="name")


def converge_log_destination(params: dict[str, Any], context: Context) -> dict[str, Any]:
    """Set or remove one destination."""
    item = {name: params[name] for name in DESTINATION_OPTIONS if params[name] is not None}
    edit = Elements(
        "log_destinations",
        (item,),
        params["component"],
        absent=params["state"] == "absent",
        secrets=SecretRules.from_params(params),
    )
    result = converge(Plan(context, edit), params, require_app(context, params))
    holder = component_or_app(result.after, params["component"])
    destinations = objects((holder or {}).get("log_destinations"))
    found = next((one for one in destinations if one.get("name") == params["name"]), None)
    return result.result(log_destination=mask_secrets(NODE, found, MASK))
