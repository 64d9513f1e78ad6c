# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.

"""What is told of a deployment: the result's ``deployment``, and the message when it went wrong."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from .._masking.log_secrets import mask_log_text
from .._masking.untrusted_text import as_sentence
from .._spec.nodes import objects
from .._spec.schema import COMPONENTS, JOB_KINDS
from .._spec.secret_places import secret_keys
from .._types.api_objects import Deployment, Spec
from .deployment import cause_of, console_url, duration_of, id_of, phase_of, spec_of
from .log_tail import log_tail, strip_prefix
from .reason_codes import EXIT_CODES, exit_code, hint
from .steps import Step, component_kinds, failed_steps, job_results, leaf_steps, step_counts
from .wait_options import Watch

#: Failures that a message names, and components whose logs are read.
MAX_FAILURES = 3
#: Log lines of each component in a message; the result has all of them.
MAX_MESSAGE_LINES = 10


@dataclass(frozen=True)
class Failure:
    """One failed step. ``kind``: a job's kind, or service, worker ...; ``log_type``: where its output is."""

    component: str | None
    kind: str | None
    step: str
    code: str
    message: str
    log_type: str
    exit_code: int | None = None

    @property
    def who(self) -> str:
        """Such as ``job migrate (PRE_DEPLOY)``, ``service web``; empty for a step of the whole app."""
        if self.component is None:
            return ""
        if self.kind is None:
            return f"component {self.component}"
        if self.kind in JOB_KINDS:
            return f"job {self.component} ({self.kind})"
        return f"{self.kind} {self.component}"

    def sentence(self) -> str:
        """Who, which step, which reason."""
        place = f"{self.who}, step {self.step}" if self.who else f"step {self.step}"
        reason = ": ".join(filter(None, (self.code, self.message))) or "the platform gives no reason"
        return f"{place}: {reason}"

    def advice(self) -> str:
        """What to do, and what the exit code means; empty where nothing is known."""
        code = EXIT_CODES.get(self.exit_code or 0, "")
        told = f"Exit code {self.exit_code}." if self.exit_code and not code else ""
        meaning = f"{code[:1].upper()}{code[1:]}." if code else ""
        return " ".join(filter(None, (told, meaning, hint(self.code))))

    def as_dict(self) -> dict[str, Any]:
        """For the result."""
        return {
            "component": self.component,
            "kind": self.kind,
            "step": self.step,
            "code": self.code,
            "message": self.message,
            "exit_code": self.exit_code,
            "hint": hint(self.code) or None,
        }


@dataclass(frozen=True)
class Explanation:
    """Why a deployment failed: its failures, the logs of their components, and all of it in words."""

    failures: tuple[Failure, ...]
    logs: tuple[dict[str, Any], ...]

    def text(self) -> str:
        """Failures, then hints, without the logs."""
        if not self.failures:
            return "its steps give no reason."
        first = self.failures[:MAX_FAILURES]
        sentences = [as_sentence("; ".join(one.sentence() for one in first))]
        if len(self.failures) > len(first):
            sentences.append(f"And {len(self.failures) - len(first)} more.")
        sentences += dict.fromkeys(advice for one in first if (advice := one.advice()))
        return " ".join(sentences)

    def log_text(self) -> str:
        """The last log lines, one a line; empty where there are none."""
        parts = []
        for log in self.logs:
            where = f"{log['component'] or 'the app'} ({log['type']})"
            if log["lines"]:
                last = [f"  {strip_prefix(line)}" for line in log["lines"][-MAX_MESSAGE_LINES:]]
                parts.append("\n".join([f"Last log lines of {where}:", *last]))
            elif log["note"]:
                parts.append(f"No log lines of {where}: {as_sentence(log['note'])}")
        return "\n".join(parts)


def find_failures(deployment: Mapping[str, Any], spec: Spec | None = None) -> list[Failure]:
    """The failed steps, the most telling first: cancelled neighbors and FAILED_DEPLOY jobs come last.

    ``spec``: where the deployment carries none.
    """
    known = component_kinds(spec_of(deployment) or spec)
    found = [_failure(leaf, known) for leaf in failed_steps(deployment)]
    return sorted(found, key=lambda one: (one.kind == "FAILED_DEPLOY", one.code == "InternalError"))


def explain(
    watch: Watch,
    app_id: str,
    deployment: Deployment,
    found: Sequence[Failure],
    *,
    logs: bool,
    spec: Spec | None = None,
) -> Explanation:
    """The failures with their exit codes and, if ``logs``, the log tails of the first ones' components.

    ``spec``: where the deployment carries none.
    """
    tails: dict[tuple[str | None, str], dict[str, Any]] = {}
    keys = secret_keys(spec_of(deployment) or spec or {})
    if logs and watch.options.log_lines:
        for one in found[:MAX_FAILURES]:
            key = (one.component, one.log_type)
            if key not in tails:
                tails[key] = log_tail(watch, app_id, id_of(deployment), *key, keys=keys)
    complete = []
    for one in found:
        tail = tails.get((one.component, one.log_type), {})
        code = exit_code([one.message]) or exit_code(map(strip_prefix, tail.get("lines", ())))
        message = mask_text(watch, one.message, keys)
        complete.append(replace(one, code=watch.mask(one.code), message=message, exit_code=code))
    return Explanation(tuple(complete), tuple(tails.values()))


def mask_text(watch: Watch, text: str, keys: Collection[str]) -> str:
    """What the platform says of a step, as it may be shown. ``keys``: of envs whose values nobody may see."""
    return mask_log_text(watch.mask(text), keys)


def headline(app_name: str, deployment: Mapping[str, Any], what: str) -> str:
    """``Deployment <id> of app <name> <what> (phase ..., cause "...")``."""
    cause = cause_of(deployment)
    known = f"phase {phase_of(deployment)}" + (f', cause "{cause}"' if cause else "")
    return f"Deployment {id_of(deployment)} of app {app_name} {what} ({known})"


def still_serving(app: Mapping[str, Any], deployment: Mapping[str, Any]) -> str:
    """What users of the app see after a failed deployment, by the app as it was read before."""
    active = app.get("active_deployment")
    live = id_of(active) if isinstance(active, Mapping) else ""
    if not live:
        return "The app exists, and nothing of it has been live yet: run the task again to update it."
    return f"Deployment {live} goes on serving." if live != id_of(deployment) else ""


def deployment_summary(
    deployment: Mapping[str, Any],
    spec: Spec | None = None,
    *,
    app_id: str = "",
    explanation: Explanation | None = None,
    superseded: Sequence[str] = (),
) -> dict[str, Any]:
    """The result's ``deployment``. Pure; every key is always there.

    ``{id, phase, cause, created_at, duration, jobs: [{name, kind, status, duration, reason}], steps: {success, running,
    pending, error, total}, sources: [{component, commit, digest}], failures: [{component, kind, step, code, message,
    exit_code, hint}], logs: [{component, type, lines, note}], superseded: [ids], console_url}``. Durations: seconds or
    None. ``spec``: the app's, where the deployment carries none. ``superseded``: the deployments that this one overtook
    while they were waited for, the first one first.
    """
    if explanation is None:
        explanation = Explanation(tuple(find_failures(deployment, spec)), ())
    # Whoever waits masks what the task knows, too (see `mask_text`); not everybody who shows one has waited for it.
    keys = secret_keys(spec_of(deployment) or spec or {})
    listed = job_results(deployment, spec)
    for reason in filter(None, (job["reason"] for job in listed)):
        reason["message"] = mask_log_text(reason["message"], keys)
    found = [replace(one, message=mask_log_text(one.message, keys)) for one in explanation.failures]
    return {
        "id": id_of(deployment),
        "phase": phase_of(deployment),
        "cause": cause_of(deployment),
        "created_at": deployment.get("created_at"),
        "duration": duration_of(deployment),
        "jobs": listed,
        "steps": step_counts(deployment),
        "sources": _sources(deployment),
        "failures": [one.as_dict() for one in found],
        "logs": list(explanation.logs),
        "superseded": list(superseded),
        "console_url": console_url(app_id, id_of(deployment)) if app_id else None,
    }


def post_deploy_failures(deployment: Mapping[str, Any], spec: Spec | None = None) -> list[Failure]:
    """The failures of POST_DEPLOY jobs: they do not stop a release (API reference 5.2)."""
    return [one for one in find_failures(deployment, spec) if one.kind == "POST_DEPLOY"]


def awaited_post_deploy_jobs(deployment: Mapping[str, Any], spec: Spec | None = None) -> dict[str, str]:
    """POST_DEPLOY jobs that have steps and have not ended, with their status: PENDING or RUNNING."""
    steps = {leaf.component for leaf in leaf_steps(deployment) if not leaf.building}
    # Asked as if it still ran: once it is over, a job that did not begin counts as skipped.
    listed = job_results({**deployment, "phase": "DEPLOYING"}, spec)
    return {
        job["name"]: job["status"]
        for job in listed
        if job["kind"] == "POST_DEPLOY" and job["name"] in steps and job["status"] in ("PENDING", "RUNNING")
    }


def _failure(leaf: Step, known: Mapping[str, str]) -> Failure:
    reason = leaf.reason
    return Failure(
        component=leaf.component,
        kind=known.get(leaf.component or ""),
        step=leaf.place,
        code=reason.code if reason else "",
        message=reason.message if reason else "",
        log_type="BUILD" if leaf.building else "DEPLOY",
    )


def _sources(deployment: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The commit or image digest that each component runs, as far as the answer tells (API reference 3.2)."""
    found = []
    for section in COMPONENTS:
        for one in objects(deployment.get(section)):
            commit, digest = one.get("source_commit_hash") or None, one.get("source_image_digest") or None
            found.append({"component": str(one.get("name") or ""), "commit": commit, "digest": digest})
    return found
