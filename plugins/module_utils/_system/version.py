# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change without notice.

"""The collection's version, sent in the User-Agent header; the same as in galaxy.yml."""

from __future__ import annotations

VERSION = "1.0.0"
