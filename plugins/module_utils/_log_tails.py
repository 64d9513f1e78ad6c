# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.

"""The last lines of a deployment's logs, read at the moment of failure: they vanish soon after (API reference 7).

Bounded in lines and bytes. That there are no logs is never an error: the result says why in ``note``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from ._errors import AppPlatformError, InvalidRequestError, NotFoundError
from ._masking import MASK
from ._waiting import Watch

#: Bytes of each file, files, and characters of a line that are read at most.
FILE_BYTES = 64 * 1024
FILES = 20
LINE_LENGTH = 1000
#: Logs come a moment later than the failure: pauses between looks, in seconds.
LATE_PAUSES = (1.0, 2.0)

#: Colors and cursor movements, then every other control character but the tab.
_ESCAPES = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b.|[\x00-\x08\x0b-\x1f\x7f-\x9f]")
#: `<component> <RFC 3339 time> <text>`, as the platform writes each line.
_PREFIX = re.compile(r"^\S+ \d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d) ?")

#: A text in quotes, or what stands up to white space or the end of a list.
_VALUE = r"""\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'|[^\s,;&)}\]]+"""
_ADDRESS = re.compile(r"(\b[a-z][a-z0-9+.-]*://[^\s:/@]*:)[^\s/@]+@")


def log_tail(
    watch: Watch, app_id: str, deployment_id: str, component: str | None, log_type: str, *, keys: Collection[str]
) -> dict[str, Any]:
    """``{component, type, lines, note}``: the last ``log_lines`` lines of a component (None: of all of them).

    ``log_type``: BUILD or DEPLOY. ``keys``: of secret envs, see `read_tail`. ``note``: why there are no lines, or that
    some could not be read; else None.
    """

    def ask() -> Mapping[str, Any]:
        return watch.api.logs(
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
        for pause in LATE_PAUSES:
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
            text += clean(watch.api.client.fetch_text(url, FILE_BYTES))
        except AppPlatformError as error:
            note = watch.mask(f"a log file could not be read: {error.message}")
    # Masked before the cut: a secret of several lines must be seen whole.
    lines = watch.mask("\n".join(text)).split("\n") if text else []
    lines = without_assignments(lines, keys)
    return lines[max(0, len(lines) - watch.options.log_lines) :], note


def clean(text: str) -> list[str]:
    """The lines that are not empty, without control characters, cut at LINE_LENGTH."""
    lines = (_ESCAPES.sub("", line).rstrip() for line in re.split(r"\r?\n", text))
    return [line if len(line) <= LINE_LENGTH else line[: LINE_LENGTH - 3] + "..." for line in lines if line.strip()]


def without_assignments(lines: Sequence[str], keys: Collection[str]) -> list[str]:
    """The lines with a mask in place of what they say that one of the ``keys`` is, and of passwords in addresses.

    A job that prints its environment is how secrets get into logs. ``KEY=...`` at the beginning of a line, also after
    ``export``, is masked up to the end of the line, as env prints it; elsewhere the quoted text or the word after ``=``
    or ``:`` is.
    """
    names = "|".join(re.escape(key) for key in sorted(keys, key=len, reverse=True))
    whole = re.compile(rf"^((?:\S+ \d{{4}}-\d\d-\d\dT\S+ )?\W*(?:(?:export|declare -x|set|ENV) )?(?:{names})=).+$")
    part = re.compile(rf"(?<![A-Za-z0-9_])((?:{names})[\"']?\s*(?:=>?|:)\s*)({_VALUE})")
    result = []
    for line in lines:
        masked = part.sub(rf"\1{MASK}", whole.sub(rf"\1{MASK}", line)) if keys else line
        result.append(_ADDRESS.sub(rf"\1{MASK}@", masked))
    return result


def bare(line: str) -> str:
    """A log line without the component and the time in front of it."""
    return _PREFIX.sub("", line)
