# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which logs can be read when, and what is in them (API reference 7)."""

from __future__ import annotations

from collections.abc import Iterable

from .errors import bad_request, not_found
from .model import App, Deployment, Invocation, component_of, components
from .state import State
from .wire import fine_timestamp

TYPES = ("UNSPECIFIED", "BUILD", "DEPLOY", "RUN", "RUN_RESTARTED", "AUTOSCALE_EVENT", "JOB_INVOCATION")


def check_type(given: str | None, allowed: Iterable[str] = TYPES) -> str:
    """The log type of a request."""
    if not given:
        raise bad_request("type is required")
    if given not in allowed:
        raise bad_request(f"invalid log type {given!r}")
    return given


def readable(state: State, deployment: Deployment, component: str, kind: str) -> list[str]:
    """The lines of one component that can be read by now."""
    if component_of(deployment.spec, component) is None:
        raise not_found()
    settings, failed = state.settings, deployment.phase in {"ERROR", "CANCELED"}
    if failed and kind in {"DEPLOY", "RUN", "RUN_RESTARTED"}:
        late = settings.log_cleanup and state.now >= deployment.phase_changed + settings.log_cleanup
        if late or state.assume["logs_after_error"] == "gone":
            raise bad_request(f"cannot get running logs from deployment {deployment.id} in phase final_cleanup")
    return _due(state, deployment.logs.get(component, {}).get(kind, []))


def _due(state: State, lines: list[str]) -> list[str]:
    limit = state.now - state.settings.log_delay + 0.01  # lines written together are microseconds apart
    return [line for line in lines if float(line.split(" ", 1)[0]) <= limit]


def never_reached(deployment: Deployment, kind: str) -> Exception:
    """The answer for a state that was never reached, or was skipped."""
    return bad_request(f"no {kind} logs available for deployment {deployment.id} in phase {deployment.phase}")


def sources(state: State, deployment: Deployment, component: str, kind: str) -> list[str]:
    """The components with readable logs of a type: the named one, or all; refused when there are none."""
    names = [component] if component else [str(item["name"]) for _kind, item in components(deployment.spec)]
    found = [name for name in names if readable(state, deployment, name, kind)]
    if not found:
        raise never_reached(deployment, kind)
    return found


def invocation_lines(state: State, invocation: Invocation) -> list[str]:
    """The lines of a job's run that can be read by now."""
    return _due(state, invocation.log)


def text(component: str, lines: list[str], tail: int) -> str:
    """A log file: `<component> <time> <text>` a line. `tail` is how many of the last lines, below 0 all."""
    shown = lines if tail < 0 else lines[len(lines) - min(tail, len(lines)) :]
    return "".join(
        f"{component} {fine_timestamp(float(when))} {line}\n" for when, line in (x.split(" ", 1) for x in shown)
    )


def deployment_of(app: App, deployment_id: str, state: State) -> Deployment:
    """One deployment; refused when there is none."""
    state.check_id(deployment_id)
    found = app.deployment(deployment_id)
    if found is None:
        raise not_found()
    return found
