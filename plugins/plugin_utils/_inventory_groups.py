# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.
"""The names of the inventory plugin's groups and variables, from an app's facts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from ansible.inventory.group import to_safe_group_name

#: The prefix of variables.
PREFIX = "app_platform_"


def groups(facts: Mapping[str, Any]) -> Iterator[str]:
    """The groups that an app is in, such as region_ams, phase_active and job_kind_scheduled."""
    for label, name in (("region", "region"), ("project", "project_id"), ("tier", "tier"), ("phase", "phase")):
        if facts.get(name):
            yield group_name(label, facts[name])
    yield from sorted({group_name("component", one["kind"]) for one in facts["components"]})
    yield from sorted({group_name("job_kind", one["kind"]) for one in facts["jobs"]})


def group_name(*parts: Any) -> str:
    """A valid group name from *parts*, joined by underscores."""
    return re.sub(r"\W", "_", "_".join(str(one) for one in parts), flags=re.ASCII).lower()


def sanitize_group(name: Any) -> str:
    """A group name from a user's template, without anything that could be a template itself.

    Dashes, dots and non-ASCII letters stay: Ansible accepts them, and playbooks may use such names.
    """
    return str(to_safe_group_name(re.sub(r"[^\w.-]", "_", str(name))))
