"""The modules that read what is around apps: instances, health, events, alerts, sizes, regions, proposals."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.oceanops.app_platform.plugins.module_utils._spec.lint.check import RULES
from tests.operations.conftest import IMAGE, SHOP, Run
from tests.platform import Platform

UTILS = "ansible_collections.oceanops.app_platform.plugins.module_utils"


def test_regions(run: Run) -> None:
    result = run("app_region_info")
    slugs = [one["slug"] for one in result["regions"]]
    assert slugs == sorted(slugs)
    assert {"ams", "nyc", "fra"} <= set(slugs)
    assert [one["slug"] for one in result["regions"] if one["default"]] == ["nyc"]
    assert all(one["disabled"] is False for one in result["regions"])


def test_one_region(run: Run) -> None:
    assert [one["label"] for one in run("app_region_info", slug="ams")["regions"]] == ["Amsterdam"]
    assert run("app_region_info", slug="nowhere")["regions"] == []


def test_only_open_regions(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    regions = [{"slug": "old", "disabled": True, "reason": "full"}, {"slug": "new"}]
    monkeypatch.setattr(f"{UTILS}._api.apps.AppsApi.list_regions", lambda api: regions)
    assert [one["slug"] for one in run("app_region_info")["regions"]] == ["new", "old"]
    assert [one["slug"] for one in run("app_region_info", available_only=True)["regions"]] == ["new"]


def slugs(result: dict[str, Any]) -> list[str]:
    return [one["slug"] for one in result["instance_sizes"]]


def test_sizes_have_numbers(run: Run) -> None:
    sizes = run("app_instance_size_info")["instance_sizes"]
    assert sizes[0]["slug"] == "apps-s-1vcpu-0.5gb"
    assert (sizes[0]["memory_bytes"], sizes[0]["cpus"], sizes[0]["usd_per_month"]) == (536870912, 1, 5.0)
    assert sizes[0]["usd_per_second"] == pytest.approx(0.000002066799)
    assert (sizes[0]["scalable"], sizes[0]["single_instance_only"]) == (False, True)
    prices = [one["usd_per_month"] for one in sizes]
    assert prices == sorted(prices)


@pytest.mark.parametrize(
    ("options", "first", "count"),
    [
        ({"cpu_type": "DEDICATED"}, "apps-d-1vcpu-0.5gb", 9),
        ({"tier": "basic"}, "apps-s-1vcpu-0.5gb", 2),
        ({"min_memory": "1gb"}, "apps-s-1vcpu-1gb-fixed", 12),
        ({"min_memory": "1 GiB"}, "apps-s-1vcpu-1gb-fixed", 12),
        ({"min_memory": "1073741824"}, "apps-s-1vcpu-1gb-fixed", 12),
        ({"min_memory": "1024M", "scalable": True}, "apps-d-1vcpu-1gb", 8),
        ({"min_memory": "0.5G", "scalable": False}, "apps-s-1vcpu-0.5gb", 5),
        ({"min_cpus": 4}, "apps-d-4vcpu-8gb", 3),
        ({"slug": "apps-s-1vcpu-2gb"}, "apps-s-1vcpu-2gb", 1),
    ],
)
def test_fitting_sizes(run: Run, options: dict[str, Any], first: str, count: int) -> None:
    found = slugs(run("app_instance_size_info", **options))
    assert (found[0], len(found)) == (first, count)


def test_no_size_fits(run: Run) -> None:
    assert slugs(run("app_instance_size_info", min_memory="1tb")) == []


def test_an_amount_that_is_none(run: Run) -> None:
    result = run("app_instance_size_info", min_memory="much")
    assert result["failed"]
    assert result["msg"].startswith("min_memory: 'much' is not an amount of memory; give one such as 1gb")


def test_instances(run: Run, platform: Platform, shop: dict[str, Any]) -> None:
    result = run("app_instance_info", app="shop")
    assert [(one["component_name"], one["component_type"]) for one in result["instances"]] == [
        ("queue", "WORKER"),
        ("web", "SERVICE"),
    ]
    assert result["counts"] == {"queue": 1, "web": 1}
    assert platform.writes() == []


def test_instances_of_one_component(run: Run, shop: dict[str, Any]) -> None:
    result = run("app_instance_info", app_id=shop["id"], component="web")
    assert [one["instance_alias"] for one in result["instances"]] == ["web-0"]
    assert run("app_instance_info", app_id=shop["id"], component="migrate")["counts"] == {}


def test_instances_of_no_component(run: Run, shop: dict[str, Any]) -> None:
    result = run("app_instance_info", app="shop", component="wep")
    assert result["msg"] == "component: this app has no component 'wep'; did you mean 'web'?"
    result = run("app_instance_info", app="shop", component="zzz")
    assert result["msg"].endswith("it has migrate, queue, web")


def test_health(run: Run, platform: Platform, shop: dict[str, Any]) -> None:
    result = run("app_health_info", app="shop", fail_if_unhealthy=True)
    assert [(one["name"], one["state"], one["replicas_ready"]) for one in result["components"]] == [
        ("queue", "HEALTHY", 1),
        ("web", "HEALTHY", 1),
    ]
    assert (result["unhealthy"], result["functions_components"]) == ([], [])
    assert platform.writes() == []


def test_health_of_some(run: Run, shop: dict[str, Any]) -> None:
    result = run("app_health_info", app="shop", components=["web"])
    assert [one["name"] for one in result["components"]] == ["web"]
    assert run("app_health_info", app="shop", components=["webb"])["msg"].endswith("did you mean 'web'?")


SICK = {
    "components": [
        {"name": "web", "state": "UNHEALTHY", "replicas_desired": 2, "replicas_ready": 1},
        {"name": "queue", "state": "UNHEALTHY", "replicas_desired": 1, "replicas_ready": 1},
    ],
    "functions_components": [{"name": "thumbs"}],
}


def test_unhealthy(run: Run, shop: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(f"{UTILS}._api.apps.AppsApi.get_health", lambda api, app_id: SICK)
    faults = [
        {"name": "queue", "reason": "the platform calls it unhealthy"},
        {"name": "web", "reason": "1 of 2 instances is ready"},
    ]
    result = run("app_health_info", app="shop")
    assert (result["unhealthy"], "failed" in result) == (faults, False)
    assert result["functions_components"] == [{"name": "thumbs", "functions_component_health_metrics": []}]
    result = run("app_health_info", app="shop", fail_if_unhealthy=True)
    assert result["failed"]
    assert result["failure"]["code"] == "unhealthy"
    assert result["unhealthy"] == faults
    assert result["msg"] == (
        "The app shop is not healthy: queue: the platform calls it unhealthy; web: 1 of 2 instances is ready."
    )
    result = run("app_health_info", app="shop", components=["queue"], fail_if_unhealthy=True)
    assert [one["name"] for one in result["unhealthy"]] == ["queue"]


def test_what_was_never_deployed_is_not_healthy(run: Run, platform: Platform) -> None:
    platform.seed([{"spec": SHOP, "deployed": False}])
    result = run("app_health_info", app="shop", fail_if_unhealthy=True)
    assert result["failed"]
    assert [one["name"] for one in result["unhealthy"]] == ["web", "queue"]


def test_events(run: Run, platform: Platform) -> None:
    web = {**SHOP["services"][0], "instance_size_slug": "apps-d-1vcpu-1gb"}
    web["autoscaling"] = {"min_instance_count": 1, "max_instance_count": 3, "metrics": {"cpu": {"percent": 80}}}
    platform.seed([{**SHOP, "services": [web]}])
    platform.happen("edit", "shop", edit={"envs": [{"key": "TOKEN", "value": "hidden-1234567", "type": "SECRET"}]})
    platform.advance(3600)
    platform.happen("autoscale", "shop", component="web", to=2)
    platform.advance(3600)
    events = run("app_event_info", app="shop")["events"]
    assert [one["type"] for one in events][:2] == ["AUTOSCALING", "DEPLOYMENT"]
    assert events[0]["autoscaling"] == {
        "phase": "SUCCEEDED",
        "components": {"web": {"from": 1, "to": 2, "triggering_metric": "cpu"}},
    }
    assert "hidden-1234567" not in str(events)
    assert set(events[1]["deployment"]) == {"id", "phase", "cause"}
    assert events[1]["deployment"]["id"] == events[1]["deployment_id"]
    only = run("app_event_info", app="shop", types=["DEPLOYMENT"])["events"]
    assert {one["type"] for one in only} == {"DEPLOYMENT"}
    assert run("app_event_info", app="shop", limit=1)["events"] == events[:1]
    assert run("app_event_info", app="shop", limit=0)["msg"] == "limit: 0 is not possible; give 1 or more"


HOOK = "https://hooks.slack.com/services/T0/B0/very-secret-path"


def test_alerts(run: Run, shop: dict[str, Any]) -> None:
    run("app_alert", app="shop", rule="DEPLOYMENT_FAILED", emails=["ops@example.com"])
    cpu = {"rule": "CPU_UTILIZATION", "operator": "GREATER_THAN", "value": 80.0, "window": "FIVE_MINUTES"}
    run("app_alert", app="shop", component="web", slack_webhooks=[{"url": HOOK, "channel": "#ops"}], **cpu)
    result = run("app_alert_info", app="shop")
    told = [(one["component_name"], one["spec"]["rule"], one["emails"]) for one in result["alerts"]]
    assert told == [(None, "DEPLOYMENT_FAILED", ["ops@example.com"]), ("web", "CPU_UTILIZATION", [])]
    (webhook,) = result["alerts"][1]["slack_webhooks"]
    assert webhook["channel"] == "#ops"
    assert HOOK not in str(result)
    assert "very-secret-path" not in str(result)
    assert [one["spec"] for one in run("app_alert_info", app="shop", component="web")["alerts"]] == [cpu]
    assert len(run("app_alert_info", app="shop", rule="DEPLOYMENT_FAILED")["alerts"]) == 1
    assert run("app_alert_info", app="shop", component="web", rule="DEPLOYMENT_FAILED")["alerts"] == []
    assert run("app_alert_info", app="shop", component="wen")["failed"]


SECRET = {"key": "TOKEN", "type": "SECRET", "value": "plain-secret-4711"}
SPEC: dict[str, Any] = {
    "name": "shop",
    "region": "ams",
    "services": [{"name": "web", "image": IMAGE, "routes": [{"path": "/"}], "envs": [SECRET]}],
    "jobs": [
        {
            "name": "nightly",
            "kind": "SCHEDULED",
            "schedule": {"cron": "0 5 * * *"},
            "image": IMAGE,
            "run_command": "bin/report",
        }
    ],
}


def told(result: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [(one["level"], one["path"], one["rule"]) for one in result["findings"]]


def test_a_good_spec_needs_no_platform(run: Run, platform: Platform) -> None:
    result = run("app_proposal_info", spec=SPEC, token="")
    assert (result["valid"], result["findings"], result["changed"]) == (True, [], False)
    assert result["spec"]["ingress"]["rules"][0]["component"]["name"] == "web"
    assert "plain-secret-4711" not in str(result)
    assert "proposal" not in result
    assert platform.requests() == []


def test_a_spec_with_faults(run: Run, platform: Platform) -> None:
    job = {**SPEC["jobs"][0], "schedule": {"cron": "0 5 * *"}, "instance_size": "x"}
    spec = {**SPEC, "jobs": [job], "colour": "red"}
    result = run("app_proposal_info", spec=spec)
    assert not result["valid"]
    assert "failed" not in result
    found = told(result)
    assert ("error", "jobs[nightly].schedule.cron", "cron_form") in found
    assert ("error", "jobs[nightly].instance_size", "misspelt_field") in found
    assert ("warning", "colour", "unknown_field") in found
    assert [one[0] for one in found] == sorted(one[0] for one in found)
    cron = next(one for one in result["findings"] if one["rule"] == "cron_form")
    assert cron["message"].startswith("'0 5 * *': there are 4 fields; write five")
    assert platform.requests() == []


def test_every_finding_has_a_rule_of_the_lint(run: Run) -> None:
    """Each finding of the lint is told under its own rule, whatever way its text took."""
    spec = {**SPEC, "jobs": [{"name": "nightly", "kind": "scheduled", "cron": "* * * * *", "timeout_seconds": 3}]}
    result = run("app_proposal_info", spec=spec)
    assert result["findings"]
    assert {one["rule"] for one in result["findings"]} <= set(RULES)


@pytest.mark.parametrize(("fail_on", "failed"), [("never", False), ("error", False), ("warning", True)])
def test_fail_on(run: Run, fail_on: str, failed: bool) -> None:
    result = run("app_proposal_info", spec={**SPEC, "colour": "red"}, fail_on=fail_on)
    assert result.get("failed", False) == failed
    assert (result["valid"], len(result["findings"])) == (True, 1)
    if failed:
        assert result["failure"]["code"] == "spec_refused"
        assert result["msg"].startswith("colour: ")


def test_fail_on_errors(run: Run) -> None:
    result = run("app_proposal_info", spec={**SPEC, "name": "Shop!"}, fail_on="error")
    assert result["failed"]
    assert not result["valid"]
    assert result["msg"].startswith("name: ")


def test_secrets_that_a_spec_alone_lacks(run: Run, platform: Platform) -> None:
    envs = [{"key": "TOKEN", "type": "SECRET"}, {"key": "OTHER", "type": "SECRET", "value": "EV[1:abc:def]"}]
    spec = {**SPEC, "services": [{**SPEC["services"][0], "envs": envs}]}
    result = run("app_proposal_info", spec=spec)
    assert result["valid"]
    assert told(result) == [
        ("warning", "services[web].envs[TOKEN]", "declaration"),
        ("warning", "services[web].envs[OTHER]", "declaration"),
    ]
    assert result["spec"]["services"][0]["envs"] == envs
    given = {"web": {"TOKEN": "from-a-vault-1", "OTHER": "from-a-vault-2"}}
    result = run("app_proposal_info", spec=spec, secrets=given)
    assert result["findings"] == []
    assert "from-a-vault" not in str(result)


def test_secrets_of_no_component(run: Run) -> None:
    result = run("app_proposal_info", spec=SPEC, secrets={"wab": {"TOKEN": "from-a-vault-1"}})
    assert told(result) == [("error", "secrets[wab]", "declaration")]
    assert "from-a-vault" not in str(result)


def test_a_spec_without_a_name(run: Run) -> None:
    result = run("app_proposal_info", spec={"spec": {"region": "ams", "workers": [{"name": "W", "image": IMAGE}]}})
    assert not result["valid"]
    paths = [one["path"] for one in result["findings"]]
    assert "spec.name" in paths
    assert "workers[W].name" in paths


def test_what_the_platform_says(run: Run, platform: Platform) -> None:
    result = run("app_proposal_info", spec=SPEC, propose=True)
    assert result["valid"], result["findings"]
    proposal = result["proposal"]
    assert proposal["app_cost"] > 0
    assert (proposal["app_name_available"], proposal["app_name_suggestion"]) == (True, None)
    assert isinstance(proposal["existing_static_apps"], int)
    assert proposal["spec"]["ingress"]["rules"][0]["component"]["name"] == "web"
    assert "plain-secret-4711" not in str(result)
    assert [one["path"] for one in platform.requests()] == ["/v2/apps/propose"]
    assert platform.writes() == []
    (sent,) = (one["body"]["spec"] for one in platform.requests())
    assert [env["key"] for env in sent["services"][0]["envs"]] == ["TOKEN"]


def test_secrets_in_clear_in_the_answer(run: Run, platform: Platform) -> None:
    platform.assume(propose_secrets="plain")
    result = run("app_proposal_info", spec=SPEC, propose=True)
    assert "plain-secret-4711" not in str(result)
    assert result["proposal"]["spec"]["services"][0]["envs"][0]["key"] == "TOKEN"


def test_the_name_is_taken(run: Run, shop: dict[str, Any]) -> None:
    proposal = run("app_proposal_info", spec=SPEC, propose=True)["proposal"]
    assert (proposal["app_name_available"], proposal["app_name_suggestion"]) == (False, "shop-2")


def test_the_platform_refuses(run: Run) -> None:
    spec = {**SPEC, "region": "atlantis"}
    result = run("app_proposal_info", spec=spec, propose=True)
    assert result["proposal"] is None
    assert not result["valid"]
    assert result["findings"][0]["rule"] == "platform"
    assert "region" in str(result["findings"][0])


def test_propose_needs_a_token(run: Run) -> None:
    result = run("app_proposal_info", spec=SPEC, propose=True, token="")
    assert result["failed"]
    assert result["msg"].startswith("token: missing")


def test_a_change_of_an_app(run: Run, platform: Platform, shop: dict[str, Any]) -> None:
    spec = {"services": [{"name": "web", "instance_size_slug": "apps-s-1vcpu-2gb"}]}
    result = run("app_proposal_info", app="shop", spec=spec, propose=True)
    assert (result["valid"], result["would_change"]) == (True, True)
    assert result["changes"]["after"] == {"services": [{"name": "web", "instance_size_slug": "apps-s-1vcpu-2gb"}]}
    assert result["diff"] == result["changes"]
    assert {one["name"] for one in result["spec"]["workers"]} == {"queue"}
    assert result["proposal"]["spec"]["name"] == "shop"
    proposed = platform.requests()[-1]
    assert proposed["body"]["app_id"] == shop["id"]
    assert platform.writes() == []
    assert not run("app_proposal_info", app_id=shop["id"], spec=SHOP)["would_change"]


def test_a_secret_that_the_app_has(run: Run, platform: Platform) -> None:
    run("app", spec=SPEC)
    envs = [{"key": "TOKEN", "type": "SECRET"}, {"key": "NEW", "type": "SECRET"}]
    result = run("app_proposal_info", app="shop", spec={"services": [{"name": "web", "envs": envs}]})
    assert not result["valid"]
    (found,) = result["findings"]
    assert "NEW" in found["path"] + found["message"]
    assert "has no value and none is stored" in found["message"]
    result = run("app_proposal_info", app="shop", spec=SPEC)
    assert (result["valid"], result["would_change"]) == (True, False)
    assert "ANSIBLE_SECRETS_FINGERPRINT" not in str(result)


def test_a_database_that_would_go(run: Run, platform: Platform) -> None:
    platform.seed([{**SHOP, "databases": [{"name": "db", "engine": "PG"}]}])
    result = run("app_proposal_info", app="shop", spec=SHOP, purge=True)
    assert told(result) == [("error", "databases[db]", "declaration")]
    assert run("app_proposal_info", app="shop", spec=SHOP, purge=True, confirm_destroy=["db"])["valid"]


def test_no_such_app(run: Run, shop: dict[str, Any]) -> None:
    assert run("app_proposal_info", app="shoq", spec=SPEC)["failure"]["code"] == "app_not_found"
