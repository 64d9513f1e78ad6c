# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line: `python -m app_platform_simulator`."""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import threading
from pathlib import Path
from typing import Any

from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from . import storage
from .account import Account
from .assumptions import Assumptions, help_text
from .engine.clock import KINDS, Clock
from .state import State
from .web.application import create_app
from .web.control import reset_all
from .web.server import Server
from .wire import parse_time


class Handler(WSGIRequestHandler):
    """Answers in one packet, and says nothing on the terminal unless told to."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = 65536
    quiet = True

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """One line for each request, where that is wanted."""
        if not self.quiet:
            sys.stderr.write(f"{self.command} {self.path} {code} {size}\n")

    def log_error(self, format: str, *args: Any) -> None:
        """Nothing: clients come and go."""


def parser() -> argparse.ArgumentParser:
    """The options."""
    made = argparse.ArgumentParser(
        prog="app_platform_simulator", description="An App Platform on this machine: the same API, no account, no bill."
    )
    add = made.add_argument
    add("--host", default="127.0.0.1", help="address to listen at (default %(default)s)")
    add("--port", type=int, default=8642, help="port, 0 for a free one (default %(default)s)")
    add("--clock", choices=KINDS, default="auto", help="auto: each look at a deployment moves it on (default); "
        "real: time passes by itself; manual: only through the control plane")  # fmt: skip
    add("--speed", type=float, default=1.0, help="how fast an auto or real clock goes by itself (default 1)")
    add(
        "--step",
        type=float,
        default=0.0,
        help="seconds that a look moves an auto clock (default: a fifth of the deployment)",
    )
    add("--now", default="", help="the platform's time at the start, RFC 3339 (default: the computer's)")
    add(
        "--assume",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="answer of an open question; `help` lists all",
    )
    add("--seed", action="append", default=[], metavar="FILE", help="JSON or YAML: a spec, or a list of specs or of "
        "{spec, id, project_id, deployed}; these apps are there from the start")  # fmt: skip
    add("--outcomes", default="", metavar="FILE", help="JSON or YAML: list of scripted outcomes")
    add("--state", default="", metavar="FILE", help="keep the state in this file across restarts")
    add("--token", action="append", default=[], help="accept this token only (may be repeated; default: any)")
    add("--rate-limits", action="store_true", help="enforce 5000 requests an hour and 250 a minute")
    add("--verbose", action="store_true", help="one line for each request on stderr")
    return made


def _chosen(pairs: list[str]) -> dict[str, str]:
    chosen: dict[str, str] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals:
            raise ValueError(f"--assume {pair}: write it as NAME=VALUE")
        chosen[name.strip()] = value.strip()
    return chosen


def _content(name: str) -> Any:
    """A file of JSON or YAML."""
    try:
        text = Path(name).read_text(encoding="utf-8")
    except OSError as error:
        raise ValueError(f"{name}: {error.strerror}") from error
    try:
        return json.loads(text)
    except ValueError:
        import yaml  # noqa: PLC0415 - slow to load

        try:
            return yaml.safe_load(text)
        except yaml.YAMLError as error:
            raise ValueError(f"{name}: neither JSON nor YAML: {error}") from error


def _listed(content: Any) -> list[Any]:
    if isinstance(content, dict) and isinstance(content.get("apps"), list):
        return list(content["apps"])
    return list(content) if isinstance(content, list) else [content]


def build(options: argparse.Namespace) -> Server:
    """The server behind the options; ValueError says what is wrong with them."""
    now = parse_time(options.now) if options.now else None
    state = State(Clock(options.clock, options.speed, now), Assumptions())
    server = Server(Account(state))
    start = server.start
    start.clock, start.speed = options.clock, options.speed
    start.assumptions = _chosen(options.assume)
    start.settings = {"step": options.step, "rate_limits": options.rate_limits}
    start.tokens = list(options.token)
    start.outcomes = _listed(_content(options.outcomes)) if options.outcomes else []
    start.seed = [item for name in options.seed for item in _listed(_content(name))]
    reset_all(server, set())
    if options.state:
        _keep(server, Path(options.state))
    return server


def _keep(server: Server, path: Path) -> None:
    """Take up where the state file left off, and write it after each change."""
    saved = storage.read(path)
    if saved is not None:
        server.state.clear()
        storage.load(server.state, saved)
    server.on_change.append(lambda: storage.save(server.state, path))
    storage.save(server.state, path)


def _stop_on_signals(http: BaseWSGIServer) -> None:
    def stop(*_other: object) -> None:
        threading.Thread(target=http.shutdown, daemon=True).start()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)


def main(arguments: list[str] | None = None) -> int:
    """Run until SIGTERM or SIGINT; 2 when the options are wrong."""
    made = parser()
    options = made.parse_args(arguments)
    if "help" in options.assume:
        sys.stdout.write(help_text() + "\n")
        return 0
    try:
        server = build(options)
    except Exception as error:  # noqa: BLE001 - whatever is wrong with the files, the terminal gets one line
        made.error(str(error))
    Handler.quiet = not options.verbose
    http = make_server(options.host, options.port, create_app(server), threaded=True, request_handler=Handler)
    http.daemon_threads = True  # type: ignore[attr-defined]
    _stop_on_signals(http)
    sys.stdout.write(json.dumps({"url": f"http://{options.host}:{http.server_port}", "pid": os.getpid()}) + "\n")
    sys.stdout.flush()
    http.serve_forever(poll_interval=0.05)
    server.faults.clear()
    with server.lock:
        for tell in server.on_change:
            tell()
    return 0
