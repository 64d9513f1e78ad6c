#!/usr/bin/python
# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: app_static_site
short_description: Manage a static site of a DigitalOcean App Platform app
version_added: 1.0.0
author: oceanops.app_platform contributors (@oceanops)
description:
  - Adds, changes or removes one static site of an app. A static site is built from a repository once a deployment, and
    the platform serves its files from its network, so it has no instances.
  - What the task does not mention stays as it is, in the static site and in the rest of the app.
extends_documentation_fragment:
  - oceanops.app_platform.app_selector
  - oceanops.app_platform.component
  - oceanops.app_platform.purge_lists
  - oceanops.app_platform.repositories
  - oceanops.app_platform.build
  - oceanops.app_platform.source_dir
  - oceanops.app_platform.envs
  - oceanops.app_platform.routes
  - oceanops.app_platform.secrets
  - oceanops.app_platform.wait
  - oceanops.app_platform.api
  - oceanops.app_platform.attributes
  - oceanops.app_platform.attributes.changes
options:
  purge_lists:
    choices: [envs, routes]
  output_dir:
    description:
      - Where the build leaves the files, a path below O(source_dir). The platform looks for C(_static), C(dist),
        C(public) and C(build) by itself.
    type: str
  index_document:
    description:
      - The file that is served for a directory; V(index.html) by default.
    type: str
  error_document:
    description:
      - The file that is served for what does not exist; V(404.html) by default. O(catchall_document) takes its place.
    type: str
  catchall_document:
    description:
      - The file that is served for every path that does not exist, as applications that run in the browser need it.
        O(error_document) takes its place.
    type: str
seealso:
  - module: oceanops.app_platform.app
  - module: oceanops.app_platform.app_ingress_rule
  - name: Manage static sites in App Platform
    description: What static sites are, in the platform's own manual.
    link: https://docs.digitalocean.com/products/app-platform/how-to/manage-static-sites/
"""

EXAMPLES = r"""
- name: The documentation, under /docs
  oceanops.app_platform.app_static_site:
    app: shop
    name: docs
    github:
      repo: example/shop-docs
      branch: main
      deploy_on_push: true
    environment_slug: hugo
    output_dir: public
    routes:
      - path: /docs

- name: An application that runs in the browser
  oceanops.app_platform.app_static_site:
    app: shop
    name: front
    git:
      repo_clone_url: https://git.example.com/shop-front.git
      branch: main
    build_command: npm run build
    catchall_document: index.html
    routes:
      - path: /app
    envs:
      - key: API_ADDRESS
        value: ${APP_URL}/api
        scope: BUILD_TIME

- name: The documentation has moved elsewhere
  oceanops.app_platform.app_static_site:
    app: shop
    name: docs
    state: absent
"""

RETURN = r"""
static_site:
  description:
    - The static site as it is stored, or in check mode as it would be, with secrets encrypted by the platform or
      masked.
    - V(null) if it is absent.
  returned: success
  type: dict
  sample: {name: docs, output_dir: public}
app:
  description: The app after the task, with the keys of RV(oceanops.app_platform.app#module:app).
  returned: success
  type: dict
  sample: {name: shop, id: 2f5c7f0e-6f0b-4b1e-9a4b-8b6e3f1d9c55}
deployment:
  description:
    - The deployment that the task made or joined, with the keys of RV(oceanops.app_platform.app#module:deployment).
  returned: always
  type: dict
  sample: {phase: ACTIVE, cause: app spec updated, duration: 94.0}
conflict:
  description:
    - What is in the app in place of what the task declared, with the keys of
      RV(oceanops.app_platform.app#module:conflict).
  returned: failure, with the code V(concurrent_edit) or V(not_kept)
  type: dict
  sample: {there: {run_command: bin/old}, wanted: {run_command: bin/new}}
restored:
  description:
    - Whether the spec of the active deployment was put back, as RV(oceanops.app_platform.app#module:restored).
  returned: on failure, with O(on_failure=restore_spec)
  type: bool
  sample: true
failure:
  description: What went wrong, for programs, with the keys of RV(oceanops.app_platform.app#module:failure).
  returned: failure
  type: dict
  sample: {code: deployment_failed}
"""

from ansible_collections.oceanops.app_platform.plugins.module_utils._ansible.module import run_module
from ansible_collections.oceanops.app_platform.plugins.module_utils._resources.component import component_operation

OPERATION = component_operation("static_sites")


def main() -> None:
    run_module(OPERATION)


if __name__ == "__main__":
    main()
