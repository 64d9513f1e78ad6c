# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.

"""Identify a deployment: the one that a write created, the one to join, the one that superseded another."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from itertools import islice
from typing import Literal

from .._api.errors import TransportError
from .._system.clock import parse_time
from .._types.api_objects import App, Deployment, Spec
from .deployment import (
    ACTIVE,
    CANCELED,
    ERROR,
    Origin,
    Snapshot,
    deployment_in,
    id_of,
    newer_deployments,
    origin_of,
    phase_of,
    pinned_deployment,
    require_spec,
    spec_of,
    unfinished_deployments,
)
from .polling import GRACE_PAUSES, Polling
from .wait_errors import pinned
from .watch import Watch

#: Deployments on one page. Small: each has the whole spec, and large pages time out (API reference 12.4).
PAGE_SIZE = 5
#: Deployments that are searched for the newest one of a spec.
MAX_SEARCHED = 20


def find_created(
    watch: Watch, polling: Polling, response: App, snapshot: Snapshot, origin: Origin | None = "UPDATE_SPEC"
) -> Deployment | None:
    """The deployment that a write of the app's spec created; None: it created none (API reference 6.4).

    ``response``: the app in the response to the write. ``snapshot``: of the app before the write. ``origin``: what the
    deployment's cause must not contradict (None: the app is new, so any deployment is the one).
    It is the response's `pending_deployment`. Where there is none, the app and its deployments are read for up to
    GRACE_SECONDS. Warns where only a deployment with another spec fits.
    Raises ApiError, TransportError; DeploymentError (app_pinned) when the app is pinned and none was created.
    """
    pending = deployment_in(response, "pending_deployment")
    if pending is not None and id_of(pending) not in snapshot.ids:
        return pending
    written_spec = spec_of(response)
    app_id = id_of(response)
    matching: list[Deployment] = []
    pauses = list(GRACE_PAUSES)
    while True:
        app = polling.read(lambda: watch.api.get_app(app_id))
        candidates = _new_deployments(unfinished_deployments(app or {}), snapshot, origin)
        listed: list[Deployment] | None = None
        if not _with_spec(watch, candidates, written_spec):
            listed = polling.read(lambda: _newest(watch, app_id))
            candidates = _new_deployments([*candidates, *(listed or ())], snapshot, origin)
        matches = _with_spec(watch, candidates, written_spec)
        if matches:
            return matches[0]  # the newest: it has superseded the others
        pin = pinned_deployment(app or {})
        if pin is not None:
            raise pinned(response, pin)
        matching = candidates or matching
        if app is None or listed is None:
            polling.pause_after_failure()  # without both responses it is not certain that none was created
        elif not pauses or not polling.sleep(pauses.pop(0)):
            break
    if not matching:
        return None
    watch.warn(
        f"The deployment that this change made was not told, and none with the same spec was found; deployment "
        f"{id_of(matching[0])} was made at that time and is taken for it."
    )
    return matching[0]


def _new_deployments(deployments: Iterable[Deployment], snapshot: Snapshot, origin: Origin | None) -> list[Deployment]:
    """The deployments that are new and whose cause may be *origin*, each once, newest first."""
    found: dict[str, Deployment] = {}
    for one in deployments:
        if snapshot.is_new(one) and (origin is None or origin_of(one) in (None, origin)):
            found.setdefault(id_of(one), one)
    return sorted(found.values(), key=_created_at, reverse=True)


def _created_at(deployment: Deployment) -> float:
    created = parse_time(deployment.get("created_at"))
    return created.timestamp() if created else float("inf")


def _with_spec(watch: Watch, deployments: Iterable[Deployment], expected: Spec | None) -> list[Deployment]:
    """Those with the expected spec; one whose spec is not in the response counts as well."""
    return [
        one
        for one in deployments
        if expected is None or (spec := spec_of(one)) is None or watch.same_spec(expected, spec)
    ]


@dataclass(frozen=True)
class SpecStatus:
    """Whether an app's spec is deployed.

    ``state``: active: it is live. running: ``deployment`` is deploying it and can be joined. failed: its newest
    deployment failed or was canceled, so a new one is needed. other: deployments of other specs came later
    (``deployment``: the newest one of any spec). none: it was never deployed.
    """

    state: Literal["active", "running", "failed", "other", "none"]
    deployment: Deployment | None


def spec_status(watch: Watch, app: App) -> SpecStatus:
    """The status of the spec of ``app``. No call if it is live or being deployed, else one list of deployments.

    Raises ApiError, TransportError.
    """
    spec = require_spec(app)

    def same(deployment: Deployment | None) -> bool:
        carried = spec_of(deployment)
        return carried is not None and watch.same_spec(spec, carried)

    for one in unfinished_deployments(app):
        if same(one):
            return SpecStatus("running", one)
    active = deployment_in(app, "active_deployment")
    if same(active) or (active is not None and spec_of(active) is None and _is_last(app, active)):
        return SpecStatus("active", active)
    latest: Deployment | None = next(iter(unfinished_deployments(app)), None)
    known = latest or active
    for one in islice(watch.api.list_deployments(id_of(app), per_page=PAGE_SIZE), MAX_SEARCHED):
        latest = latest or one
        known = None
        if not watch.same_spec(spec, require_spec(one, "deployment")):
            continue
        phase = phase_of(one)
        if phase in (ERROR, CANCELED):
            return SpecStatus("failed", one)
        if phase == ACTIVE:
            return SpecStatus("active", one)
        return SpecStatus("other", latest) if phase == "SUPERSEDED" else SpecStatus("running", one)
    if known is not None:
        raise TransportError(
            f"The platform lists no deployments of the app {id_of(app)}, which has {id_of(known)}. Nothing is decided "
            "by such an answer: run the task again.",
            reason="wrong_envelope",
        )
    return SpecStatus("other" if latest else "none", latest)


def _is_last(app: App, active: Deployment) -> bool:
    last, created = parse_time(app.get("last_deployment_created_at")), parse_time(active.get("created_at"))
    return last is not None and created is not None and last <= created


def find_superseding(
    watch: Watch, polling: Polling, deployment: Deployment, app_id: str, seen: Collection[str], *, retry: bool
) -> tuple[App, list[Deployment]]:
    """The app as it is now, and the deployments newer than this one, newest first.

    ``seen``: ids to leave out. ``retry``: read again for up to GRACE_SECONDS, since there must be one.
    Raises ApiError (NotFoundError: the app was deleted), TransportError.
    """
    pauses = list(GRACE_PAUSES) if retry else []
    while True:
        app = polling.read(lambda: watch.api.get_app(app_id))
        parts: list[Deployment | None] = [
            *unfinished_deployments(app or {}),
            deployment_in(app or {}, "active_deployment"),
        ]
        newer = _without_ids(newer_deployments(deployment, parts), seen)
        listed: list[Deployment] | None = None
        if not newer:
            listed = polling.read(lambda: _newest(watch, app_id))
            newer = _without_ids(newer_deployments(deployment, listed or ()), seen)
        if app is not None and newer:
            return app, newer
        if app is None or listed is None:
            polling.pause_after_failure()
        elif not pauses or not polling.sleep(pauses.pop(0)):
            return app, newer


def _newest(watch: Watch, app_id: str) -> list[Deployment]:
    return list(islice(watch.api.list_deployments(app_id, per_page=PAGE_SIZE), PAGE_SIZE))


def _without_ids(deployments: Iterable[Deployment], seen: Collection[str]) -> list[Deployment]:
    return [one for one in deployments if id_of(one) not in seen]
