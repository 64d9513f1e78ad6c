"""Names and ids, remembered for a run."""

from __future__ import annotations

import json
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from ansible_collections.oceanops.app_platform.plugins.module_utils._system.name_cache import NameCache, account_key


def test_in_memory() -> None:
    names = NameCache()
    assert names.find("shop") is None
    names.remember({"shop": "1", "blog": "2"})
    names.remember({"blog": "3"})
    assert (names.find("shop"), names.find("blog")) == ("1", "3")
    names.forget("shop")
    names.forget("never seen")
    assert (names.find("shop"), names.find("blog")) == (None, "3")


def test_a_folder_is_shared_between_processes_but_not_between_accounts(tmp_path: Path) -> None:
    NameCache(str(tmp_path), "a").remember({"shop": "1"})
    assert NameCache(str(tmp_path), "a").find("shop") == "1"
    assert NameCache(str(tmp_path), "b").find("shop") is None
    NameCache(str(tmp_path), "a").forget("shop")
    assert NameCache(str(tmp_path), "a").find("shop") is None


def test_only_the_user_may_read_the_file(tmp_path: Path) -> None:
    NameCache(str(tmp_path), "a").remember({"shop": "1"})
    (file,) = tmp_path.iterdir()
    assert file.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("content", ["", "{", "[1]", "null", '{"shop": 7}', "\udcff"])
def test_a_broken_file_knows_nothing_and_is_replaced(tmp_path: Path, content: str) -> None:
    names = NameCache(str(tmp_path), "a")
    names.remember({"x": "y"})
    (file,) = tmp_path.iterdir()
    file.write_bytes(content.encode("utf-8", "surrogateescape"))
    assert names.find("shop") is None
    names.remember({"shop": "1"})
    assert json.loads(file.read_text())["shop"] == "1"


def test_a_folder_that_is_gone_is_no_error(tmp_path: Path) -> None:
    names = NameCache(str(tmp_path / "gone"), "a")
    names.remember({"shop": "1"})
    names.forget("shop")
    assert names.find("shop") is None
    assert not (tmp_path / "gone").exists()


def test_a_write_that_fails_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_old: str, _new: str) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "replace", refuse)
    NameCache(str(tmp_path), "a").remember({"shop": "1"})
    assert list(tmp_path.iterdir()) == []


def test_writers_at_the_same_time_never_leave_half_a_file(tmp_path: Path) -> None:
    def write(number: int) -> bool:
        names = NameCache(str(tmp_path), "a")
        names.remember({f"app-{number}": str(number)})
        return all(value.isdecimal() for value in json.loads(next(tmp_path.glob("*_a.json")).read_text()).values())

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(write, range(100)))
    assert len(list(tmp_path.iterdir())) == 1


def test_the_key_of_an_account_tells_nothing_of_the_token() -> None:
    key = account_key("https://api.digitalocean.com/", " secret-token ")
    assert key == account_key("https://api.digitalocean.com", "secret-token")
    assert "secret" not in key
    assert len({key, account_key("https://other", "secret-token"), account_key("https://other", "another")}) == 3
