"""What tells the runs of this machine from those of others."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest

from ansible_collections.oceanops.app_platform.plugins.module_utils._system import locks as locks_module


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the locks of a test are."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path / f"oceanops-app-platform-{os.getuid()}"


def test_it_is_the_same_for_all_that_share_the_folder(folder: Path) -> None:
    mine = locks_module.lock_domain()
    assert mine is not None
    assert len(mine) == 8
    int(mine, 16)
    assert locks_module.lock_domain() == mine
    assert [one.name for one in folder.iterdir()] == ["domain"]
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.write(write, str(locks_module.lock_domain()).encode())
        os._exit(0)
    os.waitpid(pid, 0)
    assert os.read(read, 20).decode() == mine


def test_another_folder_is_another_domain(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mine = locks_module.lock_domain()
    (tmp_path / "other").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "other"))
    assert locks_module.lock_domain() not in (mine, None)


def test_whoever_is_first_names_it(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    link = os.link

    def late(source: str, target: str) -> None:
        Path(target).write_text("0badcafe")
        link(source, target)

    monkeypatch.setattr(os, "link", late)
    assert locks_module.lock_domain() == "0badcafe"
    assert [one.name for one in folder.iterdir()] == ["domain"]


def test_without_a_folder_of_its_own_there_is_none(folder: Path) -> None:
    folder.parent.mkdir(exist_ok=True)
    folder.write_text("in the way")
    assert locks_module.lock_domain() is None
    folder.unlink()
    folder.symlink_to(folder.parent)
    assert locks_module.lock_domain() is None


def test_a_file_that_cannot_be_read_is_none(folder: Path) -> None:
    folder.mkdir()
    (folder / "domain").mkdir()
    assert locks_module.lock_domain() is None
