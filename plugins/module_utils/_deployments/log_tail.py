# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.

"""The last lines of a deployment's logs. They are read right after a failure: they vanish soon (API reference 7).

Lines and bytes are limited. Missing logs are never an error: ``note`` in the result gives the reason.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from .._api.errors import AppPlatformError, InvalidRequestError, NotFoundError
from .._masking.log_secrets import mask_log_lines
from .._masking.secret_register import MASK
from .._masking.untrusted_text import truncate
from .._spec.secret_fields import secret_keys
from .._system.clock import attempts
from .._types.api_objects import Deployment, Spec
from .deployment import id_of, spec_of
from .explain import MAX_SHOWN_FAILURES, Explanation, Failure, explain
from .watch import Watch

#: Limits: bytes of a file, files, characters of a line.
MAX_FILE_BYTES = 64 * 1024
MAX_FILES = 20
MAX_LINE_LENGTH = 1000
#: Logs appear a moment after the failure: seconds before each further attempt to find them.
LOG_PAUSES = (1.0, 2.0)


def explain_with_logs(
    watch: Watch, app_id: str, deployment: Deployment, failures: Sequence[Failure], *, spec: Spec | None = None
) -> Explanation:
    """The explanation of the failures, with the log tails of the first MAX_SHOWN_FAILURES of them.

    ``spec``: the app's, used where the deployment has none.
    """
    keys = secret_keys(spec_of(deployment) or spec or {})
    sources = dict.fromkeys(one.log_source for one in failures[:MAX_SHOWN_FAILURES]) if watch.options.log_lines else {}
    tails = {source: log_tail(watch, app_id, id_of(deployment), *source, keys=keys) for source in sources}
    return explain(failures, watch.mask, keys, tails)


def log_tail(
    watch: Watch, app_id: str, deployment_id: str, component: str | None, log_type: str, *, keys: Collection[str]
) -> dict[str, Any]:
    """``{component, type, lines, note}``: the last ``log_lines`` lines of a component (None: of the whole app), masked.

    ``log_type``: BUILD or DEPLOY. ``keys``: of secret envs, see `read_tail`. ``note``: why lines are missing, or None.
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
    """The last lines of all files that a logs endpoint lists, masked, and a note or None. ``ask``: calls the endpoint.

    ``keys``: of secret envs. Their values are masked by these keys too, since the task need not know the values.
    """
    urls: Sequence[str] = ()
    try:
        for _attempt in attempts(watch.clock, LOG_PAUSES):
            urls = ask()["historic_urls"]
            if urls:
                break
    except (InvalidRequestError, NotFoundError) as error:
        # The phase was never reached, was skipped, or its logs are deleted.
        return [], watch.mask(f"there are no such logs: {error.api_message or error.message}")
    except AppPlatformError as error:
        return [], watch.mask(f"the logs could not be read: {error.message}")
    if not urls:
        return [], "the platform has no log files of it (yet)"
    text: list[str] = []
    note = None
    for url in urls[-MAX_FILES:]:
        try:
            text += watch.mask_log(watch.api.client.fetch_text(url, MAX_FILE_BYTES)).split("\n")
        except AppPlatformError as error:
            note = watch.mask(f"a log file could not be read: {error.message}")
    # Masked before it is truncated: a part of a secret would not be recognised.
    lines = [truncate_line(line) for line in mask_log_lines(text, keys) if line.strip()]
    return lines[max(0, len(lines) - watch.options.log_lines) :], note


def truncate_line(line: str) -> str:
    """A masked line without trailing spaces, of MAX_LINE_LENGTH characters at most; a mask is never cut."""
    return truncate(line.rstrip(), MAX_LINE_LENGTH, MASK)
