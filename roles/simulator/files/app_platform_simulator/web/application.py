# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The whole application, ready to be served or tested."""

from __future__ import annotations

from flask import Flask

from . import api_apps, api_deployments, api_logs, control, pages
from .server import Server, make_app


def create_app(server: Server) -> Flask:
    """All routes of the API and of the control plane."""
    app = make_app(server)
    app.register_blueprint(api_apps.blueprint(server))
    app.register_blueprint(api_deployments.blueprint(server))
    app.register_blueprint(api_logs.blueprint(server))
    app.register_blueprint(control.blueprint(server))
    app.register_blueprint(pages.blueprint(server))
    return app
