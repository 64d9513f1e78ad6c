# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Leaving nothing behind: the file that says where the simulator is, and the process that it is there for."""

from __future__ import annotations

import contextlib
import json
import os
import select
import stat
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

_LOOK_AGAIN = 0.5
# What the role keeps beside the address.
_BESIDE = ("pid", "log")


def write_address(path: Path, content: dict[str, Any]) -> None:
    """Write the file, which has the key in it: for its owner alone, as a whole, through no link. ValueError when its
    folder is not for us alone to write in.
    """
    folder = os.stat(path.parent)
    if folder.st_uid != os.geteuid() or folder.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        raise ValueError(f"--address: {path.parent} must be a folder of yours that nobody else can write in")
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(json.dumps(content) + "\n")
        beside.replace(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


def forget(path: Path, *, folder: bool) -> None:
    """Remove the address; with `folder`, also what the role puts beside it, and the folder if it is empty then."""
    with contextlib.suppress(OSError):
        path.unlink(missing_ok=True)
        if folder:
            for name in _BESIDE:
                (path.parent / name).unlink(missing_ok=True)
            path.parent.rmdir()


def when_gone(pid: int, act: Callable[[], object]) -> None:
    """Call this as soon as a process has ended. ValueError when there is none."""
    waiting = _descriptor(pid)
    if waiting is None and not _there(pid):
        raise ValueError(f"--owner: there is no process {pid}")

    def watch() -> None:
        if waiting is not None:
            select.select([waiting], [], [])
        while waiting is None and _there(pid):
            time.sleep(_LOOK_AGAIN)
        act()

    threading.Thread(target=watch, daemon=True).start()


def _descriptor(pid: int) -> int | None:
    """What becomes readable when the process ends, where the system has such a thing."""
    if not hasattr(os, "pidfd_open"):
        return None
    try:
        return os.pidfd_open(pid)
    except ProcessLookupError as error:
        raise ValueError(f"--owner: there is no process {pid}") from error
    except OSError:
        return None


def _there(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
