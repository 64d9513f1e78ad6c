# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.

"""One run of a job at a time in each app, and the temporary jobs that killed runs have not removed.

Two runs at once would supersede each other's deployments. Runs on this machine take turns by a lock; runs elsewhere
are recognised only by their temporary job in the spec. A run removes its own job within seconds after its deployment
has ended.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from .._ansible.context import Context
from .._api.errors import ApiError, AppPlatformError, TransportError
from .._deployments.deployment import id_of, name_of, spec_of, unfinished_deployments
from .._deployments.polling import Polling
from .._deployments.progress import Progress
from .._deployments.watch import Watch
from .._types.api_objects import App
from .temporary_job import TemporaryJob, temporary_jobs

#: Seconds after the end of its deployment in which a run on another machine may still remove its temporary job.
FOREIGN_GRACE_SECONDS = 120.0
#: Seconds of one attempt to get the lock.
LOCK_ATTEMPT_SECONDS = 10.0


@contextmanager
def job_run_lock(context: Context, watch: Watch, app: App) -> Iterator[None]:
    """Hold the lock for runs of jobs in the app, after waiting for other runs on this machine.

    Raises AppPlatformError (code job_run_busy) when the lock is not free within ``wait_timeout``.
    """
    polling, progress = Polling(watch), Progress(watch.progress)
    while True:
        start = polling.elapsed
        timeout = max(0.0, min(LOCK_ATTEMPT_SECONDS, watch.options.wait_timeout - start))
        with context.lock(f"{id_of(app)} run of a job", timeout) as held:
            # Not held, and returned before the timeout: locks are not available, for example on a read-only file
            # system. Then other runs are recognised by the spec only.
            if held or (timeout and polling.elapsed - start < timeout):
                yield
                return
        if polling.elapsed >= watch.options.wait_timeout:
            raise _busy(app, polling, "another run of a job is at work on this machine")
        progress.say(f"waiting: another run of a job of {name_of(app)} is at work on this machine", polling.elapsed)


def wait_for_other_runs(watch: Watch, app: App, domain: str | None) -> tuple[App, frozenset[str]]:
    """The app once no other run is active in it, and the tokens of abandoned temporary jobs.

    ``domain``: of this run's locks. A temporary job of the same domain is abandoned once its deployment has ended,
    since this run holds the lock; one of another machine FOREIGN_GRACE_SECONDS later.
    Raises AppPlatformError (code job_run_busy), ApiError, TransportError.
    """
    polling, progress, app_id = Polling(watch), Progress(watch.progress), id_of(app)
    since: dict[str, float] = {}
    while True:
        found = temporary_jobs(spec_of(app))
        if not found:
            return app, frozenset()
        if _is_active(app):
            since.clear()
        else:
            for one in found:
                since.setdefault(one.token, polling.elapsed)
            if all(_is_abandoned(one, domain, polling.elapsed - since[one.token]) for one in found):
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


def _is_active(app: App) -> bool:
    """Whether an unfinished deployment of the app has a temporary job in it."""
    return any(spec_of(one) is None or temporary_jobs(spec_of(one)) for one in unfinished_deployments(app))


def _is_abandoned(one: TemporaryJob, domain: str | None, idle: float) -> bool:
    """``idle``: seconds for which no deployment with a temporary job was unfinished."""
    return (domain is not None and one.domain == domain) or idle >= FOREIGN_GRACE_SECONDS


def _busy(app: App, polling: Polling, what: str) -> AppPlatformError:
    return AppPlatformError(
        f"In the app {name_of(app)} {what}, still after {polling.elapsed:.0f} s. Nothing was changed: run the task "
        "again when it is over, or give a larger wait_timeout.",
        code="job_run_busy",
        details={"app_id": id_of(app)},
    )
