# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.

"""The modules app_alert and app_alert_info: one alert with its destinations, and all alerts of an app."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any

from .._ansible.context import Context
from .._ansible.find_app import require_app
from .._deployments.deployment import id_of, phase_of, require_spec, spec_of
from .._edit.converge import converge, reporting_change
from .._edit.declaration import component_or_app
from .._edit.elements import Elements
from .._edit.plan import Plan
from .._spec.schema_types import objects
from .._types.api_objects import Spec
from .alert_destinations import Destinations, alert_emails, converge_destinations, masked_destinations
from .component_names import check_components

RULE = ("rule", "disabled", "operator", "value", "window")


def converge_alert(params: dict[str, Any], context: Context) -> dict[str, Any]:
    """Set or remove one alert, and set its destinations."""
    item = {name: params[name] for name in RULE if params[name] is not None}
    component = params["component"]
    edit = Elements("alerts", (item,), component, absent=params["state"] == "absent")
    destinations = Destinations(params["emails"], params["slack_webhooks"])
    app = require_app(context, params)
    existed = _alert(require_spec(app), component, params["rule"]) is not None
    result = converge(Plan(context, edit), params, app)
    spec = _alert(result.after, component, params["rule"])
    if spec is None:
        return result.result(alert=None)
    destinations_shown: dict[str, Any] = {"emails": None, "slack_webhooks": None}
    if destinations.declared:
        with reporting_change(result.app, result.after) if result.changed else nullcontext():
            changed, destinations_shown = converge_destinations(
                context, id_of(app), params["rule"], component, destinations, new=not existed
            )
        result.changed = result.changed or changed
    return result.result(alert={"spec": spec, **destinations_shown})


def _alert(spec: Spec, component: str | None, rule: str) -> dict[str, Any] | None:
    holder = component_or_app(spec, component)
    return next((one for one in objects((holder or {}).get("alerts")) if one.get("rule") == rule), None)


def read_alerts(params: dict[str, Any], context: Context) -> dict[str, Any]:
    """The alerts of an app, filtered by component and rule."""
    app = require_app(context, params)
    context.register_secrets(spec_of(app) or {})
    component, rule = params["component"], params["rule"]
    check_components(app, "component", [] if component is None else [component])
    alerts = [_shown(one, context) for one in context.api.list_alerts(id_of(app))]
    found = [
        one
        for one in alerts
        if (component is None or one["component_name"] == component) and rule in (None, one["spec"].get("rule"))
    ]
    return {
        "changed": False,
        "alerts": sorted(found, key=lambda one: (str(one["component_name"] or ""), str(one["spec"].get("rule")))),
    }


def _shown(alert: dict[str, Any], context: Context) -> dict[str, Any]:
    webhooks = objects(alert.get("slack_webhooks"))
    context.register.add(*(str(one.get("url") or "") for one in webhooks))
    return {
        **alert,
        "component_name": alert.get("component_name") or None,
        "spec": spec_of(alert) or {},
        "phase": phase_of(alert),
        **masked_destinations(alert_emails(alert), webhooks),
    }
