# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the platform remembers: apps, deployments, alerts, invocations.

Times are epoch seconds; specs are never changed in place.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from .wire import Json

# The component lists of a spec, in the order in which the platform reads them, and what one element is called.
COMPONENT_LISTS = {
    "services": "service",
    "static_sites": "static site",
    "workers": "worker",
    "jobs": "job",
    "functions": "function",
}

TERMINAL = frozenset({"ACTIVE", "SUPERSEDED", "ERROR", "CANCELED"})


@dataclass(slots=True)
class Leaf:
    """One step of a deployment that has no steps below it."""

    status: str = "PENDING"
    started: float | None = None
    ended: float | None = None
    code: str = ""
    message: str = ""


@dataclass(slots=True)
class Deployment:
    """One deployment. `plan` names its stages; `position` is the one that runs."""

    id: str
    spec: Json
    cause: str
    cause_details: Json
    created: float
    updated: float
    previous_id: str = ""
    cloned_from: str = ""
    tier: str = "basic"
    phase: str = "PENDING_BUILD"
    phase_changed: float = 0.0
    sources: dict[str, Json] = field(default_factory=dict)
    leaves: dict[str, Leaf] = field(default_factory=dict)
    plan: list[str] = field(default_factory=list)
    position: int = -1
    failed: bool = False
    was_active: bool = False
    # component -> log type -> lines; a missing entry means that this state was never reached.
    logs: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    # "deploy" builds and runs jobs; "restart" and "autoscale" only roll the named components.
    mode: str = "deploy"
    rolled: list[str] = field(default_factory=list)
    stage_times: dict[str, float] = field(default_factory=dict)
    # component -> the scripted outcome that its present step will have; taken when the step begins.
    verdicts: dict[str, Json] = field(default_factory=dict)
    # component -> number of containers that autoscaling chose.
    scaled: dict[str, int] = field(default_factory=dict)
    # How long all of it is expected to take, for a clock that jumps.
    expected: float = 0.0
    # The object as it is sent, kept until the deployment changes.
    wire: Json | None = field(default=None, repr=False, compare=False)

    @property
    def cause_type(self) -> str:
        """The type of the cause: MANUAL, DEPLOY_ON_PUSH, and so on."""
        return str(self.cause_details.get("type", "UNKNOWN"))

    @property
    def ended(self) -> bool:
        """Whether it has come to its end."""
        return self.phase in TERMINAL


@dataclass(slots=True)
class Alert:
    """An alert of the stored spec with its destinations."""

    id: str
    component: str
    spec: Json
    created: float
    emails: list[str] = field(default_factory=list)
    slack_webhooks: list[Json] = field(default_factory=list)


@dataclass(slots=True)
class Invocation:
    """One run of a scheduled job."""

    id: str
    job: str
    deployment_id: str
    trigger: Json
    created: float
    phase: str = "PENDING"
    started: float | None = None
    completed: float | None = None
    log: list[str] = field(default_factory=list)
    verdict: Json = field(default_factory=dict)


@dataclass(slots=True)
class Event:
    """Something that happened to an app."""

    id: str
    type: str
    created: float
    deployment_id: str
    autoscaling: Json | None = None


@dataclass(slots=True)
class Domain:
    """The state of one of the spec's domains."""

    id: str
    spec: Json
    phase: str
    created: float
    changed: float


@dataclass(slots=True)
class App:
    """One app of the account. `deployments` is oldest first."""

    id: str
    spec: Json
    created: float
    updated: float
    region: str
    project_id: str
    suffix: str
    serial: int
    deployments: list[Deployment] = field(default_factory=list)
    active_id: str = ""
    pinned_id: str = ""
    last_active: float | None = None
    alerts: list[Alert] = field(default_factory=list)
    invocations: list[Invocation] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    domains: list[Domain] = field(default_factory=list)
    # component -> what the last look at its source found (commit or digest).
    sources: dict[str, Json] = field(default_factory=dict)
    databases: dict[str, Json] = field(default_factory=dict)
    # The spec before a rollback, for revert.
    before_rollback: Json | None = None
    # It was there from the start: a report compares with the spec of the first deployment.
    seeded: bool = False
    # When it was deleted, where it lingers for a moment.
    deleted: float | None = None

    @property
    def name(self) -> str:
        """The app's name, unique in the account."""
        return str(self.spec["name"])

    def deployment(self, deployment_id: str) -> Deployment | None:
        """One deployment by id. Newest first: that is what clients ask for."""
        for found in reversed(self.deployments):
            if found.id == deployment_id:
                return found
        return None

    @property
    def active(self) -> Deployment | None:
        """What serves now."""
        return self.deployment(self.active_id) if self.active_id else None

    def unfinished(self) -> list[Deployment]:
        """Deployments on their way, oldest first."""
        return [item for item in self.deployments[-20:] if not item.ended]


def components(spec: Json) -> list[tuple[str, Json]]:
    """(list name, component) of all components of a spec, databases left out."""
    return [(kind, item) for kind in COMPONENT_LISTS for item in spec.get(kind) or []]


def component_of(spec: Json, name: str) -> tuple[str, Json] | None:
    """The component with this name, databases included."""
    for kind in (*COMPONENT_LISTS, "databases"):
        for item in spec.get(kind) or []:
            if item.get("name") == name:
                return kind, item
    return None


def image_digest_or_commit(component: Json) -> str:
    """Which of the two names the version of this component's source."""
    return "source_image_digest" if "image" in component else "source_commit_hash"


def as_list(value: Any) -> list[Any]:
    """A list of the spec, absent and null as empty."""
    return list(value) if value else []
