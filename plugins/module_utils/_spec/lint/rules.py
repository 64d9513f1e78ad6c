# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.
"""The rules of the lint: name, level, description. ``docs/lint.md`` is generated from this table.

An error is something that the server refuses or that is certainly unintended. Everything else is a warning, including
unknown fields and enum values, since the platform may add them at any time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Level = Literal["error", "warning"]
_MAX_MESSAGE_LENGTH = 900


@dataclass(frozen=True)
class Finding:
    """One problem of a spec. ``path``: of the field, with list items by name (``jobs[migrate].schedule.cron``).

    ``message``: value, allowed values and remedy, without secrets. ``rule``: a key of ``RULES``.
    """

    level: Level
    path: str
    message: str
    rule: str


def finding(rule: str, path: str, message: str) -> Finding:
    """A finding with the level of its rule; the message is put on one line and truncated."""
    line = " ".join(message[:_MAX_MESSAGE_LENGTH].splitlines())
    return Finding(RULES[rule][0], path, line if len(message) <= _MAX_MESSAGE_LENGTH else f"{line}...", rule)


#: rule -> (level, description)
RULES: Mapping[str, tuple[Level, str]] = {
    # single values: structure.py
    "wrong_shape": ("error", "A mapping, a list or a single value where another of these belongs"),
    "wrong_type": ("error", "A value that is no number or no boolean where one belongs"),
    "unquoted": ("error", "A boolean or a number with a fraction where a text belongs: a tag, a version, a command"),
    "unquoted_value": ("warning", "The same as the value of an env, which is sent as YAML has read it"),
    "missing_field": ("error", "A field that the platform needs is not there"),
    "wrong_form": ("error", "A name, key, host name, digest or URL that does not have the form it must have"),
    "wrong_length": ("error", "A text that is too short or too long"),
    "out_of_range": ("error", "A number outside its bounds"),
    "wrong_duration": ("error", "A duration without a unit, with an unknown unit, or of no length"),
    "exclusive_fields": ("error", "Fields of which only one can be given: tag or digest, error or catch-all document"),
    "several_sources": ("error", "A component with more than one source"),
    "count_and_autoscaling": ("error", "A fixed number of instances beside autoscaling"),
    "zero_is_unset": ("warning", "A zero where the API means by zero that nothing is set, so that its default counts"),
    # the names of fields and words: fields.py, structure.py
    "misspelt_field": ("error", "A field under another name than the API's; the message names the right one"),
    "misplaced_field": ("error", "A field of the spec in a place where it does not belong"),
    "foreign_field": ("error", "A field that this kind of component does not have, such as http_port of a job"),
    "not_in_spec": ("error", "Something that is set elsewhere than in a spec: alert destinations, trusted sources"),
    "unusual_field": ("warning", "A field that the platform publishes for static sites and does not document"),
    "unknown_field": (
        "warning",
        "A field that is not known here; it passes, and the message names the most similar known one",
    ),
    "misspelt_word": ("error", "An enum value in other letters or under another name; the message names the right one"),
    "unknown_word": (
        "warning",
        "A value that its enum does not have here; it passes, and the message names the known ones",
    ),
    "foreign_alert": ("error", "An alert rule at a level or a kind of component that does not have it"),
    # names and totals: app.py
    "duplicate_name": ("error", "Two components, of whatever kinds, with one name"),
    "no_component": ("error", "An app without any component"),
    "only_databases": ("warning", "An app with nothing but databases"),
    "many_containers": ("warning", "More containers than an app may have"),
    "many_domains": ("warning", "More domains than an app may have"),
    "duplicate_env": ("error", "An environment variable twice in one scope"),
    "overlapping_env": ("warning", "An environment variable in two scopes that overlap"),
    "duplicate_alert": ("warning", "An alert rule twice at one place"),
    "alert_threshold": ("warning", "An alert of a component without operator, value or window"),
    "duplicate_destination": ("error", "Two log destinations of a component with one name"),
    "no_log_target": ("error", "A log destination that does not say where to"),
    "domain_needed": ("warning", "Edge settings that need a custom domain, in an app without one"),
    "vpc_functions": ("warning", "A VPC in an app with functions"),
    "vpc_id": ("warning", "A VPC that is not named by its id"),
    "duplicate_domain": ("error", "A domain twice"),
    "two_primaries": ("error", "More than one PRIMARY domain"),
    "no_cluster": ("error", "A production database without the cluster that it attaches"),
    "cluster_of_dev": ("warning", "A cluster name at a database that is not a production one"),
    "dev_engine": ("error", "A dev database with an engine that only clusters have"),
    "no_engine": ("warning", "A database without an engine"),
    "user_of_engine": ("warning", "db_user or db_name with an engine that does not know them"),
    # sources, ports, instances: sources.py, components.py
    "no_source": ("error", "A component without a source"),
    "repo_form": ("error", "A repository that is not written as owner/name"),
    "git_url": ("warning", "A git URL that is not one of a public clone over https"),
    "push_without_support": ("error", "deploy_on_push with a source that cannot do it"),
    "image_registry": ("error", "A registry where the registry type takes none, or none where it needs one"),
    "image_owner": ("warning", "A GHCR image without its owner"),
    "image_repository": ("error", "An image repository that holds a tag, a digest or a host"),
    "image_tag": ("error", "A tag that no registry can have"),
    "image_credentials": ("warning", "Registry credentials that are not of the form user:token, or not used"),
    "mutable_tag": ("warning", "No tag, or the tag latest: an unchanged tag need not be pulled again"),
    "build_field": ("warning", "A build setting at a component that runs a pre-built image"),
    "unknown_buildpack": ("warning", "An environment_slug that is not known here"),
    "health_check_port": ("error", "A health check at a port that the service does not have"),
    "liveness_port": ("warning", "A liveness check at a port that the service does not have"),
    "port_twice": ("warning", "A port that is listed twice, or both public and internal"),
    "port_env": ("warning", "A variable PORT that names another port than http_port"),
    "path_form": ("warning", "A path of requests that does not begin with a slash"),
    "unknown_size": ("warning", "An instance size that is not known"),
    "single_instance": ("warning", "Several instances, or autoscaling, with a size that takes one instance only"),
    "basic_size": ("warning", "Several instances with a legacy basic size"),
    "autoscaling_bounds": ("error", "Autoscaling without bounds, or with the lower one above the upper one"),
    "autoscaling_range": ("warning", "Autoscaling between two equal bounds"),
    "autoscaling_metrics": ("warning", "Autoscaling without a metric"),
    "autoscaling_size": ("warning", "Autoscaling with a size of shared CPUs"),
    # references: bindables.py
    "unknown_component": (
        "error",
        "A variable of the platform, such as ${db.DATABASE_URL}, of a component that is not there",
    ),
    "unknown_reference": (
        "warning",
        "A ${name.word} whose name is no component's, and whose word is no variable of the platform",
    ),
    "unknown_variable": ("warning", "A ${component.VARIABLE} that this kind of component does not have"),
    "unresolved_reference": ("warning", "A ${NAME} that is neither the platform's nor an environment variable"),
    "build_reference": ("warning", "A database's variable in an environment variable of the build"),
    # jobs: jobs.py, commands.py
    "no_kind": ("warning", "A job that does not say when it runs"),
    "no_schedule": ("error", "A SCHEDULED job without a schedule"),
    "unused_schedule": ("error", "A schedule at a job of another kind"),
    "scheduled_alert": ("error", "JOB_INVOCATION_FAILED at a job that is not SCHEDULED"),
    "cron_form": ("error", "A schedule that is not a cron expression of five fields"),
    "cron_never": ("error", "A schedule that never comes, such as 31 February"),
    "cron_often": ("warning", "A schedule with less than 15 minutes between two runs"),
    "cron_sunday": ("warning", "Sunday written as 7"),
    "time_zone": ("error", "A time zone that the tz database does not have"),
    "job_count": ("warning", "A job with several instances"),
    "no_command": ("warning", "A job that would start what a service of the same image starts"),
    "other_version": ("warning", "A PRE_DEPLOY job with another version of an image than the component it prepares"),
    "pool_migration": ("warning", "A migration that reaches its database through a connection pool"),
    "shell_syntax": ("warning", "Shell syntax in the run_command of an image"),
    # routing: ingress.py
    "no_target": ("error", "An ingress rule with neither a component nor a redirect"),
    "unknown_target": ("error", "An ingress rule to a component that is not there"),
    "unroutable_target": ("error", "An ingress rule to a job, a worker, a database or a service without http_port"),
    "duplicate_rule": ("error", "Two rules, or routes, for one host and path"),
    "routes_and_rules": ("error", "Routes at a component beside ingress rules"),
    "unreachable": ("warning", "A public component to which no rule leads"),
    "prefix_of_functions": ("warning", "preserve_path_prefix in a rule to functions"),
    "unknown_authority": ("warning", "An authority that is not a domain of the app"),
    "default_authority": ("warning", "The app's own platform host as an authority"),
    "redirect_code": ("error", "A redirect with a status that is none of a redirect"),
    "empty_redirect": ("warning", "A redirect that leads nowhere"),
    "cors_origin": ("error", "A CORS origin that says nothing"),
    "cors_regex": ("warning", "A CORS expression that RE2 does not understand"),
    # changes: changes.py
    "database_swap": ("error", "A database created and another one deleted in one change"),
    "component_renamed": ("warning", "A component under a new name, which for the platform is another one"),
    "component_moved": ("warning", "A component that becomes one of another kind"),
    "region_changed": ("warning", "Another region"),
}
