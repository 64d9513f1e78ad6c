"""Locks are for one at a time, and their files go when nobody holds them."""

from __future__ import annotations

import fcntl
import os
import re
import signal
import stat
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ansible_collections.oceanops.app_platform.plugins.module_utils._system import locks as locks_module
from ansible_collections.oceanops.app_platform.plugins.module_utils._system.clock import SystemClock
from ansible_collections.oceanops.app_platform.plugins.module_utils._system.name_cache import NameCache

URL = "https://api.example"
PROCESSES = 8
TURNS = 150


class Clock(SystemClock):
    """The real one, which lets others go on where it should sleep."""

    def sleep(self, seconds: float) -> None:
        os.sched_yield()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the locks of a test are."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path / f"oceanops-app-platform-{os.getuid()}"


@contextmanager
def children(act: Callable[[int], object], count: int) -> Iterator[list[int]]:
    """So many processes at once; each must end well, or by a signal that was sent to it."""
    pids: list[int] = []
    for number in range(count):
        pid = os.fork()
        if pid == 0:
            signal.alarm(60)
            code = 1
            try:
                act(number)
                code = 0
            finally:
                os._exit(code)
        pids.append(pid)
    yield pids
    assert {os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in pids} <= {0, -signal.SIGKILL}


def test_nothing_is_left(folder: Path) -> None:
    with locks_module.app_lock(Clock(), URL, "shop\n\x1b[31m/../x") as held:
        assert held
        (name,) = (path.name for path in folder.iterdir())
        mode = stat.S_IMODE((folder / name).stat().st_mode)

    assert re.fullmatch(r"[0-9a-f]{32}", name)
    assert mode == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert list(folder.iterdir()) == []


def test_nothing_is_left_by_who_fails(folder: Path) -> None:
    with pytest.raises(KeyError), locks_module.app_lock(Clock(), URL, "shop"):
        raise KeyError

    assert list(folder.iterdir()) == []


def test_who_did_not_get_it_leaves_it_alone(folder: Path) -> None:
    with locks_module.app_lock(Clock(), URL, "shop"):
        with locks_module.app_lock(Clock(), URL, "shop", timeout=0) as second:
            assert not second
        with locks_module.app_lock(Clock(), URL, "shop", timeout=0) as third:
            assert not third
        with locks_module.app_lock(Clock(), URL, "other", timeout=0) as other:
            assert other

    assert list(folder.iterdir()) == []


def test_one_at_a_time_among_many_processes(folder: Path, tmp_path: Path) -> None:
    counter, inside = tmp_path / "counter", tmp_path / "inside"
    counter.write_text("0")

    def count(_number: int) -> None:
        for _turn in range(TURNS):
            with locks_module.app_lock(Clock(), URL, "shop", timeout=60) as held:
                assert held
                os.close(os.open(inside, os.O_CREAT | os.O_EXCL))
                seen = int(counter.read_text())
                os.sched_yield()
                counter.write_text(str(seen + 1))
                inside.unlink()

    with children(count, PROCESSES):
        pass

    assert counter.read_text() == str(PROCESSES * TURNS)
    assert list(folder.iterdir()) == []


def test_the_lock_of_one_that_was_killed(folder: Path) -> None:
    read, write = os.pipe()

    def hold(_number: int) -> None:
        with locks_module.app_lock(Clock(), URL, "shop"):
            os.write(write, b"x")
            signal.pause()

    with children(hold, 1) as (pid,):
        os.read(read, 1)
        os.kill(pid, signal.SIGKILL)
    left = list(folder.iterdir())
    with locks_module.app_lock(Clock(), URL, "shop", timeout=5) as held:
        assert held

    assert len(left) == 1
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("again", [False, True])
def test_a_file_that_was_removed_while_it_was_waited_for(
    folder: Path, monkeypatch: pytest.MonkeyPatch, again: bool
) -> None:
    """The lock of a file without a name is nobody's: who gets it takes the file that has the name now."""
    removed = removes_files(monkeypatch, folder, times=2, again=again)
    with locks_module.app_lock(Clock(), URL, "shop", timeout=0) as held:
        assert held
        assert len(removed) == 2
        with locks_module.app_lock(Clock(), URL, "shop", timeout=0) as second:
            assert not second


def removes_files(monkeypatch: pytest.MonkeyPatch, folder: Path, times: int, again: bool = False) -> list[Path]:
    """The files that disappear, *times* of them, at the moment when they are locked. ``again``: a new one appears."""
    removed: list[Path] = []
    flock = fcntl.flock

    def lock(descriptor: int, how: int) -> None:
        flock(descriptor, how)
        if len(removed) < times:
            (path,) = folder.iterdir()
            path.unlink()
            removed.append(path)
            if again:
                path.touch()

    monkeypatch.setattr(fcntl, "flock", lock)
    return removed


def test_a_folder_that_goes_while_it_is_held(folder: Path) -> None:
    with locks_module.app_lock(Clock(), URL, "shop") as held:
        for path in folder.iterdir():
            path.unlink()
        folder.rmdir()

        assert held
        with locks_module.app_lock(Clock(), URL, "shop", timeout=0) as second:
            assert second


def test_another_ones_file_is_not_removed(folder: Path) -> None:
    with locks_module.app_lock(Clock(), URL, "shop"):
        (path,) = folder.iterdir()
        path.unlink()
        with locks_module.app_lock(Clock(), URL, "shop", timeout=0) as second:
            assert second
            inode = path.stat().st_ino
            with locks_module.app_lock(Clock(), URL, "shop", timeout=0) as third:
                assert not third
            assert path.stat().st_ino == inode


def test_where_files_never_stay_it_goes_on_without(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    removes_files(monkeypatch, folder, times=1_000_000)
    with locks_module.app_lock(Clock(), URL, "shop") as held:
        assert not held


def made(folder: Path, mode: int = 0o700) -> Path:
    folder.mkdir()
    folder.chmod(mode)
    return folder


@pytest.mark.parametrize("mode", [0o777, 0o750, 0o701])
def test_a_folder_that_others_can_look_into(folder: Path, mode: int) -> None:
    made(folder, mode)

    with locks_module.app_lock(Clock(), URL, "shop") as held:
        assert held
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


@pytest.mark.parametrize("kind", ["link", "folder", "pipe"])
def test_what_is_no_file_is_not_followed(folder: Path, tmp_path: Path, kind: str) -> None:
    with locks_module.app_lock(Clock(), URL, "shop"):
        (path,) = folder.iterdir()
    target = tmp_path / "target"
    target.write_text("as it was")
    make = {"link": lambda: path.symlink_to(target), "folder": path.mkdir, "pipe": lambda: os.mkfifo(path)}[kind]
    make()

    with locks_module.app_lock(Clock(), URL, "shop", timeout=0) as held:
        assert not held

    assert target.read_text() == "as it was"
    assert [one.name for one in folder.iterdir()] == [path.name]


@pytest.mark.parametrize("kind", ["link", "folder", "pipe"])
def test_what_is_no_file_tells_no_domain(folder: Path, tmp_path: Path, kind: str) -> None:
    """Left by somebody else while the folder was open to them."""
    path = made(folder, 0o777) / "domain"
    target = tmp_path / "target"
    target.write_text("as it was")
    make = {"link": lambda: path.symlink_to(target), "folder": path.mkdir, "pipe": lambda: os.mkfifo(path)}[kind]
    make()

    def ask(_number: int) -> None:
        signal.alarm(5)
        assert locks_module.lock_domain() is None

    with children(ask, 1):
        pass

    assert target.read_text() == "as it was"
    assert [one.name for one in folder.iterdir()] == [path.name]


def test_the_file_of_names(tmp_path: Path) -> None:
    """For its owner alone, through no link, and no half of one is left when it can't be put in its place."""
    target = tmp_path / "target"
    target.write_text("as it was")
    place = tmp_path / "app_platform_names_account.json"
    place.symlink_to(target)

    cache = NameCache(str(tmp_path))
    cache.remember({"shop": "a1"})

    assert not place.is_symlink()
    assert stat.S_IMODE(place.stat().st_mode) == 0o600
    assert target.read_text() == "as it was"
    place.unlink()
    place.mkdir()
    cache.remember({"shop": "a1"})
    assert sorted(path.name for path in tmp_path.iterdir()) == [place.name, "target"]


def test_without_a_place_for_temporary_files_it_goes_on_without(monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk, or one that can only be read: Python's own search for a place ends with an error."""

    def nowhere() -> str:
        raise FileNotFoundError("No usable temporary directory found")

    monkeypatch.setattr(tempfile, "gettempdir", nowhere)
    with locks_module.app_lock(Clock(), URL, "shop") as held:
        assert not held
    assert locks_module.lock_domain() is None
