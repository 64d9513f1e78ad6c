"""Every module that changes something: check mode foretells it, one run does it, a second run does nothing."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.oceanops.app_platform.plugins.module_utils._api.apps import AppsApi
from tests.operations.conftest import IMAGE, Run
from tests.platform import Platform

GITHUB = {"repo": "example/shop", "branch": "main"}
ENVS = [{"key": "KEY", "value": "a-secret-of-some-length", "type": "SECRET"}, {"key": "FLAG", "value": True}]

#: name, module, options, writes of the first run
CASES: list[tuple[str, str, dict[str, Any], list[str]]] = [
    ("scheduled job", "app_job", {
        "name": "report", "kind": "SCHEDULED", "schedule": {"cron": "0 5 * * *", "time_zone": "Europe/Lisbon"},
        "timeout": "45m", "image": IMAGE, "run_command": "report", "envs": ENVS,
        "instance_size_slug": "apps-s-1vcpu-1gb",
        "alerts": [{"rule": "JOB_INVOCATION_FAILED"}], "termination": {"grace_period_seconds": 60},
        "log_destinations": [{"name": "bs", "logtail": {"token": "a-token-of-logtail"}}]}, ["PUT"]),
    ("job by its trigger", "app_job", {"name": "migrate", "trigger": "POST_DEPLOY"}, ["PUT"]),
    ("job from code", "app_job", {"name": "notify", "kind": "FAILED_DEPLOY", "github": GITHUB, "source_dir": "tools",
                                  "run_command": "notify", "environment_slug": "python"}, ["PUT"]),
    ("job that inherits", "app_job", {"name": "warm", "kind": "POST_DEPLOY", "image": IMAGE, "run_command": "warm",
                                      "inherit_envs_from": ["web"]}, ["PUT"]),
    ("job absent", "app_job", {"name": "migrate", "state": "absent"}, ["PUT"]),
    ("service", "app_service", {"name": "api", "image": IMAGE, "http_port": "8000", "instance_count": "2",
                                "instance_size_slug": "apps-s-1vcpu-1gb", "routes": [{"path": "/api"}],
                                "cors": {"allow_origins": [{"exact": "https://x.example.com"}], "max_age": "1h"},
                                "health_check": {"http_path": "/up"}, "envs": ENVS}, ["PUT"]),
    ("internal service", "app_service", {"name": "inner", "image": IMAGE, "internal_ports": [9000]}, ["PUT"]),
    ("autoscaling", "app_service", {"name": "web", "instance_size_slug": "apps-d-1vcpu-2gb", "autoscaling": {
        "min_instance_count": 2, "max_instance_count": 4, "metrics": {"cpu": {"percent": 70}}}}, ["PUT"]),
    ("service absent", "app_service", {"name": "web", "state": "absent"}, ["PUT"]),
    ("worker", "app_worker", {"name": "queue", "envs": ENVS}, ["PUT"]),
    ("static site", "app_static_site", {"name": "docs", "github": GITHUB, "output_dir": "public",
                                        "catchall_document": "index.html", "routes": [{"path": "/docs"}]}, ["PUT"]),
    ("functions", "app_function", {"name": "fn", "github": GITHUB, "source_dir": "fn", "routes": [{"path": "/fn"}],
                                   "alerts": [{"rule": "FUNCTIONS_ERROR_COUNT", "operator": "GREATER_THAN",
                                               "value": 3, "window": "TEN_MINUTES"}]}, ["PUT"]),
    ("database", "app_database", {"name": "db", "engine": "PG"}, ["PUT"]),
    ("domain", "app_domain", {"domain": "Shop.example.com", "type": "PRIMARY", "minimum_tls_version": "1.3"}, ["PUT"]),
    ("env", "app_env", {"component": "web", "key": "LOG", "value": "debug"}, ["PUT"]),
    ("envs of the app", "app_env", {"envs": ENVS}, ["PUT"]),
    ("all envs", "app_env", {"component": "web", "envs": ENVS, "purge": True}, ["PUT"]),
    ("env absent", "app_env", {"component": "web", "key": "LOG", "state": "absent"}, ["PUT"]),
    ("alert", "app_alert", {"rule": "DEPLOYMENT_FAILED"}, ["PUT"]),
    ("alert with destinations", "app_alert", {
        "component": "web", "rule": "CPU_UTILIZATION", "operator": "GREATER_THAN", "value": 80,
        "window": "FIVE_MINUTES", "emails": ["a@example.com"],
        "slack_webhooks": [{"url": "https://hooks.example.com/services/very-secret", "channel": "#x"}]},
     ["PUT", "POST"]),
    ("log destination", "app_log_destination", {"component": "web", "name": "dd",
                                                "datadog": {"api_key": "key-of-datadog"}}, ["PUT"]),
    ("rule", "app_ingress_rule", {"match": {"path": {"prefix": "/api"}}, "component": {"name": "web"},
                                  "before": {"path": {"prefix": "/"}}}, ["PUT"]),
    ("redirect", "app_ingress_rule", {"match": {"path": {"prefix": "/old"}}, "position": "first",
                                      "redirect": {"uri": "/", "redirect_code": 301}}, ["PUT"]),
    ("whole app", "app", {"name": "shop", "spec": {
        "features": ["buildpack-stack=ubuntu-22"], "egress": {"type": "AUTOASSIGN"}, "disable_edge_cache": False,
        "maintenance": {"enabled": True},
        "jobs": [{"name": "migrate", "timeout": "1h", "envs": [{"key": "N", "value": 1}]}]},
        "secrets": {"web": {"KEY": "a-secret-of-some-length"}, "_app": {"DB": "another-secret-of-the-app"}}}, ["PUT"]),
    ("purge", "app", {"purge": True, "spec": {
        "name": "shop", "services": [{"name": "web", "image": IMAGE, "routes": [{"path": "/"}]}]}}, ["PUT"]),
]  # fmt: skip
SECRETS = (
    "a-secret-of-some-length",
    "a-token-of-logtail",
    "key-of-datadog",
    "very-secret",
    "another-secret-of-the-app",
)


@pytest.mark.parametrize("case", CASES, ids=[case[0] for case in CASES])
def test_foretold_done_and_done_once(case: Any, run: Run, platform: Platform, shop: dict[str, Any]) -> None:
    _name, module, options, writes = case
    given = options if module == "app" else {"app": "shop", **options}

    foretold = run(module, check=True, **given)
    assert foretold["changed"], foretold
    assert platform.writes() == []

    done = run(module, **given)
    assert done.get("failed") is None, done["msg"]
    assert done["changed"]
    assert [one["method"] for one in platform.writes()] == writes
    assert _names(foretold["diff"]) == _names(done["diff"])

    platform.forget_requests()
    again = run(module, **given)
    assert not again["changed"], again["diff"]
    assert platform.writes() == []
    assert again["diff"] == {"before": {}, "after": {}}
    assert not run(module, check=True, **given)["changed"]
    assert len([one for one in platform.requests() if one["operation"] == "apps_list"]) <= 2

    seen = str([foretold, done, again])
    assert not [secret for secret in SECRETS if secret in seen]


def _names(diff: dict[str, Any]) -> Any:
    """What a diff is about: sections and names, as check mode can't know what the server fills in."""
    return {
        side: {
            key: [one.get("name") or one.get("key") or one.get("rule") for one in value if isinstance(one, dict)]
            if isinstance(value, list)
            else None
            for key, value in part.items()
            if key != "features"
        }
        for side, part in diff.items()
    }


def test_nothing_else_is_touched(run: Run, platform: Platform) -> None:
    everything = {
        "name": "shop",
        "region": "ams",
        "domains": [{"domain": "shop.example.com", "type": "PRIMARY"}],
        "services": [{"name": "web", "image": IMAGE, "http_port": 8080, "health_check": {"http_path": "/up"},
                      "envs": [{"key": "S", "value": "a-secret-of-some-length", "type": "SECRET"}]}],
        "jobs": [{"name": "a1", "kind": "PRE_DEPLOY", "image": IMAGE, "run_command": "x"},
                 {"name": "b1", "kind": "POST_DEPLOY", "image": IMAGE, "run_command": "y", "timeout": "1h"}],
        "alerts": [{"rule": "DEPLOYMENT_FAILED"}],
        "databases": [{"name": "db", "engine": "PG"}],
    }  # fmt: skip
    before = platform.seed([everything])[0]["spec"]
    run("app_job", app="shop", name="b1", timeout="2h")
    after = platform.apps()["shop"]["spec"]
    before["jobs"][1]["timeout"] = "2h"
    assert after == before


def test_the_last_component_is_kept(run: Run, platform: Platform) -> None:
    platform.seed([{"name": "one", "workers": [{"name": "w1", "image": IMAGE}]}])
    platform.forget_requests()
    result = run("app_worker", app="one", name="w1", state="absent")
    assert result["failed"]
    assert "last component" in result["msg"]
    assert platform.writes() == []


def test_no_app_for_a_job(run: Run, platform: Platform, shop: dict[str, Any]) -> None:
    result = run("app_job", app="shpo", name="a1", image=IMAGE)
    assert result["failure"]["code"] == "app_not_found"
    assert "'shop'" in result["msg"]
    assert run("app_job", app="nowhere", name="a1", state="absent")["changed"] is False


def test_a_name_of_another_kind(run: Run, platform: Platform, shop: dict[str, Any]) -> None:
    assert "web is a service of this app and not a job" in run("app_job", app="shop", name="web", state="absent")["msg"]
    assert run("app_job", app="shop", name="web", image=IMAGE, kind="PRE_DEPLOY")["failed"]
    assert platform.writes() == []


def test_databases_are_removed_on_purpose_only(run: Run, platform: Platform) -> None:
    platform.seed(
        [{"name": "shop", "workers": [{"name": "w1", "image": IMAGE}], "databases": [{"name": "db", "engine": "PG"}]}]
    )
    platform.forget_requests()
    spec = {"name": "shop", "workers": [{"name": "w1", "image": IMAGE}]}
    refused = run("app", spec=spec, purge=True)
    assert "confirm_destroy" in refused["msg"]
    assert run("app", spec={**spec, "databases": []})["failed"]
    assert platform.writes() == []
    assert run("app", spec=spec, purge=True, confirm_destroy=["db"])["changed"]
    assert "databases" not in platform.apps()["shop"]["spec"]


def test_the_last_rule_is_kept(run: Run, platform: Platform, shop: dict[str, Any]) -> None:
    result = run("app_ingress_rule", app="shop", match={"path": {"prefix": "/"}}, state="absent")
    assert "last rule" in result["msg"]
    assert platform.writes() == []
    assert run("app_ingress_rule", app="shop", match={"path": {"prefix": "/x"}}, component={"name": "web"})["changed"]
    assert run("app_ingress_rule", app="shop", match={"path": {"prefix": "/"}}, state="absent")["changed"]
    assert not run("app_ingress_rule", app="shop", match={"path": {"prefix": "/"}}, state="absent")["changed"]


def test_the_rule_that_the_platform_makes_by_itself_stays(run: Run, platform: Platform, shop: dict[str, Any]) -> None:
    result = run("app_service", app="shop", name="web", routes=[])
    assert (result.get("failed"), result["changed"]) == (None, False)
    assert "the platform makes it by itself" in "".join(result["warned"])
    assert platform.writes() == []


def test_what_the_platform_does_not_keep_ends(
    run: Run, platform: Platform, shop: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its answer to the write has something else: writing it again would never end."""
    write = AppsApi.update_app

    def forgetful(api: AppsApi, app_id: str, spec: Any, newest: bool = False) -> Any:
        return write(api, app_id, {**spec, "workers": shop["spec"]["workers"]}, newest)

    monkeypatch.setattr(AppsApi, "update_app", forgetful)
    result = run("app_worker", app="shop", name="queue", run_command="other")
    assert result["failure"]["code"] == "not_kept"
    assert result["changed"]
    assert result["conflict"] == {
        "there": {"workers": [{"name": "queue", "run_command": "work"}]},
        "wanted": {"workers": [{"name": "queue", "run_command": "other"}]},
    }
    assert len(platform.writes()) == 1


def test_moving_rules(run: Run, platform: Platform, shop: dict[str, Any]) -> None:
    def rule(path: str, **more: Any) -> Any:
        result = run(
            "app_ingress_rule", app="shop", match={"path": {"prefix": path}}, component={"name": "web"}, **more
        )
        assert result.get("failed") is None, result["msg"]
        rules = platform.apps()["shop"]["spec"]["ingress"]["rules"]
        return result["changed"], " ".join(one["match"]["path"]["prefix"] for one in rules)

    assert rule("/a", position="first") == (True, "/a /")
    assert rule("/b", after={"path": {"prefix": "/a"}}) == (True, "/a /b /")
    assert rule("/b", after={"path": {"prefix": "/a"}}) == (False, "/a /b /")
    assert rule("/b") == (False, "/a /b /")
    assert rule("/b", before={"path": {"prefix": "/a"}}) == (True, "/b /a /")
    assert rule("/b", before={"path": {"prefix": "/"}}) == (False, "/b /a /")
    assert rule("/c") == (True, "/b /a / /c")
    result = run("app_ingress_rule", app="shop", match={"path": {"prefix": "/d"}}, component={"name": "web"},
                 before={"path": {"prefix": "/nothing"}})  # fmt: skip
    assert "before: no rule of this app has this match" in result["msg"]
    assert run("app_ingress_rule", app="shop", match={"path": {"prefix": "/d"}}, component={"name": "nobody"})["failed"]
