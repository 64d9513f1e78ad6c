# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What follows from a stored spec: alerts, domains, databases (API reference 3.3, 10.4)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from ..model import Alert, App, Deployment, Domain, components
from ..state import State, new_id
from ..wire import Json

# Seconds from one phase to the next.
_ALERT = 5.0
_DOMAIN = 30.0


class Settler:
    """Keeps an app's alerts, domains and databases in step with its spec."""

    def __init__(self, state: State) -> None:
        self.state = state
        self.on_domain_ready: list[Callable[[App, Domain], None]] = []
        state.timeline.on("domain", self._domain_moves)

    def spec_stored(self, app: App) -> None:
        """After a create or an update."""
        self._alerts(app)
        self._domains(app)
        names = {str(item["name"]) for item in app.spec.get("databases") or []}
        app.databases = {name: app.databases.get(name) or self._database(app, name) for name in sorted(names)}

    def _alerts(self, app: App) -> None:
        wanted = [("", alert) for alert in app.spec.get("alerts") or []]
        for _kind, component in components(app.spec):
            wanted.extend((str(component["name"]), alert) for alert in component.get("alerts") or [])
        known = {(alert.component, alert.spec["rule"]): alert for alert in app.alerts}
        kept: list[Alert] = []
        for component_name, spec in wanted:
            alert = known.get((component_name, spec["rule"]))
            if alert is None:
                alert = Alert(new_id(), component_name, spec, self.state.now)
            alert.spec = spec
            kept.append(alert)
        app.alerts = kept

    def _domains(self, app: App) -> None:
        known = {item.spec["domain"]: item for item in app.domains}
        kept: list[Domain] = []
        for spec in app.spec.get("domains") or []:
            domain = known.get(spec["domain"])
            if domain is None:
                domain = Domain(new_id(), spec, "PENDING", self.state.now, self.state.now)
            domain.spec = spec
            kept.append(domain)
        app.domains = kept

    def activated(self, app: App, deployment: Deployment) -> None:
        """Domains are set up once something is there to serve."""
        del deployment
        for domain in app.domains:
            if domain.phase == "PENDING":
                domain.phase, domain.changed = "CONFIGURING", self.state.now
                self.state.timeline.after(_DOMAIN, "domain", app.id, domain.id)

    def _domain_moves(self, app_id: str, domain_id: str) -> None:
        app = self.state.apps.get(app_id)
        for domain in app.domains if app else []:
            if domain.id == domain_id and domain.phase == "CONFIGURING":
                domain.phase, domain.changed = "ACTIVE", self.state.now
                if app is not None:
                    for tell in self.on_domain_ready:
                        tell(app, domain)

    def _database(self, app: App, name: str) -> Json:
        return {"trusted": False, "password": password(app.id, name, 0), "resets": 0}


def password(app_id: str, database: str, resets: int) -> str:
    """A password that looks like one."""
    return "sim_" + hashlib.sha256(f"{app_id}/{database}/{resets}".encode()).hexdigest()[:24]


def alert_phase(alert: Alert, now: float) -> str:
    """Alerts take a moment to be set up."""
    age = now - alert.created
    return "PENDING" if age < _ALERT / 2 else "CONFIGURING" if age < _ALERT else "ACTIVE"
