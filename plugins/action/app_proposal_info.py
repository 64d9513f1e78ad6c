# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ansible_collections.oceanops.app_platform.plugins.modules.app_proposal_info import OPERATION
from ansible_collections.oceanops.app_platform.plugins.plugin_utils._in_process import InProcessAction


class ActionModule(InProcessAction):
    operation = OPERATION
