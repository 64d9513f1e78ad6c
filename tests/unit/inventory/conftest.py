"""The inventory plugin as Ansible loads it, and a simulator that it reads."""

from __future__ import annotations

import functools
import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible.constants import config

from ansible_collections.oceanops.app_platform.plugins.inventory.apps import InventoryModule
from tests.platform import Platform

NAME = "oceanops.app_platform.apps"
Load = Callable[..., Any]


@functools.cache
def documentation() -> dict[str, Any]:
    command = [sys.executable, "-m", "ansible.cli.doc", "--type", "inventory", "--json", NAME]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)[NAME]
    return found


def new_plugin() -> InventoryModule:
    """The plugin as Ansible's loader makes it, which finds no collection that was imported before it."""
    config.initialize_plugin_configuration_definitions("inventory", NAME, documentation()["doc"]["options"])
    plugin = InventoryModule()
    plugin._load_name, plugin._redirected_names, plugin.ansible_name = NAME, [NAME], NAME
    plugin.ansible_aliases = [NAME]
    return plugin


@pytest.fixture
def load(platform: Platform, tmp_path: Path) -> Load:
    """``load(**options)``: the inventory as Ansible's own manager reads it; ``known``: hosts of a source before it."""
    from ansible.inventory.manager import InventoryManager
    from ansible.parsing.dataloader import DataLoader

    def read(
        name: str = "test.app_platform.yml", refresh: bool = False, known: Sequence[str] = (), **options: Any
    ) -> Any:
        given = {"plugin": "oceanops.app_platform.apps", "token": platform.token, "api_url": platform.url, **options}
        file = tmp_path / name
        file.write_text(yaml.safe_dump({key: value for key, value in given.items() if value is not None}))
        loader = DataLoader()
        manager = InventoryManager(loader, sources=[])
        for host in known:
            manager._inventory.add_host(host)
        plugin = new_plugin()
        assert plugin.verify_file(str(file))
        plugin.parse(manager._inventory, loader, str(file), cache=not refresh)
        if options.get("cache"):
            plugin.update_cache_if_changed()
        manager._inventory.reconcile_inventory()
        return manager._inventory

    return read
