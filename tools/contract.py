# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``make contract FROM=path``: the part of DigitalOcean's OpenAPI description that the tests compare with.

Takes the bundled description (JSON or YAML, all references local) and writes ``tests/contract/openapi-apps.json``: the
paths below ``/v2/apps`` and the components that they use, without prose (descriptions, summaries, titles) and without
samples (examples, code). Paths, parameters, types, enums, bounds, patterns, defaults and scopes stay as published.

The file records in ``info`` which commit it was made from, its date and its licence. A source that does not record
that itself needs ``COMMIT=`` and ``DATE=``.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import yaml

from tools.house import ROOT, say

CONTRACT = ROOT / "tests" / "contract" / "openapi-apps.json"
REPOSITORY = "https://github.com/digitalocean/openapi"
LICENSE = {"name": "Apache-2.0", "url": "https://www.apache.org/licenses/LICENSE-2.0"}
MODIFIED = "subset (/v2/apps and the components in use), without descriptions, summaries, titles, examples and code"
PREFIX = "/v2/apps"
#: Keywords of OpenAPI and JSON Schema that hold prose or samples.
LEFT_OUT = frozenset(
    {"description", "summary", "title", "example", "examples", "externalDocs", "tags", "x-codeSamples"}
)
#: Keywords whose value maps names of the API, which are no keywords, to objects.
NAMES = frozenset({"properties", "patternProperties", "responses", "headers", "content", "schemas", "parameters"})
#: Keywords whose value is data.
DATA = frozenset({"default", "enum", "const", "required"})


class NotUsableError(Exception):
    """The description cannot be taken; the text says why."""


def contract(source: dict[str, Any], *, commit: str = "", date: str = "") -> dict[str, Any]:
    """The reduced description, with its origin in ``info``. Raises NotUsableError."""
    info = source.get("info", {})
    commit = commit or info.get("x-source-commit", "")
    date = date or info.get("x-source-commit-date", "")
    if not commit or not date:
        raise NotUsableError("the description does not say which commit it is: give COMMIT= and DATE=")
    paths = {
        path: _reduced(item)
        for path, item in source.get("paths", {}).items()
        if path == PREFIX or path.startswith(f"{PREFIX}/")
    }
    if not paths:
        raise NotUsableError(f"the description has no path {PREFIX}")
    return {
        "openapi": source["openapi"],
        "info": {
            "title": "DigitalOcean API, /v2/apps",
            "version": info.get("version", ""),
            "license": LICENSE,
            "x-source-repository": REPOSITORY,
            "x-source-commit": commit,
            "x-source-commit-date": date,
            "x-modified": MODIFIED,
        },
        "paths": paths,
        "components": _used(source.get("components", {}), paths),
    }


def _reduced(value: Any) -> Any:
    """A copy of an object of the description without prose and samples."""
    if isinstance(value, list):
        return [_reduced(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {key: _of_keyword(key, item) for key, item in value.items() if key not in LEFT_OUT}


def _of_keyword(keyword: str, value: Any) -> Any:
    """The reduced value of a keyword: names and data in it are kept whatever they are called."""
    if keyword in DATA:
        return value
    if keyword in NAMES and isinstance(value, dict):
        named = {name: _reduced(item) for name, item in value.items()}
        if keyword == "responses":
            # OpenAPI requires a description of each response; it may be empty.
            named = {name: item if "$ref" in item else {"description": "", **item} for name, item in named.items()}
        return named
    return _reduced(value)


def _used(components: dict[str, Any], paths: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The reduced components that the paths reach, in the order of the source; and how a call is authorised."""
    found: dict[tuple[str, str], Any] = {}
    waiting = sorted(set(_references(paths)))
    while waiting:
        reference = waiting.pop()
        kind, separator, name = reference.removeprefix("#/components/").partition("/")
        if not separator or name not in components.get(kind, {}):
            raise NotUsableError(f"{reference} is not in the description: it has to be bundled")
        if (kind, name) not in found:
            found[kind, name] = _of_keyword(kind, {name: components[kind][name]})[name]
            waiting += sorted(set(_references(found[kind, name])))
    result: dict[str, dict[str, Any]] = {}
    for kind, there in components.items():
        if kind == "securitySchemes":
            result[kind] = _reduced(there)
        elif kept := {name: found[kind, name] for name in there if (kind, name) in found}:
            result[kind] = kept
    return result


def _references(value: Any) -> Iterator[str]:
    """Every ``$ref`` in a part of the description."""
    if isinstance(value, list):
        for item in value:
            yield from _references(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            if key == "$ref" and isinstance(item, str):
                yield item
            else:
                yield from _references(item)


def main(arguments: Sequence[str]) -> int:
    """Write the contract; exit status 1 when the description cannot be taken."""
    parser = argparse.ArgumentParser(prog="tools.contract", description="Reduce a published OpenAPI description.")
    parser.add_argument("source", type=Path, help="the bundled description, JSON or YAML")
    parser.add_argument("--commit", default="", help=f"the commit of {REPOSITORY} that it is")
    parser.add_argument("--date", default="", help="the date of that commit")
    options = parser.parse_args(arguments)
    text = options.source.read_text(encoding="utf-8")
    source = json.loads(text) if options.source.suffix == ".json" else yaml.safe_load(text)
    try:
        made = contract(source, commit=options.commit, date=options.date)
    except NotUsableError as error:
        say(f"{options.source}: {error}")
        return 1
    CONTRACT.parent.mkdir(parents=True, exist_ok=True)
    CONTRACT.write_text(json.dumps(made, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    counts = ", ".join(f"{len(there)} {kind}" for kind, there in made["components"].items())
    say(f"{CONTRACT.relative_to(ROOT)}: {len(made['paths'])} paths, {counts}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
