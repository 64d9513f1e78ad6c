"""What is shown of odd input on both ways: refused options, short tokens, vaulted values, numbers without quotes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from ansible.release import __version__ as core

from tests.both_paths.conftest import Play
from tests.both_paths.running import Played, run_play
from tests.platform import Platform

CANARY = "CANARY-0 some 'text' \\ with {signs}"
NEW_CORE = tuple(map(int, core.split(".")[:2])) >= (2, 19)
WRONG: dict[str, dict[str, Any]] = {
    "app: a spec as a text": {"app": {"spec": f"name: shop\nenvs:\n- {{key: A, value: {CANARY}}}\n"}},
    "app: a lone text": {"app": {"spec": CANARY}},
    "app_job: a token in place of a mapping": {
        "app_job": {"app": "shop", "name": "m", "log_destinations": [{"name": "logs", "logtail": CANARY}]}
    },
    "app_job: a user and a password": {
        "app_job": {
            "app": "shop",
            "name": "m",
            "log_destinations": [{"name": "logs", "open_search": {"basic_auth": f"user:{CANARY}"}}],
        }
    },
    "app_job: a misspelt field": {"app_job": {"app": "shop", "name": "m", "envs": [{"key": "A", "secret": CANARY}]}},
    "app_job: a text for a number": {"app_job": {"app": "shop", "name": "m", "instance_count": CANARY}},
    "app_alert: a misspelt address": {
        "app_alert": {"app": "shop", "rule": "DOMAIN_LIVE", "slack_webhooks": [{"webhook": f"https://x/{CANARY}"}]}
    },
    "app_info: another name for the token": {"app_info": {"do_token": CANARY}},
    "app_info: a password in the address": {"app_info": {"api_url": f"https://user:{CANARY}@127.0.0.1:1/", "app": 1.5}},
    "app_log_info: no such choice": {"app_log_info": {"app": "shop", "type": CANARY}},
}


@pytest.fixture(scope="module")
def refused(path: str, tmp_path_factory: pytest.TempPathFactory) -> Played:
    tasks = [
        {
            "name": name,
            f"oceanops.app_platform.{module}": {"token": "a-token-of-tests", **options},
            "ignore_errors": True,
        }
        for name, task in WRONG.items()
        for module, options in task.items()
    ]
    return run_play(tmp_path_factory.mktemp(f"refused-{path}"), tasks, path, verbosity=3)


@pytest.mark.parametrize("name", WRONG)
def test_refused_options_show_no_value(refused: Played, name: str) -> None:
    result = refused[name]
    assert result.failed
    assert result["failure"]["code"] == "usage", result
    assert "CANARY" not in json.dumps(result.result)
    assert result["invocation"]["module_args"]


def test_nothing_else_shows_one(refused: Played) -> None:
    assert "CANARY" not in refused.output


@pytest.mark.slow
def test_a_short_token_does_no_harm(play: Play, platform: Platform) -> None:
    """`any` is what the guide recommends for the simulator, and a part of many names."""
    spec = {
        "name": "company",
        "envs": [{"key": "ANYTHING", "value": "any company"}],
        "workers": [
            {"name": "many", "image": {"registry_type": "DOCKER_HUB", "registry": "any", "repository": "many"}}
        ],
    }
    options = {"token": "any", "api_url": platform.url}
    played = play(
        [
            {"name": "made", "oceanops.app_platform.app": {**options, "spec": spec}},
            {"name": "read", "oceanops.app_platform.app_info": {**options, "app": "company"}},
        ],
        arguments=["--diff"],
    )
    for name in ("made", "read"):
        assert "VALUE_SPECIFIED" not in json.dumps({**played[name].result, "invocation": {}}).replace('"any"', "")
    assert played["made"]["app"]["spec"]["name"] == "company"
    assert played["made"]["invocation"]["module_args"]["token"].startswith("VALUE_SPECIFIED")
    (app,) = played["read"]["apps"]
    assert app["spec"]["workers"][0]["name"] == "many"


NUMBERS = """
- hosts: localhost
  gather_facts: false
  tasks:
    - name: a tag
      oceanops.app_platform.app_job:
        app: shop
        name: migrate
        image: {registry_type: DOCR, repository: shop, tag: 2.10}
      ignore_errors: true
    - name: a command
      oceanops.app_platform.app_job: {app: shop, name: migrate, run_command: yes}
      ignore_errors: true
    - name: a command as a list
      oceanops.app_platform.app_job: {app: shop, name: migrate, run_command: [python, manage.py]}
      ignore_errors: true
    - name: a tag in a spec
      oceanops.app_platform.app:
        spec: {name: shop, workers: [{name: mail, image: {registry_type: DOCR, repository: shop, tag: 2.10}}]}
      ignore_errors: true
  module_defaults:
    group/oceanops.app_platform.all: {token: a-token-of-tests, api_url: "API"}
"""


def test_what_yaml_has_changed_is_refused(path: str, platform: Platform, tmp_path: Path) -> None:
    # JSON has no words for it.
    played = run_play(tmp_path, [], path, text=NUMBERS.replace("API", platform.url))
    assert "image.tag: the number 2.1 arrived" in played["a tag"]["msg"]
    assert 'run_command: "true"' in played["a command"]["msg"]
    assert "it is a list; give one text" in played["a command as a list"]["msg"]
    assert "workers[mail].image.tag: the number 2.1" in played["a tag in a spec"]["msg"]


@pytest.fixture(scope="module")
def vaulted(path: str, simulator: Platform, tmp_path_factory: pytest.TempPathFactory) -> Played:
    from ansible.parsing.vault import VaultLib, VaultSecret

    simulator.reset()
    folder: Path = tmp_path_factory.mktemp(f"shown-vaulted-{path}")
    (folder / "password").write_text("a password of tests\n")
    library = VaultLib([("default", VaultSecret(b"a password of tests"))])
    text = library.encrypt("CANARY-from-a-vault").decode()
    playbook = f"""
- hosts: localhost
  gather_facts: false
  vars:
    secret: !vault |
{_indented(text, 6)}
  module_defaults:
    group/oceanops.app_platform.all: {{token: a-token-of-tests, api_url: "{simulator.url}"}}
  tasks:
    - name: as it is
      oceanops.app_platform.app:
        spec:
          name: shop
          envs:
            - key: READABLE
              type: GENERAL
              value: !vault |
{_indented(text, 16)}
          workers: [{{name: mail, image: {{registry_type: DOCR, repository: shop, tag: "1"}}}}]
    - name: through a template
      oceanops.app_platform.app_worker: {{app: shop, name: mail, run_command: "{{{{ secret }}}}"}}
    - name: as a secret
      oceanops.app_platform.app_env:
        app: shop
        envs: [{{key: HIDDEN, type: SECRET, value: "{{{{ secret }}}}"}}]
"""
    return run_play(folder, [], path, text=playbook, arguments=["--vault-password-file", "password", "--diff"])


def _indented(text: str, by: int) -> str:
    return "\n".join(" " * by + line for line in text.splitlines())


@pytest.mark.slow
def test_a_vaulted_value_is_hidden_wherever_core_tells(vaulted: Played) -> None:
    seen = ["as it is", "as a secret", *(["through a template"] if NEW_CORE else [])]
    for name in seen:
        assert not vaulted[name].failed
        assert "CANARY" not in json.dumps(vaulted[name].result), name
    if NEW_CORE:
        assert "CANARY" not in vaulted.output


@pytest.mark.slow
def test_it_warns_of_what_is_stored_readable(vaulted: Played) -> None:
    output = " ".join((vaulted.stdout + vaulted.stderr).split())
    assert "spec.envs[0].value: the value comes from a vault" in output
    assert ("run_command: the value comes from a vault" in output) == NEW_CORE
    assert output.count("the value comes from a vault") == 1 + NEW_CORE
