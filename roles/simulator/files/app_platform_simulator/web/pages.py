# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The page to look at, and the report of the same."""

from __future__ import annotations

from flask import Blueprint, Response, request

from ..report.gather import TITLE, gather
from ..report.model import Report, as_json
from ..report.render import MOST_IN_FULL, page
from .server import PREFIX, Server, answer


def blueprint(server: Server) -> Blueprint:
    """The routes."""
    routes = Blueprint("pages", __name__)

    def report(*, brief: bool = False) -> Report:
        given = request.args
        return gather(server.state, given.get("app", ""), given.get("title", ""), given.get("since", ""), brief=brief)

    @routes.get("/")
    def index() -> Response:
        """One app in full; of several a list that leads to them."""
        several = not request.args.get("app") and not request.args.get("since") and len(server.state.apps) != 1
        try:
            return _html(
                page(
                    report(brief=several),
                    detailed=not several,
                    served=True,
                    back=len(server.state.apps) > 1 and not several,
                )
            )
        except LookupError as error:
            return _html(_wrong(server, error), 404)

    @routes.get(f"{PREFIX}/report")
    def report_file() -> Response:
        """The same as one file to keep."""
        try:
            return _html(page(report(brief=_too_many(server))))
        except LookupError as error:
            return _html(_wrong(server, error), 404)

    @routes.get(f"{PREFIX}/report.json")
    def report_json() -> Response:
        try:
            return answer(as_json(report()))
        except LookupError as error:
            return answer({"error": str(error.args[0])}, 404)

    return routes


def _too_many(server: Server) -> bool:
    return not request.args.get("app") and len(server.state.apps) > MOST_IN_FULL


def _html(text: str, status: int = 200) -> Response:
    made = Response(text, status, mimetype="text/html")
    made.headers["Cache-Control"] = "no-store"
    return made


def _wrong(server: Server, error: LookupError) -> str:
    return page(Report(TITLE, server.state.now), served=True, back=True, message=str(error.args[0]))
