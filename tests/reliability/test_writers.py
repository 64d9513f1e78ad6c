"""One race of concurrent playbooks; docs/reliability.md has many."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.platform import Platform
from tests.reliability.writers import race


@pytest.mark.slow
def test_of_twenty_playbooks_at_once_nobody_loses_anything(platform: Platform, tmp_path: Path) -> None:
    ended = race(tmp_path, platform, 20)
    assert ended.wrong == ()
    # Else they did not meet, and nothing was shown.
    assert ended.repeated > 0
