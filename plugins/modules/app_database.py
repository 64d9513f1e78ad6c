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
  - Adds, changes or removes one database of an app. It is a dev database, a small PostgreSQL that belongs to the app, or a
    cluster of the account that the app is attached to. A cluster has to exist; it is not made here.
  - Other components reach it through variables, such as V(${db.DATABASE_URL}) for a database of the name V(db), in their
    C(envs).
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
      - Whether it is a cluster of the account, which O(cluster_name) names, and not a dev database. A new database is a dev
        database by default.
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
  description:
    - The app after the task; in check mode as it would be. What is not known or empty is V(null).
    - V(null) if there is no such app. A task that fails after it wrote something has it too, so that the id is known.
  returned: success
  type: dict
  contains:
    name:
      description: Its name.
      returned: always
      type: str
      sample: shop
    id:
      description: Its id; V(null) in check mode for an app that does not exist yet.
      returned: always
      type: str
      sample: 2f5c7f0e-6f0b-4b1e-9a4b-8b6e3f1d9c55
    region:
      description: The region that it is in.
      returned: always
      type: str
      sample: ams
    default_ingress:
      description: The address that the platform gave it.
      returned: always
      type: str
      sample: https://shop-a1b2c.ondigitalocean.app
    live_url:
      description: Its address, with its own domain if it has one. An app of only workers and jobs has none.
      returned: always
      type: str
      sample: https://shop.example.com
    live_domain:
      description: The host name of that address.
      returned: always
      type: str
      sample: shop.example.com
    tier_slug:
      description: The tier that it is billed in.
      returned: always
      type: str
      sample: professional
    project_id:
      description: The project that it is in; V(null) if the token may not read projects.
      returned: always
      type: str
      sample: 88b72d1a-9f6e-4b0c-8a35-6c7a1e0f4d21
    created_at:
      description: When it was created.
      returned: always
      type: str
      sample: "2026-03-01T10:00:00Z"
    updated_at:
      description: When its configuration changed last.
      returned: always
      type: str
      sample: "2026-03-02T09:30:00Z"
    last_deployment_created_at:
      description: When its last deployment was made.
      returned: always
      type: str
      sample: "2026-03-02T09:30:00Z"
    spec:
      description: Its whole spec, with secrets encrypted by the platform or masked.
      returned: always
      type: dict
      sample: {name: shop, region: ams, jobs: [{name: migrate, kind: PRE_DEPLOY}]}
deployment:
  description:
    - The deployment that the task made, or joined because it was bringing the same spec. If the task made none, the
      deployment that runs the spec. V(null) if there is none, and in check mode.
    - A task that fails because the deployment did has it too, with RV(deployment.failures) and RV(deployment.logs).
  returned: always
  type: dict
  contains:
    id:
      description: Its id.
      returned: always
      type: str
      sample: 9a1b3c5d-0f3a-4c27-9b7e-1f0c6ad7e6a2
    phase:
      description:
        - V(PENDING_BUILD), V(BUILDING), V(PENDING_DEPLOY) or V(DEPLOYING) while it is being made.
        - V(ACTIVE) if it runs, V(SUPERSEDED) if a newer one took its place, V(ERROR) or V(CANCELED) if it ended badly.
      returned: always
      type: str
      sample: ACTIVE
    cause:
      description: What made it, in the platform's words.
      returned: always
      type: str
      sample: app spec updated
    created_at:
      description: When it was made.
      returned: always
      type: str
      sample: "2026-03-02T09:30:00Z"
    duration:
      description: Seconds that it took; V(null) while it is being made.
      returned: always
      type: float
      sample: 94.0
    jobs:
      description:
        - Each job of the app, with how it went in this deployment.
        - The status is V(PENDING), V(RUNNING), V(SUCCESS), V(ERROR), V(CANCELED), V(SKIPPED), V(NOT_TRIGGERED) for a
          V(FAILED_DEPLOY) job that was not needed, V(SCHEDULED) for one that runs by its schedule, or V(UNKNOWN).
      returned: always
      type: list
      elements: dict
      sample: [{name: migrate, kind: PRE_DEPLOY, status: SUCCESS, duration: 4.2, reason: null}]
    steps:
      description: How many steps there are, and how many of them are where.
      returned: always
      type: dict
      sample: {success: 11, running: 0, pending: 0, error: 0, total: 11}
    sources:
      description: The commit or the image digest of each component.
      returned: always
      type: list
      elements: dict
      sample: [{component: web, commit: null, digest: "sha256:0c9d..."}]
    failures:
      description: What failed, the most telling first. It is empty if nothing did.
      returned: always
      type: list
      elements: dict
      sample:
        - component: migrate
          kind: PRE_DEPLOY
          step: deploy > components > migrate
          code: DeployContainerExitNonZero
          message: the container exited with status 1
          exit_code: 1
          hint: "The container started and ended with an error: read its last log lines."
    logs:
      description:
        - The last lines of the logs of what failed, as many as O(log_lines) says; in place of them a note why there are
          none.
      returned: always
      type: list
      elements: dict
      sample:
        - component: migrate
          type: DEPLOY
          lines: ["could not connect to server: Connection refused"]
          note: null
    superseded:
      description: Ids of the deployments whose place it took while they were waited for.
      returned: always
      type: list
      elements: str
      sample: []
    console_url:
      description: Where a person sees it.
      returned: always
      type: str
      sample: https://cloud.digitalocean.com/apps/2f5c7f0e-6f0b-4b1e-9a4b-8b6e3f1d9c55/deployments/9a1b3c5d-0f3a-4c27-9b7e-1f0c6ad7e6a2
conflict:
  description:
    - What is in the app in place of what the task declared, where other writers were faster again and again, or where the
      platform did not keep all of it. Secrets are masked.
  returned: failure, with RV(failure.code=concurrent_edit) or RV(failure.code=not_kept)
  type: dict
  contains:
    there:
      description: What is there.
      returned: always
      type: dict
      sample: {jobs: [{name: migrate, run_command: bin/old}]}
    wanted:
      description: What the task declared.
      returned: always
      type: dict
      sample: {jobs: [{name: migrate, run_command: bin/new}]}
restored:
  description: Whether the spec of the active deployment was put back after the new one failed.
  returned: on failure, with O(on_failure=restore_spec)
  type: bool
  sample: true
failure:
  description: What went wrong, for programs.
  returned: failure
  type: dict
  contains:
    code:
      description:
        - A word for the kind of failure, such as V(usage), V(app_not_found), V(unauthorized), V(deployment_failed),
          V(post_deploy_job_failed), V(wait_timeout) or V(concurrent_edit).
      returned: always
      type: str
      sample: deployment_failed
    message:
      description: The same as the task's message.
      returned: always
      type: str
      sample: "Deployment 9a1b3c5d of app shop failed (phase ERROR): job migrate (PRE_DEPLOY), step deploy > components > migrate: DeployContainerExitNonZero."
    status:
      description: The HTTP status of the call that failed, if one did.
      returned: always
      type: int
      sample: null
    request_id:
      description: The platform's id of that call, which its support asks for.
      returned: always
      type: str
      sample: null
    method:
      description: Its method.
      returned: always
      type: str
      sample: null
    path:
      description: Its path.
      returned: always
      type: str
      sample: null
"""

from ansible_collections.oceanops.app_platform.plugins.module_utils._ansible.module import run_module
from ansible_collections.oceanops.app_platform.plugins.module_utils._resources.component import component_operation

OPERATION = component_operation("databases")


def main() -> None:
    run_module(OPERATION)


if __name__ == "__main__":
    main()
