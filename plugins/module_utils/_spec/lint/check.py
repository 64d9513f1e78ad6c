# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.
"""Entry point of the offline lint of app specs, which reports all problems with path, value, allowed values and remedy.

Pure: no I/O (except the tz database, where there is one), no exceptions for any spec, no secrets in messages.
The rules are listed in ``docs/lint.md``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from .app import check_app
from .bindables import check_bindables
from .changes import check_change
from .commands import check_commands
from .components import check_instances, check_ports
from .ingress import check_ingress
from .jobs import check_job
from .rules import RULES, Finding
from .sources import check_sources
from .structure import check_structure
from .values import components, mapping

__all__ = ["RULES", "Finding", "check_changes", "check_spec", "check_structure"]


def check_spec(spec: Mapping[str, Any], sizes: Collection[str] | None = None) -> list[Finding]:
    """The findings about a complete spec that concern several fields; :func:`check_structure` checks the single fields.

    *sizes*: the slugs of the platform's instance sizes; None: those that the collection knows.
    """
    return list(dict.fromkeys(_all(mapping(spec), sizes)))


def check_changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Finding]:
    """The findings about a change from one complete spec to another."""
    return list(dict.fromkeys(check_change(mapping(before), mapping(after))))


def _all(spec: Mapping[str, Any], sizes: Collection[str] | None) -> Iterator[Finding]:
    parts = components(spec)
    yield from check_app(spec)
    for part in parts:
        yield from check_sources(part)
        yield from check_ports(part)
        if part.section in ("services", "workers", "jobs"):
            yield from check_instances(part, sizes)
        if part.section == "jobs":
            yield from check_job(part)
    yield from check_commands(spec, parts)
    yield from check_ingress(spec)
    yield from check_bindables(spec)
