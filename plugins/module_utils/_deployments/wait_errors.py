# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.

"""Builds the DeploymentError of each failed wait. Every message has a remedy."""

from __future__ import annotations

from typing import Any

from .._api.errors import AppPlatformError, DeploymentError
from .._types.api_objects import App, Deployment
from .deployment import cause_of, console_url, id_of, name_of, phase_of
from .explain import Explanation, deployment_summary, headline, still_serving
from .steps import running_components, step_counts

_JOIN_LATER = "It goes on by itself: run the same task again to join it."


def _error(
    code: str, message: str, app: App, deployment: Deployment | None, result: dict[str, Any] | None = None
) -> DeploymentError:
    if result is None and deployment is not None:
        result = deployment_summary(deployment, app_id=id_of(app))
    details = {"app_id": id_of(app), "deployment": result}
    return DeploymentError(message, code=code, details=details)


def _see(app: App, deployment: Deployment) -> str:
    return f"See {console_url(id_of(app), id_of(deployment))}"


def _join_sentences(*sentences: str) -> str:
    return " ".join(filter(None, sentences))


def _with_logs(text: str, explanation: Explanation) -> str:
    return "\n".join(filter(None, (text, explanation.log_text())))


def _replaced(result: dict[str, Any]) -> str:
    """A sentence for a deployment that superseded the one of the task; else empty. ``result``: its ``deployment``."""
    ids = result["superseded"]
    return f"It came in the place of {', '.join(ids)}, with the same spec." if ids else ""


def failed(app: App, deployment: Deployment, explanation: Explanation, result: dict[str, Any]) -> DeploymentError:
    """Phase ERROR."""
    text = _join_sentences(
        f"{headline(name_of(app), deployment, 'failed')}: {explanation.text()}",
        _replaced(result),
        still_serving(app, deployment),
        _see(app, deployment),
    )
    return _error("deployment_failed", _with_logs(text, explanation), app, deployment, result)


def post_deploy_failed(
    app: App, deployment: Deployment, explanation: Explanation, result: dict[str, Any], *, fatal: bool
) -> DeploymentError:
    """ACTIVE, with a failed POST_DEPLOY job. ``fatal``: `fail_on_post_deploy` is on."""
    text = _join_sentences(
        f"{headline(name_of(app), deployment, 'is live, but a POST_DEPLOY job of it failed')}: {explanation.text()}",
        "The release is out and is not undone by it"
        + ("; with fail_on_post_deploy: false this is a warning." if fatal else "."),
        _see(app, deployment),
    )
    return _error("post_deploy_job_failed", _with_logs(text, explanation), app, deployment, result)


def canceled(app: App, deployment: Deployment, explanation: Explanation, result: dict[str, Any]) -> DeploymentError:
    """Phase CANCELED, and no newer deployment is the cause of it."""
    # The platform marks the steps that it stopped as failed with InternalError; only other reasons are informative.
    informative = any(one.code not in ("", "InternalError") for one in explanation.failures)
    text = _join_sentences(
        f"{headline(name_of(app), deployment, 'was canceled')}, and not by this task.",
        f"What had failed by then: {explanation.text()}" if informative else "",
        _replaced(result),
        "Run the task again to deploy again.",
        _see(app, deployment),
    )
    return _error("deployment_canceled", text, app, deployment, result)


def superseded(app: App, deployment: Deployment, by: Deployment | None, result: dict[str, Any]) -> DeploymentError:
    """Superseded before it was live, by a deployment of another spec, or by one that cannot be found (``by`` None)."""
    what = "was canceled" if phase_of(deployment) == "CANCELED" else "did not come to its end"
    if by is None:
        why = "it was superseded by a deployment that cannot be found (any more)."
    else:
        cause = cause_of(by)
        why = (
            f"it was superseded by {id_of(by)}"
            + (f" ({cause})" if cause else "")
            + ", which carries another spec, so what this task declares may not run."
        )
    text = _join_sentences(
        f"{headline(name_of(app), deployment, what)}: {why}",
        _replaced(result),
        "Run the task again, when nobody else deploys; `wait_for_idle` lets a task wait for others first.",
        _see(app, by or deployment),
    )
    error = _error("deployment_superseded", text, app, deployment, result)
    if by is not None:
        error.details["superseded_by"] = {"id": id_of(by), "phase": phase_of(by), "cause": cause_of(by)}
    return error


def pinned(
    app: App, pin: Deployment, deployment: Deployment | None = None, result: dict[str, Any] | None = None
) -> DeploymentError:
    """The app is pinned to the rollback ``pin``, so it gets no deployment. ``deployment``: one that this blocks."""
    blocked = f"Deployment {id_of(deployment)} cannot go on: " if deployment else ""
    cause = cause_of(pin)
    text = (
        f"{blocked}app {name_of(app)} is pinned to the rollback {id_of(pin)}"
        + (f" ({cause})" if cause else "")
        + ", so the platform makes no new deployment of it. Keep the rollback (commit) or undo it (revert) with the "
        "module oceanops.app_platform.app_rollback, then run this task again."
    )
    return _error("app_pinned", text[:1].upper() + text[1:], app, deployment, result)


def app_vanished(app: App, deployment: Deployment | None, result: dict[str, Any] | None = None) -> DeploymentError:
    """GET of the app returned 404."""
    during = f"waiting for its deployment {id_of(deployment)}" if deployment else "looking for its new deployment"
    text = f"App {name_of(app)} ({id_of(app)}) does not exist any more: it was deleted by somebody else while {during}."
    return _error("app_vanished", text, app, deployment, result)


def deployment_vanished(app: App, deployment: Deployment, result: dict[str, Any]) -> DeploymentError:
    """GET of the deployment returned 404, and the app exists."""
    text = (
        f"{headline(name_of(app), deployment, 'is not known to the platform any more')}: how it ended cannot be told. "
        "Run the task again to see what is live."
    )
    return _error("deployment_vanished", text, app, deployment, result)


def timed_out(app: App, deployment: Deployment, elapsed: float, result: dict[str, Any]) -> DeploymentError:
    """The deployment has not ended by the deadline, after *elapsed* seconds."""
    steps, running = step_counts(deployment), running_components(deployment)
    if phase_of(deployment) == "ACTIVE":
        what = f"is live, but after {elapsed:.0f} s a POST_DEPLOY job of it still runs"
    else:
        what = f"is not over after {elapsed:.0f} s"
    where = [f"step {steps['success'] + steps['error']} of {steps['total']}"] if steps["total"] else []
    where += [f"running: {', '.join(running)}"] if running else []
    text = _join_sentences(
        headline(name_of(app), deployment, what) + (f": {', '.join(where)}." if where else "."),
        _replaced(result),
        _JOIN_LATER,
        "A larger wait_timeout gives it more time.",
        _see(app, deployment),
    )
    return _error("wait_timeout", text, app, deployment, result)


def not_idle(app: App, busy: Deployment, elapsed: float) -> DeploymentError:
    """Another deployment still runs at the deadline of wait_for_idle, after *elapsed* seconds. Nothing was changed."""
    text = _join_sentences(
        headline(name_of(app), busy, f"still runs after {elapsed:.0f} s of wait_for_idle") + ".",
        "Nothing was changed: run the task again when it is over, or give a larger wait_timeout.",
        _see(app, busy),
    )
    return _error("wait_timeout", text, app, busy)


def interrupted(
    app: App, deployment: Deployment | None, error: AppPlatformError, result: dict[str, Any] | None = None
) -> DeploymentError:
    """The wait ended by *error*: it is not known how the deployment ended."""
    if deployment is None:
        text = (
            f"The change of app {name_of(app)} was accepted, but its deployment could not be looked up: "
            f"{error.message} Run the same task again to see how it ended."
        )
    else:
        text = (
            f"{headline(name_of(app), deployment, 'could not be followed to its end')}: {error.message} "
            f"{_JOIN_LATER} {_see(app, deployment)}"
        )
    failure = _error("wait_interrupted", text, app, deployment, result)
    failure.status, failure.request_id, failure.method, failure.path = (
        error.status,
        error.request_id,
        error.method,
        error.path,
    )
    return failure
