# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no stable interface.
"""One writer at a time for each app, among the processes of one user on this machine.

The API has no revision to check against (API reference 12.1), so read and write of one app should not mix. The lock
only saves work: writers that don't share it are found and repaired after the write. So it never fails, and never waits
for long.

A lock is a file that is there while somebody holds it or waits for it. Its name is a digest, so that nobody learns from
it which apps there are.
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

from .clock import Clock

fcntl: Any = None
with suppress(ImportError):  # not a POSIX system
    import fcntl

PATIENCE = 30.0
_PAUSE = 0.05
# So often can the file be another one by the time it is locked: removed by whoever held it, or by a cleaner.
_TURNS = 1000


@contextmanager
def app_lock(clock: Clock, api_url: str, app: str, patience: float = PATIENCE) -> Iterator[bool]:
    """Hold the lock of one app, by its id or (before it has one) its name. Gives whether it is held.

    ``patience``: seconds after which it goes on without.
    """
    name = hashlib.sha256(f"{api_url.rstrip('/')}\0{app}".encode("utf-8", "surrogatepass")).hexdigest()[:32]
    held = _take(clock, name, patience)
    try:
        yield held is not None
    finally:
        if held is not None:
            _release(*held)


def lock_domain() -> str | None:
    """Eight hexadecimal digits that all processes have in common which share these locks; None: there are no locks."""
    folder = _folder()
    if folder is None:
        return None
    path = os.path.join(folder, "domain")
    try:
        if not os.path.lexists(path):
            _name_domain(path)
        number = _open(path, os.O_RDONLY)
        if number is None:
            return None
        with os.fdopen(number, encoding="ascii") as file:
            return file.read(8) or None
    except (OSError, ValueError):
        return None


def _name_domain(path: str) -> None:
    draft = f"{path}.{secrets.token_hex(8)}"
    number = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(number, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(4))
        with suppress(FileExistsError):
            # Whole or not at all, and never in the place of another process's.
            os.link(draft, path)
    finally:
        os.unlink(draft)


def _folder() -> str | None:
    """Where the locks are."""
    if fcntl is None:
        return None
    try:
        # Where no folder for temporary files can be written in (a full disk, for example), this raises, too.
        folder = os.path.join(tempfile.gettempdir(), f"oceanops-app-platform-{os.getuid()}")
        os.makedirs(folder, mode=0o700, exist_ok=True)
        found = os.lstat(folder)
    except OSError:
        return None
    # Somebody else's: a lock in it would be theirs to hold.
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid():
        return None
    if stat.S_IMODE(found.st_mode) & 0o077:
        # Ours, but made by something else: from now on for us alone.
        try:
            os.chmod(folder, 0o700)
        except OSError:
            return None
    return folder


def _take(clock: Clock, name: str, patience: float) -> tuple[str, int] | None:
    """The path and the number of the locked file; None when it could not be had.

    Who held the lock has removed the file by now, and others may have made it anew: a lock counts on the one file
    that still has the name, else two could each hold a lock of their own.
    """
    until = clock.monotonic() + patience
    for _turn in range(_TURNS):
        folder = _folder()
        if folder is None:
            return None
        path = os.path.join(folder, name)
        number = _open(path)
        if number is None:
            return None
        if not _locked(clock, number, until):
            os.close(number)
            return None
        if _is_at(path, number):
            return path, number
        os.close(number)
    return None


def _release(path: str, number: int) -> None:
    """Remove the file while it is still locked, so that nobody can hold it, then let go."""
    with suppress(OSError):
        if _is_at(path, number):
            os.unlink(path)
    os.close(number)


def _open(path: str, how: int = os.O_RDWR | os.O_CREAT) -> int | None:
    """The file, if it is one of ours and no link to one."""
    try:
        number = os.open(path, how | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, 0o600)
    except OSError:
        return None
    found = os.fstat(number)
    if stat.S_ISREG(found.st_mode) and found.st_uid == os.getuid():
        return number
    # Somebody else's, from a time when the folder was open to them.
    os.close(number)
    return None


def _is_at(path: str, number: int) -> bool:
    """Whether the open file is the one that has this name."""
    try:
        return os.path.samestat(os.lstat(path), os.fstat(number))
    except OSError:
        return False


def _locked(clock: Clock, number: int, until: float) -> bool:
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
