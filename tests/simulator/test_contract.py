"""Every operation of DigitalOcean's published description is there, and its answer is as described."""

from __future__ import annotations

from typing import Any

import pytest

from tests.simulator import contract
from tests.simulator.world import World, service, shop

pytestmark = pytest.mark.contract


def everything(world: World) -> None:
    """All operations, once at least. Answers are compared with the description as they come."""
    scaling = {"min_instance_count": 1, "max_instance_count": 3, "metrics": {"cpu": {"percent": 80}}}
    worker = service("w1", autoscaling=scaling, instance_size_slug="apps-d-1vcpu-1gb")
    spec = shop(
        workers=[worker],
        alerts=[{"rule": "DEPLOYMENT_FAILED"}],
        envs=[{"key": "K", "value": "v", "type": "SECRET"}],
        domains=[{"domain": "a.com"}],
        databases=[{"name": "db", "engine": "PG"}],
        functions=[{"name": "fn", "git": {"repo_clone_url": "https://example.com/x.git"}, "routes": [{"path": "/fn"}]}],
    )
    world.call("POST", "/v2/apps/propose", {"spec": spec})
    app, first = world.deployed(spec)
    base = f"/v2/apps/{app['id']}"
    one = f"{base}/deployments/{first['id']}"
    world.get("/v2/apps")
    world.put(app)
    made = world.call("POST", f"{base}/deployments")["deployment"]
    world.call("POST", f"{base}/deployments/{made['id']}/cancel")
    world.call("POST", f"{base}/restart")
    for path in ("components/web/logs", "logs"):
        world.get(f"{base}/{path}", type="RUN")
        world.get(f"{one}/{path}", type="RUN", follow="true")
    for path in (f"{base}/components/web/exec", f"{one}/components/web/exec"):
        world.get(path)
    for path in ("instances", "deployments", "events", "alerts", "health", "metrics/bandwidth_daily"):
        world.get(f"{base}/{path}")
    world.call("POST", "/v2/apps/metrics/bandwidth_daily", {"app_ids": [app["id"]]})
    for path in ("tiers/instance_sizes", "tiers/instance_sizes/apps-s-1vcpu-1gb", "regions"):
        world.get(f"/v2/apps/{path}")
    alert = world.get(f"{base}/alerts")["alerts"][0]
    hooks = [{"url": "https://hooks.example.com/x", "channel": "c"}]
    world.call("POST", f"{base}/alerts/{alert['id']}/destinations", {"emails": ["a@x.com"], "slack_webhooks": hooks})
    body = {"deployment_id": first["id"]}
    world.call("POST", f"{base}/rollback/validate", body)
    world.call("POST", f"{base}/rollback", body)
    world.call("POST", f"{base}/rollback/validate", body)
    world.call("POST", f"{base}/rollback/revert")
    world.call("POST", f"{base}/rollback", body)
    world.call("POST", f"{base}/rollback/commit")
    world.control("POST", "happen", {"what": "run_job", "app": "shop", "job": "nightly"})
    world.advance(3)
    run = world.get(f"{base}/job-invocations")["job_invocations"][0]
    world.get(f"{base}/job-invocations/{run['id']}")
    world.get(f"{base}/jobs/nightly/invocations/{run['id']}/logs", type="JOB_INVOCATION")
    world.call("POST", f"{base}/job-invocations/{run['id']}/cancel")
    event = world.control("POST", "happen", {"what": "autoscale", "app": "shop", "component": "w1"})["event_id"]
    world.get(f"{base}/events/{event}")
    world.get(f"{base}/events/{event}/logs", type="AUTOSCALE_EVENT")
    world.call("POST", f"{base}/events/{event}/cancel")
    world.call("DELETE", base)


def test_every_operation(world: World):
    everything(world)

    called = {call["operation"] for call in world.server.record.calls if call["status"] == 200}
    assert set(contract.operations()) <= called


def test_the_check_finds_what_is_wrong(world: World):
    app = world.create()
    broken: dict[str, Any] = {"app": {**app, "spec": {**app["spec"], "region": "mars"}}}

    assert "mars" in contract.wrong("apps_get", 200, broken)
    assert contract.wrong("apps_get", 404, {"message": "no id"})
    assert contract.wrong("apps_get", 200, {"app": app}) == ""
