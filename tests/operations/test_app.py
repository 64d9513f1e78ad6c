"""The life of an app: created, renamed, moved, removed, and everything that may come between."""

from __future__ import annotations

from typing import Any

import pytest

from tests.operations.conftest import IMAGE, SHOP, Run
from tests.platform import Platform

SPEC: dict[str, Any] = {
    "name": "new",
    "services": [{"name": "web", "image": IMAGE, "routes": [{"path": "/"}]}],
    "jobs": [{"name": "migrate", "kind": "PRE_DEPLOY", "image": IMAGE, "run_command": "x"}],
}


def test_from_nothing_to_nothing(run: Run, platform: Platform) -> None:
    foretold = run("app", check=True, spec=SPEC)
    assert foretold["changed"]
    assert foretold["app"]["id"] is None
    assert platform.writes() == []
    made = run("app", spec={"spec": SPEC})
    assert made["changed"], made
    assert made["deployment"]["phase"] == "ACTIVE"
    assert made["app"]["live_url"].startswith("https://new-")
    assert [(job["name"], job["status"]) for job in made["deployment"]["jobs"]] == [("migrate", "SUCCESS")]
    assert [one["method"] for one in platform.writes()] == ["POST"]
    assert not run("app", spec=SPEC)["changed"]
    assert run("app", check=True, name="new", state="absent")["changed"]
    assert run("app", name="new", state="absent")["changed"]
    assert platform.apps() == {}
    assert not run("app", name="new", state="absent")["changed"]
    assert not run("app", app_id=made["app"]["id"], state="absent")["changed"]


@pytest.mark.parametrize("fault", ["cut", "truncate", "500", "502", "504"])
def test_an_answer_that_is_lost_never_makes_a_second_app(fault: str, run: Run, platform: Platform) -> None:
    name = {"cut": "cut", "truncate": "truncated"}.get(fault, "error")
    more = {"status": int(fault)} if fault.isdecimal() else {}
    platform.fault(name, method="POST", path="/v2/apps", when="after", **more)
    made = run("app", spec=SPEC)
    assert made["changed"], made
    assert len([one for one in platform.writes() if one["path"] == "/v2/apps"]) == 1
    assert list(platform.apps()) == ["new"]
    assert not run("app", spec=SPEC)["changed"]


def test_a_create_that_never_arrived_is_an_error(run: Run, platform: Platform) -> None:
    platform.fault("error", status=500, method="POST", path="/v2/apps", when="before")
    result = run("app", spec=SPEC)
    assert result["failure"]["status"] == 500
    assert platform.apps() == {}


@pytest.mark.parametrize("when", ["before", "after"])
def test_an_update_whose_answer_is_lost(when: str, run: Run, platform: Platform, shop: dict[str, Any]) -> None:
    platform.fault("cut", method="PUT", when=when)
    result = run("app_job", app="shop", name="migrate", timeout="1h")
    there = platform.apps()["shop"]["spec"]["jobs"][0].get("timeout")
    assert (result.get("failed"), there) in ((None, "1h"), (True, None)), result
    if when == "after":
        assert there == "1h"
        assert result["changed"]


def test_a_removal_whose_answer_is_lost(run: Run, platform: Platform, shop: dict[str, Any]) -> None:
    platform.fault("cut", method="DELETE", when="after")
    assert run("app", name="shop", state="absent")["changed"]
    assert platform.apps() == {}


def test_names_are_protected(run: Run, platform: Platform, shop: dict[str, Any]) -> None:
    spec = {**SHOP, "name": "store"}
    refused = run("app", app_id=shop["id"], spec=spec)
    assert "rename: true" in refused["msg"]
    assert "spec.name" in run("app", name="other", spec=SHOP)["msg"]
    assert "missing" in run("app", spec={"services": []})["msg"]
    assert "quotes" in run("app", spec={"name": 5})["msg"]
    assert "no app with the id" in run("app", app_id="00000000-0000-4000-8000-000000000000", spec=SHOP)["msg"]
    assert "mean the same app" in run("app", app_id=shop["id"], name="store", state="absent")["msg"]
    assert platform.writes() == []
    assert run("app", app_id=shop["id"], spec=spec, rename=True)["changed"]
    assert list(platform.apps()) == ["store"]
    assert not run("app", spec=spec)["changed"]


def test_a_domain_of_another_app(run: Run, platform: Platform, shop: dict[str, Any]) -> None:
    platform.seed(
        [{"name": "old", "workers": [{"name": "w1", "image": IMAGE}], "domains": [{"domain": "a.example.com"}]}]
    )
    platform.forget_requests()
    for check in (True, False):
        result = run("app_domain", check=check, app="shop", domain="A.example.com.")
        assert "belongs to the app old" in result["msg"]
        assert (
            "belongs to the app old"
            in run("app", spec={**SPEC, "domains": [{"domain": "a.example.com"}]}, check=check)["msg"]
        )
    assert platform.writes() == []


def test_every_fault_of_a_spec_at_once(run: Run, platform: Platform) -> None:
    spec = {
        "name": "new",
        "services": [{"name": "web", "image": IMAGE, "http_port": "many"}],
        "jobs": [{"name": "web", "kind": "CRON", "image": IMAGE}, {"name": "two", "kind": "SCHEDULED", "image": IMAGE}],
    }
    result = run("app", spec=spec)
    assert result["failure"]["code"] == "usage"
    for part in ("http_port", "CRON", "schedule"):
        assert part in result["msg"]
    assert platform.requests(method="POST") == []


def test_secrets_that_have_no_place(run: Run, platform: Platform) -> None:
    secrets = {
        "wbe": {"K": "v"},
        "web": {"log_destinations.x.logtail.token": "v", "K": ["v"]},
        "migrate": "v",
        "_app": {},
    }
    result = run("app", spec=SPEC, secrets=secrets)
    for part in (
        "did you mean web",
        "no log destination 'x'",
        "secrets[web][K]: give a text",
        "secrets[migrate]: give a mapping",
    ):
        assert part in result["msg"]


def test_secrets_in_every_place(run: Run, platform: Platform) -> None:
    image = {"registry_type": "GHCR", "registry": "o", "repository": "r", "tag": "1"}
    spec = {
        "name": "new",
        "workers": [{"name": "w1", "image": image, "log_destinations": [{"name": "bs", "logtail": {}}]}],
    }
    secrets = {
        "w1": {
            "image.registry_credentials": "user:ghp_0123456789",
            "log_destinations.bs.logtail.token": "token-of-bs",
            "K": "value-of-k",
        }
    }
    made = run("app", spec=spec, secrets=secrets)
    assert made["changed"], made
    there = platform.apps()["new"]["spec"]["workers"][0]
    assert there["image"]["registry_credentials"].startswith("EV[")
    assert there["log_destinations"][0]["logtail"]["token"] == "token-of-bs"
    assert not run("app", spec=spec, secrets=secrets)["changed"]
    assert not run("app", spec=spec)["changed"]
    secrets["w1"]["K"] = "another-k"
    platform.forget_requests()
    assert run("app", spec=spec, secrets=secrets)["changed"]
    assert len(platform.writes()) == 1
    assert not run("app", spec=spec, secrets=secrets)["changed"]
    later = run("app", name="new", spec={}, secrets={"w1": {"K": "a-third-k"}})
    assert later["changed"], later


def test_secrets_without_values_stay(run: Run, platform: Platform) -> None:
    """What app_export writes into a vault that nobody has filled in yet."""
    spec: dict[str, Any] = {
        "name": "new",
        "workers": [{"name": "w1", "image": IMAGE, "log_destinations": [{"name": "bs", "logtail": {}}]}],
    }
    there = {"K": "value-of-k", "log_destinations.bs.logtail.token": "token-of-bs"}
    made = run("app", spec=spec, secrets={"w1": {**there, "image.registry_credentials": "user:ghp_0123456789"}})
    assert made["changed"], made
    stored = platform.apps()["new"]["spec"]
    platform.forget_requests()
    spec["workers"][0]["log_destinations"] = [{"name": "bs"}]
    nothing = {"w1": dict.fromkeys([*there, "image.registry_credentials"])}
    result = run("app", spec=spec, secrets=nothing)
    assert (result["changed"], "failed" in result) == (False, False), result
    assert platform.writes() == []
    changed = run("app", spec=spec, secrets={"w1": {**nothing["w1"], "K": "another-k"}})
    assert changed["changed"], changed
    worker = platform.apps()["new"]["spec"]["workers"][0]
    assert worker["log_destinations"] == stored["workers"][0]["log_destinations"]
    assert worker["image"] == stored["workers"][0]["image"]


def test_projects(run: Run, platform: Platform) -> None:
    made = run("app", spec=SPEC)
    other = "6a8b9c1d-2e3f-4a5b-8c7d-9e0f1a2b3c4d"
    assert run("app", check=True, spec=SPEC, project=other)["changed"]
    moved = run("app", spec=SPEC, project=other)
    assert moved["changed"], moved
    assert moved["app"]["project_id"] == other != made["app"]["project_id"]
    platform.forget_requests()
    assert not run("app", spec=SPEC, project=other)["changed"]
    assert platform.writes() == []


def test_a_failed_release(run: Run, platform: Platform, shop: dict[str, Any]) -> None:
    platform.outcome("migrate", exit_code=3, logs=["no space left"], count=1)
    failed = run("app_service", app="shop", name="web", image={**IMAGE, "tag": "2.0"})
    assert failed["failed"]
    assert failed["changed"]
    assert failed["app"]["id"] == shop["id"]
    assert "migrate (PRE_DEPLOY)" in failed["msg"]
    assert "no space left" in failed["msg"]
    # The same task again: nothing is to be written, and the deployment is made again.
    assert run("app_service", check=True, app="shop", name="web", image={**IMAGE, "tag": "2.0"})["changed"]
    platform.forget_requests()
    again = run("app_service", app="shop", name="web", image={**IMAGE, "tag": "2.0"})
    assert again["changed"], again
    assert [one["operation"] for one in platform.writes()] == ["apps_create_deployment"]
    assert again["deployment"]["phase"] == "ACTIVE"
    assert not run("app_service", app="shop", name="web", image={**IMAGE, "tag": "2.0"})["changed"]


def test_a_failed_release_that_is_left_alone(run: Run, platform: Platform, shop: dict[str, Any]) -> None:
    platform.outcome("migrate")
    assert run("app_worker", app="shop", name="queue", run_command="other")["failed"]
    result = run("app_worker", app="shop", name="queue", run_command="other", redeploy_on_failed=False)
    assert (result.get("failed"), result["changed"]) == (None, False)
    again = run("app_worker", app="shop", name="queue", run_command="other")
    assert (again["failed"], again["changed"]) == (True, True)


def test_the_spec_is_put_back(run: Run, platform: Platform, shop: dict[str, Any]) -> None:
    platform.outcome("migrate", count=1)
    failed = run("app_worker", app="shop", name="queue", run_command="other", on_failure="restore_spec")
    assert failed["failed"]
    assert failed["restored"]
    assert "put back" in failed["msg"]
    assert platform.apps()["shop"]["spec"] == shop["spec"]


def test_a_release_that_is_not_waited_for(run: Run, platform: Platform, shop: dict[str, Any]) -> None:
    platform.clock("manual")
    made = run("app_worker", app="shop", name="queue", run_command="other", wait=False)
    assert made["changed"]
    assert made["deployment"]["phase"] == "PENDING_BUILD"
    platform.clock("auto")
    joined = run("app_worker", app="shop", name="queue", run_command="other")
    assert (joined["changed"], joined["deployment"]["phase"]) == (False, "ACTIVE")
    assert joined["deployment"]["id"] == made["deployment"]["id"]


def test_inheriting_what_can_not_be_copied(run: Run, platform: Platform, shop: dict[str, Any]) -> None:
    run("app_env", app="shop", component="web", key="S", value="a-secret-of-some-length", type="SECRET")
    options = {"app": "shop", "name": "warm", "image": IMAGE, "kind": "POST_DEPLOY", "run_command": "x"}
    result = run("app_job", **options, inherit_envs_from=["web", "nobody"])
    assert "the secret S of web is stored encrypted" in result["msg"]
    assert "no component 'nobody'" in result["msg"]
    own = [{"key": "S", "value": "a-secret-of-some-length", "type": "SECRET"}]
    assert run("app_job", **options, inherit_envs_from=["web"], envs=own)["changed"]
    assert not run("app_job", **options, inherit_envs_from=["web"], envs=own)["changed"]
    assert not run("app_job", **options, inherit_envs_from=["web"])["changed"]
    keys = [env["key"] for env in platform.apps()["shop"]["spec"]["jobs"][1]["envs"]]
    assert sorted(keys) == ["ANSIBLE_SECRETS_FINGERPRINT", "LOG", "S"]
