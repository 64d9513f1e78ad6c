"""A platform in memory: apps, their deployments, other writers, calls that fail. And a world in which several tasks run
at once on a clock of its own, always in the same order for the same seed.
"""

from __future__ import annotations

import copy
import datetime
import heapq
import itertools
import random
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from ansible_collections.oceanops.app_platform.plugins.module_utils._ansible.context import Context
from ansible_collections.oceanops.app_platform.plugins.module_utils._api.errors import (
    AppPlatformError,
    ConflictError,
    InvalidRequestError,
    NotFoundError,
    ServerError,
)
from ansible_collections.oceanops.app_platform.tests.unit.fake_clock import START, FakeClock

from ..spec.strategies import server_fills

Spec = dict[str, Any]
App = dict[str, Any]

URL = "https://api.example.org"
TERMINAL = ("ACTIVE", "ERROR", "CANCELED", "SUPERSEDED")


class _Plain(random.Random):
    """The server fills in what it certainly does, and nothing else."""

    def random(self) -> float:
        return 1.0


def lost_answer(status: int = 502, maybe_applied: bool = True) -> AppPlatformError:
    """What the client raises when nobody knows whether a write took effect."""
    error = ServerError("PUT /v2/apps/x answered 502: Bad Gateway.", status=status, method="PUT", path="/v2/apps/x")
    error.maybe_applied = maybe_applied
    return error


class FakeApps:
    """The part of AppsApi that edits use.

    ``takes``: seconds until a deployment is over. ``fails``: whether a spec's deployment ends in ERROR. ``tells``:
    whether a PUT answers with its deployment. ``before``, ``after``: what happens around the next calls of a method,
    one entry a call; None: nothing.
    """

    def __init__(self, clock: FakeClock | None = None) -> None:
        self.clock = clock or FakeClock()
        self.apps: dict[str, App] = {}
        self.deployments: dict[str, list[dict[str, Any]]] = {}
        self.calls: list[str] = []
        self.sent: list[Spec] = []
        self.takes = 3.0
        self.fails: Callable[[Spec], bool] = lambda _spec: False
        self.tells = True
        self.keeps: Callable[[Spec], Spec] = lambda spec: spec
        self.before: dict[str, list[Callable[[], None] | None]] = {}
        self.after: dict[str, list[Callable[[], None] | None]] = {}
        self.pause: Callable[[], None] = lambda: None
        self.user = "somebody@example.org"
        self._pick = _Plain(7)
        self._ids = itertools.count(1)

    # --- what tests do ---

    def add(self, spec: Spec, **more: Any) -> str:
        """An app that has been there, and runs, for a while."""
        app_id = self._new_id("a")
        self.apps[app_id] = {"id": app_id, "spec": server_fills(spec, self._pick), **more}
        self.deployments[app_id] = []
        self.deploy(app_id, made=-5000.0)
        return app_id

    def spec(self, app_id: str) -> Spec:
        return copy.deepcopy(self.apps[app_id]["spec"])  # type: ignore[no-any-return]

    def write(self, app_id: str, change: Callable[[Spec], None]) -> None:
        """Another writer, who reads and writes in one go."""
        spec = self.spec(app_id)
        change(spec)
        self.put(app_id, spec)

    def put(self, app_id: str, spec: Spec) -> None:
        """Another writer, who writes what it has."""
        self.apps[app_id]["spec"] = server_fills(self.keeps(copy.deepcopy(spec)), self._pick)
        self.deploy(app_id)

    @property
    def writes(self) -> list[str]:
        return [call for call in self.calls if call.split()[0] not in ("get_app", "list_apps", "propose", "reads")]

    # --- what the product does ---

    def list_instance_sizes(self) -> list[dict[str, Any]]:
        self._called("list_instance_sizes")
        return [{"slug": "apps-s-1vcpu-1gb"}, {"slug": "apps-z-new"}]

    def list_apps(self, with_projects: bool = False) -> Iterator[App]:
        self._called("list_apps")
        yield from [self.shown(app_id) for app_id in self.apps]

    def get_app(self, app_id: str) -> App:
        self._called("get_app")
        found = self.shown(app_id)
        self._done("get_app")
        return found

    def update_app(self, app_id: str, spec: Mapping[str, Any], update_all_source_versions: bool = False) -> App:
        self._called("update_app" + (" with sources" if update_all_source_versions else ""))
        self.shown(app_id)
        self.sent.append(copy.deepcopy(dict(spec)))
        self.put(app_id, dict(spec))
        answer = self.shown(app_id)
        if not self.tells:
            answer.pop("pending_deployment", None)
        self._done("update_app")
        return answer

    def create_app(self, spec: Mapping[str, Any], project_id: str | None = None) -> App:
        self._called("create_app")
        if any(app["spec"]["name"] == spec["name"] for app in self.apps.values()):
            raise ConflictError("App name already exists", status=409, method="POST", path="/v2/apps")
        self.sent.append(copy.deepcopy(dict(spec)))
        app_id = self._new_id("a")
        self.apps[app_id] = {"id": app_id, "project_id": project_id or "default"}
        self.deployments[app_id] = []
        self.put(app_id, dict(spec))
        answer = self.shown(app_id)
        self._done("create_app")
        return answer

    def delete_app(self, app_id: str) -> str:
        self._called("delete_app")
        self.shown(app_id)
        del self.apps[app_id]
        self._done("delete_app")
        return app_id

    def propose(self, spec: Mapping[str, Any], app_id: str | None = None) -> dict[str, Any]:
        self._called("propose")
        self.sent.append(copy.deepcopy(dict(spec)))
        return {"spec": dict(spec)}

    def assign_to_project(self, project_id: str, app_id: str) -> None:
        self._called("assign_to_project")
        self.apps[app_id]["project_id"] = project_id

    def list_deployments(self, app_id: str, types: Sequence[str] = (), per_page: int = 20) -> Iterator[dict[str, Any]]:
        self._called("reads deployments")
        yield from [self.deployment(app_id, one) for one in self.deployments[app_id]]

    def get_deployment(self, app_id: str, deployment_id: str) -> dict[str, Any]:
        self._called("reads deployment")
        self.shown(app_id)
        return next(self.deployment(app_id, one) for one in self.deployments[app_id] if one["id"] == deployment_id)

    def create_deployment(self, app_id: str, force_build: bool = False) -> dict[str, Any]:
        self._called("create_deployment")
        return self.deployment(app_id, self.deploy(app_id, cause="manual"))

    def get_logs(self, app_id: str, **_wanted: Any) -> dict[str, Any]:
        raise InvalidRequestError("no logs", status=400, method="GET", path="/v2/apps/x/logs")

    # --- how it works ---

    def _new_id(self, letter: str) -> str:
        return f"{letter}{next(self._ids):07d}-0000-4000-8000-000000000000"

    def _called(self, name: str) -> None:
        self.pause()
        self.calls.append(name)
        self._happens(self.before, name.split(maxsplit=1)[0])

    def _done(self, name: str) -> None:
        self._happens(self.after, name)
        self.pause()

    def _happens(self, script: dict[str, list[Callable[[], None] | None]], name: str) -> None:
        waiting = script.get(name)
        action = waiting.pop(0) if waiting else None
        if action is not None:
            action()

    def deploy(self, app_id: str, made: float | None = None, cause: str = "app spec updated") -> dict[str, Any]:
        found = {
            "id": self._new_id("d"),
            "spec": self.spec(app_id),
            "made": self.clock.passed if made is None else made,
            "cause": cause,
            "user": self.user,
        }
        self.deployments[app_id].insert(0, found)
        return found

    def deployment(self, app_id: str, one: dict[str, Any]) -> dict[str, Any]:
        row = self.deployments[app_id]
        newer = row[row.index(one) - 1] if row.index(one) else None
        ended = one["made"] + self.takes
        phase = "PENDING_BUILD"
        if newer is not None and newer["made"] < ended:
            phase, ended = "SUPERSEDED", newer["made"]
        elif self.clock.passed >= ended:
            phase = "ERROR" if self.fails(one["spec"]) else "ACTIVE"
        return {
            "id": one["id"],
            "spec": copy.deepcopy(one["spec"]),
            "phase": phase,
            "cause": one["cause"],
            "cause_details": {"digitalocean_user_action": {"user": {"email": one["user"]}}},
            "created_at": _stamp(one["made"]),
            "updated_at": _stamp(ended if phase in TERMINAL else one["made"]),
        }

    def shown(self, app_id: str) -> App:
        if app_id not in self.apps:
            raise NotFoundError("no such app", status=404, method="GET", path=f"/v2/apps/{app_id}")
        app = copy.deepcopy(self.apps[app_id])
        row = [self.deployment(app_id, one) for one in self.deployments[app_id]]
        app["last_deployment_created_at"] = app["updated_at"] = row[0]["created_at"]
        if row[0]["phase"] not in TERMINAL:
            app["pending_deployment"] = row[0]
        active = next((one for one in row if one["phase"] == "ACTIVE"), None)
        if active is not None:
            app["active_deployment"] = active
        return app


def _stamp(second: float) -> str:
    return (START + datetime.timedelta(seconds=int(second // 1))).isoformat().replace("+00:00", "Z")


def params(**given: Any) -> dict[str, Any]:
    """Validated options of a module that changes an app."""
    return {"token": "a-token-of-tests", "api_url": URL, "wait": True, "log_lines": 0, **given}


def context(api: Any, given: Mapping[str, Any] | None = None, **more: Any) -> Context:
    """The dependencies of a task on the fake platform. All pauses are of medium length, unless a test passes jitter."""
    return Context(dict(given or params()), **{"api": api, "clock": api.clock, "jitter": lambda: 0.5, **more})


class World(FakeClock):
    """Several tasks at once. Only one of them runs at a time: the one whose time has come, by a clock of its own.

    Each call of the platform takes a random while, on the way there and on the way back.
    """

    def __init__(self, seed: int) -> None:
        super().__init__()
        self.random = random.Random(seed)
        self._turn = threading.Semaphore(0)
        self._waiting: list[tuple[float, int, threading.Semaphore]] = []
        self._count = itertools.count()
        self.failures: list[BaseException] = []

    def sleep(self, seconds: float) -> None:
        mine = threading.Semaphore(0)
        heapq.heappush(self._waiting, (self.passed + max(0.0, seconds), next(self._count), mine))
        self._turn.release()
        mine.acquire()

    def pause(self) -> None:
        self.sleep(self.random.choice([0.01, 0.05, 0.2, 0.7]))

    def run(self, tasks: Sequence[Callable[[], Any]]) -> None:
        """Until all are done. What they raise is in ``failures``."""

        def body(task: Callable[[], Any]) -> None:
            self.sleep(self.random.random())
            try:
                task()
            except BaseException as error:  # noqa: BLE001 - the test looks at it
                self.failures.append(error)
            self._turn.release()

        threads = [threading.Thread(target=body, args=(task,), daemon=True) for task in tasks]
        for thread in threads:
            thread.start()
            self._turn.acquire()
        while self._waiting:
            self.passed, _number, woken = heapq.heappop(self._waiting)
            woken.release()
            self._turn.acquire()
        for thread in threads:
            thread.join()
