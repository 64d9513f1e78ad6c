# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The account: its apps, its clock, what is scripted. Whoever looks at it lets it catch up first."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field

from .assumptions import Assumptions
from .engine.clock import Clock
from .engine.outcomes import Outcomes
from .engine.pace import Pace
from .engine.timeline import Timeline
from .errors import bad_request, not_found
from .model import App
from .spec.secrets import Vault
from .wire import Json

OWNER = "a4e1b7c2-5d1f-4e7a-9a64-0d1f6c1b2e55"
DEFAULT_PROJECT = "88b72d1a-9f6e-4b0c-8a35-6c7a1e0f4d21"
USER: Json = {
    "uuid": "5f3c1d2e-7b64-4a0f-8e21-9c0d4b6a7e13",
    "email": "someone@example.com",
    "full_name": "Someone Example",
}


@dataclass
class Settings:
    """What the control plane can set beside the assumptions. Times in seconds of the platform."""

    pace: Pace = field(default_factory=Pace)
    # How far a look at an unfinished deployment moves an `auto` clock; 0: a fifth of the whole deployment.
    step: float = 0.0
    # Log lines can be read this long after they were written.
    log_delay: float = 0.0
    # Logs of a failed deployment are gone this long after its end; 0: they stay.
    log_cleanup: float = 0.0
    rate_limits: bool = False
    per_hour: int = 5000
    per_minute: int = 250
    # The largest page of any list (API reference 1.6; some lists were seen to allow less).
    largest_page: int = 200

    def dump(self) -> Json:
        """As JSON."""
        names = [name for name in self.__dataclass_fields__ if name != "pace"]
        return {"pace": self.pace.dump(), **{name: getattr(self, name) for name in names}}

    def reset(self) -> None:
        """Back to the defaults."""
        fresh = Settings()
        for name in self.__dataclass_fields__:
            setattr(self, name, getattr(fresh, name))

    def update(self, given: Json) -> None:
        """Set some; ValueError, before anything is changed, when one is not known or of the wrong type."""
        for name, value in given.items():
            if name == "pace":
                Pace().update(value)
                continue
            if name not in self.__dataclass_fields__:
                raise ValueError(f"{name!r} is no setting; known: {', '.join(self.__dataclass_fields__)}")
            flag = isinstance(getattr(self, name), bool)
            wanted = isinstance(value, bool) if flag else isinstance(value, int | float) and not isinstance(value, bool)
            if not wanted or value < 0:
                raise ValueError(f"{name}: {'true or false' if flag else 'a number of at least 0'} is needed")
        for name, value in given.items():
            if name == "pace":
                self.pace.update(value)
            else:
                setattr(self, name, type(getattr(self, name))(value))


class State:
    """One account. `now` is the platform's present moment, which only `catch_up` moves."""

    def __init__(self, clock: Clock | None = None, assume: Assumptions | None = None) -> None:
        self.clock = clock or Clock()
        self.assume = assume or Assumptions()
        self.settings = Settings()
        self.outcomes = Outcomes()
        self.timeline = Timeline()
        self.vault = Vault()
        self.apps: dict[str, App] = {}
        # source -> how many times something new was pushed there.
        self.heads: dict[str, int] = {}
        self.serial = 0
        self.timeline.now = self.clock.now()

    @property
    def now(self) -> float:
        """The moment that is being dealt with."""
        return self.timeline.now

    def catch_up(self) -> None:
        """Let everything happen that is due by now."""
        self.timeline.catch_up(self.clock.now())

    def clear(self) -> None:
        """No apps, no scripts, no appointments; clock, assumptions and settings stay."""
        self.apps.clear()
        self.heads.clear()
        self.outcomes.clear()
        self.timeline.clear()
        self.vault.adopted.clear()

    def app(self, app_id: str) -> App:
        """The app with this id; refused when there is none."""
        self.check_id(app_id)
        found = self.apps.get(app_id)
        if found is None:
            raise not_found()
        return found

    def check_id(self, value: str) -> None:
        """Refuse what is no UUID."""
        try:
            valid = str(uuid.UUID(value)) == value.lower()
        except ValueError:
            valid = False
        if not valid:
            if self.assume["malformed_id"] == "404":
                raise not_found()
            raise bad_request(f"invalid uuid {value!r}")

    def app_named(self, name: str) -> App | None:
        """The app with this name."""
        return next((app for app in self.apps.values() if app.name == name and app.deleted is None), None)

    def ordered_apps(self) -> list[App]:
        """In the order in which lists show them."""
        newest = self.assume["list_order"] == "newest"
        return sorted(self.apps.values(), key=lambda app: app.serial, reverse=newest)


def new_id() -> str:
    """A new UUID."""
    return str(uuid.uuid4())
