# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.

"""Options as they were given, before core makes texts of them: afterwards ``2.10`` is 2.1, and a list Python's words.

What YAML made of something without quotes can't be known any more, so such a value is refused rather than sent.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from .._secrets.refused_options import Options, option_of
from .._secrets.task_options import structure
from .._spec.addresses import is_secret_field
from .._spec.lint.values import is_unquoted, item_path, under, unquoted

#: Texts that may be written as numbers, because only one text can be meant.
_NUMBER_LIKE = frozenset({"timeout", "max_age", "minimum_tls_version", "min_memory"})
_COMMANDS = frozenset({"run_command", "build_command"})

NO_TEXT = "a text stands where keys and values are needed"


def faults(options: Options, given: Mapping[str, Any], path: str = "") -> list[str]:
    """What is wrong with options that core would convert without a word."""
    return list(_faults(options, given, path))


def _faults(options: Options, given: Mapping[str, Any], path: str) -> Iterator[str]:
    for name, value in given.items():
        option = option_of(options, name)
        if option is not None:
            yield from _fault(option, str(name), value, under(path, str(name)))


def _fault(option: Mapping[str, Any], name: str, value: Any, path: str) -> Iterator[str]:
    kind = option.get("type", "str")
    if kind in ("dict", "list") and isinstance(value, str):
        # Core reads JSON here.
        value = structure(value) or value
    if name == "spec" and kind == "dict" and isinstance(value, str):
        yield f"{path}: {NO_TEXT}; the filter from_yaml makes them of a file"
    inner = option.get("options")
    if inner:
        for index, item in enumerate(value if isinstance(value, list) else [value]):
            if isinstance(item, Mapping):
                where = item_path(path, index, item) if isinstance(value, list) else path
                yield from _faults(inner, item, where)
            elif isinstance(item, str) and "=" not in item:
                # Core makes a mapping of `key=value` and of JSON.
                where = f"{path}[{index}]" if isinstance(value, list) else path
                yield f"{where}: {NO_TEXT}; write them as YAML, such as {name}: {_example(inner, kind)}"
    elif kind == "list" and option.get("elements", "str") == "str":
        for index, item in enumerate(value if isinstance(value, list) else [value]):
            yield from _text(name, item, f"{path}[{index}]")
    elif kind in ("str", "path"):
        yield from _text(name, value, path)


def _text(name: str, value: Any, path: str) -> Iterator[str]:
    if isinstance(value, (Mapping, list)):
        such = ", such as python manage.py migrate" if name in _COMMANDS else ""
        yield f"{path}: it is {'a list' if isinstance(value, list) else 'a mapping'}; give one text{such}"
    elif is_unquoted(value) and not (isinstance(value, float) and name in _NUMBER_LIKE):
        yield f"{path}: {unquoted(name, value, hidden=is_secret_field(name))}"


def _example(options: Options, kind: str) -> str:
    """What could be written: the options that must be there, or the first ones."""
    names = [name for name, option in options.items() if option.get("required")] or list(options)[:2]
    keys = "{" + ", ".join(f"{name}: ..." for name in names) + "}"
    return f"[{keys}]" if kind == "list" else keys
