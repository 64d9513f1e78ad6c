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
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice

from ._apps import App, Deployment, Spec
from ._context import Context
from ._deployments import Noted, cause_of, id_of, moment, name_of, note, origin_of, part, spec_of
from ._edits import Edited, Planner
from ._errors import AppPlatformError, ConcurrentEditError, NotFoundError, UsageError
from ._following import check_pin
from ._locks import app_lock
from ._masking import CHANGED, REMOVED, UNCHANGED
from ._spec._canonical import same_spec
from ._spec._diff import difference
from ._spec._rebase import rebase
from ._spec._schema import SPEC
from ._spec._sizes import unpublished_sizes

ATTEMPTS = 25
LONGEST_PAUSE = 4.0
#: So many deployments are read at once, and so many at most, to see what a write replaced.
PAGE = 10
LOOK_BACK = 100
#: Nobody takes longer from reading a spec to writing it; so who wrote within this time may not have seen the others.
SLOWEST_WRITER = timedelta(seconds=60)

_jitter: Callable[[], float] = random.SystemRandom().random


@dataclass(frozen=True)
class Written:
    """A write that is in place. ``answer``: the app as the PUT or POST gave it; ``noted``: what was there before."""

    before: Spec
    after: Spec
    answer: App
    noted: Noted


def planned(context: Context, edit: Planner, current: Spec | None) -> Edited:
    """The edit of *current*. Raises UsageError with every problem.

    The platform is asked for its instance sizes only when there is one that was not published.
    """
    edited = edit(current)
    if unpublished_sizes(edited.spec):
        edited = edit(current, context.sizes)
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


@dataclass(frozen=True)
class _Replaced:
    """A spec of another writer that a write of ours replaced: ``base`` is what we had read, ``theirs`` what was there
    in truth, ``origin`` what was there before any of those began who wrote at that time.
    """

    base: Spec
    theirs: Spec
    origin: Spec

    def put_back(self, spec: Spec) -> Spec:
        """*spec* with their changes."""
        return rebase(SPEC, self.base, self.theirs, spec, self.origin) or {}


def _before_ours(written: Written, row: Iterable[Deployment]) -> Deployment | None:
    """The deployment of a spec that stands right before ours, if it was made after our look at the app."""
    told = id_of(part(written.answer, "pending_deployment"))
    found = False
    for one in row:
        # Where the answer did not tell the deployment, every one that carries our spec may be it.
        ours = id_of(one) == told if told else same_spec(spec_of(one) or {}, written.after)
        if not ours and not written.noted.is_new(one):
            break
        if found and not ours and origin_of(one) in ("UPDATE_SPEC", None):
            return one
        found = found or ours
    return None


def _began(theirs: Deployment, older: Iterable[Deployment]) -> Spec | None:
    """The last spec that everybody has seen who wrote at the time of *theirs*; the oldest known if there is none."""
    written = moment(theirs.get("created_at"))
    oldest: Spec | None = None
    for one in older:
        oldest = spec_of(one) or oldest
        made = moment(one.get("created_at"))
        if oldest is not None and (written is None or made is None or made < written - SLOWEST_WRITER):
            break
    return oldest


class _Writing:
    def __init__(self, context: Context, app: App, edit: Planner, update_sources: bool, force: bool) -> None:
        self._context = context
        self._app = app
        self._edit = edit
        self._update_sources = update_sources
        self._force = force
        self._first: Spec | None = None
        self._written: Written | None = None
        #: Changes of others that a write of ours replaced.
        self._owed: list[_Replaced] = []

    def run(self) -> Written | None:
        try:
            return self._run()
        except AppPlatformError as error:
            if self._written is not None:
                error.details = {"app_id": id_of(self._app), "changed": True, **error.details}
            raise

    def _run(self) -> Written | None:
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
        for one in self._owed:
            spec = one.put_back(spec)
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
        if unsure is not None and not self._took_effect(answer, current, noted):
            raise unsure
        self._first = current if self._first is None else self._first
        self._written = Written(self._first, spec_of(answer) or target, answer, noted)
        if unsure is None and not same_spec(spec_of(answer) or target, self._expected(answer)):
            raise self._not_kept(answer)

    def _took_effect(self, answer: App, current: Spec, noted: Noted) -> bool:
        """Whether the app shows a write whose answer was lost."""
        there = spec_of(answer) or {}
        if not same_spec(there, self._expected(answer)):
            return False
        # A write for the sake of its deployment shows in nothing else.
        return not same_spec(there, current) or bool(note(answer).ids - noted.ids)

    def _expected(self, answer: App) -> Spec:
        """What the spec of *answer* would have to be for the write to have taken effect."""
        return self._edit.settled()(spec_of(answer) or {}).spec

    def _not_kept(self, answer: App) -> AppPlatformError:
        """The platform took the spec, and its own answer has something else: writing it again would never end."""
        there, wanted = difference(
            SPEC,
            spec_of(answer) or {},
            self._expected(answer),
            unchanged=UNCHANGED,
            changed=CHANGED,
            removed=REMOVED,
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
        replaced = self._replaced(written, base)
        if replaced is not None and not same_spec(replaced.put_back(now), now):
            self._owed.append(replaced)
        return same_spec(now, self._target(now))

    def _replaced(self, written: Written, base: Spec) -> _Replaced | None:
        """The spec that stood right before ours, if it is another one than what was read: it was written in between."""
        row = islice(self._context.api.list_deployments(id_of(self._app), per_page=PAGE), LOOK_BACK)
        theirs = _before_ours(written, row)
        spec = spec_of(theirs)
        return None if theirs is None or spec is None else _Replaced(base, spec, _began(theirs, row) or base)

    def _pause(self, attempt: int) -> None:
        self._context.clock.sleep(_jitter() * min(LONGEST_PAUSE, 0.2 * 2**attempt))

    def _given_up(self) -> ConcurrentEditError:
        app = self._context.api.get_app(id_of(self._app))
        now = spec_of(app) or {}
        there, wanted = difference(SPEC, now, self._target(now), unchanged=UNCHANGED, changed=CHANGED, removed=REMOVED)
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
