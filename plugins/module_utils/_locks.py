# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no stable interface.
"""One writer at a time for each app, among the processes of one user on this machine.

The API has no revision to check against (API reference 12.1), so read and write of one app should not mix. The lock
only saves work: writers that don't share it are found and repaired after the write. So it never fails, and never waits
for long.
"""

from __future__ import annotations

import hashlib
import os
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from ._clock import Clock

fcntl: Any = None
with suppress(ImportError):  # not a POSIX system
    import fcntl

PATIENCE = 30.0
_PAUSE = 0.05


@contextmanager
def app_lock(clock: Clock, api_url: str, app: str) -> Iterator[bool]:
    """Hold the lock of one app, by its id or (before it has one) its name. Gives whether it is held."""
    number = _open(f"{api_url.rstrip('/')}\0{app}")
    try:
        yield number is not None and _taken(clock, number)
    finally:
        if number is not None:
            os.close(number)


def _open(name: str) -> int | None:
    if fcntl is None:
        return None
    folder = os.path.join(tempfile.gettempdir(), f"oceanops-app-platform-{os.getuid()}")
    try:
        os.makedirs(folder, mode=0o700, exist_ok=True)
        found = os.lstat(folder)
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid():
            # Somebody else's: a lock in it would be theirs to hold.
            return None
        path = os.path.join(folder, hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:32])
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    except OSError:
        return None


def _taken(clock: Clock, number: int) -> bool:
    until = clock.monotonic() + PATIENCE
    while True:
        try:
            fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if clock.monotonic() >= until:
                return False
            clock.sleep(_PAUSE)
        except OSError:
            return False
        else:
            return True
