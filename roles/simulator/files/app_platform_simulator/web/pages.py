# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The page to look at, and the report of the same. What makes them is loaded when the first one is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, Response, request

from .server import PREFIX, Server, answer

if TYPE_CHECKING:
    from ..report.model import Report


def blueprint(server: Server) -> Blueprint:
    """The routes."""
    routes = Blueprint("pages", __name__)

    @routes.get("/")
    def index() -> Response:
        """One app in full; of several a list that leads to them."""
        from ..report.render import page  # noqa: PLC0415

        entered = server.access.enter(request)
        if entered is not None:
            return entered
        several = len(server.state.apps) > 1
        listed = len(server.state.apps) != 1 and not request.args.get("app") and not request.args.get("since")
        try:
            report = _report(server, brief=listed)
        except LookupError as error:
            return _wrong(server, error)
        return _html(page(report, detailed=not listed, served=True, back=several and not listed))

    @routes.get(f"{PREFIX}/report")
    def report() -> Response:
        """The same as one file to keep."""
        from ..report.render import MOST_IN_FULL, page  # noqa: PLC0415

        brief = not request.args.get("app") and len(server.state.apps) > MOST_IN_FULL
        try:
            return _html(page(_report(server, brief=brief)))
        except LookupError as error:
            return _wrong(server, error)

    @routes.get(f"{PREFIX}/report.json")
    def report_json() -> Response:
        from ..report.model import as_json  # noqa: PLC0415

        try:
            return answer(as_json(_report(server)))
        except LookupError as error:
            return answer({"error": str(error.args[0])}, 404)

    return routes


def _report(server: Server, *, brief: bool = False) -> Report:
    """What the request asks for; LookupError when there is no such thing."""
    from ..report.gather import gather  # noqa: PLC0415

    given = request.args
    return gather(server.state, given.get("app", ""), given.get("title", ""), given.get("since", ""), brief=brief)


def _html(text: str, status: int = 200) -> Response:
    from ..report.render import page_policy  # noqa: PLC0415

    made = Response(text, status, mimetype="text/html")
    made.headers["Content-Security-Policy"] = f"{page_policy()}; frame-ancestors 'none'"
    return made


def _wrong(server: Server, error: LookupError) -> Response:
    """A page that says what there is not."""
    from ..report.gather import TITLE  # noqa: PLC0415
    from ..report.model import Report  # noqa: PLC0415
    from ..report.render import page  # noqa: PLC0415

    empty = Report(TITLE, server.state.now)
    return _html(page(empty, served=True, back=True, message=str(error.args[0])), 404)
