# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How plugins import the collection's own code."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MODULES = sorted((ROOT / "plugins" / "modules").glob("*.py"))


@pytest.mark.parametrize("path", MODULES, ids=[path.stem for path in MODULES])
def test_modules_import_by_full_name(path: Path) -> None:
    """Mitogen runs a module as a program without a package, where a relative import fails.

    Files of module_utils are imported, under Mitogen too, and may import each other as they like.
    """
    relative = [
        node.lineno
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and node.level
    ]
    assert relative == [], f"lines {relative}: write from ansible_collections.oceanops.app_platform.plugins…"


UTILS = ROOT / "plugins" / "module_utils"
TABLE = re.compile(r"^\| `(?P<room>_[a-z/_]+?)/` \| (?P<what>[^|]+) \|(?P<imports>[^|]*)\|$", re.MULTILINE)


def rooms() -> dict[str, set[str]]:
    """Each room of the table in docs/architecture.md, in its order, with the rooms that it may import."""
    found: dict[str, set[str]] = {}
    for row in TABLE.finditer((ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")):
        every = set(found) if row["imports"].strip() == "every room" else set(re.findall(r"`([^`]+)`", row["imports"]))
        found[row["room"]] = every
    return found


def room_of(module: str) -> str:
    """The room of a file below module_utils, given with slashes: ``_spec/lint/check`` is in ``_spec/lint``."""
    return module.rpartition("/")[0]


def imported(path: Path) -> set[str]:
    """The files of module_utils that a file of module_utils imports, as paths without suffix, lazy imports included."""
    package = path.relative_to(UTILS).parent.parts
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.ImportFrom) or not node.level:
            continue
        base = "/".join([*package[: len(package) - node.level + 1], *(node.module or "").split(".")]).strip("/")
        inner = {f"{base}/{one.name}" for one in node.names if (UTILS / base / f"{one.name}.py").is_file()}
        found |= inner or {base}
    return found


def test_the_table_has_every_room_and_no_arrow_up() -> None:
    table = rooms()
    folders = {path.relative_to(UTILS).as_posix() for path in UTILS.rglob("*") if path.is_dir()} - {"__pycache__"}
    assert set(table) == {one for one in folders if "__pycache__" not in one}
    above: set[str] = set()
    for room, imports in table.items():
        assert imports <= above, f"{room} may import only rooms above it"
        above.add(room)
    assert [path.name for path in UTILS.glob("*.py")] in ([], ["__init__.py"]), "every file is in a room"


def test_the_picture_shows_the_table() -> None:
    """Each room stands on the lowest line on which all that it imports is below it."""
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    picture = re.search(r"```text\n(_resources\n.*?)```", text, re.DOTALL)
    assert picture is not None
    lines = [set(line.split()) for line in reversed(picture[1].splitlines())]
    level: dict[str, int] = {}
    for room, imports in rooms().items():
        level[room] = 1 + max((level[one] for one in imports), default=-1)
    assert lines == [{room for room, at in level.items() if at == here} for here in range(max(level.values()) + 1)]


@pytest.mark.parametrize("room", list(rooms()))
def test_a_room_imports_what_the_table_says(room: str) -> None:
    used = {room_of(one): path.name for path in sorted((UTILS / room).glob("*.py")) for one in sorted(imported(path))}
    used.pop(room, None)
    allowed = rooms()[room]
    assert set(used) <= allowed, f"{room} imports {sorted(set(used) - allowed)}: {used}"
    if allowed != set(rooms()) - {room}:
        assert allowed <= set(used), f"the table lets {room} import {sorted(allowed - set(used))}, which it does not"


def test_inside_module_utils_imports_are_relative() -> None:
    absolute = [
        f"{path.relative_to(UTILS)}:{node.lineno}"
        for path in sorted(UTILS.rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and not node.level and "app_platform" in (node.module or "")
    ]
    assert absolute == []


OUTER = re.compile(r"^\| `plugins/(?P<folder>[a-z_]+)/` \|(?P<imports>(?: `_[a-z]+`)*) \|$", re.MULTILINE)
FULL_NAME = re.compile(r"(?:^|\.)module_utils\.(?P<module>_[a-z_.]+)$")


def outer_folders() -> dict[str, set[str]]:
    """The folders of plugins beside module_utils of the second table in docs/architecture.md, with their rooms."""
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    return {row["folder"]: set(re.findall(r"`(_[^`]+)`", row["imports"])) for row in OUTER.finditer(text)}


def rooms_used(path: Path) -> set[str]:
    """The rooms that a plugin outside of module_utils imports, lazy imports included."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            name = FULL_NAME.search(node.module or "")
            if name:
                found.add(room_of(name["module"].replace(".", "/")))
    return found


def test_the_table_has_every_folder_that_imports_rooms() -> None:
    using = {
        path.relative_to(ROOT / "plugins").parts[0]
        for path in (ROOT / "plugins").rglob("*.py")
        if UTILS not in path.parents and rooms_used(path)
    }
    assert using <= set(outer_folders()) == {"modules", "action", "plugin_utils", "inventory"}


@pytest.mark.parametrize("folder", list(outer_folders()))
def test_plugins_import_what_the_table_says(folder: str) -> None:
    used = {room: path.name for path in (ROOT / "plugins" / folder).glob("*.py") for room in rooms_used(path)}
    allowed = outer_folders()[folder]
    assert set(used) == allowed, f"{folder} imports {used}, and the table has {sorted(allowed)}"


PURE = ("_deployments.deployment", "_deployments.explain", "_deployments.reason_codes", "_deployments.steps")
PURE_ROOMS = ("_types", "_spec", "_spec/lint", "_masking")


def test_pure_code_does_not_load_the_http_client() -> None:
    """In a Python of its own: other tests have loaded it in this one."""
    of_rooms = (f"{room.replace('/', '.')}.{one.stem}" for room in PURE_ROOMS for one in (UTILS / room).glob("*.py"))
    package = "ansible_collections.oceanops.app_platform.plugins.module_utils"
    names = [f"{package}.{name}" for name in (*PURE, *of_rooms) if not name.endswith("__init__")]
    code = f"import importlib, sys\nfor name in {names}: importlib.import_module(name)\nprint(*sys.modules)"
    path = os.pathsep.join(sys.path)
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env={**os.environ, "PYTHONPATH": path}
    )
    loaded = set(run.stdout.split())
    assert set(names) <= loaded
    assert loaded & {"requests", "urllib3", f"{package}._api.client", f"{package}._api.transport"} == set()
