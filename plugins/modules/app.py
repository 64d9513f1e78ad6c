#!/usr/bin/python
# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: app
short_description: Manage an app of DigitalOcean App Platform
version_added: 1.0.0
author: oceanops.app_platform contributors (@oceanops)
description:
  - Adds, changes or removes an app with all its components, jobs, domains, variables and alerts, from one spec.
  - A change is one write and makes one deployment, whatever the number of components. If nothing differs there is no
    write and no deployment, also after the platform has rewritten the spec in its own way.
  - What the spec does not mention stays as it is, unless O(purge) is set.
extends_documentation_fragment:
  - oceanops.app_platform.secrets
  - oceanops.app_platform.wait
  - oceanops.app_platform.api
  - oceanops.app_platform.attributes
  - oceanops.app_platform.attributes.changes
options:
  name:
    description:
      - The name of the app, unique in the account. It need not be given where O(spec) has it, and has to be the same if
        both are given.
      - 2 to 32 lower-case letters, digits and hyphens; it begins with a letter and does not end with a hyphen.
    type: str
  app_id:
    description:
      - The id of the app. It is needed only to rename one, together with O(rename), or to remove one by its id.
    type: str
  state:
    description:
      - V(present) adds the app, or changes what differs. It needs O(spec).
      - V(absent) removes it with everything in it, the data of its dev databases included. Clusters that are attached
        to it stay. It needs O(name) or O(app_id).
    type: str
    choices: [present, absent]
    default: present
  spec:
    description:
      - The app's spec, as C(.do/app.yaml) holds it and C(doctl apps spec get) prints it. A deploy template, with a
        C(spec:) around it, is taken too, and so is what M(oceanops.app_platform.app_info) exports.
      - All fields of the platform's spec are known; others are passed on with a warning. Everything that is wrong is
        told at once, before anything is sent, with its path, such as C(jobs[migrate].schedule.cron).
      - Components are matched by their name, variables by key and scope, alerts by rule, log destinations by name,
        domains by their name, ingress rules by what they match; their order does not matter, but for that of ingress
        rules. A field that is not mentioned stays. An empty value (V([]), V({}), an empty text) removes what is there.
      - C(routes) and C(cors) of a component become ingress rules, as the platform makes them.
      - C(inherit_envs_from), a list of names of components, may stand in a component; it gets their variables as well.
    type: dict
  purge:
    description:
      - Whether to remove what the spec does not mention, down to single fields. Kept are fields that the platform fills
        in, fields that are not known here, and the credentials and tokens of what remains.
      - A database is removed only if O(confirm_destroy) names it; the task fails otherwise.
    type: bool
    default: false
  confirm_destroy:
    description:
      - Names of databases that may be removed. A dev database goes with its data.
    type: list
    elements: str
    default: []
  rename:
    description:
      - Whether the app with the id O(app_id) may get another name. Without it, a name that is not that of the app is
        taken for a mistake.
    type: bool
    default: false
  secrets:
    description:
      - Secrets, kept apart from O(spec) so that this can be in version control. A mapping of component to key to value;
        V(_app) in place of a component means the app itself.
      - A key is that of an environment variable, which becomes a secret of this component.
      - The key V(image.registry_credentials) means the credentials of the component's image, and keys such as
        V(log_destinations.logs.logtail.token) those of the log destination V(logs).
      - An address that carries a password or a token can stand here as well, V(git.repo_clone_url) and
        V(log_destinations.logs.open_search.endpoint) for example.
    type: dict
  project:
    description:
      - The id of the project that the app belongs to. A new app gets into the account's default project if it is not
        given; one that is in another project is moved, which makes no deployment.
      - The token needs the scopes C(project:read) and C(project:assign_resource).
    type: str
  update_sources:
    description:
      - Whether a change also fetches the newest commit or image of every component. Otherwise the components that do
        not change keep what they run.
      - It makes no deployment where nothing differs; M(oceanops.app_platform.app_deployment) does.
    type: bool
    default: false
notes:
  - A POST that creates an app is sent once. If its answer is lost, the app is looked up by its name and adopted.
  - Who is told of alerts is no part of a spec; see M(oceanops.app_platform.app_alert).
seealso:
  - module: oceanops.app_platform.app_job
  - module: oceanops.app_platform.app_info
  - module: oceanops.app_platform.app_deployment
  - name: App spec reference
    description: All fields of a spec, in the platform's own manual.
    link: https://docs.digitalocean.com/products/app-platform/reference/app-spec/
"""

EXAMPLES = r"""
# The token comes from the environment (DIGITALOCEAN_ACCESS_TOKEN), or from the play, for all modules at once:
#   module_defaults:
#     group/oceanops.app_platform.all:
#       token: "{{ vaulted_token }}"

- name: An app with a service, a migration and a nightly report
  oceanops.app_platform.app:
    spec:
      name: shop
      region: ams
      services:
        - name: web
          image:
            registry_type: GHCR
            registry: example
            repository: shop
            tag: "2.4.1"
          instance_size_slug: apps-s-1vcpu-1gb
          routes:
            - path: /
          envs:
            - key: LOG_LEVEL
              value: info
      jobs:
        - name: migrate
          kind: PRE_DEPLOY
          image:
            registry_type: GHCR
            registry: example
            repository: shop
            tag: "2.4.1"
          run_command: python manage.py migrate --no-input
        - name: nightly-report
          kind: SCHEDULED
          schedule:
            cron: "0 5 * * *"
          image:
            registry_type: GHCR
            registry: example
            repository: shop
            tag: "2.4.1"
          run_command: bin/report
    secrets:
      web:
        SESSION_KEY: "{{ vaulted_session_key | default('a long text from a vault') }}"
      _app:
        DATABASE_URL: "{{ vaulted_database_url | default('postgres://shop:from-a-vault@db.example.com/shop') }}"

- name: A newer image for two components, and back to the old spec if it does not come up
  oceanops.app_platform.app:
    name: shop
    spec:
      services:
        - name: web
          image:
            tag: "2.4.2"
      jobs:
        - name: migrate
          image:
            tag: "2.4.2"
    on_failure: restore_spec

- name: The app that a file describes, and nothing else
  oceanops.app_platform.app:
    spec: "{{ lookup('ansible.builtin.file', 'app.yaml') | from_yaml }}"
    purge: true
  when: "'app.yaml' is file"

- name: An app that nobody needs any more
  oceanops.app_platform.app:
    name: shop-preview
    state: absent
"""

RETURN = r"""
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
      description:
        - What failed, the most telling first, with component, kind, step, reason code, message, exit code and, for a
          known reason, a hint. It is empty if nothing did.
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
    - What is in the app in place of what the task declared, where other writers were faster again and again, or where
      the platform did not keep all of it. Secrets are masked.
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
from ansible_collections.oceanops.app_platform.plugins.module_utils._resources.app import app_operation

OPERATION = app_operation()


def main() -> None:
    run_module(OPERATION)


if __name__ == "__main__":
    main()
