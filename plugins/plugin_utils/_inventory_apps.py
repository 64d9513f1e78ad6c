# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no stable interface.
"""Apps as hosts: what an inventory tells of each app, and the groups that come of it. No secret is part of it."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator, Mapping
from typing import Any

from ansible.inventory.group import to_safe_group_name

from ansible_collections.oceanops.app_platform.plugins.module_utils._ansible.find_app import app_name
from ansible_collections.oceanops.app_platform.plugins.module_utils._api.apps import AppsApi
from ansible_collections.oceanops.app_platform.plugins.module_utils._api.errors import NotFoundError
from ansible_collections.oceanops.app_platform.plugins.module_utils._deployments.deployment import (
    deployment_in,
    id_of,
    phase_of,
    pinned_deployment,
    unfinished_deployments,
)
from ansible_collections.oceanops.app_platform.plugins.module_utils._edit.proposal import without_fingerprint
from ansible_collections.oceanops.app_platform.plugins.module_utils._masking.secret_register import SecretRegister
from ansible_collections.oceanops.app_platform.plugins.module_utils._secrets.redact import show
from ansible_collections.oceanops.app_platform.plugins.module_utils._spec.job_kind import job_kind
from ansible_collections.oceanops.app_platform.plugins.module_utils._spec.schema import COMPONENTS
from ansible_collections.oceanops.app_platform.plugins.module_utils._spec.schema_types import objects
from ansible_collections.oceanops.app_platform.plugins.module_utils._spec.secret_fields import all_secret_fields
from ansible_collections.oceanops.app_platform.plugins.module_utils._system.clock import parse_time
from ansible_collections.oceanops.app_platform.plugins.module_utils._types.api_objects import App, Deployment, Spec

PREFIX = "app_platform_"
UNKNOWN = "UNKNOWN"


def read_apps(api: AppsApi, *, look_up: bool) -> list[dict[str, Any]]:
    """What is told of every app, by name.

    ``look_up``: one more call for each app whose newest deployment the list of apps leaves open, see :func:`newest`.
    Raises ApiError, TransportError.
    """
    found = [facts(app, newest(api, app, look_up=look_up)) for app in api.list_apps(with_projects=True)]
    return sorted(found, key=lambda one: (one["name"], one["id"]))


def newest(api: AppsApi, app: App, *, look_up: bool) -> Deployment | None:
    """The newest deployment; None: there is none. One without an id, in the phase UNKNOWN: it is not known.

    An app comes with its live deployment and those under way. One that failed since is only in the list of deployments.
    """
    waiting = unfinished_deployments(app)
    if waiting:
        return waiting[0]
    active = deployment_in(app, "active_deployment")
    last = parse_time(app.get("last_deployment_created_at"))
    if last is None:
        return active
    made = parse_time((active or {}).get("created_at"))
    if active is not None and made is not None and made >= last:
        return active
    if look_up:
        try:
            return next(iter(api.list_deployments(id_of(app), per_page=1)), active)
        except NotFoundError:
            # It was deleted since.
            return {"phase": UNKNOWN}
    return {"phase": UNKNOWN}


def facts(app: App, deployment: Deployment | None) -> dict[str, Any]:
    """What is told of one app, in plain JSON types; the names are those of the host's variables without the prefix."""
    register = SecretRegister()
    seen = show(register, app)
    for each in ("active_deployment", "in_progress_deployment", "pending_deployment", "pinned_deployment"):
        seen.pop(each, None)
    given = app.get("spec")
    spec = _without_secrets(seen["spec"]) if isinstance(given, dict) else {}
    region = app.get("region")
    slug = region.get("slug") if isinstance(region, Mapping) else None
    listed = [
        (COMPONENTS[section][0].replace(" ", "_"), one) for section in COMPONENTS for one in objects(spec.get(section))
    ]
    result: dict[str, Any] = {
        "id": id_of(app),
        "name": app_name(app) or id_of(app),
        "region": slug or spec.get("region"),
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


def groups(told: Mapping[str, Any]) -> Iterator[str]:
    """The groups that an app is in, such as region_ams, phase_active and job_kind_scheduled."""
    for label, name in (("region", "region"), ("project", "project_id"), ("tier", "tier"), ("phase", "phase")):
        if told.get(name):
            yield group_name(label, told[name])
    yield from sorted({group_name("component", one["kind"]) for one in told["components"]})
    yield from sorted({group_name("job_kind", one["kind"]) for one in told["jobs"]})


def group_name(*parts: Any) -> str:
    """A name that Ansible takes for a group."""
    return re.sub(r"\W", "_", "_".join(str(one) for one in parts), flags=re.ASCII).lower()


def harmless_group(name: Any) -> str:
    """The name of a group that was made of a user's template, so that nothing in it could be a template itself.

    Dashes, dots and letters of other alphabets stay: Ansible takes them, and playbooks may name such groups.
    """
    return str(to_safe_group_name(re.sub(r"[^\w.-]", "_", str(name))))


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
    """The spec without the values of its secrets, encrypted ones included, and without the collection's own marks."""
    result = without_fingerprint(copy.deepcopy(spec))
    for place in list(all_secret_fields(result)):
        place.holder.pop(place.field, None)
    return result
