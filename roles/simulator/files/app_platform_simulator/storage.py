# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The state file: everything that must survive a restart, written as a whole or not at all."""

from __future__ import annotations

import json
import os
from base64 import b64decode, b64encode
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any, TypeVar

from .model import Alert, App, Deployment, Domain, Event, Invocation, Leaf
from .spec.secrets import Vault
from .state import State
from .wire import Json

VERSION = 1
T = TypeVar("T")


def dump(state: State) -> Json:
    """The state as JSON values."""
    apps = []
    for app in state.apps.values():
        shown = asdict(app)
        for deployment in shown["deployments"]:
            del deployment["wire"]
        apps.append(shown)
    return {
        "version": VERSION,
        "now": state.clock.now(),
        "key": b64encode(state.vault.key).decode(),
        "adopted": sorted(state.vault.adopted),
        "serial": state.serial,
        "heads": state.heads,
        "outcomes": state.outcomes.dump(),
        "settings": state.settings.dump(),
        "timeline": state.timeline.dump(),
        "apps": apps,
    }


def load(state: State, saved: Json) -> None:
    """The reverse of dump. The platform's time goes on from where it stood, or from now where that is later."""
    if saved.get("version") != VERSION:
        raise ValueError(f"version {saved.get('version')!r} of the state file is not known; this is version {VERSION}")
    state.vault.key = Vault(b64decode(saved["key"])).key
    state.vault.adopted = {(str(app_id), str(value)) for app_id, value in saved["adopted"]}
    state.serial = int(saved["serial"])
    state.heads = {str(name): int(count) for name, count in saved["heads"].items()}
    state.outcomes.clear()
    state.outcomes.add(saved["outcomes"])
    state.settings.update(saved["settings"])
    state.apps = {item["id"]: _app(item) for item in saved["apps"]}
    if saved["now"] > state.clock.now():
        state.clock.become(state.clock.kind, now=float(saved["now"]))
    state.timeline.load(saved["timeline"])
    state.timeline.now = float(saved["now"])


def _app(saved: Json) -> App:
    app = _made(App, saved)
    app.deployments = [_deployment(item) for item in saved["deployments"]]
    app.alerts = [_made(Alert, item) for item in saved["alerts"]]
    app.invocations = [_made(Invocation, item) for item in saved["invocations"]]
    app.events = [_made(Event, item) for item in saved["events"]]
    app.domains = [_made(Domain, item) for item in saved["domains"]]
    return app


def _deployment(saved: Json) -> Deployment:
    made = _made(Deployment, saved)
    made.leaves = {name: _made(Leaf, item) for name, item in saved["leaves"].items()}
    return made


def _made(kind: type[T], saved: Json) -> T:
    known = {item.name for item in fields(kind)}  # type: ignore[arg-type]
    return kind(**{name: value for name, value in saved.items() if name in known})


def save(state: State, path: Path) -> None:
    """Write the file beside its place and put it there at once; only its owner can read it, for it has the key."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    # Of a process with our number that was killed; never through a link that somebody has put there.
    beside.unlink(missing_ok=True)
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(dump(state), file)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)


def read(path: Path) -> Any:
    """The content of a state file, None when there is none yet."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
