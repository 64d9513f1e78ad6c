# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.
"""The types in which the schema of the app spec is written: scalars, records and lists.

``schema.py`` says what the server does with each field; merge, comparison, lint, masking and the argument specs of
modules are derived from it. A field that the schema does not have passes through all of them unchanged.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Union


@dataclass(frozen=True)
class Scalar:
    """A single value.

    ``type``: ``str``, ``int``, ``float``, ``bool``, or a string type with its own equality: ``duration`` (Go
    syntax, compared by length of time), ``command`` (line ends and trailing newlines do not count), ``directory``
    (``/`` and ``.`` are the root, which is the default), ``hostname`` (case and a trailing dot do not count).
    ``default``: the value that an absent field has for the server; both compare equal.
    ``unset``: the enum value that means "not set".
    ``filled``: the server may set the field itself, so its absence in a declaration never removes it.
    ``empty_counts``: the empty string differs from an absent field.
    ``url``: a URL, or a part of one, that may contain a password or a token: only these parts are masked.
    """

    type: str = "str"
    default: Any = None
    unset: str = ""
    choices: tuple[str, ...] = ()
    secret: bool = False
    required: bool = False
    pattern: str | None = None
    minimum: float | None = None
    maximum: float | None = None
    min_length: int | None = None
    max_length: int | None = None
    filled: bool = False
    read_only: bool = False
    deprecated: bool = False
    empty_counts: bool = False
    url: bool = False

    @cached_property
    def absent_texts(self) -> frozenset[str]:
        """The strings that are equivalent to an absent field, for the type ``str``."""
        return frozenset(one for one in ("", self.default, self.unset) if isinstance(one, str)) - (
            {""} if self.empty_counts else set()
        )


@dataclass(frozen=True)
class Record:
    """An object with named fields.

    ``exclusive``: groups of fields of which the server accepts at most one; declaring one drops the others.
    ``dependents``: a field -> the fields that are dropped when it changes (a branch belongs to one repository).
    ``implied``: a field -> (its value when it is absent, the field whose presence cancels this default).
    ``overruled``: a field -> the field whose presence makes the server ignore it.
    """

    fields: Mapping[str, Node]
    exclusive: tuple[tuple[str, ...], ...] = ()
    dependents: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    implied: Mapping[str, tuple[Any, str]] = field(default_factory=dict)
    overruled: Mapping[str, str] = field(default_factory=dict)
    required: bool = False
    filled: bool = False
    deprecated: bool = False


@dataclass(frozen=True)
class Listing:
    """A list.

    ``key``: the fields that identify an item. Without a key, the list is a set of scalars or, when ``ordered``, a
    sequence that is compared and replaced as a whole.
    """

    item: Node
    key: tuple[str, ...] = ()
    ordered: bool = False
    required: bool = False
    filled: bool = False
    read_only: bool = False
    deprecated: bool = False


Node = Union[Scalar, Record, Listing]
UNKNOWN = Scalar(type="any")


def objects(value: Any) -> list[Any]:
    """The items of a list that are objects; an empty list where *value* is no list."""
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []


def children(node: Record, value: Mapping[str, Any]) -> Iterator[tuple[str, Node, Any]]:
    """(name, node, value) of each field of *value*; fields that the schema does not have get the ``UNKNOWN`` node."""
    for name, inner in value.items():
        yield name, node.fields.get(name, UNKNOWN), inner
