"""One race of concurrent playbooks; docs/reliability.md has many."""

from __future__ import annotations

from pathlib import Path

from tests.platform import start_platform
from tests.reliability.writers import race


def test_of_twenty_playbooks_at_once_nobody_loses_anything(tmp_path: Path) -> None:
    with start_platform() as platform:
        ended = race(tmp_path, platform, 20)
    assert ended.wrong == ()
    # Else they did not meet, and nothing was shown.
    assert ended.repeated > 0
