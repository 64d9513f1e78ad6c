# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.
"""Read, change and write one app's spec without losing what others write at the same time.

The API takes whole specs and has no revision (API reference 12.1): the last PUT wins. So each attempt reads the app
right before its PUT, and again after it. A change of this task that another writer overwrote is written again; a
change of another writer that this task overwrote is found by its deployment (written.py) and put back.
"""

from __future__ import annotations

from .._api.errors import AppPlatformError, ConcurrentEditError, NotFoundError, TransportError, UsageError
from .._deployments.deployment import (
    Snapshot,
    cause_of,
    created_by,
    id_of,
    name_of,
    require_spec,
    take_snapshot,
)
from .._deployments.follow import check_not_pinned
from .._masking.secret_register import DIFF_CHANGED, DIFF_REMOVED, DIFF_UNCHANGED
from .._spec.canonical import same_order, same_spec
from .._spec.diff import difference
from .._spec.schema import SPEC
from .._types.api_objects import App, Deployment, Spec
from .plan import Plan
from .written import Overwritten, Written, find_overwritten

#: Writes of one task at most, and the longest pause between two of them in seconds.
MAX_ATTEMPTS = 25
MAX_PAUSE_SECONDS = 4.0


def write(plan: Plan, app: App, *, update_sources: bool = False, force: bool = False) -> Written | None:
    """Apply the plan's edit to the app's spec, and verify that it is in place; None: it was in place already.

    ``app``: as it was read last. ``update_sources``: deploy the newest sources, with the first PUT.
    ``force``: write once even if nothing changes, since every write creates a deployment.
    Raises UsageError when the edit is refused on the newest spec, ConcurrentEditError when other writers keep
    overwriting it, DeploymentError for a pinned app, AppPlatformError (code ``not_kept``) when the platform stores
    something else, and what the API raises. After a write the error's details have ``changed: true``.
    """
    with plan.context.lock(id_of(app)):
        return _Writer(plan, app, update_sources, force).run()


def _contradict(one: App, other: App) -> bool:
    """Whether two responses have different specs although the app says that nothing has changed in between."""
    updated = one.get("updated_at")
    return (
        isinstance(updated, str)
        and updated == other.get("updated_at")
        and take_snapshot(one) == take_snapshot(other)
        and not same_spec(require_spec(one), require_spec(other))
    )


class _Writer:
    """One call of `write`: its attempts, and the changes of others that it overwrote."""

    def __init__(self, plan: Plan, app: App, update_sources: bool, force: bool) -> None:
        self._context = plan.context
        self._plan = plan
        self._app = app
        self._update_sources = update_sources
        self._force = force
        #: The spec before the first write.
        self._first: Spec | None = None
        self._written: Written | None = None
        self._overwritten: list[Overwritten] = []
        #: Whether a change in ``_overwritten`` must still be put back.
        self._must_put_back = False
        #: Why this task's change is no longer possible; raised once the changes of others are put back.
        self._refusal: ConcurrentEditError | None = None

    def run(self) -> Written | None:
        try:
            return self._run()
        except AppPlatformError as error:
            if self._written is not None:
                error.details = {"app_id": id_of(self._app), "changed": True, **error.details}
            raise

    def _run(self) -> Written | None:
        for attempt in range(MAX_ATTEMPTS):
            if attempt:
                self._pause(attempt)
            app = self._read()
            current = require_spec(app)
            target = self._target(current)
            forced = self._force and self._written is None
            if self._alike(current, target) and not forced:
                return self._result()
            check_not_pinned(app)
            written = self._put(app, current, target)
            self._must_put_back = False
            if self._verify(written, current):
                return self._result()
        raise self._too_many_attempts()

    def _read(self) -> App:
        """The app as it is now. If two responses contradict each other, a third one must agree with one of them."""
        app = self._context.api.get_app(id_of(self._app))
        if not _contradict(self._app, app):
            return app
        third = self._context.api.get_app(id_of(self._app))
        if _contradict(self._app, third) and _contradict(app, third):
            raise TransportError(
                f"The platform tells a different spec of the app {name_of(app)} each time, and that nothing has "
                "changed. Nothing is decided by such answers: run the task again.",
                reason="wrong_envelope",
            )
        return third

    def _alike(self, one: Spec, other: Spec) -> bool:
        """Whether *one* needs no write to become *other*. The order of a list is written only to put it back."""
        return (same_order if self._must_put_back else same_spec)(one, other)

    def _result(self) -> Written | None:
        if self._refusal is not None:
            raise self._refusal
        return self._written

    def _with_overwritten(self, current: Spec) -> Spec:
        """The current spec with the changes of others that this task overwrote."""
        for one in self._overwritten:
            current = one.put_back(current)
        return current

    def _target(self, current: Spec) -> Spec:
        """The spec to write in place of *current*."""
        spec = self._with_overwritten(current)
        if self._refusal is not None:
            return spec
        try:
            # A replay does not send secrets again.
            return self._plan.target(spec, replay=self._written is not None)
        except UsageError as error:
            if not self._overwritten:
                raise
            # The other writer's change takes precedence, and is put back without this task's change.
            self._refusal = ConcurrentEditError(
                f"Another writer changed the app {name_of(self._app)} while this task changed it, and the change of "
                f"this task does not fit to that: {error.message}\nWhat the other writer changed is in place.",
                details={"app_id": id_of(self._app), "changed": True},
            )
            return spec

    def _is_in_place(self, now: Spec) -> bool:
        """Whether a spec that was read after a write has the changes of this task and of the others."""
        spec = self._with_overwritten(now)
        if self._refusal is None:
            edited = self._plan.apply(spec, replay=True)
            if edited.problems:
                # The next attempt reports them.
                return False
            spec = edited.spec
        return self._alike(now, spec)

    def _put(self, app: App, current: Spec, target: Spec) -> Written:
        """One PUT. After an error with an unknown outcome, the app is read to see whether the write took effect."""
        snapshot = take_snapshot(app)
        sources = self._update_sources and self._written is None
        unknown_outcome: AppPlatformError | None = None
        try:
            response = self._context.api.update_app(id_of(app), target, sources)
        except AppPlatformError as error:
            if not error.maybe_applied:
                raise
            unknown_outcome = error
            response = self._context.api.get_app(id_of(app))
        if unknown_outcome is not None and not self._took_effect(response, current, target, snapshot):
            raise unknown_outcome
        self._first = current if self._first is None else self._first
        self._written = Written(self._first, require_spec(response), response, snapshot)
        if unknown_outcome is None and not same_spec(require_spec(response), self._expected(response, target)):
            raise self._not_kept(response, target)
        return self._written

    def _took_effect(self, response: App, current: Spec, target: Spec, snapshot: Snapshot) -> bool:
        """Whether a write took effect whose response was lost."""
        stored = require_spec(response)
        if not same_spec(stored, self._expected(response, target)):
            return False
        # A forced write of the same spec shows only in its deployment.
        return not same_spec(stored, current) or bool(take_snapshot(response).ids - snapshot.ids)

    def _expected(self, response: App, target: Spec) -> Spec:
        """The spec that *answer* has if the write of *target* took effect."""
        return target if self._refusal is not None else self._plan.apply(require_spec(response), replay=True).spec

    def _not_kept(self, response: App, target: Spec) -> AppPlatformError:
        """The error for a response with another spec than was sent. A further attempt would have the same outcome."""
        stored, expected = difference(
            SPEC,
            require_spec(response),
            self._expected(response, target),
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
                "conflict": {"there": stored, "wanted": expected},
            },
        )

    def _verify(self, written: Written, base: Spec) -> bool:
        """Read the app after a PUT: whether nothing is left to write. ``base``: the spec that was read before it."""
        try:
            now = require_spec(self._context.api.get_app(id_of(self._app)))
        except NotFoundError as error:
            raise ConcurrentEditError(
                f"The app {name_of(self._app)} was deleted by another writer while this task changed it.",
                details={"app_id": id_of(self._app), "changed": True},
            ) from error
        overwritten = find_overwritten(self._context, written, base)
        if overwritten is not None and not same_order(overwritten.put_back(now), now):
            self._overwritten.append(overwritten)
            self._must_put_back = True
        return self._is_in_place(now)

    def _pause(self, attempt: int) -> None:
        self._context.clock.sleep(self._context.jitter() * min(MAX_PAUSE_SECONDS, 0.2 * 2**attempt))

    def _too_many_attempts(self) -> ConcurrentEditError:
        app = self._context.api.get_app(id_of(self._app))
        now = require_spec(app)
        stored, expected = difference(
            SPEC, now, self._target(now), unchanged=DIFF_UNCHANGED, changed=DIFF_CHANGED, removed=DIFF_REMOVED
        )
        newest: Deployment = next(self._context.api.list_deployments(id_of(app), per_page=1), {})
        user = created_by(newest) or "an unknown writer"
        return ConcurrentEditError(
            f"Other writers kept changing the app {name_of(app)}: after {MAX_ATTEMPTS} attempts the change of this "
            f"task is not in place. The last deployment was made by {user} ({cause_of(newest) or 'unknown cause'}, "
            f"{newest.get('created_at', 'at an unknown time')}). Run the task again when they are done.",
            details={
                "app_id": id_of(app),
                "changed": self._written is not None,
                "conflict": {"there": stored, "wanted": expected},
            },
        )
