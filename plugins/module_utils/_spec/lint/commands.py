# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.
"""Checks of commands: shell syntax, jobs without a command, migrations through a pool (API reference 4.3, 5.3)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from ..job_kind import job_kind
from .bindables import REFERENCE
from .rules import Finding, finding
from .values import Component, is_given, item_path, mapping, mappings, text

_SHELL = re.compile(r"\s*(exec\s+)?(/\S*/)?(env\s+)?(ba|da|a|k|z)?sh\s+(-\w+\s+)*-\w*c\b")
_SINGLE = re.compile(r"'[^']*'")
_DOUBLE = re.compile(r'"(?:[^"\\]|\\.)*"')
_VARIABLE = re.compile(r"\$[A-Za-z_{(]")
_OPERATOR = re.compile(r"&&|\|\|?|;|>|<|`|(?<!\\)\n(?=\s*\S)|&\s*$")
_ASSIGNMENT = re.compile(r"\s*[A-Za-z_][A-Za-z0-9_]*=\S*\s+\S")
_MIGRATION = re.compile(r"(?i)migrat|alembic|prisma|flyway|liquibase|knex|dbmate|goose|sequelize")
_POOLED = re.compile(r":25061\b|pgbouncer=true")


def check_commands(spec: Mapping[str, Any], parts: list[Component]) -> Iterator[Finding]:
    """Check the commands of all components, and each job against the services and workers with the same source."""
    databases = {part.name for part in parts if part.section == "databases"}
    running = [part for part in parts if part.section in ("services", "workers")]
    for part in parts:
        if is_given(part.fields.get("image")):
            yield from _shell(part)
        if part.section == "jobs":
            yield from _against_running(part, running)
            yield from _pool(part, spec, databases)


def _shell(part: Component) -> Iterator[Finding]:
    syntax = shell_syntax(text(part.fields.get("run_command")))
    if syntax:
        message = (
            f"it has {syntax}, which needs a shell, and the command of an image need not get one: write sh -c '...'"
        )
        yield finding("shell_syntax", f"{part.path}.run_command", message)


def shell_syntax(command: str) -> str | None:
    """The first shell syntax in *command*, for a message; None if it has none or starts a shell."""
    if _SHELL.match(command):
        return None
    unquoted = _SINGLE.sub("''", command.strip())
    if _VARIABLE.search(unquoted):
        return "a $VARIABLE"
    operator = _OPERATOR.search(_DOUBLE.sub('""', unquoted))
    if operator:
        return "several lines" if operator[0] == "\n" else operator[0].strip()
    return "a variable set before the command" if _ASSIGNMENT.match(unquoted) else None


def _source(part: Component) -> tuple[str, ...] | None:
    """The source of a component without its version; None if it is not known."""
    image = mapping(part.fields.get("image"))
    if text(image.get("repository")):
        return ("image", *(text(image.get(name)) for name in ("registry_type", "registry", "repository")))
    for name in ("github", "gitlab", "bitbucket"):
        repo = text(mapping(part.fields.get(name)).get("repo"))
        if repo:
            where = (text(part.fields.get("source_dir")).strip("./"), text(part.fields.get("dockerfile_path")))
            return (name, repo, *where)
    return None


def _version(part: Component) -> tuple[str, str]:
    image = mapping(part.fields.get("image"))
    digest = text(image.get("digest"))
    return digest, "" if digest else text(image.get("tag")) or "latest"


def _against_running(job: Component, running: list[Component]) -> Iterator[Finding]:
    source = _source(job)
    same = [part for part in running if source is not None and _source(part) == source]
    without_command = next((part for part in same if not is_given(part.fields.get("run_command"))), None)
    if without_command and not is_given(job.fields.get("run_command")):
        message = (
            f"it is not there, so the job starts what the {without_command.kind} {without_command.name} starts and "
        )
        message += "does not end: give it"
        yield finding("no_command", f"{job.path}.run_command", message)
    differs = bool(same) and all(_version(part) != _version(job) for part in same)
    if differs and source and source[0] == "image" and job_kind(job.fields) == "PRE_DEPLOY":
        message = f"it is another version of this image than the {same[0].kind} {same[0].name} has: give both the same"
        yield finding("other_version", f"{job.path}.image", message)


def _pool(job: Component, spec: Mapping[str, Any], databases: set[str]) -> Iterator[Finding]:
    if not _MIGRATION.search(f"{job.name} {text(job.fields.get('run_command'))}"):
        return
    path = f"{job.path}.envs"
    own = mappings(job.fields.get("envs"))
    keys = {text(env.get("key")) for _index, env in own}
    inherited = [(index, env) for index, env in mappings(spec.get("envs")) if text(env.get("key")) not in keys]
    envs = [*own, *inherited]
    if any("DIRECT" in text(env.get("key")).upper() for _index, env in envs):
        return
    for index, env in envs:
        if _is_pooled(text(env.get("value")), databases):
            message = (
                "the value goes through a connection pool, where migrations lose their locks and session settings: "
            )
            message += "give this job the direct connection, such as ${db.DATABASE_URL}"
            yield finding("pool_migration", item_path(path, index, env, "key"), message)


def _is_pooled(value: str, databases: set[str]) -> bool:
    if _POOLED.search(value):
        return True
    names = (reference.split(".") for reference in REFERENCE.findall(value))
    return any(len(name) == 3 and name[0] in databases for name in names)
