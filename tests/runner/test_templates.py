"""Every job template through ansible-runner: exit status, status, events, what is left behind."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from tests.platform import TOKEN, Platform
from tests.runner.awx import Job, kept_files, launch, of_apps, sliced

pytestmark = [pytest.mark.both_paths, pytest.mark.slow]

SECRET = "a-secret-that-no-event-may-hold"
IMAGE = {"registry_type": "GHCR", "registry": "example", "repository": "shop", "tag": "1.0"}
SHOP: dict[str, Any] = {
    "name": "shop",
    "services": [
        {
            "name": "web",
            "image": IMAGE,
            "http_port": 8080,
            "envs": [{"key": "API_KEY", "type": "SECRET", "scope": "RUN_TIME"}],
        }
    ],
    "jobs": [{"name": "migrate", "kind": "PRE_DEPLOY", "image": IMAGE, "run_command": "bin/migrate"}],
}
SECRETS = {"web": {"API_KEY": SECRET}}
LIMITS = {"app_wait_interval": 0.1}


@pytest.fixture(autouse=True)
def only_its_token(platform: Platform) -> None:
    """The platform takes no other token."""
    platform.tokens({TOKEN: []})


@pytest.fixture
def inputs(platform: Platform) -> dict[str, str]:
    return {"token": TOKEN, "api_url": platform.url}


INVENTORY = of_apps([SHOP], app_secrets=SECRETS, **LIMITS)


def released(platform: Platform) -> None:
    """The shop is there, and live."""
    spec = copy.deepcopy(SHOP)
    spec["services"][0]["envs"][0]["value"] = SECRET
    platform.seed([spec])
    platform.forget_requests()


def no_leak(folder: Path, job: Job) -> None:
    assert job.events, "a job without events proves nothing"
    for path in kept_files(folder):
        text = path.read_text(errors="replace")
        assert TOKEN not in text, f"the token is in {path.name}"
        assert SECRET not in text, f"a secret is in {path.name}"


def test_deploy_twice(tmp_path: Path, platform: Platform, inputs: dict[str, str]) -> None:
    first = launch(tmp_path / "1", "deploy", INVENTORY, inputs)
    assert (first.rc, first.status) == (0, "successful"), first.stdout
    assert first.stats["changed"] == {"shop": 1}
    (result,) = first.results("Converge the app in one write")
    assert result["deployment"]["phase"] == "ACTIVE"
    writes = len(platform.writes())

    second = launch(tmp_path / "2", "deploy", INVENTORY, inputs)
    assert (second.rc, second.stats["changed"]) == (0, {}), second.stdout
    assert len(platform.writes()) == writes
    no_leak(tmp_path / "1", first)
    no_leak(tmp_path / "2", second)


def test_deploy_in_check_mode_with_diff(tmp_path: Path, platform: Platform, inputs: dict[str, str]) -> None:
    job = launch(tmp_path / "1", "deploy", INVENTORY, inputs, check=True)
    assert (job.rc, job.stats["changed"]) == (0, {"shop": 1}), job.stdout
    assert platform.writes() == []
    assert "bin/migrate" in job.stdout, "the diff is shown"
    no_leak(tmp_path / "1", job)


def test_a_release_that_fails_is_taken_back(tmp_path: Path, platform: Platform, inputs: dict[str, str]) -> None:
    released(platform)
    platform.outcome("migrate", exit_code=3, logs=[f"API_KEY={SECRET}", "no such table: prices"])
    answers = {"release_app": "shop", "release_tag": "1.1"}
    job = launch(tmp_path / "1", "release", INVENTORY, inputs, answers=answers)
    assert (job.rc, job.status) == (2, "failed"), job.stdout
    assert "no such table: prices" in job.stdout
    assert [one["image"]["tag"] for one in platform.apps()["shop"]["spec"]["services"]] == ["1.0"]
    no_leak(tmp_path / "1", job)


def test_a_release_that_works(tmp_path: Path, platform: Platform, inputs: dict[str, str]) -> None:
    released(platform)
    answers = {"release_app": "shop", "release_tag": "1.1", "release_on_failure": "keep"}
    job = launch(tmp_path / "1", "release", INVENTORY, inputs, answers=answers)
    assert (job.rc, job.status) == (0, "successful"), job.stdout
    assert [one["image"]["tag"] for one in platform.apps()["shop"]["spec"]["services"]] == ["1.1"]
    no_leak(tmp_path / "1", job)


@pytest.mark.parametrize(("exit_code", "rc"), [(0, 0), (4, 2)])
def test_run_job(tmp_path: Path, platform: Platform, inputs: dict[str, str], exit_code: int, rc: int) -> None:
    released(platform)
    outcome = "fail" if exit_code else "succeed"
    platform.outcome("migrate-run-*", outcome, exit_code=exit_code, logs=["filled 12 prices", f"API_KEY={SECRET}"])
    answers = {"job_app": "shop", "job_name": "migrate", "job_command": "bin/fill_prices"}
    job = launch(tmp_path / "1", "run job", INVENTORY, inputs, answers=answers)
    assert (job.rc, job.status) == (rc, "failed" if rc else "successful"), job.stdout
    (result,) = job.results("Run the job")
    assert result["run"]["exit_code"] == (exit_code or None)
    assert "filled 12 prices" in job.stdout
    assert [one["name"] for one in platform.apps()["shop"]["spec"]["jobs"]] == ["migrate"]
    no_leak(tmp_path / "1", job)


def test_run_job_with_an_empty_command_runs_its_own(tmp_path: Path, platform: Platform, inputs: dict[str, str]) -> None:
    released(platform)
    answers = {"job_app": "shop", "job_name": "migrate", "job_command": ""}
    job = launch(tmp_path / "1", "run job", INVENTORY, inputs, answers=answers)
    assert job.rc == 0, job.stdout
    (first, *_others) = platform.writes(method="PUT")
    (copied,) = [one for one in first["body"]["spec"]["jobs"] if one["name"].startswith("migrate-run-")]
    assert copied["run_command"] == "bin/migrate"


@pytest.mark.parametrize(("fail", "rc"), [("true", 2), ("false", 0)])
def test_drift(tmp_path: Path, platform: Platform, inputs: dict[str, str], fail: str, rc: int) -> None:
    released(platform)
    by_hand = platform.apps()["shop"]["spec"]
    by_hand["jobs"][0]["run_command"] = "bin/migrate --fast"
    platform.happen("edit", "shop", edit={"jobs": by_hand["jobs"]})
    platform.forget_requests()
    job = launch(tmp_path / "1", "drift", INVENTORY, inputs, answers={"drift_fail": fail})
    assert job.rc == rc, job.stdout
    assert "shop: drifted" in job.stdout
    assert "bin/migrate --fast" in job.stdout, "the diff is shown"
    assert platform.writes() == []
    no_leak(tmp_path / "1", job)


@pytest.mark.parametrize("begin", ["nothing", "live"])
def test_rehearse(tmp_path: Path, platform: Platform, inputs: dict[str, str], begin: str) -> None:
    released(platform)
    changed = copy.deepcopy(SHOP)
    changed["services"][0]["image"] = {**IMAGE, "tag": "1.1"}
    inventory = of_apps([changed], app_secrets=SECRETS, **LIMITS)
    job = launch(tmp_path / "1", "rehearse", inventory, inputs, answers={"rehearsal_from": begin})
    assert job.rc == 0, job.stdout
    assert {one["method"] for one in platform.requests()} <= {"GET"}
    assert (platform.requests() == []) is (begin == "nothing")
    assert "PRE_DEPLOY" in job.stdout
    no_leak(tmp_path / "1", job)


def test_a_wrong_token_is_one_clear_failure(tmp_path: Path, platform: Platform, inputs: dict[str, str]) -> None:
    wrong = "dop_v1_" + "d" * 64
    job = launch(tmp_path / "1", "deploy", INVENTORY, {**inputs, "token": wrong})
    assert (job.rc, job.status) == (2, "failed")
    assert "Traceback" not in job.stdout
    assert wrong not in job.text


def test_slices_of_an_estate(tmp_path: Path, platform: Platform, inputs: dict[str, str]) -> None:
    job_of = {"name": "migrate", "kind": "PRE_DEPLOY", "image": IMAGE, "run_command": "bin/migrate"}
    specs: list[dict[str, Any]] = [
        {
            "name": f"app-{number:03}",
            "region": "ams",
            "jobs": [{**job_of}],
            "workers": [{"name": "queue", "image": IMAGE}],
        }
        for number in range(40)
    ]
    platform.seed(specs)
    platform.forget_requests()
    declared = copy.deepcopy(specs)
    for number in (0, 11, 22, 33):
        declared[number]["jobs"][0]["run_command"] = "bin/migrate --new"
    inventory = of_apps(declared, **LIMITS)
    seen: list[str] = []
    changed: set[str] = set()
    for number in range(1, 5):
        job = launch(tmp_path / str(number), "deploy", sliced(inventory, number, 4), inputs)
        assert job.rc == 0, job.stdout[-3000:]
        hosts = {one["event_data"]["host"] for one in job.events if one["event"] == "runner_on_ok"}
        seen += sorted(hosts)
        changed |= set(job.stats["changed"])
        no_leak(tmp_path / str(number), job)
    assert sorted(seen) == [spec["name"] for spec in specs], "each app in one slice, and only in one"
    assert changed == {"app-000", "app-011", "app-022", "app-033"}
    assert len(platform.writes()) == 4
    assert json.dumps(platform.apps()).count("bin/migrate --new") >= 4
