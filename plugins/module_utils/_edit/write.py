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

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from itertools import chain, islice

from .._api.errors import AppPlatformError, ConcurrentEditError, NotFoundError, TransportError, UsageError
from .._deployments.deployment import Noted, cause_of, id_of, name_of, note, origin_of, own_spec, part
from .._deployments.follow import check_pin
from .._masking.secret_register import DIFF_CHANGED, DIFF_REMOVED, DIFF_UNCHANGED
from .._spec.canonical import same_order, same_spec
from .._spec.diff import difference
from .._spec.rebase import rebase
from .._spec.schema import SPEC
from .._system.clock import parse_time
from .._system.system_random import SYSTEM_RANDOM
from .._types.api_objects import App, Deployment, Spec
from .plan import Plan

ATTEMPTS = 25
LONGEST_PAUSE = 4.0
#: So many deployments are read at once, and so many at most, to see what a write replaced.
PAGE = 10
LOOK_BACK = 100
#: Pauses in seconds before the list of deployments is read again that does not have ours yet.
LATE_PAUSES = (0.5, 1.0, 2.0, 4.0)
#: Nobody takes longer from reading a spec to writing it; so who wrote within this time may not have seen the others.
SLOWEST_WRITER = timedelta(seconds=60)

_jitter: Callable[[], float] = SYSTEM_RANDOM.random


@dataclass(frozen=True)
class Written:
    """A write that is in place. ``answer``: the app as the PUT or POST gave it; ``noted``: what was there before."""

    before: Spec
    after: Spec
    answer: App
    noted: Noted


def write(plan: Plan, app: App, *, update_sources: bool = False, force: bool = False) -> Written | None:
    """Bring the plan's edit into the app's spec and see that it stays; None: it was there already.

    ``force``: write once even if it is there, for the sake of the deployment that comes of it.
    Raises UsageError when the edit is refused on the newest spec, ConcurrentEditError when other writers don't let it
    be, and what the API raises.
    """
    with plan.context.lock(id_of(app)):
        return _Writing(plan, app, update_sources, force).run()


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


def _contradict(one: App, other: App) -> bool:
    """Whether two answers have different specs although the app says that nothing has changed in between."""
    updated = one.get("updated_at")
    return (
        isinstance(updated, str)
        and updated == other.get("updated_at")
        and note(one) == note(other)
        and not same_spec(own_spec(one), own_spec(other))
    )


def _told(written: Written) -> str:
    """The id of the deployment that the answer to our write told."""
    return id_of(part(written.answer, "pending_deployment"))


def _before_ours(written: Written, row: Iterable[Deployment]) -> tuple[Deployment | None, bool]:
    """The deployment of a spec that stands right before ours, if it was made after our look; whether ours is there."""
    told = _told(written)
    found = False
    for one in row:
        # Where the answer did not tell the deployment, every one that carries our spec may be it.
        ours = id_of(one) == told if told else same_spec(own_spec(one, "deployment"), written.after)
        if not ours and not written.noted.is_new(one):
            break
        if found and not ours and origin_of(one) in ("UPDATE_SPEC", None):
            return one, True
        found = found or ours
    return None, found


def _began(theirs: Deployment, older: Iterable[Deployment]) -> Spec | None:
    """The last spec that everybody has seen who wrote at the time of *theirs*; the oldest known if there is none."""
    written = parse_time(theirs.get("created_at"))
    oldest: Spec | None = None
    for one in older:
        oldest = own_spec(one, "deployment")
        made = parse_time(one.get("created_at"))
        if written is None or made is None or made < written - SLOWEST_WRITER:
            break
    return oldest


class _Writing:
    """One call of `write`: its attempts, and what it owes to other writers."""

    def __init__(self, plan: Plan, app: App, update_sources: bool, force: bool) -> None:
        self._context = plan.context
        self._plan = plan
        self._app = app
        self._update_sources = update_sources
        self._force = force
        self._first: Spec | None = None
        self._written: Written | None = None
        #: Changes of others that a write of ours replaced.
        self._owed: list[_Replaced] = []
        #: Whether some of it was not written yet.
        self._unsettled = False
        #: Why the change of this task can't be brought in any more, once what is owed is put back.
        self._refusal: ConcurrentEditError | None = None

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
            app = self._read()
            current = own_spec(app)
            target = self._target(current)
            forced = self._force and self._written is None
            # The order of a list that another writer gave it is worth a write; nothing else asks for one.
            alike = same_order if self._unsettled else same_spec
            if alike(current, target) and not forced:
                return self._end()
            check_pin(app)
            self._put(app, current, target)
            self._unsettled = False
            if self._stands(current):
                return self._end()
        raise self._given_up()

    def _read(self) -> App:
        """The app as it is now. Where two answers can't both be right, a third one has to agree with one of them."""
        app = self._context.api.get_app(id_of(self._app))
        if not _contradict(self._app, app):
            return app
        again = self._context.api.get_app(id_of(self._app))
        if _contradict(self._app, again) and _contradict(app, again):
            raise TransportError(
                f"The platform tells a different spec of the app {name_of(app)} each time, and that nothing has "
                "changed. Nothing is decided by such answers: run the task again.",
                reason="wrong_envelope",
            )
        return again

    def _end(self) -> Written | None:
        if self._refusal is not None:
            raise self._refusal
        return self._written

    def _with_theirs(self, current: Spec) -> Spec:
        """The current spec with the changes of others that a write of ours replaced."""
        for one in self._owed:
            current = one.put_back(current)
        return current

    def _target(self, current: Spec) -> Spec:
        """The spec to write in place of *current*."""
        spec = self._with_theirs(current)
        if self._refusal is not None:
            return spec
        try:
            # What was sent once need not be sent again: a replay only asks whether it is there.
            return self._plan.target(spec, settled=self._written is not None)
        except UsageError as error:
            if not self._owed:
                raise
            # Theirs comes first: it was there, and a write of ours replaced it.
            self._refusal = ConcurrentEditError(
                f"Another writer changed the app {name_of(self._app)} while this task changed it, and the change of "
                f"this task does not fit to that: {error.message}\nWhat the other writer changed is in place.",
                details={"app_id": id_of(self._app), "changed": True},
            )
            return spec

    def _is_in_place(self, now: Spec) -> bool:
        """Whether a spec read after a write has all that this task and the others want in it."""
        spec = self._with_theirs(now)
        if self._refusal is None:
            edited = self._plan.apply(spec, settled=True)
            if edited.problems:
                # The next attempt reports them.
                return False
            spec = edited.spec
        return (same_order if self._unsettled else same_spec)(now, spec)

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
        if unsure is not None and not self._took_effect(answer, current, target, noted):
            raise unsure
        self._first = current if self._first is None else self._first
        self._written = Written(self._first, own_spec(answer), answer, noted)
        if unsure is None and not same_spec(own_spec(answer), self._expected(answer, target)):
            raise self._not_kept(answer, target)

    def _took_effect(self, answer: App, current: Spec, target: Spec, noted: Noted) -> bool:
        """Whether the app shows a write whose answer was lost."""
        there = own_spec(answer)
        if not same_spec(there, self._expected(answer, target)):
            return False
        # A write for the sake of its deployment shows in nothing else.
        return not same_spec(there, current) or bool(note(answer).ids - noted.ids)

    def _expected(self, answer: App, target: Spec) -> Spec:
        """What the spec of *answer* would have to be for the write of *target* to have taken effect."""
        return target if self._refusal is not None else self._plan.apply(own_spec(answer), settled=True).spec

    def _not_kept(self, answer: App, target: Spec) -> AppPlatformError:
        """The platform took the spec, and its own answer has something else: writing it again would never end."""
        there, wanted = difference(
            SPEC,
            own_spec(answer),
            self._expected(answer, target),
            unchanged=DIFF_UNCHANGED,
            changed=DIFF_CHANGED,
            removed=DIFF_REMOVED,
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
            now = own_spec(self._context.api.get_app(id_of(self._app)))
        except NotFoundError as error:
            raise ConcurrentEditError(
                f"The app {name_of(self._app)} was deleted by another writer while this task changed it.",
                details={"app_id": id_of(self._app), "changed": True},
            ) from error
        replaced = self._replaced(written, base)
        if replaced is not None and not same_order(replaced.put_back(now), now):
            self._owed.append(replaced)
            self._unsettled = True
        return self._is_in_place(now)

    def _replaced(self, written: Written, base: Spec) -> _Replaced | None:
        """The spec that stood right before ours, if it is another one than what was read: it was written in between."""
        for pause in (*LATE_PAUSES, None):
            listed = islice(self._context.api.list_deployments(id_of(self._app), per_page=PAGE), LOOK_BACK)
            newest = list(islice(listed, 1))
            row, some = chain(newest, listed), bool(newest) or not written.noted.ids
            theirs, found = _before_ours(written, row)
            if theirs is not None:
                return _Replaced(base, own_spec(theirs, "deployment"), _began(theirs, row) or base)
            # What was only just made may not be listed yet (API reference 12.5); a list without it tells nothing. Nor
            # does an empty one of an app that had deployments.
            if found or (some and _told(written) in written.noted.ids | {""}):
                return None
            if pause is not None:
                self._context.clock.sleep(pause)
        raise TransportError(
            f"The change of the app {name_of(self._app)} is written, but the platform does not list the deployment of "
            "it, so it can't be told whether another writer's change was replaced. Run the task again, and look at "
            "what others changed at that time.",
            reason="wrong_envelope",
        )

    def _pause(self, attempt: int) -> None:
        self._context.clock.sleep(_jitter() * min(LONGEST_PAUSE, 0.2 * 2**attempt))

    def _given_up(self) -> ConcurrentEditError:
        app = self._context.api.get_app(id_of(self._app))
        now = own_spec(app)
        there, wanted = difference(
            SPEC, now, self._target(now), unchanged=DIFF_UNCHANGED, changed=DIFF_CHANGED, removed=DIFF_REMOVED
        )
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
