"""Addresses with secrets leave the readable files, are named in the vault file, and can be given there."""

from __future__ import annotations

import copy
from typing import Any

import yaml

from ansible_collections.oceanops.app_platform.plugins.module_utils._edit.app_input import with_secrets
from ansible_collections.oceanops.app_platform.plugins.module_utils._resources.inventory_files import app_files
from ansible_collections.oceanops.app_platform.plugins.module_utils._spec.canonical import same_spec
from ansible_collections.oceanops.app_platform.plugins.module_utils._spec.merge import merge
from ansible_collections.oceanops.app_platform.plugins.module_utils._spec.schema import SPEC as SCHEMA

CANARY = "CANARYpassword"
URL = f"https://user:{CANARY}@example.com/x"
SPEC: dict[str, Any] = {
    "name": "shop",
    "services": [
        {
            "name": "web",
            "git": {"repo_clone_url": URL, "branch": "main"},
            "log_destinations": [
                {"name": "search", "open_search": {"endpoint": URL, "index_name": "web"}},
                {"name": "trail", "papertrail": {"endpoint": f"logs.example.com:1?token={CANARY}"}},
                {"name": "dog", "datadog": {"endpoint": URL, "api_key": "key"}},
                {"name": "mine", "endpoint": URL},
                {"name": "a.b", "endpoint": URL},
                {"name": "open", "papertrail": {"endpoint": "logs.example.com:1"}},
            ],
        }
    ],
    "workers": [{"name": "mail", "git": {"repo_clone_url": URL}}],
    "maintenance": {"enabled": True, "offline_page_url": URL},
}


def test_they_are_named_in_the_vault_file_alone() -> None:
    (one,) = app_files([{"id": "1", "spec": copy.deepcopy(SPEC)}])
    assert CANARY not in "".join(one.files.values())
    secrets = yaml.safe_load(one.files["host_vars/shop/vault.yml"])["app_secrets"]
    assert secrets == {
        "web": {
            "git.repo_clone_url": None,
            "log_destinations.search.open_search.endpoint": None,
            "log_destinations.trail.papertrail.endpoint": None,
            "log_destinations.dog.datadog.api_key": None,
            "log_destinations.dog.datadog.endpoint": None,
            "log_destinations.mine.endpoint": None,
        },
        "mail": {"git.repo_clone_url": None},
    }
    assert one.left_out == ("maintenance.offline_page_url", "services[web].log_destinations[a.b].endpoint")
    assert "logs.example.com:1\n" in one.files["host_vars/shop/app.yml"]


def declared(values: dict[str, Any]) -> dict[str, Any]:
    (one,) = app_files([{"id": "1", "spec": copy.deepcopy(SPEC)}])
    variables = yaml.safe_load(one.files["host_vars/shop/app.yml"])
    spec = {key.removeprefix("app_"): value for key, value in variables.items()}
    secrets = yaml.safe_load(one.files["host_vars/shop/vault.yml"])["app_secrets"]
    given = {part: {key: values.get(key, old) for key, old in keys.items()} for part, keys in secrets.items()}
    return with_secrets(spec, given, SPEC)


def test_without_values_everything_stays() -> None:
    edited = merge(SCHEMA, copy.deepcopy(SPEC), declared({}))
    assert same_spec(edited, SPEC)


def test_a_value_takes_its_place() -> None:
    new = "https://user:another@example.com"
    web = declared({"git.repo_clone_url": new, "log_destinations.search.open_search.endpoint": new})["services"][0]
    assert web["git"] == {"branch": "main", "repo_clone_url": new}
    assert web["log_destinations"][0]["open_search"] == {"index_name": "web", "endpoint": new}
