# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no stable interface.
"""When jobs run (API reference 5.2 to 5.5)."""

from __future__ import annotations

import re
import zoneinfo
from collections.abc import Iterator

from ..cron import parse
from ..job_kind import SCHEDULED, job_kind
from ..schema import JOB_KINDS, SCHEDULED_ALERT_RULE
from .rules import Finding, found
from .values import Component, is_given, item_path, listed, mapping, mappings, nearest, number, quoted, text

#: The platform starts a scheduled job once in 15 minutes at most (API reference 5.4).
SHORTEST_GAP = 15
_DEPLOY_KINDS = tuple(kind for kind in JOB_KINDS if kind != SCHEDULED)
_OFFSET = re.compile(r"(?i)(?:utc|gmt)?([+-])0?(\d{1,2})(?::?00)?")


def check_job(part: Component) -> Iterator[Finding]:
    """The kind of one job, its schedule, and what depends on them."""
    kind, schedule = job_kind(part.fields), mapping(part.fields.get("schedule"))
    said = is_given(part.fields.get("kind")) and part.fields["kind"] != "UNSPECIFIED"
    if kind == SCHEDULED and not schedule:
        told = 'a SCHEDULED job needs one: give schedule: {cron: "0 3 * * *"}, or another kind'
        yield found("no_schedule", f"{part.path}.schedule", told)
    elif schedule and kind in _DEPLOY_KINDS:
        given = f"the kind is {kind}" if said else f"there is no kind, which means {kind}"
        told = f"{given}, and only a SCHEDULED job runs by it: set kind: SCHEDULED, or remove schedule"
        yield found("unused_schedule", f"{part.path}.schedule", told)
    elif not said:
        told = f"it is not there, so the job runs after each deployment ({kind}): say one of {listed(JOB_KINDS)}"
        yield found("no_kind", f"{part.path}.kind", told)
    if schedule:
        yield from _schedule(f"{part.path}.schedule", text(schedule.get("cron")), text(schedule.get("time_zone")))
    for index, alert in mappings(part.fields.get("alerts")):
        if alert.get("rule") == SCHEDULED_ALERT_RULE and kind in _DEPLOY_KINDS:
            told = f"only a SCHEDULED job has runs of its own, and this one is {kind}: remove the alert"
            yield found("scheduled_alert", item_path(f"{part.path}.alerts", index, alert, "rule"), told)
    count = number(part.fields.get("instance_count")) or 1
    if count > 1:
        told = f"{quoted(count)} instances of a job may each do its whole work, which is not documented: leave it at 1"
        yield found("job_count", f"{part.path}.instance_count", told)


def _schedule(path: str, expression: str, time_zone: str) -> Iterator[Finding]:
    if expression:
        yield from _cron(f"{path}.cron", expression)
    if time_zone:
        problem = _unknown_zone(time_zone)
        if problem:
            yield found("time_zone", f"{path}.time_zone", problem)


def _cron(path: str, expression: str) -> Iterator[Finding]:
    try:
        cron = parse(expression)
    except ValueError as error:
        yield found("cron_form", path, f"{quoted(expression)}: {error}")
        return
    if cron.never_fires():
        told = f"{quoted(expression)} never comes: no month that it names has such a day; correct day or month"
        yield found("cron_never", path, told)
    gap = cron.gap_under(SHORTEST_GAP)
    if gap is not None:
        told = f"{quoted(expression)} has runs {gap} minutes apart, and the platform keeps {SHORTEST_GAP} between them"
        yield found("cron_often", path, f"{told}: write such as */15 * * * *, or let a worker do it")
    if cron.sunday_as_seven:
        told = f"{quoted(expression)} writes Sunday as 7, which not every reader of cron takes: write 0 or SUN"
        yield found("cron_sunday", path, told)


def _unknown_zone(name: str) -> str | None:
    try:
        zoneinfo.ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        known = zoneinfo.available_timezones()
    else:
        return None
    if not known:
        # There is no tz database on this machine, so nothing can be told.
        return None
    offset = _OFFSET.fullmatch(name)
    if offset:
        # The sign of these names counts westwards.
        sign = "-" if offset[1] == "+" else "+"
        right = f"did you mean Etc/GMT{sign}{int(offset[2])}? A place such as Europe/Berlin follows its summer time"
    else:
        near = nearest(name, known, 0.8) or nearest(name, {one.rpartition("/")[2] for one in known}, 0.8)
        right = f"did you mean {_whole(near, known)}?" if near else "write a place, such as Europe/Berlin, or UTC"
    return f"{quoted(name)} is not in the tz database; {right}"


def _whole(name: str, known: set[str]) -> str:
    """The zone that a city's name stands for."""
    return name if name in known else min(one for one in known if one.endswith(f"/{name}"))
