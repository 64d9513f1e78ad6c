"""Options as they were given: what core would make a text of without a word is refused."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.oceanops.app_platform.plugins.module_utils._ansible.raw_options import conversion_errors

OPTIONS: dict[str, Any] = {
    "app": {"type": "str", "aliases": ["label"]},
    "run_command": {"type": "str"},
    "timeout": {"type": "str"},
    "ca_path": {"type": "path"},
    "limit": {"type": "int"},
    "spec": {"type": "dict"},
    "secrets": {"type": "dict"},
    "components": {"type": "list", "elements": "str"},
    "ports": {"type": "list", "elements": "int"},
    "image": {"type": "dict", "options": {"tag": {"type": "str"}, "registry_credentials": {"type": "str"}}},
    "envs": {
        "type": "list",
        "elements": "dict",
        "options": {"key": {"type": "str"}, "value": {"type": "raw"}},
    },
}


@pytest.mark.parametrize(
    ("given", "path", "says"),
    [
        ({"image": {"tag": 2.10}}, "image.tag", "the number 2.1 arrived, and 2.10 and 2.1 are one number to YAML"),
        ({"image": '{"tag": 2.10}'}, "image.tag", 'tag: "2.1"'),
        ({"image": {"tag": True}}, "image.tag", "the boolean true arrived"),
        ({"image": {"registry_credentials": 12345.5}}, "image.registry_credentials", "a number arrived"),
        ({"run_command": True}, "run_command", 'run_command: "true"'),
        (
            {"run_command": ["python", "manage.py"]},
            "run_command",
            "a list; give one text, such as python manage.py migrate",
        ),
        ({"run_command": {"a": 1}}, "run_command", "a mapping; give one text"),
        ({"label": 1.5}, "label", "quote"),
        ({"app": ["x"]}, "app", "it is a list; give one text"),
        ({"timeout": False}, "timeout", "the boolean false"),
        ({"ca_path": True}, "ca_path", "the boolean true"),
        ({"components": ["web", 1.5]}, "components[1]", "the number 1.5"),
        ({"components": [["web"]]}, "components[0]", "a list"),
        ({"components": True}, "components[0]", "the boolean true"),
        ({"envs": [{"key": "A"}, {"key": True}]}, "envs[1].key", "the boolean true"),
        ({"spec": "name: shop\njobs: []"}, "spec", "the filter from_yaml"),
    ],
)
def test_refused(given: dict[str, Any], path: str, says: str) -> None:
    (fault,) = conversion_errors(OPTIONS, given)
    assert fault.startswith(f"{path}: ")
    assert says in fault
    assert "12345" not in fault


@pytest.mark.parametrize(
    "given",
    [
        {"app": "x", "limit": 1.0, "unknown": 1.5},
        {"app": 12, "image": {"tag": 2}},
        {"image": {"tag": "2.10"}, "timeout": 90.5},
        {"envs": [{"key": "A", "value": 1.5}, {"key": "B", "value": True}, "A=1"]},
        {"envs": "A=1", "secrets": "A=1", "image": "tag=1.10", "components": "a,b"},
        {"spec": '{"name": "shop"}'},
        {"spec": {"name": 1.5}},
        {"components": ["web", 1], "ports": [1.0], "app": None},
    ],
)
def test_left_to_core_and_the_lint(given: dict[str, Any]) -> None:
    assert conversion_errors(OPTIONS, given) == []
