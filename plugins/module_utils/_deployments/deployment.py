# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.

"""Reading apps and deployments as the API sends them: ids, phases, times, causes, which deployment is newer. Pure.

An absent field has its zero value (API reference 1.3, 3.2, 6).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from .._api.errors import TransportError
from .._masking.untrusted_text import collapse_whitespace
from .._system.clock import parse_time, seconds_between
from .._types.api_objects import DEPLOYMENT_FIELDS, App, Deployment, Spec

SameSpec = Callable[[Spec, Spec], bool]
"""Whether two specs, as the API returned them, are equivalent."""

ACTIVE, ERROR, CANCELED, SUPERSEDED = "ACTIVE", "ERROR", "CANCELED", "SUPERSEDED"
TERMINAL_PHASES = frozenset({ACTIVE, ERROR, CANCELED, SUPERSEDED})
#: UNKNOWN is the zero value of the phase.
OPEN_PHASES = frozenset({"UNKNOWN", "PENDING_BUILD", "BUILDING", "PENDING_DEPLOY", "DEPLOYING"})

Origin = Literal[
    "UPDATE_SPEC",
    "CREATE_DEPLOYMENT",
    "RESTART",
    "ROLLBACK_APP",
    "REVERT_APP_ROLLBACK",
    "PUSH",
    "AUTO_ROLLBACK",
    "AUTOSCALED",
    "INTERNAL",
]

_TYPES: Mapping[str, Origin] = {
    "DEPLOY_ON_PUSH": "PUSH",
    "MAINTENANCE": "INTERNAL",
    "MANUAL_ROLLBACK": "ROLLBACK_APP",
    "AUTO_ROLLBACK": "AUTO_ROLLBACK",
    "UPDATE_DATABASE_TRUSTED_SOURCES": "INTERNAL",
    "AUTOSCALED": "AUTOSCALED",
}
_ACTIONS: Mapping[str, Origin] = {
    "CREATE_DEPLOYMENT": "CREATE_DEPLOYMENT",
    "UPDATE_SPEC": "UPDATE_SPEC",
    "RESET_DATABASE_PASSWORD": "INTERNAL",
    "ROLLBACK_APP": "ROLLBACK_APP",
    "REVERT_APP_ROLLBACK": "REVERT_APP_ROLLBACK",
    "UPGRADE_BUILDPACK": "INTERNAL",
    "RESTART": "RESTART",
}
#: Patterns for the free text of `cause`, for responses without `cause_details`; the first match counts.
_TEXTS: tuple[tuple[re.Pattern[str], Origin], ...] = (
    (re.compile(r"\bspec (was )?updated\b", re.IGNORECASE), "UPDATE_SPEC"),
    (re.compile(r"\bpushed to\b", re.IGNORECASE), "PUSH"),
    (re.compile(r"automat(ed|ic) rollback", re.IGNORECASE), "AUTO_ROLLBACK"),
    (re.compile(r"autoscal", re.IGNORECASE), "AUTOSCALED"),
    (re.compile(r"^restart", re.IGNORECASE), "RESTART"),
    (re.compile(r"^domain\b|maintenance", re.IGNORECASE), "INTERNAL"),
    (re.compile(r"^revert", re.IGNORECASE), "REVERT_APP_ROLLBACK"),
    (re.compile(r"roll(ed)?[ -]?back", re.IGNORECASE), "ROLLBACK_APP"),
    (re.compile(r"^manual$", re.IGNORECASE), "CREATE_DEPLOYMENT"),
)

#: The platform rounds times to seconds, and ends the older deployment shortly after it has created the newer one.
_CLOCK_TOLERANCE = timedelta(seconds=5)


def id_of(deployment: Mapping[str, Any] | None) -> str:
    """The id, or an empty string."""
    value = deployment.get("id") if isinstance(deployment, Mapping) else None
    return value if isinstance(value, str) else ""


def phase_of(deployment: Mapping[str, Any]) -> str:
    """The phase; UNKNOWN where it is absent."""
    value = deployment.get("phase")
    return value if isinstance(value, str) and value else "UNKNOWN"


def is_terminal(deployment: Mapping[str, Any]) -> bool:
    """Whether the phase is a final one. An unknown phase is not (API reference 6.1)."""
    return phase_of(deployment) in TERMINAL_PHASES


def spec_of(deployment: Mapping[str, Any] | None) -> Spec | None:
    """The spec of an app or a deployment; None where the response has none."""
    value = deployment.get("spec") if isinstance(deployment, Mapping) else None
    return value if isinstance(value, dict) and value else None


def require_spec(holder: Mapping[str, Any], what: str = "app") -> Spec:
    """The spec of an app or a deployment. Raises TransportError (wrong_envelope) where the response has none.

    ``what``: the word for *holder* in the message. A missing spec is never treated as an empty one;
    _api/response_checks.py checks the same at the time of the call.
    """
    spec = spec_of(holder)
    if spec is None:
        raise TransportError(
            f"The platform answered with the {what} {id_of(holder) or '?'} without its spec. Nothing is decided by "
            "such an answer: run the task again.",
            reason="wrong_envelope",
        )
    return spec


def app_name(app: Mapping[str, Any]) -> str:
    """The name in an app's spec; empty where the response has none."""
    spec = app.get("spec")
    name = spec.get("name") if isinstance(spec, Mapping) else None
    return name if isinstance(name, str) else ""


def name_of(app: Mapping[str, Any]) -> str:
    """The app's name for messages: the spec's, else its id, else ``?``."""
    return app_name(app) or id_of(app) or "?"


def region_of(app: Mapping[str, Any]) -> str | None:
    """The slug of the region that the app is in; None where the response has none."""
    region = app.get("region")
    return (region.get("slug") or None) if isinstance(region, Mapping) else None


def cause_of(deployment: Mapping[str, Any]) -> str:
    """The cause as text; empty where none is known."""
    text = deployment.get("cause")
    if isinstance(text, str) and text.strip():
        return collapse_whitespace(text)
    kind, action = _details(deployment)
    return " ".join(word.lower().replace("_", " ") for word in (kind, action) if word not in ("", "UNKNOWN"))


def origin_of(deployment: Mapping[str, Any]) -> Origin | None:
    """What created the deployment: from `cause_details`, else from the text of `cause`; None where neither says so."""
    kind, action = _details(deployment)
    if action in _ACTIONS:
        return _ACTIONS[action]
    if kind in _TYPES:
        return _TYPES[kind]
    text = str(deployment.get("cause") or "")
    return next((origin for pattern, origin in _TEXTS if pattern.search(text)), None)


def console_url(app_id: str, deployment_id: str) -> str:
    """The address of the deployment in DigitalOcean's control panel."""
    return f"https://cloud.digitalocean.com/apps/{app_id}/deployments/{deployment_id}"


def duration_of(deployment: Mapping[str, Any]) -> float | None:
    """Seconds from the creation to the final phase; None before that phase, or where the times are missing."""
    created = parse_time(deployment.get("created_at"))
    return seconds_between(created, _ended_at(deployment)) if is_terminal(deployment) else None


def deployment_in(app: Mapping[str, Any], key: str) -> Deployment | None:
    """The deployment in a field of the app, such as `active_deployment`; None where there is none with an id."""
    value = app.get(key)
    return value if isinstance(value, dict) and id_of(value) else None


def unfinished_deployments(app: Mapping[str, Any]) -> list[Deployment]:
    """The pending and the in-progress deployment of an app, newest first, without those in a final phase."""
    found = [deployment_in(app, "pending_deployment"), deployment_in(app, "in_progress_deployment")]
    return [one for one in found if one is not None and not is_terminal(one)]


def pinned_deployment(app: Mapping[str, Any]) -> Deployment | None:
    """The rollback that the app is pinned to: no deployment is created until a commit or revert (API reference 6.5)."""
    return deployment_in(app, "pinned_deployment")


@dataclass(frozen=True)
class Snapshot:
    """The deployments that exist before a write. All times are the server's, so the local clock does not matter.

    ``newest``: when the last one was created. ``newest_is_known``: whether ``ids`` has that one.
    """

    ids: frozenset[str] = frozenset()
    newest: datetime | None = None
    newest_is_known: bool = True

    def is_new(self, deployment: Mapping[str, Any]) -> bool:
        """Whether the deployment was created after the snapshot."""
        created = parse_time(deployment.get("created_at"))
        if not id_of(deployment) or id_of(deployment) in self.ids:
            return False
        if created is None or self.newest is None or created > self.newest:
            return True
        # Of the same second. The app does not show failed deployments, so this may be the newest one of the snapshot.
        return created == self.newest and self.newest_is_known


def take_snapshot(app: Mapping[str, Any] | None, deployments: Iterable[Mapping[str, Any]] = ()) -> Snapshot:
    """The snapshot of an app as it was read before a write (None: it does not exist), and of listed deployments."""
    found = [deployment_in(app or {}, key) for key in DEPLOYMENT_FIELDS]
    given = [one for one in (*found, *deployments) if one is not None]
    times = {time for one in given if (time := parse_time(one.get("created_at"))) is not None}
    last = parse_time((app or {}).get("last_deployment_created_at"))
    return Snapshot(
        ids=frozenset(filter(None, map(id_of, given))),
        newest=max(times | ({last} if last else set()), default=None),
        newest_is_known=last is None or any(time >= last for time in times),
    )


def newer_deployments(deployment: Mapping[str, Any], others: Iterable[Deployment | None]) -> list[Deployment]:
    """Those of the others that were created after the deployment, newest first."""
    start = parse_time(deployment.get("created_at"))
    found: dict[str, tuple[datetime | None, Deployment]] = {}
    for one in others:
        if one is None or id_of(one) in ("", id_of(deployment)):
            continue
        time = parse_time(one.get("created_at"))
        # Of the same second, or without a time: one that still runs must be the newer one.
        newer = time > start if time and start and time != start else not is_terminal(one)
        if newer:
            found.setdefault(id_of(one), (time, one))
    ordered = sorted(found.values(), key=lambda pair: pair[0].timestamp() if pair[0] else float("inf"), reverse=True)
    return [one for _time, one in ordered]


def was_superseded(deployment: Mapping[str, Any], by: Mapping[str, Any]) -> bool:
    """Whether *by* existed when the deployment ended, so that it was superseded by *by* and not canceled by a user."""
    created, ended = parse_time(by.get("created_at")), _ended_at(deployment)
    return created is not None and ended is not None and created <= ended + _CLOCK_TOLERANCE


def _ended_at(deployment: Mapping[str, Any]) -> datetime | None:
    """When the deployment changed last: for one in a final phase, when it ended."""
    return parse_time(deployment.get("phase_last_updated_at")) or parse_time(deployment.get("updated_at"))


#: Codes of DeploymentError after which `on_failure: restore_spec` applies: the new spec is not running.
RESTORE_AFTER = frozenset({"deployment_failed", "deployment_canceled"})


@dataclass(frozen=True)
class Restoration:
    """What `on_failure: restore_spec` does: write ``spec`` or (None) nothing. ``why``: the reason, for the message."""

    spec: Spec | None
    why: str


def plan_restoration(app: App, submitted: Spec, same_spec: SameSpec) -> Restoration:
    """Whether to restore the spec of the active deployment after a failed one (API reference 8.6).

    ``app``: as read after the failure. ``submitted``: the spec of the failed deployment. A change of another writer is
    never overwritten. Writing the restored spec creates a deployment, which runs the jobs again.
    """
    current = spec_of(app)
    active = deployment_in(app, "active_deployment")
    active_spec = spec_of(active)
    if pinned_deployment(app) is not None:
        return Restoration(None, "the app is pinned to a rollback, so no spec can be put back")
    if current is None or not same_spec(submitted, current):
        return Restoration(None, "the app's spec has been changed since by another writer, whose work is kept")
    if active is None:
        return Restoration(None, "no deployment of this app has been active yet, so there is no spec to return to")
    if active_spec is None:
        return Restoration(None, f"the active deployment {id_of(active)} was told without its spec")
    if same_spec(active_spec, current):
        return Restoration(None, f"the spec is already the one of the active deployment {id_of(active)}")
    return Restoration(active_spec, f"the spec of the active deployment {id_of(active)} is put back")


def user_name(user: Any) -> str | None:
    """Who a user object of the API is: its e-mail address, else name, else id; None for anything else."""
    known = (user.get("email") or user.get("full_name") or user.get("uuid")) if isinstance(user, Mapping) else None
    return str(known) if known else None


def created_by(deployment: Mapping[str, Any]) -> str | None:
    """The user who caused the deployment (see `user_name`); None where the response does not say so."""
    details = deployment.get("cause_details")
    action = details.get("digitalocean_user_action") if isinstance(details, Mapping) else None
    return user_name(action.get("user")) if isinstance(action, Mapping) else None


def _details(deployment: Mapping[str, Any]) -> tuple[str, str]:
    """The type of the cause, and the name of the user's action; empty where absent."""
    details = deployment.get("cause_details")
    if not isinstance(details, Mapping):
        return "", ""
    action = details.get("digitalocean_user_action")
    name = action.get("name") if isinstance(action, Mapping) else ""
    return str(details.get("type") or ""), str(name or "")
