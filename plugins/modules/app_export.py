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

from ansible_collections.oceanops.app_platform.plugins.module_utils._ansible.arguments import API, ArgumentSpec, merge
from ansible_collections.oceanops.app_platform.plugins.module_utils._ansible.module import run_module
from ansible_collections.oceanops.app_platform.plugins.module_utils._ansible.operation import Operation
from ansible_collections.oceanops.app_platform.plugins.module_utils._resources.export import export_apps

OPTIONS = ArgumentSpec(
    {
        "directory": {"type": "path", "required": True},
        "apps": {"type": "list", "elements": "str"},
        "overwrite": {"type": "bool", "default": False},
    }
)
OPERATION = Operation(merge(API, OPTIONS), export_apps)


def main() -> None:
    run_module(OPERATION)


if __name__ == "__main__":
    main()
