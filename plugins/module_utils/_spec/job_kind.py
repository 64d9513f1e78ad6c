# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.
"""The kind of a job, which says when it runs (API reference 5.2)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .scalars import as_text
from .schema import DEFAULT_JOB_KIND
from .schema_types import objects

SCHEDULED = "SCHEDULED"
#: The API's value for a kind that is not set.
_UNSET = "UNSPECIFIED"


def job_kind(job: Mapping[str, Any]) -> str:
    """One of JOB_KINDS; DEFAULT_JOB_KIND where the job has none, or UNSPECIFIED.

    Any other value is returned unchanged, a misspelt one included: the lint reports it.
    """
    kind = job.get("kind")
    try:
        word = as_text(kind) if isinstance(kind, (str, int, float)) else ""
    except ValueError:
        # An integer with too many digits for str().
        word = ""
    return DEFAULT_JOB_KIND if word in ("", _UNSET) else word


def job_kinds(spec: Mapping[str, Any] | None) -> dict[str, str]:
    """The kind of each job of a spec, by the job's name."""
    return {str(job.get("name") or ""): job_kind(job) for job in objects((spec or {}).get("jobs"))}


def jobs_of_kind(spec: Mapping[str, Any] | None, kind: str) -> list[str]:
    """The names of the jobs of a kind, in the order of the spec."""
    return [name for name, found in job_kinds(spec).items() if found == kind]
