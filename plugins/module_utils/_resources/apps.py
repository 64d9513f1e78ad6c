# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.

"""The module app_info: the apps of the account, and their specs for export."""

from __future__ import annotations

from typing import Any

from .._ansible.context import Context
from .._ansible.find_app import find_app
from .._deployments.deployment import app_name, region_of
from .._secrets.redact import redact, urls_with_secrets
from .._spec.export import export
from .._types.api_objects import App


def read_apps(params: dict[str, Any], context: Context) -> dict[str, Any]:
    """The apps that the options select."""
    apps = [app for app in _read(params, context) if _wanted(app, params)]
    shown = [_shown(params, context, app) for app in apps]
    return {"changed": False, "apps": sorted(shown, key=lambda app: (app_name(app), str(app.get("id"))))}


def _shown(params: dict[str, Any], context: Context, app: App) -> App:
    spec = app.get("spec")
    result = redact(context.register, app)
    if params["export"] and isinstance(spec, dict):
        result["export"] = export(result["spec"])
        for path in urls_with_secrets(spec):
            context.warn(
                f"{app_name(app)}: {path} carries a password or a token and is left out of the export: put it in "
                "before another app is made of it."
            )
    return result


def _read(params: dict[str, Any], context: Context) -> list[App]:
    if params["app"] or params["app_id"]:
        app = find_app(context, name=params["app"], app_id=params["app_id"])
        return [] if app is None else [app]
    return list(context.api.list_apps(with_projects=bool(params["with_projects"] or params["project_id"])))


def _wanted(app: App, params: dict[str, Any]) -> bool:
    region, project = params["region"], params["project_id"]
    return (not region or region in _regions(app)) and (not project or app.get("project_id") == project)


def _regions(app: App) -> set[str]:
    """The slugs of the region that the app is in, and of the one in its spec: a new app may have only one of them."""
    spec = app.get("spec")
    found = (region_of(app), spec.get("region") if isinstance(spec, dict) else None)
    return {one for one in found if isinstance(one, str)}
