# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.
"""The edit: a function of the current spec, so that it can be replayed after a concurrent write. Pure: no I/O."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from .._spec.lint.rules import Finding
from .._types.api_objects import Spec


@dataclass(frozen=True)
class Edited:
    """The result of `Edit.apply`. ``problems``: reasons not to write it, found while applying the edit."""

    spec: Spec
    problems: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Review:
    """The problems and warnings about a spec before it is written, including those of `Edited`.

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
        """The review of the change from *current* to *edited*, which `apply` returned for *current*.

        ``sizes``: slugs of the platform's instance sizes; None: those that the collection knows.
        """
        return Review(edited.problems, edited.warnings)

    def for_replay(self) -> Edit:
        """The edit as it applies to a spec that this task wrote: secrets that were sent count as stored."""
        return self
