# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.

"""What core's validation of options found wrong, in words that help."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from typing import Any

from ansible.module_utils.common.arg_spec import ValidationResult
from ansible.module_utils.errors import UnsupportedError

from ._given import faults
from ._harmless import Options, shown_name, without_values


def messages(found: ValidationResult, options: Options, given: Mapping[str, Any]) -> list[str]:
    """One message for each thing that is wrong, every one of them; none when all is well. They quote no values."""
    texts = [str(error.msg).strip() for error in found.errors.errors if not isinstance(error, UnsupportedError)]
    told = [without_values(text, options, given) for text in dict.fromkeys(texts)]
    return [*faults(options, given), *_unknown(found, options), *dict.fromkeys(told)]


def unreadable(options: Options, given: Mapping[str, Any], why: str) -> list[str]:
    """The messages where core's validation itself failed, as it does before 2.19 for a text in place of a mapping."""
    found = []
    for name, option in options.items():
        value = next((given[one] for one in (name, *option.get("aliases", ())) if one in given), None)
        parts = value if isinstance(value, list) else [value]
        if option.get("options") and any(isinstance(one, str) for one in parts):
            found.append(f"{name}: a text stands where keys and values are needed; write them as YAML")
    return [*faults(options, given), *found] or [f"the options can't be read: {without_values(why, options, given)}"]


def _unknown(found: ValidationResult, options: Options) -> Iterator[str]:
    paths = [one if isinstance(one, tuple) else (one,) for one in found.unsupported_parameters]
    for path in sorted(tuple(map(str, path)) for path in paths):
        known = _options_at(options, path[:-1])
        near = difflib.get_close_matches(path[-1], _spellings(known), 1, 0.6)
        hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(sorted(known))}."
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
