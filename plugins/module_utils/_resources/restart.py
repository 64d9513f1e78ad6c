# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.

"""The module app_restart: restart services and workers."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from .._ansible.context import Context
from .._ansible.find_app import require_app
from .._api.errors import UsageError
from .._deployments.deployment import id_of, require_spec
from .._deployments.follow import check_not_pinned, wait_until_idle
from .._edit.declaration import component_names, section_of
from .deployment_actions import action_result, follow_created

RESTARTED = ("services", "workers")


def restart(params: dict[str, Any], context: Context) -> dict[str, Any]:
    """Restart, and follow the deployment that this creates."""
    app = require_app(context, params)
    spec = require_spec(app)
    context.register_secrets(spec)
    components = _components(spec, params["components"])
    watch = context.watch()
    # A restart runs no jobs, so the steps of a POST_DEPLOY job would never end.
    watch = replace(watch, options=replace(watch.options, fail_on_post_deploy=False))
    check_not_pinned(app)
    deployment = None
    if not context.check_mode:
        if watch.options.wait_for_idle:
            app = wait_until_idle(watch, app)
        created = context.api.restart(id_of(app), components if params["components"] is not None else ())
        deployment = follow_created(watch, app, created)
    return action_result(context, app, deployment, changed=True, components=components)


def _components(spec: dict[str, Any], selected: list[str] | None) -> list[str]:
    """The names of the components to restart. Raises UsageError for those that can't be restarted."""
    restartable = sorted(name for name in component_names(spec) if section_of(spec, name) in RESTARTED)
    if selected is None:
        problems = (
            [] if restartable else ["components: this app has no services and no workers, so nothing can be restarted"]
        )
    else:
        problems = [_problem(spec, name, restartable) for name in selected if name not in restartable]
        if not selected:
            problems.append("components: empty; name services and workers, or leave it out to restart all of them")
    if problems:
        raise UsageError(problems)
    return restartable if selected is None else sorted(set(selected))


def _problem(spec: dict[str, Any], name: str, able: list[str]) -> str:
    section = section_of(spec, name)
    if section is None:
        return f"components: this app has no component {name!r}; it has {', '.join(able) or 'nothing to restart'}"
    return f"components: {name} is one of the {section}; only services and workers can be restarted"
