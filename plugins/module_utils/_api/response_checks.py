# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.

"""Checks of the fields of responses that edits depend on. Pure; used by apps.py.

Fields of zero value may be absent (API reference 1.3), so a missing section of a spec is empty. Fields that are never
empty (ids, names, the spec itself, times) must be present, and all known fields must be of their type: an edit based on
an incomplete response would remove parts of the app. Fields that the schema does not know are not checked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .._spec.schema import SPEC
from .._spec.schema_types import Listing, Node, Record, Scalar
from .._system.clock import parse_time
from .._types.api_objects import DEPLOYMENT_FIELDS
from .errors import TransportError

_TYPE_NAMES: Mapping[type[Any], str] = {dict: "an object", list: "a list", str: "a text"}


@dataclass(frozen=True)
class ResponseChecks:
    """Checks of the response to one request. ``maybe_applied``: the request was a write.

    All methods raise TransportError (wrong_envelope).
    """

    method: str
    path: str
    maybe_applied: bool = False

    def app(self, app: Mapping[str, Any], app_id: str | None = None, name: str | None = None) -> None:
        """An app. ``app_id``, ``name``: those of the requested app."""
        self._id(app, "app", app_id)
        self._spec(app, "app", required=True)
        found = app["spec"]["name"]
        if name is not None and found != name:
            raise self._fault("app.spec.name", repr(found), f"{name!r}")
        for key in DEPLOYMENT_FIELDS:
            if key in app and not (app[key] is None or app[key] == {}):
                self.deployment(self._typed(app[key], dict, f"app.{key}"), f"app.{key}")
        self._time(app, "last_deployment_created_at", "app", required=False)

    def listed_app(self, app: Mapping[str, Any]) -> None:
        """An app of a list: only id and name, so that one invalid app does not prevent tasks for others."""
        self._id(app, "apps[]")
        spec = self._typed(app.get("spec"), dict, "apps[].spec")
        self._text(spec, "name", "apps[].spec")

    def deployment(self, one: Mapping[str, Any], where: str = "deployment", deployment_id: str | None = None) -> None:
        """A deployment. ``deployment_id``: that of the requested deployment."""
        self._id(one, where, deployment_id)
        self._spec(one, where, required=False)
        if "phase" in one:
            self._typed(one["phase"], str, f"{where}.phase")
        self._time(one, "created_at", where, required=True)

    def alert(self, alert: Mapping[str, Any]) -> None:
        """An alert with its destinations."""
        self._id(alert, "alerts[]")
        self._text(self._typed(alert.get("spec"), dict, "alerts[].spec"), "rule", "alerts[].spec")
        if "component_name" in alert:
            self._typed(alert["component_name"], str, "alerts[].component_name")
        for address in self._typed(alert.get("emails", []), list, "alerts[].emails"):
            self._typed(address, str, "alerts[].emails[]")
        for webhook in self._typed(alert.get("slack_webhooks", []), list, "alerts[].slack_webhooks"):
            self._text(self._typed(webhook, dict, "alerts[].slack_webhooks[]"), "url", "alerts[].slack_webhooks[]")

    def job_invocation(self, one: Mapping[str, Any], where: str, invocation_id: str | None = None) -> None:
        """A job invocation."""
        self._id(one, where, invocation_id)
        for name in ("phase", "job_name"):
            if name in one:
                self._typed(one[name], str, f"{where}.{name}")

    def _id(self, value: Mapping[str, Any], where: str, requested: str | None = None) -> None:
        found = self._text(value, "id", where)
        if requested is not None and found.strip().casefold() != requested.strip().casefold():
            # The response to another request.
            raise self._fault(f"{where}.id", repr(found), f"{requested!r}")

    def _spec(self, value: Mapping[str, Any], where: str, *, required: bool) -> None:
        if required or "spec" in value:
            self._structure(SPEC, value.get("spec"), f"{where}.spec")
            self._text(value["spec"], "name", f"{where}.spec")

    def _time(self, value: Mapping[str, Any], name: str, where: str, *, required: bool) -> None:
        found = value.get(name)
        # The unset time is written in the year 1 (API reference 1.3).
        unset = not required and (name not in value or (isinstance(found, str) and found.startswith("0001")))
        if not unset and parse_time(found) is None:
            raise self._fault(f"{where}.{name}", _describe(found), "a time")

    def _text(self, value: Mapping[str, Any], name: str, where: str) -> str:
        found: str = self._typed(value.get(name), str, f"{where}.{name}")
        if not found.strip():
            raise self._fault(f"{where}.{name}", "an empty text", "a text")
        return found

    def _typed(self, value: Any, kind: type[Any], where: str) -> Any:
        if not isinstance(value, kind):
            raise self._fault(where, _describe(value), _TYPE_NAMES[kind])
        return value

    def _structure(self, node: Node, value: Any, where: str) -> None:
        """Check the objects and lists of a spec, and the keys of list items."""
        if isinstance(node, Record):
            for name, inner in self._typed(value, dict, where).items():
                child = node.fields.get(name)
                if isinstance(child, (Record, Listing)):
                    self._structure(child, inner, f"{where}.{name}")
        elif isinstance(node, Listing):
            for number, item in enumerate(self._typed(value, list, where)):
                item_path = f"{where}[{number}]"
                if not isinstance(node.item, Record):
                    if item is None or isinstance(item, (dict, list)):
                        raise self._fault(item_path, _describe(item), "a value")
                    continue
                self._structure(node.item, item, item_path)
                for name in node.key:
                    field = node.item.fields[name]
                    if isinstance(field, Scalar) and field.required:
                        self._text(item, name, item_path)

    def _fault(self, where: str, found: str, expected: str) -> TransportError:
        unknown = " It is unknown whether the change took effect." if self.maybe_applied else ""
        return TransportError(
            f"{self.method} {self.path}: the answer holds {found} under {where!r}, where {expected} was expected. "
            f"Nothing is decided by such an answer: run the task again.{unknown}",
            reason="wrong_envelope",
            method=self.method,
            path=self.path,
            status=200,
            maybe_applied=self.maybe_applied,
        )


def _describe(value: Any) -> str:
    """The type of a value, without the value, which may be a secret."""
    if value is None:
        return "nothing"
    if isinstance(value, (dict, list)):
        return _TYPE_NAMES[type(value)]
    return "an empty text" if value == "" else f"a {type(value).__name__}"
