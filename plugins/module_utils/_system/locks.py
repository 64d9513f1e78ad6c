# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.

"""Advisory file locks: one writer at a time for each app, among the processes of one user on one machine.

The API has no revisions to compare (API reference 12.1), so read-modify-write cycles of one app should not overlap. The
locks are an optimisation only: changes by writers that do not share them are detected and repaired after the write.
Hence acquiring a lock never raises, and never waits long.

A lock is a file that exists while a process has the lock or waits for it. Its name is a digest, which does not
disclose the app's name.
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

#: Time to wait for a lock before going on without it.
LOCK_TIMEOUT_SECONDS = 30.0
_RETRY_INTERVAL_SECONDS = 0.05
#: Attempts to lock a file that is removed in the process, by its holder or by a cleaner of temporary files.
_MAX_ATTEMPTS = 1000


@contextmanager
def app_lock(clock: Clock, api_url: str, app: str, timeout: float = LOCK_TIMEOUT_SECONDS) -> Iterator[bool]:
    """Hold the lock of one app, given by its id or, before it is created, by its name. Yields whether it is held.

    ``timeout``: seconds to wait before going on without the lock.
    """
    name = hashlib.sha256(f"{api_url.rstrip('/')}\0{app}".encode("utf-8", "surrogatepass")).hexdigest()[:32]
    held = _acquire(clock, name, timeout)
    try:
        yield held is not None
    finally:
        if held is not None:
            _release(*held)


def lock_domain() -> str | None:
    """Eight hexadecimal digits, equal for all processes that share these locks; None: locks are not available."""
    folder = _folder()
    if folder is None:
        return None
    path = os.path.join(folder, "domain")
    try:
        if not os.path.lexists(path):
            _create_domain(path)
        descriptor = _open(path, os.O_RDONLY)
        if descriptor is None:
            return None
        with os.fdopen(descriptor, encoding="ascii") as file:
            return file.read(8) or None
    except (OSError, ValueError):
        return None


def _create_domain(path: str) -> None:
    """Create the file of lock_domain, unless another process does."""
    draft = f"{path}.{secrets.token_hex(8)}"
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(4))
        with suppress(FileExistsError):
            # link is atomic, and fails if another process has created the file.
            os.link(draft, path)
    finally:
        os.unlink(draft)


def _folder() -> str | None:
    """The folder of the lock files, created if need be; None where it cannot be used."""
    if fcntl is None:
        return None
    try:
        # gettempdir raises as well where no folder is writable, for example on a full disk.
        folder = os.path.join(tempfile.gettempdir(), f"oceanops-app-platform-{os.getuid()}")
        os.makedirs(folder, mode=0o700, exist_ok=True)
        status = os.lstat(folder)
    except OSError:
        return None
    # Owned by another user, who could interfere with the locks in it.
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.getuid():
        return None
    if stat.S_IMODE(status.st_mode) & 0o077:
        # Owned by this user, but open to others.
        try:
            os.chmod(folder, 0o700)
        except OSError:
            return None
    return folder


def _acquire(clock: Clock, name: str, timeout: float) -> tuple[str, int] | None:
    """Path and file descriptor of the locked file; None on time-out or where locks are not available.

    The previous holder removes the file, and another process may have created a new one of the same name. A lock is
    valid only if the locked file still has the name; otherwise two processes could hold locks on different files.
    """
    deadline = clock.monotonic() + timeout
    for _attempt in range(_MAX_ATTEMPTS):
        folder = _folder()
        if folder is None:
            return None
        path = os.path.join(folder, name)
        descriptor = _open(path)
        if descriptor is None:
            return None
        if not _flock_before(clock, descriptor, deadline):
            os.close(descriptor)
            return None
        if _is_file_at(path, descriptor):
            return path, descriptor
        os.close(descriptor)
    return None


def _release(path: str, descriptor: int) -> None:
    """Remove the file while it is locked, so that nobody else can lock it, then close it."""
    with suppress(OSError):
        if _is_file_at(path, descriptor):
            os.unlink(path)
    os.close(descriptor)


def _open(path: str, flags: int = os.O_RDWR | os.O_CREAT) -> int | None:
    """File descriptor of a regular file of this user that is not a symbolic link, else None."""
    try:
        descriptor = os.open(path, flags | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, 0o600)
    except OSError:
        return None
    status = os.fstat(descriptor)
    if stat.S_ISREG(status.st_mode) and status.st_uid == os.getuid():
        return descriptor
    # Created by another user while the folder was open to others.
    os.close(descriptor)
    return None


def _is_file_at(path: str, descriptor: int) -> bool:
    """Whether the open file is the one at this path."""
    try:
        return os.path.samestat(os.lstat(path), os.fstat(descriptor))
    except OSError:
        return False


def _flock_before(clock: Clock, descriptor: int, deadline: float) -> bool:
    """Lock the file; False if it is still locked by another process at the deadline, or cannot be locked."""
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if clock.monotonic() >= deadline:
                return False
            clock.sleep(_RETRY_INTERVAL_SECONDS)
        except OSError:
            return False
        else:
            return True
