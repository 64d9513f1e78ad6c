# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rollbacks: whether one is possible, making it, keeping it, undoing it (API reference 6.5)."""

from __future__ import annotations

from .account import Account
from .engine.deployments import Cause, Order
from .errors import bad_request, conflict, not_found
from .model import App, Deployment, as_list, components
from .state import USER
from .wire import Json

# How many successful deployments back one can go.
REVISIONS = 10


def target(account: Account, app: App, deployment_id: object) -> Deployment:
    """The deployment that a request names."""
    if not isinstance(deployment_id, str) or not deployment_id:
        raise bad_request("deployment_id is required")
    account.state.check_id(deployment_id)
    found = app.deployment(deployment_id)
    if found is None:
        raise not_found()
    return found


def obstacle(app: App, deployment: Deployment) -> Json | None:  # noqa: PLR0911 - one for each code
    """Why a rollback to this deployment is not possible, None when it is."""
    if app.pinned_id:
        return {"code": "app_pinned", "message": "the app is pinned to a rollback: commit or revert it first"}
    if not deployment.ended:
        message = f'deployment phase "{deployment.phase}" is unsuitable for rollback'
        return {"code": "incompatible_phase", "message": message}
    if not deployment.was_active:
        result = "canceled" if deployment.phase in {"CANCELED", "SUPERSEDED"} else "failed"
        message = f'deployment result "{result}" is unsuitable for rollback'
        return {"code": "incompatible_result", "message": message}
    good = [item.id for item in app.deployments if item.was_active][-REVISIONS:]
    if deployment.id not in good:
        message = f"the deployment is past the maximum historical revision limit of {REVISIONS}"
        return {"code": "exceeded_revision_limit", "message": f'{message} for the "{deployment.tier}" app tier'}
    if deployment.spec.get("region") not in {None, app.region, app.spec.get("region")}:
        message = f"the deployment was made in region {deployment.spec['region']}, the app is in {app.region}"
        return {"code": "region_conflict", "message": message}
    if _databases(deployment.spec) != _databases(app.spec):
        message = "the databases of the deployment differ from those of the app"
        return {"code": "database_config_conflict", "message": message}
    return None


def _databases(spec: Json) -> dict[str, Json]:
    return {str(item["name"]): item for item in as_list(spec.get("databases"))}


def warnings(deployment: Deployment) -> list[Json]:
    """What should be known before a rollback."""
    result: list[Json] = []
    sites = [str(item["name"]) for kind, item in components(deployment.spec) if kind == "static_sites"]
    if sites:
        message = "static sites are built again from the commit of that deployment"
        result.append({"code": "static_site_requires_rebuild", "message": message, "components": sites})
    moving = [
        str(item["name"])
        for _kind, item in components(deployment.spec)
        if "image" in item and not deployment.sources.get(str(item["name"]), {}).get("source_image_digest")
    ]
    if moving:
        message = "the digest of the image is not known: the tag may name another image by now"
        result.append({"code": "image_source_missing_digest", "message": message, "components": moving})
    return result


def validate(app: App, deployment: Deployment) -> Json:
    """The answer of the dry run."""
    wrong = obstacle(app, deployment)
    if wrong is not None:
        return {"valid": False, "error": wrong}
    found = warnings(deployment)
    return {"valid": True, "warnings": found} if found else {"valid": True}


def roll_back(account: Account, app: App, deployment: Deployment, *, skip_pin: bool) -> Deployment:
    """Deploy what was deployed then. Unless `skip_pin`, the app takes no other deployment until commit or revert."""
    wrong = obstacle(app, deployment)
    if wrong is not None:
        raise (conflict if wrong["code"] == "app_pinned" else bad_request)(wrong["message"])
    before = app.spec
    cause = _cause("manual rollback", "MANUAL_ROLLBACK", "ROLLBACK_APP")
    versions = dict(deployment.sources)
    order = Order(deployment.spec, cause, mode="rollback", cloned_from=deployment.id, versions=versions)
    made = account.deployer.make(app, order)
    if account.state.assume["spec_after_rollback"] == "rolled_back":
        account.store(app, deployment.spec)
    if not skip_pin:
        app.pinned_id = made.id
        app.before_rollback = before
    return made


def _cause(text: str, type_: str, action: str) -> Cause:
    return Cause(text, {"type": type_, "digitalocean_user_action": {"user": dict(USER), "name": action}})


def commit(app: App) -> None:
    """Keep the rollback; deployments are possible again."""
    _pinned(app)
    app.pinned_id, app.before_rollback = "", None


def revert(account: Account, app: App) -> Deployment:
    """Back to the spec from before the rollback."""
    _pinned(app)
    spec = app.before_rollback or app.spec
    app.pinned_id, app.before_rollback = "", None
    account.store(app, spec)
    cause = _cause("rollback reverted", "MANUAL", "REVERT_APP_ROLLBACK")
    return account.deployer.make(app, Order(spec, cause, mode="rollback"))


def _pinned(app: App) -> None:
    if not app.pinned_id:
        raise bad_request("app is not pinned to a rollback")
