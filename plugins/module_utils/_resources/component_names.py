# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.

"""Checks the names of components in filter options: a misspelt one would give an empty result."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from .._api.errors import UsageError
from .._deployments.deployment import deployment_in, spec_of
from .._edit.declaration import component_names
from .._spec.suggestion import did_you_mean


def check_components(app: Mapping[str, Any], option: str, names: Iterable[str]) -> None:
    """Raises UsageError, with every name that is no component of the app's spec or of its active deployment."""
    app = dict(app)
    known = component_names(spec_of(app) or {}) | component_names(
        spec_of(deployment_in(app, "active_deployment")) or {}
    )
    problems = []
    for name in names:
        if name not in known:
            hint = did_you_mean(name, known, show=repr) or f"it has {', '.join(sorted(known)) or 'none'}"
            problems.append(f"{option}: this app has no component {name!r}; {hint}")
    if problems:
        raise UsageError(problems)
