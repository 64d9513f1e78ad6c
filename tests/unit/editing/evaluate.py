"""An edit of one spec, with everything that is to be said about it."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from ansible_collections.oceanops.app_platform.plugins.module_utils._edit.edit import Edit, Edited


def evaluate(edit: Edit, current: dict[str, Any] | None, sizes: Collection[str] | None = None) -> Edited:
    """What a task plans: the spec of `apply`, the problems and warnings of `review`."""
    edited = edit.apply(current)
    review = edit.review(current, edited, sizes)
    return Edited(edited.spec, review.problems, review.warnings)
