# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.

"""Host names for apps. A host name becomes part of paths, and of variables that no ansible-core marks as unsafe."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable

#: Names with another meaning in Ansible.
RESERVED = frozenset({"all", "ungrouped", "localhost", "127.0.0.1"})
#: Without path separators, characters of templates or host patterns, and without a leading dot.
_PLAIN = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_-]|\.(?=[A-Za-z0-9])){0,99}", re.ASCII)


def is_plain(name: str) -> bool:
    """Whether *name* is safe as a folder, in a template, in a host pattern and in a shell."""
    return _PLAIN.fullmatch(name) is not None


def host_name(name: str, app_id: str, refused: Callable[[str], bool]) -> str:
    """The host name of an app: its name, else its id, else ``app-`` and a digest of both.

    ``refused``: whether a name is in use for something else.
    """
    for word in (name, app_id):
        if is_plain(word) and word.lower() not in RESERVED and not refused(word):
            return word
    digest = hashlib.sha256(json.dumps([name, app_id]).encode()).hexdigest()
    return f"app-{digest[:16]}"


def quote_name(text: str) -> str:
    """*text* on one line, for a comment or a message: as it is if `is_plain`, else as a JSON string."""
    return text if is_plain(text) else json.dumps(text)
