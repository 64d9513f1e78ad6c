"""The simulator leaves nothing behind: its address file, its folder, itself."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from tests.platform import ROOT
from tests.simulator.test_process import FILES, run
from tests.simulator.world import shop


def start(folder: Path, *arguments: str, given: object = None) -> subprocess.Popen[str]:
    """The command, as the role starts it, when it has written its address."""
    process = subprocess.Popen(
        [sys.executable, "-m", "app_platform_simulator", "--port", "0", "--input", "-", *arguments,
         "--address", str(folder / "address.json")],
        env={**os.environ, "PYTHONPATH": FILES}, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdin is not None
    process.stdin.write(json.dumps(given or {}))
    process.stdin.close()
    while not (folder / "address.json").exists():
        assert process.poll() is None
        time.sleep(0.01)
    return process


def ended(process: subprocess.Popen[str]) -> str:
    """What it printed."""
    assert process.wait(timeout=30) == 0
    assert process.stdout is not None
    with process.stdout:
        return process.stdout.read()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "its"
    made.mkdir(mode=0o700)
    return made


def test_the_address_is_for_its_owner_alone(folder: Path):
    (folder / "pid").touch()
    (folder / "log").touch()
    process = start(folder, "--remove-folder", given={"tokens": ["right"], "seed": [shop()]})
    mode = stat.S_IMODE((folder / "address.json").stat().st_mode)
    told = json.loads((folder / "address.json").read_text())
    process.terminate()

    assert ended(process) == ""
    assert mode == 0o600
    assert set(told) == {"url", "pid", "key", "page"}
    assert not folder.exists()


def test_a_link_in_its_place_is_replaced(folder: Path):
    target = folder.parent / "target"
    target.write_text("as it was")
    (folder / "address.json").symlink_to(target)
    process = subprocess.Popen(
        [sys.executable, "-m", "app_platform_simulator", "--port", "0", "--address", str(folder / "address.json")],
        env={**os.environ, "PYTHONPATH": FILES},
    )
    while (folder / "address.json").is_symlink():
        assert process.poll() is None
        time.sleep(0.01)
    process.terminate()

    assert process.wait(timeout=30) == 0
    assert target.read_text() == "as it was"


def test_a_folder_with_more_in_it_stays(folder: Path):
    (folder / "mine").touch()

    process = start(folder, "--remove-folder")
    process.terminate()
    ended(process)

    assert [path.name for path in folder.iterdir()] == ["mine"]


@pytest.mark.parametrize("mode", [0o777, 0o770, 0o1777])
def test_a_folder_where_others_can_write(folder: Path, mode: int):
    folder.chmod(mode)

    answer = run("--port", "0", "--address", str(folder / "address.json"))

    assert answer.returncode == 2
    assert "nobody else can write" in answer.stderr
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_it_ends_with_its_owner(folder: Path, number: int):
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as owner:
        process = start(folder, "--remove-folder", "--owner", str(owner.pid))
        owner.send_signal(number)
        ended(process)

    assert not folder.exists()


def test_an_owner_that_is_gone_already(folder: Path):
    with subprocess.Popen([sys.executable, "-c", ""]) as owner:
        owner.wait()

    answer = run("--port", "0", "--owner", str(owner.pid), "--address", str(folder / "address.json"))

    assert answer.returncode == 2
    assert "there is no process" in answer.stderr
    assert list(folder.iterdir()) == []


def test_where_processes_have_no_descriptors(monkeypatch: pytest.MonkeyPatch):
    from app_platform_simulator import owner as module

    monkeypatch.delattr(os, "pidfd_open", raising=False)
    heard = threading.Event()
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as owner:
        module.when_gone(owner.pid, heard.set)
        assert not heard.is_set()
    assert heard.wait(timeout=30)
    with pytest.raises(ValueError, match="there is no process"):
        module.when_gone(owner.pid, heard.clear)


@pytest.mark.parametrize(
    ("given", "reason"),
    [("CANARY", "not JSON"), ("[]", "an object of lists"), ('{"seed": 1}', "of lists"), ('{"lunch": []}', "'lunch'")],
)
def test_input_that_is_wrong(tmp_path: Path, given: str, reason: str):
    (tmp_path / "input").write_text(given)

    answer = run("--port", "0", "--input", str(tmp_path / "input"))

    assert answer.returncode == 2
    assert reason in answer.stderr
    assert "CANARY" not in answer.stderr


def test_the_role_adds_to_the_path():
    """A PYTHONPATH of the user's stays: packages of the simulator's interpreter may be there."""
    text = (ROOT / "roles" / "simulator" / "tasks" / "started.yml").read_text()

    assert "${PYTHONPATH:+:$PYTHONPATH}" in text
    assert "environment:" not in text
