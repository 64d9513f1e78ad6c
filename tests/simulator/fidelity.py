"""``make fidelity``: run the simulator's own tests, and write docs/fidelity.md from what they call."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

from tests.platform import ROOT
from tests.simulator import contract
from tests.simulator.behaviours import BEHAVIOURS
from tests.simulator.world import World
from tools.house import paragraph

PAGE = ROOT / "docs" / "fidelity.md"
Seen = Mapping[str, Mapping[str, int]]
FROM_OUTSIDE = ("test_pydo", "test_schemathesis")


def main() -> int:
    """Write the page; the exit status of the tests when they fail."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "seen.json"
        command = [sys.executable, "-m", "pytest", "-q", "-p", "tests.simulator.seen", "tests/simulator"]
        command.append("--ignore=tests/simulator/test_fidelity.py")
        status = subprocess.run(command, cwd=ROOT, env={**os.environ, "SEEN": str(file)}, check=False).returncode
        if status:
            return status
        seen = json.loads(file.read_text(encoding="utf-8"))
    PAGE.write_text(page(seen), encoding="utf-8")
    print(f"{PAGE.relative_to(ROOT)} is written")
    return 0


def operations() -> dict[str, str]:
    """Each operation of the simulator's API, and its request."""
    rules = World().flask.url_map.iter_rules()
    found = {
        rule.endpoint.rpartition(".")[2]: f"{min(rule.methods - {'HEAD', 'OPTIONS'})} {rule.rule}"
        for rule in rules
        if rule.rule.startswith("/v2/") and rule.methods
    }
    return dict(sorted(found.items(), key=lambda item: item[1].split(" ")[::-1]))


def page(seen: Seen) -> str:
    """docs/fidelity.md."""
    return "\n".join([*_head(), *_of_operations(seen), *of_behaviours(), *_not_done()]) + "\n"


def _head() -> Iterable[str]:
    return [
        "# How true the simulator is",
        "",
        paragraph(
            "Made by `make fidelity` from what the tests of [the simulator](simulator.md) call. Nobody who made it "
            "could compare it with the platform itself: it stands on the published OpenAPI description, on "
            "DigitalOcean's own clients and their tests, on published specs and on reports of users. What no source "
            "says is a [switch](simulator.md#open-questions)."
        ),
        "",
    ]


def _of_operations(seen: Seen) -> Iterable[str]:
    described = contract.described()
    rows = []
    for name, request in operations().items():
        own = sum(calls.get(name, 0) for file, calls in seen.items() if file not in FROM_OUTSIDE)
        outside = ["yes" if name in seen.get(file, {}) else "" for file in FROM_OUTSIDE]
        row = [f"`{name}`", f"`{request}`", "yes" if name in described else "", *outside, str(own)]
        rows.append(f"| {' | '.join(row)} |")
    return [
        "## Operations",
        "",
        paragraph(
            "Described: every answer that any test gets is compared with the OpenAPI description, in the simulator's "
            "own tests one by one, in all others by kinds of answers. pydo is DigitalOcean's client for Python: it "
            "calls the operation and reads its answer. schemathesis makes requests from the description, and no answer "
            "is a 5xx. "
            "Tests: how many of the simulator's own tests call it."
        ),
        "",
        "| operation | request | described | pydo | schemathesis | tests |",
        "|---|---|---|---|---|---|",
        *rows,
        "",
    ]


def of_behaviours() -> Iterable[str]:
    """The section about specs."""
    rows = [f"| {one.what} | {one.certainty} | {', '.join(f'`{test}`' for test in one.tests)} |" for one in BEHAVIOURS]
    return [
        "## What becomes of a spec",
        "",
        paragraph(
            "What the platform changes in a spec that it is given, how certain that is, and the tests in "
            "`tests/simulator/test_mutations.py` and `tests/simulator/test_secrets.py` that show the simulator do it."
        ),
        "",
        "| behaviour | certainty | tests |",
        "|---|---|---|",
        *rows,
        "",
    ]


def _not_done() -> Iterable[str]:
    return [
        "## What the simulator does not do",
        "",
        "- It builds and runs nothing: what a component does is [scripted](simulator.md#outcomes), or succeeds.",
        "- `live_url` of logs and `url` of consoles are addresses only: nothing listens there.",
        "- DNS, certificates and a content delivery network are not there; domains become active by themselves.",
    ]


if __name__ == "__main__":
    sys.exit(main())
