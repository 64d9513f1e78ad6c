"""The simulator's command line, with every kind of answer of the API written down for a later check.

``python -m tests.simulator.recorded FILE ARGUMENTS``: what ``python -m app_platform_simulator ARGUMENTS`` does, and
FILE gets a line of JSON for each kind of answer: operation, status, content. Two answers are of one kind when they
differ in nothing that a description could tell apart: the same fields of the same types, the same words in capitals.
"""

from __future__ import annotations

import json
import re
import sys
import threading
from collections.abc import Hashable
from pathlib import Path
from typing import Any

from flask import Flask, Response, g, request

from app_platform_simulator import cli
from app_platform_simulator.web.server import Server

# A switch of the simulator, set so that the answer is not the one that is described.
NOT_DESCRIBED = {
    "unknown_field": "keep",
    "data_centre_slugs": "accept",
    "invocation_envelope": "bare",
}
# Values of enumerations: they belong to the kind of an answer, other texts do not.
_WORD = re.compile(r"[A-Z][A-Z0-9_]*\Z")


def kind_of(content: Any) -> Hashable:
    """Equal for two contents that no description tells apart."""
    if isinstance(content, dict):
        return frozenset((key, kind_of(item)) for key, item in content.items())
    if isinstance(content, list):
        return ("list", frozenset(kind_of(item) for item in content))
    if isinstance(content, str) and _WORD.match(content):
        return content
    return type(content)


def record(server: Server, app: Flask, path: Path) -> Flask:
    """Let the application write down what it answers, before a fault makes something else of it."""
    known: set[Hashable] = set()
    writing = threading.Lock()
    file = path.open("a", encoding="utf-8")

    def add(made: Response) -> Response:
        assumed = server.state.assume
        if not request.path.startswith("/v2/") or g.get("struck") or not made.is_json:
            return made
        if any(assumed[name] == value for name, value in NOT_DESCRIBED.items()):
            return made
        content = made.get_json()
        kind = (g.operation, made.status_code, kind_of(content))
        with writing:
            if kind not in known:
                known.add(kind)
                line = {"operation": g.operation, "status": made.status_code, "content": content}
                file.write(json.dumps(line) + "\n")
                file.flush()
        return made

    # Flask calls the last one first: this sees the answer before the simulator's own step lets faults strike.
    app.after_request(add)
    return app


def main(arguments: list[str]) -> int:
    """Run until SIGTERM or SIGINT."""
    path, make = Path(arguments[0]), cli.create_app
    cli.create_app = lambda server: record(server, make(server), path)
    return cli.main(arguments[1:])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
