# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.

"""The destinations of an alert: not in the spec, but set by a call once the alert exists (API reference 10.4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .._ansible.context import Context
from .._api.errors import AppPlatformError
from .._deployments.polling import SHORT_GRACE_PAUSES
from .._masking.secret_register import MASK
from .._spec.schema_types import objects
from .._system.clock import attempts


@dataclass(frozen=True)
class Destinations:
    """E-mail addresses and Slack webhooks; None: not declared, so they stay as they are."""

    emails: Sequence[str] | None = None
    slack_webhooks: Sequence[Mapping[str, Any]] | None = None

    @property
    def declared(self) -> bool:
        """Whether the task declares any of them."""
        return self.emails is not None or self.slack_webhooks is not None


def find_alert(alerts: Sequence[Mapping[str, Any]], rule: str, component: str | None) -> Mapping[str, Any] | None:
    """The alert with this rule, of the component or (None) of the app."""
    for alert in alerts:
        spec = alert.get("spec")
        same = isinstance(spec, Mapping) and spec.get("rule") == rule
        if same and (alert.get("component_name") or None) == component:
            return alert
    return None


def converge_destinations(
    context: Context, app_id: str, rule: str, component: str | None, target: Destinations, *, new: bool
) -> tuple[bool, dict[str, Any]]:
    """Set the destinations of an alert. Returns whether they changed, and the destinations as results show them.

    ``new``: this task writes the alert. Raises AppPlatformError (alert_missing) when the platform does not list it.
    """
    for webhook in target.slack_webhooks or ():
        context.register.add(str(webhook.get("url") or ""))
    if new and context.check_mode:
        return target.declared, masked_destinations(target.emails or (), target.slack_webhooks or ())
    alert = _alert(context, app_id, rule, component, new=new)
    emails, webhooks = alert_emails(alert), [dict(one) for one in objects(alert.get("slack_webhooks"))]
    for webhook in webhooks:
        context.register.add(str(webhook.get("url") or ""))
    target_emails = emails if target.emails is None else list(target.emails)
    target_hooks = webhooks if target.slack_webhooks is None else [_hook(one) for one in target.slack_webhooks]
    changed = sorted(target_emails) != sorted(emails) or _keys(target_hooks) != _keys(webhooks)
    if changed and not context.check_mode:
        context.api.set_alert_destinations(app_id, str(alert.get("id")), target_emails, target_hooks)
    return changed, masked_destinations(target_emails, target_hooks)


def alert_emails(alert: Mapping[str, Any]) -> list[str]:
    """The e-mail addresses of an alert."""
    found = alert.get("emails")
    return [one for one in found if isinstance(one, str)] if isinstance(found, list) else []


def masked_destinations(emails: Sequence[str], webhooks: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Destinations as results show them, without the addresses of webhooks, with which anybody could post."""
    return {
        "emails": list(emails),
        "slack_webhooks": [{"channel": one.get("channel"), "url": MASK} for one in webhooks],
    }


def _alert(context: Context, app_id: str, rule: str, component: str | None, *, new: bool) -> Mapping[str, Any]:
    # A new alert appears a moment after the spec that has it (API reference 12.5).
    for _attempt in attempts(context.clock, SHORT_GRACE_PAUSES if new else ()):
        found = find_alert(context.api.list_alerts(app_id), rule, component)
        if found is not None:
            return found
    raise AppPlatformError(
        f"The alert {rule} is in the spec, but the platform does not list it yet, so its destinations could not be "
        "set. Run the task again.",
        code="alert_missing",
        details={"app_id": app_id, "changed": new},
    )


def _hook(webhook: Mapping[str, Any]) -> dict[str, Any]:
    return {name: webhook[name] for name in ("url", "channel") if webhook.get(name) is not None}


def _keys(webhooks: Sequence[Mapping[str, Any]]) -> list[tuple[str, str]]:
    return sorted((str(one.get("url") or ""), str(one.get("channel") or "")) for one in webhooks)
