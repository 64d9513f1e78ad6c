# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.

"""Checks options before core converts them to strings: it would turn a list into Python's notation.

An unquoted YAML value such as ``2.10`` has already been changed, to 2.1. It can't be restored, so it is an error.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from .._secrets.refused_options import Options, option_of
from .._secrets.task_options import parse_structure
from .._spec.lint.values import is_unquoted, item_path, under, unquoted
from .._spec.url_secrets import is_secret_field

#: String options that may be written as numbers, since only one string is possible.
_NUMBER_LIKE = frozenset({"timeout", "max_age", "minimum_tls_version", "min_memory"})
_COMMANDS = frozenset({"run_command", "build_command"})

TEXT_FOR_MAPPING = "a text stands where keys and values are needed"


def conversion_errors(options: Options, given: Mapping[str, Any], path: str = "") -> list[str]:
    """One message for each value that core would silently convert to something else. ``path``: of *given*."""
    return list(_errors(options, given, path))


def _errors(options: Options, given: Mapping[str, Any], path: str) -> Iterator[str]:
    for name, value in given.items():
        option = option_of(options, name)
        if option is not None:
            yield from _errors_of_option(option, str(name), value, under(path, str(name)))


def _errors_of_option(option: Mapping[str, Any], name: str, value: Any, path: str) -> Iterator[str]:
    kind = option.get("type", "str")
    if kind in ("dict", "list") and isinstance(value, str):
        # Core reads JSON here.
        value = parse_structure(value) or value
    if name == "spec" and kind == "dict" and isinstance(value, str):
        yield f"{path}: {TEXT_FOR_MAPPING}; the filter from_yaml makes them of a file"
    inner = option.get("options")
    if inner:
        for index, item in enumerate(value if isinstance(value, list) else [value]):
            if isinstance(item, Mapping):
                where = item_path(path, index, item) if isinstance(value, list) else path
                yield from _errors(inner, item, where)
            elif isinstance(item, str) and "=" not in item:
                # Core parses `key=value` and JSON into a mapping.
                where = f"{path}[{index}]" if isinstance(value, list) else path
                yield f"{where}: {TEXT_FOR_MAPPING}; write them as YAML, such as {name}: {_example(inner, kind)}"
    elif kind == "list" and option.get("elements", "str") == "str":
        for index, item in enumerate(value if isinstance(value, list) else [value]):
            yield from _string_errors(name, item, f"{path}[{index}]")
    elif kind in ("str", "path"):
        yield from _string_errors(name, value, path)


def _string_errors(name: str, value: Any, path: str) -> Iterator[str]:
    if isinstance(value, (Mapping, list)):
        example = ", such as python manage.py migrate" if name in _COMMANDS else ""
        yield f"{path}: it is {'a list' if isinstance(value, list) else 'a mapping'}; give one text{example}"
    elif is_unquoted(value) and not (isinstance(value, float) and name in _NUMBER_LIKE):
        yield f"{path}: {unquoted(name, value, hidden=is_secret_field(name))}"


def _example(options: Options, kind: str) -> str:
    """An example of the mapping: its required options, else the first two."""
    names = [name for name, option in options.items() if option.get("required")] or list(options)[:2]
    keys = "{" + ", ".join(f"{name}: ..." for name in names) + "}"
    return f"[{keys}]" if kind == "list" else keys
