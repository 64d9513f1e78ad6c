# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.

"""Going through the pages of a list (API reference 1.6)."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

from .errors import ApiError, AppPlatformError, InvalidRequestError, TransportError
from .responses import objects

#: A page of this size or less is not made smaller.
SMALLEST = 5
#: Lists without an end come to one: no account has as many pages, or objects.
_MOST_PAGES = 10_000
_MOST_OBJECTS = 250_000
_LONGEST_ID = 200
_TOO_MANY = re.compile(r"more than (\d+) items per page", re.IGNORECASE)


class Pages:
    """One walk. ``fetch(path, query, hasty)`` gets a page; hasty: not twice the same one from a slow server."""

    def __init__(
        self,
        fetch: Callable[[str, Mapping[str, Any], bool], dict[str, Any]],
        path: str,
        key: str,
        query: Mapping[str, Any],
        per_page: int,
    ) -> None:
        self._fetch = fetch
        self._path = path
        self._key = key
        self._query = query
        self._size = max(1, per_page)

    def walk(self) -> Iterator[dict[str, Any]]:
        """Every object once, in the server's order. Raises what the client raises, wrong_envelope included.

        A list that can't be read to its end raises, rather than to end early: "not in the list" leads to decisions.
        """
        page, passed = 1, 0  # passed: how many objects stand before this page
        known: set[str | int] = set()  # a list that grows while it is read shows an object twice
        for _turn in range(_MOST_PAGES):
            try:
                answer = self._fetch(self._path, self._page_query(page), self._size > SMALLEST)
            except (ApiError, TransportError) as error:
                smaller = self._smaller(error)
                if smaller is None:
                    raise
                self._size = smaller
                # The same objects again, rather than to miss one: those that were given are known.
                page = passed // smaller + 1
                passed = (page - 1) * smaller
                continue
            found = objects(answer, self._key, self._path)
            before = len(known)
            for one in found:
                name = one.get("id")
                named = isinstance(name, str) and 0 < len(name) <= _LONGEST_ID
                # What has no id is told from the rest by all of it, and given whatever it is like.
                key = str(name) if named else hash(json.dumps(one, sort_keys=True))
                fresh = key not in known
                known.add(key)
                if fresh or not named:
                    yield one
            passed += len(found)
            # Nobody knows whether the total of a list with a filter is that of the filtered one.
            if not found and not any(self._query.values()) and self._total(answer) > passed:
                raise self._fault(f"the answer has no {self._key!r}, and counts {self._total(answer)} of them")
            if not self._goes_on(answer, page, passed):
                return
            if not found and not self._promises(answer):
                return  # a total alone: it counts objects that this list leaves out
            if len(known) == before:
                raise self._fault(f"page {page} of the list brings nothing new, and says that there are more")
            if len(known) > _MOST_OBJECTS:
                break
            page += 1
        raise self._fault(f"the list does not end after {len(known)} objects")

    def _page_query(self, page: int) -> dict[str, Any]:
        return {**self._query, "page": page, "per_page": self._size}

    @staticmethod
    def _promises(answer: Mapping[str, Any]) -> bool:
        """Whether there is a link to a next page. Where it leads does not matter: pages are counted here."""
        return bool(_mapping(_mapping(answer.get("links")).get("pages")).get("next"))

    def _goes_on(self, answer: Mapping[str, Any], page: int, passed: int) -> bool:
        """Whether there are pages after this one, as far as the answer tells."""
        last = _page_number(_mapping(_mapping(answer.get("links")).get("pages")).get("last"))
        return self._promises(answer) or (last is not None and last > page) or self._total(answer) > passed

    @staticmethod
    def _total(answer: Mapping[str, Any]) -> int:
        total = _mapping(answer.get("meta")).get("total")
        return total if isinstance(total, int) else 0

    def _smaller(self, error: AppPlatformError) -> int | None:
        """The size to try after this error, or None: the error stands."""
        if isinstance(error, InvalidRequestError):
            most = _TOO_MANY.search(error.api_message)
            allowed = int(most.group(1)) if most else 0
            return allowed if 0 < allowed < self._size else None
        if self._size <= SMALLEST:
            return None
        slow = (isinstance(error, ApiError) and error.status in (504, 524)) or (
            isinstance(error, TransportError) and error.reason in ("read_timeout", "deadline_exceeded", "too_large")
        )
        return max(SMALLEST, self._size // 4) if slow else None

    def _fault(self, words: str) -> TransportError:
        return TransportError(
            f"GET {self._path}: {words}", reason="wrong_envelope", method="GET", path=self._path, status=200
        )


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _page_number(link: Any) -> int | None:
    if not isinstance(link, str):
        return None
    try:
        numbers = parse_qs(urlsplit(link).query).get("page", [])
        return int(numbers[0]) if numbers else None
    except ValueError:
        return None
