# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.

"""The endpoints of the API, one method each (API reference 2.1). Methods return the unwrapped object of the response.

Objects are dicts as the API sends them: with unknown fields, and possibly without fields of zero value (API reference
1.3). All methods raise ApiError and TransportError. Those with an id or a name in the path raise UsageError, before any
request, if it is empty: the request would address a different endpoint.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from .._types.api_objects import Alert, App, Deployment, Event, JobInvocation
from .client import Client
from .errors import UsageError
from .response_checks import ResponseChecks
from .responses import unwrap, unwrap_list


class AppsApi:
    """``/v2/apps`` through a client.

    ``strict``: for tasks that make decisions based on responses. Calls raise TransportError (wrong_envelope) unless the
    fields that decisions depend on are present and of their type (response_checks.py). Otherwise nothing is checked.
    """

    def __init__(self, client: Client, *, strict: bool = False) -> None:
        self.client = client
        self.strict = strict

    # --- apps ---

    def list_apps(self, with_projects: bool = False) -> Iterator[App]:
        """All apps of the token's team. ``with_projects``: with project_id, if the token's scopes allow it."""
        found = self.client.paginate("/v2/apps", "apps", {"with_projects": True} if with_projects else None)
        return self._checked(found, ResponseChecks("GET", "/v2/apps").listed_app)

    def get_app(self, app_id: str) -> App:
        """One app. Raises NotFoundError if there is none with this id."""
        path = _path("apps", app_id)
        found = self._get(path, "app")
        if self.strict:
            ResponseChecks("GET", path).app(found, app_id)
        return found

    def create_app(self, spec: Mapping[str, Any], project_id: str | None = None) -> App:
        """Create an app; returns it, with its first deployment as ``pending_deployment``.

        Raises ConflictError if the name is taken. After an error with ``maybe_applied`` the app may exist: look it
        up by its name (API reference 12.3).
        """
        body: dict[str, Any] = {"spec": spec}
        if project_id:
            body["project_id"] = project_id
        path = _path("apps")
        found = self._write("POST", path, "app", body)
        if self.strict:
            ResponseChecks("POST", path, maybe_applied=True).app(found, name=spec.get("name"))
        return found

    def update_app(self, app_id: str, spec: Mapping[str, Any], update_all_source_versions: bool = False) -> App:
        """Replace the spec of the app; returns the app. Deploys, even if nothing changed (API reference 6.4)."""
        body = {"spec": spec, "update_all_source_versions": update_all_source_versions}
        path = _path("apps", app_id)
        found = self._write("PUT", path, "app", body)
        if self.strict:
            ResponseChecks("PUT", path, maybe_applied=True).app(found, app_id)
        return found

    def delete_app(self, app_id: str) -> str:
        """Delete the app with its dev databases; returns its id."""
        deleted = self.client.delete(_path("apps", app_id)).get("id")
        return deleted if isinstance(deleted, str) and deleted else app_id

    def assign_to_project(self, project_id: str, app_id: str) -> None:
        """Move the app to another project (Projects API, API reference 10.2). Idempotent.

        The token needs the scope project:assign_resource.
        """
        body = {"resources": [f"do:app:{app_id}"]}
        self.client.post(_path("projects", project_id, "resources"), body, read_only=True)

    def propose(self, spec: Mapping[str, Any], app_id: str | None = None) -> dict[str, Any]:
        """Validate a spec without a change: the normalised ``spec``, cost and name check (API reference 9).

        Raises InvalidRequestError for an invalid spec.
        """
        body: dict[str, Any] = {"spec": spec}
        if app_id:
            body["app_id"] = app_id
        return self.client.post(_path("apps", "propose"), body, read_only=True)

    def restart(self, app_id: str, components: Sequence[str] = ()) -> Deployment:
        """Restart these services and workers, or all of them; returns the deployment."""
        body = {"components": list(components)} if components else {}
        return self._post_deployment(_path("apps", app_id, "restart"), body)

    # --- deployments ---

    def list_deployments(self, app_id: str, types: Sequence[str] = (), per_page: int = 20) -> Iterator[Deployment]:
        """Deployments, newest first; pages are fetched lazily. ``types``: causes such as MANUAL."""
        path = _path("apps", app_id, "deployments")
        found = self.client.paginate(path, "deployments", {"deployment_types": list(types)}, per_page)
        checks = ResponseChecks("GET", path)
        return self._checked(found, lambda deployment: checks.deployment(deployment, "deployments[]"))

    def get_deployment(self, app_id: str, deployment_id: str) -> Deployment:
        """One deployment."""
        path = _path("apps", app_id, "deployments", deployment_id)
        found = self._get(path, "deployment")
        if self.strict:
            ResponseChecks("GET", path).deployment(found, deployment_id=deployment_id)
        return found

    def create_deployment(self, app_id: str, force_build: bool = False) -> Deployment:
        """Deploy the current spec; returns the deployment. ``force_build``: without the build cache."""
        path = _path("apps", app_id, "deployments")
        return self._post_deployment(path, {"force_build": force_build})

    def cancel_deployment(self, app_id: str, deployment_id: str) -> Deployment:
        """Cancel a deployment; returns it."""
        return self._post_deployment(
            _path("apps", app_id, "deployments", deployment_id, "cancel"), deployment_id=deployment_id
        )

    # --- rollback ---

    def rollback(self, app_id: str, deployment_id: str, skip_pin: bool = False) -> Deployment:
        """Roll back to an earlier deployment; returns the new one. Pins the app to it unless ``skip_pin``."""
        body = {"deployment_id": deployment_id, "skip_pin": skip_pin}
        return self._post_deployment(_path("apps", app_id, "rollback"), body)

    def validate_rollback(self, app_id: str, deployment_id: str, skip_pin: bool = False) -> dict[str, Any]:
        """Check a rollback: ``{valid, error: {code, message}, warnings: [{code, message, components}]}``."""
        body = {"deployment_id": deployment_id, "skip_pin": skip_pin}
        return self.client.post(_path("apps", app_id, "rollback", "validate"), body, read_only=True)

    def commit_rollback(self, app_id: str) -> None:
        """Make the rollback that the app is pinned to permanent, and unpin the app."""
        self.client.post(_path("apps", app_id, "rollback", "commit"))

    def revert_rollback(self, app_id: str) -> Deployment:
        """Return to the spec before the rollback, and unpin the app; returns the deployment."""
        return self._post_deployment(_path("apps", app_id, "rollback", "revert"))

    # --- logs ---

    def get_logs(
        self,
        app_id: str,
        *,
        deployment_id: str | None = None,
        component: str | None = None,
        type: str,
        tail_lines: int | None = None,
    ) -> dict[str, Any]:
        """URLs of logs: ``{live_url, historic_urls}`` (API reference 7).

        ``type``: BUILD, DEPLOY, RUN or RUN_RESTARTED. ``deployment_id``: default is the active deployment.
        ``component``: default is all of them. Raises InvalidRequestError if such logs do not exist, or no longer.
        """
        parts = ["apps", app_id]
        if deployment_id is not None:
            parts += ["deployments", deployment_id]
        if component is not None:
            parts += ["components", component]
        return _log_urls(self.client.get(_path(*parts, "logs"), {"type": type, "tail_lines": tail_lines}))

    def get_job_invocation_logs(
        self, app_id: str, job: str, invocation_id: str, tail_lines: int | None = None
    ) -> dict[str, Any]:
        """URLs of the logs of a job invocation: ``{live_url, historic_urls}`` (API reference 5.7)."""
        path = _path("apps", app_id, "jobs", job, "invocations", invocation_id, "logs")
        return _log_urls(self.client.get(path, {"type": "JOB_INVOCATION", "tail_lines": tail_lines}))

    # --- job invocations ---

    def list_job_invocations(
        self, app_id: str, job_names: Sequence[str] = (), deployment_id: str | None = None, per_page: int = 200
    ) -> Iterator[JobInvocation]:
        """Invocations of these jobs, or of all jobs; pages are fetched lazily."""
        query = {"job_names": list(job_names), "deployment_id": deployment_id or None}
        path = _path("apps", app_id, "job-invocations")
        checks = ResponseChecks("GET", path)
        found = self.client.paginate(path, "job_invocations", query, per_page)
        return self._checked(found, lambda invocation: checks.job_invocation(invocation, "job_invocations[]"))

    def get_job_invocation(self, app_id: str, invocation_id: str, job: str | None = None) -> JobInvocation:
        """One job invocation."""
        path = _path("apps", app_id, "job-invocations", invocation_id)
        response = self.client.get(path, {"job_name": job or None})
        return self._job_invocation(response, ResponseChecks("GET", path), invocation_id)

    def cancel_job_invocation(self, app_id: str, invocation_id: str, job: str | None = None) -> JobInvocation:
        """Cancel a job invocation; returns it."""
        path = _path("apps", app_id, "job-invocations", invocation_id, "cancel")
        response = self.client.post(path, query={"job_name": job or None})
        return self._job_invocation(response, ResponseChecks("POST", path, maybe_applied=True), invocation_id)

    # --- events, alerts, instances, health ---

    def list_events(self, app_id: str, types: Sequence[str] = ()) -> Iterator[Event]:
        """Events of the app; pages are fetched lazily. ``types``: DEPLOYMENT, AUTOSCALING."""
        return self.client.paginate(_path("apps", app_id, "events"), "events", {"event_types": list(types)})

    def list_alerts(self, app_id: str) -> list[Alert]:
        """The alerts of the stored spec, with their ids and destinations."""
        path = _path("apps", app_id, "alerts")
        return list(self._checked(self._list(path, "alerts"), ResponseChecks("GET", path).alert))

    def set_alert_destinations(
        self,
        app_id: str,
        alert_id: str,
        emails: Sequence[str] = (),
        slack_webhooks: Sequence[Mapping[str, Any]] = (),
    ) -> Alert:
        """Replace the destinations of an alert; returns it. ``slack_webhooks``: ``{url, channel}`` each."""
        body = {"emails": list(emails), "slack_webhooks": [dict(webhook) for webhook in slack_webhooks]}
        return self._write("POST", _path("apps", app_id, "alerts", alert_id, "destinations"), "alert", body)

    def list_instances(self, app_id: str) -> list[dict[str, Any]]:
        """The running instances of all components."""
        return self._list(_path("apps", app_id, "instances"), "instances")

    def get_health(self, app_id: str) -> dict[str, Any]:
        """``{components: [...], functions_components: [...]}``; either key may be absent."""
        response = self.client.get(_path("apps", app_id, "health"))
        health = response.get("app_health")
        # One published example has no envelope.
        return health if isinstance(health, dict) else response

    def set_trusted_sources(self, app_id: str, component: str, enable: bool) -> bool:
        """Set whether a database component accepts connections from the app only; returns the new state."""
        path = _path("apps", app_id, "components", component, "trusted_sources")
        return bool(self.client.post(path, {"enable": enable}).get("is_enabled"))

    # --- catalogues ---

    def list_instance_sizes(self) -> list[dict[str, Any]]:
        """Instance sizes; numbers in them are strings (API reference 1.3)."""
        return self._list(_path("apps", "tiers", "instance_sizes"), "instance_sizes")

    def list_regions(self) -> list[dict[str, Any]]:
        """Regions; ``disabled`` ones accept no new apps."""
        return self._list(_path("apps", "regions"), "regions")

    # --- envelopes ---

    def _checked(
        self, items: Iterable[dict[str, Any]], check: Callable[[dict[str, Any]], None]
    ) -> Iterator[dict[str, Any]]:
        """The items of a list; with ``strict``, each is checked when it is reached."""
        for item in items:
            if self.strict:
                check(item)
            yield item

    def _post_deployment(self, path: str, body: Any = None, deployment_id: str | None = None) -> Deployment:
        """The deployment that a POST created, or with ``deployment_id`` changed."""
        found = self._write("POST", path, "deployment", body)
        if self.strict:
            ResponseChecks("POST", path, maybe_applied=True).deployment(found, deployment_id=deployment_id)
        return found

    def _job_invocation(self, response: dict[str, Any], checks: ResponseChecks, invocation_id: str) -> JobInvocation:
        found = _unwrap_job_invocation(response, checks.method, checks.path)
        if self.strict:
            checks.job_invocation(found, "job_invocation", invocation_id)
        return found

    def _get(self, path: str, key: str) -> dict[str, Any]:
        found: dict[str, Any] = unwrap(self.client.get(path), key, dict, "GET", path)
        return found

    def _list(self, path: str, key: str) -> list[dict[str, Any]]:
        return unwrap_list(self.client.get(path), key, path)

    def _write(self, method: str, path: str, key: str, body: Any = None) -> dict[str, Any]:
        response = self.client.put(path, body) if method == "PUT" else self.client.post(path, body)
        found: dict[str, Any] = unwrap(response, key, dict, method, path, maybe_applied=True)
        return found


def _path(*parts: str) -> str:
    """``/v2/...`` with percent-encoded parts. Raises UsageError for parts that change the path: empty ones and dots."""
    for part in parts:
        if part.strip() in ("", ".", ".."):
            raise UsageError(
                f"an id or name in the path of a call ({'/'.join(parts[:2])}/...) is empty or dots: {part!r}"
            )
    return "/v2/" + "/".join(quote(part, safe="") for part in parts)


def _log_urls(response: Mapping[str, Any]) -> dict[str, Any]:
    live = response.get("live_url")
    urls = response.get("historic_urls")
    return {
        "live_url": live if isinstance(live, str) and live else None,
        "historic_urls": [url for url in urls if isinstance(url, str)] if isinstance(urls, list) else [],
    }


def _unwrap_job_invocation(response: dict[str, Any], method: str, path: str) -> JobInvocation:
    """Unwrap a job invocation; the published schema has no envelope, the published clients do (API reference 5.8)."""
    if "job_invocation" not in response and isinstance(response.get("id"), str):
        return response
    found: JobInvocation = unwrap(response, "job_invocation", dict, method, path, maybe_applied=method != "GET")
    return found
