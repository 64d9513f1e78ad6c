# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pages that name the test behind each promise: the tests are there, and no row is without one."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
PAGES = ("docs/security.md", "docs/architecture.md")
NAMED = re.compile(r"`(tests/[\w/]+\.py)(?:::(\w+))?`")


def _named(page: str) -> list[tuple[str, str]]:
    return NAMED.findall((ROOT / page).read_text(encoding="utf-8"))


@pytest.mark.parametrize("page", PAGES)
def test_every_named_test_is_there(page: str) -> None:
    named = _named(page)
    assert named
    missing = []
    for path, name in named:
        file = ROOT / path
        there = ast.walk(ast.parse(file.read_text(encoding="utf-8"))) if file.is_file() else ()
        names = {one.name for one in there if isinstance(one, ast.FunctionDef)}
        if not file.is_file() or (name and name not in names):
            missing.append(f"{path}::{name}")
    assert not missing


@pytest.mark.parametrize(
    ("page", "heading"), [("docs/security.md", "Who may attack"), ("docs/architecture.md", "Promises")]
)
def test_every_row_of_the_table_names_a_test(page: str, heading: str) -> None:
    section = re.search(rf"^## {heading}$(.*?)(?=^## |\Z)", (ROOT / page).read_text(encoding="utf-8"), re.M | re.S)
    assert section is not None
    rows = [line for line in section[1].splitlines() if line.startswith("|")]
    rows = [line for number, line in enumerate(rows) if not set(line) <= set("|- :") and not line.startswith("| what ")]
    assert rows
    assert [line for line in rows if not NAMED.search(line)] == []


def test_readme_makes_no_other_promise() -> None:
    """Each bold word of the list at its top is a row of the table in docs/architecture.md."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8").partition("\n## ")[0]
    promised = re.findall(r"^- \*\*(.+?)\*\*", readme, re.MULTILINE)
    table = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    assert promised
    assert [one for one in promised if f"| {one.rstrip('.')} |" not in table] == []
