# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.

"""A temporary copy of a job that runs once: adding it to a spec, recognising it, removing it. Pure.

The API has no call that runs a job (API reference 5.6), so a PRE_DEPLOY copy of it runs in a separate deployment
(docs/job-runs.md).
"""

from __future__ import annotations

import copy
import re
import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .._deployments.deployment import deployment_in, spec_of
from .._edit.declaration import Declaration, component_names, find_component
from .._edit.edit import Edit, Edited, Review
from .._secrets.apply import SecretRules
from .._spec.merge import REPLACE_COMPONENT_LISTS
from .._spec.schema_types import objects
from .._spec.secret_fields import FINGERPRINT_KEY
from .._types.api_objects import App, Spec

#: The GENERAL env that marks a temporary job, whatever its name; its value is `<token>` or `<token>.<lock domain>`.
MARKER_ENV = "ANSIBLE_JOB_RUN"
PRE_DEPLOY = "PRE_DEPLOY"
NAME_LENGTH = 32
OVERRIDES = ("run_command", "timeout", "instance_size_slug")

_MARKER = re.compile(r"([0-9a-f]{16})(?:\.([0-9a-f]{1,32}))?")
_SOURCES = ("git", "github", "gitlab", "bitbucket")


@dataclass(frozen=True)
class TemporaryJob:
    """A temporary job in a spec.

    ``token``: 16 hexadecimal digits. ``domain``: the same for all runs that share locks (locks.lock_domain), if known.
    """

    name: str
    token: str
    domain: str | None = None


def new_temporary_job(job: str, spec: Mapping[str, Any], domain: str | None) -> TemporaryJob:
    """A temporary job for *job*, with a new token and a name that no component of the spec has."""
    taken = component_names(spec)
    while True:
        token = secrets.token_hex(8)
        name = temporary_name(job, token)
        if name not in taken:
            return TemporaryJob(name, token, domain)


def temporary_name(job: str, token: str) -> str:
    """``<job>-run-<first four digits of the token>``; the job's name is cut so that it has at most NAME_LENGTH."""
    tail = f"-run-{token[:4]}"
    return job[: NAME_LENGTH - len(tail)].rstrip("-") + tail


def temporary_jobs(spec: Mapping[str, Any] | None) -> list[TemporaryJob]:
    """All temporary jobs in a spec."""
    found = map(_parse_marker, objects((spec or {}).get("jobs")))
    return [one for one in found if one is not None]


def has_temporary_job(spec: Mapping[str, Any] | None, token: str) -> bool:
    """Whether the temporary job with this token is in a spec."""
    return any(one.token == token for one in temporary_jobs(spec))


def _parse_marker(job: Mapping[str, Any]) -> TemporaryJob | None:
    """The temporary job that the marker of a job identifies; None: it is an ordinary job."""
    for env in objects(job.get("envs")):
        if env.get("key") == MARKER_ENV:
            found = _MARKER.fullmatch(str(env.get("value")))
            return TemporaryJob(str(job.get("name")), found[1], found[2]) if found else None
    return None


def deployed_digest(app: App, job: str) -> str | None:
    """The digest of the image that the app runs a job with; None where that is not known or the spec names another."""
    live = deployment_in(app, "active_deployment")
    before = find_component(spec_of(live) or {}, "jobs", job)
    now = find_component(spec_of(app) or {}, "jobs", job)
    if live is None or before is None or now is None or not now.get("image") or before.get("image") != now["image"]:
        return None
    for one in objects(live.get("jobs")):
        if one.get("name") == job:
            digest = one.get("source_image_digest")
            return digest if isinstance(digest, str) and digest.startswith("sha256:") else None
    return None


@dataclass(frozen=True)
class AddTemporaryJob(Edit):
    """The edit that adds a temporary job to a spec, once, before all other jobs.

    ``overrides``: fields in which it differs from the job, out of OVERRIDES. ``envs``: additional envs. ``digest``: of
    the image, in place of its tag. ``abandoned``: tokens of temporary jobs that the same write removes.
    """

    job: str
    temporary: TemporaryJob
    overrides: Mapping[str, Any] = field(default_factory=dict)
    envs: Sequence[Mapping[str, Any]] = ()
    digest: str | None = None
    abandoned: frozenset[str] = frozenset()

    def apply(self, current: Spec | None) -> Edited:
        """The spec with the temporary job; an existing one is left unchanged."""
        spec = without_temporary_jobs(current or {}, self.abandoned)
        if has_temporary_job(spec, self.temporary.token):
            return Edited(spec)
        original = find_component(spec, "jobs", self.job)
        if original is None:
            jobs = [str(one.get("name")) for one in objects(spec.get("jobs"))]
            return Edited(spec, (f"job: this app has no job {self.job!r}; it has {', '.join(jobs) or 'none'}",))
        spec, declaration = self._declared(spec, original)
        return declaration.apply(spec)

    def review(self, current: Spec | None, edited: Edited, sizes: Collection[str] | None = None) -> Review:
        """See Edit: the findings about the temporary job as a declaration of its own."""
        spec = without_temporary_jobs(current or {}, self.abandoned)
        original = find_component(spec, "jobs", self.job)
        if original is None or has_temporary_job(spec, self.temporary.token):
            return super().review(current, edited, sizes)
        spec, declaration = self._declared(spec, original)
        return declaration.review(spec, edited, sizes)

    def _declared(self, spec: Spec, original: Mapping[str, Any]) -> tuple[Spec, Declaration]:
        """The spec with the copied job, and the declaration of what the task changes in that."""
        temporary = self._copy_of(original)
        # First in the list: if jobs run in its order, this one must not depend on the success of the others.
        spec = {**spec, "jobs": [temporary, *spec["jobs"]]}
        overridden = {env.get("key") for env in self.envs}
        # Encrypted values (EV[...]) are valid in every component of the same app (API reference 8.5).
        kept = [env for env in temporary["envs"] if str(env.get("key")) not in overridden]
        declared = {"name": temporary["name"], **self.overrides, "envs": [*kept, *map(dict, self.envs)]}
        prefixes = ("jobs[0]", f"jobs[{temporary['name']}]")
        rules = SecretRules(update_secrets="always")
        return spec, Declaration({"jobs": [declared]}, REPLACE_COMPONENT_LISTS, rules, prefixes)

    def _copy_of(self, original: Mapping[str, Any]) -> dict[str, Any]:
        """A PRE_DEPLOY copy of the job with the marker, without its schedule and alerts, and without deploy_on_push."""
        duplicate = copy.deepcopy(dict(original))
        duplicate.update(name=self.temporary.name, kind=PRE_DEPLOY)
        for name in ("schedule", "alerts"):
            duplicate.pop(name, None)
        image = duplicate.get("image")
        if isinstance(image, dict):
            image.pop("deploy_on_push", None)
            if self.digest:
                image.pop("tag", None)
                image["digest"] = self.digest
        for name in _SOURCES:
            if isinstance(duplicate.get(name), dict):
                duplicate[name].pop("deploy_on_push", None)
        # The fingerprint belongs to the original, and a temporary job is never compared with a later declaration.
        envs = [
            env for env in objects(duplicate.get("envs")) if str(env.get("key")) not in (FINGERPRINT_KEY, MARKER_ENV)
        ]
        marker = ".".join(filter(None, (self.temporary.token, self.temporary.domain)))
        duplicate["envs"] = [*envs, {"key": MARKER_ENV, "value": marker, "scope": "RUN_TIME"}]
        return duplicate


@dataclass(frozen=True)
class RemoveTemporaryJobs(Edit):
    """The edit that removes the temporary jobs with these tokens from a spec."""

    tokens: frozenset[str]

    def apply(self, current: Spec | None) -> Edited:
        """The spec without the temporary jobs."""
        return Edited(without_temporary_jobs(current or {}, self.tokens))


def without_temporary_jobs(spec: Spec, tokens: Collection[str]) -> Spec:
    """The spec without the temporary jobs with these tokens. *spec* is not changed."""
    result = copy.deepcopy(spec)
    removed = {one.name for one in temporary_jobs(spec) if one.token in tokens}
    if removed:
        result["jobs"] = [
            job for job in result["jobs"] if not (isinstance(job, dict) and str(job.get("name")) in removed)
        ]
        if not result["jobs"]:
            del result["jobs"]
    return result
