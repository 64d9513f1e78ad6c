# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``make reliability``: measure what is promised of writers, secrets, faults and hostile input.

Into docs/reliability.md, in about an hour on two cores. ``--races N`` makes fewer races, ``--share N`` takes more or
fewer cells of the answers, and the page says so. ``--parts`` measures some sections only and leaves the others as they
are.
"""

from __future__ import annotations

import argparse
import re
import statistics
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.platform import ROOT, Platform, start_platform
from tests.reliability import answers, canaries, faults, rotation, undefined
from tests.reliability.faults import FAULTS, RECOVERED, Cell, Fault
from tests.reliability.rotation import Step
from tests.reliability.tasks import Tasks
from tests.reliability.writers import SLOWNESS, Race, race
from tools.house import paragraph, say

PAGE = ROOT / "docs" / "reliability.md"
WRITERS = 20
RACES = 50
SHARE = 100


@dataclass(frozen=True)
class Section:
    """A section of the page. ``runs``: how many there were; ``wrong``: those in which a promise did not hold."""

    lines: list[str]
    runs: int
    wrong: list[str]


def main(arguments: Sequence[str]) -> int:
    """Write the page; exit status 1 when a promise did not hold."""
    parser = argparse.ArgumentParser(prog="python -m tests.reliability", description=__doc__)
    parser.add_argument("--races", type=int, default=RACES, help=f"how often the writers race (default {RACES})")
    parser.add_argument("--share", type=int, default=SHARE, help=f"cells of answers for each task (default {SHARE})")
    parser.add_argument("--page", type=Path, default=PAGE, help="where the page goes")
    parser.add_argument("--parts", nargs="*", choices=list(PARTS), default=list(PARTS), help="which sections")
    given = parser.parse_args(arguments)
    text = given.page.read_text(encoding="utf-8") if given.page.exists() else ""
    found: dict[str, Section] = {}
    with start_platform() as platform, tempfile.TemporaryDirectory() as folder:
        for name in given.parts:
            say(name)
            found[name] = PARTS[name](platform, Path(folder), given)
    given.page.write_text(page(text, found), encoding="utf-8")
    wrong = [line for one in found.values() for line in one.wrong]
    for line in wrong:
        say(line)
    total = sum(one.runs for one in found.values())
    say(f"{total - len(wrong)} passed, {len(wrong)} failed")
    return 1 if wrong else 0


def page(before: str, found: dict[str, Section]) -> str:
    """docs/reliability.md: the sections that were measured now, and the others as they are."""
    old = {one.partition("\n")[0]: one for one in re.split(r"^## ", before, flags=re.MULTILINE)[1:]}
    texts = []
    for name in PARTS:
        if name in found:
            texts.append("\n".join([f"## {name}", "", *found[name].lines]).rstrip() + "\n")
        elif name in old:
            texts.append(f"## {old[name].rstrip()}\n")
    return "\n".join(["\n".join(_head()), *texts])


def _writers(platform: Platform, folder: Path, given: argparse.Namespace) -> Section:
    races = list(_races(platform, folder, given.races))
    wrong = [f"race {number}: {text}" for number, one in enumerate(races, start=1) for text in one.wrong]
    return Section(_of_races(races), len(races), wrong)


def _secrets(platform: Platform, _folder: Path, _given: argparse.Namespace) -> Section:
    steps = rotation.steps(Tasks(platform), platform)
    return Section(_of_steps(steps), len(steps), [])


def _faults(platform: Platform, _folder: Path, _given: argparse.Namespace) -> Section:
    cells = list(_told(faults.cells(Tasks(platform), platform)))
    wrong = [f"{one.fault.on} {one.fault.name}, {one.case.name}: {text}" for one in cells for text in one.wrong]
    return Section(_of_cells(cells), len(cells), wrong)


def _answers(platform: Platform, _folder: Path, given: argparse.Namespace) -> Section:
    table = answers.Answers(Tasks(platform), platform)
    rows, wrong, runs = [], [], 0
    for case in answers.EDITING:
        planned = len(list(table.planned(case)))
        cells = [table.done(cell) for cell in answers.selection(table, case, given.share)]
        bad = [f"{case.name}, {cell.name}: {text}" for cell in cells for text in cell.wrong]
        calls = len({cell.number for cell in cells})
        rows.append(f"| `{case.name}` | {calls} | {len(cells)} of {planned} | {len(bad)} |")
        wrong += bad
        runs += len(cells)
        say(f"  {case.name}: {len(cells)} cells, {len(bad)} wrong")
    words = (
        "Each call of each task that changes something answers once without each field that the task rests on, or with "
        f"another type or value in it: {runs} runs, chosen evenly. Right is: nothing is lost, nothing is green that is "
        "not in place, and a failure says why."
    )
    head = ["| task | calls | cells | wrong |", "|---|---|---|---|"]
    return Section([paragraph(words), "", *head, *rows], runs, wrong)


def _undefined(platform: Platform, folder: Path, _given: argparse.Namespace) -> Section:
    platform.reset()
    cells = list(undefined.cells(folder / "undefined", platform))
    wrong = [f"{one.subject}, {one.variable}, {one.way}: {one.told}" for one in cells if not one.ok]
    ways = list(dict.fromkeys(one.way for one in cells))
    counted = Counter((one.subject, one.way, one.ok) for one in cells)
    rows = [
        f"| {subject} | {len({one.variable for one in cells if one.subject == subject})} | "
        + " | ".join(f"{counted[subject, way, True]} right, {counted[subject, way, False]} wrong" for way in ways)
        + " |"
        for subject in dict.fromkeys(one.subject for one in cells)
    ]
    words = (
        "Every variable of every role and playbook is set to a text with an undefined variable in it (those of roles "
        "also deep in a mapping). Right is: the run fails, names what is undefined, and has read and written nothing."
    )
    head = [f"| | variables | {' | '.join(f'`{way}`' if '-' in way else way for way in ways)} |"]
    return Section([paragraph(words), "", *head, "|---" * (2 + len(ways)) + "|", *rows], len(cells), wrong)


def _canaries(_platform: Platform, _folder: Path, _given: argparse.Namespace) -> Section:
    cells = list(canaries.cells())
    wrong = [f"{form} in {place}" for form, place, ok in cells if not ok]
    places = list(dict.fromkeys(place for _form, place, _ok in cells))
    rows = [
        f"| {name} | {sum(ok for form, _place, ok in cells if form == name)} of "
        f"{sum(form == name for form, _place, _ok in cells)} |"
        for name in dict.fromkeys(form for form, _place, _ok in cells)
    ]
    words = (
        "A secret that the task knows, in each form in which others write it, at each place where text of others comes "
        f"in ({'; '.join(places)}). Right is: no eight characters of it that follow one another come out."
    )
    return Section([paragraph(words), "", "| form | right at |", "|---|---|", *rows], len(cells), wrong)


#: The sections of the page, by their headings.
PARTS: dict[str, Callable[[Platform, Path, argparse.Namespace], Section]] = {
    "Concurrent writers": _writers,
    "Secrets": _secrets,
    "Faults": _faults,
    "Answers without a field": _answers,
    "Variables that can't be computed": _undefined,
    "Secrets in texts of others": _canaries,
}


def _told(cells: Iterable[Cell]) -> Iterable[Cell]:
    for number, cell in enumerate(cells, start=1):
        if number % 50 == 0:
            say(f"  {number} cells")
        yield cell


def _races(platform: Platform, folder: Path, number: int) -> Iterable[Race]:
    for count in range(1, number + 1):
        one = race(folder, platform, WRITERS)
        say(f"  race {count}: {one.puts} PUTs, {len(one.wrong)} faults")
        yield one


def _head() -> list[str]:
    return [
        "# Reliability, measured",
        "",
        paragraph(
            "Made by `make reliability`, which runs the collection against [the simulator](simulator.md) and fails "
            "when a promise does not hold. What is promised and how it is kept: [secrets](secrets.md), [concurrent "
            "writers](concurrency.md), [faults](faults.md), [security](security.md)."
        ),
        "",
    ]


def _of_races(races: Sequence[Race]) -> list[str]:
    good = sum(1 for one in races if not one.wrong)
    puts = [one.puts for one in races] or [0]
    writers = races[0].writers if races else 0
    wrong = [text for one in races for text in one.wrong]
    row = [
        len(races),
        len(races) * writers,
        sum(text.endswith("is lost") for text in wrong),
        sum(text.endswith("is another") for text in wrong),
        min(puts),
        round(statistics.median(puts)),
        max(puts),
    ]
    return [
        paragraph(
            f"{writers} `ansible-playbook` processes each add one job to one app, all let go at the same moment. Half "
            "of them run their task in process, half as an ordinary module; none shares a lock with another one; each "
            f"answer takes {SLOWNESS * 1000:.0f} ms, so that everybody has read before the first has written."
        ),
        "",
        "| races | jobs declared | jobs lost | other fields changed | PUTs in a race: fewest | median | most |",
        "|---|---|---|---|---|---|---|",
        f"| {' | '.join(map(str, row))} |",
        "",
        paragraph(
            f"{good} of {len(races)} races ended with every job in place and every playbook successful. {writers} PUTs "
            "are the least there can be; the others put back what had been overwritten."
        ),
        "",
    ]


def _of_steps(steps: Sequence[Step]) -> list[str]:
    return [
        "| step | runs | PUTs | runs that reported a change |",
        "|---|---|---|---|",
        *(f"| {one.what} | {one.runs} | {one.puts} | {one.reported} |" for one in steps),
        "",
    ]


def _of_cells(cells: Sequence[Cell]) -> list[str]:
    tasks = list(dict.fromkeys(one.case.name for one in cells))
    wrong = sum(1 for one in cells if one.wrong)
    return [
        paragraph(
            f"{len(FAULTS)} faults strike {len(tasks)} tasks: {len(cells)} runs, {wrong} of them with something lost, "
            "a traceback or another outcome than is promised. After each fault the task runs twice more: the first "
            "brings the app to what is declared, the second writes nothing."
        ),
        "",
        f"Tasks: {', '.join(f'`{name}`' for name in tasks)}.",
        "",
        "| strikes | fault | tasks | recovered | failed, saying so | lost or wrong | most requests |",
        "|---|---|---|---|---|---|---|",
        *(_row(fault, [one for one in cells if one.fault == fault]) for fault in FAULTS),
        "",
        "What a failed task says, once for each fault that it can't recover from:",
        "",
        *_sayings(cells),
    ]


def _row(fault: Fault, cells: Sequence[Cell]) -> str:
    recovered = sum(1 for one in cells if one.outcome == RECOVERED)
    wrong = sum(1 for one in cells if one.wrong)
    most = max((one.requests for one in cells), default=0)
    strikes = "a read" if fault.on == "read" else "a write"
    return f"| {strikes} | {fault.name} | {len(cells)} | {recovered} | {len(cells) - recovered} | {wrong} | {most} |"


def _sayings(cells: Sequence[Cell]) -> list[str]:
    said: dict[str, str] = {}
    for one in cells:
        if one.outcome != RECOVERED:
            what = f"{one.fault.name} ({one.fault.on})"
            said.setdefault(what, f"- {what}, `{one.case.name}`: {' '.join(one.said.split())}")
    return list(said.values())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
