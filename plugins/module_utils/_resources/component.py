# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.
"""The modules for one component of an app: options, run and result, for every section of the spec."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from .._ansible.arguments import API, SELECTOR, WAIT, ArgumentSpec
from .._ansible.context import Context
from .._ansible.find_app import find_app, require_app
from .._ansible.operation import Operation, Result
from .._ansible.spec_arguments import component_options
from .._edit.converge import converge
from .._edit.declaration import Declaration, Removal, declare_component, find_component
from .._edit.inherit_envs import INHERIT_ENVS_OPTION
from .._edit.plan import Plan
from .._masking.secret_register import MASK
from .._secrets.apply import SecretRules
from .._spec.schema import COMPONENTS
from .._spec.schema_types import Listing, Record
from .._spec.secret_fields import mask_secrets

#: section -> the result's key for the component
COMPONENT_KEYS = {
    "services": "service",
    "static_sites": "static_site",
    "workers": "worker",
    "jobs": "job",
    "functions": "function",
    "databases": "database",
}
STATE = ArgumentSpec({"state": {"type": "str", "choices": ["present", "absent"], "default": "present"}})
SECRETS = ArgumentSpec(
    {
        "update_secrets": {
            "type": "str",
            "choices": ["fingerprint", "on_create", "always"],
            "default": "fingerprint",
            "no_log": False,
        },
        "allow_empty_secrets": {"type": "bool", "default": False, "no_log": False},
        "allow_stale_secrets": {"type": "bool", "default": False, "no_log": False},
    }
)
"""When secrets are sent; documentation fragment ``secrets``."""
INHERIT = ArgumentSpec({INHERIT_ENVS_OPTION: {"type": "list", "elements": "str"}})
PURGE_LISTS = "purge_lists"


def purge_choices(section: str) -> list[str]:
    """The lists of a component that are merged item by item unless purged: those with a key, and the routes."""
    fields = COMPONENTS[section][1].fields
    return sorted(name for name, node in fields.items() if isinstance(node, Listing) and (node.key or name == "routes"))


def purge_option(section: str) -> ArgumentSpec:
    """The option ``purge_lists``, for components that have such lists."""
    lists = purge_choices(section)
    option = {"type": "list", "elements": "str", "choices": lists, "default": []}
    return ArgumentSpec({PURGE_LISTS: option} if lists else {})


def component_operation(section: str) -> Operation:
    """The operation of the module for components of *section*, such as ``jobs``."""
    own = ArgumentSpec(component_options(section))
    if "envs" in COMPONENTS[section][1].fields:
        own += SECRETS + INHERIT
    arguments = own + purge_option(section) + STATE + SELECTOR + WAIT + API
    return Operation(arguments, partial(_run, section))


def declared_component(node: Record, params: Mapping[str, Any]) -> dict[str, Any]:
    """The component that a task declares: the options that were given."""
    return {name: params[name] for name in (*node.fields, INHERIT_ENVS_OPTION) if params.get(name) is not None}


def _run(section: str, params: dict[str, Any], context: Context) -> Result:
    node = COMPONENTS[section][1]
    name = str(params["name"])
    edit: Declaration | Removal
    if params["state"] == "absent":
        edit = Removal(section, name)
        app = find_app(context, name=params.get("app"), app_id=params.get("app_id"))
        if app is None:
            # Without the app, the component does not exist either.
            return {"changed": False, "app": None, "deployment": None, COMPONENT_KEYS[section]: None}
    else:
        rules = SecretRules.from_params(params)
        edit = declare_component(section, declared_component(node, params), rules, params.get(PURGE_LISTS) or ())
        app = require_app(context, params)
    result = converge(Plan(context, edit), params, app)
    component = find_component(result.after, section, name)
    return result.result(**{COMPONENT_KEYS[section]: mask_secrets(node, component, MASK)})
