# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# ruff: noqa: E402  # the documentation comes first
"""The local connection under another name: a host that is elsewhere, as far as anybody can tell."""

from __future__ import annotations

DOCUMENTATION = r"""
name: near
short_description: Local, and says otherwise
description: For tests.
author: oceanops.app_platform contributors
options: {}
"""

from ansible.plugins.connection.local import Connection as Local


class Connection(Local):
    transport = "probe.probe.near"
