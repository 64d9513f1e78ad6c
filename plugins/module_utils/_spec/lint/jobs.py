# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.
"""Checks of a job's kind and schedule (API reference 5.2 to 5.5)."""

from __future__ import annotations

import re
import zoneinfo
from collections.abc import Iterator

from ..cron import parse
from ..job_kind import SCHEDULED, job_kind
from ..schema import JOB_KINDS, SCHEDULED_ALERT_RULE
from ..suggestion import question
from .rules import Finding, finding
from .values import Component, is_given, item_path, listed, mapping, mappings, nearest, number, quoted, text

#: The shortest interval between two runs, in minutes (API reference 5.4).
MIN_INTERVAL_MINUTES = 15
_DEPLOY_KINDS = tuple(kind for kind in JOB_KINDS if kind != SCHEDULED)
_OFFSET = re.compile(r"(?i)(?:utc|gmt)?([+-])0?(\d{1,2})(?::?00)?")


def check_job(part: Component) -> Iterator[Finding]:
    """Check the kind of a job, its schedule, and the fields that depend on them."""
    kind, schedule = job_kind(part.fields), mapping(part.fields.get("schedule"))
    kind_is_given = is_given(part.fields.get("kind")) and part.fields["kind"] != "UNSPECIFIED"
    if kind == SCHEDULED and not schedule:
        message = 'a SCHEDULED job needs one: give schedule: {cron: "0 3 * * *"}, or another kind'
        yield finding("no_schedule", f"{part.path}.schedule", message)
    elif schedule and kind in _DEPLOY_KINDS:
        given = f"the kind is {kind}" if kind_is_given else f"there is no kind, which means {kind}"
        message = f"{given}, and only a SCHEDULED job runs by it: set kind: SCHEDULED, or remove schedule"
        yield finding("unused_schedule", f"{part.path}.schedule", message)
    elif not kind_is_given:
        message = f"it is not there, so the job runs after each deployment ({kind}): say one of {listed(JOB_KINDS)}"
        yield finding("no_kind", f"{part.path}.kind", message)
    if schedule:
        yield from _schedule(f"{part.path}.schedule", text(schedule.get("cron")), text(schedule.get("time_zone")))
    for index, alert in mappings(part.fields.get("alerts")):
        if alert.get("rule") == SCHEDULED_ALERT_RULE and kind in _DEPLOY_KINDS:
            message = f"only a SCHEDULED job has runs of its own, and this one is {kind}: remove the alert"
            yield finding("scheduled_alert", item_path(f"{part.path}.alerts", index, alert, "rule"), message)
    count = number(part.fields.get("instance_count")) or 1
    if count > 1:
        message = (
            f"{quoted(count)} instances of a job may each do its whole work, which is not documented: leave it at 1"
        )
        yield finding("job_count", f"{part.path}.instance_count", message)


def _schedule(path: str, expression: str, time_zone: str) -> Iterator[Finding]:
    if expression:
        yield from _cron(f"{path}.cron", expression)
    if time_zone:
        problem = _unknown_zone(time_zone)
        if problem:
            yield finding("time_zone", f"{path}.time_zone", problem)


def _cron(path: str, expression: str) -> Iterator[Finding]:
    try:
        cron = parse(expression)
    except ValueError as error:
        yield finding("cron_form", path, f"{quoted(expression)}: {error}")
        return
    if cron.never_fires():
        message = f"{quoted(expression)} never comes: no month that it names has such a day; correct day or month"
        yield finding("cron_never", path, message)
    gap = cron.gap_under(MIN_INTERVAL_MINUTES)
    if gap is not None:
        message = f"{quoted(expression)} has runs {gap} minutes apart, and the platform keeps {MIN_INTERVAL_MINUTES} "
        message += "between them"
        yield finding("cron_often", path, f"{message}: write such as */15 * * * *, or let a worker do it")
    if cron.sunday_as_seven:
        message = f"{quoted(expression)} writes Sunday as 7, which not every reader of cron takes: write 0 or SUN"
        yield finding("cron_sunday", path, message)


def _unknown_zone(name: str) -> str | None:
    try:
        zoneinfo.ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        known = zoneinfo.available_timezones()
    else:
        return None
    if not known:
        # Without a tz database nothing can be checked.
        return None
    offset = _OFFSET.fullmatch(name)
    if offset:
        # In the names Etc/GMT±N the sign is inverted.
        sign = "-" if offset[1] == "+" else "+"
        zone = f"Etc/GMT{sign}{int(offset[2])}"
        suggestion = f"{question(zone)} A place such as Europe/Berlin follows its summer time"
    else:
        near = nearest(name, known, 0.8) or nearest(name, {one.rpartition("/")[2] for one in known}, 0.8)
        suggestion = question(_zone_of_city(near, known)) if near else "write a place, such as Europe/Berlin, or UTC"
    return f"{quoted(name)} is not in the tz database; {suggestion}"


def _zone_of_city(name: str, known: set[str]) -> str:
    """The name of the zone with this city."""
    return name if name in known else min(one for one in known if one.endswith(f"/{name}"))
