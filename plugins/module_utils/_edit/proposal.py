# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.
"""The findings about a spec before anything is written: those of the lint, and those of the module ``app``. Pure.

A spec that is examined without an app may belong to an existing one: a secret without a value, or with an encrypted
one, is a warning then and no error.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any

from .._secrets.decisions import is_encrypted
from .._spec.lint.rules import Finding
from .._spec.schema import ENV
from .._spec.secret_fields import ENVS, all_secret_fields, is_fingerprint, parts
from .._types.api_objects import Spec
from .declaration import Declaration

#: The rule of findings of the module ``app``, which are about the options around the spec.
DECLARATION = "declaration"
#: The rule of findings of the platform.
PLATFORM = "platform"
_PATH = re.compile(r"([a-z_]+(?:\[[^\]]*\])?(?:\.[A-Za-z_]+(?:\[[^\]]*\])?)*):? (.+)", re.DOTALL)
_PLACEHOLDER = "stands in for a secret "


@dataclass(frozen=True)
class Examined:
    """``spec``: the whole spec that would be sent; ``findings``: about it, errors first."""

    spec: Spec
    findings: tuple[Finding, ...]


def examine(edit: Declaration, current: Spec | None, sizes: Collection[str] | None = None) -> Examined:
    """The declaration in the spec of an app that exists, or (None) alone. ``sizes``: see `Edit.review`."""
    findings: list[Finding] = []
    kept: dict[str, Any] = {}
    if current is None:
        desired, kept, findings = _without_secrets(edit.desired)
        edit = replace(edit, desired=desired, secrets=replace(edit.secrets, update_secrets="on_create"))
    edited = edit.apply(current)
    review = edit.review(current, edited, sizes)
    known = {f"{one.path}: {one.message}" if one.path else one.message: one for one in review.findings}
    findings += [known.get(text) or declared("error", text) for text in review.problems]
    findings += [known.get(text) or declared("warning", text) for text in review.warnings]
    spec = copy.deepcopy(edited.spec)
    for secret_field in all_secret_fields(spec):
        if secret_field.value in kept:
            _set(secret_field.holder, secret_field.field, kept[secret_field.value])
    return Examined(spec, tuple(sorted(dict.fromkeys(findings), key=lambda one: one.level)))


def declared(level: Any, text: str, rule: str = DECLARATION) -> Finding:
    """A message as a finding; if it begins with a path, this becomes the finding's path."""
    found = _PATH.fullmatch(text)
    return Finding(level, found[1], found[2], rule) if found else Finding(level, "", text, rule)


def without_fingerprint(spec: Spec) -> Spec:
    """The spec without the variables that the collection adds itself."""
    result = copy.deepcopy(spec)
    for part in parts(result):
        envs = part.value.get(ENVS)
        if isinstance(envs, list):
            part.value[ENVS] = [one for one in envs if not is_fingerprint(one)]
            if not part.value[ENVS]:
                del part.value[ENVS]
    return result


def _without_secrets(desired: Spec) -> tuple[Spec, dict[str, Any], list[Finding]]:
    """(a copy of the spec with placeholders for secrets without plain text, placeholder -> value, findings)."""
    result = copy.deepcopy(desired)
    kept: dict[str, Any] = {}
    findings: list[Finding] = []
    for secret_field in all_secret_fields(result):
        if secret_field.value is not None and not is_encrypted(secret_field.value):
            continue
        label = secret_field.label
        if ENV.fields.keys() >= secret_field.holder.keys() and f"[{secret_field.holder.get('key')}]" not in label:
            label = f"{label}[{secret_field.holder.get('key')}]"
        message = (
            "the secret has no value here: an app that has one keeps it, and a new app needs one"
            if secret_field.value is None
            else "the secret is encrypted: only the app that it comes from takes it, and a new app needs the plain text"
        )
        findings.append(Finding("warning", label, message, DECLARATION))
        placeholder = f"{_PLACEHOLDER}{len(kept)}"
        kept[placeholder] = secret_field.value
        secret_field.holder[secret_field.field] = placeholder
    return result, kept, findings


def _set(holder: dict[str, Any], name: str, value: Any) -> None:
    if value is None:
        del holder[name]
    else:
        holder[name] = value
