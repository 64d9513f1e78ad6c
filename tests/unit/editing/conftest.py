"""The hash of secrets is slow on purpose; here it has to be computed some thousand times."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ansible_collections.oceanops.app_platform.plugins.module_utils import _fingerprint


@pytest.fixture(autouse=True, scope="module")
def a_quick_hash() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(_fingerprint._SCRYPT, "n", 2)
        patch.setattr(_fingerprint, "_digests", {})
        yield
