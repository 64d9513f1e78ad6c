# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.

"""The module app_domain: one domain of an app."""

from __future__ import annotations

from typing import Any

from .._ansible.context import Context
from .._ansible.find_app import require_app
from .._ansible.spec_arguments import record_options
from .._deployments.deployment import spec_of
from .._edit.converge import converge
from .._edit.elements import Elements
from .._edit.plan import Plan
from .._spec.canonical import canonical_domain
from .._spec.schema import DOMAIN
from .._spec.schema_types import objects

DOMAIN_OPTIONS = record_options(DOMAIN, required="domain")


def converge_domain(params: dict[str, Any], context: Context) -> dict[str, Any]:
    """Set or remove one domain. The result has its validation and its certificate's expiry, once they are known."""
    item = {name: params[name] for name in DOMAIN_OPTIONS if params[name] is not None}
    edit = Elements("domains", (item,), absent=params["state"] == "absent")
    result = converge(Plan(context, edit), params, require_app(context, params))
    domain_name = canonical_domain(params["domain"])
    specs = objects(result.after.get("domains"))
    spec = next((one for one in specs if canonical_domain(one.get("domain")) == domain_name), None)
    if spec is None:
        return result.result(domain=None)
    domains = objects(result.app.get("domains"))
    known: dict[str, Any] = next(
        (one for one in domains if canonical_domain((spec_of(one) or {}).get("domain")) == domain_name), {}
    )
    fields = {name: known.get(name) for name in ("phase", "certificate_expires_at")}
    return result.result(domain={"spec": spec, **fields, "validations": known.get("validations") or []})
