"""The published description, reduced to what tests need: names and bounds stay, prose and samples go."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest

from tools.contract import CONTRACT, LEFT_OUT, NotUsableError, contract

SOURCE: dict[str, Any] = {
    "openapi": "3.0.3",
    "info": {"version": "2.0", "description": "Long.", "x-source-commit": "abc", "x-source-commit-date": "2026-08-07"},
    "paths": {
        "/v2/apps": {
            "get": {
                "operationId": "apps_list",
                "summary": "List",
                "x-codeSamples": [{"lang": "cURL"}],
                "parameters": [{"name": "page", "in": "query", "schema": {"type": "integer", "minimum": 1}}],
                "responses": {
                    "200": {
                        "description": "Apps",
                        "content": {
                            "application/json": {"schema": {"$ref": "#/components/schemas/app"}, "examples": {"a": {}}}
                        },
                    },
                    "default": {"$ref": "#/components/responses/error"},
                },
            }
        },
        "/v2/appliances": {"get": {"operationId": "other"}},
    },
    "components": {
        "schemas": {
            "app": {
                "title": "App",
                "properties": {
                    "description": {"type": "string", "description": "Words", "example": "x"},
                    "kind": {"type": "string", "enum": ["A", "B"], "default": "A"},
                    "inner": {"$ref": "#/components/schemas/inner"},
                },
                "required": ["kind"],
            },
            "inner": {"type": "string", "pattern": "^a$", "example": "a"},
            "unused": {"type": "string"},
        },
        "responses": {"error": {"description": "No", "headers": {"title": {"schema": {"type": "integer"}}}}},
        "examples": {"app": {"value": {}}},
    },
}


def test_what_stays_and_what_goes() -> None:
    made = contract(SOURCE)
    assert made["paths"] == {
        "/v2/apps": {
            "get": {
                "operationId": "apps_list",
                "parameters": [{"name": "page", "in": "query", "schema": {"type": "integer", "minimum": 1}}],
                "responses": {
                    "200": {
                        "description": "",
                        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/app"}}},
                    },
                    "default": {"$ref": "#/components/responses/error"},
                },
            }
        }
    }
    assert made["components"] == {
        "schemas": {
            "app": {
                "properties": {
                    "description": {"type": "string"},
                    "kind": {"type": "string", "enum": ["A", "B"], "default": "A"},
                    "inner": {"$ref": "#/components/schemas/inner"},
                },
                "required": ["kind"],
            },
            "inner": {"type": "string", "pattern": "^a$"},
        },
        "responses": {"error": {"description": "", "headers": {"title": {"schema": {"type": "integer"}}}}},
    }


def test_where_it_is_from() -> None:
    info = contract(SOURCE, commit="def")["info"]
    assert (info["version"], info["x-source-commit"], info["x-source-commit-date"]) == ("2.0", "def", "2026-08-07")
    assert info["license"]["name"] == "Apache-2.0"


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        (("info",), {}, "COMMIT= and DATE="),
        (("paths",), {}, "no path /v2/apps"),
        (("components", "schemas", "inner"), {"$ref": "inner.yml"}, "has to be bundled"),
    ],
)
def test_what_is_refused(path: tuple[str, ...], value: Any, said: str) -> None:
    source = copy.deepcopy(SOURCE)
    place = source
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    with pytest.raises(NotUsableError, match=said):
        contract(source)


def keywords(value: Any, *, names: bool = False) -> Iterator[tuple[str, Any]]:
    """Every keyword of a description with its value; not the names that the API gives."""
    if isinstance(value, list):
        for item in value:
            yield from keywords(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            if not names:
                yield key, item
            yield from keywords(item, names=key == "properties" and not names)


def test_the_contract_has_no_prose_and_its_origin() -> None:
    made = json.loads(CONTRACT.read_text(encoding="utf-8"))
    assert {"x-source-repository", "x-source-commit", "x-source-commit-date"} <= set(made["info"])
    parts = {key: made[key] for key in ("paths", "components")}
    assert [(key, item) for key, item in keywords(parts) if key in LEFT_OUT and item] == []
    assert contract(made)["paths"] == made["paths"]
