# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.

"""Iteration over the pages of a list (API reference 1.6)."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

from .errors import ApiError, AppPlatformError, InvalidRequestError, TransportError, is_timeout
from .responses import unwrap_list

#: The page size is not reduced below this.
MIN_PAGE_SIZE = 5
#: Limits that no account reaches, so that an endless list ends.
_MAX_PAGES = 10_000
_MAX_OBJECTS = 250_000
_MAX_ID_LENGTH = 200
_PAGE_SIZE_LIMIT = re.compile(r"more than (\d+) items per page", re.IGNORECASE)


class Paginator:
    """Iterates over one list. ``fetch(path, query, no_retry_on_timeout)`` requests a page; ``key``: of its objects.

    The page size is reduced where the server refuses it or times out.
    """

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

    def items(self) -> Iterator[dict[str, Any]]:
        """All objects in the server's order, without duplicates. Raises the errors of the client.

        A list that cannot be read completely raises TransportError (wrong_envelope): callers rely on its completeness.
        """
        page, before_page = 1, 0  # before_page: the number of objects before this page
        known: set[str | int] = set()  # an object is on two pages if the list grows between requests
        for _request in range(_MAX_PAGES):
            try:
                response = self._fetch(self._path, self._page_query(page), self._size > MIN_PAGE_SIZE)
            except (ApiError, TransportError) as error:
                smaller = self._smaller_size(error)
                if smaller is None:
                    raise
                self._size = smaller
                # Overlaps with objects that were returned already, which are skipped.
                page = before_page // smaller + 1
                before_page = (page - 1) * smaller
                continue
            found = unwrap_list(response, self._key, self._path)
            before = len(known)
            for one in found:
                object_id = one.get("id")
                has_id = isinstance(object_id, str) and 0 < len(object_id) <= _MAX_ID_LENGTH
                # Objects without an id are compared by their content, and always returned.
                key = str(object_id) if has_id else hash(json.dumps(one, sort_keys=True))
                is_new = key not in known
                known.add(key)
                if is_new or not has_id:
                    yield one
            before_page += len(found)
            # Whether the total of a filtered list counts the filtered objects is not documented.
            if not found and not any(self._query.values()) and self._total(response) > before_page:
                raise self._fault(f"the answer has no {self._key!r}, and counts {self._total(response)} of them")
            if not self._has_more(response, page, before_page):
                return
            if not found and not self._has_next_link(response):
                return  # the total counts objects that the list omits
            if len(known) == before:
                raise self._fault(f"page {page} of the list brings nothing new, and says that there are more")
            if len(known) > _MAX_OBJECTS:
                break
            page += 1
        raise self._fault(f"the list does not end after {len(known)} objects")

    def _page_query(self, page: int) -> dict[str, Any]:
        return {**self._query, "page": page, "per_page": self._size}

    @staticmethod
    def _has_next_link(response: Mapping[str, Any]) -> bool:
        """Whether there is a link to a next page. Its URL is not used: pages are requested by number."""
        return bool(_mapping(_mapping(response.get("links")).get("pages")).get("next"))

    def _has_more(self, response: Mapping[str, Any], page: int, passed: int) -> bool:
        """Whether there are pages after this one, according to the links or the total."""
        last = _page_number(_mapping(_mapping(response.get("links")).get("pages")).get("last"))
        return self._has_next_link(response) or (last is not None and last > page) or self._total(response) > passed

    @staticmethod
    def _total(response: Mapping[str, Any]) -> int:
        total = _mapping(response.get("meta")).get("total")
        return total if isinstance(total, int) else 0

    def _smaller_size(self, error: AppPlatformError) -> int | None:
        """The page size to try after this error; None: raise the error."""
        if isinstance(error, InvalidRequestError):
            match = _PAGE_SIZE_LIMIT.search(error.api_message)
            allowed = int(match.group(1)) if match else 0
            return allowed if 0 < allowed < self._size else None
        if self._size <= MIN_PAGE_SIZE:
            return None
        reducible = is_timeout(error) or (isinstance(error, TransportError) and error.reason == "too_large")
        return max(MIN_PAGE_SIZE, self._size // 4) if reducible else None

    def _fault(self, description: str) -> TransportError:
        return TransportError(
            f"GET {self._path}: {description}", reason="wrong_envelope", method="GET", path=self._path, status=200
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
