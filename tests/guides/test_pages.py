"""The pages as a whole: each is on the site once, and each link in them leads somewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.guides.blocks import ROOT, pages
from tools import docs

LINK = re.compile(r"(?<!\!)\[[^\]\n]*\]\((?![a-z]+:)([^)\s#]*)(?:#([^)\s]*))?\)")
ALL = [*pages(), ROOT / "CONTRIBUTING.md", ROOT / "docs" / "recipes" / "README.md"]


def prose(path: Path) -> str:
    """A page without its blocks of code."""
    return re.sub(r"^( *)```.*?^\1```$", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)


def anchors(path: Path) -> set[str]:
    """What a heading is called in an address."""
    found = re.findall(r"^#+ (.*)$", prose(path), re.MULTILINE)
    plain = (re.sub(r"[`*]|\[([^\]]*)\]\([^)]*\)", r"\1", one).strip().lower() for one in found)
    return {re.sub(r"[^\w\- ]", "", one).replace(" ", "-") for one in plain}


@pytest.mark.parametrize("page", sorted(set(ALL)), ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    wrong = []
    for target, anchor in LINK.findall(prose(page)):
        path = (page.parent / target).resolve() if target else page
        if not path.exists():
            wrong.append(target)
        elif anchor and path.suffix == ".md" and anchor not in anchors(path):
            wrong.append(f"{target}#{anchor}")
    assert wrong == []


def test_a_page_is_on_the_site_exactly_once() -> None:
    listed = [name for names in docs.contents().values() for name in names]
    assert sorted(listed) == sorted(set(listed))
    there = {str(path.relative_to(ROOT).with_suffix("")) for path in (ROOT / "docs").rglob("*.md")}
    wanted = there - {f"docs/{name}" for name in docs.INDEXES}
    assert wanted <= set(listed)
    assert {name for name in listed if name.startswith("docs/")} <= there


def test_a_page_begins_with_its_title() -> None:
    assert [path.name for path in ALL if not path.read_text(encoding="utf-8").startswith("# ")] == []
