# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.

"""The module app_event_info: the events of an app."""

from __future__ import annotations

from itertools import islice
from typing import Any

from .._ansible.context import Context
from .._ansible.find_app import require_app
from .._api.errors import UsageError
from .._deployments.deployment import cause_of, deployment_in, id_of, phase_of, spec_of


def read_events(params: dict[str, Any], context: Context) -> dict[str, Any]:
    """The events that the options select."""
    if params["limit"] < 1:
        raise UsageError(f"limit: {params['limit']} is not possible; give 1 or more")
    app = require_app(context, params)
    context.register_secrets(spec_of(app) or {})
    listed = context.api.list_events(id_of(app), params["types"] or ())
    return {"changed": False, "events": [_event(one, context) for one in islice(listed, params["limit"])]}


def _event(event: dict[str, Any], context: Context) -> dict[str, Any]:
    """The event with the id, phase and cause of its deployment in place of the complete one."""
    deployment = deployment_in(event, "deployment")
    result = {name: value for name, value in event.items() if name != "deployment"}
    if deployment is not None:
        context.register_secrets(spec_of(deployment) or {})
        result["deployment"] = {
            "id": id_of(deployment),
            "phase": phase_of(deployment),
            "cause": cause_of(deployment),
        }
    return result
