# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.

"""The copy of a job that runs once: how it gets into a spec, how it is known, how it gets out again. Pure.

The API has no call that runs a job (API reference 5.6), so a PRE_DEPLOY copy of it runs in a deployment of its own.
docs/job-runs.md tells the whole story.
"""

from __future__ import annotations

import copy
import re
import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .._deployments.deployment import part, spec_of
from .._edit.declaration import Declaration, component_names, find_component
from .._edit.edit import Edit, Edited, Review
from .._secrets.apply import SecretRules
from .._secrets.decisions import MARKER_KEY
from .._spec.merge import WHOLE_COMPONENTS
from .._spec.nodes import Spec, objects
from .._types.api_objects import App

#: The GENERAL env by which a copy is known, whatever its name: `<token>` or `<token>.<where the run is>`.
RUN_KEY = "ANSIBLE_JOB_RUN"
PRE_DEPLOY = "PRE_DEPLOY"
NAME_LENGTH = 32
OPTIONS = ("run_command", "timeout", "instance_size_slug")

_MARKER = re.compile(r"([0-9a-f]{16})(?:\.([0-9a-f]{1,32}))?")
_SOURCES = ("git", "github", "gitlab", "bitbucket")


@dataclass(frozen=True)
class Copy:
    """A copy in a spec. ``domain``: what the run has in common with those that it shares locks with, if known."""

    name: str
    token: str
    domain: str | None = None


def new_copy(job: str, spec: Mapping[str, Any], domain: str | None) -> Copy:
    """A copy of a job with a token that no other one has and a name that is free."""
    taken = component_names(spec)
    while True:
        token = secrets.token_hex(8)
        name = copy_name(job, token)
        if name not in taken:
            return Copy(name, token, domain)


def copy_name(job: str, token: str) -> str:
    """The name of a copy: the job's, cut where needed, and four hexadecimal digits. 32 characters at most."""
    tail = f"-run-{token[:4]}"
    return job[: NAME_LENGTH - len(tail)].rstrip("-") + tail


def copies(spec: Mapping[str, Any] | None) -> list[Copy]:
    """All copies in a spec."""
    jobs = (spec or {}).get("jobs")
    found = [_as_copy(job) for job in (jobs if isinstance(jobs, list) else ())]
    return [one for one in found if one is not None]


def has_copy(spec: Mapping[str, Any] | None, token: str) -> bool:
    """Whether the copy is in a spec."""
    return any(one.token == token for one in copies(spec))


def _as_copy(job: Any) -> Copy | None:
    if not isinstance(job, Mapping):
        return None
    envs = job.get("envs")
    for env in envs if isinstance(envs, list) else ():
        if isinstance(env, Mapping) and env.get("key") == RUN_KEY:
            found = _MARKER.fullmatch(str(env.get("value")))
            return Copy(str(job.get("name")), found[1], found[2]) if found else None
    return None


def deployed_digest(app: App, job: str) -> str | None:
    """The digest of the image that the app runs a job with; None where that is not known or the spec names another."""
    live = part(app, "active_deployment")
    before = find_component(spec_of(live) or {}, "jobs", job)
    now = find_component(spec_of(app) or {}, "jobs", job)
    if live is None or before is None or now is None or not now.get("image") or before.get("image") != now["image"]:
        return None
    told = live.get("jobs")
    for one in told if isinstance(told, list) else ():
        if isinstance(one, Mapping) and one.get("name") == job:
            digest = one.get("source_image_digest")
            return digest if isinstance(digest, str) and digest.startswith("sha256:") else None
    return None


@dataclass(frozen=True)
class Adding(Edit):
    """The edit that puts a copy into a spec, once, before all other jobs.

    ``changes``: fields in which it differs from the job, of OPTIONS. ``envs``: more envs. ``digest``: of the image, for
    its tag. ``dead``: tokens of copies that killed runs left behind, which go out in the same write.
    """

    job: str
    copy: Copy
    changes: Mapping[str, Any] = field(default_factory=dict)
    envs: Sequence[Mapping[str, Any]] = ()
    digest: str | None = None
    dead: frozenset[str] = frozenset()

    def apply(self, current: Spec | None) -> Edited:
        """The spec with the copy in it; a copy that is there is left as it is."""
        spec = without_copies(current or {}, self.dead)
        if has_copy(spec, self.copy.token):
            return Edited(spec)
        original = find_component(spec, "jobs", self.job)
        if original is None:
            jobs = [str(one.get("name")) for one in objects(spec.get("jobs"))]
            return Edited(spec, (f"job: this app has no job {self.job!r}; it has {', '.join(jobs) or 'none'}",))
        spec, declaration = self._declared(spec, original)
        return declaration.apply(spec)

    def review(self, current: Spec | None, edited: Edited, sizes: Collection[str] | None = None) -> Review:
        """See Edit: the findings about the copy as a declaration of its own."""
        spec = without_copies(current or {}, self.dead)
        original = find_component(spec, "jobs", self.job)
        if original is None or has_copy(spec, self.copy.token):
            return super().review(current, edited, sizes)
        spec, declaration = self._declared(spec, original)
        return declaration.review(spec, edited, sizes)

    def _declared(self, spec: Spec, original: Mapping[str, Any]) -> tuple[Spec, Declaration]:
        """The spec with the copy's own fields, and the declaration of what the task changes in it."""
        twin = self._twin(original)
        # Where jobs run in the order of the list, this one does not depend on what the others come to.
        spec = {**spec, "jobs": [twin, *spec["jobs"]]}
        mine = {env.get("key") for env in self.envs}
        # An EV[...] belongs to the app and may stand in another component of it (API reference 8.5).
        kept = [env for env in twin["envs"] if str(env.get("key")) not in mine]
        declared = {"name": twin["name"], **self.changes, "envs": [*kept, *map(dict, self.envs)]}
        prefixes = ("jobs[0]", f"jobs[{twin['name']}]")
        rules = SecretRules(update_secrets="always")
        return spec, Declaration({"jobs": [declared]}, WHOLE_COMPONENTS, rules, prefixes)

    def _twin(self, original: Mapping[str, Any]) -> dict[str, Any]:
        twin = copy.deepcopy(dict(original))
        twin.update(name=self.copy.name, kind=PRE_DEPLOY)
        for name in ("schedule", "alerts"):
            twin.pop(name, None)
        image = twin.get("image")
        if isinstance(image, dict):
            image.pop("deploy_on_push", None)
            if self.digest:
                image.pop("tag", None)
                image["digest"] = self.digest
        for name in _SOURCES:
            if isinstance(twin.get(name), dict):
                twin[name].pop("deploy_on_push", None)
        # The fingerprint is another component's, and this one has no tomorrow.
        envs = [env for env in objects(twin.get("envs")) if str(env.get("key")) not in (MARKER_KEY, RUN_KEY)]
        marker = ".".join(filter(None, (self.copy.token, self.copy.domain)))
        twin["envs"] = [*envs, {"key": RUN_KEY, "value": marker, "scope": "RUN_TIME"}]
        return twin


@dataclass(frozen=True)
class Removing(Edit):
    """The edit that takes copies out of a spec."""

    tokens: frozenset[str]

    def apply(self, current: Spec | None) -> Edited:
        """The spec without them."""
        return Edited(without_copies(current or {}, self.tokens))


def without_copies(spec: Spec, tokens: Collection[str]) -> Spec:
    """The spec without these copies. *spec* is not changed."""
    result = copy.deepcopy(spec)
    gone = {one.name for one in copies(spec) if one.token in tokens}
    if gone:
        result["jobs"] = [job for job in result["jobs"] if not (isinstance(job, dict) and str(job.get("name")) in gone)]
        if not result["jobs"]:
            del result["jobs"]
    return result
