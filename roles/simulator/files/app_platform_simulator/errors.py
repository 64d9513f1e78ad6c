# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Refusals: what the API answers when it does not do what was asked (API reference 1.5)."""

from __future__ import annotations

from collections.abc import Mapping


class Refusal(Exception):  # noqa: N818 - an answer of the API, not a fault of the simulator
    """An answer of 400 or more. `id` is the API's own name of the case."""

    def __init__(self, status: int, id_: str, message: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.id = id_
        self.message = message
        self.headers = dict(headers or {})


def bad_request(message: str) -> Refusal:
    """The request or the spec in it is not valid."""
    return Refusal(400, "bad_request", message)


def unauthorized() -> Refusal:
    """No token, or not a known one."""
    return Refusal(401, "unauthorized", "Unable to authenticate you.")


def forbidden() -> Refusal:
    """The token lacks the scope."""
    return Refusal(403, "forbidden", "You do not have permission to perform this action.")


def not_found() -> Refusal:
    """There is no such thing."""
    return Refusal(404, "not_found", "The resource you requested could not be found.")


def conflict(message: str = "The request could not be completed due to a conflict.") -> Refusal:
    """The account or the app is in a state that does not allow it."""
    return Refusal(409, "conflict", message)


def too_many_requests(headers: Mapping[str, str]) -> Refusal:
    """One of the two rate limits is used up (API reference 1.4)."""
    return Refusal(429, "too_many_requests", "API rate limit exceeded.", headers)
