"""The export stays in its folder, whatever the platform sends and whatever lies there."""

from __future__ import annotations

import json
import os
import re
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from hypothesis import example, given

from ansible_collections.oceanops.app_platform.plugins.module_utils._ansible.context import Context
from ansible_collections.oceanops.app_platform.plugins.module_utils._ansible.operation import perform
from ansible_collections.oceanops.app_platform.plugins.module_utils._api.errors import UsageError
from ansible_collections.oceanops.app_platform.plugins.module_utils._resources.inventory_files import app_files
from ansible_collections.oceanops.app_platform.plugins.module_utils._resources.output_folder import (
    OutputFolder,
    PathState,
)
from ansible_collections.oceanops.app_platform.plugins.module_utils._secrets.task_options import secrets_in
from ansible_collections.oceanops.app_platform.plugins.modules.app_export import OPERATION
from tests.unit.operations.conftest import IMAGE
from tests.untrusted import TEXTS, endpoint

Export = Callable[..., dict[str, Any]]
ENVS = [{"key": "TOKEN", "type": "SECRET", "value": "EV[1:x:y]"}]
LOGS = [{"name": "a.b", "logtail": {"token": "x"}}]
ODD = ["../../x", "/etc/x", "..", ".", "a/b", "nul\x00", "two\nlines", "a\rb", "x\u2028y: 1", "x" * 300, "-x", "~"]
ODD += ["a..b", "a.", "é", "127.0.0.1", "ALL", "Apps", "x y", "$(id)", "host\u202e", "con\\aux", "\n---\n- hosts: all"]


def app(name: str, app_id: str = "5f1c2f3a-0000", **more: Any) -> dict[str, Any]:
    services = [{"name": f"web{name}", "image": IMAGE, "envs": ENVS, "log_destinations": LOGS}]
    return {"id": app_id, "spec": {"name": name, "region": "ams", "services": services, **more}}


@pytest.fixture
def export(tmp_path: Path) -> Export:
    """``export(apps, **options)``: the result, in the folder ``there/estate`` of the test."""

    def call(apps: list[dict[str, Any]], *, check: bool = False, overwrite: bool = False) -> dict[str, Any]:
        with endpoint({"apps": apps, "links": {}, "meta": {"total": len(apps)}}) as url:
            given = {"directory": str(tmp_path / "there" / "estate"), "api_url": url, "token": "dop_v1_x"}
            arguments = OPERATION.arguments.as_arguments()
            checked = ArgumentSpecValidator(**arguments).validate({**given, "overwrite": overwrite})
            params = checked.validated_parameters
            context = Context(params, check_mode=check, diff=False, register=secrets_in(params, certain=True))
            return {"warnings": context.warnings, **perform(OPERATION, params, context)}

    return call


def files_of(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if not path.is_dir()}


@pytest.mark.parametrize("name", ODD)
@pytest.mark.parametrize("app_id", ["5f1c2f3a-0000", "../../../y"], ids=["plain_id", "odd_id"])
def test_odd_names_stay_inside(name: str, app_id: str, export: Export, tmp_path: Path) -> None:
    result = export([app(name, app_id), app("shop", "1")])
    assert not result.get("failed"), result["msg"]
    (host,) = set(result["hosts"]) - {"shop"}
    assert re.fullmatch(r"5f1c2f3a-0000|app-[0-9a-f]{16}", host)
    assert (host == "5f1c2f3a-0000") == (app_id == "5f1c2f3a-0000")
    wanted = {"hosts.yml", *(f"host_vars/{one}/{file}" for one in (host, "shop") for file in ("app.yml", "vault.yml"))}
    assert files_of(tmp_path / "there") == {f"estate/{path}" for path in wanted}
    assert files_of(tmp_path) == {f"there/estate/{path}" for path in wanted}
    assert any(host in warning for warning in result.get("warnings", ())) or name in ("127.0.0.1", "ALL", "Apps")
    assert export([app(name, app_id), app("shop", "1")])["changed"] is False


@pytest.mark.parametrize(("name", "app_id"), [("shop", ""), ("", "5f1c2f3a-0000")], ids=["no id", "no name"])
def test_an_app_without_a_name_or_an_id_is_refused(name: str, app_id: str, export: Export, tmp_path: Path) -> None:
    result = export([app(name, app_id), app("blog", "1")])
    assert result["failure"]["code"] == "wrong_envelope"
    assert files_of(tmp_path) == set()


@pytest.mark.law
@given(names=TEXTS.map(lambda text: [text, text, text.upper(), text.lower()]), app_id=TEXTS)
@example(names=["shop", "Shop", "shop"], app_id="shop")
def test_paths_and_hosts(names: list[str], app_id: str) -> None:
    """Each app has its own host, and no path has a part that is more than a word."""
    found = app_files([app(name, f"{app_id}{number}") for number, name in enumerate(names)])
    assert len({one.host.lower() for one in found}) == len(names)
    for one in found:
        for path in one.files:
            assert re.fullmatch(r"host_vars/[A-Za-z0-9][A-Za-z0-9._-]{0,99}/(app|jobs|vault)\.yml", path)
            assert ".." not in path


def test_comments_and_warnings_are_single_lines(export: Export, tmp_path: Path) -> None:
    evil = "x\n---\n- hosts: all\u2028\r\x1b[31m"
    result = export([app(evil, "1-2", unheard_of={"git": evil})])
    assert all("\n" not in one and "\x1b" not in one for one in result["warnings"])
    for file in (tmp_path / "there" / "estate" / "host_vars" / "1-2").iterdir():
        text = file.read_text()
        assert text.isprintable() or set(text) - {"\n"} <= set(map(chr, range(32, 127)))
        assert text.count("---\n") == 1
        assert len(list(yaml.compose_all(text, yaml.SafeLoader))) == 1


@pytest.mark.parametrize("check", [True, False])
@pytest.mark.parametrize("link", ["host_vars", "host_vars/shop", "host_vars/shop/app.yml", "hosts.yml"])
@pytest.mark.parametrize("dangling", [True, False])
def test_a_link_is_not_followed(link: str, check: bool, dangling: bool, export: Export, tmp_path: Path) -> None:
    estate, elsewhere = tmp_path / "there" / "estate", tmp_path / "elsewhere"
    (estate / link).parent.mkdir(parents=True)
    if not dangling:
        (elsewhere / "shop").mkdir(parents=True)
        (elsewhere / "precious").write_text("mine")
    target = elsewhere / "precious" if link.endswith(".yml") else elsewhere
    (estate / link).symlink_to(target)
    before = files_of(tmp_path)
    result = export([app("shop")], check=check, overwrite=True)
    assert result["failed"]
    assert link in result["msg"]
    assert "link" in result["msg"]
    assert files_of(tmp_path) == before
    if not dangling:
        assert (elsewhere / "precious").read_text() == "mine"


def test_a_vault_that_is_a_link_stays(export: Export, tmp_path: Path) -> None:
    folder = tmp_path / "there" / "estate" / "host_vars" / "shop"
    folder.mkdir(parents=True)
    (tmp_path / "vault").write_text("mine")
    (folder / "vault.yml").symlink_to(tmp_path / "vault")
    result = export([app("shop")], overwrite=True)
    assert result["kept"] == ["host_vars/shop/vault.yml"]
    assert (folder / "vault.yml").is_symlink()
    assert (tmp_path / "vault").read_text() == "mine"


@pytest.mark.parametrize("name", ["host_vars", "host_vars/shop/app.yml"])
def test_something_else_in_the_place(name: str, export: Export, tmp_path: Path) -> None:
    """A queue would keep the task waiting for ever."""
    place = tmp_path / "there" / "estate" / name
    place.parent.mkdir(parents=True)
    os.mkfifo(place)
    result = export([app("shop")], overwrite=True)
    assert result["failed"]
    assert name in result["msg"]


def test_the_folder_itself_may_be_a_link(export: Export, tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / "estate").symlink_to(tmp_path / "real")
    assert export([app("shop")])["changed"] is True
    assert (tmp_path / "real" / "hosts.yml").exists()


def test_modes(export: Export, tmp_path: Path) -> None:
    """A file that others may not read stays so, another name of it keeps what it had, and nothing else is left."""
    old = os.umask(0o002)
    try:
        export([app("shop")])
        folder = tmp_path / "there" / "estate" / "host_vars" / "shop"
        modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()}
        assert modes == {"app.yml": 0o644, "vault.yml": 0o600}
        (folder / "app.yml").chmod(0o600)
        os.link(folder / "app.yml", tmp_path / "other-name")
        before = (tmp_path / "other-name").read_text()
        assert export([app("shop", features=["x=y"])], overwrite=True)["written"] == ["host_vars/shop/app.yml"]
        assert stat.S_IMODE((folder / "app.yml").stat().st_mode) == 0o600
        assert (tmp_path / "other-name").read_text() == before
        assert {file.name for file in folder.iterdir()} == {"app.yml", "vault.yml"}
    finally:
        os.umask(old)


def test_a_write_that_breaks_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = OutputFolder(tmp_path)
    folder.write("a/b.yml", "old", mode=0o644)

    def full(*_given: Any, **_named: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(UsageError, match=r"a/b\.yml can't be written: No space left"):
        folder.write("a/b.yml", "new", mode=0o644)
    assert (tmp_path / "a" / "b.yml").read_text() == "old"
    assert os.listdir(tmp_path / "a") == ["b.yml"]


@pytest.mark.parametrize("path", ["../x", "/x", "a//b", "a/./b", "a/../b", "", "a/", "a\0b"])
def test_a_path_that_leads_elsewhere(path: str, tmp_path: Path) -> None:
    for call in (lambda: OutputFolder(tmp_path).read(path), lambda: OutputFolder(tmp_path).write(path, "", mode=0o644)):
        with pytest.raises(UsageError, match="is no path below it"):
            call()
    assert os.listdir(tmp_path) == []


def test_what_is_there(tmp_path: Path) -> None:
    folder = OutputFolder(tmp_path / "x")
    assert folder.read("a/b") is PathState.NOTHING
    folder.write("a/b", json.dumps("é"), mode=0o644)
    assert folder.read("a/b") == json.dumps("é")
    (tmp_path / "x" / "a" / "c").write_bytes(b"\xff")
    assert folder.read("a/c") == ""
    assert folder.read("a") is PathState.OTHER
    with pytest.raises(UsageError, match="is no folder"):
        folder.read("a/b/c")
