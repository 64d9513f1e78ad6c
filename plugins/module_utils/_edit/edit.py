# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.
"""The edit: a function of the current spec, so that it can be replayed when another writer was faster. Pure: no I/O."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from .._spec.lint.rules import Finding
from .._types.api_objects import Spec


@dataclass(frozen=True)
class Edited:
    """What `Edit.apply` made of a spec. ``problems``: reasons not to write it that applying the edit came across."""

    spec: Spec
    problems: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Review:
    """All that is to be said before a spec is written, `Edited`'s problems and warnings included.

    ``problems``: reasons not to write it. ``findings``: the lint findings that are among the problems and warnings.
    """

    problems: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()


class Edit:
    """An edit of an app's spec. A subclass implements `apply`, and `review` where the result is linted."""

    def apply(self, current: Spec | None) -> Edited:
        """The spec after the edit. ``current``: the app's spec, which is not changed; None: there is no app yet."""
        raise NotImplementedError

    def review(self, current: Spec | None, edited: Edited, sizes: Collection[str] | None = None) -> Review:  # noqa: ARG002
        """What is to be said about the change from *current* to *edited*, which `apply` returned for *current*.

        ``sizes``: slugs of the platform's instance sizes; None: those that the collection knows.
        """
        return Review(edited.problems, edited.warnings)

    def for_replay(self) -> Edit:
        """The edit as it applies to a spec that this task wrote: secrets that were sent count as stored."""
        return self
