# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: apps
short_description: Apps of DigitalOcean App Platform as hosts
version_added: 1.0.0
author: oceanops.app_platform contributors (@oceanops)
description:
  - Makes a host of every app that the token can see, with what is known of the app in variables, and groups them.
  - The name of the file must end with C(app_platform.yml) or C(app_platform.yaml).
  - Nothing is logged into. The tasks for such a host run on the controller, see O(local).
  - No secret is part of the inventory. Variables of a spec that are secrets stand there without their values.
  - No text of the platform is ever a template, whatever it looks like. So C(ansible-inventory --list) writes each one
    as a mapping with the key C(__ansible_unsafe), which Ansible reads as the same text again.
  - All apps are read with one call for each 200 of them.
extends_documentation_fragment:
  - ansible.builtin.constructed
  - ansible.builtin.inventory_cache
  - oceanops.app_platform.api
options:
  plugin:
    description:
      - The name of this plugin.
    type: str
    required: true
    choices: [oceanops.app_platform.apps]
  hostname:
    description:
      - What the hosts are called. V(name) is the name of the app, V(id) its id.
      - An app is called by its id in any case if its name means something else to Ansible (C(all), C(localhost),
        C(ungrouped)), if another app, a group, or a host of an inventory that was read before has it too, or if it is
        no plain word of letters, digits, dots, dashes and underscores. An app whose id is no such word either is called
        C(app-) with a digest of both.
    type: str
    choices: [name, id]
    default: name
  group:
    description:
      - The group that all apps are in.
    type: str
    default: app_platform
  default_groups:
    description:
      - Whether to group the apps by region, project, tier, phase, kinds of components and kinds of jobs.
      - The groups are called as in C(region_ams), C(project_5f1c2f3a_9c0e_4a53_8f43_0ad5e3fd0c5d),
        C(tier_professional), C(phase_active), C(component_worker) and C(job_kind_scheduled).
    type: bool
    default: true
  regions:
    description:
      - Only the apps in these regions, such as V(ams). Without it, those in all.
    type: list
    elements: str
  project_ids:
    description:
      - Only the apps in the projects with these ids. Without it, those in all.
    type: list
    elements: str
  look_up_failed:
    description:
      - Whether to ask how the newest deployment ended where it is neither live nor under way. That is one more call for
        each app whose newest deployment failed.
      - With V(false), the phase of such an app is V(UNKNOWN).
    type: bool
    default: true
  local:
    description:
      - Whether each host gets C(ansible_connection=local), with the Python that runs Ansible.
      - If it is false, say so yourself, for example in C(group_vars/app_platform.yml).
    type: bool
    default: true
notes:
  - Values of O(token), O(api_url) and the other options of the API may be templates.
seealso:
  - module: oceanops.app_platform.app_info
"""

EXAMPLES = r"""
# apps.app_platform.yml, with the token in the environment (DIGITALOCEAN_ACCESS_TOKEN)
plugin: oceanops.app_platform.apps
---
# The token out of another place, only two regions, remembered for ten minutes
plugin: oceanops.app_platform.apps
token: "{{ lookup('ansible.builtin.file', '~/.config/app_platform_token') }}"
regions:
  - ams
  - fra
cache: true
cache_plugin: ansible.builtin.jsonfile
cache_connection: ~/.cache/app_platform
cache_timeout: 600
---
# Groups and variables of your own
plugin: oceanops.app_platform.apps
default_groups: false
strict: true
keyed_groups:
  - key: app_platform_region
    prefix: where
  - key: app_platform_jobs | map(attribute='name')
    prefix: has_job
groups:
  preview: app_platform_name.endswith('-preview')
  broken: app_platform_phase == 'ERROR'
compose:
  scheduled_jobs: app_platform_jobs | selectattr('kind', 'eq', 'SCHEDULED') | map(attribute='name')
"""

import json
import sys
from contextlib import suppress
from typing import Any

from ansible.errors import AnsibleParserError
from ansible.inventory.data import InventoryData
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.parsing.dataloader import DataLoader
from ansible.plugins.inventory import BaseInventoryPlugin, Cacheable, Constructable

from ansible_collections.oceanops.app_platform.plugins.module_utils._ansible.arguments import API, client_settings
from ansible_collections.oceanops.app_platform.plugins.module_utils._ansible.host_names import host_name, quote_name
from ansible_collections.oceanops.app_platform.plugins.module_utils._api.apps import AppsApi
from ansible_collections.oceanops.app_platform.plugins.module_utils._api.client import Client
from ansible_collections.oceanops.app_platform.plugins.module_utils._api.errors import AppPlatformError
from ansible_collections.oceanops.app_platform.plugins.module_utils._masking.secret_register import SecretRegister
from ansible_collections.oceanops.app_platform.plugins.module_utils._resources.app_facts import read_app_facts
from ansible_collections.oceanops.app_platform.plugins.module_utils._system.json_types import to_json_types
from ansible_collections.oceanops.app_platform.plugins.module_utils._system.name_cache import account_key
from ansible_collections.oceanops.app_platform.plugins.plugin_utils._inventory_groups import (
    PREFIX,
    group_name,
    groups,
    sanitize_group,
)
from ansible_collections.oceanops.app_platform.plugins.plugin_utils._untrusted import mark_untrusted


class InventoryModule(BaseInventoryPlugin, Constructable, Cacheable):
    NAME = "oceanops.app_platform.apps"
    #: Used by Constructable for groups named after text of the platform.
    _sanitize_group_name = staticmethod(sanitize_group)

    def verify_file(self, path: str) -> bool:
        """Whether the file is a configuration of this plugin."""
        matches = path.endswith(("app_platform.yml", "app_platform.yaml"))
        return bool(super().verify_file(path)) and matches

    def parse(self, inventory: InventoryData, loader: DataLoader, path: str, cache: bool = True) -> None:
        """Add hosts and groups for the apps, which are read from the API or the cache."""
        super().parse(inventory, loader, path, cache)
        config = self._read_config_data(path)
        selected = [facts for facts in self._apps(self._api_params(config), path, cache) if self._wanted(facts)]
        group_names = frozenset(group for facts in selected for group in self._groups(facts))
        for facts in selected:
            self._add(inventory, facts, group_names)

    def _api_params(self, config: dict[str, Any]) -> dict[str, Any]:
        """The API options as in the modules: templates evaluated, with fallbacks and defaults."""
        given = {name: config[name] for name in API.options if config.get(name) is not None}
        given = {name: self.templar.template(one) if isinstance(one, str) else one for name, one in given.items()}
        checked = ArgumentSpecValidator(**API.as_arguments()).validate(to_json_types(given))
        if checked.error_messages:
            raise AnsibleParserError("\n".join(checked.error_messages))
        params: dict[str, Any] = checked.validated_parameters
        return params

    def _apps(self, params: dict[str, Any], path: str, cache: bool) -> list[dict[str, Any]]:
        use_cache = bool(self.get_option("cache"))
        look_up = bool(self.get_option("look_up_failed"))
        # Apps that one token may see are not for another one.
        account = account_key(params["api_url"], params.get("token") or "")[:16]
        key = f"{self.get_cache_key(path)}_{account}_{'all' if look_up else 'list'}"
        if use_cache and cache:
            with suppress(KeyError, TypeError, ValueError):
                found: list[dict[str, Any]] = json.loads(to_json_types(self._cache[key]["apps"]))
                return found
        apps = self._read(params, look_up)
        if use_cache:
            # As one string: core's decoders would turn some mappings into templates or vaulted values.
            self._cache[key] = {"apps": json.dumps(apps)}
        return apps

    def _read(self, params: dict[str, Any], look_up: bool) -> list[dict[str, Any]]:
        register = SecretRegister()
        register.add(params.get("token"))
        try:
            return read_app_facts(AppsApi(Client(client_settings(params))), look_up=look_up)
        except AppPlatformError as error:
            failure = register.mask_text(error.message)
        raise AnsibleParserError(failure)

    def _wanted(self, facts: dict[str, Any]) -> bool:
        regions, projects = self.get_option("regions"), self.get_option("project_ids")
        return (not regions or facts["region"] in regions) and (not projects or facts["project_id"] in projects)

    def _groups(self, facts: dict[str, Any]) -> list[str]:
        default = groups(facts) if self.get_option("default_groups") else ()
        return [group_name(self.get_option("group")), *default]

    def _add(self, inventory: InventoryData, facts: dict[str, Any], named: frozenset[str]) -> None:
        host = self._host_name(inventory, facts, named)
        inventory.add_host(host)
        if self.get_option("local"):
            inventory.set_variable(host, "ansible_connection", "local")
            inventory.set_variable(host, "ansible_python_interpreter", sys.executable)
        for name, value in facts.items():
            inventory.set_variable(host, PREFIX + name, mark_untrusted(value))
        for group in self._groups(facts):
            inventory.add_child(inventory.add_group(group), host)
        strict = self.get_option("strict")
        self._set_composite_vars(self.get_option("compose"), _variables(inventory, host), host, strict=strict)
        known = _variables(inventory, host)
        self._add_host_to_composed_groups(self.get_option("groups"), known, host, strict=strict)
        self._add_host_to_keyed_groups(self.get_option("keyed_groups"), known, host, strict=strict)

    def _host_name(self, inventory: InventoryData, facts: dict[str, Any], named: frozenset[str]) -> str:
        name, app_id = str(facts["name"]), str(facts["id"])
        preferred = app_id if self.get_option("hostname") == "id" else name

        def refused(word: str) -> bool:
            # The variables of a host named like a group would apply to the group. A host of another inventory source
            # would get a local connection: its tasks would run on the controller, and whoever can name apps could cause
            # that.
            group = word in inventory.groups or word in named
            exists = inventory.get_host(word) is not None
            return group or (exists and _variables(inventory, word).get(f"{PREFIX}id") != app_id)

        host = host_name(preferred, app_id, refused)
        if host != preferred:
            self.display.warning(
                f"{self.NAME}: the app {quote_name(name)} is called {host}, as another app, host or group has its "
                "name, or Ansible could take it for something else."
            )
        return host


def _variables(inventory: InventoryData, host: str) -> dict[str, Any]:
    host_object = inventory.get_host(host)
    return {} if host_object is None else dict(host_object.get_vars())
