# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.

"""The result's ``deployment``, and the explanation of a failed one for messages. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Union

from .._masking.log_secrets import LINE_PREFIX, mask_log_text
from .._masking.untrusted_text import as_sentence
from .._spec.schema import COMPONENTS, JOB_KINDS
from .._spec.schema_types import objects
from .._spec.secret_fields import secret_keys
from .._types.api_objects import Spec
from .deployment import cause_of, console_url, duration_of, id_of, phase_of, spec_of
from .reason_codes import EXIT_CODES, exit_code, hint
from .steps import Step, component_kinds, failed_steps, job_results, leaf_steps, step_counts

#: Failures in a message; the logs of their components are read.
MAX_SHOWN_FAILURES = 3
#: Log lines of each component in a message; the result has all that were read.
MAX_MESSAGE_LINES = 10


#: Identifies a log: the component (None: the whole app), and its type, BUILD or DEPLOY.
LogKey = tuple[Union[str, None], str]


@dataclass(frozen=True)
class Failure:
    """One failed step.

    ``component``: None for a step of the whole app. ``kind``: of a job, else service, worker and so on. ``step``: its
    path. ``code``, ``message``: the platform's reason. ``log_type``: BUILD or DEPLOY, the log with its output.
    """

    component: str | None
    kind: str | None
    step: str
    code: str
    message: str
    log_type: str
    exit_code: int | None = None

    @property
    def log_source(self) -> LogKey:
        """The log with the output of the step."""
        return self.component, self.log_type

    @property
    def subject(self) -> str:
        """Such as ``job migrate (PRE_DEPLOY)``, ``service web``; empty for a step of the whole app."""
        if self.component is None:
            return ""
        if self.kind is None:
            return f"component {self.component}"
        if self.kind in JOB_KINDS:
            return f"job {self.component} ({self.kind})"
        return f"{self.kind} {self.component}"

    def sentence(self) -> str:
        """The component, the step and the reason."""
        step = f"{self.subject}, step {self.step}" if self.subject else f"step {self.step}"
        reason = ": ".join(filter(None, (self.code, self.message))) or "the platform gives no reason"
        return f"{step}: {reason}"

    def advice(self) -> str:
        """The meaning of the exit code, and the hint for the reason code; empty where nothing is known."""
        meaning = EXIT_CODES.get(self.exit_code or 0, "")
        if meaning:
            meaning = f"{meaning[:1].upper()}{meaning[1:]}."
        elif self.exit_code:
            meaning = f"Exit code {self.exit_code}."
        return " ".join(filter(None, (meaning, hint(self.code))))

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
    """Why a deployment failed: its failures, and ``logs``, the results of log_tail.log_tail for their components."""

    failures: tuple[Failure, ...]
    logs: tuple[dict[str, Any], ...]

    def text(self) -> str:
        """Failures, then hints, without the logs."""
        if not self.failures:
            return "its steps give no reason."
        first = self.failures[:MAX_SHOWN_FAILURES]
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
                last = [f"  {_without_prefix(line)}" for line in log["lines"][-MAX_MESSAGE_LINES:]]
                parts.append("\n".join([f"Last log lines of {where}:", *last]))
            elif log["note"]:
                parts.append(f"No log lines of {where}: {as_sentence(log['note'])}")
        return "\n".join(parts)


def find_failures(deployment: Mapping[str, Any], spec: Spec | None = None) -> list[Failure]:
    """The failed steps of a deployment, the most relevant first: canceled steps and FAILED_DEPLOY jobs come last.

    ``spec``: the app's, used where the deployment has none.
    """
    known = component_kinds(spec_of(deployment) or spec)
    found = [_failure(step, known) for step in failed_steps(deployment)]
    return sorted(found, key=lambda one: (one.kind == "FAILED_DEPLOY", one.code == "InternalError"))


def explain(
    failures: Sequence[Failure],
    mask: Callable[[str], str],
    keys: Collection[str],
    logs: Mapping[LogKey, Mapping[str, Any]] | None = None,
) -> Explanation:
    """The failures with their exit codes, masked. ``logs``: the log tails to show, by their source.

    ``mask``, ``keys``: see `mask_reason`. An exit code comes from the reason, else from the log.
    """
    tails = logs or {}
    complete = []
    for one in failures:
        lines = tails.get(one.log_source, {}).get("lines", ())
        code = exit_code([one.message]) or exit_code(map(_without_prefix, lines))
        message = mask_reason(mask, one.message, keys)
        complete.append(replace(one, code=mask(one.code), message=message, exit_code=code))
    return Explanation(tuple(complete), tuple(dict(tail) for tail in tails.values()))


def mask_reason(mask: Callable[[str], str], text: str, keys: Collection[str]) -> str:
    """A reason of the platform, masked. ``mask``: see Watch. ``keys``: of secret envs, whose values it may quote."""
    return mask_log_text(mask(text), keys)


def headline(app_name: str, deployment: Mapping[str, Any], what: str) -> str:
    """``Deployment <id> of app <name> <what> (phase ..., cause "...")``."""
    cause = cause_of(deployment)
    known = f"phase {phase_of(deployment)}" + (f', cause "{cause}"' if cause else "")
    return f"Deployment {id_of(deployment)} of app {app_name} {what} ({known})"


def still_serving(app: Mapping[str, Any], deployment: Mapping[str, Any]) -> str:
    """A sentence on what the app serves after a failed deployment. ``app``: as read before the failure."""
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
    """The result's ``deployment``; every key is always present.

    ``{id, phase, cause, created_at, duration, jobs: [{name, kind, status, duration, reason}], steps: {success, running,
    pending, error, total}, sources: [{component, commit, digest}], failures: [{component, kind, step, code, message,
    exit_code, hint}], logs: [{component, type, lines, note}], superseded: [ids], console_url}``. Durations: seconds or
    None. ``spec``: the app's, used where the deployment has none. ``explanation``: where there is none, the failures
    without logs. ``superseded``: ids of the deployments that were followed before this one superseded them, in order.
    """
    if explanation is None:
        explanation = Explanation(tuple(find_failures(deployment, spec)), ())
    # A deployment that was followed is masked already (see `mask_reason`); others are not.
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
    """The failures of POST_DEPLOY jobs, which do not stop a release (API reference 5.2)."""
    return [one for one in find_failures(deployment, spec) if one.kind == "POST_DEPLOY"]


def awaited_post_deploy_jobs(deployment: Mapping[str, Any], spec: Spec | None = None) -> dict[str, str]:
    """POST_DEPLOY jobs that have steps and have not ended: name -> PENDING or RUNNING."""
    steps = {step.component for step in leaf_steps(deployment) if not step.building}
    # With an open phase: in a final one, a job that did not start counts as skipped.
    listed = job_results({**deployment, "phase": "DEPLOYING"}, spec)
    return {
        job["name"]: job["status"]
        for job in listed
        if job["kind"] == "POST_DEPLOY" and job["name"] in steps and job["status"] in ("PENDING", "RUNNING")
    }


def _failure(step: Step, known: Mapping[str, str]) -> Failure:
    reason = step.reason
    return Failure(
        component=step.component,
        kind=known.get(step.component or ""),
        step=step.path_text,
        code=reason.code if reason else "",
        message=reason.message if reason else "",
        log_type="BUILD" if step.building else "DEPLOY",
    )


def _sources(deployment: Mapping[str, Any]) -> list[dict[str, Any]]:
    """``[{component, commit, digest}]``: what each component runs; None where unknown (API reference 3.2)."""
    found = []
    for section in COMPONENTS:
        for one in objects(deployment.get(section)):
            commit, digest = one.get("source_commit_hash") or None, one.get("source_image_digest") or None
            found.append({"component": str(one.get("name") or ""), "commit": commit, "digest": digest})
    return found


def _without_prefix(line: str) -> str:
    """A log line without the component and the time at its start."""
    return LINE_PREFIX.sub("", line)
