"""The hash of secrets is slow on purpose; here it has to be computed some thousand times."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.unit.secrets.cheap import cheap_hashes


@pytest.fixture(autouse=True, scope="module")
def a_quick_hash() -> Iterator[None]:
    with cheap_hashes():
        yield
