#!/usr/bin/python
# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: app_database
short_description: Manage a database of a DigitalOcean App Platform app
version_added: 1.0.0
author: oceanops.app_platform contributors (@oceanops)
description:
  - Adds, changes or removes one database of an app. It is a dev database, a small PostgreSQL that belongs to the app,
    or a cluster of the account that the app is attached to. A cluster has to exist; it is not made here.
  - Other components reach it through variables, such as V(${db.DATABASE_URL}) for a database of the name V(db), in
    their C(envs).
  - Removing a dev database removes its data. Removing a cluster detaches it and leaves it as it is.
  - What the task does not mention stays as it is, in the database and in the rest of the app.
extends_documentation_fragment:
  - oceanops.app_platform.app_selector
  - oceanops.app_platform.component
  - oceanops.app_platform.wait
  - oceanops.app_platform.api
  - oceanops.app_platform.attributes
  - oceanops.app_platform.attributes.changes
options:
  engine:
    description:
      - What it is. A dev database is V(PG).
      - V(PG), PostgreSQL.
      - V(MYSQL), MySQL.
      - V(REDIS) or V(VALKEY), its successor.
      - V(MONGODB), V(KAFKA) or V(OPENSEARCH).
    type: str
  version:
    description:
      - The version of the engine, such as V("16"). Write it in quotes. The platform chooses one by default.
    type: str
  production:
    description:
      - Whether it is a cluster of the account, which O(cluster_name) names, and not a dev database. A new database is a
        dev database by default.
    type: bool
  cluster_name:
    description:
      - The name of the cluster. O(production=true) needs it.
    type: str
  db_name:
    description:
      - The database of the cluster to connect to. V(PG) and V(MYSQL) only.
    type: str
  db_user:
    description:
      - The user to connect as. V(PG) and V(MYSQL) only.
    type: str
notes:
  - One change can't remove a database and add another one; use two tasks.
  - Components that refer to a database that is removed stop the task, before anything is sent.
seealso:
  - module: oceanops.app_platform.app
  - module: oceanops.app_platform.app_job
  - name: Manage databases in App Platform
    description: What databases of an app are, in the platform's own manual.
    link: https://docs.digitalocean.com/products/app-platform/how-to/manage-databases/
"""

EXAMPLES = r"""
- name: A dev database
  oceanops.app_platform.app_database:
    app: shop
    name: db
    engine: PG

- name: The service reads its address
  oceanops.app_platform.app_env:
    app: shop
    component: web
    key: DATABASE_URL
    value: ${db.DATABASE_URL}
    scope: RUN_TIME

- name: A cluster of the account
  oceanops.app_platform.app_database:
    app: shop
    name: main-db
    engine: PG
    production: true
    cluster_name: shop-cluster
    db_name: shop
    db_user: shop

- name: The app leaves the cluster, which stays
  oceanops.app_platform.app_database:
    app: shop
    name: main-db
    state: absent
"""

RETURN = r"""
database:
  description:
    - The database as it is stored, or in check mode as it would be, with secrets encrypted by the platform or masked.
    - V(null) if it is absent.
  returned: success
  type: dict
  sample: {name: db, engine: PG}
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

OPERATION = component_operation("databases")


def main() -> None:
    run_module(OPERATION)


if __name__ == "__main__":
    main()
