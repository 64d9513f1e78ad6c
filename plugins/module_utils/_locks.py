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
import secrets
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
def app_lock(clock: Clock, api_url: str, app: str, patience: float = PATIENCE) -> Iterator[bool]:
    """Hold the lock of one app, by its id or (before it has one) its name. Gives whether it is held.

    ``patience``: seconds after which it goes on without.
    """
    number = _open(f"{api_url.rstrip('/')}\0{app}")
    try:
        yield number is not None and _taken(clock, number, patience)
    finally:
        if number is not None:
            os.close(number)


def lock_domain() -> str | None:
    """Eight hexadecimal digits that all processes have in common which share these locks; None: there are no locks."""
    folder = _folder()
    if folder is None:
        return None
    path = os.path.join(folder, "domain")
    draft = f"{path}.{os.getpid()}"
    try:
        if not os.path.exists(path):
            number = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
            with os.fdopen(number, "w", encoding="ascii") as file:
                file.write(secrets.token_hex(4))
            with suppress(FileExistsError):
                # Whole or not at all, and never in the place of another process's.
                os.link(draft, path)
            os.unlink(draft)
        with open(path, encoding="ascii") as file:
            return file.read(8) or None
    except (OSError, ValueError):
        return None


def _folder() -> str | None:
    """Where the locks are."""
    if fcntl is None:
        return None
    folder = os.path.join(tempfile.gettempdir(), f"oceanops-app-platform-{os.getuid()}")
    try:
        os.makedirs(folder, mode=0o700, exist_ok=True)
        found = os.lstat(folder)
    except OSError:
        return None
    # Somebody else's: a lock in it would be theirs to hold.
    return folder if stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid() else None


def _open(name: str) -> int | None:
    folder = _folder()
    if folder is None:
        return None
    path = os.path.join(folder, hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:32])
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    except OSError:
        return None


def _taken(clock: Clock, number: int, patience: float) -> bool:
    until = clock.monotonic() + patience
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
