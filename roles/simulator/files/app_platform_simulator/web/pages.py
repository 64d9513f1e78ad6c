# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The page to look at, and the report of the same."""

from __future__ import annotations

from flask import Blueprint, Response, request

from ..report.gather import gather
from ..report.model import Report, as_json
from .server import PREFIX, Server, answer


def blueprint(server: Server) -> Blueprint:
    """The routes."""
    routes = Blueprint("pages", __name__)

    def report() -> Report:
        given = request.args
        return gather(server.state, given.get("app", ""), given.get("title", ""), given.get("since", ""))

    @routes.get(f"{PREFIX}/report.json")
    def report_json() -> Response:
        try:
            return answer(as_json(report()))
        except LookupError as error:
            return answer({"error": str(error.args[0])}, 404)

    return routes
