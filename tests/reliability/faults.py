# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults x modules: what a task makes of a fault, what it leaves behind, and what the next run makes of that."""

from __future__ import annotations

import importlib
import json
import re
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from tests.platform import Platform
from tests.reliability.tasks import MODULES

Run = Callable[..., dict[str, Any]]
RECOVERED, FAILED = "recovered", "failed"
#: Of each fault, so many tasks are in the selection.
SHARE = 6

IMAGE = {"registry_type": "DOCR", "repository": "shop", "tag": "1.0"}
GITHUB = {"repo": "acme/docs", "branch": "main"}
OTHERS = {"name": "of-others", "image": IMAGE, "run_command": "theirs"}
#: An app of which every task below declares a part only.
APP: dict[str, Any] = {
    "name": "shop",
    "region": "ams",
    "domains": [{"domain": "shop.example.com", "type": "PRIMARY"}],
    "services": [
        {
            "name": "web",
            "image": IMAGE,
            "http_port": 8080,
            "health_check": {"http_path": "/up"},
            "envs": [{"key": "KEPT", "value": "a-secret-of-others", "type": "SECRET"}, {"key": "LOG", "value": "info"}],
        }
    ],
    "workers": [{"name": "queue", "image": IMAGE, "run_command": "work", "log_destinations": []}],
    "jobs": [
        {"name": "migrate", "kind": "PRE_DEPLOY", "image": IMAGE, "run_command": "migrate"},
        {"name": "report", "kind": "SCHEDULED", "schedule": {"cron": "0 5 * * *"}, "image": IMAGE, "run_command": "r"},
    ],
    "alerts": [{"rule": "DEPLOYMENT_FAILED"}],
    "envs": [{"key": "REGION", "value": "eu"}],
}


@dataclass(frozen=True)
class Case:
    """A task. ``write``: how its first write goes out, None if it only reads; ``path``: where.

    ``declares``: it says how the app is to be, so its repetition writes nothing. Without that it does something each
    time, and an answer that is lost can't be known from what is there: it fails and says so.
    """

    module: str
    options: dict[str, Any]
    write: str | None = "PUT"
    path: str = "/v2/apps/*"
    declares: bool = True

    @property
    def told_by_effect(self) -> bool:
        """Whether what is there tells that a write took effect whose answer was lost."""
        return self.declares or self.module == "app_job_run"

    @property
    def repeats(self) -> bool:
        """Whether its write is sent once more where nobody knows what became of the first one: it harms nothing."""
        return self.module == "app_job_invocation"

    @property
    def new_app(self) -> bool:
        """Whether it makes an app."""
        return self.path == "/v2/apps"

    @property
    def gone(self) -> bool:
        """Whether it removes the app."""
        return self.write == "DELETE"

    @property
    def name(self) -> str:
        """What tells it from the others."""
        return f"{self.module} (new)" if self.new_app else f"{self.module} (absent)" if self.gone else self.module


SECRET = {"key": "KEY", "value": "a-secret-of-ours", "type": "SECRET"}
CASES = (
    Case("app", {"spec": {"name": "shop", "workers": [{"name": "queue", "run_command": "other"}]}}),
    Case(
        "app",
        {"spec": {"name": "new", "workers": [{"name": "w1", "image": IMAGE, "run_command": "x", "envs": [SECRET]}]}},
        "POST",
        "/v2/apps",
    ),
    Case("app", {"name": "shop", "state": "absent"}, "DELETE"),
    Case("app_service", {"name": "web", "envs": [SECRET, {"key": "LOG", "value": "debug"}]}),
    Case("app_worker", {"name": "queue", "run_command": "other", "envs": [SECRET]}),
    Case("app_job", {"name": "nightly", "kind": "POST_DEPLOY", "image": IMAGE, "run_command": "x", "envs": [SECRET]}),
    Case("app_static_site", {"name": "docs", "github": GITHUB, "routes": [{"path": "/docs"}]}),
    Case("app_function", {"name": "fn", "github": GITHUB, "routes": [{"path": "/fn"}]}),
    Case("app_database", {"name": "db", "engine": "PG"}),
    Case("app_env", {"component": "web", "envs": [SECRET]}),
    Case("app_domain", {"domain": "www.example.com", "type": "ALIAS"}),
    Case("app_alert", {"rule": "DOMAIN_FAILED"}),
    Case(
        "app_ingress_rule",
        {"match": {"path": {"prefix": "/old"}}, "position": "first", "redirect": {"uri": "/", "redirect_code": 301}},
    ),
    Case("app_log_destination", {"component": "web", "name": "dd", "datadog": {"api_key": "a-key-of-datadog"}}),
    Case("app_deployment", {}, "POST", "/v2/apps/*/deployments", declares=False),
    Case("app_restart", {"components": ["web"]}, "POST", "/v2/apps/*/restart", declares=False),
    Case("app_job_run", {"job": "migrate"}, declares=False),
    Case("app_rollback", {}, "POST", "/v2/apps/*/rollback", declares=False),
    Case("app_job_invocation", {"job": "report", "state": "canceled"}, "POST", "/v2/apps/*/job-invocations/*"),
    Case("app_info", {}, None),
    Case("app_alert_info", {}, None),
    Case("app_event_info", {}, None),
    Case("app_export", {}, None),
    Case("app_health_info", {}, None),
    Case("app_instance_info", {}, None),
    Case("app_instance_size_info", {}, None),
    Case("app_region_info", {}, None),
    Case("app_proposal_info", {"spec": {"name": "other", "workers": [{"name": "w1", "image": IMAGE}]}}, None),
    Case("app_deployment_info", {}, None),
    Case("app_log_info", {"type": "DEPLOY", "components": ["migrate"]}, None),
    Case("app_job_invocation_info", {}, None),
)


@dataclass(frozen=True)
class Fault:
    """A row. ``on``: ``read`` strikes the first GET, ``write`` the first write. ``codes``: what ``failure.code`` may
    be where no task recovers. ``lost``: what it is where only those fail whose effect can't be told without the answer.
    """

    name: str
    on: str
    fault: str
    more: dict[str, Any] = field(default_factory=dict)
    codes: tuple[str, ...] = ()
    lost: str = ""

    def expected(self, case: Case) -> tuple[str, ...]:
        """What ``failure.code`` may be; empty: the task recovers."""
        if self.on == "write" and case.repeats and self.fault != "hourly_limit":
            return ()
        lost = self.on == "write" and self.lost
        return self.codes or ((self.lost,) if lost and not case.told_by_effect else ())


def _faults() -> Iterator[Fault]:
    limits = (
        ("429 with retry-after", "rate_limit", {"retry_after": 7}, ()),
        ("429 without retry-after", "rate_limit", {"retry_after": None}, ()),
        ("429, hourly limit, over in 30 s", "hourly_limit", {"reset_in": 30}, ()),
        ("429, hourly limit, over in 30 min", "hourly_limit", {"reset_in": 1800}, ("rate_limited",)),
    )
    for on in ("read", "write"):
        for name, fault, more, codes in limits:
            yield Fault(name, on, fault, more, codes)
    failed = "server_error"
    for status in (500, 502, 503, 504):
        yield Fault(f"{status}", "read", "error", {"status": status})
        yield Fault(f"{status} before the effect", "write", "error", {"status": status}, (failed,))
        yield Fault(f"{status} after the effect", "write", "error", {"status": status, "when": "after"}, (), failed)
    yield Fault("524", "read", "timeout_524")
    yield Fault("524 before the effect", "write", "timeout_524", {}, (failed,))
    yield Fault("524 after the effect", "write", "timeout_524", {"when": "after"}, (), failed)
    yield Fault("500 for all of them", "read", "error", {"status": 500, "count": None}, (failed,))
    for name, fault, code in (("connection cut", "cut", "connection_cut"), ("silence", "hang", "read_timeout")):
        yield Fault(name, "read", fault)
        yield Fault(f"{name} before the effect", "write", fault, {"when": "before"}, (code,))
        yield Fault(f"{name} after the effect", "write", fault, {"when": "after"}, (), code)
    yield Fault("answer truncated", "read", "truncated")
    yield Fault("answer truncated", "write", "truncated", {}, (), "truncated")
    for name, fault, code in (("HTML", "html", "not_json"), ("a list", "list", "wrong_envelope")):
        yield Fault(f"{name} with status 200", "read", fault, {}, (code,))
        yield Fault(f"{name} with status 200", "write", fault, {}, (), code)
    edit = {"workers": [OTHERS]}
    yield Fault("another writer, after the read", "read", "other_writer", {"edit": edit, "when": "after"})
    yield Fault("another writer, before the effect", "write", "other_writer", {"edit": edit, "when": "before"})
    yield Fault(
        "another writer, after the effect",
        "write",
        "other_writer",
        {"edit": edit, "when": "after"},
        (),
        "deployment_superseded",
    )


FAULTS = tuple(_faults())


#: What another writer of the spec does not touch, or ends by overtaking it.
UNRELATED = ("app_restart", "app_rollback", "app_job_invocation")


def applies(fault: Fault, case: Case) -> bool:
    """Whether there is such a call; another writer can only write to an app that is there."""
    if fault.on == "write" and case.write is None:
        return False
    if fault.fault != "other_writer":
        return True
    return case.write is not None and not (case.new_app or case.gone or case.module in UNRELATED)


def options_of(module: str) -> Any:
    """The options that a module has."""
    return importlib.import_module(f"{MODULES}.{module}").OPERATION.arguments.options


@dataclass(frozen=True)
class Cell:
    """What became of one fault and one task. ``wrong``: everything that should not be so."""

    fault: Fault
    case: Case
    outcome: str
    said: str
    requests: int
    wrong: tuple[str, ...] = ()


class Table:
    """Do it all on one platform, one cell after the other.

    ``clean``: what each task makes of the app when nothing goes wrong, kept from one table to the next.
    """

    def __init__(self, run: Run, platform: Platform, clean: dict[str, tuple[Any, Any]] | None = None) -> None:
        self._run = run
        self._platform = platform
        self._clean = {} if clean is None else clean
        self._folder = tempfile.TemporaryDirectory()

    def cell(self, fault: Fault, case: Case) -> Cell:
        """Let the fault strike the task, look at what is there, take the fault away, and let the task run again."""
        old, new = self._ends(case)
        self._begin(case)
        self._platform.fault(fault.fault, **self._target(fault, case), **fault.more)
        result = self._task(case, 0.15 if fault.fault == "hang" else 30.0)
        requests = self._platform.requests()
        struck = [one for one in requests if one["faults"]]
        self._platform.clear_faults()
        wrong = [] if struck else ["the fault did not strike"]
        wrong += self._judged(result, fault.expected(case))
        there = self._there(case)
        wrong += self._lost(there, fault, case)
        there = _without(there, fault)
        outcome = FAILED if result.get("failed") else RECOVERED
        if there != new and (outcome == RECOVERED or there != old):
            wrong.append("the app is neither as before nor as declared" if there != old else "the change is not there")
        wrong += self._again(case, fault, new)
        return Cell(fault, case, outcome, str(result.get("msg", "")), len(requests), tuple(wrong))

    def _ends(self, case: Case) -> tuple[Any, Any]:
        """What is there before the task, and after it when nothing goes wrong."""
        if case.name not in self._clean:
            self._begin(case)
            old = self._there(case)
            result = self._task(case)
            if result.get("failed"):
                raise AssertionError(f"{case.name}: {result['msg']}")
            self._clean[case.name] = (old, self._there(case))
        return self._clean[case.name]

    def _begin(self, case: Case) -> None:
        self._platform.reset()
        self._platform.seed([APP])
        self._folder = tempfile.TemporaryDirectory()
        if case.module == "app_job_invocation":
            self._platform.clock("manual")
            self._platform.outcome("report", "hang")
            self._platform.happen("run_job", "shop", job="report")
            self._platform.advance(60)
        if case.module == "app_rollback":
            self._platform.happen("push", "shop")
            self._platform.happen("edit", "shop", edit={"envs": [{"key": "REGION", "value": "us"}]})
            self._platform.advance(3600)
        self._platform.forget_requests()

    def _task(self, case: Case, timeout: float = 30.0) -> dict[str, Any]:
        app = {"app": "shop"} if "app" in options_of(case.module) else {}
        wait = {"wait": False} if case.declares and "wait" in options_of(case.module) else {}
        into = {"directory": self._folder.name} if "directory" in options_of(case.module) else {}
        return self._run(case.module, **{**app, **wait, **into, **case.options, "api_timeout": timeout})

    def _target(self, fault: Fault, case: Case) -> dict[str, Any]:
        if fault.on == "write":
            return {"method": case.write, "path": case.path}
        if fault.fault == "other_writer":
            return {"method": "GET", "operation": "apps_get"}
        return {"method": "GET"}

    def _there(self, case: Case) -> Any:
        return {name: _comparable(app["spec"]) for name, app in self._platform.apps().items()}

    def _judged(self, result: dict[str, Any], codes: tuple[str, ...]) -> Iterator[str]:
        if "Traceback" in str(result) or result.get("failure", {}).get("code") == "unexpected_error":
            yield f"an exception: {result.get('msg')}"
        if bool(result.get("failed")) != bool(codes):
            expected = FAILED if codes else RECOVERED
            yield f"{expected} was expected: {result.get('msg', 'it recovered')}"
        elif codes:
            code = result["failure"]["code"]
            if code not in codes:
                yield f"the code of the failure is {code}"
            if len(result["msg"]) < 20:
                yield f"the message says nothing: {result['msg']}"

    def _lost(self, there: Any, fault: Fault, case: Case) -> Iterator[str]:
        if fault.fault == "other_writer" and OTHERS["name"] not in json.dumps(there):
            yield "the other writer's change is lost"
        if len(there) > 2 or ("shop" not in there and not case.gone):
            yield f"the apps are {sorted(there)}"

    def _again(self, case: Case, fault: Fault, new: Any) -> Iterator[str]:
        """The next run, without the fault, brings everything in place, and the one after it writes nothing."""
        result = self._task(case)
        if result.get("failed"):
            yield f"the next run fails: {result['msg']}"
        if _without(self._there(case), fault) != new:
            yield "after the next run the app is not as declared"
        if case.declares:
            self._platform.forget_requests()
            if self._task(case).get("changed") or self._platform.writes():
                yield "the run after the next one writes again"


def _comparable(value: Any) -> Any:
    """A spec without what is another text each time: encrypted values and fingerprints."""
    return json.loads(re.sub(r'"(EV\[|v[12]p?:)[^"]*"', r'"\1"', json.dumps(value, sort_keys=True)))


def _without(there: Any, fault: Fault) -> Any:
    """What is there but for the other writer's change."""
    if fault.fault != "other_writer":
        return there
    result = json.loads(json.dumps(there))
    for spec in result.values():
        spec["workers"] = [one for one in spec.get("workers", ()) if one["name"] != OTHERS["name"]]
    return result


def covering() -> Iterator[tuple[Fault, Case]]:
    """A selection with each fault and each task in it: task after task is taken for fault after fault."""
    for number, fault in enumerate(FAULTS):
        meant = [case for case in CASES if applies(fault, case)]
        for step in range(SHARE):
            yield fault, meant[(number * SHARE + step) % len(meant)]


def cells(run: Run, platform: Platform) -> Iterator[Cell]:
    """The whole table."""
    table = Table(run, platform)
    for fault in FAULTS:
        for case in CASES:
            if applies(fault, case):
                yield table.cell(fault, case)
