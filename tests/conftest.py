"""What all tests share: a simulator, an environment without the caller's account, and hypothesis steady in CI.

Each law is tried on 30 examples. With ``APP_PLATFORM_LONG=1`` (``make slow``) it is tried on 500 (2,000 where it takes
the profile "thorough"), or as many as ``APP_PLATFORM_EXAMPLES`` says, and tables are walked through to their end.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

os.environ.setdefault("HYPOTHESIS_STORAGE_DIRECTORY", str(ROOT / ".cache" / "hypothesis"))

from hypothesis import HealthCheck, settings  # noqa: E402 - reads the variable above when it is imported

from tests.platform import Platform, start_platform  # noqa: E402 - after the variable above

# A developer gets new examples each time, CI the same ones: a test that fails there fails because of the change.
settings.register_profile("dev", deadline=None, max_examples=30, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", parent=settings.get_profile("dev"), derandomize=True, database=None)
EXAMPLES = int(os.environ.get("APP_PLATFORM_EXAMPLES", "500"))
settings.register_profile("long", parent=settings.get_profile("ci"), max_examples=EXAMPLES)
LONG = os.environ.get("APP_PLATFORM_LONG") == "1"
PROFILE = settings.get_profile("long" if LONG else "ci" if os.environ.get("CI") else "dev")
settings.register_profile("thorough", parent=PROFILE, max_examples=PROFILE.max_examples * (4 if LONG else 1))
settings.register_profile("chosen", parent=PROFILE)
settings.load_profile("chosen")

# No test may reach a real account because the caller's shell has its token.
for name in [key for key in os.environ if key.startswith(("DIGITALOCEAN_", "DO_API_"))]:
    del os.environ[name]

# A shell that starts the tests in the background lets them ignore Ctrl-C, and what they start inherits that. Tests of
# interrupted tasks need it.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN and threading.current_thread() is threading.main_thread():
    signal.signal(signal.SIGINT, signal.default_int_handler)

# ansible-playbook and its friends, started by a test, find the checkout as a collection.
os.environ["ANSIBLE_COLLECTIONS_PATH"] = str(ROOT / ".venv" / "collections")

# What rests on how ansible-core runs, masks, templates and loads: the matrix runs it on each version (`every_core`).
EVERY_CORE = (
    "tests/unit/execution",
    "tests/unit/inventory",
    "tests/both_paths/test_canary.py",
    "tests/both_paths/test_leaks.py",
    "tests/both_paths/test_loops.py",
    "tests/both_paths/test_platform.py",
    "tests/both_paths/test_same_result.py",
    "tests/both_paths/test_shown_and_hidden.py",
    "tests/both_paths/test_undefined_variables.py",
    "tests/both_paths/test_untrusted.py",
    "tests/both_paths/test_vaulted_names.py",
    "tests/both_paths/test_ways.py",
    "tests/site",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests that the matrix runs on each ansible-core."""
    chosen = [ROOT / path for path in EVERY_CORE]
    for item in items:
        if any(path == item.path or path in item.path.parents for path in chosen):
            item.add_marker(pytest.mark.every_core)


@pytest.fixture(scope="session")
def simulator() -> Iterator[Platform]:
    """One simulator for all tests of this process, whatever it has in it."""
    with start_platform() as started:
        yield started


@pytest.fixture
def platform(simulator: Platform) -> Platform:
    """The simulator, without apps, faults and recorded requests."""
    simulator.reset()
    return simulator
