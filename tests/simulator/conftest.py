"""Every test gets a simulator of its own."""

from __future__ import annotations

import pytest

from tests.simulator.world import World, renewed


@pytest.fixture
def world() -> World:
    return renewed()
