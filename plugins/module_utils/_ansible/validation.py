# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.

"""Messages for the errors of core's validation of options."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from ansible.module_utils.common.arg_spec import ValidationResult
from ansible.module_utils.errors import UnsupportedError

from .._secrets.refused_options import Options, option_of, redact_name, without_values
from .._spec.suggestion import did_you_mean
from .raw_options import TEXT_FOR_MAPPING, conversion_errors

#: Core's messages about a string in place of a mapping, with the option's name if they have it.
_NO_MAPPING = re.compile(
    r"dictionary requested\b"
    r"|(?:argument|Elements value for option|value of) '(\w+)' (?:is of type .|must be of type dict\b)"
)


def validation_messages(found: ValidationResult, options: Options, given: Mapping[str, Any]) -> list[str]:
    """One message for each error, without the values of options; empty when the options are valid."""
    texts = [str(error.msg).strip() for error in found.errors.errors if not isinstance(error, UnsupportedError)]
    core = [without_values(text, options, given) for text in dict.fromkeys(texts)]
    ours = conversion_errors(options, given)
    return [*ours, *_unknown_options(found, options), *_without_duplicates(dict.fromkeys(core), ours)]


def unreadable_messages(options: Options, given: Mapping[str, Any], why: str) -> list[str]:
    """The messages after an exception in core's validation, which before 2.19 fails on a string in place of a mapping.

    ``why``: the exception's text.
    """
    found = conversion_errors(options, given)
    if found:
        return found
    for name, value in given.items():
        parts = value if isinstance(value, list) else [value]
        if (option_of(options, name) or {}).get("options") and any(isinstance(one, str) for one in parts):
            # Core also fails on some strings with key=value in them.
            found.append(f"{name}: {TEXT_FOR_MAPPING}; write them as YAML")
    return found or [f"the options can't be read: {without_values(why, options, given)}"]


def _without_duplicates(texts: Iterable[str], ours: Collection[str]) -> Iterator[str]:
    """Core's messages without those about strings in place of mappings, for which *ours* has messages with paths."""
    split = (one.partition(f": {TEXT_FOR_MAPPING}") for one in ours)
    names = {path.rpartition(".")[2].partition("[")[0] for path, found, _rest in split if found}
    for text in texts:
        match = _NO_MAPPING.match(text)
        if not names or match is None or (match[1] and match[1] not in names):
            yield text


def _unknown_options(found: ValidationResult, options: Options) -> Iterator[str]:
    """One message for each option that does not exist."""
    paths = [one if isinstance(one, tuple) else (one,) for one in found.unsupported_parameters]
    for path in sorted(tuple(map(str, path)) for path in paths):
        known = _options_at(options, path[:-1])
        hint = did_you_mean(path[-1], _spellings(known)) or f"there are {', '.join(sorted(known))}."
        where = (*path[:-1], redact_name(path[-1], known))
        yield f"{'.'.join(where)}: there is no such option; {hint}"


def _options_at(options: Options, path: tuple[str, ...]) -> Options:
    """The sub-options of an option."""
    for name in path:
        options = (option_of(options, name) or {}).get("options") or {}
    return options


def _spellings(options: Options) -> list[str]:
    """The names and aliases of options."""
    return [name for key, option in options.items() for name in (key, *option.get("aliases", ()))]
