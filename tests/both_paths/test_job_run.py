"""app_job_run in real plays, on both paths: good, bad, interrupted by Ctrl-C, ended, killed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.both_paths.conftest import Play
from tests.both_paths.running import GROUP, process_environment
from tests.both_paths.test_platform import SHOP
from tests.platform import Platform


def job_run(name: str, **options: Any) -> dict[str, Any]:
    given = {"app": "shop", "job": "migrate", "wait_interval": 0.1, **options}
    return {"name": name, "oceanops.app_platform.app_job_run": given, "ignore_errors": True}


def test_a_run_on_both_paths(platform: Platform, play: Play) -> None:
    (app,) = platform.seed([SHOP])
    # The later one counts, as often as it holds.
    platform.outcome("migrate-run-*", "fail", exit_code=3, logs=["no such table"])
    platform.outcome("migrate-run-*", "succeed", logs=["filled 12 prices"], count=1)
    secret = {"key": "API_KEY", "value": "CANARY-of-this-run", "type": "SECRET"}
    tasks = [
        {**job_run("foretold"), "check_mode": True},
        job_run("good", run_command="bin/fill", envs=[secret]),
        job_run("bad"),
        job_run("unknown", job="migarte"),
    ]
    played = play(tasks, verbosity=3)
    assert [one.failed for one in played.results] == [False, False, True, True], played.output[-3000:]
    assert played["foretold"]["changed"] is True
    assert played["good"]["run"]["log"][-1].endswith("filled 12 prices")
    assert played["good"]["restore_deployment"]["phase"] == "ACTIVE"
    assert (played["bad"]["run"]["status"], played["bad"]["run"]["exit_code"]) == ("ERROR", 3)
    assert played["bad"]["restored"] is True
    assert "no such table" in played["bad"]["msg"]
    assert "it has migrate" in played["unknown"]["msg"]
    assert "CANARY" not in played.output
    assert platform.apps()["shop"]["spec"] == app["spec"]
    assert len(platform.writes()) == 4


# Ended from outside


@contextmanager
def begun(folder: Path, platform: Platform, path: str) -> Iterator[subprocess.Popen[bytes]]:
    """A play whose job has begun and hangs."""
    (app,) = platform.seed([SHOP])
    platform.clock("real")
    platform.outcome("migrate-run-*", "hang", count=1)
    defaults = {GROUP: {"token": platform.token, "api_url": platform.url}}
    tasks = [job_run("hangs", wait_interval=0.3)]
    play = {"hosts": "localhost", "gather_facts": False, "module_defaults": defaults, "tasks": tasks}
    (folder / "play.yml").write_text(json.dumps([play]))
    command = [sys.executable, "-m", "ansible.cli.playbook", "play.yml"]
    command += ["--extra-vars", json.dumps({"app_platform_in_process": path == "in_process"})]
    process = subprocess.Popen(
        command,
        cwd=folder,
        env=process_environment(folder, folder / "results.json", folder / "ansible.log"),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        until(lambda: copy_in(platform), 60)
        yield process
    finally:
        for one in family_of(process.pid):
            os.kill(one, signal.SIGKILL)
        process.wait(timeout=30)
    until(lambda: not copy_in(platform), 60)
    assert platform.apps()["shop"]["spec"] == app["spec"]


def copy_in(platform: Platform) -> bool:
    return len(platform.apps()["shop"]["spec"]["jobs"]) > len(SHOP["jobs"])


def until(true: Any, seconds: float) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.1)


def family_of(pid: int) -> list[int]:
    """A process and all its descendants that there are now."""
    listed = subprocess.run(["ps", "-eo", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    parents = [tuple(map(int, line.split())) for line in listed.splitlines()]
    found = [pid]
    for one in found:
        found += [child for child, parent in parents if parent == one]
    there = {child for child, _parent in parents}
    return [one for one in found if one in there]


@pytest.mark.parametrize("number", [signal.SIGINT, pytest.param(signal.SIGTERM, marks=pytest.mark.slow)])
def test_a_play_that_is_interrupted_leaves_the_app_as_it_was(
    platform: Platform, path: str, tmp_path: Path, number: signal.Signals
) -> None:
    with begun(tmp_path, platform, path) as process:
        os.killpg(process.pid, number)
        until(lambda: not copy_in(platform), 60)
        assert process.wait(timeout=60) != 0


@pytest.mark.slow
def test_after_kill_9_the_next_run_leaves_the_app_as_it_was(
    platform: Platform, path: str, tmp_path: Path, play: Play
) -> None:
    with begun(tmp_path, platform, path) as process:
        for one in family_of(process.pid):
            os.kill(one, signal.SIGKILL)
        process.wait(timeout=30)
        assert copy_in(platform)
        # The job that hangs comes to its end first: nothing cuts it off.
        platform.advance(7200)
        platform.clock("auto")
        played = play([job_run("again")])
        assert played["again"]["run"]["status"] == "SUCCESS"
        assert played["again"]["restored"] is True
