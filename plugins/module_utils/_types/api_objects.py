# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.

"""The objects of the API as types: JSON objects, which can have undocumented fields (API reference 4 to 8)."""

from __future__ import annotations

from typing import Any

App = dict[str, Any]
Spec = dict[str, Any]
IngressRule = dict[str, Any]
Deployment = dict[str, Any]
JobInvocation = dict[str, Any]
Alert = dict[str, Any]
Event = dict[str, Any]

#: Fields of an app that are deployments; null or an empty object stands for none (API reference 3.1).
DEPLOYMENT_FIELDS = ("active_deployment", "pending_deployment", "in_progress_deployment", "pinned_deployment")
