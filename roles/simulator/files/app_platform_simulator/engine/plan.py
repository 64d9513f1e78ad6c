# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The stages that a deployment passes, and the steps in each (API reference 6.1, 6.3). Pure.

A stage is named `queue`, `build.initialize`, `build`, `ready`, `deploy.initialize`, `release`, `finalize`, or for jobs
`pre:NAMES`, `post:NAMES` and `failed:NAMES`, where NAMES are separated by commas and run at the same time.
A leaf (a step without steps below it) is named by its path: `build/initialize`, `build/web`, `deploy/web/wait`.
"""

from __future__ import annotations

from ..assumptions import Assumptions
from ..model import Deployment, components
from ..wire import Json

KINDS_OF_STAGE = {"pre": "PRE_DEPLOY", "post": "POST_DEPLOY", "failed": "FAILED_DEPLOY"}
# Which components a deployment of each mode builds anew.
BUILDING_MODES = frozenset({"deploy"})


def jobs_of(spec: Json, kind: str) -> list[str]:
    """The names of the jobs of one kind, as listed."""
    return [str(job["name"]) for job in spec.get("jobs") or [] if job.get("kind", "POST_DEPLOY") == kind]


def stepped(spec: Json, assume: Assumptions) -> list[str]:
    """The components that have steps to build, in the spec's order."""
    with_scheduled = assume["scheduled_job_steps"] == "build"
    return [
        str(item["name"])
        for kind, item in components(spec)
        if with_scheduled or not (kind == "jobs" and item.get("kind") == "SCHEDULED")
    ]


def released(spec: Json) -> list[str]:
    """The components that are rolled out: all but jobs."""
    return [str(item["name"]) for kind, item in components(spec) if kind != "jobs"]


def leaves(spec: Json, assume: Assumptions) -> list[str]:
    """All leaves of a deployment in the order in which they are shown."""
    scheduled = set(jobs_of(spec, "SCHEDULED"))
    names = stepped(spec, assume)
    deployed = [name for name in names if name not in scheduled]
    return [
        "build/initialize",
        *(f"build/{name}" for name in names),
        "deploy/initialize",
        *(f"deploy/{name}/{part}" for name in deployed for part in ("deploy", "wait")),
        "deploy/finalize",
    ]


def _job_stages(spec: Json, stage: str, assume: Assumptions) -> list[str]:
    names = jobs_of(spec, KINDS_OF_STAGE[stage])
    if not names:
        return []
    return (
        [f"{stage}:{','.join(names)}"] if assume["job_order"] == "parallel" else [f"{stage}:{name}" for name in names]
    )


def runs_jobs(mode: str, assume: Assumptions) -> bool:
    """Whether deploy jobs run in a deployment of this mode."""
    return mode == "deploy" or assume[f"jobs_in_{mode}"] == "run"


def stages(spec: Json, mode: str, assume: Assumptions) -> list[str]:
    """The stages of a deployment that goes well."""
    jobs = runs_jobs(mode, assume)
    pre = _job_stages(spec, "pre", assume) if jobs else []
    post = _job_stages(spec, "post", assume) if jobs else []
    build = ["build.initialize", "build", "ready"] if mode in BUILDING_MODES else ["ready"]
    release = ["release"] if released(spec) else []
    end = [*post, "finalize"] if assume["post_deploy_timing"] == "before_active" else ["finalize", *post]
    return ["queue", *build, "deploy.initialize", *pre, *release, *end]


def stages_after_failure(spec: Json, stage: str, mode: str, assume: Assumptions) -> list[str]:
    """What still runs after a stage has failed: the jobs that wait for just that."""
    if assume["failed_deploy_jobs"] == "skip" or not runs_jobs(mode, assume):
        return []
    if stage == "build" and assume["failed_deploy_after_build"] == "skip":
        return []
    return _job_stages(spec, "failed", assume)


def stage_leaves(stage: str, deployment: Deployment) -> list[str]:
    """The leaves with which a stage begins."""
    if stage in {"build.initialize", "deploy.initialize"}:
        return [stage.replace(".", "/")]
    if stage == "finalize":
        return ["deploy/finalize"]
    if stage == "build":
        return [key for key in deployment.leaves if key.startswith("build/") and key != "build/initialize"]
    if stage == "release":
        names = deployment.rolled or released(deployment.spec)
    elif ":" in stage:
        names = stage.split(":", 1)[1].split(",")
    else:
        return []
    return [f"deploy/{name}/deploy" for name in names if f"deploy/{name}/deploy" in deployment.leaves]
