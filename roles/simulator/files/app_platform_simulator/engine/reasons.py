# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Why a step failed, or was not needed: the platform's codes and texts (API reference 5.3, 6.3)."""

from __future__ import annotations

from ..wire import Json
from . import pace

Reason = tuple[str, str]

PRE_BUILT: Reason = ("PreBuiltImage", "Your build job was skipped because you specified a pre-built image.")
REUSED: Reason = ("PreviousBuildReused", "Your build job was skipped because a previous build was reused.")
_NON_ZERO = "DeployContainerExitNonZero"
_TEXTS = {
    "BuildJobExitNonZero": "Your build job failed because a command exited with a non-zero exit code.",
    "BuildJobFailed": "Your build job failed.",
    "BuildJobTimeout": "Your build job failed because it took longer than the allowed time.",
    "BuildJobOutOfMemory": "Your build job failed because it ran out of memory.",
    "BuildRateLimit": "Your build job was not started because too many builds were requested.",
    _NON_ZERO: "Your deploy failed because your container exited with a non-zero exit code.",
    "DeployContainerHealthChecksFailed": "Your deploy failed because your container did not respond to health checks.",
    "ContainerCommandNotExecutable": "Your deploy failed because the run command could not be executed.",
    "ContainerOutOfMemory": "Your deploy failed because your container ran out of memory.",
    "DatabaseNotAvailable": "Your deploy failed because a database is not available.",
    "DatabaseNotFound": "Your deploy failed because a database could not be found.",
    "InternalError": "An internal error occurred. Contact support if this persists.",
}


def _reason(verdict: Json, code: str) -> Reason:
    """The scripted code and text, else the usual ones."""
    chosen = str(verdict.get("reason_code") or code)
    return chosen, str(verdict.get("message") or _TEXTS.get(chosen, chosen))


def canceled() -> Reason:
    """A step that ran when its deployment was stopped."""
    return _reason({}, "InternalError")


def build_failure(component: Json, verdict: Json) -> Reason | None:
    """Why a build fails, None when it does not. A ready image is not built, but can be missing."""
    outcome = verdict.get("outcome")
    if outcome == "hang":
        return _reason(verdict, "BuildJobTimeout")
    if outcome == "fail":
        return _reason(verdict, "BuildJobFailed" if "image" in component else "BuildJobExitNonZero")
    return None


def job_failure(job: Json, verdict: Json, times: pace.Pace) -> Reason | None:
    """Why a job's run fails, None when it does not. A run that takes too long is stopped, which ends it with 143."""
    if verdict.get("outcome") == "fail" or pace.run_length(job, verdict, times)[1]:
        return _reason(verdict, _NON_ZERO)
    return None


def deploy_failure(verdict: Json) -> Reason | None:
    """Why a component does not come up, None when it does."""
    outcome = verdict.get("outcome")
    if outcome == "hang":
        return _reason(verdict, "DeployContainerHealthChecksFailed")
    return _reason(verdict, _NON_ZERO) if outcome == "fail" else None
