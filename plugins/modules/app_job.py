#!/usr/bin/python
# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: app_job
short_description: Manage a job of a DigitalOcean App Platform app
version_added: 1.0.0
author: oceanops.app_platform contributors (@oceanops)
description:
  - Adds, changes or removes one job of an app. A job is code that runs to its end and can't be reached from outside. It
    runs before a deployment, after it, when it fails, or on a schedule.
  - What the task does not mention stays as it is, in the job and in the rest of the app.
  - A change is one write and makes one deployment, in which every V(PRE_DEPLOY) and V(POST_DEPLOY) job of the app runs.
    If nothing differs there is no write and no deployment, and no job runs.
extends_documentation_fragment:
  - oceanops.app_platform.app_selector
  - oceanops.app_platform.component
  - oceanops.app_platform.purge_lists
  - oceanops.app_platform.image
  - oceanops.app_platform.repositories
  - oceanops.app_platform.build
  - oceanops.app_platform.source_dir
  - oceanops.app_platform.run
  - oceanops.app_platform.envs
  - oceanops.app_platform.alerts
  - oceanops.app_platform.log_destinations
  - oceanops.app_platform.secrets
  - oceanops.app_platform.wait
  - oceanops.app_platform.api
  - oceanops.app_platform.attributes
  - oceanops.app_platform.attributes.changes
options:
  purge_lists:
    choices: [alerts, envs, log_destinations]
  kind:
    description:
      - What makes the job run; the control panel calls it the trigger.
      - V(PRE_DEPLOY) runs in every deployment, before the release. If it fails, the deployment does, and the version
        before goes on serving. Migrations are its typical use.
      - V(POST_DEPLOY) runs in every deployment, after the release, which stays if it fails; O(fail_on_post_deploy)
        decides about the task. It is the platform's default for a new job.
      - V(FAILED_DEPLOY) runs only when a deployment fails.
      - V(SCHEDULED) runs at the times of O(schedule), and not in deployments.
    type: str
    aliases: [trigger]
  schedule:
    description:
      - When a job with O(kind=SCHEDULED) runs. It needs one, and no other kind takes one. A job that gets another kind
        loses its schedule, with a warning.
    type: dict
    suboptions:
      cron:
        description:
          - A cron expression of five fields (minute, hour, day of the month, month, day of the week), such as
            V(0 3 * * 1-5). Every schedule needs it.
          - The platform runs a job once in 15 minutes at most.
        type: str
      time_zone:
        description:
          - The time zone of the cron expression, by its name in the tz database, such as V(Europe/Berlin); V(UTC) by
            default.
        type: str
  timeout:
    description:
      - How long a run may take until the platform ends it, with units, such as V(45m), V(1h30m) or V(90s). It is 30
        minutes by default.
    type: str
  termination:
    description:
      - How a run is stopped.
    type: dict
    suboptions:
      grace_period_seconds:
        description:
          - Seconds between the request to end (SIGTERM) and the kill, 1 to 600; 120 by default.
        type: int
notes:
  - The platform has no call that runs a job now. M(oceanops.app_platform.app_job_run) does so in a deployment, and
    tells what that costs.
seealso:
  - module: oceanops.app_platform.app
  - module: oceanops.app_platform.app_job_run
  - module: oceanops.app_platform.app_job_invocation_info
  - name: Manage jobs in App Platform
    description: What jobs are, in the platform's own manual.
    link: https://docs.digitalocean.com/products/app-platform/how-to/manage-jobs/
"""

EXAMPLES = r"""
# The token comes from the environment (DIGITALOCEAN_ACCESS_TOKEN), or from the play, for all modules at once:
#   module_defaults:
#     group/oceanops.app_platform.all:
#       token: "{{ vaulted_token }}"

- name: Migrations run before each release
  oceanops.app_platform.app_job:
    app: shop
    name: migrate
    kind: PRE_DEPLOY
    image:
      registry_type: GHCR
      registry: example
      repository: shop
      tag: "2.4.1"
    run_command: python manage.py migrate --no-input
    envs:
      - key: DATABASE_URL
        value: "{{ vaulted_database_url | default('postgres://shop:from-a-vault@db.example.com/shop') }}"
        type: SECRET

- name: A report every morning, with a time limit and an alert when it fails
  oceanops.app_platform.app_job:
    app: shop
    name: nightly-report
    kind: SCHEDULED
    schedule:
      cron: "0 5 * * *"
      time_zone: Europe/Lisbon
    timeout: 45m
    image:
      registry_type: GHCR
      registry: example
      repository: shop
      tag: "2.4.1"
    run_command: bin/report
    instance_size_slug: apps-s-1vcpu-1gb
    inherit_envs_from: [web]
    alerts:
      - rule: JOB_INVOCATION_FAILED

- name: Fill the cache after each release; a failure is only a warning
  oceanops.app_platform.app_job:
    app: shop
    name: warm-up
    kind: POST_DEPLOY
    image:
      registry_type: DOCKER_HUB
      registry: example
      repository: warm-up
      digest: sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
      registry_credentials: "{{ vaulted_registry_login | default('example:a-token-from-a-vault') }}"
    run_command: warm-up --all
    fail_on_post_deploy: false

- name: Tell the team when a deployment fails
  oceanops.app_platform.app_job:
    app: shop
    name: page-the-team
    kind: FAILED_DEPLOY
    github:
      repo: example/shop-tools
      branch: main
    source_dir: notify
    run_command: bin/notify failed

- name: Move the report to another hour; everything else stays
  oceanops.app_platform.app_job:
    app: shop
    name: nightly-report
    schedule:
      cron: "30 4 * * *"

- name: The team does without the note
  oceanops.app_platform.app_job:
    app: shop
    name: page-the-team
    state: absent
"""

RETURN = r"""
job:
  description:
    - The job as it is stored, or in check mode as it would be, with secrets encrypted by the platform or masked.
    - V(null) if it is absent.
  returned: success
  type: dict
  sample: {name: migrate, kind: PRE_DEPLOY, run_command: python manage.py migrate --no-input}
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

OPERATION = component_operation("jobs")


def main() -> None:
    run_module(OPERATION)


if __name__ == "__main__":
    main()
