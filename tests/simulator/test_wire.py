"""How values look on the wire (API reference 1.3)."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.simulator.world import World, service, shop

FINE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z")
WHOLE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
# Empty on purpose: messages that are set, and what the lists of the API carry.
MAY_BE_EMPTY = {"build_config", "deploy_on_push", "ingress", "pages", "emails", "slack_webhooks", "pools"}
FALSE_AND_ALL = {"valid", "template_found", "pending"}


def walk(value: Any, name: str = "") -> Any:
    yield name, value
    if isinstance(value, dict):
        for key, item in value.items():
            yield from walk(item, key)
    elif isinstance(value, list):
        for item in value:
            yield from walk(item, name)


@pytest.fixture
def answers(world: World) -> list[Any]:
    """All kinds of answers about an app with something of everything."""
    spec = shop(
        envs=[{"key": "A", "value": "1", "type": "GENERAL"}, {"key": "B", "value": ""}],
        alerts=[{"rule": "DEPLOYMENT_FAILED", "disabled": False}],
        domains=[{"domain": "a.com", "wildcard": False}],
        databases=[{"name": "db", "engine": "PG", "production": False}],
    )
    app, done = world.deployed(spec)
    world.advance(86400)
    base = f"/v2/apps/{app['id']}"
    paths = ("", "/deployments", f"/deployments/{done['id']}", "/job-invocations", "/events", "/alerts", "/health",
             "/instances", "/database_connection_details", "/metrics/bandwidth_daily")  # fmt: skip
    return [world.get(base + path) for path in paths] + [world.get("/v2/apps")]


def test_zeros_are_left_out(answers: list[Any]):
    for name, value in walk(answers):
        if name in FALSE_AND_ALL:
            continue
        assert value is not None, name
        assert value is not False, name
        assert value != "", name
        if name not in MAY_BE_EMPTY:
            assert value not in ([], {}), name
        assert value != 0 or name == "meta", name


def test_times(answers: list[Any]):
    fine = whole = 0
    for name, value in walk(answers):
        if name in {"started_at", "ended_at"} and value.count(":") == 2 and "." in value:
            fine += bool(FINE.fullmatch(value))
        elif name.endswith("_at"):
            whole += 1
            assert WHOLE.fullmatch(value), name
    assert fine > 20
    assert whole > 20


def test_numbers_of_64_bits_are_text(world: World):
    size = world.get("/v2/apps/tiers/instance_sizes/apps-s-1vcpu-1gb")["instance_size"]

    assert size == {
        "name": "Shared 1VCPU 1GB",
        "slug": "apps-s-1vcpu-1gb",
        "cpu_type": "SHARED",
        "cpus": "1",
        "memory_bytes": "1073741824",
        "usd_per_month": "12.00",
        "usd_per_second": "0.000004960317",
        "tier_slug": "professional",
        "bandwidth_allowance_gib": "150",
    }


def test_numbers_of_the_spec_are_numbers(world: World):
    spec = world.stored({"name": "shop", "services": [service(internal_ports=[9000], http_port=3000.0)]})

    assert spec["services"][0]["internal_ports"] == [9000]
    assert repr(spec["services"][0]["http_port"]) == "3000"


def test_null_is_absent(world: World):
    spec = world.stored(
        {"name": "shop", "region": None, "services": [service(run_command=None, envs=None)], "jobs": None}
    )

    assert set(spec) == {"name", "services", "ingress"}
    assert set(spec["services"][0]) == {"name", "image", "http_port"}


def test_fields_keep_their_order(world: World):
    spec = world.stored({"name": "shop", "workers": [{"run_command": "x", "name": "w1", "image": service()["image"]}]})

    assert list(spec["workers"][0]) == ["run_command", "name", "image"]
