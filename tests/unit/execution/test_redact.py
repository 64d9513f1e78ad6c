"""Apps as results show them."""

from __future__ import annotations

import json
from typing import Any

from ansible_collections.oceanops.app_platform.plugins.module_utils._masking.secret_register import MASK, SecretRegister
from ansible_collections.oceanops.app_platform.plugins.module_utils._secrets.redact import (
    is_name,
    redact,
    register_secrets,
)

SPEC: dict[str, Any] = {
    "name": "shop-frontend",
    "region": "ams",
    "jobs": [
        {
            "name": "migrate",
            "run_command": "npm start",
            "git": {"repo_clone_url": "https://robot:CANARY-clone-token@git.example.com/shop.git"},
            "envs": [
                {"key": "PASSWORD", "type": "SECRET", "value": "EV[1:abc:def]"},
                {"key": "LOG_LEVEL", "value": "start"},
            ],
            "log_destinations": [{"name": "logs", "logtail": {"token": "CANARY-logtail-token"}}],
        }
    ],
    "ingress": {"secure_header": {"key": "X-Auth", "value": "CANARY-header-value"}},
}


def test_secrets_in_clear_are_masked_by_position_in_every_spec_of_an_app() -> None:
    register = SecretRegister()
    app = {"id": "a", "spec": SPEC, "active_deployment": {"id": "d", "spec": SPEC, "phase": "ACTIVE"}, "new_field": 1}
    shown = register.mask(redact(register, app))
    assert "CANARY" not in json.dumps(shown)
    assert shown["active_deployment"]["phase"] == "ACTIVE"
    assert shown["new_field"] == 1
    job = shown["spec"]["jobs"][0]
    assert job["envs"] == SPEC["jobs"][0]["envs"]
    assert job["log_destinations"] == [{"name": "logs", "logtail": {"token": MASK}}]
    assert job["git"]["repo_clone_url"] == f"https://robot:{MASK}@git.example.com/shop.git"
    assert app["spec"] is SPEC
    assert SPEC["jobs"][0]["log_destinations"][0]["logtail"]["token"].startswith("CANARY")


def test_they_are_masked_in_the_texts_of_others_too() -> None:
    register = SecretRegister()
    register_secrets(register, SPEC)
    assert register.mask_text("refused: CANARY-logtail-token") == f"refused: {MASK}"
    assert register.mask_text("refused: CANARY-header-value") == f"refused: {MASK}"


def test_messages_of_steps_are_masked_where_they_name_a_secret_env() -> None:
    step = {"name": "deploy", "reason": {"message": "started with PASSWORD=hunter2", "code": "x"}}
    shown = redact(SecretRegister(), {"id": "d", "spec": SPEC, "progress": {"steps": [step], "total_steps": 1}})
    assert "hunter2" not in json.dumps(shown)
    assert shown["progress"]["steps"][0]["name"] == "deploy"
    assert shown["progress"]["total_steps"] == 1


def test_names_stay_readable_even_if_a_secret_is_a_part_of_them() -> None:
    register = SecretRegister()
    register_secrets(register, SPEC)
    register.add("frontend", "shop-frontend", "start")
    assert register.mask({"name": "shop-frontend", "run": "npm start"}) == {"name": "shop-frontend", "run": "npm start"}


def test_odd_answers_pass() -> None:
    register = SecretRegister()
    for odd in (
        {},
        {"spec": None},
        {"spec": []},
        {"active_deployment": None},
        {"active_deployment": {}},
        {"progress": {"message": 5}},
    ):
        assert redact(register, odd) == odd


def test_fields_and_options_whose_values_are_names() -> None:
    for field in ("name", "region", "repository", "app", "component", "jobs"):
        assert is_name(field)
    for field in ("value", "run_command", "token", "description"):
        assert not is_name(field)
