# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.

"""The module app_export: write apps as the files of an inventory."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from .._ansible.context import Context
from .._ansible.find_app import require_app
from .._ansible.host_names import is_plain, quote_name
from .._api.errors import UsageError
from .._deployments.deployment import app_name
from .._types.api_objects import App
from .inventory_files import HAS_YAML, ExportedApp, app_files, hosts_file, vault_path
from .output_folder import OutputFolder, PathState


def export_apps(params: dict[str, Any], context: Context) -> dict[str, Any]:
    """Write the apps that the options select; after a conflict nothing is written."""
    if not HAS_YAML:
        raise UsageError("PyYAML is not installed for the Python that runs this task; ansible-core brings it")
    found = app_files(_read(params, context))
    if not found:
        raise UsageError("apps: this token sees no apps at all: does it belong to the right team?")
    directory = Path(params["directory"])
    files = {"hosts.yml": hosts_file([one.host for one in found])}
    files.update({path: text for one in found for path, text in one.files.items()})
    folder = OutputFolder(directory)
    vaults = {vault_path(one.host) for one in found}
    states = {path: folder.read(path) for path in sorted({*files, *vaults})}
    kept = sorted(path for path in vaults if states[path] is not PathState.NOTHING)
    for path in sorted(set(files) - set(kept)):
        if states[path] is PathState.OTHER:
            raise UsageError(
                f"directory: {directory / path} is a link or no ordinary file; it is not written to. Remove it"
            )
    same = {path for path, text in files.items() if states[path] == text}
    written = sorted(set(files) - same - set(kept))
    if written and not params["overwrite"] and _is_not_empty(directory):
        raise UsageError(
            f"directory: {directory} is not empty; give another one, or set overwrite: true to write "
            f"{', '.join(written[:3])}{f' and {len(written) - 3} more' if len(written) > 3 else ''} there "
            "(files vault.yml that are there stay)"
        )
    if not context.check_mode:
        for path in written:
            # The user will add secrets to this file.
            folder.write(path, files[path], mode=0o600 if path.endswith("/vault.yml") else 0o644)
    for one in found:
        _warn_about(context, one)
    return {
        "changed": bool(written),
        "hosts": [one.host for one in found],
        "written": written,
        "kept": sorted(set(kept) - same),
        "left_out": {one.name: list(one.left_out) for one in found if one.left_out},
    }


def _read(params: dict[str, Any], context: Context) -> list[App]:
    apps = list(context.api.list_apps())
    selected = params["apps"]
    if selected is None:
        return apps
    if not selected:
        raise UsageError("apps: it is empty; name the apps, or leave it out to export all")
    names = {app_name(app) for app in apps}
    for name in selected:
        if name not in names:
            # Raises the error that suggests similar names.
            require_app(context, {"app": name})
    return [app for app in apps if app_name(app) in selected]


def _is_not_empty(directory: Path) -> bool:
    try:
        return any(directory.iterdir())
    except FileNotFoundError:
        return False
    except OSError as error:
        raise UsageError(f"directory: {directory} can't be read: {error.strerror}") from error


def _warn_about(context: Context, one: ExportedApp) -> None:
    if not is_plain(one.name):
        context.warn(
            f"The app {quote_name(one.name)} is called {one.host} in the inventory: its name is no plain word."
        )
    for path in one.left_out:
        context.warn(
            f"{quote_name(one.name)}: {path} carries a password or a token and is left out. It stays on the platform; "
            "put the address in before the app is made anew from the inventory."
        )
