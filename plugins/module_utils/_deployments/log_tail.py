# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.

"""The last lines of a deployment's logs, read at the moment of failure: they vanish soon after (API reference 7).

Bounded in lines and bytes. That there are no logs is never an error: the result says why in ``note``.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from .._api.errors import AppPlatformError, InvalidRequestError, NotFoundError
from .._masking.log_secrets import LINE_PREFIX, mask_log_lines
from .._masking.secret_register import MASK
from .._masking.untrusted_text import truncate
from .wait_options import Watch

#: Bytes of each file, files, and characters of a line that are read at most.
FILE_BYTES = 64 * 1024
FILES = 20
LINE_LENGTH = 1000
#: Logs come a moment later than the failure: pauses between looks, in seconds.
LOG_PAUSES = (1.0, 2.0)


def log_tail(
    watch: Watch, app_id: str, deployment_id: str, component: str | None, log_type: str, *, keys: Collection[str]
) -> dict[str, Any]:
    """``{component, type, lines, note}``: the last ``log_lines`` lines of a component (None: of all of them).

    ``log_type``: BUILD or DEPLOY. ``keys``: of secret envs, see `read_tail`. ``note``: why there are no lines, or that
    some could not be read; else None.
    """

    def ask() -> Mapping[str, Any]:
        return watch.api.get_logs(
            app_id,
            deployment_id=deployment_id,
            component=component,
            type=log_type,
            tail_lines=watch.options.log_lines,
        )

    lines, note = read_tail(watch, ask, keys)
    return {"component": component, "type": log_type, "lines": lines, "note": note}


def read_tail(
    watch: Watch, ask: Callable[[], Mapping[str, Any]], keys: Collection[str]
) -> tuple[list[str], str | None]:
    """The last lines of all files that a logs endpoint names, and a note. ``ask``: calls the endpoint.

    ``keys``: of envs whose values nobody may see. The task need not know the values: they may be stored only.
    """
    try:
        urls: Sequence[str] = ask()["historic_urls"]
        for pause in LOG_PAUSES:
            if urls:
                break
            watch.clock.sleep(pause)
            urls = ask()["historic_urls"]
    except (InvalidRequestError, NotFoundError) as error:
        # The state was never reached, was skipped, or is cleaned up.
        return [], watch.mask(f"there are no such logs: {error.api_message or error.message}")
    except AppPlatformError as error:
        return [], watch.mask(f"the logs could not be read: {error.message}")
    if not urls:
        return [], "the platform has no log files of it (yet)"
    text: list[str] = []
    note = None
    for url in urls[-FILES:]:
        try:
            text += watch.mask_log(watch.api.client.fetch_text(url, FILE_BYTES)).split("\n")
        except AppPlatformError as error:
            note = watch.mask(f"a log file could not be read: {error.message}")
    # Masked before any cut: a secret must be seen whole.
    lines = [truncate_line(line) for line in mask_log_lines(text, keys) if line.strip()]
    return lines[max(0, len(lines) - watch.options.log_lines) :], note


def truncate_line(line: str) -> str:
    """A masked line without spaces at its end, of LINE_LENGTH at most; a mask stays whole."""
    return truncate(line.rstrip(), LINE_LENGTH, MASK)


def strip_prefix(line: str) -> str:
    """A log line without the component and the time in front of it."""
    return LINE_PREFIX.sub("", line)
