# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.
"""Apply the decisions about secrets to a spec that is about to be written (docs: secrets).

The merge has put the declared values into the target. Here each of them is kept or replaced by the stored one, and the
fingerprints are updated.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from .._spec.canonical import is_unique_in_both, same_spec
from .._spec.scalars import as_text
from .._spec.schema_types import objects
from .._spec.secret_fields import (
    ENVS,
    FINGERPRINT_KEY,
    Part,
    SecretField,
    all_secret_fields,
    env_scope,
    is_fingerprint,
    is_secret_env,
    parts,
    secret_fields,
)
from .._types.api_objects import Spec
from .decisions import (
    Decision,
    Declared,
    Owner,
    Policy,
    Problem,
    Renewal,
    SaltFactory,
    decide,
    describe_problems,
    is_encrypted,
    random_salt,
    text_after_removal,
)


def _one_salt() -> SaltFactory:
    """One salt for a task: its edit may be evaluated several times, and equal hashes are computed once."""
    salts: list[bytes] = []

    def salt() -> bytes:
        if not salts:
            salts.append(random_salt())
        return salts[0]

    return salt


@dataclass(frozen=True)
class SecretRules:
    """The task's options about secrets, under their names. ``salt``: creates the salt of a new fingerprint."""

    update_secrets: Policy = "fingerprint"
    allow_empty_secrets: bool = False
    allow_stale_secrets: bool = False
    salt: SaltFactory = field(default_factory=_one_salt, repr=False, compare=False)

    @classmethod
    def from_params(cls, params: Mapping[str, Any]) -> SecretRules:
        """The rules from a module's validated options."""
        names = ("update_secrets", "allow_empty_secrets", "allow_stale_secrets")
        return cls(**{name: params[name] for name in names if params.get(name) is not None})

    def for_replay(self) -> SecretRules:
        """The rules for a spec that this task wrote: its secrets count as sent already."""
        return replace(self, update_secrets="on_create") if self.update_secrets == "always" else self


@dataclass(frozen=True)
class SecretReview:
    """Problems, which are reasons not to write the spec, and warnings: one sentence each."""

    problems: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


def apply_secrets(target: Spec, desired: Spec, current: Spec | None, rules: SecretRules, app: str) -> SecretReview:
    """Decide about every secret of *target* that *desired* declares. *target* is changed in place.

    ``target``: the merged spec; ``current``: the app's spec, None for a new app; ``app``: the app's name.
    """
    declared_parts = {(part.section, part.name): part for part in parts(desired)}
    stored_parts = {(part.section, part.name): part for part in parts(current or {})}
    problems: list[str] = []
    warnings: list[str] = []
    renewals: list[tuple[Part, Part | None, Renewal]] = []
    for part in parts(target):
        identity = (part.section, part.name)
        old, given = stored_parts.get(identity), declared_parts.get(identity)
        declared = _declared(part, given)
        stored = _stored(part, old, declared)
        lost_secrets, readable = _no_longer_secret(part, given, old)
        problems += lost_secrets
        warnings += readable
        if given is not None and not rules.allow_empty_secrets:
            problems += describe_problems(_emptied_secrets(given))
        decision: Decision | None = None
        if declared:
            decision = decide(
                rules.update_secrets,
                {name: secret for name, (_field, secret) in declared.items()},
                stored,
                _fingerprint(old),
                Owner(app, part.name),
                creating=current is None,
                allow_empty=rules.allow_empty_secrets,
                allow_stale=rules.allow_stale_secrets,
                known=[
                    secret_field.value
                    for secret_field in all_secret_fields(current or {})
                    if is_encrypted(secret_field.value)
                ],
                salt=rules.salt,
            )
            for name, choice in decision.choices.items():
                secret_field = declared[name][0]
                secret_field.holder[secret_field.field] = choice.value
            problems += describe_problems(decision.problems)
            warnings += decision.warnings
        fingerprint = decision.fingerprint if decision is not None else _fingerprint(old)
        _set_fingerprint(part, _without_removed(fingerprint, part, old))
        if decision is not None and decision.renewal is not None:
            renewals.append((part, old, decision.renewal))
    if renewals and not problems and not same_spec(current or {}, target):
        # A renewal alone is no reason to write, since every write creates a deployment.
        for part, old, renewal in renewals:
            _set_fingerprint(part, _without_removed(renewal.text, part, old))
    return SecretReview(tuple(problems), tuple(warnings))


def _declared(part: Part, given: Part | None) -> dict[str, tuple[SecretField, Declared]]:
    """The secrets of a part of the target that the task declares: name -> (field in the target, declaration)."""
    if given is None:
        return {}
    result: dict[str, tuple[SecretField, Declared]] = {}
    envs, target_envs = objects(given.value.get(ENVS)), objects(part.value.get(ENVS))
    others = {
        secret_field.name: secret_field
        for secret_field in secret_fields(given)
        if secret_field.field != "value" or secret_field.unencrypted
    }
    for secret_field in secret_fields(part):
        if secret_field.name.startswith(f"{ENVS}/"):
            env = _matching_env(envs, secret_field.holder, target_envs)
            if env is None or is_fingerprint(env):
                continue
            value = env.get("value")
            label = (
                f"{secret_field.label} ({env.get('key')})"
                if str(env.get("key")) not in secret_field.label
                else secret_field.label
            )
        elif secret_field.name in others:
            value = others[secret_field.name].value
            label = secret_field.label
        else:
            continue
        text = None if value is None else as_text(value)
        result[secret_field.name] = (secret_field, Declared(text, label, returned_unencrypted=secret_field.unencrypted))
    return result


def _matching_env(
    envs: list[dict[str, Any]], variable: Mapping[str, Any], siblings: list[dict[str, Any]]
) -> Mapping[str, Any] | None:
    """The one of *envs* that is the same variable as *variable*: with its key and scope (of two, the secret one).

    Else the one with its key, if the scope has changed. ``siblings``: the list that contains *variable*.
    """
    key = variable.get("key")
    same = [env for env in envs if env.get("key") == key]
    exact = [env for env in same if env_scope(env) == env_scope(variable)]
    if exact:
        return next(filter(is_secret_env, exact), exact[0])
    changed = is_unique_in_both(key, *([env.get("key") for env in row] for row in (envs, siblings)))
    # A key that is not equal to itself (NaN) is counted, but not among *same*.
    return same[0] if same and changed else None


def _stored(
    part: Part, old: Part | None, declared: Mapping[str, tuple[SecretField, Declared]]
) -> dict[str, str | None]:
    """The current spec's value of each declared secret: ``EV[...]``, plain text, or None."""
    if old is None:
        return {}
    envs, target_envs = objects(old.value.get(ENVS)), objects(part.value.get(ENVS))
    others = {secret_field.name: secret_field for secret_field in secret_fields(old)}
    result: dict[str, str | None] = {}
    for name, (secret_field, secret) in declared.items():
        if name.startswith(f"{ENVS}/"):
            env = _matching_env(envs, secret_field.holder, target_envs)
            value = None if env is None else env.get("value")
            if env is not None and secret.value is not None and not is_secret_env(env):
                # It is GENERAL now and becomes a SECRET: no secret is stored yet.
                value = None
        else:
            value = others[name].value if name in others else None
        result[name] = value if isinstance(value, str) and value else None
    return result


def _emptied_secrets(given: Part) -> Iterator[Problem]:
    """Declared secrets that are empty, which would remove the stored ones. `decide` handles those of envs."""
    for secret_field in secret_fields(given):
        if secret_field.value == "" and not secret_field.name.startswith(f"{ENVS}/"):
            yield Problem("empty", secret_field.label)


def _no_longer_secret(part: Part, given: Part | None, old: Part | None) -> tuple[list[str], list[str]]:
    """(problems, warnings) about envs that were secrets and are GENERAL in the target.

    An encrypted value can't become readable, since its plain text is not known. No secret is removed or shown because
    a declaration lacks its type.
    """
    problems: list[str] = []
    warnings: list[str] = []
    before = objects(old.value.get(ENVS)) if old is not None else []
    declared = objects(given.value.get(ENVS)) if given is not None else []
    envs = objects(part.value.get(ENVS))
    for env in envs:
        if is_secret_env(env):
            continue
        stored_env = _matching_env(before, env, envs)
        where = f"{part.label}.{ENVS}[{env.get('key')}]" if part.label else f"{ENVS}[{env.get('key')}]"
        given_env = _matching_env(declared, env, envs)
        if is_encrypted(env.get("value")) and old is not None:
            problems.append(
                f"{where} is to be of type GENERAL, but its value is stored encrypted and can't be read back: give the "
                "value with it, or leave the type SECRET"
            )
        elif given_env is None or given_env.get("type") or stored_env is None or not is_secret_env(stored_env):
            continue
        elif given_env.get("value") is None:
            problems.append(
                f"{where} would lose its stored secret, as neither type nor value is declared: give type: SECRET to "
                "keep it, a value to replace it, or leave the variable out to remove it"
            )
        else:
            warnings.append(f"{where} was a secret and becomes readable, as it is declared without type: SECRET")
    return problems, warnings


def _fingerprint_env(part: Part | None) -> dict[str, Any] | None:
    for env in objects(part.value.get(ENVS)) if part is not None else ():
        if is_fingerprint(env):
            found: dict[str, Any] = env
            return found
    return None


def _fingerprint(part: Part | None) -> str | None:
    env = _fingerprint_env(part)
    if env is None:
        return None
    value = env.get("value")
    return value if isinstance(value, str) else ""


def _without_removed(fingerprint: str | None, part: Part, old: Part | None) -> str | None:
    """The fingerprint's text without the secrets that the target no longer has."""
    if fingerprint is None or old is None:
        return fingerprint
    remaining = {secret_field.name for secret_field in secret_fields(part)}
    removed = [secret_field.name for secret_field in secret_fields(old) if secret_field.name not in remaining]
    return text_after_removal(fingerprint, removed) if removed else fingerprint


def _set_fingerprint(part: Part, text: str | None) -> None:
    env = _fingerprint_env(part)
    if text is None:
        if env is not None:
            part.value[ENVS] = [one for one in part.value[ENVS] if one is not env]
            if not part.value[ENVS]:
                del part.value[ENVS]
    elif env is not None:
        if env.get("value") != text:
            # As a SECRET, it could not be read back.
            env["value"] = text
            env.pop("type", None)
    else:
        envs = part.value.setdefault(ENVS, [])
        if isinstance(envs, list):
            envs.append({"key": FINGERPRINT_KEY, "value": text, "scope": "RUN_TIME"})
