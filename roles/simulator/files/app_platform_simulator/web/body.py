# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Request bodies. Nothing, `null` and `{}` are the same to calls that need no body (API reference 1.2)."""

from __future__ import annotations

from typing import Any

from flask import request

from ..errors import bad_request
from ..wire import Json, read_json


def body() -> Json:
    """The body as an object. YAML is understood where it is announced."""
    raw = request.get_data()
    if not raw.strip():
        return {}
    try:
        value = _yaml(raw) if "yaml" in (request.content_type or "") else read_json(raw)
    except ValueError as error:
        raise bad_request("error parsing request body") from error
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise bad_request("error parsing request body: expected an object")
    return value


def _yaml(raw: bytes) -> Any:
    import yaml  # noqa: PLC0415 - only for those who send it

    try:
        return yaml.safe_load(raw)
    except yaml.YAMLError as error:
        raise ValueError("not YAML") from error


def flag(given: Json, name: str) -> bool:
    """A boolean of the body."""
    value = given.get(name)
    if value is None:
        return False
    if not isinstance(value, bool):
        raise bad_request(f"error parsing request body: {name}: expected true or false")
    return value


def names(given: Json, name: str) -> list[str]:
    """A list of strings of the body."""
    value = given.get(name)
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise bad_request(f"error parsing request body: {name}: expected a list of strings")
    return value


def text(given: Json, name: str) -> str:
    """A string of the body."""
    value = given.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise bad_request(f"error parsing request body: {name}: expected a string")
    return value
