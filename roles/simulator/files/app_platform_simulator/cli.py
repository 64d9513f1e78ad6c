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
from .errors import Refusal
from .owner import forget, when_gone, write_address
from .report.visible import visible
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
            # Arguments may be a key or a signature, and a terminal must not take a path for a command.
            command, path = (getattr(self, name, None) or "-" for name in ("command", "path"))
            shown = f"{command} {path.partition('?')[0]}".encode("ascii", "backslashreplace").decode()
            sys.stderr.write(f"{visible(shown)} {code} {size}\n")

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
    add("--input", default="", metavar="FILE", help="JSON, - for standard input: "
        "{tokens: […], seed: […], outcomes: […]}; they stand in no file and in no list of processes then")  # fmt: skip
    add("--allow-host", action="append", default=[], metavar="NAME", help="answer requests that come by this name, too "
        "(may be repeated; default: localhost, loopback addresses and --host)")  # fmt: skip
    add("--address", default="", metavar="FILE", help="write the line with address and key here instead of to standard "
        "output; mode 0600, removed at the end")  # fmt: skip
    add("--remove-folder", action="store_true", help="at the end, remove the folder of --address, unless more is in it")
    add("--owner", type=int, default=0, metavar="PID", help="end as soon as this process has ended")
    add("--record-secrets", action="store_true", help="record request bodies with their secrets: for tests "
        "whose secrets are made up")  # fmt: skip
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
    except UnicodeDecodeError:
        raise ValueError(f"{name}: neither JSON nor YAML: not UTF-8") from None
    try:
        return json.loads(text)
    except ValueError:
        import yaml  # noqa: PLC0415 - slow to load

        try:
            return yaml.safe_load(text)
        except yaml.YAMLError as error:
            # Where, and not what: YAML's own words show the lines around.
            mark = getattr(error, "problem_mark", None)
            where = f", line {mark.line + 1}, column {mark.column + 1}" if mark is not None else ""
            raise ValueError(f"{name}: neither JSON nor YAML: {type(error).__name__}{where}") from None


def _input(name: str) -> dict[str, list[Any]]:
    """What stands in no file: tokens, seed, outcomes."""
    if not name:
        return {}
    try:
        given = json.loads(sys.stdin.read() if name == "-" else Path(name).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ValueError(f"--input: {getattr(error, 'strerror', None) or 'not JSON'}") from None
    if not isinstance(given, dict) or not all(isinstance(item, list) for item in given.values()):
        raise ValueError("--input: expected an object of lists")
    unknown = sorted(set(given) - {"tokens", "seed", "outcomes"})
    if unknown:
        raise ValueError(f"--input: unknown field {unknown[0]!r}; known: tokens, seed, outcomes")
    return given


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
    given = _input(options.input)
    server.record_secrets = options.record_secrets
    start.tokens = [*options.token, *map(str, given.get("tokens", []))]
    start.outcomes = [*(_listed(_content(options.outcomes)) if options.outcomes else []), *given.get("outcomes", [])]
    start.seed = [item for name in options.seed for item in _listed(_content(name))] + given.get("seed", [])
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


def _reason(error: Exception) -> str:
    """What was wrong with the options or files. Errors that nobody has worded for that may have anything in them."""
    return str(error) if isinstance(error, ValueError | OSError | Refusal) else f"not usable: {type(error).__name__}"


def main(arguments: list[str] | None = None) -> int:
    """Run until SIGTERM or SIGINT; 2 when the options are wrong."""
    made = parser()
    options = made.parse_args(arguments)
    if "help" in options.assume:
        sys.stdout.write(help_text() + "\n")
        return 0
    os.umask(0o077)
    address = Path(options.address) if options.address else None
    try:
        server = build(options)
        if options.remove_folder and address is None:
            raise ValueError("--remove-folder: of which --address?")
    except Exception as error:  # noqa: BLE001 - whatever is wrong with the files, the terminal gets one line
        made.error(_reason(error))
    Handler.quiet = not options.verbose
    http = make_server(options.host, options.port, create_app(server), threaded=True, request_handler=Handler)
    http.daemon_threads = True  # type: ignore[attr-defined]
    server.access.listen(options.host, http.server_port, options.allow_host)

    def stop(*_other: object) -> None:
        threading.Thread(target=http.shutdown, daemon=True).start()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        signal.signal(signal.SIGHUP, stop)
    try:
        if options.owner:
            when_gone(options.owner, stop)
        _tell(server, http, options.host, address)
        http.serve_forever(poll_interval=0.05)
    except ValueError as error:
        made.error(str(error))
    finally:
        if address is not None:
            forget(address, folder=options.remove_folder)
    server.faults.clear()
    with server.lock:
        for tell in server.on_change:
            tell()
    return 0


def _tell(server: Server, http: BaseWSGIServer, host: str, address: Path | None) -> None:
    """Where it is, and the keys: to its owner alone."""
    url = f"http://{f'[{host}]' if ':' in host else host}:{http.server_port}"
    told = {"url": url, "pid": os.getpid(), "key": server.access.key, "page": server.access.page(url)}
    if address is not None:
        write_address(address, told)
        return
    sys.stdout.write(json.dumps(told) + "\n")
    sys.stdout.flush()
