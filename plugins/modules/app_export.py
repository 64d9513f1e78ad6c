#!/usr/bin/python
# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: app_export
short_description: Write existing apps of DigitalOcean App Platform as an inventory
version_added: 1.0.0
author: oceanops.app_platform contributors (@oceanops)
description:
  - Writes apps that exist as the files of an inventory for the role P(oceanops.app_platform.app#role), one host for each
    app. Applying them to the apps that they come from changes nothing.
  - An app becomes C(host_vars/NAME/app.yml), C(host_vars/NAME/jobs.yml) if it has jobs and C(host_vars/NAME/vault.yml) if
    it has secrets. All hosts are in C(hosts.yml), in the group C(apps).
  - No secret is written. C(vault.yml) has their names, without values. An empty value means that the stored one stays.
  - All apps are read with one call for each 200 of them. Nothing is changed on the platform.
extends_documentation_fragment:
  - oceanops.app_platform.api
  - oceanops.app_platform.attributes
attributes:
  check_mode:
    description: Says in check mode which files it would write, and writes none.
    support: full
  diff_mode:
    description: Shows what changes.
    support: none
options:
  directory:
    description:
      - Where the files go. It is made if it does not exist.
    type: path
    required: true
  apps:
    description:
      - Names of the apps. Without it, all apps that the token can see.
    type: list
    elements: str
  overwrite:
    description:
      - Whether files may be written into a folder that has files already, if what is written differs from them.
      - A C(vault.yml) that is there is never written again, since it may have been filled in. Files that do not belong to
        the exported apps stay.
    type: bool
    default: false
notes:
  - An app whose name means something else to Ansible (C(all), C(localhost), C(ungrouped), C(apps)), or that is shared by two apps,
    becomes a host that is called by the app's id. So does one whose name is no plain word of letters, digits, dots, dashes and
    underscores, with a warning. If its id is none either, the host is called C(app-) with a digest of both.
  - Nothing is written outside of O(directory), nor through a symbolic link below it. Each file is replaced as a whole.
  - Texts that Ansible could take for a template are written as C(!unsafe), so that they stay what they are.
  - Who is told of alerts is no part of a spec; see M(oceanops.app_platform.app_alert_info).
seealso:
  - module: oceanops.app_platform.app
  - module: oceanops.app_platform.app_info
"""

EXAMPLES = r"""
- name: All apps, as an inventory
  oceanops.app_platform.app_export:
    directory: estate

- name: Only one of them
  oceanops.app_platform.app_export:
    directory: shop-inventory
    apps:
      - shop
"""

RETURN = r"""
hosts:
  description: What the hosts are called, sorted by the names of their apps.
  returned: success
  type: list
  elements: str
  sample: [handbook, shop]
written:
  description: The files that were written, relative to O(directory). Those that were the same before are not among them.
  returned: success
  type: list
  elements: str
  sample: [host_vars/shop/app.yml, host_vars/shop/jobs.yml, host_vars/shop/vault.yml, hosts.yml]
kept:
  description: The files with secrets that were there already and are not touched.
  returned: success
  type: list
  elements: str
  sample: []
left_out:
  description:
    - What could not be written without a secret, by the names of the apps. It stays as it is on the platform. Such an app
      can't be made anew from the inventory before this is put in.
  returned: success
  type: dict
  sample: {shop: [maintenance.offline_page_url]}
"""

from pathlib import Path
from typing import Any

from ansible_collections.oceanops.app_platform.plugins.module_utils._ansible.arguments import API, ArgumentSpec, merge
from ansible_collections.oceanops.app_platform.plugins.module_utils._ansible.context import Context
from ansible_collections.oceanops.app_platform.plugins.module_utils._ansible.find_app import app_name, require_app
from ansible_collections.oceanops.app_platform.plugins.module_utils._ansible.host_names import is_plain, quoted
from ansible_collections.oceanops.app_platform.plugins.module_utils._ansible.module import run_module
from ansible_collections.oceanops.app_platform.plugins.module_utils._ansible.operation import Operation
from ansible_collections.oceanops.app_platform.plugins.module_utils._api.errors import UsageError
from ansible_collections.oceanops.app_platform.plugins.module_utils._resources.inventory_files import (
    HAS_YAML,
    Exported,
    exported,
    hosts_file,
    vault_path,
)
from ansible_collections.oceanops.app_platform.plugins.module_utils._resources.output_folder import Folder, Found
from ansible_collections.oceanops.app_platform.plugins.module_utils._types.api_objects import App

OPTIONS = ArgumentSpec(
    {
        "directory": {"type": "path", "required": True},
        "apps": {"type": "list", "elements": "str"},
        "overwrite": {"type": "bool", "default": False},
    }
)


def run(params: dict[str, Any], context: Context) -> dict[str, Any]:
    """Write the apps that the options ask for, all or none."""
    if not HAS_YAML:
        raise UsageError("PyYAML is not installed for the Python that runs this task; ansible-core brings it")
    found = exported(_read(params, context))
    if not found:
        raise UsageError("apps: this token sees no apps at all: does it belong to the right team?")
    directory = Path(params["directory"])
    files = {"hosts.yml": hosts_file([one.host for one in found])}
    files.update({path: text for one in found for path, text in one.files.items()})
    folder = Folder(directory)
    vaults = {vault_path(one.host) for one in found}
    there = {path: folder.read(path) for path in sorted({*files, *vaults})}
    kept = sorted(path for path in vaults if there[path] is not Found.NOTHING)
    for path in sorted(set(files) - set(kept)):
        if there[path] is Found.OTHER:
            raise UsageError(
                f"directory: {directory / path} is a link or no ordinary file; it is not written to. Remove it"
            )
    same = {path for path, text in files.items() if there[path] == text}
    written = sorted(set(files) - same - set(kept))
    if written and not params["overwrite"] and _holds_something(directory):
        raise UsageError(
            f"directory: {directory} is not empty; give another one, or set overwrite: true to write "
            f"{', '.join(written[:3])}{f' and {len(written) - 3} more' if len(written) > 3 else ''} there "
            "(files vault.yml that are there stay)"
        )
    if not context.check_mode:
        for path in written:
            # What a person fills in there is for nobody else.
            folder.write(path, files[path], mode=0o600 if path.endswith("/vault.yml") else 0o644)
    for one in found:
        _tell(context, one)
    return {
        "changed": bool(written),
        "hosts": [one.host for one in found],
        "written": written,
        "kept": sorted(set(kept) - same),
        "left_out": {one.name: list(one.left_out) for one in found if one.left_out},
    }


def _read(params: dict[str, Any], context: Context) -> list[App]:
    apps = list(context.api.list_apps())
    wished = params["apps"]
    if wished is None:
        return apps
    if not wished:
        raise UsageError("apps: it is empty; name the apps, or leave it out to export all")
    there = {app_name(app) for app in apps}
    for name in wished:
        if name not in there:
            # It says which names are like it.
            require_app(context, {"app": name})
    return [app for app in apps if app_name(app) in wished]


def _holds_something(directory: Path) -> bool:
    try:
        return any(directory.iterdir())
    except FileNotFoundError:
        return False
    except OSError as error:
        raise UsageError(f"directory: {directory} can't be read: {error.strerror}") from error


def _tell(context: Context, one: Exported) -> None:
    if not is_plain(one.name):
        context.warn(f"The app {quoted(one.name)} is called {one.host} in the inventory: its name is no plain word.")
    for place in one.left_out:
        context.warn(
            f"{quoted(one.name)}: {place} carries a password or a token and is left out. It stays on the platform; put the "
            "address in before the app is made anew from the inventory."
        )


OPERATION = Operation(merge(API, OPTIONS), run)


def main() -> None:
    run_module(OPERATION)


if __name__ == "__main__":
    main()
