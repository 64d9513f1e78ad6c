"""The same code with slow hashes that cost nothing: for tests that try many values."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from ansible_collections.oceanops.app_platform.plugins.module_utils._secrets import slow_hash

QUICK = {"n": 2, "r": 1, "p": 1}


@contextmanager
def cheap_hashes() -> Iterator[None]:
    """Every slow hash is a quick one in here, and what was computed before counts for nothing."""
    with pytest.MonkeyPatch.context() as patch:
        for how in slow_hash.SCRYPT_PARAMETERS:
            patch.setitem(slow_hash.SCRYPT_PARAMETERS, how, QUICK)
        for how in slow_hash.PBKDF2_ROUNDS:
            patch.setitem(slow_hash.PBKDF2_ROUNDS, how, 1)
        patch.setattr(slow_hash, "MAX_THREADS", 1)
        patch.setattr(slow_hash, "computed_digests", {})
        yield
