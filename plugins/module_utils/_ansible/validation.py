# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.

"""What core's validation of options found wrong, in words that help."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from ansible.module_utils.common.arg_spec import ValidationResult
from ansible.module_utils.errors import UnsupportedError

from .._secrets.refused_options import Options, option_of, shown_name, without_values
from .._spec.suggestion import did_you_mean
from .raw_options import NO_TEXT, faults

#: What core says of a text in place of a mapping, with the name of the option if it is told.
_NO_MAPPING = re.compile(
    r"dictionary requested\b"
    r"|(?:argument|Elements value for option|value of) '(\w+)' (?:is of type .|must be of type dict\b)"
)


def messages(found: ValidationResult, options: Options, given: Mapping[str, Any]) -> list[str]:
    """One message for each thing that is wrong, every one of them; none when all is well. They quote no values."""
    texts = [str(error.msg).strip() for error in found.errors.errors if not isinstance(error, UnsupportedError)]
    told = [without_values(text, options, given) for text in dict.fromkeys(texts)]
    ours = faults(options, given)
    return [*ours, *_unknown(found, options), *_not_told(dict.fromkeys(told), ours)]


def unreadable(options: Options, given: Mapping[str, Any], why: str) -> list[str]:
    """The messages where core's validation itself failed, as it does before 2.19 for a text in place of a mapping."""
    found = faults(options, given)
    if found:
        return found
    for name, value in given.items():
        parts = value if isinstance(value, list) else [value]
        if (option_of(options, name) or {}).get("options") and any(isinstance(one, str) for one in parts):
            # Core stumbles over some texts with key=value in them, too.
            found.append(f"{name}: {NO_TEXT}; write them as YAML")
    return found or [f"the options can't be read: {without_values(why, options, given)}"]


def _not_told(texts: Iterable[str], ours: Collection[str]) -> Iterator[str]:
    """Core's messages without those about texts in place of mappings, which have been told with their paths."""
    places = (one.partition(f": {NO_TEXT}") for one in ours)
    names = {path.rpartition(".")[2].partition("[")[0] for path, found, _rest in places if found}
    for text in texts:
        about = _NO_MAPPING.match(text)
        if not names or about is None or (about[1] and about[1] not in names):
            yield text


def _unknown(found: ValidationResult, options: Options) -> Iterator[str]:
    paths = [one if isinstance(one, tuple) else (one,) for one in found.unsupported_parameters]
    for path in sorted(tuple(map(str, path)) for path in paths):
        known = _options_at(options, path[:-1])
        hint = did_you_mean(path[-1], _spellings(known)) or f"there are {', '.join(sorted(known))}."
        where = (*path[:-1], shown_name(path[-1], known))
        yield f"{'.'.join(where)}: there is no such option; {hint}"


def _options_at(options: Options, path: tuple[str, ...]) -> Options:
    """The sub-options of an option."""
    for name in path:
        option = next((one for key, one in options.items() if name in (key, *one.get("aliases", ()))), {})
        options = option.get("options") or {}
    return options


def _spellings(options: Options) -> list[str]:
    return [name for key, option in options.items() for name in (key, *option.get("aliases", ()))]
