"""A secret and a token through real modules: nowhere, when it goes well and in every way that it can fail."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from tests.both_paths.running import Played, run_play
from tests.platform import Platform

TOKEN = "dop_v1_CANARY0" + "c" * 57
SECRETS = {
    "env": "CANARY1/env+value=of & <odd> 'signs'",
    "registry": "robot:CANARY3registry0password",
    "logs": "CANARY4log0token",
    "header": "CANARY5header0value",
    "mapped": "CANARY6mapped0value",
    "slack": "https://hooks.slack.com/services/T000/B000/CANARY7slack0hook",
}
CANARY = re.compile(r"CANARY\d")
IMAGE = {"registry_type": "GHCR", "registry": "acme", "repository": "shop", "tag": "1.0"}
SHOP: dict[str, Any] = {
    "name": "shop",
    "services": [{"name": "web", "image": {**IMAGE, "registry_type": "DOCR", "registry": ""}, "http_port": 80}],
    "alerts": [{"rule": "DEPLOYMENT_FAILED"}],
}
ENVS = [{"key": "API_KEY", "value": SECRETS["env"], "type": "SECRET"}]
LOGS = [
    {
        "name": "logs",
        "open_search": {
            "endpoint": "https://logs.example.com",
            "basic_auth": {"user": "logs", "password": SECRETS["logs"]},
        },
    }
]
JOB: dict[str, Any] = {
    "app": "shop",
    "name": "migrate",
    "kind": "PRE_DEPLOY",
    "image": {**IMAGE, "registry_credentials": SECRETS["registry"]},
    "run_command": "migrate",
    "envs": ENVS,
    "log_destinations": LOGS,
    "wait_interval": 0.1,
}


def rotated(number: int) -> str:
    """Another value of the secret for each task that is to write."""
    return f"CANARY2rotated{number}value"


def rotating(number: int) -> dict[str, Any]:
    return {**JOB, "envs": [{**ENVS[0], "value": rotated(number)}]}


def task(title: str, module: str, **options: Any) -> dict[str, Any]:
    return {"name": title, f"oceanops.app_platform.{module}": options, "ignore_errors": True}


def control(name: str, path: str, body: Any, method: str = "POST") -> dict[str, Any]:
    """A word to the simulator, between two tasks."""
    uri: dict[str, Any] = {
        "url": "{{ simulator }}/_simulator/" + path,
        "method": method,
        "body": body,
        "body_format": "json",
    }
    uri["headers"] = {"X-Simulator-Key": "{{ simulator_key }}"}
    return {"name": name, "ansible.builtin.uri": uri, "no_log": True}


def fault(number: int, name: str, **more: Any) -> list[dict[str, Any]]:
    """A write under a fault, and the fault taken away again."""
    return [
        control(f"{name}: begins", "faults", {"method": "PUT", "count": None, **more}),
        task(name, "app_job", **rotating(number)),
        control(f"{name}: ends", "faults", {}, "DELETE"),
    ]


ECHO = {"id": "invalid", "message": f"spec: {rotated(1)} and {TOKEN} and {SECRETS['registry']} are bad"}
FAILING = {"component": "migrate*", "outcome": "fail", "logs": [f"API_KEY={rotated(6)}", f"token {TOKEN}"]}
TASKS = [
    task("made", "app_job", **JOB),
    task("unchanged", "app_job", **JOB),
    task("keyed", "app", spec=SHOP, wait_interval=0.1, secrets={"web": {"MAPPED": SECRETS["mapped"]}}),
    task(
        "alert",
        "app_alert",
        app="shop",
        rule="DEPLOYMENT_FAILED",
        wait=False,
        slack_webhooks=[{"url": SECRETS["slack"], "channel": "x"}],
    ),
    task("read", "app_info", app="shop"),
    task("exported", "app_info", app="shop", export=True),
    task("a typing error", "app_job", **{**JOB, "env_vars": ENVS}),
    task("refused by the lint", "app_job", **{**JOB, "kind": "SCHEDULED", "schedule": {"cron": SECRETS["env"]}}),
    *fault(1, "refused by the API, which repeats what it got", fault="error", status=422, **ECHO),
    *fault(2, "an error page", fault="error", status=500, html=True, message=rotated(2)),
    *fault(3, "not JSON", fault="html"),
    *fault(4, "cut", fault="cut"),
    *fault(5, "too many requests", fault="hourly_limit"),
    control("its command prints its environment", "outcomes", FAILING),
    task("a deployment that fails", "app_job", **rotating(6)),
    task("the log of it", "app_log_info", app="shop", components=["migrate"], type="DEPLOY"),
    task("a run of the job that fails", "app_job_run", app="shop", job="migrate", wait_interval=0.1),
    task("removed", "app_job", app="shop", name="migrate", state="absent", wait=False),
]


pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def played(path: str, simulator: Platform, tmp_path_factory: pytest.TempPathFactory) -> Played:
    platform = simulator
    platform.reset()
    platform.seed([SHOP])
    folder: Path = tmp_path_factory.mktemp(f"canary-{path}")
    defaults = {"token": TOKEN, "api_url": platform.url, "rate_limit_wait": 0, "api_retries": 1}
    return run_play(
        folder,
        TASKS,
        path,
        defaults=defaults,
        variables={"simulator": platform.url, "simulator_key": platform.key},
        verbosity=4,
        arguments=["--diff"],
        environment={"ANSIBLE_KEEP_REMOTE_FILES": "false"},
    )


FAILED = [
    "a typing error",
    "refused by the lint",
    "refused by the API, which repeats what it got",
    "an error page",
    "cut",
    "too many requests",
    "a deployment that fails",
    "a run of the job that fails",
]


def test_it_went_as_it_should(played: Played) -> None:
    """Otherwise there was nothing to leak."""
    told = {one.name: one.result.get("msg") for one in played.results}
    ours = [one for one in TASKS if "ignore_errors" in one]
    failed = {one["name"] for one in ours if played[one["name"]].failed}
    assert sorted(failed) == sorted(FAILED), told
    assert played["made"]["changed"] is True
    assert played["unchanged"]["changed"] is False


def test_no_canary_in_anything_that_the_run_wrote(played: Played) -> None:
    found = [line[:300] for line in played.output.splitlines() if CANARY.search(line)]
    assert found == []


def test_no_canary_in_what_callbacks_and_registered_variables_get(played: Played) -> None:
    for one in TASKS:
        if "ignore_errors" in one:
            assert not CANARY.search(repr(played[one["name"]].result)), one["name"]


def test_the_log_is_still_a_log(played: Played) -> None:
    """Masked where the secret stands, readable around it."""
    assert "API_KEY=" in repr(played["a deployment that fails"].result)
    assert "API_KEY=" in repr(played["a run of the job that fails"].result)
