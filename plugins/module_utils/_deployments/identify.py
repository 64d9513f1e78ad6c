# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.

"""Which deployment is meant: the one that a write made, the one to join, the one that overtook another."""

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
from .wait_options import Watch

#: Deployments that are listed at once. Small: lists carry whole specs, and large pages time out (API reference 12.4).
PAGE_SIZE = 5
#: Deployments that are searched for the newest one of a spec.
MAX_SEARCHED = 20


def find_created(
    watch: Watch, polling: Polling, answer: App, snapshot: Snapshot, origin: Origin | None = "UPDATE_SPEC"
) -> Deployment | None:
    """The deployment that a write of the app's spec made; None: it made none, which happens (API reference 6.4).

    ``answer``: the app as the write answered it. ``snapshot``: what there was before. ``origin``: what the deployment's
    cause must not contradict (None: the app is new, so every deployment is ours).
    The answer's own `pending_deployment` counts; only where it has none, the app and the list are looked at, for GRACE
    seconds at most. Warns where only a deployment with another spec fits.
    Raises ApiError, TransportError; DeploymentError (app_pinned) when a pinned app made none.
    """
    told = deployment_in(answer, "pending_deployment")
    if told is not None and id_of(told) not in snapshot.ids:
        return told
    wanted = spec_of(answer)
    app_id = id_of(answer)
    fitting: list[Deployment] = []
    pauses = list(GRACE_PAUSES)
    while True:
        app = polling.read(lambda: watch.api.get_app(app_id))
        candidates = _fitting(unfinished_deployments(app or {}), snapshot, origin)
        listed: list[Deployment] | None = None
        if not _carrying(watch, candidates, wanted):
            listed = polling.read(lambda: _newest(watch, app_id))
            candidates = _fitting([*candidates, *(listed or ())], snapshot, origin)
        ours = _carrying(watch, candidates, wanted)
        if ours:
            return ours[0]  # if there are several, the newest has overtaken the others
        pin = pinned_deployment(app or {})
        if pin is not None:
            raise pinned(answer, pin)
        fitting = candidates or fitting
        if app is None or listed is None:
            polling.pause_after_failure()  # nobody knows yet that none was made
        elif not pauses or not polling.sleep(pauses.pop(0)):
            break
    if not fitting:
        return None
    watch.warn(
        f"The deployment that this change made was not told, and none with the same spec was found; deployment "
        f"{id_of(fitting[0])} was made at that time and is taken for it."
    )
    return fitting[0]


def _fitting(deployments: Iterable[Deployment], snapshot: Snapshot, origin: Origin | None) -> list[Deployment]:
    """The new ones whose cause may be ours, each once, the newest first as they came."""
    found: dict[str, Deployment] = {}
    for one in deployments:
        if snapshot.is_new(one) and (origin is None or origin_of(one) in (None, origin)):
            found.setdefault(id_of(one), one)
    return sorted(found.values(), key=_made_at, reverse=True)


def _made_at(deployment: Deployment) -> float:
    made = parse_time(deployment.get("created_at"))
    return made.timestamp() if made else float("inf")


def _carrying(watch: Watch, deployments: Iterable[Deployment], wanted: Spec | None) -> list[Deployment]:
    """Those that carry the wanted spec; one without a snapshot may."""
    return [
        one
        for one in deployments
        if wanted is None or (carried := spec_of(one)) is None or watch.same_spec(wanted, carried)
    ]


@dataclass(frozen=True)
class SpecStatus:
    """How an app's own spec stands with its deployments.

    active: it runs. running: ``deployment`` is bringing it: join it. failed: the newest deployment of it failed or was
    canceled, and nothing runs it: a new deployment is needed. other: deployments of other specs came in between
    (``deployment``: the latest one of any spec). none: it was never deployed.
    """

    state: Literal["active", "running", "failed", "other", "none"]
    deployment: Deployment | None


def spec_status(watch: Watch, app: App) -> SpecStatus:
    """How the spec of ``app`` stands. Costs no call when it runs or is being deployed, else one list of deployments.

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
    last, made = parse_time(app.get("last_deployment_created_at")), parse_time(active.get("created_at"))
    return last is not None and made is not None and last <= made


def find_superseding(
    watch: Watch, polling: Polling, deployment: Deployment, app_id: str, seen: Collection[str], *, patient: bool
) -> tuple[App, list[Deployment]]:
    """The app as it is now, and the deployments newer than this one, the newest first.

    ``seen``: ids that are out of question. ``patient``: look again for GRACE seconds, since there must be one.
    Raises ApiError (NotFoundError: the app is gone), TransportError.
    """
    pauses = list(GRACE_PAUSES) if patient else []
    while True:
        app = polling.read(lambda: watch.api.get_app(app_id))
        parts: list[Deployment | None] = [
            *unfinished_deployments(app or {}),
            deployment_in(app or {}, "active_deployment"),
        ]
        newer = _unseen(newer_deployments(deployment, parts), seen)
        listed: list[Deployment] | None = None
        if not newer:
            listed = polling.read(lambda: _newest(watch, app_id))
            newer = _unseen(newer_deployments(deployment, listed or ()), seen)
        if app is not None and newer:
            return app, newer
        if app is None or listed is None:
            polling.pause_after_failure()
        elif not pauses or not polling.sleep(pauses.pop(0)):
            return app, newer


def _newest(watch: Watch, app_id: str) -> list[Deployment]:
    return list(islice(watch.api.list_deployments(app_id, per_page=PAGE_SIZE), PAGE_SIZE))


def _unseen(deployments: Iterable[Deployment], seen: Collection[str]) -> list[Deployment]:
    return [one for one in deployments if id_of(one) not in seen]
