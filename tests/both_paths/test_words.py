"""Words that others write are never code: what a pipeline hands over, and what stands in a live app's spec."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from tests.both_paths.running import Played, run_play
from tests.platform import Platform

IMAGE = {"registry_type": "GHCR", "registry": "example", "repository": "shop", "tag": "1.0"}
GITHUB = {"repo": "example/shop", "branch": "main"}
PLAIN = "{{ lookup('pipe', 'touch $RAN') }}"
HEADED = "#jinja2:variable_start_string:'[[',variable_end_string:']]'\n[[ lookup('pipe', 'touch $RAN') ]]"
HOSTILE = [PLAIN, HEADED, "x{% if lookup('pipe', 'touch $RAN') %}{% endif %}", " \n" + HEADED]
#: For tests of which each one is a run; all of them in the long run.
SOME = HOSTILE if "APP_PLATFORM_LONG" in os.environ else HOSTILE[:2]
SHOP: dict[str, Any] = {
    "name": "shop",
    "region": "ams",
    "envs": [{"key": f"E{number}", "value": text} for number, text in enumerate(HOSTILE)],
    "services": [{"name": "web", "image": IMAGE, "run_command": PLAIN, "envs": [{"key": "HEADED", "value": HEADED}]}],
    "workers": [{"name": "queue", "github": GITHUB, "run_command": HEADED}],
    "jobs": [{"name": "migrate", "kind": "PRE_DEPLOY", "image": IMAGE, "run_command": HEADED}],
}
WAIT = {"preview_wait_interval": 0.1, "release_wait_interval": 0.1, "jobs_wait_interval": 0.1}
PREVIEW = {"preview_app": "shop", "preview_number": 7}


pytestmark = pytest.mark.slow


@pytest.fixture
def shop(platform: Platform) -> Platform:
    platform.seed([SHOP])
    platform.forget_requests()
    return platform


def run(platform: Platform, folder: Path, name: str, variables: dict[str, Any], **words: str) -> Played:
    """A playbook of the collection, with words in the environment; nothing of them ran."""
    there = {"DIGITALOCEAN_API_URL": platform.url, "DIGITALOCEAN_ACCESS_TOKEN": platform.token}
    text = json.dumps([{"name": "It", "import_playbook": f"oceanops.app_platform.{name}"}])
    given = {**WAIT, **variables}
    played = run_play(
        folder,
        [],
        None,
        text=text,
        variables=given,
        environment={**there, "RAN": str(folder / "ran"), **words},
        verbosity=3,
    )
    assert not (folder / "ran").exists()
    return played


def plain_spec(platform: Platform, name: str) -> dict[str, Any]:
    spec: dict[str, Any] = platform.apps()[name]["spec"]
    return spec


@pytest.mark.long
@pytest.mark.parametrize("word", SOME)
@pytest.mark.parametrize(
    ("playbook", "variables", "name"),
    [
        ("preview", PREVIEW, "APP_PLATFORM_PREVIEW_BRANCH"),
        ("preview", PREVIEW, "APP_PLATFORM_PREVIEW_TAG"),
        ("preview", {"preview_app": "shop"}, "APP_PLATFORM_PREVIEW_NUMBER"),
        ("release", {"release_app": "shop"}, "APP_PLATFORM_RELEASE_TAG"),
        ("release", {"release_app": "shop"}, "APP_PLATFORM_RELEASE_DIGEST"),
        ("release", {"release_app": "shop"}, "APP_PLATFORM_RELEASE_COMMIT"),
        ("run_job", {"job_app": "shop"}, "APP_PLATFORM_JOB_NAME"),
    ],
)
def test_a_word_that_could_be_a_template_is_refused(
    playbook: str, variables: dict[str, Any], name: str, word: str, shop: Platform, tmp_path: Path
) -> None:
    played = run(shop, tmp_path, playbook, variables, **{name: word})
    assert played.rc != 0, played.output
    assert name.removeprefix("APP_PLATFORM_").lower() in played.last["msg"]
    assert shop.requests() == []


@pytest.mark.long
@pytest.mark.parametrize("word", HOSTILE[1:3])
def test_a_command_arrives_as_it_is(word: str, shop: Platform, tmp_path: Path) -> None:
    variables = {"job_app": "shop", "job_name": "migrate"}
    played = run(shop, tmp_path, "run_job", variables, APP_PLATFORM_JOB_COMMAND=word)
    assert played.rc == 0, played.output
    written = shop.writes()[0]["body"]["spec"]["jobs"]
    assert [job["run_command"] for job in written if job["name"] != "migrate"] == [word]


def test_words_come_from_the_environment(shop: Platform, tmp_path: Path) -> None:
    words = {
        "APP_PLATFORM_PREVIEW_NUMBER": "7",
        "APP_PLATFORM_PREVIEW_BRANCH": "fix/cart",
        "APP_PLATFORM_PREVIEW_TAG": "pr-7",
    }
    played = run(shop, tmp_path, "preview", {"preview_app": "shop"}, **words)
    assert played.rc == 0, played.output
    spec = plain_spec(shop, "shop-pr-7")
    assert (spec["workers"][0]["github"]["branch"], spec["services"][0]["image"]["tag"]) == ("fix/cart", "pr-7")
    played = run(shop, tmp_path, "release", {"release_app": "shop"}, APP_PLATFORM_RELEASE_TAG="2.0")
    assert played.rc == 0, played.output
    assert plain_spec(shop, "shop")["services"][0]["image"]["tag"] == "2.0"
    words = {"APP_PLATFORM_JOB_NAME": "migrate", "APP_PLATFORM_JOB_COMMAND": "bin/fill"}
    shop.forget_requests()
    played = run(shop, tmp_path, "run_job", {"job_app": "shop"}, **words)
    assert played.rc == 0, played.output
    assert "bin/fill" in [job["run_command"] for job in shop.writes()[0]["body"]["spec"]["jobs"]]


def test_variables_win_over_the_environment(shop: Platform, tmp_path: Path) -> None:
    played = run(
        shop, tmp_path, "release", {"release_app": "shop", "release_tag": "3.0"}, APP_PLATFORM_RELEASE_TAG="2.0"
    )
    assert played.rc == 0, played.output
    assert plain_spec(shop, "shop")["services"][0]["image"]["tag"] == "3.0"


@pytest.mark.parametrize("role", ["preview", "release", "jobs"])
def test_what_stands_in_a_live_app_stays_text(role: str, shop: Platform, tmp_path: Path) -> None:
    """Through the role, its result, and facts that are made of that."""
    variables: dict[str, dict[str, Any]] = {
        "preview": {**PREVIEW, "preview_tag": "pr-7", "preview_branch": "b"},
        "release": {"release_app": "shop", "release_tag": "2.0"},
        "jobs": {"jobs_app": "shop", "jobs_pre_deploy": [{"name": "other", "image": IMAGE, "run_command": "x"}]},
    }
    tasks = [
        {"ansible.builtin.include_role": {"name": f"oceanops.app_platform.{role}"}},
        {"ansible.builtin.set_fact": {"kept": f"{{{{ {role}_result.app }}}}"}},
        {"ansible.builtin.set_fact": {"again": "{{ kept.spec | to_json | from_json }}"}},
        {"name": "Told", "ansible.builtin.debug": {"msg": "{{ again }}"}},
    ]
    played = run_play(
        tmp_path, tasks, None, variables={**WAIT, **variables[role]},
        defaults={"token": shop.token, "api_url": shop.url}, environment={"RAN": str(tmp_path / "ran")}, verbosity=3,
    )  # fmt: skip
    assert played.rc == 0, played.output
    assert not (tmp_path / "ran").exists()
    spec = plain_spec(shop, "shop-pr-7" if role == "preview" else "shop")
    assert [env["value"] for env in spec["envs"]][: len(HOSTILE)] == HOSTILE
    assert (spec["services"][0]["run_command"], spec["workers"][0]["run_command"]) == (PLAIN, HEADED)
    assert spec["services"][0]["envs"][0]["value"] == HEADED
    assert [env["value"] for env in played["Told"]["msg"]["envs"]][: len(HOSTILE)] == HOSTILE


@pytest.mark.parametrize("way", ["spec", "live"])
def test_a_rehearsal_takes_no_text_for_a_template(way: str, shop: Platform, tmp_path: Path) -> None:
    (tmp_path / "app.json").write_text(json.dumps(SHOP))
    variables = {"rehearsal_report": str(tmp_path / "report.html"), "rehearsal_spec": str(tmp_path / "app.json")}
    if way == "live":
        variables["rehearsal_from"] = "live"
    played = run(shop, tmp_path, "rehearse", variables)
    assert played.rc == 0, played.output
    assert shop.writes() == []


@pytest.mark.parametrize(("text", "tags"), [("web, migrate", ["2", "2"]), ("web", ["2", "1.0"]), (",", ["1.0", "1.0"])])
def test_components_may_be_named_by_a_text(text: str, tags: list[str], shop: Platform, tmp_path: Path) -> None:
    """As -e and the surveys of AWX give them."""
    run(shop, tmp_path, "release", {"release_app": "shop", "release_components": text}, APP_PLATFORM_RELEASE_TAG="2")
    spec = plain_spec(shop, "shop")
    assert [part["image"]["tag"] for part in (spec["services"][0], spec["jobs"][0])] == tags
