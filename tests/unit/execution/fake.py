"""Apps without a platform: what the endpoints answer, and which of them were asked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from ansible_collections.oceanops.app_platform.plugins.module_utils._ansible.arguments import API, SELECTOR
from ansible_collections.oceanops.app_platform.plugins.module_utils._ansible.context import Context
from ansible_collections.oceanops.app_platform.plugins.module_utils._api.errors import (
    InvalidRequestError,
    NotFoundError,
)

App = dict[str, Any]


def app(name: str, app_id: str, **more: Any) -> App:
    return {"id": app_id, "spec": {"name": name}, **more}


class FakeApps:
    """The part of AppsApi that reads; ``calls`` tells what was asked."""

    def __init__(self, *apps: App, deployments: Sequence[App] = ()) -> None:
        self.apps = {one["id"]: one for one in apps}
        self.deployments = list(deployments)
        self.calls: list[str] = []

    def list_apps(self, with_projects: bool = False) -> Iterator[App]:
        self.calls.append(f"list{' with projects' if with_projects else ''}")
        yield from self.apps.values()

    def get_app(self, app_id: str) -> App:
        self.calls.append(f"get {app_id}")
        if " " in app_id:
            raise InvalidRequestError("invalid uuid", status=400, request_id="r-400", method="GET", path="/v2/apps/x")
        if app_id not in self.apps:
            raise _gone(f"/v2/apps/{app_id}")
        return self.apps[app_id]

    def list_deployments(self, app_id: str, types: Sequence[str] = (), per_page: int = 20) -> Iterator[App]:
        self.calls.append(f"deployments of {app_id}, types {'+'.join(types)}, {per_page} a page")
        yield from self.deployments

    def get_deployment(self, app_id: str, deployment_id: str) -> App:
        self.calls.append(f"deployment {deployment_id}")
        for one in self.deployments:
            if one["id"] == deployment_id:
                return one
        raise _gone(f"/v2/apps/{app_id}/deployments/{deployment_id}")

    def get_logs(self, app_id: str, **wanted: Any) -> dict[str, Any]:
        self.calls.append(f"logs of {wanted['component']}")
        return {"live_url": None, "historic_urls": []}


def _gone(path: str) -> NotFoundError:
    return NotFoundError("no such thing", status=404, request_id="r-404", method="GET", path=path)


def params(**given: Any) -> dict[str, Any]:
    """Validated options: the defaults of the API and of the selector, and these."""
    options = {**API.options, **SELECTOR.options}
    return {**{name: option.get("default") for name, option in options.items()}, "token": "a-token-of-tests", **given}


def context(api: Any = None, **more: Any) -> Context:
    given = more.pop("params", None) or params()
    return Context(given, api=api, **more)
