# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.

"""Run a job once, now: the API has no call for it (API reference 5.6), so a copy of the job runs before a deployment.

The copy is taken out again by an edit of what is there then, so that other writers lose nothing. One that a killed run
left behind is known by its marker, and taken out by the next run.
"""

from __future__ import annotations

import copy
import secrets
import signal
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from ._edits import Declaration, Edited, find_component
from ._secret_stage import SecretRules
from ._secrets import MARKER_KEY
from ._spec._merge import WHOLE_COMPONENTS
from ._spec._nodes import Spec

#: The GENERAL env by which a copy is known.
RUN_KEY = "ANSIBLE_JOB_RUN"
PRE_DEPLOY = "PRE_DEPLOY"
_NAME_LENGTH = 32
_ONLY_SCHEDULED = "JOB_INVOCATION_FAILED"


class Interrupted(BaseException):
    """The process was asked to end. Not an Exception, so that nothing takes it for a failure to try again."""


def run_name(job: str, token: str) -> str:
    """The name of a copy: the job's, cut where needed, and four hexadecimal digits."""
    tail = f"-run-{token[:4]}"
    return job[: _NAME_LENGTH - len(tail)].rstrip("-") + tail


def new_token() -> str:
    """Something that no other run has."""
    return secrets.token_hex(8)


def leftovers(spec: Mapping[str, Any], mine: str | None = None) -> list[str]:
    """Names of the copies of other runs in a spec."""
    found = []
    for job in spec.get("jobs") or ():
        token = _token(job)
        if token is not None and token != mine:
            found.append(str(job.get("name")))
    return found


@dataclass(frozen=True)
class Adding:
    """Put the copy into the spec, and take out what others left."""

    job: str
    token: str
    run_command: str | None = None
    envs: Sequence[Mapping[str, Any]] = ()
    timeout: str | None = None
    instance_size_slug: str | None = None
    secrets: SecretRules = field(default_factory=SecretRules)

    @property
    def name(self) -> str:
        """The copy's name."""
        return run_name(self.job, self.token)

    def settled(self) -> Adding:
        """See Planner."""
        return self

    def __call__(self, current: Spec | None) -> Edited:
        """The spec with the copy in it; it is added once."""
        spec = _without(current or {}, leftovers(current or {}, self.token))
        original = find_component(spec, "jobs", self.job)
        if original is None:
            names = ", ".join(str(job.get("name")) for job in spec.get("jobs") or ()) or "none"
            return Edited(spec, (f"job: this app has no job {self.job!r}; it has {names}",))
        if find_component(spec, "jobs", self.name) is not None:
            return Edited(spec)
        twin = self._twin(original)
        spec["jobs"] = [*spec["jobs"], twin]
        declared: dict[str, Any] = {"name": self.name}
        for option in ("run_command", "timeout", "instance_size_slug"):
            if getattr(self, option) is not None:
                declared[option] = getattr(self, option)
        mine = {env.get("key") for env in self.envs}
        kept = [env for env in twin["envs"] if env["key"] not in mine]
        # An EV[...] belongs to the app and may stand in another component of it (API reference 8.5).
        declared["envs"] = [*kept, *(dict(env) for env in self.envs)]
        prefixes = ("jobs[0]", f"jobs[{self.name}]")
        declaration = Declaration({"jobs": [declared]}, WHOLE_COMPONENTS, self.secrets, prefixes)
        return declaration(spec)

    def _twin(self, original: Mapping[str, Any]) -> dict[str, Any]:
        twin = copy.deepcopy(dict(original))
        twin.update(name=self.name, kind=PRE_DEPLOY)
        twin.pop("schedule", None)
        alerts = [one for one in twin.pop("alerts", None) or () if one.get("rule") != _ONLY_SCHEDULED]
        if alerts:
            twin["alerts"] = alerts
        # The fingerprint is another component's, and this one has no tomorrow.
        envs = [env for env in twin.get("envs") or () if env.get("key") not in (MARKER_KEY, RUN_KEY)]
        twin["envs"] = [*envs, {"key": RUN_KEY, "value": self.token, "scope": "RUN_TIME"}]
        return twin


@dataclass(frozen=True)
class Removing:
    """Take the copy out again, and what others left."""

    token: str

    def settled(self) -> Removing:
        """See Planner."""
        return self

    def __call__(self, current: Spec | None) -> Edited:
        """The spec without any copy."""
        return Edited(_without(current or {}, leftovers(current or {})))


@contextmanager
def interruptible() -> Iterator[None]:
    """Within it, SIGTERM and SIGHUP raise Interrupted, so that what was begun is put right before the process ends."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def interrupt(_number: int, _frame: object) -> None:
        raise Interrupted

    before = {number: signal.signal(number, interrupt) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _token(job: Any) -> str | None:
    if not isinstance(job, Mapping) or "-run-" not in str(job.get("name")):
        return None
    for env in job.get("envs") or ():
        if isinstance(env, Mapping) and env.get("key") == RUN_KEY:
            return str(env.get("value"))
    return None


def _without(spec: Spec, names: Sequence[str]) -> Spec:
    result = copy.deepcopy(spec)
    if names:
        result["jobs"] = [job for job in result["jobs"] if str(job.get("name")) not in names]
        if not result["jobs"]:
            del result["jobs"]
    return result
