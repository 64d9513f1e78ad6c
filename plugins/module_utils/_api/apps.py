# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.

"""The API's endpoints, one method each (API reference 2.1); every method returns what is inside the envelope.

Objects are open dicts as the API sent them: unknown fields stay, a zero value may be absent (API reference 1.3).
Besides what is said below, every method raises ApiError and TransportError; those that need an id or a name raise
UsageError when it is empty, before any call, since the request would reach another endpoint.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from .._types.api_objects import App, Deployment, JobInvocation
from .client import Client
from .errors import UsageError
from .response_checks import Sound
from .responses import inside, objects


class AppsApi:
    """``/v2/apps`` through a client.

    ``strict``: for tasks that decide something by the answers. What these rest on is there and of its type then, or the
    call raises TransportError (wrong_envelope; response_checks.py). Otherwise what is there is given as it is.
    """

    def __init__(self, client: Client, *, strict: bool = False) -> None:
        self.client = client
        self.strict = strict

    # --- apps ---

    def list_apps(self, with_projects: bool = False) -> Iterator[App]:
        """All apps of the token's team. ``with_projects``: with their project_id, if the token may see it."""
        found = self.client.pages("/v2/apps", "apps", {"with_projects": True} if with_projects else None)
        return self._each(found, Sound("GET", "/v2/apps").listed_app)

    def get_app(self, app_id: str) -> App:
        """One app. NotFoundError when there is none with this id."""
        path = _path("apps", app_id)
        found = self._get(path, "app")
        if self.strict:
            Sound("GET", path).app(found, app_id)
        return found

    def create_app(self, spec: Mapping[str, Any], project_id: str | None = None) -> App:
        """The new app, with its first deployment as ``pending_deployment``.

        ConflictError: the name is taken. An error with ``maybe_applied``: the app may exist, look for its name
        (API reference 12.3).
        """
        body: dict[str, Any] = {"spec": spec}
        if project_id:
            body["project_id"] = project_id
        path = _path("apps")
        found = self._write("POST", path, "app", body)
        if self.strict:
            Sound("POST", path, maybe_applied=True).app(found, name=spec.get("name"))
        return found

    def update_app(self, app_id: str, spec: Mapping[str, Any], update_all_source_versions: bool = False) -> App:
        """The app after its whole spec was replaced. Deploys, also when nothing changed (API reference 6.4)."""
        body = {"spec": spec, "update_all_source_versions": update_all_source_versions}
        path = _path("apps", app_id)
        found = self._write("PUT", path, "app", body)
        if self.strict:
            Sound("PUT", path, maybe_applied=True).app(found, app_id)
        return found

    def delete_app(self, app_id: str) -> str:
        """The id of the app that was deleted, dev databases included."""
        answer = self.client.delete(_path("apps", app_id))
        gone = answer.get("id")
        return gone if isinstance(gone, str) and gone else app_id

    def assign_to_project(self, project_id: str, app_id: str) -> None:
        """Move the app to another project (Projects API, API reference 10.2). Needs the scope project:assign_resource.

        Saying it twice does no harm.
        """
        body = {"resources": [f"do:app:{app_id}"]}
        self.client.post(_path("projects", project_id, "resources"), body, reads=True)

    def propose(self, spec: Mapping[str, Any], app_id: str | None = None) -> dict[str, Any]:
        """The server's dry run: the normalised ``spec``, cost and name check (API reference 9). Changes nothing.

        InvalidRequestError: the spec is not valid.
        """
        body: dict[str, Any] = {"spec": spec}
        if app_id:
            body["app_id"] = app_id
        return self.client.post(_path("apps", "propose"), body, reads=True)

    def restart(self, app_id: str, components: Sequence[str] = ()) -> Deployment:
        """The deployment of a rolling restart of these services and workers, or of all of them."""
        body = {"components": list(components)} if components else {}
        return self._made(_path("apps", app_id, "restart"), body)

    # --- deployments ---

    def list_deployments(self, app_id: str, types: Sequence[str] = (), per_page: int = 20) -> Iterator[Deployment]:
        """Deployments, newest first, a page being fetched when it is reached. ``types``: causes such as MANUAL."""
        path = _path("apps", app_id, "deployments")
        found = self.client.pages(path, "deployments", {"deployment_types": list(types)}, per_page)
        sound = Sound("GET", path)
        return self._each(found, lambda one: sound.deployment(one, "deployments[]"))

    def get_deployment(self, app_id: str, deployment_id: str) -> Deployment:
        """One deployment."""
        path = _path("apps", app_id, "deployments", deployment_id)
        found = self._get(path, "deployment")
        if self.strict:
            Sound("GET", path).deployment(found, deployment_id=deployment_id)
        return found

    def create_deployment(self, app_id: str, force_build: bool = False) -> Deployment:
        """A new deployment of the present spec. ``force_build``: without the build cache."""
        path = _path("apps", app_id, "deployments")
        return self._made(path, {"force_build": force_build})

    def cancel_deployment(self, app_id: str, deployment_id: str) -> Deployment:
        """The deployment, being cancelled."""
        return self._made(_path("apps", app_id, "deployments", deployment_id, "cancel"), deployment_id=deployment_id)

    # --- rollback ---

    def rollback(self, app_id: str, deployment_id: str, skip_pin: bool = False) -> Deployment:
        """The deployment that goes back to an earlier one. The app stays pinned to it unless ``skip_pin``."""
        body = {"deployment_id": deployment_id, "skip_pin": skip_pin}
        return self._made(_path("apps", app_id, "rollback"), body)

    def validate_rollback(self, app_id: str, deployment_id: str, skip_pin: bool = False) -> dict[str, Any]:
        """``{valid, error: {code, message}, warnings: [{code, message, components}]}``. Changes nothing."""
        body = {"deployment_id": deployment_id, "skip_pin": skip_pin}
        return self.client.post(_path("apps", app_id, "rollback", "validate"), body, reads=True)

    def commit_rollback(self, app_id: str) -> None:
        """Keep the rollback that the app is pinned to, and unpin it."""
        self.client.post(_path("apps", app_id, "rollback", "commit"))

    def revert_rollback(self, app_id: str) -> Deployment:
        """The deployment that returns to the spec before the rollback; unpins the app."""
        return self._made(_path("apps", app_id, "rollback", "revert"))

    # --- logs ---

    def logs(
        self,
        app_id: str,
        *,
        deployment_id: str | None = None,
        component: str | None = None,
        type: str,
        tail_lines: int | None = None,
    ) -> dict[str, Any]:
        """``{live_url, historic_urls}`` of BUILD, DEPLOY, RUN or RUN_RESTARTED logs (API reference 7).

        Of the active deployment unless ``deployment_id``; of all components unless ``component``.
        InvalidRequestError: there are no such logs (not yet, or not any more).
        """
        parts = ["apps", app_id]
        if deployment_id is not None:
            parts += ["deployments", deployment_id]
        if component is not None:
            parts += ["components", component]
        return _logs(self.client.get(_path(*parts, "logs"), {"type": type, "tail_lines": tail_lines}))

    def job_invocation_logs(
        self, app_id: str, job: str, invocation_id: str, tail_lines: int | None = None
    ) -> dict[str, Any]:
        """``{live_url, historic_urls}`` of one run of a job; the path needs the job's name (API reference 5.7)."""
        path = _path("apps", app_id, "jobs", job, "invocations", invocation_id, "logs")
        return _logs(self.client.get(path, {"type": "JOB_INVOCATION", "tail_lines": tail_lines}))

    # --- job invocations ---

    def list_job_invocations(
        self, app_id: str, job_names: Sequence[str] = (), deployment_id: str | None = None, per_page: int = 200
    ) -> Iterator[JobInvocation]:
        """Runs of jobs, of all jobs unless ``job_names``, a page being fetched when it is reached."""
        query = {"job_names": list(job_names), "deployment_id": deployment_id or None}
        path = _path("apps", app_id, "job-invocations")
        sound = Sound("GET", path)
        found = self.client.pages(path, "job_invocations", query, per_page)
        return self._each(found, lambda one: sound.invocation(one, "job_invocations[]"))

    def get_job_invocation(self, app_id: str, invocation_id: str, job: str | None = None) -> JobInvocation:
        """One run of a job."""
        path = _path("apps", app_id, "job-invocations", invocation_id)
        answer = self.client.get(path, {"job_name": job or None})
        return self._run_of(answer, Sound("GET", path), invocation_id)

    def cancel_job_invocation(self, app_id: str, invocation_id: str, job: str | None = None) -> JobInvocation:
        """The run, being cancelled."""
        path = _path("apps", app_id, "job-invocations", invocation_id, "cancel")
        answer = self.client.post(path, query={"job_name": job or None})
        return self._run_of(answer, Sound("POST", path, maybe_applied=True), invocation_id)

    # --- events, alerts, instances, health ---

    def list_events(self, app_id: str, types: Sequence[str] = ()) -> Iterator[dict[str, Any]]:
        """Events, a page being fetched when it is reached. ``types``: DEPLOYMENT, AUTOSCALING."""
        return self.client.pages(_path("apps", app_id, "events"), "events", {"event_types": list(types)})

    def list_alerts(self, app_id: str) -> list[dict[str, Any]]:
        """The alerts that the stored spec has, with their ids and destinations."""
        path = _path("apps", app_id, "alerts")
        return list(self._each(self._list(path, "alerts"), Sound("GET", path).alert))

    def set_alert_destinations(
        self,
        app_id: str,
        alert_id: str,
        emails: Sequence[str] = (),
        slack_webhooks: Sequence[Mapping[str, Any]] = (),
    ) -> dict[str, Any]:
        """The alert, with these destinations in the place of the former ones; webhooks are ``{url, channel}``."""
        body = {"emails": list(emails), "slack_webhooks": [dict(one) for one in slack_webhooks]}
        return self._write("POST", _path("apps", app_id, "alerts", alert_id, "destinations"), "alert", body)

    def list_instances(self, app_id: str) -> list[dict[str, Any]]:
        """The running instances of the components."""
        return self._list(_path("apps", app_id, "instances"), "instances")

    def get_health(self, app_id: str) -> dict[str, Any]:
        """``{components: [...], functions_components: [...]}``, as far as there are any."""
        answer = self.client.get(_path("apps", app_id, "health"))
        # One published example has no envelope.
        return _object(answer.get("app_health"), answer)

    def set_trusted_sources(self, app_id: str, component: str, enable: bool) -> bool:
        """Whether the database component now accepts connections from the app only."""
        path = _path("apps", app_id, "components", component, "trusted_sources")
        return bool(self.client.post(path, {"enable": enable}).get("is_enabled"))

    # --- catalogues ---

    def list_instance_sizes(self) -> list[dict[str, Any]]:
        """Instance sizes; their numbers are strings (API reference 1.3)."""
        return self._list(_path("apps", "tiers", "instance_sizes"), "instance_sizes")

    def list_regions(self) -> list[dict[str, Any]]:
        """Regions for apps; ``disabled`` ones take no new apps."""
        return self._list(_path("apps", "regions"), "regions")

    # --- envelopes ---

    def _each(
        self, found: Iterable[dict[str, Any]], check: Callable[[dict[str, Any]], None]
    ) -> Iterator[dict[str, Any]]:
        """The items of a list, each checked when it is reached."""
        for one in found:
            if self.strict:
                check(one)
            yield one

    def _made(self, path: str, body: Any = None, deployment_id: str | None = None) -> Deployment:
        """The deployment that a POST made or (``deployment_id``) changed."""
        found = self._write("POST", path, "deployment", body)
        if self.strict:
            Sound("POST", path, maybe_applied=True).deployment(found, deployment_id=deployment_id)
        return found

    def _run_of(self, answer: dict[str, Any], sound: Sound, invocation_id: str) -> JobInvocation:
        found = _invocation(answer, sound.method, sound.path)
        if self.strict:
            sound.invocation(found, "job_invocation", invocation_id)
        return found

    def _get(self, path: str, key: str) -> dict[str, Any]:
        found: dict[str, Any] = inside(self.client.get(path), key, dict, "GET", path)
        return found

    def _list(self, path: str, key: str) -> list[dict[str, Any]]:
        return objects(self.client.get(path), key, path)

    def _write(self, method: str, path: str, key: str, body: Any = None) -> dict[str, Any]:
        answer = self.client.put(path, body) if method == "PUT" else self.client.post(path, body)
        found: dict[str, Any] = inside(answer, key, dict, method, path, maybe_applied=True)
        return found


def _path(*parts: str) -> str:
    """``/v2/...`` with every part percent-encoded. Raises UsageError for a part that would lead elsewhere."""
    for part in parts:
        if part.strip() in ("", ".", ".."):
            raise UsageError(
                f"an id or name in the path of a call ({'/'.join(parts[:2])}/...) is empty or dots: {part!r}"
            )
    return "/v2/" + "/".join(quote(part, safe="") for part in parts)


def _logs(answer: Mapping[str, Any]) -> dict[str, Any]:
    live = answer.get("live_url")
    urls = answer.get("historic_urls")
    return {
        "live_url": live if isinstance(live, str) and live else None,
        "historic_urls": [url for url in urls if isinstance(url, str)] if isinstance(urls, list) else [],
    }


def _object(value: Any, otherwise: dict[str, Any]) -> dict[str, Any]:
    return value if isinstance(value, dict) else otherwise


def _invocation(answer: dict[str, Any], method: str, path: str) -> JobInvocation:
    """The published schema shows the bare object, the clients read a wrapped one (API reference 5.8): both are fine."""
    if "job_invocation" not in answer and isinstance(answer.get("id"), str):
        return answer
    found: JobInvocation = inside(answer, "job_invocation", dict, method, path, maybe_applied=method != "GET")
    return found
