# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.

"""Names of hosts for apps: a host's name becomes a path and stands in variables that no core marks as unsafe."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable

#: Words that mean something else to Ansible than a host of their own.
RESERVED = frozenset({"all", "ungrouped", "localhost", "127.0.0.1"})
#: No separator of paths, no mark of a template or a pattern, nothing that is hidden or leads up.
_PLAIN = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_-]|\.(?=[A-Za-z0-9])){0,99}", re.ASCII)


def is_plain(name: str) -> bool:
    """Whether *name* is one harmless word: as a folder, in a template, in a pattern of hosts and in a shell."""
    return _PLAIN.fullmatch(name) is not None


def host_name(name: str, app_id: str, refused: Callable[[str], bool]) -> str:
    """What the host of an app is called: like the app, else like its id, else by a digest of both.

    ``refused``: whether something else has this name already.
    """
    for word in (name, app_id):
        if is_plain(word) and word.lower() not in RESERVED and not refused(word):
            return word
    digest = hashlib.sha256(json.dumps([name, app_id]).encode()).hexdigest()
    return f"app-{digest[:16]}"


def quote_name(text: str) -> str:
    """*text* on one line, for a comment or a message: as it is if it is plain, otherwise as JSON."""
    return text if is_plain(text) else json.dumps(text)
