# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.
"""The published instance sizes (API reference 11.1), for checks that make no request."""

from __future__ import annotations

from typing import Any

from .._types.api_objects import Spec
from .schema_types import objects

#: The size of a component that does not declare one; it allows one instance.
DEFAULT_SIZE = "apps-s-1vcpu-0.5gb"
SINGLE_INSTANCE_SIZES = ("apps-s-1vcpu-0.5gb", "apps-s-1vcpu-1gb-fixed")
SHARED_SIZES = (*SINGLE_INSTANCE_SIZES, "apps-s-1vcpu-1gb", "apps-s-1vcpu-2gb", "apps-s-2vcpu-4gb")
DEDICATED_SIZES = (
    "apps-d-1vcpu-0.5gb",
    "apps-d-1vcpu-1gb",
    "apps-d-1vcpu-2gb",
    "apps-d-1vcpu-4gb",
    "apps-d-2vcpu-4gb",
    "apps-d-2vcpu-8gb",
    "apps-d-4vcpu-8gb",
    "apps-d-4vcpu-16gb",
    "apps-d-8vcpu-32gb",
)
LEGACY_BASIC_SIZES = ("basic-xxs", "basic-xs", "basic-s", "basic-m")
LEGACY_SHARED_SIZES = (*LEGACY_BASIC_SIZES, "professional-xs", "professional-s", "professional-m")
LEGACY_SIZES = (*LEGACY_SHARED_SIZES, "professional-1l", "professional-l", "professional-xl")
SIZES = (*SHARED_SIZES, *DEDICATED_SIZES, *LEGACY_SIZES)


def unpublished_sizes(spec: Spec) -> set[str]:
    """The sizes in a spec that are not among the published ones."""
    components: list[dict[str, Any]] = [one for value in spec.values() for one in objects(value)]
    named = {one["instance_size_slug"] for one in components if isinstance(one.get("instance_size_slug"), str)}
    return named - {"", *SIZES}
