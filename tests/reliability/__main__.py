# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``make reliability``: measure what is promised of concurrent writers, secrets and faults, for docs/reliability.md.

About twenty minutes on two cores; ``--races N`` makes fewer of them, and then the page says so.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from tests.platform import ROOT, Platform, start_platform
from tests.reliability import faults, rotation
from tests.reliability.faults import FAULTS, RECOVERED, Cell, Fault
from tests.reliability.rotation import Step
from tests.reliability.tasks import Tasks
from tests.reliability.writers import SLOWNESS, Race, race
from tools.house import paragraph, say

PAGE = ROOT / "docs" / "reliability.md"
WRITERS = 20
RACES = 50


def main(arguments: Sequence[str]) -> int:
    """Write the page; exit status 1 when a promise did not hold."""
    parser = argparse.ArgumentParser(prog="python -m tests.reliability", description=__doc__)
    parser.add_argument("--races", type=int, default=RACES, help=f"how often the writers race (default {RACES})")
    parser.add_argument("--page", type=Path, default=PAGE, help="where the page goes")
    given = parser.parse_args(arguments)
    with start_platform() as platform:
        say("Secrets: rotation")
        steps = rotation.steps(Tasks(platform), platform)
        say("Faults")
        cells = list(_told(faults.cells(Tasks(platform), platform)))
        say(f"Concurrent writers: {given.races} races of {WRITERS}")
        races = list(_races(platform, given.races))
    given.page.writeparagraph(page(steps, cells, races), encoding="utf-8")
    wrong = [f"{one.fault.on} {one.fault.name}, {one.case.name}: {text}" for one in cells for text in one.wrong]
    wrong += [f"race {number}: {text}" for number, one in enumerate(races, start=1) for text in one.wrong]
    for line in wrong:
        say(line)
    total = len(steps) + len(cells) + len(races)
    failed = len([one for one in cells if one.wrong]) + len([one for one in races if one.wrong])
    say(f"{total - failed} passed, {failed} failed")
    return 1 if failed else 0


def _told(cells: Iterable[Cell]) -> Iterable[Cell]:
    for number, cell in enumerate(cells, start=1):
        if number % 50 == 0:
            say(f"  {number} cells")
        yield cell


def _races(platform: Platform, number: int) -> Iterable[Race]:
    with tempfile.TemporaryDirectory() as folder:
        for count in range(1, number + 1):
            one = race(Path(folder), platform, WRITERS)
            say(f"  race {count}: {one.puts} PUTs, {len(one.wrong)} faults")
            yield one


def page(steps: Sequence[Step], cells: Sequence[Cell], races: Sequence[Race]) -> str:
    """docs/reliability.md."""
    return "\n".join([*_head(), *_of_races(races), *_of_steps(steps), *_of_cells(cells)]).rstrip() + "\n"


def _head() -> list[str]:
    return [
        "# Reliability, measured",
        "",
        paragraph(
            "Made by `make reliability`, which runs the collection against [the simulator](simulator.md) and fails "
            "when a promise does not hold. What is promised and how it is kept: [secrets](secrets.md), [concurrent "
            "writers](concurrency.md), [faults](faults.md)."
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
        "## Concurrent writers",
        "",
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
        "## Secrets",
        "",
        "| step | runs | PUTs | runs that reported a change |",
        "|---|---|---|---|",
        *(f"| {one.what} | {one.runs} | {one.puts} | {one.reported} |" for one in steps),
        "",
    ]


def _of_cells(cells: Sequence[Cell]) -> list[str]:
    tasks = list(dict.fromkeys(one.case.name for one in cells))
    wrong = sum(1 for one in cells if one.wrong)
    return [
        "## Faults",
        "",
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
