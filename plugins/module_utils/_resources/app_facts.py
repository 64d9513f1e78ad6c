# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.
"""The facts of each app, from which the inventory plugin makes variables. They contain no secrets."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from .._api.apps import AppsApi
from .._api.errors import NotFoundError
from .._deployments.deployment import (
    app_name,
    deployment_in,
    id_of,
    phase_of,
    pinned_deployment,
    region_of,
    unfinished_deployments,
)
from .._edit.proposal import without_fingerprint
from .._masking.secret_register import SecretRegister
from .._secrets.redact import redact
from .._spec.job_kind import job_kind
from .._spec.schema import COMPONENTS
from .._spec.schema_types import objects
from .._spec.secret_fields import all_secret_fields
from .._system.clock import parse_time
from .._types.api_objects import DEPLOYMENT_FIELDS, App, Deployment, Spec

#: The phase of a deployment that is not known.
UNKNOWN = "UNKNOWN"


def read_app_facts(api: AppsApi, *, look_up: bool) -> list[dict[str, Any]]:
    """The facts of every app (see app_facts), sorted by name.

    ``look_up``: make one more call for each app whose newest deployment is not in the list of apps.
    Raises ApiError, TransportError.
    """
    found = [app_facts(app, newest_deployment(api, app, look_up=look_up)) for app in api.list_apps(with_projects=True)]
    return sorted(found, key=lambda one: (one["name"], one["id"]))


def newest_deployment(api: AppsApi, app: App, *, look_up: bool) -> Deployment | None:
    """The newest deployment; None: there is none. If it is not known: one without an id, in the phase UNKNOWN.

    An app has its active and its unfinished deployments. A failed newer one is only in the list of deployments, which
    is read with ``look_up``. Raises ApiError, TransportError.
    """
    unfinished = unfinished_deployments(app)
    if unfinished:
        return unfinished[0]
    active = deployment_in(app, "active_deployment")
    last = parse_time(app.get("last_deployment_created_at"))
    if last is None:
        return active
    created = parse_time((active or {}).get("created_at"))
    if active is not None and created is not None and created >= last:
        return active
    if look_up:
        try:
            return next(iter(api.list_deployments(id_of(app), per_page=1)), active)
        except NotFoundError:
            # The app has been deleted since it was listed.
            return {"phase": UNKNOWN}
    return {"phase": UNKNOWN}


def app_facts(app: App, deployment: Deployment | None) -> dict[str, Any]:
    """The facts of one app in plain JSON types, named as the host's variables without their prefix."""
    register = SecretRegister()
    redacted = redact(register, app)
    for key in DEPLOYMENT_FIELDS:
        redacted.pop(key, None)
    given = app.get("spec")
    spec = _without_secrets(redacted["spec"]) if isinstance(given, dict) else {}
    listed = [
        (COMPONENTS[section][0].replace(" ", "_"), one) for section in COMPONENTS for one in objects(spec.get(section))
    ]
    result: dict[str, Any] = {
        "id": id_of(app),
        "name": app_name(app) or id_of(app),
        "region": region_of(app) or spec.get("region"),
        "tier": app.get("tier_slug") or None,
        "project_id": app.get("project_id") or None,
        "live_url": app.get("live_url") or None,
        "default_ingress": app.get("default_ingress") or None,
        "created_at": app.get("created_at") or None,
        "updated_at": app.get("updated_at") or None,
        "phase": None if deployment is None else phase_of(deployment),
        "deployment_id": id_of(deployment) or None,
        "active_deployment_id": id_of(deployment_in(app, "active_deployment")) or None,
        "pinned": pinned_deployment(app) is not None,
        "components": [{"name": one.get("name"), "kind": kind} for kind, one in listed],
        "jobs": [_job(one) for kind, one in listed if kind == "job"],
        "domains": [one.get("domain") for one in objects(spec.get("domains"))],
        "spec": spec,
    }
    masked: dict[str, Any] = register.mask(result)
    return masked


def _job(job: Mapping[str, Any]) -> dict[str, Any]:
    schedule = job.get("schedule")
    timed = schedule if isinstance(schedule, Mapping) else {}
    return {
        "name": job.get("name"),
        "kind": job_kind(job),
        "cron": timed.get("cron"),
        "time_zone": timed.get("time_zone"),
    }


def _without_secrets(spec: Spec) -> Spec:
    """The spec without the values of its secrets (also encrypted ones) and without the collection's fingerprints."""
    result = without_fingerprint(copy.deepcopy(spec))
    for secret_field in list(all_secret_fields(result)):
        secret_field.holder.pop(secret_field.field, None)
    return result
