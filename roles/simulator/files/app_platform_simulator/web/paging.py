# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pages of lists (API reference 1.6)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar
from urllib.parse import urlencode

from flask import request

from ..errors import bad_request
from ..state import State
from ..wire import Json

T = TypeVar("T")
_DEFAULT = 20


def _number(name: str, default: int) -> int:
    given = request.args.get(name)
    if given is None or given == "":
        return default
    if not given.isdecimal() or int(given) < 1:
        raise bad_request(f"{name} must be a whole number of at least 1, got {given!r}")
    return int(given)


def paged(state: State, key: str, found: Sequence[T], show: Callable[[T], Json]) -> Json:
    """The asked-for page in its envelope; only what is on it is made into JSON."""
    page, per_page = _number("page", 1), _number("per_page", _DEFAULT)
    largest = state.settings.largest_page
    if per_page > largest:
        if state.assume["per_page_over_limit"] == "reject":
            raise bad_request(f"cannot retrieve more than {largest} items per page")
        per_page = largest
    last = max(1, -(-len(found) // per_page))
    first_item = (page - 1) * per_page
    pages: dict[str, str] = {}
    if page > 1:
        pages["first"] = _link(1)
        pages["prev"] = _link(min(page - 1, last))
    if page < last:
        pages["next"] = _link(page + 1)
        pages["last"] = _link(last)
    result: dict[str, Any] = {key: [show(item) for item in found[first_item : first_item + per_page]]}
    if last > 1 or page > 1 or state.assume["list_links"] == "present":
        result["links"] = {"pages": pages}
    result["meta"] = {"total": len(found)}
    return result


def _link(page: int) -> str:
    arguments = [(name, value) for name, value in request.args.items(multi=True) if name != "page"]
    return f"{request.base_url}?{urlencode([('page', page), *arguments])}"
