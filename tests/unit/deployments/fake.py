"""A scripted platform on a fake clock: what each deployment is at which second, and what goes wrong."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.oceanops.app_platform.plugins.module_utils._api.errors import (
    AppPlatformError,
    InvalidRequestError,
    NotFoundError,
    RateLimitedError,
    ServerError,
    TransportError,
)
from ansible_collections.oceanops.app_platform.plugins.module_utils._deployments.wait_options import WaitOptions
from ansible_collections.oceanops.app_platform.plugins.module_utils._deployments.watch import Watch
from ansible_collections.oceanops.app_platform.tests.unit.fake_clock import START, FakeClock

APP = "2f5c0000-0000-4000-8000-000000000001"
OLD, MADE, OTHER, THIRD = (f"{digit}" * 8 + "-0000-4000-8000-000000000000" for digit in "0abc")
TERMINAL = ("ACTIVE", "ERROR", "CANCELED", "SUPERSEDED")

SPEC: dict[str, Any] = {
    "name": "shop",
    "services": [{"name": "web"}],
    "jobs": [
        {"name": "migrate", "kind": "PRE_DEPLOY"},
        {"name": "warm"},
        {"name": "tidy", "kind": "FAILED_DEPLOY"},
        {"name": "nightly", "kind": "SCHEDULED"},
    ],
}
OLD_SPEC: dict[str, Any] = {**SPEC, "jobs": []}
OTHER_SPEC: dict[str, Any] = {**SPEC, "workers": [{"name": "mailer"}]}
NON_ZERO = {
    "code": "DeployContainerExitNonZero",
    "message": "Your deploy failed because your container exited with a non-zero exit code.",
}
PRE_BUILT = {
    "code": "PreBuiltImage",
    "message": "Your build job was skipped because you specified a pre-built image.",
}


def stamp(second: float) -> str:
    """A time of the API, some seconds after the start."""
    return (START + datetime.timedelta(seconds=int(second))).isoformat().replace("+00:00", "Z")


def step(name: str, status: str, *steps: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"name": name, "status": status, **({"steps": list(steps)} if steps else {}), **more}


def component(name: str, deploy: str, wait: str, **more: Any) -> dict[str, Any]:
    """The node of a component below deploy > components; ``more`` belongs to its last step."""
    status = "ERROR" if "ERROR" in (deploy, wait) else wait if wait == deploy else "RUNNING"
    return step(
        name,
        status,
        step("deploy", deploy, component_name=name),
        step("wait", wait, component_name=name, **more),
        component_name=name,
    )


def tree(build: str, components: list[dict[str, Any]], finalize: str, deploy: str = "RUNNING") -> dict[str, Any]:
    """A progress object; its counters are left to be wrong, as they are on the real platform at times."""
    built = [
        step(one["name"], build, component_name=one["name"], **({"reason": PRE_BUILT} if build == "SUCCESS" else {}))
        for one in components
    ]
    return {
        "steps": [
            step("build", build, step("initialize", build), step("components", build, *built)),
            step(
                "deploy",
                deploy,
                step("initialize", deploy if deploy == "PENDING" else "SUCCESS"),
                step("components", deploy, *components),
                step("finalize", finalize),
            ),
        ]
    }


def building() -> dict[str, Any]:
    return tree("RUNNING", [component(name, "PENDING", "PENDING") for name in ALL], "PENDING", "PENDING")


ALL = ("migrate", "web", "warm", "tidy")


def good() -> dict[str, Any]:
    """ACTIVE: the steps of the FAILED_DEPLOY job stay pending."""
    done = [component(name, "SUCCESS", "SUCCESS") for name in ("migrate", "web", "warm")]
    return tree("SUCCESS", [*done, component("tidy", "PENDING", "PENDING")], "SUCCESS", "SUCCESS")


def warm(deploy: str, wait: str, finalize: str = "SUCCESS", **more: Any) -> dict[str, Any]:
    """ACTIVE, with the POST_DEPLOY job in some state."""
    done = [component(name, "SUCCESS", "SUCCESS") for name in ("migrate", "web")]
    last = [component("warm", deploy, wait, **more), component("tidy", "PENDING", "PENDING")]
    return tree("SUCCESS", [*done, *last], finalize, "SUCCESS")


def bad(reason: dict[str, str] | None = None) -> dict[str, Any]:
    """ERROR: the migration failed."""
    told = {"reason": reason or NON_ZERO}
    rest = [component(name, "PENDING", "PENDING") for name in ("web", "warm", "tidy")]
    return tree("SUCCESS", [component("migrate", "SUCCESS", "ERROR", **told), *rest], "PENDING", "ERROR")


def unbuilt(code: str) -> dict[str, Any]:
    """ERROR: the build of the service failed."""
    found = tree("PENDING", [component(name, "PENDING", "PENDING") for name in ALL], "PENDING", "PENDING")
    node = found["steps"][0]
    node["status"] = node["steps"][1]["status"] = "ERROR"
    node["steps"][0]["status"] = "SUCCESS"
    node["steps"][1]["steps"][1].update(status="ERROR", reason={"code": code, "message": "It went wrong."})
    return found


@dataclass(frozen=True)
class Dep:
    """A deployment: ``(second, phase)`` or ``(second, phase, progress)`` for each of its states.

    ``shown``: the second from which an app names it as its own; ``known``: from which GET by id finds it;
    ``lost``: from which it does not any more.
    """

    states: tuple[tuple[Any, ...], ...]
    id: str = MADE
    made: float = 0.0
    spec: dict[str, Any] | None = field(default_factory=lambda: SPEC)
    cause: str = "app spec updated"
    shown: float | None = None
    known: float | None = None
    lost: float = float("inf")

    def at(self, second: float) -> dict[str, Any] | None:
        """As the API shows it then; None before it was made."""
        current = [state for state in self.states if state[0] <= second]
        if second < self.made or not current:
            return None
        since, phase, *progress = current[-1]
        found = {
            "id": self.id,
            "phase": phase,
            "cause": self.cause,
            "created_at": stamp(self.made),
            "updated_at": stamp(since),
            "phase_last_updated_at": stamp(since),
        }
        if self.spec is not None:
            found["spec"] = self.spec
        if progress and progress[0] is not None:
            found["progress"] = progress[0]
        return found


#: What runs before anything is written.
BEFORE = Dep(((-5000.0, "ACTIVE"),), id=OLD, made=-5000.0, spec=OLD_SPEC)


@dataclass(frozen=True)
class Fault:
    """Calls of these kinds (all, if there are none) fail from one second to another."""

    error: Callable[[], AppPlatformError]
    since: float = 0.0
    until: float = float("inf")
    calls: tuple[str, ...] = ()


def server_error() -> AppPlatformError:
    return ServerError("GET /v2/apps answered 502: Bad Gateway.", status=502, method="GET", path="/v2/apps")


def no_answer() -> AppPlatformError:
    return TransportError("GET /v2/apps: silence.", reason="read_timeout", method="GET", path="/v2/apps")


def rate_limited(seconds: float) -> Callable[[], AppPlatformError]:
    return lambda: RateLimitedError("GET /v2/apps answered 429.", status=429, retry_after=seconds)


def not_found() -> AppPlatformError:
    return NotFoundError("GET answered 404 (not_found): no such thing.", status=404, api_message="no such thing")


def no_logs() -> AppPlatformError:
    return InvalidRequestError("GET answered 400.", status=400, api_message="cannot get build logs")


class FakeApi:
    """The part of AppsApi that waiting uses; it is its own client, too."""

    def __init__(self, clock: FakeClock, deployments: tuple[Dep, ...], *, faults: tuple[Fault, ...] = ()) -> None:
        self.clock = clock
        self.deployments = deployments
        self.faults = faults
        self.pin: tuple[float, Dep] | None = None
        self.gone = float("inf")
        self.spec: dict[str, Any] = SPEC
        self.log_files: dict[tuple[str | None, str], list[str]] = {("migrate", "DEPLOY"): ["one\n", "two\n"]}
        self.logs_since = 0.0
        self.calls: list[str] = []
        self.client = self

    def _call(self, name: str) -> float:
        self.calls.append(name)
        now = self.clock.passed
        for fault in self.faults:
            if fault.since <= now < fault.until and name in (fault.calls or (name,)):
                raise fault.error()
        return now

    def get_app(self, app_id: str) -> dict[str, Any]:
        now = self._call("get_app")
        if now >= self.gone:
            raise not_found()
        return self.app(now)

    def app(self, now: float) -> dict[str, Any]:
        """The app as the API shows it at a second."""
        found: dict[str, Any] = {"id": APP, "spec": self.spec}
        seen = [(one, state) for one in self.deployments if (state := one.at(now)) is not None]
        seen.sort(key=lambda pair: pair[0].made)
        if seen:
            found["last_deployment_created_at"] = stamp(seen[-1][0].made)
        for one, state in seen:
            if now < (one.made if one.shown is None else one.shown):
                continue
            if state["phase"] in ("PENDING_BUILD", "UNKNOWN"):
                found["pending_deployment"] = state
            elif state["phase"] == "ACTIVE":
                found["active_deployment"] = state
            elif state["phase"] not in TERMINAL:
                found["in_progress_deployment"] = state
        if self.pin and now >= self.pin[0]:
            found["pinned_deployment"] = self.pin[1].at(now)
        return found

    def get_deployment(self, app_id: str, deployment_id: str) -> dict[str, Any]:
        now = self._call("get_deployment")
        for one in self.deployments:
            state = one.at(now)
            if one.id == deployment_id and state and (one.known or one.made) <= now < one.lost and now < self.gone:
                return state
        raise not_found()

    def list_deployments(self, app_id: str, types: Any = (), per_page: int = 20) -> Iterator[dict[str, Any]]:
        now = self._call("list_deployments")
        ordered = sorted(self.deployments, key=lambda one: one.made, reverse=True)
        return iter([state for one in ordered if (one.known or one.made) <= now and (state := one.at(now))])

    def get_logs(self, app_id: str, **asked: Any) -> dict[str, Any]:
        now = self._call("logs")
        files = self.log_files.get((asked["component"], asked["type"]))
        if files is None:
            raise no_logs()
        shown = files if now >= self.logs_since else []
        return {"live_url": None, "historic_urls": [f"https://logs.example/{text}" for text in shown]}

    def fetch_text(self, url: str, limit: int) -> str:
        self._call("fetch_text")
        return url.removeprefix("https://logs.example/")


@dataclass
class Heard:
    """What a wait told."""

    progress: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def watch(api: FakeApi, heard: Heard | None = None, jitter: float = 0.5, **options: Any) -> Watch:
    """A wait on the fake platform; the other arguments are wait options."""
    heard = heard if heard is not None else Heard()
    return Watch(
        api=api,  # type: ignore[arg-type]
        clock=api.clock,
        same_spec=lambda left, right: left == right,
        options=WaitOptions(**options),
        progress=heard.progress.append,
        warn=heard.warnings.append,
        jitter=lambda: jitter,
    )
