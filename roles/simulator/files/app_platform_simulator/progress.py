# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The progress of a deployment as the API shows it: a tree of steps and counters (API reference 6.3)."""

from __future__ import annotations

from .assumptions import Assumptions
from .engine import plan
from .model import COMPONENT_LISTS, Deployment, Leaf, component_of
from .wire import Json, fine_timestamp

_VERBS = {"build": "Building", "deploy": "Deploying", "wait": "Waiting for"}
_COUNTERS = {"PENDING": "pending_steps", "RUNNING": "running_steps", "SUCCESS": "success_steps", "ERROR": "error_steps"}


def _step(name: str, leaf: Leaf, **more: str) -> Json:
    """A step without steps below it."""
    step: Json = {"name": name, "status": leaf.status}
    if leaf.started is not None:
        step["started_at"] = fine_timestamp(leaf.started)
    if leaf.ended is not None:
        step["ended_at"] = fine_timestamp(leaf.ended)
    if leaf.code:
        step["reason"] = {"code": leaf.code, "message": leaf.message}
    step.update(more)
    return step


def _node(name: str, steps: list[Json], over: bool, **more: str) -> Json:
    """A step that consists of others. Steps that were never needed do not spoil its success."""
    states = {step["status"] for step in steps}
    if "ERROR" in states:
        status = "ERROR"
    elif "RUNNING" in states:
        status = "RUNNING"
    elif states <= {"SUCCESS"}:
        status = "SUCCESS"
    elif "SUCCESS" not in states:
        status = "PENDING"
    else:
        status = "SUCCESS" if over else "RUNNING"
    node: Json = {"name": name, "status": status}
    if steps:
        node["steps"] = steps
    starts = [step["started_at"] for step in steps if "started_at" in step]
    ends = [step["ended_at"] for step in steps if "ended_at" in step]
    if starts:
        node["started_at"] = min(starts)
    if status in {"SUCCESS", "ERROR"} and ends:
        node["ended_at"] = max(ends)
    node.update(more)
    return node


def _word(deployment: Deployment, name: str) -> str:
    found = component_of(deployment.spec, name)
    return COMPONENT_LISTS[found[0]] if found else "component"


def tree(deployment: Deployment, assume: Assumptions) -> Json:
    """The whole progress object."""
    leaves, over = deployment.leaves, deployment.was_active
    names = plan.stepped(deployment.spec, assume)
    built: list[Json] = []
    deployed: list[Json] = []
    for name in names:
        word = _word(deployment, name)
        leaf = leaves.get(f"build/{name}")
        if leaf is not None:
            built.append(_step(name, leaf, component_name=name, message_base=f"{_VERBS['build']} {word}"))
        parts = [
            _step(part, leaves[f"deploy/{name}/{part}"], component_name=name, message_base=f"{_VERBS[part]} {word}")
            for part in ("deploy", "wait")
            if f"deploy/{name}/{part}" in leaves
        ]
        if parts:
            deployed.append(_node(name, parts, over, component_name=name))
    steps = [
        _node("build", [_step("initialize", leaves["build/initialize"]), _node("components", built, over)], over),
        _node(
            "deploy",
            [
                _step("initialize", leaves["deploy/initialize"]),
                _node("components", deployed, over),
                _step("finalize", leaves["deploy/finalize"]),
            ],
            over,
        ),
    ]
    counters: dict[str, int] = {}
    for leaf in leaves.values():
        counters[_COUNTERS[leaf.status]] = counters.get(_COUNTERS[leaf.status], 0) + 1
    summary = [{key: value for key, value in step.items() if key != "steps"} for step in steps]
    return {**counters, "total_steps": len(leaves), "steps": steps, "summary_steps": summary}
