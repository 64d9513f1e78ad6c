# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.

"""The module app_health_info: the health of an app's components."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from .._ansible.context import Context
from .._ansible.find_app import require_app
from .._api.errors import AppPlatformError
from .._deployments.deployment import deployment_in, id_of, name_of, spec_of
from .._spec.schema_types import objects
from .component_names import check_components

#: The values of fields that the platform leaves out.
EMPTY: dict[str, Any] = {
    "state": "UNKNOWN",
    "replicas_desired": 0,
    "replicas_ready": 0,
    "cpu_usage_percent": 0.0,
    "memory_usage_percent": 0.0,
}


def read_health(params: dict[str, Any], context: Context) -> dict[str, Any]:
    """The health of an app's components."""
    app = require_app(context, params)
    selected = params["components"]
    check_components(app, "components", selected or [])
    health = context.api.get_health(id_of(app))
    measured = [{**EMPTY, **one} for one in _named(health, "components", selected)]
    metrics = "functions_component_health_metrics"
    functions = [{**one, metrics: one.get(metrics) or []} for one in _named(health, "functions_components", selected)]
    measured_names = {str(one["name"]) for one in measured}
    unhealthy = [
        *(found for one in measured for found in _faults(one)),
        *(
            {"name": name, "reason": "the platform measures nothing of it"}
            for name in _expected(app)
            if name not in measured_names and (selected is None or name in selected)
        ),
    ]
    result = {"changed": False, "components": measured, "functions_components": functions, "unhealthy": unhealthy}
    if unhealthy and params["fail_if_unhealthy"]:
        reasons = "; ".join(f"{one['name']}: {one['reason']}" for one in unhealthy)
        raise AppPlatformError(f"The app {name_of(app)} is not healthy: {reasons}.", code="unhealthy", details=result)
    return result


def _named(health: Mapping[str, Any], key: str, selected: list[str] | None) -> list[dict[str, Any]]:
    """The components under *key* with these names (``selected`` None: all), sorted by name."""
    found = health.get(key)
    listed = [one for one in (found if isinstance(found, list) else ()) if isinstance(one, dict) and one.get("name")]
    return sorted(
        (one for one in listed if selected is None or one["name"] in selected), key=lambda one: str(one["name"])
    )


def _count(value: Any) -> int:
    """A number of instances; 0 where it is absent, since the API leaves out zeros."""
    return int(value) if isinstance(value, int) or (isinstance(value, str) and value.isdecimal()) else 0


def _faults(component: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    desired, ready = _count(component["replicas_desired"]), _count(component["replicas_ready"])
    if ready < desired:
        verb = "is" if ready == 1 else "are"
        yield {"name": component["name"], "reason": f"{ready} of {desired} instances {verb} ready"}
    elif component["state"] == "UNHEALTHY":
        yield {"name": component["name"], "reason": "the platform calls it unhealthy"}


def _expected(app: Mapping[str, Any]) -> list[str]:
    """The names of the services and workers that should run: of the active deployment, else of the spec."""
    spec = spec_of(deployment_in(app, "active_deployment")) or spec_of(app) or {}
    return [str(one.get("name")) for section in ("services", "workers") for one in objects(spec.get(section))]
