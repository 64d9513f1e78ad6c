"""DigitalOcean's own Python client, which knows nothing of this project, drives every operation that it has."""

from __future__ import annotations

from typing import Any

import pytest
from azure.core.exceptions import HttpResponseError
from azure.core.pipeline.policies import SansIOHTTPPolicy

from tests.platform import Platform
from tests.simulator.world import scheduled, service, shop

pydo = pytest.importorskip("pydo")


class PlainHttp(SansIOHTTPPolicy[Any, Any]):
    """The client sends its token over https alone, unless it is told otherwise."""

    def on_request(self, request: Any) -> None:
        request.context.options["enforce_https"] = False


@pytest.fixture
def apps(platform: Platform) -> Any:
    client = pydo.Client(token="dop_v1_" + "e" * 64, endpoint=platform.url, per_call_policies=[PlainHttp()])
    return client.apps


def follow(apps: Any, app_id: str, deployment_id: str) -> Any:
    for _turn in range(20):
        found = apps.get_deployment(app_id, deployment_id)["deployment"]
        if found["phase"] in {"ACTIVE", "ERROR", "CANCELED", "SUPERSEDED"}:
            return found
    raise AssertionError(found["phase"])


def test_every_operation(apps: Any, platform: Platform):
    worker = service("w1", instance_size_slug="apps-d-1vcpu-1gb", autoscaling={
        "min_instance_count": 1, "max_instance_count": 3, "metrics": {"cpu": {"percent": 80}}})  # fmt: skip
    spec = shop(workers=[worker], alerts=[{"rule": "DEPLOYMENT_FAILED"}])

    proposed = apps.validate_app_spec({"spec": spec})
    app = apps.create({"spec": proposed["spec"]})["app"]
    app_id = app["id"]
    first = follow(apps, app_id, app["pending_deployment"]["id"])
    listed = apps.list()["apps"]
    found = apps.get(app_id)["app"]
    updated = apps.update(app_id, {"spec": {**found["spec"], "envs": [{"key": "A", "value": "1"}]}})["app"]
    second = follow(apps, app_id, updated["pending_deployment"]["id"])
    made = apps.create_deployment(app_id, {"force_build": True})["deployment"]
    canceled = apps.cancel_deployment(app_id, made["id"])["deployment"]
    restarted = apps.restart(app_id, {"components": ["web"]})["deployment"]
    follow(apps, app_id, restarted["id"])

    assert proposed["app_name_available"] is True
    assert [item["id"] for item in listed] == [app_id]
    assert (first["phase"], second["phase"]) == ("ACTIVE", "ACTIVE")
    assert canceled["phase"] == "CANCELED"
    assert len(apps.list_deployments(app_id)["deployments"]) == 4

    assert apps.get_logs(app_id, second["id"], "migrate", type="DEPLOY")["historic_urls"]
    assert apps.get_logs_aggregate(app_id, second["id"], type="DEPLOY")["historic_urls"]
    # The active deployment is the restart, in which no job ran.
    assert apps.get_logs_active_deployment(app_id, "web", type="RUN")["historic_urls"]
    assert apps.get_logs_active_deployment_aggregate(app_id, type="RUN", follow=True)["live_url"]
    assert apps.get_exec(app_id, second["id"], "web")["url"]
    assert apps.get_exec_active_deployment(app_id, "web")["url"]
    assert len(apps.get_instances(app_id)["instances"]) == 2
    assert apps.get_health(app_id)["app_health"]["components"]

    body = {"deployment_id": first["id"]}
    assert apps.validate_rollback(app_id, body)["valid"] is True
    rolled = apps.create_rollback(app_id, {**body, "skip_pin": False})["deployment"]
    follow(apps, app_id, rolled["id"])
    assert apps.get(app_id)["app"]["pinned_deployment"]["id"] == rolled["id"]
    apps.commit_rollback(app_id)
    apps.create_rollback(app_id, body)
    assert apps.revert_rollback(app_id)["deployment"]["spec"]["envs"]

    (alert,) = apps.list_alerts(app_id)["alerts"]
    assigned = apps.assign_alert_destinations(app_id, alert["id"], {"emails": ["a@example.com"], "slack_webhooks": []})
    assert assigned["alert"]["emails"] == ["a@example.com"]

    event_id = platform.happen("autoscale", "shop", component="w1", to=2)["event_id"]
    assert apps.get_event(app_id, event_id)["event"]["autoscaling"]["phase"] == "IN_PROGRESS"
    assert apps.get_event_logs(app_id, event_id, type="AUTOSCALE_EVENT")["historic_urls"]
    assert apps.cancel_event(app_id, event_id)["event"]["autoscaling"]["phase"] == "CANCELED"
    assert apps.list_events(app_id, event_types=["AUTOSCALING"])["events"][0]["id"] == event_id

    usage = apps.get_metrics_bandwidth_daily(app_id)["app_bandwidth_usage"]
    assert apps.list_metrics_bandwidth_daily({"app_ids": [app_id]})["app_bandwidth_usage"] == usage
    assert len(apps.list_instance_sizes()["instance_sizes"]) == 14
    assert apps.get_instance_size("apps-s-1vcpu-1gb")["instance_size"]["cpus"] == "1"
    assert len(apps.list_regions()["regions"]) == 10

    assert apps.delete(app_id) == {"id": app_id}
    operations = {call["operation"] for call in platform.requests()}
    assert len(operations) == 38 - 4  # the runs of jobs have a test of their own


def test_runs_of_jobs(apps: Any, platform: Platform):
    platform.clock("manual")
    (app,) = platform.seed({"name": "shop", "jobs": [scheduled()]})
    platform.outcome("nightly", "hang")
    platform.happen("run_job", "shop", job="nightly")
    platform.advance(60)

    (run,) = apps.list_job_invocations(app["id"], job_names=["nightly"])["job_invocations"]
    logs = apps.get_job_invocation_logs(app["id"], "nightly", run["id"], type="JOB_INVOCATION")
    found = apps.get_job_invocation(app["id"], run["id"])["job_invocation"]
    canceled = apps.cancel_job_invocation(app["id"], run["id"])["job_invocation"]

    assert found == run
    assert (run["phase"], canceled["phase"]) == ("RUNNING", "CANCELED")
    assert logs["historic_urls"]
    assert len({call["operation"] for call in platform.requests()}) == 4


def test_errors(apps: Any, platform: Platform):
    platform.seed(shop())

    with pytest.raises(HttpResponseError) as taken:
        apps.create({"spec": shop()})
    with pytest.raises(HttpResponseError) as wrong:
        apps.create({"spec": {"name": "x"}})

    assert (taken.value.status_code, taken.value.error.message) == (409, "App name already exists")
    assert wrong.value.status_code == 400
    assert "error" in str(wrong.value.error.message)


def test_missing_apps(apps: Any):
    answer = apps.get("00000000-0000-4000-8000-000000000000")

    assert answer["id"] == "not_found"


def test_pages(apps: Any, platform: Platform):
    platform.seed([{"name": f"app-{number}", "workers": [service("w1")]} for number in range(25)])

    found = [apps.list(page=page, per_page=10) for page in (1, 2, 3)]

    assert [len(page["apps"]) for page in found] == [10, 10, 5]
    assert found[0]["meta"]["total"] == 25
