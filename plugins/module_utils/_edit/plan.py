# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.
"""One task's edit, with a cache of its results by spec."""

from __future__ import annotations

from .._ansible.context import Context
from .._api.errors import UsageError
from .._spec.sizes import unpublished_sizes
from .._types.api_objects import Spec
from .edit import Edit, Edited

#: Specs whose results are cached: a task compares a few, and each is the spec of a whole app.
_CACHE_SIZE = 4


class Plan:
    """An edit that is evaluated once for each spec, however often its result is needed.

    Specs count as the same when they are equal as data, so the result is the one that evaluating again would give.
    """

    def __init__(self, context: Context, edit: Edit) -> None:
        self.context = context
        self._edit = edit
        self._replay = edit.for_replay()
        self._applied: list[tuple[Edit, Spec | None, Edited]] = []
        self._reviewed: list[Edited] = []

    def target(self, current: Spec | None, *, replay: bool = False) -> Spec:
        """The spec to write in place of *current*. Passes warnings to the context. Raises UsageError with all problems.

        ``replay``: see `Edit.for_replay`. The platform is asked for its instance sizes only when the spec has one that
        was not published.
        """
        edit = self._replay if replay else self._edit
        edited = self.apply(current, replay=replay)
        if any(one is edited for one in self._reviewed):
            return edited.spec
        sizes = self.context.sizes if unpublished_sizes(edited.spec) else None
        review = edit.review(current, edited, sizes)
        for warning in review.warnings:
            self.context.warn(warning)
        if review.problems:
            raise UsageError(review.problems)
        self._reviewed.append(edited)
        return edited.spec

    def apply(self, current: Spec | None, *, replay: bool = False) -> Edited:
        """The edit of *current*, without a review."""
        edit = self._replay if replay else self._edit
        for known, spec, edited in self._applied:
            if known is edit and spec == current:
                return edited
        edited = edit.apply(current)
        self._applied = [*self._applied[1 - _CACHE_SIZE :], (edit, current, edited)]
        return edited
