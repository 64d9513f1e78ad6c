"""Every citation of the API reference, in code, tests and pages, leads to a heading of docs/api-reference.md."""

from __future__ import annotations

import re

import pytest

from tools.house import ROOT, source_files

PAGE = ROOT / "docs" / "api-reference.md"
CITED = re.compile(r"API\s+reference\s+((?:(?:\d+(?:\.\d+)?|appendix [A-Z])(?:,\s+|\s+to\s+|\s+and\s+)?)+)")
SECTION = re.compile(r"\d+(?:\.\d+)?|appendix [A-Z]")
KINDS = {".py", ".md", ".yml", ".j2"}
FILES = [path for path in source_files() if path.suffix in KINDS and path != PAGE.relative_to(ROOT)]


def citations(text: str) -> list[str]:
    """The sections that a text cites, `5.2 to 5.5` as its two ends."""
    return [section for cited in CITED.findall(text) for section in SECTION.findall(cited)]


def sections() -> set[str]:
    """The sections that the page has."""
    headings = re.findall(r"^#+ (.*)$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    numbered = (re.match(r"(?:(\d+(?:\.\d+)?)\.? |Appendix ([A-Z])\.)", one) for one in headings)
    return {one[1] or f"appendix {one[2]}" for one in numbered if one}


@pytest.mark.parametrize(
    ("text", "cited"),
    [
        ("Pages (API reference 1.6).", ["1.6"]),
        ("API reference 4, 5.1 and appendix A.", ["4", "5.1", "appendix A"]),
        ("runs (API\nreference 5.4 to 5.7), 3 of them", ["5.4", "5.7"]),
        ("no such thing 1.2", []),
    ],
)
def test_what_counts_as_a_citation(text: str, cited: list[str]) -> None:
    assert citations(text) == cited


def test_every_citation_leads_to_a_section() -> None:
    there = sections()
    cited = [(str(path), one) for path in FILES for one in citations((ROOT / path).read_text(encoding="utf-8"))]
    own = ("tests/unit/docs/test_citations.py",)
    assert len(cited) > 100
    assert [(path, one) for path, one in cited if one not in there and path not in own] == []


def test_the_page_refers_to_sections_that_it_has() -> None:
    referred = re.findall(r"\((?:see )?(\d+\.\d+)(?=[,;)])", PAGE.read_text(encoding="utf-8"))
    assert referred
    assert set(referred) <= sections()


def test_open_questions_are_switches_of_the_simulator() -> None:
    text = PAGE.read_text(encoding="utf-8")
    rows = text[text.index("## 15. ") : text.index("## 16. ")]
    switches = set(
        re.findall(r"`([a-z_]+)`", " ".join(line.split("|")[2] for line in rows.splitlines() if "|" in line))
    )
    known = re.findall(
        r"^\| `([a-z_]+)` \|", (ROOT / "docs" / "simulator.md").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert switches
    assert switches <= set(known)
