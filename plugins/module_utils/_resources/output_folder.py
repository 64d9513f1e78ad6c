# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.

"""Reads and writes files below one folder: never outside it, never through a symbolic link, each one atomically."""

from __future__ import annotations

import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from enum import Enum
from pathlib import Path

from .._api.errors import UsageError


class PathState(Enum):
    """What is at a path, unless it is a text file."""

    NOTHING = "nothing"
    #: A link, a folder or a device.
    OTHER = "other"


class OutputFolder:
    """Reads and writes files below *root*, which itself may be a link. Raises UsageError, with the path."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def read(self, path: str) -> str | PathState:
        """The text of a file, or what is at the path instead; empty where it can't be read as text."""
        try:
            with self._parent(path, make=False) as (parent, name):
                kind = os.stat(name, dir_fd=parent, follow_symlinks=False).st_mode
                if not stat.S_ISREG(kind):
                    return PathState.OTHER
                # Non-blocking, in case something else has replaced it since `stat`.
                handle = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=parent)
                with open(handle, encoding="utf-8") as file:
                    return file.read()
        except FileNotFoundError:
            return PathState.NOTHING
        except (ValueError, PermissionError):
            # It exists, and is no text that this collection has written.
            return ""
        except OSError as error:
            raise UsageError(f"directory: {self.root / path} can't be read: {error.strerror}") from error

    def write(self, path: str, text: str, *, mode: int) -> None:
        """Write a file, replacing an existing one at once. ``mode``: of a new file; an existing one keeps its mode."""
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            with self._parent(path, make=True) as (parent, name):
                _replace(parent, name, text.encode("utf-8"), mode)
        except OSError as error:
            raise UsageError(f"directory: {self.root / path} can't be written: {error.strerror}") from error

    @contextmanager
    def _parent(self, path: str, *, make: bool) -> Iterator[tuple[int, str]]:
        """A descriptor of the folder that contains *path*, and the name in it. ``make``: create missing folders."""
        *folders, name = path.split("/")
        if any(part in ("", ".", "..") or "\0" in part for part in (*folders, name)):
            raise UsageError(f"directory: {path!r} is no path below it")
        opened = os.open(self.root, os.O_RDONLY | os.O_DIRECTORY)
        try:
            current = self.root
            for folder in folders:
                current /= folder
                child = _enter(opened, folder, current, make=make)
                os.close(opened)
                opened = child
            yield opened, name
        finally:
            os.close(opened)


def _enter(parent: int, name: str, path: Path, *, make: bool) -> int:
    if make:
        with suppress(FileExistsError):
            os.mkdir(name, 0o755, dir_fd=parent)
    try:
        return os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=parent)
    except FileNotFoundError:
        raise
    except OSError as error:
        kind = os.stat(name, dir_fd=parent, follow_symlinks=False).st_mode
        if not stat.S_ISDIR(kind):
            what = "a symbolic link, which is not followed" if stat.S_ISLNK(kind) else "no folder"
            raise UsageError(f"directory: {path} is {what}; remove it, or give another directory") from error
        raise


def _replace(parent: int, name: str, content: bytes, mode: int) -> None:
    with suppress(FileNotFoundError):
        existing = os.stat(name, dir_fd=parent, follow_symlinks=False).st_mode
        if stat.S_ISREG(existing):
            mode = stat.S_IMODE(existing) & 0o777
    temporary = f".{name}.{secrets.token_hex(8)}"
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, mode, dir_fd=parent)
    try:
        with open(handle, "wb") as file:
            file.write(content)
        os.replace(temporary, name, src_dir_fd=parent, dst_dir_fd=parent)
    except BaseException:
        with suppress(FileNotFoundError):
            os.unlink(temporary, dir_fd=parent)
        raise
