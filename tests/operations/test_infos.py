"""The modules that read what is around apps: instances, health, events, alerts, sizes, regions, proposals."""

from __future__ import annotations

from typing import Any

import pytest

from tests.operations.conftest import Run
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
    monkeypatch.setattr(f"{UTILS}._apps.AppsApi.list_regions", lambda api: regions)
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
