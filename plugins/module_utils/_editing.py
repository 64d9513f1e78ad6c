# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no stable interface.
"""Read, change and write one app's spec without losing what others write at the same time.

The API takes whole specs and has no revision (API reference 12.1): the last PUT wins. So every write is planned on what
is there right before it; afterwards it is looked at whether somebody wrote in between. What they overwrote of ours is
written again; what we overwrote of theirs shows in the deployment that stands before ours, and is put back.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice

from ._apps import App, Deployment, Spec
from ._context import Context
from ._deployments import Noted, cause_of, id_of, name_of, note, origin_of, part, spec_of
from ._edits import Edited, Planner
from ._errors import AppPlatformError, ConcurrentEditError, NotFoundError, UsageError
from ._following import check_pin
from ._locks import app_lock
from ._masking import CHANGED, UNCHANGED
from ._spec._canonical import same_spec
from ._spec._diff import difference
from ._spec._rebase import rebase
from ._spec._schema import SPEC

ATTEMPTS = 25
LONGEST_PAUSE = 4.0
#: So many deployments are looked at to see what a write replaced.
LOOK_BACK = 10

_jitter: Callable[[], float] = random.SystemRandom().random


@dataclass(frozen=True)
class Written:
    """A write that is in place. ``answer``: the app as the PUT or POST gave it; ``noted``: what was there before."""

    before: Spec
    after: Spec
    answer: App
    noted: Noted


def planned(context: Context, edit: Planner, current: Spec | None) -> Edited:
    """The edit of *current*. Raises UsageError with every problem."""
    edited = edit(current)
    for warning in edited.warnings:
        context.warn(warning)
    if edited.problems:
        raise UsageError(edited.problems)
    return edited


def write(
    context: Context, app: App, edit: Planner, api_url: str, *, update_sources: bool = False, force: bool = False
) -> Written | None:
    """Bring the edit into the app's spec and see that it stays; None: it was there already.

    ``force``: write once even if it is there, for the sake of the deployment that comes of it.
    Raises UsageError when the edit is refused on the newest spec, ConcurrentEditError when other writers don't let it
    be, and what the API raises.
    """
    with app_lock(context.clock, api_url, id_of(app)):
        return _Writing(context, app, edit, update_sources, force).run()


class _Writing:
    def __init__(self, context: Context, app: App, edit: Planner, update_sources: bool, force: bool) -> None:
        self._context = context
        self._app = app
        self._edit = edit
        self._update_sources = update_sources
        self._force = force
        self._first: Spec | None = None
        self._written: Written | None = None
        #: Changes of others that a write of ours replaced: (what we had read, what was there in truth).
        self._owed: list[tuple[Spec, Spec]] = []

    def run(self) -> Written | None:
        for attempt in range(ATTEMPTS):
            if attempt:
                self._pause(attempt)
            app = self._context.api.get_app(id_of(self._app))
            current = spec_of(app) or {}
            target = self._target(current)
            forced = self._force and self._written is None
            if same_spec(current, target) and not forced:
                return self._written
            check_pin(app)
            self._put(app, current, target)
            if self._stands(current):
                return self._written
        raise self._given_up()

    def _target(self, current: Spec) -> Spec:
        spec = current
        for base, theirs in self._owed:
            spec = rebase(SPEC, base, theirs, spec)
        # What was sent once need not be sent again: a replay only asks whether it is there.
        edit = self._edit if self._written is None else self._edit.settled()
        return planned(self._context, edit, spec).spec

    def _put(self, app: App, current: Spec, target: Spec) -> None:
        noted = note(app)
        sources = self._update_sources and self._written is None
        unsure: AppPlatformError | None = None
        try:
            answer = self._context.api.update_app(id_of(app), target, sources)
        except AppPlatformError as error:
            if not error.maybe_applied:
                raise
            unsure = error
            answer = self._context.api.get_app(id_of(app))
        if unsure is not None and not same_spec(spec_of(answer) or {}, self._expected(answer)):
            raise unsure
        self._first = current if self._first is None else self._first
        self._written = Written(self._first, spec_of(answer) or target, answer, noted)
        if unsure is None and not same_spec(spec_of(answer) or target, self._expected(answer)):
            raise self._not_kept(answer)

    def _expected(self, answer: App) -> Spec:
        """What the spec of *answer* would have to be for the write to have taken effect."""
        return self._edit.settled()(spec_of(answer) or {}).spec

    def _not_kept(self, answer: App) -> AppPlatformError:
        """The platform took the spec, and its own answer has something else: writing it again would never end."""
        there, wanted = difference(
            SPEC, spec_of(answer) or {}, self._expected(answer), unchanged=UNCHANGED, changed=CHANGED
        )
        return AppPlatformError(
            f"The platform took the new spec of the app {name_of(self._app)}, but did not keep all of it; what it has "
            "in its place is under conflict.there. Declare what it makes of it, or leave that out.",
            code="not_kept",
            details={
                "app_id": id_of(self._app),
                "changed": True,
                "conflict": {"there": there, "wanted": wanted},
            },
        )

    def _stands(self, base: Spec) -> bool:
        """Whether the write is still there and replaced nothing that it did not know."""
        written = self._written
        if written is None:
            return False
        try:
            now = spec_of(self._context.api.get_app(id_of(self._app))) or {}
        except NotFoundError as error:
            raise ConcurrentEditError(
                f"The app {name_of(self._app)} was deleted by another writer while this task changed it.",
                details={"app_id": id_of(self._app), "changed": True},
            ) from error
        replaced = self._replaced(written)
        if replaced is not None and not same_spec(rebase(SPEC, base, replaced, now), now):
            self._owed.append((base, replaced))
        return same_spec(now, self._target(now))

    def _replaced(self, written: Written) -> Spec | None:
        """The spec that stood right before ours, if it is another one than what was read: it was written in between."""
        mine = part(written.answer, "pending_deployment")
        if mine is None:
            return None
        newest = list(islice(self._context.api.list_deployments(id_of(self._app), per_page=LOOK_BACK), LOOK_BACK))
        ids = [id_of(one) for one in newest]
        if id_of(mine) not in ids or not written.noted.ids & set(ids):
            return None
        before = newest[ids.index(id_of(mine)) + 1 :]
        theirs = before[0] if before else {}
        if not written.noted.is_new(theirs) or origin_of(theirs) not in ("UPDATE_SPEC", None):
            return None
        return spec_of(theirs)

    def _pause(self, attempt: int) -> None:
        self._context.clock.sleep(_jitter() * min(LONGEST_PAUSE, 0.2 * 2**attempt))

    def _given_up(self) -> ConcurrentEditError:
        app = self._context.api.get_app(id_of(self._app))
        now = spec_of(app) or {}
        there, wanted = difference(SPEC, now, self._target(now), unchanged=UNCHANGED, changed=CHANGED)
        newest: Deployment = next(self._context.api.list_deployments(id_of(app), per_page=1), {})
        who = _actor(newest)
        return ConcurrentEditError(
            f"Other writers kept changing the app {name_of(app)}: after {ATTEMPTS} attempts the change of this task is "
            f"not in place. The last deployment was made by {who} ({cause_of(newest) or 'unknown cause'}, "
            f"{newest.get('created_at', 'at an unknown time')}). Run the task again when they are done.",
            details={
                "app_id": id_of(app),
                "changed": self._written is not None,
                "conflict": {"there": there, "wanted": wanted},
            },
        )


def _actor(deployment: Deployment) -> str:
    details = deployment.get("cause_details")
    action = details.get("digitalocean_user_action") if isinstance(details, dict) else None
    user = action.get("user") if isinstance(action, dict) else None
    name = (user.get("email") or user.get("full_name") or user.get("uuid")) if isinstance(user, dict) else None
    return str(name) if name else "an unknown writer"
