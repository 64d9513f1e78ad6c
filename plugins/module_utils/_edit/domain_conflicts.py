# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.
"""Checks for domains of other apps in the account: the platform accepts such a spec, but never serves the domains."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._ansible.context import Context
from .._api.errors import UsageError
from .._deployments.deployment import app_name, spec_of
from .._spec.canonical import canonical_domain
from .._spec.schema_types import objects
from .._types.api_objects import Spec


def check_domains(context: Context, before: Spec, after: Spec, app_id: str | None) -> None:
    """Check that no other app has a domain that is added. Lists all apps if one is.

    ``before``, ``after``: specs; ``app_id``: of the app that is changed, None for a new one. Raises UsageError, with
    the app that has the domain.
    """
    added = _domains(after).keys() - _domains(before).keys()
    if not added:
        return
    problems = []
    for other in context.api.list_apps():
        if other.get("id") == app_id:
            continue
        for host in sorted(added & _domains(spec_of(other) or {}).keys()):
            problems.append(
                f"domains[{_domains(after)[host]}]: belongs to the app {app_name(other)} ({other.get('id')}); "
                "remove it there first, or leave it out here"
            )
    if problems:
        raise UsageError(problems)


def _domains(spec: Mapping[str, Any]) -> dict[str, str]:
    """Canonical host name -> as it is written."""
    return {str(canonical_domain(one.get("domain"))): str(one.get("domain")) for one in objects(spec.get("domains"))}
