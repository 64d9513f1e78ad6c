"""The playbook `destroy`: no app goes whose name was not given, exactly."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from tests.estate.running import playbook
from tests.platform import Platform

pytestmark = pytest.mark.both_paths
slow = partial(pytest.param, marks=pytest.mark.slow)

WORKER = {
    "name": "queue",
    "image": {"registry_type": "GHCR", "registry": "example", "repository": "shop", "tag": "1.0"},
    "run_command": "work",
}
NAMES = ["blog", "shop", "wiki"]
HOSTS = "apps:\n  hosts: {blog: {app_name: blog}, shop: {app_name: shop}, wiki: {app_name: wiki}}\n"
VARS = "  vars: {ansible_connection: local, ansible_python_interpreter: '{{ ansible_playbook_python }}'}\n"


@pytest.fixture
def platform(simulator: Platform) -> Platform:
    simulator.reset()
    simulator.seed([{"name": name, "region": "ams", "workers": [WORKER]} for name in NAMES])
    return simulator


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "hosts.yml").write_text(HOSTS + VARS)
    return tmp_path


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([], "This would remove 3 apps: blog, shop, wiki."),
        (["-e", "confirm=shop"], "shop was confirmed, while blog, shop, wiki would be removed"),
        slow(["-e", "confirm=blog,shop,wikis"], "while blog, shop, wiki would be removed"),
        slow(["--limit", "shop", "-e", "confirm=shopp"], "shopp was confirmed, while shop would be removed"),
        (["--limit", "shop", "-e", "confirm=SHOP"], "SHOP was confirmed"),
        slow(["--limit", "shop", "-e", "confirm=shop,blog"], "blog, shop was confirmed, while shop would be removed"),
        slow(["--limit", "shop", "-e", "confirm="], "no name was confirmed"),
        (["--limit", "shop"], "no name was confirmed"),
    ],
)
def test_nothing_goes_without_its_name(arguments: list[str], told: str, folder: Path, platform: Platform) -> None:
    done = playbook(folder, platform, "destroy", "-i", "hosts.yml", *arguments)
    assert done.code == 2, done.output
    assert told in done.output
    assert platform.writes() == []
    assert sorted(platform.apps()) == NAMES


def test_one_app_goes_and_stays_gone(folder: Path, platform: Platform) -> None:
    arguments = ["-i", "hosts.yml", "--limit", "shop", "-e", "confirm=shop"]
    foretold = playbook(folder, platform, "destroy", *arguments, "--check")
    assert (foretold.code, foretold.recap["shop"]) == (0, (1, 0)), foretold.output
    assert "shop: would be removed" in foretold.output
    assert sorted(platform.apps()) == NAMES
    done = playbook(folder, platform, "destroy", *arguments)
    assert (done.code, done.recap["shop"]) == (0, (1, 0)), done.output
    assert sorted(platform.apps()) == ["blog", "wiki"]
    again = playbook(folder, platform, "destroy", *arguments)
    assert (again.code, again.recap["shop"]) == (0, (0, 0)), again.output
    assert "shop: there is no such app" in again.output


@pytest.mark.slow
def test_several_go_when_each_is_named(folder: Path, platform: Platform) -> None:
    done = playbook(folder, platform, "destroy", "-i", "hosts.yml", "--limit", "shop,wiki", "-e", "confirm=wiki,shop")
    assert done.code == 0, done.output
    assert sorted(platform.apps()) == ["blog"]


@pytest.mark.slow
def test_without_an_inventory(folder: Path, platform: Platform) -> None:
    done = playbook(folder, platform, "destroy", "-e", "destroy_app=blog", "-e", "confirm=blog")
    assert done.code == 0, done.output
    assert sorted(platform.apps()) == ["shop", "wiki"]
