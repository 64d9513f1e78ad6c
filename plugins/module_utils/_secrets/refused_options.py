# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.

"""What results show of options that were refused: values that can't be secrets, by their type or as enum values.

In valid options the path shows whether a value is a secret. In refused ones a secret may be anywhere: in a string in
place of a mapping, under a misspelt name, in place of a number.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from .._masking.secret_register import MASK
from .._spec.schema import NAME_PATTERN, SPEC
from .._spec.schema_types import Listing, Node, Record
from .._spec.url_secrets import looks_random

Options = Mapping[str, Mapping[str, Any]]

#: Options whose values are names of apps or components.
NAME_OPTIONS = frozenset({"app", "apps", "component", "components", "job", "jobs", "name"})
_FIELD = re.compile(r"[a-z][a-z0-9]{0,15}(_[a-z0-9]{1,15}){0,4}")
_NUMBER = re.compile(r"-?[0-9]{1,6}(\.[0-9]{1,3})?")
_BOOLEANS = frozenset({"yes", "no", "true", "false", "on", "off", "y", "n", "t", "f", "0", "1"})
#: Messages of ansible-core that quote a value; the group is the part that is kept.
_QUOTING = (
    re.compile(r"(?s)(^value of \w+ must be one (?:or more )?of: .*?)(?:, got: |\. Got no match for: ).*"),
    re.compile(r"(?s)(\band we were unable to convert to \w+).*"),
)
_LARGE = 10**6
#: Shorter texts occur in every message by chance.
_SHORTEST = 4


def hide_possible_secrets(options: Options, params: Mapping[str, Any]) -> dict[str, Any]:
    """A copy of *params* with a mask in place of everything that may be a secret."""
    return {
        redact_name(name, options): MASK if option is None else _shown(option, str(name), value)
        for name, value in params.items()
        for option in [option_of(options, name)]
    }


def option_of(options: Options, name: object) -> Mapping[str, Any] | None:
    """The option of this name, or the one that has it as an alias."""
    return next((one for key, one in options.items() if name == key or name in one.get("aliases", ())), None)


def redact_name(name: object, options: Options) -> str:
    """The name of an option, known or not; a mask if it does not look like a name."""
    known = option_of(options, name) is not None
    text = str(name)
    return text if known or (_FIELD.fullmatch(text) and not looks_random(text)) else MASK


def without_values(text: str, options: Options, params: Mapping[str, Any]) -> str:
    """A message of ansible-core without the values that it quotes."""
    for quoting in _QUOTING:
        text = quoting.sub(r"\1", text)
    known = set(_words(options))
    given = set(_texts(params)) - known
    if not given:
        return text
    # An option's name that contains a given value is kept as a whole word: `slack_webhooks`, given `webhook`.
    whole_words = {word for word in known if any(one in word for one in given)}
    patterns = [(one, re.escape(one)) for one in given] + [
        (one, rf"(?<![\w-]){re.escape(one)}(?![\w-])") for one in whole_words
    ]
    patterns.sort(key=lambda way: len(way[0]), reverse=True)
    either = re.compile("|".join(pattern for _one, pattern in patterns))
    return either.sub(lambda found: found[0] if found[0] in whole_words else MASK, text)


def _shown(option: Mapping[str, Any], name: str, value: Any) -> Any:
    if value is None or isinstance(value, bool) or value in ("", [], {}) or value == option.get("default"):
        return value
    inner = option.get("options")
    if isinstance(value, (list, tuple)):
        item = {**option, "type": option.get("elements", "str"), "default": None}
        return [_shown(item, name, one) for one in value] if option.get("type") == "list" else MASK
    if isinstance(value, Mapping):
        return hide_possible_secrets(inner, value) if inner else MASK
    return value if not option.get("no_log") and _is_harmless(option, name, value) else MASK


def _is_harmless(option: Mapping[str, Any], name: str, value: Any) -> bool:
    """Whether a scalar can't be a secret in this option."""
    kind = option.get("type", "str")
    if option.get("choices"):
        return value in option["choices"]
    if kind in ("int", "float"):
        if isinstance(value, (int, float)):
            return -_LARGE < value < _LARGE
        return bool(_NUMBER.fullmatch(str(value)))
    if kind == "bool":
        return str(value).lower() in _BOOLEANS
    if kind != "str" or not isinstance(value, str):
        return False
    return value in _WORDS or (
        name in NAME_OPTIONS and bool(re.search(NAME_PATTERN, value)) and not looks_random(value)
    )


def _enum_words(node: Node) -> Iterator[str]:
    if isinstance(node, Record):
        for child in node.fields.values():
            yield from _enum_words(child)
    elif isinstance(node, Listing):
        yield from _enum_words(node.item)
    else:
        yield from node.choices


_WORDS = frozenset(_enum_words(SPEC))


def _texts(value: Any) -> Iterator[str]:
    """Every text in a value, as it is and as ansible-core may quote it."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from _texts(key)
            yield from _texts(item)
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from _texts(item)
    elif value is not None and not isinstance(value, bool):
        yield from (one for one in (str(value), str(value).strip(), repr(value)[1:-1]) if len(one) >= _SHORTEST)


def _words(options: Options) -> Iterator[str]:
    """The words of messages besides values: names of options, choices, types."""
    yield from ("str", "dict", "list", "bool", "float", "class", "type", "value", "argument", "option", "must", "found")
    for name, option in options.items():
        yield from (name, *option.get("aliases", ()), *map(str, option.get("choices") or ()))
        yield from _words(option.get("options") or {})
