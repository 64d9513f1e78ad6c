# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: its interface may change at any time.
"""Decide about secrets whose stored value can't be read back. Pure: no I/O, no clock.

The platform returns ``EV[1:<nonce>:<ciphertext>]`` in place of a secret, a new text for each encryption (API reference
8.5), so a stored secret can't be compared with a declared one. Three sources show whether it changed:

* the ciphertext is 16 bytes longer than the plaintext: another length proves a change, 16 bytes an empty secret;
* `Fingerprint`: a salted hash of each secret that a task declares for a component, stored with them in an env;
* the policy, an option of the task, for users who want to use neither.

No message has a value in it, and no dataclass shows one in its ``repr``.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Literal

from .._masking.secret_register import is_mask
from .fingerprint import Fingerprint, Owner, SaltFactory, random_salt, text_after, text_after_removal

__all__ = [
    "Action",
    "Choice",
    "Decision",
    "Declared",
    "Fingerprint",
    "Owner",
    "Policy",
    "Problem",
    "Renewal",
    "SaltFactory",
    "decide",
    "describe_problems",
    "is_empty_secret",
    "is_encrypted",
    "may_match",
    "plaintext_length",
    "random_salt",
    "text_after_removal",
]

TAG_BYTES = 16
"""The ciphertext of a secret is this much longer than its plaintext (authentication tag)."""

Policy = Literal["fingerprint", "on_create", "always"]


# ---------------------------------------------------------------------------------------------------------------------
# Encrypted values


def is_encrypted(value: object) -> bool:
    """Whether the value is an encrypted secret as the platform returns it, ``EV[…]`` (API reference 8.5)."""
    return isinstance(value, str) and value.startswith("EV[") and value.endswith("]")


def plaintext_length(ev: str) -> int | None:
    """Bytes (UTF-8) of the secret in an ``EV[…]``; None if it has another format."""
    if not is_encrypted(ev):
        return None
    parts = ev[3:-1].split(":")
    if len(parts) != 3 or parts[0] != "1":
        return None
    try:
        ciphertext = base64.b64decode(parts[2], validate=True)
    except (binascii.Error, ValueError):
        return None
    return len(ciphertext) - TAG_BYTES if len(ciphertext) >= TAG_BYTES else None


def is_empty_secret(ev: str) -> bool:
    """Whether an ``EV[…]`` is certainly the empty string, which a secret sent without a value becomes."""
    return plaintext_length(ev) == 0


def may_match(ev: str, plaintext: str) -> bool:
    """False if the lengths prove that ``ev`` isn't the encryption of ``plaintext``; True proves nothing."""
    length = plaintext_length(ev)
    return length is None or length == len(_utf8(plaintext))


def _utf8(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


# ---------------------------------------------------------------------------------------------------------------------
# The decision


@dataclass(frozen=True)
class Declared:
    """One secret as the task declares it."""

    value: str | None = field(repr=False)
    """Plain text, an ``EV[…]``, or None: keep what is stored."""
    label: str = ""
    """Its path in messages, for example ``jobs[migrate].envs[DATABASE_URL]``; empty: the secret's name."""
    returned_unencrypted: bool = False
    """The platform returns this one in plain text (log destination tokens, API reference 4.11): no fingerprint."""


class Action(Enum):
    """Which value the spec gets."""

    SEND = "send"
    KEEP = "keep"


@dataclass(frozen=True)
class Choice:
    """The value of one secret in the spec that is written."""

    action: Action
    value: str = field(repr=False)
    """The declared value for SEND, the stored one for KEEP."""
    reason: str = ""
    """Why, for tests: new, changed, length, policy, same, kept, encrypted."""

    @property
    def changed(self) -> bool:
        """Whether the choice is a reason to write."""
        return self.action is Action.SEND


@dataclass(frozen=True)
class Problem:
    """A reason to refuse the task before any write. ``code``: a key of ``_PROBLEMS``."""

    code: str
    label: str


@dataclass(frozen=True)
class Renewal:
    """A fingerprint of an older version whose secrets the task knows: renewed when something is written anyway."""

    before: str
    owner: Owner
    secrets: Mapping[str, str] = field(repr=False)

    @property
    def text(self) -> str | None:
        """The renewed fingerprint's text; computing it requires a slow hash for each secret that needs one."""
        found = Fingerprint.parse(self.before)
        return text_after(self.before, found.with_values(self.owner, self.secrets)) if found else self.before


@dataclass(frozen=True)
class Decision:
    """The decision about the secrets of one component, or of the app itself."""

    choices: Mapping[str, Choice]
    fingerprint: str | None
    """The text of the fingerprint env after the write; None: there is no such env. Unchanged where nothing is sent."""
    problems: tuple[Problem, ...] = ()
    warnings: tuple[str, ...] = ()
    renewal: Renewal | None = None

    @property
    def changed(self) -> bool:
        """Whether a secret must be written."""
        return any(choice.changed for choice in self.choices.values())


_PROBLEMS = {
    "no_value": "has no value and none is stored: give a value, as the platform would store an empty secret",
    "empty": "is empty: give a value, or set allow_empty_secrets to store an empty secret on purpose",
    "masked": "holds a masked text in place of its value: give the real value, or leave the value out to keep the "
    "stored secret",
    "encrypted_on_create": "holds an encrypted value (EV[...]), which belongs to another app and can't be used to "
    "create one: give the plain value",
    "stale_encrypted": "holds an encrypted value (EV[...]) other than the stored one, so it is probably an old one: "
    "leave the value out to keep the stored secret, give the plain value to change it, or set allow_stale_secrets",
    "foreign_encrypted": "holds an encrypted value (EV[...]) that is stored nowhere in this app: give the plain value, "
    "or set allow_stale_secrets",
}


def describe_problems(problems: Iterable[Problem]) -> list[str]:
    """One sentence for each code, with the labels of all secrets that have it."""
    groups: dict[str, list[str]] = {}
    for problem in problems:
        groups.setdefault(problem.code, []).append(problem.label)
    return [f"{', '.join(labels)} {_PROBLEMS[code]}" for code, labels in groups.items()]


def decide(
    policy: Policy,
    declared: Mapping[str, Declared],
    stored: Mapping[str, str | None],
    fingerprint_text: str | None,
    owner: Owner,
    *,
    creating: bool = False,
    allow_empty: bool = False,
    allow_stale: bool = False,
    known: Collection[str] = (),
    salt: SaltFactory = random_salt,
) -> Decision:
    """Decide for every declared secret of one component: send the plain value, keep the stored one, or refuse it.

    ``declared``: by name, where a secret has the same name in every run (an env's key and its normalised scope, for
    example). ``stored``: the app's values by these names: ``EV[…]``, plain text, or None. ``creating``: the app is new.
    ``known``: all encrypted values of this app, any of which may be declared in a new place.

    `fingerprint` sends each plain value that the fingerprint doesn't know, once, and keeps the others;
    `on_create` sends only what isn't stored; `always` sends every plain value in every run.
    Under each of them a value that the platform returns in plain text is compared directly.
    """
    choices: dict[str, Choice] = {}
    problems: list[Problem] = []
    plain: dict[str, str] = {}
    rules = _Rules(creating, allow_empty, allow_stale, known)
    for name, secret in declared.items():
        outcome = _without_policy(secret, stored.get(name), rules)
        if isinstance(outcome, Choice):
            choices[name] = outcome
        elif outcome:
            problems.append(Problem(outcome, secret.label or name))
        else:
            plain[name] = secret.value or ""

    members = {
        name: value
        for name, value in plain.items()
        if not declared[name].returned_unencrypted or is_encrypted(stored.get(name))
    }
    fingerprint = Fingerprint.parse(fingerprint_text)
    same: frozenset[str] = frozenset()
    if policy == "fingerprint" and members and fingerprint is not None:
        same = fingerprint.known(owner, members)
    for name, value in plain.items():
        choices[name] = _by_policy(policy, value, stored.get(name), name in same)

    sent = {name for name, choice in choices.items() if choice.changed}
    after = fingerprint_text
    renewal: Renewal | None = None
    if sent and not problems:
        # `always` updates existing hashes, and adds none.
        hashed = members if policy == "fingerprint" else {}
        if policy == "always" and fingerprint is not None:
            hashed = {name: members[name] for name in fingerprint.mentioned(members)}
        if hashed.keys() & sent:
            fingerprint = (fingerprint or Fingerprint.create(salt)).with_values(owner, hashed)
        sent -= hashed.keys()
        if fingerprint is not None:
            after = text_after(fingerprint_text, fingerprint.without(sent))
    elif fingerprint_text and fingerprint is not None and fingerprint.mentions_v1(same):
        renewal = Renewal(fingerprint_text, owner, {name: members[name] for name in members if name in same})
    return Decision(
        choices={name: choices[name] for name in declared if name in choices},
        fingerprint=after,
        problems=tuple(problems),
        warnings=tuple(_warnings(declared, stored, choices)),
        renewal=renewal,
    )


@dataclass(frozen=True)
class _Rules:
    """The parameters of `decide` that the rules for all policies depend on."""

    creating: bool
    allow_empty: bool
    allow_stale: bool
    known: Collection[str]


def _without_policy(secret: Declared, stored: str | None, rules: _Rules) -> Choice | str:
    """The outcome under every policy: a choice, or a problem's code; empty: the policy decides."""
    value = secret.value
    if value is None:
        return Choice(Action.KEEP, stored, "kept") if stored else "no_value"
    if value == "":
        return "" if rules.allow_empty else "empty"
    if is_mask(value):
        return "masked"
    given = value.strip()
    return _encrypted(given, stored, rules) if is_encrypted(given) else ""


def _encrypted(given: str, stored: str | None, rules: _Rules) -> Choice | str:
    """The outcome for a declared ``EV[…]``: a choice, or a problem's code."""
    if rules.creating:
        return "encrypted_on_create"
    if stored == given:
        return Choice(Action.KEEP, given, "same")
    if rules.allow_stale or (not stored and given in rules.known):
        return Choice(Action.SEND, given, "encrypted")
    return "stale_encrypted" if stored else "foreign_encrypted"


def _by_policy(policy: Policy, value: str, stored: str | None, matched: bool) -> Choice:
    """The choice for a plain value. ``matched``: the fingerprint has this value."""
    if stored is not None and stored == value:
        return Choice(Action.KEEP, stored, "same")
    if stored is not None and policy == "on_create":
        return Choice(Action.KEEP, stored, "policy")
    if stored is None:
        reason = "new"
    elif policy == "always":
        reason = "policy"
    elif not is_encrypted(stored):
        reason = "changed"
    elif not may_match(stored, value):
        # Another writer changed the stored secret, but not the fingerprint.
        reason = "length"
    elif matched:
        return Choice(Action.KEEP, stored, "same")
    else:
        reason = "changed"
    return Choice(Action.SEND, value, reason)


def _warnings(
    declared: Mapping[str, Declared], stored: Mapping[str, str | None], choices: Mapping[str, Choice]
) -> Iterable[str]:
    empty = [
        secret.label or name
        for name, secret in declared.items()
        if name in choices
        and choices[name].action is Action.KEEP
        and secret.value != ""
        and is_empty_secret(stored.get(name) or "")
    ]
    if empty:
        yield (
            f"The stored secret of {', '.join(empty)} is empty. It was probably once written without a value; "
            "give a value with update_secrets=always to repair it."
        )
