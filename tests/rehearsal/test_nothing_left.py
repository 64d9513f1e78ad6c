"""A rehearsal leaves no process and no file behind, in whatever way it ends."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from tests.both_paths.running import process_environment
from tests.platform import ROOT

pytestmark = pytest.mark.slow

SPEC = ROOT / "docs" / "examples" / "app.yaml"
CANARY = "CANARY-of-a-vault"
SECRETS = {"web": {"SESSION_KEY": CANARY}}
IMAGE = {"registry_type": "GHCR", "registry": "a", "repository": "b"}
ENVS = [{"key": "K", "value": CANARY, "type": "SECRET"}]
SEED = {"name": "shop", "workers": [{"name": "w1", "image": IMAGE}], "envs": ENVS}
MOMENT = 0.005


def simulators(folder: str) -> list[str]:
    """The command lines of all simulators whose folder is in this one."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = path.read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
        except OSError:
            continue
        if "app_platform_simulator" in line and folder in line and " nohup " not in line and "-m app" in line:
            found.append(line)
    return found


def left(temporary: str) -> list[str]:
    """Folders of rehearsals, and files with the secret in them."""
    found = [path.name for path in Path(temporary).glob("*.rehearsal")]
    # What is being removed meanwhile is no longer there, folders included.
    for folder, _folders, names in os.walk(temporary):
        for path in (Path(folder, name) for name in names):
            with suppress(FileNotFoundError):
                if path.is_file() and CANARY.encode() in path.read_bytes():
                    found.append(str(path))
    return found


def wait_for_the_end(temporary: str, seconds: float) -> None:
    """Return when no simulator is left, and no shell that starts or stops one; at the latest after so many seconds."""
    until = time.monotonic() + seconds
    while (running := _running(temporary)) and time.monotonic() < until:
        for pid in running:
            with suppress(ProcessLookupError):
                descriptor = os.pidfd_open(pid)
                select.select([descriptor], [], [], max(0.0, until - time.monotonic()))
                os.close(descriptor)


def _running(temporary: str) -> list[int]:
    """The processes that have to do with a simulator and have their temporary files in this folder."""
    found = []
    for path in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            ours = f"TMPDIR={temporary}".encode() in (path / "environ").read_bytes().split(b"\0")
            if ours and b"app_platform_simulator" in (path / "cmdline").read_bytes():
                found.append(int(path.name))
    return found


@contextmanager
def rehearsal(folder: Path, **variables: Any) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """One that has been started, and where its temporary files are; what is left of it fails the test."""
    if not Path("/proc/self/cmdline").exists():
        pytest.skip("the processes of this system can't be looked at")
    command = [sys.executable, "-m", "ansible.cli.playbook", "oceanops.app_platform.rehearse", "-vvv"]
    command += ["--extra-vars", json.dumps({"rehearsal_secrets": SECRETS, **variables})]
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as temporary:
        more = {"TMPDIR": temporary, "PWD": str(folder)}
        environment = process_environment(folder, folder / "results.json", folder / "log", more)
        environment["PATH"] = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        try:
            yield process, temporary
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
        # What is left of it ends by itself, as soon as it notices.
        wait_for_the_end(temporary, 20)
        assert simulators(temporary) == []
        assert left(temporary) == []


def written(path: Path, text: str) -> str:
    path.write_text(text)
    return str(path)


BAD = "bad.yaml"


@pytest.mark.parametrize(
    ("content", "variables", "reason"),
    [
        ("", {"rehearsal_spec": "/nowhere/app.yaml"}, "/nowhere/app.yaml"),
        ("name: shop\n---\nname: other\n", {"rehearsal_spec": BAD}, "document"),
        ("name: X\nservices: 1", {"rehearsal_spec": str(SPEC), "rehearsal_from": BAD}, "validating app spec"),
        ("", {"rehearsal_spec": str(SPEC), "rehearsal_simulator_arguments": ["--lunch"]}, "--lunch"),
        ("", {"rehearsal_spec": str(SPEC), "rehearsal_outcomes": {"migrate": "lunch"}}, "'lunch' is not one of"),
    ],
    ids=["a spec that is not there", "two documents", "apps that are refused", "an unknown argument", "no outcome"],
)
def test_it_could_not_begin(tmp_path: Path, content: str, variables: dict[str, Any], reason: str) -> None:
    written(tmp_path / BAD, content)
    with rehearsal(
        tmp_path, **{name: str(tmp_path / BAD) if given == BAD else given for name, given in variables.items()}
    ) as (process, _temporary):
        output = process.communicate()[0]

    assert process.returncode not in (0, None)
    assert reason in output
    assert CANARY not in output.replace(json.dumps(SECRETS), "")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_it_was_ended(tmp_path: Path, number: signal.Signals) -> None:
    """While it releases: with Ctrl-C, by whoever runs it, or so that it can do nothing more."""
    begun = tmp_path / "begun"
    spec = written(tmp_path / "seed.yaml", json.dumps(SEED))
    os.mkfifo(begun)
    command = f'{sys.executable} -c \'import pathlib, time; pathlib.Path("{begun}").write_text("x"); time.sleep(60)\''
    told = os.open(begun, os.O_RDONLY | os.O_NONBLOCK)
    with rehearsal(tmp_path, rehearsal_command=command, rehearsal_from=spec) as (process, temporary):
        ended = os.pidfd_open(process.pid)
        select.select([told, ended], [], [])
        (line,) = simulators(temporary)
        assert left(temporary) == [one.name for one in Path(temporary).glob("*.rehearsal")]
        files = {path.name: path.stat().st_mode & 0o777 for path in next(Path(temporary).glob("*.rehearsal")).iterdir()}
        if number == signal.SIGINT:
            os.killpg(process.pid, number)
        else:
            process.send_signal(number)
        process.wait(timeout=60)

    os.close(told)
    os.close(ended)
    assert files == {"address.json": 0o600, "pid": 0o600, "log": 0o600}
    assert "--token" not in line
    assert CANARY not in line


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
@pytest.mark.parametrize("stage", ["*.rehearsal", "*.rehearsal/log", "*.rehearsal/address.json"])
def test_it_was_ended_while_it_began(tmp_path: Path, stage: str, number: signal.Signals) -> None:
    """As soon as there is something that could be left."""
    spec = written(tmp_path / "seed.yaml", json.dumps(SEED))
    with rehearsal(tmp_path, rehearsal_command="sleep 60", rehearsal_from=spec) as (process, temporary):
        while not list(Path(temporary).glob(stage)) and process.poll() is None:
            time.sleep(MOMENT)
        if number == signal.SIGINT:
            os.killpg(process.pid, number)
        else:
            process.send_signal(number)
        process.wait(timeout=60)
