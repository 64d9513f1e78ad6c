"""A simulator inside the test: no process, no network, a clock that moves when told."""

from __future__ import annotations

import copy
from functools import cache
from typing import Any

from werkzeug.test import TestResponse

from app_platform_simulator.account import Account
from app_platform_simulator.assumptions import Assumptions
from app_platform_simulator.engine.clock import Clock
from app_platform_simulator.state import State
from app_platform_simulator.web.application import create_app
from app_platform_simulator.web.control import reset_all
from app_platform_simulator.web.limits import Limits
from app_platform_simulator.web.record import Record
from app_platform_simulator.web.server import Server, Start
from app_platform_simulator.wire import parse_time
from tests.simulator import contract

START = parse_time("2026-08-01T10:00:00Z")
TOKEN = "dop_v1_" + "a" * 64
NOWHERE = "00000000-0000-4000-8000-000000000000"
IMAGE: dict[str, Any] = {"registry_type": "DOCR", "repository": "web", "tag": "1.2"}
Spec = dict[str, Any]


def service(name: str = "web", **more: Any) -> Spec:
    return {"name": name, "image": dict(IMAGE), **more}


def job(name: str, kind: str = "", **more: Any) -> Spec:
    return {"name": name, "image": dict(IMAGE), **({"kind": kind} if kind else {}), **more}


def scheduled(name: str = "nightly", cron: str = "0 3 * * *", zone: str = "Europe/Berlin", **more: Any) -> Spec:
    return job(name, "SCHEDULED", schedule={"cron": cron, **({"time_zone": zone} if zone else {})}, **more)


def shop(**more: Any) -> Spec:
    """An app with a web service and a job of each kind."""
    jobs = [
        job("migrate", "PRE_DEPLOY", run_command="./migrate"),
        job("warm", "POST_DEPLOY", run_command="./warm"),
        job("tidy", "FAILED_DEPLOY", run_command="./tidy"),
        scheduled(run_command="./nightly"),
    ]
    return {"name": "shop", "services": [service()], "jobs": jobs, **more}


class World:
    """Calls the API; each answer is compared with the published description where that is at hand."""

    def __init__(self, clock: str = "manual", **assume: str) -> None:
        self.state = State(Clock(clock, now=START), Assumptions(assume))
        self.account = Account(self.state)
        self.server = Server(self.account)
        self.server.start.clock = clock
        self.server.start.assumptions = assume
        self.flask = create_app(self.server)
        self.client = self.flask.test_client()
        # What the control plane and the pages ask for; the API itself must do without.
        self.key = {"X-Simulator-Key": self.server.access.key}
        self.headers = {"Authorization": f"Bearer {TOKEN}"}
        self.check_contract = True

    def renew(self, **assume: str) -> World:
        """As if it were new: an application is slow to make."""
        self.state.clock = Clock("manual", now=START)
        self.state.timeline.now = START
        self.state.serial = 0
        self.server.start = Start(assumptions=assume, clock="manual")
        self.server.record = Record()
        self.server.record_secrets = False
        self.server.limits = Limits(self.state.settings)
        reset_all(self.server, set())
        self.headers = {"Authorization": f"Bearer {TOKEN}"}
        self.check_contract = True
        return self

    def raw(self, method: str, path: str, body: Any = None, **more: Any) -> TestResponse:
        """A call, and the whole answer."""
        key = {} if path.startswith("/v2/") else self.key
        arguments: dict[str, Any] = {"headers": {**self.headers, **key}, **more}
        if body is not None:
            arguments["json"] = body
        answer = self.client.open(path, method=method, **arguments)
        if self.check_contract and path.startswith("/v2/") and self.state.assume["invocation_envelope"] == "wrapped":
            call = self.server.record.calls[-1]
            if not call["faults"] and answer.is_json:
                problem = contract.wrong(call["operation"], answer.status_code, answer.get_json())
                assert not problem, problem
        return answer

    def call(self, method: str, path: str, body: Any = None, *, status: int = 200, **query: Any) -> Any:
        """A call whose status is known; its JSON."""
        answer = self.raw(method, path, body, query_string=query)
        assert answer.status_code == status, answer.get_data(as_text=True)
        return answer.get_json() if answer.is_json else answer.get_data(as_text=True)

    def get(self, path: str, **query: Any) -> Any:
        return self.call("GET", path, **query)

    def refused(self, method: str, path: str, body: Any = None, status: int = 400) -> str:
        """The message of an error."""
        return str(self.call(method, path, body, status=status)["message"])

    def control(self, method: str, path: str, body: Any = None, status: int = 200) -> Any:
        answer = self.client.open(f"/_simulator/{path}", method=method, json=body, headers=self.key)
        assert answer.status_code == status, answer.get_data(as_text=True)
        return answer.get_json()

    # Apps.

    def create(self, spec: Spec | None = None, **more: Any) -> Any:
        return self.call("POST", "/v2/apps", {"spec": spec or shop(), **more})["app"]

    def seed(self, spec: Spec | None = None, **more: Any) -> Any:
        """An app that is deployed already."""
        return self.control("POST", "seed", [{"spec": spec or shop(), **more}])["apps"][0]

    def put(self, app: Any, spec: Spec | None = None, status: int = 200, **more: Any) -> Any:
        answer = self.call("PUT", f"/v2/apps/{app['id']}", {"spec": spec or app["spec"], **more}, status=status)
        return answer["app"] if status == 200 else answer

    def app(self, app: Any) -> Any:
        return self.get(f"/v2/apps/{app['id']}")["app"]

    def stored(self, spec: Spec) -> Any:
        """What becomes of a spec."""
        return self.create(spec)["spec"]

    # Time.

    def advance(self, seconds: float) -> None:
        self.state.clock.advance(seconds)

    def until(self, text: str) -> None:
        """On to a time."""
        self.state.clock.become("manual", now=parse_time(text))

    def deployment(self, app: Any, deployment: Any) -> Any:
        return self.get(f"/v2/apps/{app['id']}/deployments/{deployment['id']}")["deployment"]

    def follow(self, app: Any, deployment: Any) -> tuple[Any, list[str]]:
        """A deployment at its end, and the phases that it went through."""
        phases: list[str] = []
        for _turn in range(200):
            found = self.deployment(app, deployment)
            if not phases or phases[-1] != found["phase"]:
                phases.append(found["phase"])
            if found["phase"] in {"ACTIVE", "ERROR", "CANCELED", "SUPERSEDED"}:
                return found, phases
            self.next()
        raise AssertionError(f"still {phases[-1]}")

    def next(self) -> None:
        """On to the next thing that happens."""
        due = self.state.timeline.next_due()
        assert due is not None, "nothing will ever happen"
        self.advance(max(0.0, due - self.state.clock.now()))

    def deployed(self, spec: Spec | None = None) -> tuple[Any, Any]:
        """A new app and its first deployment, at its end."""
        app = self.create(spec)
        found, _other = self.follow(app, app["pending_deployment"])
        return self.app(app), found

    def outcome(self, component: str, outcome: str = "fail", **more: Any) -> None:
        self.control("POST", "outcomes", {"component": component, "outcome": outcome, **more})

    def fault(self, fault: str, **more: Any) -> None:
        self.control("POST", "faults", {"fault": fault, **more})


@cache
def _one() -> World:
    return World()


def renewed(**assume: str) -> World:
    """A world that is as good as new, and the only one at a time."""
    return _one().renew(**assume)


def steps(deployment: Any) -> dict[str, Any]:
    """All leaves of a deployment's progress by path."""
    found: dict[str, Any] = {}

    def walk(nodes: list[Any], path: str) -> None:
        for node in nodes:
            here = f"{path}/{node['name']}" if path else node["name"]
            if node.get("steps"):
                walk(node["steps"], here)
            else:
                found[here] = node

    walk(deployment["progress"]["steps"], "")
    return found


def statuses(deployment: Any) -> dict[str, str]:
    return {path: step["status"] for path, step in steps(deployment).items()}


def without(spec: Spec, *names: str) -> Spec:
    return {key: value for key, value in copy.deepcopy(spec).items() if key not in names}
