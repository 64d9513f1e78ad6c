"""The simulator as a process: the command line, real connections, signals."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests

from tests.platform import ROOT, Platform, start_platform
from tests.simulator.world import scheduled, service, shop

FILES = str(ROOT / "roles" / "simulator" / "files")


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    """The command, to its end."""
    return subprocess.run(
        [sys.executable, "-m", "app_platform_simulator", *arguments],
        env={**os.environ, "PYTHONPATH": FILES},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_the_address(platform: Platform):
    health = platform.control("GET", "health")

    assert platform.url.startswith("http://127.0.0.1:")
    assert platform.process is not None
    assert health["pid"] == platform.process.pid


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_signals(number: int):
    with start_platform() as platform:
        assert platform.process is not None
        platform.process.send_signal(number)

        assert platform.process.wait(timeout=30) == 0
        with pytest.raises(requests.ConnectionError):
            requests.get(platform.url, timeout=5)


def test_it_stops_although_a_request_hangs():
    with start_platform() as platform:
        platform.fault("hang", seconds=600)
        address = urlsplit(platform.url)
        connection = socket.create_connection((str(address.hostname), address.port or 0), timeout=30)
        connection.sendall(
            f"GET /v2/apps HTTP/1.1\r\nHost: {address.netloc}\r\nAuthorization: Bearer x\r\n\r\n".encode()
        )
        while not platform.requests():
            pass
        assert platform.process is not None
        platform.process.terminate()

        assert platform.process.wait(timeout=30) == 0
        connection.close()


def test_a_deployment_in_a_handful_of_looks(platform: Platform):
    app = platform.call("POST", "/v2/apps", {"spec": shop()}).json()["app"]
    path = f"/v2/apps/{app['id']}/deployments/{app['pending_deployment']['id']}"

    phases = [platform.call("GET", path).json()["deployment"]["phase"] for _turn in range(6)]

    assert phases[-1] == "ACTIVE"
    assert "DEPLOYING" in phases


def test_the_helper(platform: Platform):
    (app,) = platform.seed({**shop(), "jobs": [scheduled()]})
    assert platform.apps()["shop"]["id"] == app["id"]
    assert platform.requests() == []
    platform.assume(noop_put="skip")
    platform.settings(log_delay=1)
    platform.clock("manual")
    platform.outcome("nightly", "fail", logs=["x"])
    platform.advance(86400)
    platform.happen("push", "shop")
    platform.fault("rate_limit")

    statuses = [platform.call("PUT", f"/v2/apps/{app['id']}", {"spec": app["spec"]}).status_code for _turn in range(2)]
    runs = platform.call("GET", f"/v2/apps/{app['id']}/job-invocations").json()["job_invocations"]

    assert statuses == [429, 200]
    assert [run["phase"] for run in runs] == ["FAILED"]
    assert [call["status"] for call in platform.writes()] == [429, 200]
    assert len(platform.requests(method="GET")) == 1
    platform.tokens({"other": []})
    assert platform.call("GET", "/v2/apps").status_code == 401
    platform.forget_requests()
    assert platform.requests() == []
    with pytest.raises(AssertionError, match="is no assumption"):
        platform.assume(lunch="late")


def test_log_files_over_the_network(platform: Platform):
    platform.outcome("migrate", logs=["line"] * 2000)
    app = platform.call("POST", "/v2/apps", {"spec": shop()}).json()["app"]
    path = f"/v2/apps/{app['id']}/deployments/{app['pending_deployment']['id']}"
    while platform.call("GET", path).json()["deployment"]["phase"] != "ERROR":
        pass

    answer = platform.call("GET", f"{path}/logs", type="DEPLOY", component_name="migrate").json()
    whole = requests.get(answer["historic_urls"][0], timeout=10)
    end = requests.get(answer["historic_urls"][0], headers={"Range": "bytes=-20"}, timeout=10)

    assert answer["historic_urls"][0].startswith(platform.url)
    assert len(whole.text.splitlines()) == 2002
    assert (end.status_code, end.text) == (206, whole.text[-20:])


# Faults that only a network shows.


def test_cut(platform: Platform):
    platform.fault("cut")

    with pytest.raises(requests.ConnectionError):
        requests.get(f"{platform.url}/v2/apps", headers={"Authorization": "Bearer x"}, timeout=10)

    assert platform.call("GET", "/v2/apps").status_code == 200


def test_truncated(platform: Platform):
    platform.seed(shop())
    platform.fault("truncated")
    address = urlsplit(platform.url)
    connection = http.client.HTTPConnection(str(address.hostname), address.port, timeout=10)
    connection.request("GET", "/v2/apps", headers={"Authorization": "Bearer x"})

    with pytest.raises(http.client.IncompleteRead) as raised:
        connection.getresponse().read()

    assert raised.value.partial.startswith(b'{"apps":')


def test_hang_and_cut_off_by_the_client(platform: Platform):
    platform.fault("hang", seconds=600)

    with pytest.raises(requests.ReadTimeout):
        requests.get(f"{platform.url}/v2/apps", headers={"Authorization": "Bearer x"}, timeout=0.1)

    assert platform.call("GET", "/v2/apps").status_code == 200
    platform.clear_faults()


def test_many_at_once(platform: Platform):
    from concurrent.futures import ThreadPoolExecutor

    (app,) = platform.seed({"name": "shop", "workers": [service("w1")]})

    def write(number: int) -> int:
        return requests.put(
            f"{platform.url}/v2/apps/{app['id']}",
            json={"spec": {**app["spec"], "envs": [{"key": f"K{number}", "value": "x"}]}},
            headers={"Authorization": "Bearer x"},
            timeout=60,
        ).status_code

    with ThreadPoolExecutor(10) as pool:
        statuses = list(pool.map(write, range(40)))

    assert statuses == [200] * 40
    deployments = platform.call("GET", f"/v2/apps/{app['id']}/deployments", per_page=50).json()["deployments"]
    assert len(deployments) == 41
    assert len([item for item in deployments if item["phase"] not in {"SUPERSEDED", "ACTIVE"}]) == 1


# Options.


def test_help():
    answer = run("--help")

    assert answer.returncode == 0
    for option in ("--clock", "--assume", "--seed", "--outcomes", "--state", "--token", "--speed", "--step"):
        assert option in answer.stdout


def test_list_of_assumptions():
    answer = run("--assume", "help")

    assert answer.returncode == 0
    assert "post_deploy_failure=ACTIVE" in answer.stdout
    assert "evidence:" in answer.stdout


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["--assume", "lunch=late"], "'lunch' is no assumption"),
        (["--assume", "noop_put"], "write it as NAME=VALUE"),
        (["--assume", "noop_put=maybe"], "not one of deploy, skip"),
        (["--clock", "sun"], "invalid choice"),
        (["--speed", "0"], "not above 0"),
        (["--seed", "none.json"], "none.json: No such file"),
        (["--now", "soon"], "Invalid isoformat"),
    ],
)
def test_options_that_are_wrong(arguments: list[str], reason: str):
    answer = run("--port", "0", *arguments)

    assert answer.returncode == 2
    assert answer.stdout == ""
    assert reason in answer.stderr
    assert "Traceback" not in answer.stderr


@pytest.mark.parametrize(
    ("content", "reason"),
    [("{", "neither JSON nor YAML"), ('{"name": "x"}', "error validating app spec"), ("[1]", "expected an object")],
)
def test_seed_files_that_are_wrong(tmp_path: Path, content: str, reason: str):
    (tmp_path / "seed").write_text(content)

    answer = run("--port", "0", "--seed", str(tmp_path / "seed"))

    assert answer.returncode == 2
    assert reason in answer.stderr
    assert "Traceback" not in answer.stderr


def test_seed_outcomes_tokens_and_time(tmp_path: Path):
    seed, more, outcomes = tmp_path / "app.yaml", tmp_path / "apps.json", tmp_path / "outcomes.yaml"
    seed.write_text("name: shop\nworkers:\n- name: w1\n  git: {repo_clone_url: https://example.com/x.git}\n")
    more.write_text(json.dumps({"apps": [{"spec": shop(name="other"), "deployed": False}]}))
    outcomes.write_text("- {job: migrate, outcome: fail, logs: [sorry]}\n")
    arguments = ("--seed", str(seed), "--seed", str(more), "--outcomes", str(outcomes), "--token", "right",
                 "--now", "2026-08-01T10:00:00Z", "--clock", "manual", "--assume", "rename_put=deploy")  # fmt: skip

    with start_platform(*arguments) as platform:
        platform.token = "right"
        apps = platform.apps()
        health = platform.control("GET", "health")
        platform.advance(100)
        failed = platform.apps()["other"]
        platform.reset()
        again = platform.apps()
        accepted = platform.call("GET", "/v2/apps").status_code
        platform.token = "wrong"
        refused = platform.call("GET", "/v2/apps").status_code

    assert set(apps) == set(again) == {"shop", "other"}
    assert "active_deployment" in apps["shop"]
    assert health["now"] == "2026-08-01T10:00:00Z"
    assert "active_deployment" not in failed
    assert (accepted, refused) == (200, 401)


def test_state_across_restarts(tmp_path: Path):
    state = str(tmp_path / "state.json")
    secret = {**shop(), "envs": [{"key": "K", "value": "v", "type": "SECRET"}]}
    with start_platform("--state", state) as platform:
        app = platform.call("POST", "/v2/apps", {"spec": secret}).json()["app"]

    with start_platform("--state", state) as platform:
        found = platform.apps()["shop"]
        updated = platform.call("PUT", f"/v2/apps/{app['id']}", {"spec": found["spec"]})

    assert found["id"] == app["id"]
    assert updated.json()["app"]["spec"] == app["spec"]


def test_state_survives_a_kill(tmp_path: Path):
    state = str(tmp_path / "state.json")
    with start_platform("--state", state) as platform:
        app = platform.call("POST", "/v2/apps", {"spec": shop()}).json()["app"]
        assert platform.process is not None
        platform.process.kill()
        platform.process.wait(timeout=30)

    with start_platform("--state", state) as platform:
        assert platform.apps()["shop"]["id"] == app["id"]


def test_a_state_file_that_is_none(tmp_path: Path):
    (tmp_path / "state.json").write_text("{}")

    answer = run("--port", "0", "--state", str(tmp_path / "state.json"))

    assert answer.returncode == 2
    assert "version None" in answer.stderr


# Speed: generous bounds, since the machine may be busy; they would show a mistake of an order of magnitude.


def test_speed(platform: Platform):
    platform.seed([{"name": f"app-{number}", "workers": [service("w1")]} for number in range(200)])
    app = platform.apps()["app-7"]
    times: list[float] = []
    for _turn in range(50):
        begin = time.perf_counter()
        platform.call("GET", f"/v2/apps/{app['id']}")
        times.append(time.perf_counter() - begin)

    assert sorted(times)[25] < 0.05


def test_twenty_minutes_in_a_moment():
    arguments: dict[str, Any] = {"outcome": "succeed", "seconds": 1200}
    with start_platform() as platform:
        platform.outcome("migrate", **arguments)
        app = platform.call("POST", "/v2/apps", {"spec": shop()}).json()["app"]
        path = f"/v2/apps/{app['id']}/deployments/{app['pending_deployment']['id']}"

        found = [platform.call("GET", path).json()["deployment"] for _turn in range(6)][-1]

    assert found["phase"] == "ACTIVE"
    assert found["timing"]["deploying"].startswith("12")
