"""The playbook `drift` where an app's name can't be computed: the others are told of, and nothing is told wrong."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.estate.running import playbook
from tests.platform import Platform

pytestmark = [pytest.mark.both_paths, pytest.mark.slow]

IMAGE = {"registry_type": "GHCR", "registry": "example", "repository": "shop", "tag": "1.0"}
SHOP = {"name": "shop", "region": "ams", "services": [{"name": "web", "image": IMAGE}]}
#: The last one is vaulted, and there is no password.
BROKEN = {
    "undefined": "shop-{{ set_by_nobody }}",
    "lookup": "{{ lookup('ansible.builtin.file', '/set/by/nobody') }}",
    "vault": {"__ansible_vault": "$ANSIBLE_VAULT;1.1;AES256\n3030\n"},
}


@pytest.fixture(scope="module")
def platform(simulator: Platform) -> Platform:
    simulator.reset()
    simulator.seed([SHOP, {**SHOP, "name": "stranger"}])
    return simulator


@pytest.mark.parametrize("kind", BROKEN)
def test_a_name_that_cannot_be_computed(kind: str, platform: Platform, tmp_path: Path) -> None:
    """Of a host of the play: that app could not be checked. Of another one: which are unmanaged is not known."""
    there = {"ansible_connection": "local", "app_spec": SHOP}
    hosts = {"shop": {"app_name": "shop"}, "other": {"app_name": BROKEN[kind]}}
    inventory = {"all": {"vars": there}, "apps": {"hosts": hosts}}
    (tmp_path / "hosts.json").write_text(json.dumps(inventory))
    for more, checked in (([], 2), (["--limit", "shop"], 1)):
        arguments = ["-i", "hosts.json", "-e", "drift_report=report.json", *more]
        done = playbook(tmp_path, platform, "drift", *arguments)
        report = json.loads((tmp_path / "report.json").read_text())
        (tmp_path / "report.json").unlink()
        assert (report["checked"], report["same"], report["unmanaged"]) == (checked, 1, []), done.output
        assert {one["host"]: one["state"] for one in report["apps"] if one["state"] != "same"} == (
            {} if more else {"other": "failed"}
        )
        assert done.code == (0 if more else 2), done.output
