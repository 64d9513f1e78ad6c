"""A plugin of pytest: which operations of the simulator the tests call, file by file, for docs/fidelity.md.

``pytest -p tests.simulator.seen tests/simulator`` writes JSON into the file that SEEN names:
{file of tests: {operation: number of tests}}.
"""

from __future__ import annotations

import json
import os
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

_seen: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_teardown(item: Any) -> None:
    """Note what a test asked, while its simulator still knows."""
    given = item.funcargs
    calls = given["world"].server.record.calls if "world" in given else ()
    calls = given["platform"].requests() if "platform" in given else calls
    for call in calls:
        if call["operation"] and call["path"].startswith("/v2/"):
            _seen[item.path.stem][call["operation"]].add(item.nodeid.split("[")[0])


def pytest_sessionfinish() -> None:
    """Write it down."""
    found = {file: {one: len(tests) for one, tests in seen.items()} for file, seen in _seen.items()}
    Path(os.environ["SEEN"]).write_text(json.dumps(found), encoding="utf-8")
