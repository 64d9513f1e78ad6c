"""The simulator as a child process, for tests that need a whole App Platform: `with start_platform() as platform:`.

Nothing here knows the collection's own code. All methods but `call` speak to the control plane.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests

from tests.simulator import contract

ROOT = Path(__file__).resolve().parent.parent
TOKEN = "dop_v1_" + "c" * 64


class Platform:
    """A running simulator."""

    def __init__(self, url: str, process: subprocess.Popen[str] | None = None, key: str = "", page: str = "") -> None:
        self.url = url
        #: That of the control plane, and the address that lets a browser see the pages.
        self.key = key
        self.page = page
        self.token = TOKEN
        self.process = process
        self._session = requests.Session()
        self._session.trust_env = False

    def close(self) -> None:
        """Give the connections back."""
        self._session.close()

    def call(self, method: str, path: str, body: Any = None, /, **query: Any) -> requests.Response:
        """A call of the API itself, as any client would make it; counted like any other."""
        headers = {"Authorization": f"Bearer {self.token}"}
        return self._session.request(method, f"{self.url}{path}", json=body, params=query, headers=headers, timeout=60)

    def ask(self, method: str, path: str, body: Any = None, /, **query: Any) -> requests.Response:
        """A call with the key: of the control plane, or for a page."""
        headers = {"X-Simulator-Key": self.key}
        return self._session.request(method, f"{self.url}{path}", json=body, params=query, headers=headers, timeout=60)

    def control(self, method: str, path: str, body: Any = None, /, **query: Any) -> dict[str, Any]:
        """A call of the control plane; AssertionError with its text when it is refused."""
        answer = self.ask(method, f"/_simulator/{path}", body, **query)
        if not answer.ok:
            raise AssertionError(f"{method} /_simulator/{path}: {answer.status_code} {answer.text.strip()}")
        content: dict[str, Any] = answer.json()
        return content

    def reset(self, keep: Sequence[str] = ()) -> None:
        """As at the start: no apps but those of --seed, no faults, no outcomes, no recorded requests."""
        self.control("POST", "reset", {"keep": list(keep)})

    def seed(self, apps: Mapping[str, Any] | Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """Add deployed apps: specs, or {spec, id, project_id, deployed}. Returns them as the API shows them."""
        listed = [apps] if isinstance(apps, Mapping) else list(apps)
        found: list[dict[str, Any]] = self.control("POST", "seed", {"apps": listed})["apps"]
        return found

    def apps(self) -> dict[str, dict[str, Any]]:
        """All apps by name, as the API shows them; not counted as requests."""
        return {app["spec"]["name"]: app for app in self.control("GET", "apps")["apps"]}

    def requests(self, **select: Any) -> list[dict[str, Any]]:
        """What the API was asked: number, method, path, query, body, status, operation.

        Select by since, method, path.
        """
        found: list[dict[str, Any]] = self.control("GET", "requests", **select)["requests"]
        return found

    def writes(self, **select: Any) -> list[dict[str, Any]]:
        """Those that could change something: not GET, and no dry run (propose, rollback/validate)."""
        return self.requests(writes="true", **select)

    def forget_requests(self) -> None:
        """Start counting anew."""
        self.control("DELETE", "requests")

    def fault(self, fault: str, **more: Any) -> None:
        """Let a fault strike the next request that matches: method, path, operation, count, skip, when, …"""
        self.control("POST", "faults", {"fault": fault, **more})

    def clear_faults(self) -> None:
        """No more faults; requests that hang are let go."""
        self.control("DELETE", "faults")

    def outcome(self, component: str, outcome: str = "fail", **more: Any) -> None:
        """Script a component: succeed, fail or hang; app, step (deploy or build), exit_code, reason_code, logs, …"""
        self.control("POST", "outcomes", {"component": component, "outcome": outcome, **more})

    def clear_outcomes(self) -> None:
        """Nothing is scripted any more."""
        self.control("DELETE", "outcomes")

    def advance(self, seconds: float) -> None:
        """Move the platform's clock."""
        self.control("POST", "clock", {"advance": seconds})

    def clock(self, kind: str, **more: Any) -> None:
        """Make the clock auto, real or manual."""
        self.control("POST", "clock", {"clock": kind, **more})

    def assume(self, **answers: str) -> None:
        """Answer open questions in another way; until the next reset."""
        self.control("POST", "assumptions", answers)

    def settings(self, **settings: Any) -> None:
        """pace, step, log_delay, log_cleanup, rate_limits, per_hour, per_minute, largest_page; until the next reset."""
        self.control("POST", "settings", settings)

    def tokens(self, tokens: Mapping[str, Sequence[str]]) -> None:
        """Accept these tokens only, each with its scopes ([]: all); {} accepts any."""
        self.control("POST", "tokens", dict(tokens))

    def happen(self, what: str, app: str, **more: Any) -> dict[str, Any]:
        """Something that the API has no call for: push, autoscale, maintenance, run_job, edit, crash."""
        return self.control("POST", "happen", {"what": what, "app": app, **more})


@contextmanager
def start_platform(*args: str, cwd: Path | None = None, record_secrets: bool = True) -> Iterator[Platform]:
    """Start a simulator with these arguments on a free port, and stop it whatever happens.

    The secrets of tests are made up, so that they stand in recorded requests unless `record_secrets` is false.

    In a run of pytest every kind of answer that it has given is compared with DigitalOcean's published description at
    the end. AssertionError says what is wrong with them.
    """
    with tempfile.TemporaryDirectory() as folder:
        answers = Path(folder) / "answers"
        checked = "PYTEST_VERSION" in os.environ
        program = ["tests.simulator.recorded", str(answers)] if checked else ["app_platform_simulator"]
        program += ["--port", "0", "--owner", str(os.getpid()), *(["--record-secrets"] if record_secrets else [])]
        with _process([*program, *args], cwd or ROOT) as (process, told):
            platform = Platform(told["url"], process, told["key"], told["page"])
            try:
                yield platform
            finally:
                platform.close()
        if checked:
            problems = contract.wrong_in(answers)
            assert not problems, "\n".join(["answers of the simulator that are not as described:", *problems])


@contextmanager
def _process(program: Sequence[str], cwd: Path) -> Iterator[tuple[subprocess.Popen[str], dict[str, str]]]:
    path = os.pathsep.join((str(ROOT / "roles" / "simulator" / "files"), str(ROOT)))
    process = subprocess.Popen(
        [sys.executable, "-m", *program],
        env={**os.environ, "PYTHONPATH": path},
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        line = process.stdout.readline() if process.stdout else ""
        if not line:
            raise AssertionError(f"the simulator did not start: exit status {process.wait(timeout=30)}")
        told: dict[str, str] = json.loads(line)
        yield process, told
    finally:
        process.terminate()
        process.wait(timeout=30)
        if process.stdout:
            process.stdout.close()
