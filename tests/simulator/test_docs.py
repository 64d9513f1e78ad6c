"""docs/simulator.md says what the simulator does: switches, faults, options, control plane."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from app_platform_simulator.assumptions import markdown
from app_platform_simulator.cli import parser
from app_platform_simulator.engine.outcomes import Outcome
from app_platform_simulator.engine.pace import Pace
from app_platform_simulator.happenings import HAPPENINGS
from app_platform_simulator.state import Settings
from app_platform_simulator.web.faults import KINDS, parse
from tests.simulator.world import World

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docs" / "simulator.md").read_text()


def section(title: str) -> str:
    return re.split(r"^#+ ", TEXT.split(f"# {title}\n", 1)[1], maxsplit=1, flags=re.MULTILINE)[0]


def first_column(text: str) -> list[str]:
    """What is in backquotes in the first cell of each row."""
    cells = [line.split("|")[1] for line in text.splitlines() if line.startswith("| ")]
    return [name for cell in cells for name in re.findall(r"`([^`]+)`", cell)]


def test_open_questions():
    shown = TEXT.split("a test compares them -->\n", 1)[1].split("\n<!-- end of open questions", 1)[0]

    assert shown == markdown()


def test_options():
    known = {action.option_strings[-1] for action in parser()._actions} - {"--help"}

    assert {name.split(" ")[0] for name in first_column(section("Command line"))} == known


def test_faults():
    rows = [line.split("|") for line in section("Faults").splitlines() if line.startswith("| `")]

    assert {row[1].strip(" `") for row in rows} == set(KINDS)
    for row in rows:
        if row[2].strip():
            assert parse({"fault": row[1].strip(" `")}).when == row[2].strip()


def test_happenings():
    assert set(first_column(section("Happenings"))) == set(HAPPENINGS)


def test_settings():
    assert set(first_column(section("Settings"))) == set(Settings.__dataclass_fields__)
    named = dict(re.findall(r"`(\w+)` (\d+)", section("Settings").split("| `pace` |")[1].split("\n")[0]))
    assert {name: float(value) for name, value in named.items()} == Pace().dump()


def test_outcomes():
    assert set(first_column(section("Outcomes"))) == set(Outcome.__dataclass_fields__) | {"job"}


def test_control_plane(world: World):
    rules = {
        (method, rule.rule.removeprefix("/_simulator/"))
        for rule in world.flask.url_map.iter_rules()
        if rule.rule.startswith("/_simulator/") and "<" not in rule.rule
        for method in rule.methods or ()
        if method in {"GET", "POST", "DELETE"}
    }
    shown: set[tuple[str, str]] = set()
    for line in section("Control plane").splitlines():
        if line.startswith("| `"):
            methods = re.findall(r"GET|POST|DELETE", line.split("|")[1])
            for name in re.findall(r"(?:GET|POST|DELETE) ([\w.]+)", line.split("|")[1]):
                shown.update((method, name) for method in methods)

    assert shown == rules


@pytest.mark.parametrize("name", re.findall(r"`(tests/simulator/[a-z_]+\.py)`", TEXT))
def test_files(name: str):
    assert (ROOT / name).is_file()
