"""Secrets and the token appear nowhere, whatever happens; what stands around them stays readable."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from tests.both_paths.running import Played, run_play

TOKEN = "dop_v1_CANARY0token0123456789abcdef"
SECRET = "CANARY0secret/+=with & <odd> 'signs'"
MULTILINE = "-----BEGIN KEY-----\nCANARY1line0ne0000\nCANARY1line2two000\n-----END KEY-----"
CREDENTIALS = "robot:CANARY2registry0password"
LOG_TOKEN = "CANARY3logtail0token"
HEADER = "CANARY4header0value"
MAPPED = "CANARY5mapped0value"
URL = "postgres://shop:CANARY6url0password@db:5432/shop"
UNTYPED = "CANARY7without0type"
CLONE = "https://robot:CANARY8clone0token@git.example.com/shop.git"

OPTIONS: dict[str, Any] = {
    "token": TOKEN,
    "name": "web",
    "envs": [
        {"key": "API_KEY", "value": SECRET, "type": "SECRET"},
        {"key": "PRIVATE_KEY", "value": MULTILINE, "type": "SECRET"},
        {"key": "DATABASE_URL", "value": URL, "type": "SECRET"},
        {"key": "LOG_LEVEL", "value": "verbose-and-readable", "type": "GENERAL"},
    ],
    "registry_credentials": CREDENTIALS,
    "secrets": {"web": {"MAPPED": MAPPED}},
    "log_destinations": [
        {"name": "logs", "logtail": {"token": LOG_TOKEN}, "headers": [{"key": "X-Auth", "value": HEADER}]}
    ],
    "spec": {"name": "shop", "jobs": [{"name": "migrate", "git": {"repo_clone_url": CLONE}}]},
}
CANARY = re.compile(r"CANARY\d")


def task(name: str, **options: Any) -> dict[str, Any]:
    return {"name": name, "probe.probe.probe": {**OPTIONS, **options}, "ignore_errors": True}


TASKS = [
    task("echo"),
    task("warn", act="warn"),
    task("fail", act="fail"),
    task("refuse", act="refuse"),
    task("crash", act="crash"),
    task("unknown option", typo="x"),
    task("bad choice", act=SECRET),
    task("bad sub-option", envs=[{"key": "A", "value": SECRET, "typ": "SECRET"}, {"value": UNTYPED}]),
    task("bad shape", envs=f"API_KEY={SECRET}"),
    task("bad number", number=SECRET),
    {**task("in the background"), "async": 60, "poll": 0, "register": "job"},
    {
        "name": "its end",
        "ansible.builtin.async_status": {"jid": "{{ job.ansible_job_id }}"},
        "register": "ended",
        "until": "ended.finished",
        "retries": 60,
        "delay": 1,
    },
    task("as JSON text", envs=f'[{{"key": "A", "value": "{UNTYPED}", "type": "SECRET"}}]'),
]


@pytest.fixture(scope="module")
def played(path: str, tmp_path_factory: pytest.TempPathFactory) -> Played:
    folder: Path = tmp_path_factory.mktemp(f"leaks-{path}")
    return run_play(folder, TASKS, path, verbosity=4, arguments=["--diff"])


def test_no_canary_in_anything_that_the_run_wrote(played: Played) -> None:
    assert len(played.results) == len(TASKS)
    assert len(played.output) > 10_000  # at -vvvv there is much to read
    assert played.log
    found = [line for line in played.output.splitlines() if CANARY.search(line)]
    assert found == []


def test_no_canary_in_what_callbacks_and_registered_variables_get(played: Played) -> None:
    for one in played.results:
        assert not CANARY.search(repr(one.result)), one.name


def test_nothing_stays_on_the_disk(played: Played) -> None:
    # Core itself removes the packed module of a task in the background, seconds after its end.
    files = [one for one in played.folder.rglob("*") if one.is_file() and not one.name.startswith("AnsiballZ_")]
    left = [one for one in files if one.name != "play.yml"]
    assert played["its end"]["lengths"] == played["echo"]["lengths"]
    assert any("async" in one.parts for one in left)
    assert [str(one) for one in left if CANARY.search(one.read_text(errors="replace"))] == []


def test_the_operation_gets_the_values_as_they_are(played: Played) -> None:
    assert played["echo"]["lengths"] == [len(SECRET), len(MULTILINE), len(URL)]
    assert played["echo"]["had_token"] == len(TOKEN)


def test_names_and_readable_values_stay_readable(played: Played) -> None:
    echo = played["echo"]["echo"]
    assert echo["envs"][3] == {"key": "LOG_LEVEL", "value": "verbose-and-readable", "type": "GENERAL", "scope": None}
    assert [one["key"] for one in echo["envs"]] == ["API_KEY", "PRIVATE_KEY", "DATABASE_URL", "LOG_LEVEL"]
    shown = played["echo"]["invocation"]["module_args"]
    assert shown["envs"][3]["value"] == "verbose-and-readable"
    assert shown["name"] == "web"
    assert shown["spec"]["jobs"][0]["name"] == "migrate"
    assert shown["secrets"].keys() == {"web"}


def test_the_token_and_every_secret_is_masked_in_the_invocation(played: Played) -> None:
    shown = played["echo"]["invocation"]["module_args"]
    masks = {shown["token"], shown["registry_credentials"], *(one["value"] for one in shown["envs"][:3])}
    masks |= {shown["log_destinations"][0]["logtail"]["token"], shown["log_destinations"][0]["headers"][0]["value"]}
    assert masks == {"VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"}


def test_a_failure_is_still_a_failure_that_one_can_read(played: Played) -> None:
    fail = played["fail"]
    assert fail.failed
    assert fail["msg"].startswith("no app with VALUE_SPECIFIED_IN_NO_LOG_PARAMETER")
    assert fail["failure"]["status"] == 404
    assert fail["changed"] is True
    assert fail["app"]["id"] == "a-1"
    assert played["refuse"]["msg"].splitlines()[0] == "name: web is bad"


def test_a_bug_says_what_and_where_without_a_traceback(played: Played) -> None:
    crash = played["crash"]
    assert crash["failure"]["code"] == "unexpected_error"
    assert "RuntimeError: lost VALUE_SPECIFIED_IN_NO_LOG_PARAMETER" in crash["msg"]
    assert re.search(r"in run, modules/probe\.py line \d+", crash["msg"])
    assert "issues" in crash["msg"]
    assert "Traceback (most recent call last)" not in played.output


def test_refused_options_are_named(played: Played) -> None:
    assert "typo: there is no such option" in played["unknown option"]["msg"]
    assert "envs.typ: there is no such option; did you mean type?" in played["bad sub-option"]["msg"]
    assert "missing required arguments: key" in played["bad sub-option"]["msg"]
    assert "number" in played["bad number"]["msg"]
    assert all(played[name].failed for name in ("unknown option", "bad sub-option", "bad shape", "bad number"))


def test_a_warning_is_given_once_and_masked(played: Played) -> None:
    (warning,) = played["warn"]["warnings"]
    assert str(warning).startswith("a warning about web with VALUE_SPECIFIED_IN_NO_LOG_PARAMETER")


def test_a_text_in_place_of_a_mapping_is_refused_by_its_option(played: Played) -> None:
    assert played["bad shape"].failed
    assert "envs" in played["bad shape"]["msg"]
    assert played["bad shape"]["failure"]["code"] == "usage"
