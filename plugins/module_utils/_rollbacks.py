# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.

"""Rollbacks (API reference 6.5): where one goes, and why the platform refuses one."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from typing import Any

from ._apps import App
from ._context import Context
from ._deployment_steps import was_live
from ._deployments import ACTIVE, SUPERSEDED, id_of, name_of, part, phase_of, spec_of
from ._errors import AppPlatformError
from ._job_run import leftovers

#: The platform goes back ten successful deployments; failed ones stand between.
LOOK_BACK = 60

_WAYS_OUT = {
    "incompatible_phase": "it has not ended; wait for it with app_deployment",
    "incompatible_result": "it was not successful; app_deployment_info shows those that were",
    "exceeded_revision_limit": "it is not among the ten last successful ones; deploy its spec with app instead",
    "app_pinned": "the app is pinned to another rollback; run app_rollback with state: committed or reverted first",
    "database_config_conflict": "the app's databases have changed since; change them back first",
    "region_conflict": "the app was in another region then",
}


def origin_id(deployment: Mapping[str, Any]) -> str | None:
    """The id of the deployment that a rollback went back to."""
    origin = deployment.get("cloned_from")
    return origin if isinstance(origin, str) and origin else None


def previous(context: Context, app: App) -> str:
    """The id of the successful deployment before the one that is live. Raises AppPlatformError when there is none.

    One that was made only to run a job once is no version to go back to.
    """
    live = part(app, "active_deployment")
    seen_live = live is None
    for one in islice(context.api.list_deployments(id_of(app)), LOOK_BACK):
        if not seen_live:
            seen_live = live is not None and id_of(one) == id_of(live)
            continue
        good = phase_of(one) == ACTIVE or (phase_of(one) == SUPERSEDED and was_live(one))
        if good and not leftovers(spec_of(one) or {}):
            return id_of(one)
    raise AppPlatformError(
        f"deployment_id: the app {name_of(app)} has no earlier successful deployment to go back to.",
        code="no_rollback_target",
        details={"app_id": id_of(app)},
    )


def refuse(app: App, target: str, answer: Mapping[str, Any]) -> None:
    """Raise AppPlatformError where the platform's validation says that the rollback is not possible."""
    if answer.get("valid"):
        return
    error = answer.get("error")
    code = str(error.get("code") or "") if isinstance(error, Mapping) else ""
    said = str(error.get("message") or "") if isinstance(error, Mapping) else ""
    way = _WAYS_OUT.get(code, "")
    reasons = "; ".join(filter(None, (said, way))) or "the platform gives no reason"
    raise AppPlatformError(
        f"The app {name_of(app)} can't be rolled back to the deployment {target}: {reasons}.",
        code=f"rollback_{code}" if code else "rollback_refused",
        details={"app_id": id_of(app)},
    )
