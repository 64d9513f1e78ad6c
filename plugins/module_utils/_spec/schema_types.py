# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: no stable interface.
"""The types in which the schema of the app spec is written: scalars, records and lists.

``schema.py`` says what the server does with each field; merge, comparison, lint, masking and the argument specs of
modules are made from it. A field that the schema does not have passes through all of them unchanged.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Union


@dataclass(frozen=True)
class Scalar:
    """One value.

    ``type``: ``str``, ``int``, ``float``, ``bool``, or a string with its own idea of equality: ``duration`` (Go
    syntax, compared by length of time), ``command`` (line ends and trailing newlines do not count), ``directory``
    (``/`` and ``.`` are the root, which is the default), ``hostname`` (case and a trailing dot do not count).
    ``default``: what the server means when the field is absent, so that both compare equal.
    ``unset``: the enum word that the API uses for "not set".
    ``filled``: the server may fill the field in, so its absence in a declaration never removes it.
    ``empty_counts``: the empty text is a value of its own.
    ``address``: a URL, or a part of one, that may carry a password or a token: those parts alone are not shown.
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
    address: bool = False

    @cached_property
    def absent_texts(self) -> frozenset[str]:
        """The strings that mean the same as an absent field of the type ``str``."""
        return frozenset(one for one in ("", self.default, self.unset) if isinstance(one, str)) - (
            {""} if self.empty_counts else set()
        )


@dataclass(frozen=True)
class Record:
    """An object with named fields.

    ``exclusive``: groups of fields of which the server takes at most one; declaring one drops the others.
    ``dependents``: a field -> those that say nothing any more once it changes (the branch of another repository).
    ``implied``: a field -> (the value that its absence means, the field whose presence ends that).
    ``overruled``: a field -> the field whose presence makes it meaningless.
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

    ``key``: the fields that identify an item. Without one, the list is a set of scalars or, when ``ordered``, a row of
    positions that only make sense together.
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
    """The items of a list that are objects; none where *value* is no list. People's specs have any shape."""
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []


def children(node: Record, value: Mapping[str, Any]) -> Iterator[tuple[str, Node, Any]]:
    """(name, node, value) for each field that *value* holds; unknown fields come with the ``UNKNOWN`` node."""
    for name, inner in value.items():
        yield name, node.fields.get(name, UNKNOWN), inner
