# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.

"""One run of a job at a time in each app, and which copies of jobs were left behind by runs that were killed.

Two runs at once would take each other's deployments away. Runs that share the locks of this machine take turns; of
others only their copy is seen. A copy whose deployment is over is taken out by its own run within seconds.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from .._ansible.context import Context
from .._api.errors import ApiError, AppPlatformError, TransportError
from .._deployments.deployment import id_of, name_of, spec_of, unfinished
from .._deployments.polling import Polling
from .._deployments.progress import Progress
from .._deployments.wait_options import Watch
from .._types.api_objects import App
from .temporary_job import Copy, copies

#: Seconds after the end of its deployment in which a run elsewhere may take its copy out.
GRACE_ELSEWHERE = 120.0
#: Seconds for which the lock is tried at a time.
STEP = 10.0


@contextmanager
def turn(context: Context, watch: Watch, app: App) -> Iterator[None]:
    """Wait until no other run on this machine is at work in the app. Raises AppPlatformError (code job_run_busy)."""
    polling, progress = Polling(watch), Progress(watch.progress)
    while True:
        began = polling.elapsed
        timeout = max(0.0, min(STEP, watch.options.wait_timeout - began))
        with context.lock(f"{id_of(app)} run of a job", timeout) as held:
            # Without locks, such as in a folder that can't be written, that others are at work shows in the spec alone.
            if held or (timeout and polling.elapsed - began < timeout):
                yield
                return
        if polling.elapsed >= watch.options.wait_timeout:
            raise _busy(app, polling, "another run of a job is at work on this machine")
        progress.say(f"waiting: another run of a job of {name_of(app)} is at work on this machine", polling.elapsed)


def wait_for_others(watch: Watch, app: App, domain: str | None) -> tuple[App, frozenset[str]]:
    """The app when no copy in it is at work any more, and the tokens of those that were left behind.

    ``domain``: what this run shares with others on this machine, whose turn it is not. Their copies are no longer
    anybody's once their deployment is over; another machine's get GRACE_ELSEWHERE seconds more.
    Raises AppPlatformError (code job_run_busy), ApiError, TransportError.
    """
    polling, progress, app_id = Polling(watch), Progress(watch.progress), id_of(app)
    since: dict[str, float] = {}
    while True:
        found = copies(spec_of(app))
        if not found:
            return app, frozenset()
        if _at_work(app):
            since.clear()
        else:
            for one in found:
                since.setdefault(one.token, polling.elapsed)
            if all(_left(one, domain, polling.elapsed - since[one.token]) for one in found):
                return app, frozenset(one.token for one in found)
        names = ", ".join(one.name for one in found)
        progress.say(f"waiting: {name_of(app)} has another run of a job, {names}", polling.elapsed)
        if not polling.pause():
            raise _busy(app, polling, f"another run of a job, {names}, is at work")
        try:
            app = polling.read(lambda: watch.api.get_app(app_id)) or app
        except (ApiError, TransportError) as error:
            error.details.setdefault("app_id", app_id)
            raise


def _at_work(app: App) -> bool:
    """Whether a deployment with a copy in it is not over."""
    return any(spec_of(one) is None or copies(spec_of(one)) for one in unfinished(app))


def _left(one: Copy, domain: str | None, idle: float) -> bool:
    return (domain is not None and one.domain == domain) or idle >= GRACE_ELSEWHERE


def _busy(app: App, polling: Polling, what: str) -> AppPlatformError:
    return AppPlatformError(
        f"In the app {name_of(app)} {what}, still after {polling.elapsed:.0f} s. Nothing was changed: run the task "
        "again when it is over, or give a larger wait_timeout.",
        code="job_run_busy",
        details={"app_id": id_of(app)},
    )
