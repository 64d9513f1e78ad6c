"""The collection's own modules against a platform, on both paths: what is asked, what is told, what stays secret."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from tests.both_paths.conftest import Play
from tests.platform import Platform

IMAGE = {"registry_type": "GHCR", "registry": "example", "repository": "shop", "tag": "2.4.1"}
SHOP: dict[str, Any] = {
    "name": "shop",
    "region": "ams",
    "services": [{"name": "web", "image": IMAGE, "http_port": 8080, "instance_size_slug": "apps-s-1vcpu-1gb"}],
    "jobs": [{"name": "migrate", "kind": "PRE_DEPLOY", "image": IMAGE, "run_command": "bin/migrate"}],
}
OTHERS = [{**SHOP, "name": name} for name in ("blog", "mail")]


def info(name: str, **options: Any) -> dict[str, Any]:
    return {"name": name, "oceanops.app_platform.app_info": options, "ignore_errors": True}


def deployments(name: str, **options: Any) -> dict[str, Any]:
    return {"name": name, "oceanops.app_platform.app_deployment_info": options, "ignore_errors": True}


def asked(platform: Platform) -> list[str]:
    return [f"{one['method']} {re.sub('[0-9a-f-]{36}', 'ID', one['path'])}" for one in platform.requests()]


def test_names_cost_one_list_a_run_in_process(platform: Platform, play: Play, path: str) -> None:
    platform.seed([SHOP, *OTHERS])
    platform.forget_requests()
    tasks = [info("1", app="shop"), info("2", app="shop"), info("3", app="blog"), deployments("4", app="mail")]
    played = play([*tasks, info("5", app="gone")])
    assert [len(one.result.get("apps", [])) for one in played.results] == [1, 1, 1, 0, 0]
    assert played["3"]["apps"][0]["spec"]["name"] == "blog"
    listed = [one for one in asked(platform) if one == "GET /v2/apps"]
    # A module is a process of its own; only the last name, which nobody has, is looked for again.
    assert len(listed) == (2 if path == "in_process" else 5)
    assert platform.writes() == []


def test_two_ways_to_name_an_app_and_what_is_told_of_one_that_is_not_there(platform: Platform, play: Play) -> None:
    (app,) = platform.seed([SHOP])
    played = play(
        [
            info("by name", app="shop"),
            info("by id", app_id=app["id"]),
            deployments("misspelt", app="shpo"),
            deployments("a name as id", app_id="shop"),
            deployments("neither"),
            deployments("both", app="shop", app_id=app["id"]),
            deployments("newest", app="shop", details=True),
        ]
    )
    assert played["by name"]["apps"] == played["by id"]["apps"]
    assert "Did you mean 'shop'?" in played["misspelt"]["msg"]
    assert played["misspelt"]["failure"]["code"] == "app_not_found"
    assert "To name an app, use `app`" in played["a name as id"]["msg"]
    assert "one of the following is required: app, app_id" in played["neither"]["msg"]
    assert "mutually exclusive: app|app_id" in played["both"]["msg"]
    (newest,) = played["newest"]["deployments"]
    assert newest["phase"] == "ACTIVE"
    assert [job["name"] for job in newest["jobs"]] == ["migrate"]
    assert newest["details"]["id"] == newest["id"]


def test_trouble_is_told_with_call_and_status_and_without_the_token(platform: Platform, play: Play) -> None:
    token = "dop_v1_CANARY" + "d" * 51
    platform.seed([SHOP])
    platform.tokens({platform.token: []})
    down = "http://127.0.0.1:9"
    played = play(
        [
            info("wrong token", token=token),
            info("no token", token=""),
            info("broken token", token="CANARY with spaces"),
            info("nobody there", api_url=down, api_retries=0, token=token),
            info("unsafe address", api_url="http://api.example.com", token=token),
            info("no address", api_url="CANARY-not-an-address", token=token),
            info("not the API", api_url=f"{platform.url}/_simulator", token=token),
        ],
        verbosity=4,
    )
    assert [one.failed for one in played.results] == [True] * 7
    assert played["wrong token"]["failure"]["status"] == 401
    assert played["wrong token"]["failure"]["path"] == "/v2/apps"
    assert "token: missing" in played["no token"]["msg"]
    assert "token: holds white space" in played["broken token"]["msg"]
    assert played["nobody there"]["failure"]["code"] == "connection_refused"
    assert "unencrypted" in played["unsafe address"]["msg"]
    assert "api_url" in played["no address"]["msg"]
    assert played["not the API"]["failure"]["status"] == 404
    assert "Traceback" not in played.output
    assert "CANARY" not in played.output.replace("CANARY-not-an-address", "")


@pytest.mark.slow
def test_secrets_of_a_job_reach_the_platform_and_nothing_else(platform: Platform, play: Play) -> None:
    platform.seed([SHOP])
    platform.forget_requests()
    secret, header = "CANARY-job-secret-1", "CANARY-logtail-token-2"
    job = {
        "name": "import job",
        "oceanops.app_platform.app_job": {
            "app": "shop",
            "name": "import",
            "kind": "POST_DEPLOY",
            "image": {**IMAGE, "registry_credentials": "robot:CANARY-registry-3"},
            "run_command": "bin/import",
            "envs": [
                {"key": "API_KEY", "value": secret, "type": "SECRET"},
                {"key": "MODE", "value": "fast", "type": "GENERAL"},
            ],
            "log_destinations": [{"name": "logs", "logtail": {"token": header}}],
        },
    }
    again = {**job, "name": "again"}
    played = play(
        [job, again, info("info", app="shop"), deployments("newest", app="shop")], verbosity=4, arguments=["--diff"]
    )
    assert [one.status for one in played.results] == ["ok"] * 4, played["import job"].result.get("msg")
    assert (played["import job"]["changed"], played["again"]["changed"]) == (True, False)
    (write,) = platform.writes()
    assert secret in json.dumps(write["body"])
    assert header in json.dumps(write["body"])
    assert "CANARY" not in played.output
    assert "CANARY" not in json.dumps([one.result for one in played.results])
    assert "MODE" in played.stdout
    assert "fast" in played.stdout
